# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Which track is which person: costs and the optimal assignment. N tracks, M people."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from alphapose_ros.core.boxes import box_area
from alphapose_ros.core.boxes import box_iou
from alphapose_ros.core.boxes import xyxy_to_cxcywh
from alphapose_ros.core.oks import keypoint_similarity
from alphapose_ros.structures import FloatArray
from alphapose_ros.structures import Poses
from alphapose_ros.tracking import kalman
from alphapose_ros.tracking.kalman import BoxStates

IndexArray = NDArray[np.intp]

# Chi-square with 4 degrees of freedom, 99.9 %.
GATE = 18.47
# OKS falls off much faster with the distance than IoU; wider sigmas put them on one scale.
SIGMA_FACTOR = 2.0
# How far from the expected place a lost person may be found, in his heights.
REACH = 1.0
REACH_PER_S = 0.5


def similarity(
    predicted: Poses, people: Poses, sigmas: FloatArray, *, min_keypoint_score: float
) -> FloatArray:
    """
    Return how well every person fits every track, by box and by pose.

    The mean of the boxes' IoU and the joints' OKS; IoU alone where the two have no usable joint in
    common. Boxes that do not touch are not alike, whatever the pose.

    :param predicted: N tracks, where they should be by now.
    :param people: M people of this image.
    :param sigmas: (K,) constants of the joints; empty: boxes only.
    :param min_keypoint_score: joints scored below do not count.
    :return: (N, M) in [0, 1].
    """
    iou = box_iou(predicted.boxes, people.boxes)
    if not len(sigmas) or iou.size == 0:
        return iou
    weights_a = _usable(predicted, min_keypoint_score)
    weights_b = _usable(people, min_keypoint_score)
    # Most pairs in a crowd are far apart; only the P others are worth comparing.
    rows, columns = np.nonzero((iou > 0) & (weights_a @ weights_b.T > 0))
    oks = keypoint_similarity(
        predicted.keypoints[rows],
        people.keypoints[columns],
        weights=weights_a[rows] * weights_b[columns],
        areas=np.maximum(box_area(predicted.boxes), 1)[rows],
        sigmas=sigmas * np.float32(SIGMA_FACTOR),
    )
    iou[rows, columns] = (iou[rows, columns] + oks) / 2
    return iou


def motion_similarity(
    states: BoxStates, boxes: FloatArray, missed_s: NDArray[np.float64]
) -> FloatArray:
    """
    Return how well every person fits where a lost track may be by now.

    1 at the expected place, 0 where the motion model excludes it, or further away than the person
    can have come: uncertainty grows with time, but who is that far away is somebody else.

    :param states: N tracks at the time of the image.
    :param boxes: (M, 4) xyxy of the people.
    :param missed_s: (N,) seconds since they were last seen.
    :return: (N, M) in [0, 1].
    """
    boxes_cxcywh = xyxy_to_cxcywh(boxes).astype(np.float64)
    likelihood = 1 - kalman.squared_mahalanobis(states, boxes_cxcywh) / GATE
    offsets = boxes_cxcywh[None, :, :2] - states.values[:, None, :2]
    distances = np.hypot(offsets[..., 0], offsets[..., 1])
    reaches = (REACH + REACH_PER_S * missed_s) * states.values[:, 3]
    is_near = distances < reaches[:, None]
    return np.where(is_near, np.clip(likelihood, 0, 1), 0).astype(np.float32)


def assign(similarities: FloatArray, min_similarity: float) -> tuple[IndexArray, IndexArray]:
    """
    Return the pairs of track and person with the largest sum of similarities.

    :param similarities: (N, M); pairs below `min_similarity` are never made.
    :return: indices of the tracks and of their people.
    """
    allowed = similarities >= min_similarity
    # A forbidden pair gains nothing. If it cost something, two poor pairs would beat a good one.
    rows, columns = linear_sum_assignment(
        np.where(allowed, similarities - min_similarity, 0), maximize=True
    )
    is_pair = allowed[rows, columns]
    return rows[is_pair], columns[is_pair]


def _usable(poses: Poses, min_keypoint_score: float) -> FloatArray:
    """Return (N, K) scores, zero where a joint is unknown or doubtful."""
    is_usable = poses.keypoint_scores >= max(min_keypoint_score, 1e-6)
    is_usable &= np.isfinite(poses.keypoints).all(axis=2)
    return np.where(is_usable, poses.keypoint_scores, np.float32(0))
