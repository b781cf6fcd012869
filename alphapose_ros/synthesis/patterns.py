# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Patterns of cloth: in red where the second colour is, in green how bright the folds are.

They repeat: a pattern is a tile.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

SIZE = 256
NUM_PATTERNS = 16


def make_pattern(number: int) -> NDArray[np.uint8]:
    """Return (SIZE, SIZE, 4) uint8 of a pattern below NUM_PATTERNS; 0 is plain."""
    rng = np.random.default_rng(number)
    y, x = np.mgrid[:SIZE, :SIZE] / SIZE
    repeats = int(rng.integers(3, 14))
    share = rng.uniform(0.2, 0.6)
    across, down = (x * repeats) % 1 < share, (y * repeats) % 1 < share
    masks = (
        down,
        across,
        down ^ across,
        (down * 0.5 + across * 0.5),
        np.hypot((x * repeats) % 1 - 0.5, (y * repeats) % 1 - 0.5) < share / 2,
        _noise(rng, 8) > 0.5,
        _noise(rng, 24),
        _noise(rng, 64) * 0.6,
    )
    mask = masks[number % len(masks)] if number else np.zeros((SIZE, SIZE))
    folds = 0.75 + 0.25 * _noise(rng, 6)
    tile = np.stack((mask, folds, np.zeros_like(folds), np.ones_like(folds)), axis=2)
    return np.ascontiguousarray(tile * 255, np.uint8)


def _noise(rng: np.random.Generator, cells: int) -> NDArray[np.float32]:
    """Return (SIZE, SIZE) smooth noise from 0 to 1 that repeats."""
    coarse = np.pad(rng.random((cells, cells)), 2, mode='wrap').astype(np.float32)
    step = SIZE // cells
    fine = np.asarray(cv2.resize(coarse, None, fx=step, fy=step, interpolation=cv2.INTER_CUBIC))
    fine = fine[2 * step :, 2 * step :][: cells * step, : cells * step]
    fine = np.asarray(cv2.resize(fine, (SIZE, SIZE), interpolation=cv2.INTER_LINEAR))
    return np.asarray((fine - fine.min()) / (fine.max() - fine.min()), np.float32)
