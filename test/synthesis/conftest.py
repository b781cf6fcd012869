# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The assets, and a renderer, read once."""

from pathlib import Path

import pytest

from alphapose_ros.synthesis.assets import Assets
from alphapose_ros.synthesis.renderer import Renderer


@pytest.fixture(scope='session')
def assets(assets_dir: Path) -> Assets:
    return Assets(assets_dir)


@pytest.fixture(scope='session')
def renderer(assets: Assets) -> Renderer:
    return Renderer(assets)
