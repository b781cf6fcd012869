# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Object keypoint similarity. K keypoints."""

from __future__ import annotations

import numpy as np

from alphapose_ros.structures import FloatArray


def keypoint_similarity(
    keypoints_a: FloatArray,
    keypoints_b: FloatArray,
    *,
    weights: FloatArray,
    areas: FloatArray,
    sigmas: FloatArray,
) -> FloatArray:
    """
    Return the object keypoint similarity of pairs of people.

    The weighted mean over the joints of exp(-d^2 / (2 area (2 sigma)^2)), the measure of the COCO
    keypoint evaluation. Leading axes broadcast: (P, K, 2) with (P, K, 2) compares row by row,
    (N, 1, K, 2) with (1, M, K, 2) everybody with everybody.

    :param keypoints_a: (..., K, 2) x, y; anything, also NaN, where the weight is 0.
    :param keypoints_b: (..., K, 2) as above.
    :param weights: (..., K) at least 0, how much a joint counts in the pair.
    :param areas: (...) scale of the pair, square pixels, more than 0.
    :param sigmas: (K,) constants of the joints, more than 0.
    :return: (...) in [0, 1]; 0 where no joint counts.
    """
    # What does not count may be infinite, and infinity minus infinity would warn.
    with np.errstate(invalid='ignore', over='ignore'):
        offsets = keypoints_a - keypoints_b
        squared = np.square(offsets[..., 0]) + np.square(offsets[..., 1])  # (..., K)
    errors = squared / (8 * np.asarray(areas)[..., None] * np.square(sigmas))
    similarity: FloatArray = (np.exp(-np.where(weights > 0, errors, 0)) * weights).sum(axis=-1)
    total = weights.sum(axis=-1)
    np.divide(similarity, total, out=similarity, where=total > 0)
    return similarity
