# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Crops that are made of two: CutMix (Yun et al., ICCV 2019) and mixup (Zhang et al., ICLR 2018).

Unlike there labels are not mixed: a crop is of one person. What is hidden by a part of another
crop is not labelled any more, as the patch may show a joint of its own, and of two crops that
shine through each other nothing is; teachers see what the network sees. Where photographs are few,
networks learn from a teacher in this way what it does beyond them (Beyer et al., CVPR 2022).
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from alphapose_ros.structures import FloatArray
from alphapose_ros.training.pixels import ByteArray

# Width and height of a patch, as parts of those of the crop, before the crop cuts it off.
_SIZES = 0.2, 0.6
# How far it may reach over the edges of the crop.
_MARGIN = 0.1
# How much of the one, of two mixed crops.
_SHARES = 0.5, 1.0


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


def mix_crops(
    crops: ByteArray, *, probability: float, rng: np.random.Generator
) -> tuple[ByteArray, NDArray[np.bool_]]:
    """
    Return crops of which some have another one shining through, and (N,) which ones.

    :param crops: (N, H, W, 3).
    :param probability: of mixed crops; one crop alone never is.
    """
    num_crops, mixed = len(crops), crops.copy()
    is_mixed = (rng.random(num_crops) < probability) & (num_crops > 1)
    for i in np.flatnonzero(is_mixed).tolist():
        other = (i + int(rng.integers(1, num_crops))) % num_crops
        share = rng.uniform(*_SHARES)
        mixed[i] = cv2.addWeighted(crops[i], share, crops[other], 1 - share, 0)
    return mixed, is_mixed
