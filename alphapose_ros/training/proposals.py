# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Pose-guided proposals (Fang et al. 2022, section 3.4): true boxes, displaced as a detector would.

A detector cuts off the feet of those who sit and the arms of those who reach out; how far edges
are off depends on the pose. So the offsets of the four edges have a normal distribution per
cluster of poses. P people, K keypoints, C clusters. Poses and offsets are in parts of the box.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alphapose_ros.core.boxes import box_iou
from alphapose_ros.structures import FloatArray

# Boxes that overlap less are of different people.
MIN_IOU = 0.5
# Clusters of fewer people take the offsets of all.
MIN_PAIRS = 20
MIN_SIZE = 2.0
_PATCH_SHARE = 0.15
_ROUNDS = 20


@dataclass(frozen=True, eq=False)
class ProposalModel:
    """
    How a detector's boxes differ from true ones.

    :param centres: (C, K, 2) mean poses; (1, 1, 2) for any pose.
    :param means: (C, 4) of the offsets of x0, y0, x1, y1.
    :param covariances: (C, 4, 4).
    """

    centres: FloatArray
    means: FloatArray
    covariances: FloatArray


def published_model() -> ProposalModel:
    """Return the offsets that AlphaPose was trained with, the same for all poses."""
    deviations = np.array([0.1158, 0.068, 0.1337, 0.0711], np.float32)
    return ProposalModel(
        centres=np.zeros((1, 1, 2), np.float32),
        means=np.array([[-0.0142, 0.0043, 0.0154, -0.0013]], np.float32),
        covariances=np.diag(np.square(deviations))[None],
    )


def propose(
    box: FloatArray,
    keypoints: FloatArray,
    weights: FloatArray,
    model: ProposalModel,
    *,
    edges: NDArray[np.int64],
    rng: np.random.Generator,
) -> FloatArray:
    """
    Return a box as a detector might have found it.

    :param box: (4,) xyxy, the true one.
    :param keypoints: (K, 2) x, y.
    :param weights: (K,), 0 where not labelled.
    :param edges: (4,) xyxy of the part of the image that is shown, the last two exclusive.
    """
    size_wh = np.maximum(box[2:] - box[:2], MIN_SIZE)
    part = rng.random()
    if part > 1 - _PATCH_SHARE:
        start = box[:2] + rng.random(2) * (1 - part) * size_wh
        proposal = np.concatenate([start, start + part * size_wh])
    else:
        pose = normalize_poses(keypoints[None], box[None])
        cluster = nearest_centres(pose, weights[None], model.centres)
        mean, covariance = model.means[cluster[0]], model.covariances[cluster[0]]
        offsets = rng.multivariate_normal(mean, covariance, method='cholesky')
        proposal = box + offsets * np.tile(size_wh, 2)
    first, last = edges[:2], edges[2:] - 1
    low = np.clip(proposal[:2], first, np.maximum(last - MIN_SIZE, first))
    high = np.clip(np.maximum(proposal[2:], low + MIN_SIZE), first, last)
    return np.concatenate([low, high]).astype(np.float32)


def learn_proposals(
    keypoints: FloatArray,
    weights: FloatArray,
    boxes: FloatArray,
    detected: FloatArray,
    *,
    num_clusters: int = 12,
    seed: int = 0,
) -> ProposalModel:
    """
    Return the offsets of a detector.

    :param keypoints: (P, K, 2) x, y.
    :param weights: (P, K), 0 where not labelled.
    :param boxes: (P, 4) xyxy, the true ones.
    :param detected: (P, 4) xyxy, of the same people.
    :raises ValueError: if there are too few people.
    """
    if len(boxes) < MIN_PAIRS:
        raise ValueError(f'proposals are learnt from {MIN_PAIRS} people or more, got {len(boxes)}')
    offsets = (detected - boxes) / np.tile(np.maximum(boxes[:, 2:] - boxes[:, :2], MIN_SIZE), 2)
    poses = normalize_poses(keypoints, boxes)
    centres = _cluster(poses, weights, min(num_clusters, len(boxes) // MIN_PAIRS), seed)
    clusters = nearest_centres(poses, weights, centres)
    members = [offsets[clusters == c] for c in range(len(centres))]
    members = [part if len(part) >= MIN_PAIRS else offsets for part in members]
    # Offsets of a perfect detector have no spread; a distribution needs some.
    spread = 1e-6 * np.eye(4)
    return ProposalModel(
        centres=centres,
        means=np.stack([part.mean(axis=0) for part in members]).astype(np.float32),
        covariances=np.stack([np.cov(part.T) + spread for part in members]).astype(np.float32),
    )


def match_boxes(boxes: FloatArray, detected: FloatArray) -> tuple[NDArray[np.intp], FloatArray]:
    """
    Return who of an image was detected: (M,) numbers of the true boxes, (M, 4) detected ones.

    :param boxes: (P, 4) xyxy, the true ones.
    :param detected: (N, 4) xyxy.
    """
    if not len(detected):
        return np.zeros(0, np.intp), np.zeros((0, 4), np.float32)
    iou = box_iou(boxes, detected)
    best = iou.argmax(axis=1)
    # Each way the best, so that nobody gets the box of somebody else.
    is_pair = (iou.argmax(axis=0)[best] == np.arange(len(boxes))) & (iou.max(axis=1) >= MIN_IOU)
    return np.flatnonzero(is_pair), detected[best[is_pair]]


def normalize_poses(keypoints: FloatArray, boxes: FloatArray) -> FloatArray:
    """Return (P, K, 2) joints in parts of (P, 4) boxes."""
    sizes = np.maximum(boxes[:, 2:] - boxes[:, :2], MIN_SIZE)
    return np.asarray((keypoints - boxes[:, None, :2]) / sizes[:, None], np.float32)


def nearest_centres(
    poses: FloatArray, weights: FloatArray, centres: FloatArray
) -> NDArray[np.intp]:
    """Return (P,) the cluster of each pose; joints that are not labelled are left out."""
    distances = np.square(poses[:, None] - centres).sum(axis=3)  # (P, C, K)
    nearest: NDArray[np.intp] = (distances * weights[:, None]).sum(axis=2).argmin(axis=1)
    return nearest


def _cluster(poses: FloatArray, weights: FloatArray, count: int, seed: int) -> FloatArray:
    """Return (count, K, 2) centres by k-means."""
    rng = np.random.default_rng(seed)
    mean = _mean_pose(poses, weights, np.full(poses.shape[1:], 0.5, np.float32))
    filled = np.where(weights[..., None] > 0, poses, mean)
    centres = filled[rng.choice(len(poses), count, replace=False)]
    for _ in range(_ROUNDS):
        clusters = nearest_centres(poses, weights, centres)
        centres = np.stack(
            [
                _mean_pose(poses[clusters == c], weights[clusters == c], centre)
                for c, centre in enumerate(centres)
            ]
        )
    return centres


def _mean_pose(poses: FloatArray, weights: FloatArray, otherwise: FloatArray) -> FloatArray:
    """Return (K, 2) the mean, `otherwise` for joints that nobody has."""
    total = weights.sum(axis=0)[:, None]
    sums = (poses * weights[..., None]).sum(axis=0)
    return np.where(total > 0, sums / np.maximum(total, 1e-6), otherwise).astype(np.float32)
