# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The assets, and a renderer; both may be missing."""

from pathlib import Path

import pytest

from alphapose_ros.synthesis.assets import Assets
from alphapose_ros.synthesis.renderer import Renderer
from alphapose_ros.synthesis.renderer import RenderingError


@pytest.fixture(scope='session')
def assets_dir(shared_dir: Path) -> Path:
    """Return the folder of CC0 assets, which are not part of the package."""
    folder = shared_dir / 'synth'
    if not folder.is_dir():
        pytest.skip(f'needs the assets in {folder}')
    return folder


@pytest.fixture(scope='session')
def assets(assets_dir: Path) -> Assets:
    return Assets(assets_dir)


@pytest.fixture(scope='session')
def renderer(assets: Assets) -> Renderer:
    try:
        return Renderer(assets)
    except RenderingError as err:
        pytest.skip(str(err))
