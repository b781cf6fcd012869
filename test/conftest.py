# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
What all tests share.

Every run has a DDS domain of its own and stays on this machine, so that runs side by side, or a
robot on the same network, do not hear each other.
"""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# 1 to 100: above, the ports of a domain collide with ephemeral ones.
os.environ['ROS_DOMAIN_ID'] = str(1 + os.getpid() % 100)
os.environ['ROS_AUTOMATIC_DISCOVERY_RANGE'] = 'LOCALHOST'
os.environ.setdefault('FASTDDS_DEFAULT_PROFILES_FILE', str(ROOT / 'config' / 'fastdds_shm.xml'))


@pytest.fixture(scope='session')
def shared_dir() -> Path:
    """Return the folder of real images, clips and weights beside the project, or skip."""
    path = ROOT.parent / 'shared'
    if not path.is_dir():
        pytest.skip('needs ../shared: real images, clips and weights')
    return path
