# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Parts of other crops before a person, after CutMix (Yun et al., ICCV 2019).

Unlike there labels are not mixed: a crop is of one person. What is hidden is not labelled any
more, as the patch may show a joint of its own; teachers see the crop with the patch.
"""

from __future__ import annotations

import numpy as np

from alphapose_ros.structures import FloatArray
from alphapose_ros.training.pixels import ByteArray

# Width and height of a patch, as parts of those of the crop, before the crop cuts it off.
_SIZES = 0.2, 0.6
# How far it may reach over the edges of the crop.
_MARGIN = 0.1


def paste_patches(
    crops: ByteArray,
    points: FloatArray,
    weights: FloatArray,
    *,
    probability: float,
    rng: np.random.Generator,
) -> tuple[ByteArray, FloatArray]:
    """
    Return crops of which some have a part of another one before them, and their weights.

    The part comes from the same place of the other crop, which has no patch itself.

    :param crops: (N, H, W, 3).
    :param points: (N, K, 2) x, y in pixels of the crops.
    :param weights: (N, K) in [0, 1]; those of hidden joints become 0.
    :param probability: of crops with a patch; one crop alone never has one.
    """
    num_crops, height, width = crops.shape[:3]
    patched, weights = crops.copy(), weights.copy()
    if num_crops == 1:
        return patched, weights
    for i in np.flatnonzero(rng.random(num_crops) < probability).tolist():
        other = (i + int(rng.integers(1, num_crops))) % num_crops
        extent = rng.uniform(*_SIZES, 2)
        start = rng.uniform(-_MARGIN, 1 + _MARGIN - extent)
        edges = np.rint(np.stack([start, start + extent]) * (width, height)).astype(int)
        (x0, y0), (x1, y1) = np.clip(edges, 0, (width, height)).tolist()
        patched[i, y0:y1, x0:x1] = crops[other, y0:y1, x0:x1]
        is_hidden = ((points[i] >= (x0, y0)) & (points[i] < (x1, y1))).all(axis=1)
        weights[i, is_hidden] = 0
    return patched, weights
