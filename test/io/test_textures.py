# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Pictures for rendering."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from alphapose_ros.io.textures import read_panorama
from alphapose_ros.io.textures import read_texture
from alphapose_ros.io.textures import TextureError


def test_textures_are_rgba_from_the_bottom(tmp_path: Path) -> None:
    image = np.zeros((4, 6, 3), np.uint8)
    image[0] = (255, 0, 10)  # BGR, at the top
    cv2.imwrite(str(tmp_path / 'a.png'), image)
    texture = read_texture(tmp_path / 'a.png')
    assert texture.shape == (4, 6, 4)
    assert texture[3, 0].tolist() == [10, 0, 255, 255]


def test_large_textures_are_reduced(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / 'a.png'), np.zeros((100, 200, 4), np.uint8))
    assert read_texture(tmp_path / 'a.png', 50).shape == (25, 50, 4)


def test_panoramas_keep_what_is_brighter_than_white(tmp_path: Path) -> None:
    image = np.full((4, 8, 3), (4.0, 2.0, 1.0), np.float32)
    cv2.imwrite(str(tmp_path / 'a.hdr'), image)
    assert read_panorama(tmp_path / 'a.hdr')[0, 0].tolist() == pytest.approx([1, 2, 4], rel=0.02)


def test_a_file_that_is_no_picture_is_named(tmp_path: Path) -> None:
    (tmp_path / 'a.png').write_text('no picture')
    with pytest.raises(TextureError, match=r'a\.png'):
        read_texture(tmp_path / 'a.png')
