# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Pictures for rendering: textures with transparency, and lights with a high dynamic range."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from alphapose_ros.structures import FloatArray


class TextureError(ValueError):
    """A picture that cannot be read."""


def read_texture(path: Path, max_size: int = 512) -> NDArray[np.uint8]:
    """
    Return (H, W, 4) uint8 RGBA, rows from the bottom, at most `max_size` wide and high.

    :raises TextureError: if the file cannot be read.
    """
    image = _read(path, cv2.IMREAD_UNCHANGED)
    if image.ndim == 2:
        image = np.asarray(cv2.cvtColor(image, cv2.COLOR_GRAY2BGR))
    code = cv2.COLOR_BGRA2RGBA if image.shape[2] == 4 else cv2.COLOR_BGR2RGBA
    scale = max_size / max(image.shape[:2])
    if scale < 1:
        image = np.asarray(cv2.resize(image, None, fx=scale, fy=scale, interpolation=3))
    return np.ascontiguousarray(cv2.cvtColor(image, code)[::-1], np.uint8)


def read_panorama(path: Path) -> FloatArray:
    """
    Return (H, W, 3) float32 linear RGB of an equirectangular picture, rows from the top.

    :raises TextureError: if the file cannot be read.
    """
    image = _read(path, cv2.IMREAD_ANYDEPTH | cv2.IMREAD_COLOR)
    return np.ascontiguousarray(image[:, :, ::-1], np.float32)


def _read(path: Path, flags: int) -> NDArray[np.uint8] | FloatArray:
    image = cv2.imread(str(path), flags)
    if image is None:
        raise TextureError(f'{path} cannot be read as a picture')
    return np.asarray(image)
