# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Eyebrows, which the pictures of skin lack. H, W rows and columns."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from alphapose_ros.structures import FloatArray

NUM_BROWS = 3
_SHIFT = 4
# Widths in pixels of a picture 512 wide, from the outer end to the inner one and back.
_WIDTHS = np.array([0.7, 1.3, 1.6, 1.8, 1.8])
# The lines are drawn so many times larger.
_FINER = 4


def paint_brows(picture: NDArray[np.uint8], lines: FloatArray, darkness: int) -> NDArray[np.uint8]:
    """
    Return the picture of a skin with eyebrows.

    :param picture: (H, W, 4) RGBA, rows from the bottom.
    :param lines: (2, 5, 2) texture coordinates along either brow, from the person's right.
    :param darkness: 1 to NUM_BROWS.
    """
    height, width = picture.shape[:2]
    points = lines * (width * _FINER, height * _FINER) - 0.5
    mask = np.zeros((height * _FINER, width * _FINER), np.uint8)
    for line, widths in zip(points, (_WIDTHS, _WIDTHS[::-1]), strict=True):
        for i in range(4):
            start, end = (line[i : i + 2] * (1 << _SHIFT)).round().astype(int)
            thickness = max(round(widths[i : i + 2].mean() * width / 512 * _FINER), 1)
            cv2.line(mask, start.tolist(), end.tolist(), 255, thickness, cv2.LINE_8, _SHIFT)
    mask = np.asarray(cv2.resize(mask, (width, height), interpolation=cv2.INTER_AREA))
    mask = np.asarray(cv2.GaussianBlur(mask, (0, 0), 0.6 * width / 512))
    strength = mask[:, :, None] / 255 * (0.2 + 0.2 * darkness)
    painted = picture.astype(np.float32)
    painted[:, :, :3] *= 1 - strength
    return np.asarray(painted, np.uint8)
