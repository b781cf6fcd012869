# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Pose non-maximum suppression with the results of AlphaPose, to compare with published numbers.

Two methods: the parametric one (Fang et al. 2017; 2022, section 3.4) in the form and with the
constants of AlphaPose v0.6, and suppression by object keypoint similarity. Distances are pixels
at any resolution; with whole bodies, copies survive in a crowd, because the number of near joints
is divided by the number of people. `pose_nms` has neither flaw. N people, P picks, K keypoints.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from alphapose_ros.core.oks import keypoint_similarity
from alphapose_ros.structures import FloatArray
from alphapose_ros.structures import Poses
from alphapose_ros.structures import Skeleton

WHOLE_BODY_SETS = (133, 136)
_MAX_MATCH_RADIUS = 7  # pixels
_MAX_MERGE_RADIUS = 15  # pixels
_SEEN_SCORE = 0.2


@dataclass(frozen=True)
class CompatConstants:
    """
    Constants of the parametric method.

    :param score_scale: delta 1, divides the pick's joint scores and the others'.
    :param distance_weight: mu, of the term of distances.
    :param distance_scale: delta 2, pixels.
    :param max_similarity: gamma; more alike poses are merged.
    :param score_limit: people whose best joint is below are dropped.
    :param match_limit: poses with as many near joints are merged.
    :param radius: alpha, parts of the longer side of the box within which joints are near.
    """

    score_scale: float
    distance_weight: float
    distance_scale: float
    max_similarity: float
    score_limit: float
    match_limit: float
    radius: float


HEATMAP_CONSTANTS = CompatConstants(1, 1.7, 2.65, 22.48, 0.3, 5, 0.1)
REGRESSION_CONSTANTS = CompatConstants(1, 1.65, 8, 3.6, 0.01, 3, 0.15)
_FACE_FACTOR = 1.9
_HAND_FACTOR = 0.55
_HAND_SCORE_WEIGHT = 0.1
_HAND_DISTANCE_WEIGHT = 1.5


@dataclass(frozen=True, eq=False)
class Suppressed:
    """
    What is left, in the order of picking.

    :param poses: (P people) with merged joints; a joint to which nobody was near is NaN.
    :param picks: (P,) int, the row of each in what was given.
    :param is_member: (P, N) bool, who was merged.
    """

    poses: Poses
    picks: NDArray[np.intp]
    is_member: NDArray[np.bool_]


def choose_constants(num_keypoints: int, *, is_heatmap_loss: bool) -> CompatConstants:
    """Return the constants for a network with K joints, trained on heat maps alone or not."""
    if num_keypoints in WHOLE_BODY_SETS and not is_heatmap_loss:
        return REGRESSION_CONSTANTS
    return HEATMAP_CONSTANTS


def suppress_poses_compat(
    poses: Poses, constants: CompatConstants, *, min_area: float = 0.0
) -> Suppressed:
    """
    Merge and filter poses exactly as AlphaPose does.

    :param poses: (N people); a joint that is NaN is near nobody's.
    :param constants: see `choose_constants`.
    :param min_area: square pixels; people with less, 1.5 times as wide and high, are dropped.
    :return: scores of the poses are box score times mean joint score, as everywhere here; see
        `proposal_scores` for AlphaPose's.
    """
    scores = np.where(poses.keypoint_scores == 0, np.float32(1e-5), poses.keypoint_scores)
    radii = constants.radius * (poses.boxes[:, 2:] - poses.boxes[:, :2]).max(axis=1, initial=0)
    distances = _distances(poses.keypoints)
    terms = _whole_body_terms if poses.num_keypoints in WHOLE_BODY_SETS else _body_terms
    similarity, matches, is_crowd_divided = terms(
        distances, scores, np.minimum(radii, _MAX_MATCH_RADIUS), constants
    )
    picks, owners = _pick(
        scores.mean(axis=1),
        similarity > constants.max_similarity,
        matches,
        match_limit=constants.match_limit,
        is_crowd_divided=is_crowd_divided,
    )
    is_member = owners == np.arange(len(picks))[:, None]  # (P, N)
    is_near = (
        distances[picks[owners], np.arange(len(poses))]
        <= np.minimum(radii, _MAX_MERGE_RADIUS)[picks[owners], None]
    )
    keypoints, keypoint_scores = _merge(poses.keypoints, np.where(is_near, scores, 0), is_member)
    is_kept = scores[picks].max(axis=1) >= constants.score_limit
    is_kept &= keypoint_scores.max(axis=1) >= constants.score_limit
    spans = np.fmax.reduce(keypoints, axis=1) - np.fmin.reduce(keypoints, axis=1)
    is_kept &= 2.25 * spans.prod(axis=1) >= min_area
    merged = replace(
        poses[picks],
        keypoints=keypoints,
        keypoint_scores=keypoint_scores,
        scores=poses.box_scores[picks] * keypoint_scores.mean(axis=1),
    )
    return Suppressed(merged[is_kept], picks[is_kept], is_member[is_kept])


def proposal_scores(poses: Poses) -> FloatArray:
    """Return (N,) mean joint score + box score + 1.25 best joint score, up to 3.25."""
    joint_scores = poses.keypoint_scores
    scores = joint_scores.mean(axis=1) + poses.box_scores + 1.25 * joint_scores.max(axis=1)
    return np.asarray(scores, np.float32)


def _distances(keypoints: FloatArray) -> FloatArray:
    """Return (N, N, K) pixels, infinite where a joint is not known."""
    x, y = keypoints[..., 0], keypoints[..., 1]
    squared = np.square(x[:, None] - x) + np.square(y[:, None] - y)
    squared[np.isnan(squared)] = np.inf
    return np.asarray(np.sqrt(squared), np.float32)


def _body_terms(
    distances: FloatArray, scores: FloatArray, radii: FloatArray, constants: CompatConstants
) -> tuple[FloatArray, FloatArray, bool]:
    """Return (N, N) similarities and matches of picks (rows) and others."""
    confidence = np.tanh(scores / constants.score_scale)
    same = np.einsum('abk,ak,bk->ab', (distances <= 1).astype(np.float32), confidence, confidence)
    closeness = np.exp(distances / -constants.distance_scale).sum(axis=2)
    matches = (distances <= radii[:, None, None]).sum(axis=2).astype(np.float32)
    return same + constants.distance_weight * closeness, matches, False


def _whole_body_terms(
    distances: FloatArray, scores: FloatArray, radii: FloatArray, constants: CompatConstants
) -> tuple[FloatArray, FloatArray, bool]:
    """Return as `_body_terms`; matches are still to be divided by the number of people left."""
    k = scores.shape[1]
    sizes = (k - 110, 68, 42)  # body and feet, face, hands
    factors = np.array([1, _FACE_FACTOR, _HAND_FACTOR], np.float32)
    is_low = scores < constants.score_limit
    confidence = np.tanh(scores / constants.score_scale)
    low_weights = np.repeat(np.array([1, 1, _HAND_SCORE_WEIGHT]) / sizes, sizes)
    same = np.einsum(
        'abk,ak,bk->ab',
        (distances <= 1).astype(np.float32),
        confidence,
        confidence * is_low * low_weights.astype(np.float32),
    )
    weights = np.repeat(np.array([1, 1, _HAND_DISTANCE_WEIGHT]) / sizes, sizes)
    closeness = np.exp(distances / (-constants.distance_scale * np.repeat(factors, sizes)))
    near = np.einsum('abk,bk->ab', closeness, (~is_low * weights).astype(np.float32))
    # These ranges are those of 136 joints, whatever K.
    limits = radii[:, None, None] * np.repeat(factors, (26, 68, k - 94))
    counts = (distances <= limits).sum(axis=2)
    seen = (scores > constants.score_limit / 2).sum(axis=1)[:, None]
    matches = np.divide(counts * k, 4 * seen, out=np.zeros(counts.shape), where=seen > 0)
    return same + constants.distance_weight * near, matches.astype(np.float32), True


def _pick(
    scores: FloatArray,
    is_similar: NDArray[np.bool_],
    matches: FloatArray,
    *,
    match_limit: float,
    is_crowd_divided: bool,
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return (P,) picks and (N,) for each person the place in it of the pick he went with."""
    picks: list[int] = []
    left = np.ones(len(scores), bool)
    owners = np.zeros(len(scores), np.intp)
    while left.any():
        pick = int(np.argmax(np.where(left, scores, -np.inf)))
        divisor = left.sum() if is_crowd_divided else 1
        members = left & (is_similar[pick] | (matches[pick] / divisor >= match_limit))
        if not members.any():
            members[pick] = True
        owners[members] = len(picks)
        picks.append(pick)
        left &= ~members
    return np.array(picks, np.intp), owners


def _merge(
    keypoints: FloatArray, scores: FloatArray, is_member: NDArray[np.bool_]
) -> tuple[FloatArray, FloatArray]:
    """Return (P, K, 2) means weighted by (N, K) scores and (P, K) scores."""
    members = is_member.astype(np.float32)
    totals = members @ scores
    divisors = np.where(totals > 0, totals, 1)
    known = np.nan_to_num(keypoints)
    means = np.tensordot(members, scores[..., None] * known, axes=1) / divisors[..., None]
    means[totals == 0] = np.nan
    merged_scores = members @ np.square(scores) / divisors
    return means.astype(np.float32), merged_scores.astype(np.float32)


def suppress_by_similarity(
    poses: Poses, skeleton: Skeleton, areas: FloatArray, max_similarity: float = 0.9
) -> tuple[NDArray[np.intp], FloatArray]:
    """
    Drop poses that are alike by object keypoint similarity (the usual COCO post-processing).

    :param areas: (N,) square pixels; the scale of a pair is the mean of both.
    :return: kept rows, best first, and (N,) new scores: box score times the mean of the joint
        scores above 0.2.
    """
    seen = np.where(poses.keypoint_scores > _SEEN_SCORE, poses.keypoint_scores, 0)
    scores = poses.box_scores * seen.sum(axis=1) / np.maximum((seen > 0).sum(axis=1), 1)
    similarity = keypoint_similarity(
        poses.keypoints[:, None],
        poses.keypoints,
        weights=np.ones((1, 1, skeleton.num_keypoints), np.float32),
        areas=np.asarray((areas[:, None] + areas) / 2, np.float32),
        sigmas=np.asarray(skeleton.sigmas, np.float32),
    )
    order = np.argsort(-scores, kind='stable')
    is_dropped = np.zeros(len(poses), bool)
    for i in range(len(order)):
        if not is_dropped[order[i]]:
            later = order[i + 1 :]
            is_dropped[later] |= similarity[order[i], later] > max_similarity
    return order[~is_dropped[order]], scores
