# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Object keypoint similarity. N, M people, K keypoints."""

from __future__ import annotations

import numpy as np

from alphapose_ros.structures import FloatArray


def keypoint_similarity(
    keypoints_a: FloatArray,
    keypoints_b: FloatArray,
    *,
    weights_a: FloatArray,
    weights_b: FloatArray,
    areas: FloatArray,
    sigmas: FloatArray,
) -> FloatArray:
    """
    Return the object keypoint similarity of every pair of people.

    The mean over the joints of exp(-d^2 / (2 area (2 sigma)^2)), the measure of the COCO keypoint
    evaluation, here between two estimates: a joint counts with the product of its two weights.

    :param keypoints_a: (N, K, 2) x, y; NaN where the weight is 0.
    :param keypoints_b: (M, K, 2) x, y; NaN where the weight is 0.
    :param weights_a: (N, K) at least 0, such as scores.
    :param weights_b: (M, K) at least 0.
    :param areas: (N,) scale of the people of `a`, square pixels, more than 0.
    :param sigmas: (K,) constants of the joints.
    :return: (N, M) in [0, 1]; 0 where no joint counts.
    """
    offsets = np.nan_to_num(keypoints_a)[:, None] - np.nan_to_num(keypoints_b)[None]
    squared = np.einsum('nmkc,nmkc->nmk', offsets, offsets)
    variances = 8 * areas[:, None, None] * np.square(sigmas)
    weights = weights_a[:, None] * weights_b[None]  # (N, M, K)
    total = weights.sum(axis=2)
    similarity = (np.exp(-squared / variances) * weights).sum(axis=2)
    return np.divide(similarity, total, out=np.zeros_like(total), where=total > 0)
