# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""`python -m alphapose_ros` is the command alphapose_ros."""

import sys

from alphapose_ros.tools.main import main

if __name__ == '__main__':
    sys.exit(main())
