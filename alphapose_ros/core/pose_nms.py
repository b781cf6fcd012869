# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Parametric pose non-maximum suppression: every person once. N people, K keypoints.

A detector often gives several boxes for one person, and each becomes a pose. As in RMPE (Fang et
al. 2017) the best-scored pose is picked, poses that are too similar to it are merged into it, and
the next best of what is left is picked. How similar poses a and b are is, with joint scores s,
weights w of the joints, distances d and tolerances t (both in pixels),

    sum_k w_k min(s_ak, s_bk) exp(-d_k^2 / (2 t_k^2)) / min(sum_k w_k s_ak, sum_k w_k s_bk),

the overlap coefficient: which part of the less visible pose lies where the other has it. It is in
[0, 1] for any K, any number of people, any resolution and any scale of the scores: tolerances are
parts of the people's size. Half a body that repeats a part of a whole one has similarity 1.

Constants were chosen on 46 photographs of COCO and a small network, each person in six boxes that
were shifted by 8 % of their size (standard deviation): 94 % of the pairs of poses of one person
have a similarity above 0.36, and 124 of 125 pairs of two people on one photograph one below 0.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace
import math

import numpy as np
from numpy.typing import NDArray

from alphapose_ros.structures import FloatArray
from alphapose_ros.structures import Poses
from alphapose_ros.structures import Skeleton

_SAME_JOINT = math.exp(-1)


@dataclass(frozen=True)
class PoseNmsConfig:
    """
    How alike poses of one person are.

    :param max_similarity: poses more alike are one person; in [0, 1]. An exact copy has 1. 0.36
        is a copy with normal noise of 1.3 tolerances in x and in y, or one moved by 1.4
        tolerances, or one with 36 % of its joints in common. Raise it for people who embrace.
    :param tolerance: of the joints of body and feet, in parts of the longer side of the box, more
        than 0.
    :param face_factor: times `tolerance` is the tolerance of the face's joints, more than 0; they
        are found more precisely than others, and neighbouring faces are small.
    :param hand_factor: as above, of the hands' joints.
    :param face_weight: of all joints of the face together, at least 0; body and feet together
        have 1, so that 110 joints of face and hands do not outvote the body.
    :param hand_weight: as above, of both hands together.
    :raises ValueError: if a value is outside its range.
    """

    max_similarity: float = 0.36
    tolerance: float = 0.04
    face_factor: float = 0.5
    hand_factor: float = 1.0
    face_weight: float = 1.0
    hand_weight: float = 1.0

    def __post_init__(self) -> None:
        if not 0 <= self.max_similarity <= 1:
            raise ValueError(f'max_similarity must be in [0, 1], got {self.max_similarity}')
        for name in ('tolerance', 'face_factor', 'hand_factor'):
            if not 0 < getattr(self, name) < math.inf:
                raise ValueError(f'{name} must be more than 0, got {getattr(self, name)}')
        for name in ('face_weight', 'hand_weight'):
            if not 0 <= getattr(self, name) < math.inf:
                raise ValueError(f'{name} must be at least 0, got {getattr(self, name)}')


_DEFAULTS = PoseNmsConfig()


def suppress_poses(poses: Poses, skeleton: Skeleton, config: PoseNmsConfig = _DEFAULTS) -> Poses:
    """
    Merge poses of one person into one.

    A merged joint is the mean, weighted by the scores s, of those joints that lie within 1.4
    tolerances of the pick's; its score is sum(s^2) / sum(s). A joint that the pick lacks (NaN)
    stays so. Box, box score and embedding are the pick's. Scores come out, and rank the poses
    coming in, as `PoseEstimator` has them: box score times the mean of the joints' scores.

    :param poses: (N people); the order plays no part.
    :param skeleton: tells which joints are face and hands.
    :return: at most N people, best score first. Given again, they come out unchanged.
    :raises ValueError: if the poses do not have the joints of the skeleton.
    """
    if poses.num_keypoints != skeleton.num_keypoints:
        raise ValueError(
            f'poses must have the {skeleton.num_keypoints} joints of {skeleton.name}, '
            f'got {poses.num_keypoints}'
        )
    tolerances, weights = _joint_constants(skeleton, config)
    while True:
        poses = _rank(poses)
        closeness = _closeness(poses, tolerances)
        owners = _pick(_similarity(poses, closeness, weights) > config.max_similarity)
        num_picks = len(np.unique(owners))
        if num_picks == len(poses):
            return poses
        # Merged people have moved, so they are compared once more.
        poses = _merge(poses, owners, closeness)


def _joint_constants(skeleton: Skeleton, config: PoseNmsConfig) -> tuple[FloatArray, FloatArray]:
    """Return (K,) tolerances, in parts of a person's size, and (K,) weights."""
    parts = np.zeros(skeleton.num_keypoints, np.intp)  # 0 body and feet, 1 face, 2 hands
    for name, start, end in skeleton.groups:
        parts[start:end] = {'face': 1, 'left_hand': 2, 'right_hand': 2}.get(name, 0)
    factors = np.array([1, config.face_factor, config.hand_factor])
    shares = np.array([1, config.face_weight, config.hand_weight])
    shares /= np.maximum(np.bincount(parts, minlength=3), 1)
    tolerances: FloatArray = (config.tolerance * factors[parts]).astype(np.float32)
    return tolerances, shares[parts].astype(np.float32)


def _rank(poses: Poses) -> Poses:
    """Return the poses with new scores, best first; the box decides between equals."""
    scores = poses.box_scores * poses.keypoint_scores.mean(axis=1)
    return replace(poses, scores=scores)[np.lexsort((*poses.boxes.T, -scores))]


def _is_known(poses: Poses) -> NDArray[np.bool_]:
    return np.asarray(np.isfinite(poses.keypoints).all(axis=2), np.bool_)


def _closeness(poses: Poses, tolerances: FloatArray) -> FloatArray:
    """Return (N, N, K) exp(-d^2 / (2 t^2)) in [0, 1]; anything where a joint is not known."""
    widths_heights = poses.boxes[:, 2:] - poses.boxes[:, :2]
    squared_sizes = np.square(np.maximum(widths_heights.max(axis=1), 1))
    known = np.where(_is_known(poses)[..., None], poses.keypoints, 0) / tolerances[:, None]
    x, y = known[..., 0], known[..., 1]
    squared = np.square(x[:, None] - x) + np.square(y[:, None] - y)  # (N, N, K)
    # The variance of a difference is the sum of both variances, each in its person's size.
    squared /= -(squared_sizes[:, None] + squared_sizes)[..., None]
    closeness: FloatArray = np.exp(squared, out=squared)
    return closeness


def _similarity(poses: Poses, closeness: FloatArray, weights: FloatArray) -> FloatArray:
    """Return (N, N) in [0, 1]; 0 where no joint is known of both."""
    known_scores = np.where(_is_known(poses), poses.keypoint_scores, 0) * weights
    common = np.minimum(known_scores[:, None], known_scores)  # (N, N, K)
    total = known_scores.sum(axis=1)
    similarity: FloatArray = np.einsum('abk,abk->ab', common, closeness)
    smaller = np.minimum(total[:, None], total)
    np.divide(similarity, smaller, out=similarity, where=smaller > 0)
    return similarity


def _pick(is_same: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Return (N,) the pick that each is merged into, itself for picks; best come first."""
    owners = np.full(len(is_same), -1, np.intp)
    for i in range(len(is_same)):
        if owners[i] < 0:
            owners[is_same[i] & (owners < 0)] = i
            owners[i] = i
    return owners


def _merge(poses: Poses, owners: NDArray[np.intp], closeness: FloatArray) -> Poses:
    """Return the picks, their joints merged with those of the poses they own."""
    n, is_known = len(poses), _is_known(poses)
    picks = np.flatnonzero(owners == np.arange(n))
    is_near = (closeness[owners, np.arange(n)] >= _SAME_JOINT) & is_known & is_known[owners]
    scores = np.where(is_near, poses.keypoint_scores, 0)  # (N, K)
    offsets = np.where(is_near[..., None], poses.keypoints - poses.keypoints[owners], 0)
    is_member = (owners == picks[:, None]).astype(np.float32)  # (P, N)
    totals = is_member @ scores  # (P, K)
    means = np.tensordot(is_member, scores[..., None] * offsets, axes=1)
    merged = poses[picks]
    is_shared = (totals > 0) & (is_member.sum(axis=1) > 1)[:, None]
    divisors = np.where(is_shared, totals, 1)
    return replace(
        merged,
        keypoints=merged.keypoints + np.where(is_shared, 1 / divisors, 0)[..., None] * means,
        keypoint_scores=np.where(
            is_shared,
            np.minimum(is_member @ np.square(scores) / divisors, 1),
            merged.keypoint_scores,
        ),
    )
