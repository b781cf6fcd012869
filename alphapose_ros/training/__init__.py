# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
