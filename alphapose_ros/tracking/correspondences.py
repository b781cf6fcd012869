# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Points of one image found again in the next: ORB (Rublee et al. 2011). F points, C pairs of them.

All pairs of descriptors are compared. The approximate search (FLANN) of AlphaPose draws random
numbers, and for some thousand points it is slower.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

_MAX_FEATURES = 10_000
_MAX_RATIO = 0.8
_MIN_POINT_PAIRS = 400
_MIN_CORRESPONDENCES = 50  # AlphaPose: a file of 1000 bytes, which is about as many


@dataclass(frozen=True, eq=False)
class Features:
    """
    Points of an image that can be recognised.

    :param points: (F, 2) int32 x, y; fractions are cut off.
    :param descriptors: (F, 32) uint8.
    """

    points: NDArray[np.int32]
    descriptors: NDArray[np.uint8]


def find_features(image: NDArray[np.uint8]) -> Features:
    """
    Return up to 10000 points.

    :param image: (H, W, 3) uint8 BGR.
    """
    orb = cv2.ORB.create(nfeatures=_MAX_FEATURES, scoreType=cv2.ORB_FAST_SCORE)
    found, descriptors = orb.detectAndCompute(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), None)
    if descriptors is None:
        return Features(np.zeros((0, 2), np.int32), np.zeros((0, 32), np.uint8))
    return Features(np.asarray(cv2.KeyPoint.convert(found)).astype(np.int32), descriptors)


def match_features(old: Features, new: Features) -> NDArray[np.int32] | None:
    """
    Return (C, 4) int32 x, y in the old and x, y in the new image, or None if too few agree.

    A point's best match must be clearly better than its second best (Lowe 2004, section 7.1).
    """
    if len(old.points) * len(new.points) < _MIN_POINT_PAIRS or len(new.points) < 2:
        return None
    nearest = cv2.BFMatcher(cv2.NORM_HAMMING).knnMatch(old.descriptors, new.descriptors, k=2)
    pairs = [
        (best.queryIdx, best.trainIdx)
        for best, second in nearest
        if best.distance < _MAX_RATIO * second.distance
    ]
    if len(pairs) < _MIN_CORRESPONDENCES:
        return None
    rows, columns = np.array(pairs).T
    return np.concatenate([old.points[rows], new.points[columns]], axis=1)
