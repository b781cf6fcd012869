# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Whole-body human pose estimation and tracking for ROS 2."""

from pkgutil import extend_path

# The generated messages (alphapose_ros.msg) live in the install space; this lets the source tree
# and the built messages be imported as one package.
__path__ = extend_path(__path__, __name__)

__version__ = '0.1.0'
