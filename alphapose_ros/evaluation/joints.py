# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
How exact every joint of paired people is. K keypoints, L limbs.

A true person who was missed counts with all joints wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alphapose_ros.evaluation.details import PersonDetails
from alphapose_ros.evaluation.keypoints import pck
from alphapose_ros.evaluation.keypoints import pcp
from alphapose_ros.evaluation.keypoints import segment_lengths
from alphapose_ros.structures import FloatArray

PCK_ALPHA = 0.2
PCKH_ALPHA = 0.5
# MPII's evaluation leaves them out.
_INNER = ('pelvis', 'thorax')


@dataclass(frozen=True, eq=False)
class JointScores:
    """
    Accuracy by joint; shares in [0, 1], NaN where nothing counts.

    :param names: of the K joints.
    :param num_labelled: (K,) int64.
    :param num_found: (K,) int64, labelled joints of people who were found, with a position.
    :param errors: (K,) pixels, median over the found.
    :param relative_errors: (K,) likewise, in parts of the square root of the person's area.
    :param shares: (K,) by measure: pck_box, pck_torso, pckh, pdj; a measure that the keypoint
        set does not allow is left out.
    :param means: by measure, over all joints that count; and pcp, over all limbs of the body.
    """

    names: tuple[str, ...]
    num_labelled: NDArray[np.int64]
    num_found: NDArray[np.int64]
    errors: FloatArray
    relative_errors: FloatArray
    shares: Mapping[str, FloatArray]
    means: Mapping[str, float]


def score_joints(people: PersonDetails) -> JointScores:
    """
    Measure joints.

    pck_box@0.2 is relative to the longer side of the person's box. pck_torso@0.2 and pdj@0.2 are
    both relative to |left shoulder - right hip|, and equal. pckh@0.5 is relative to the size of
    the head: 0.6 of the diagonal of its box where labelled, else the distance of its ends; its
    mean leaves out pelvis and thorax. pcp@0.5 is that of the limbs of the body.
    """
    shares: dict[str, FloatArray] = {}
    means: dict[str, float] = {}
    for measure, (scales, alpha) in _scales(people).items():
        shares[measure] = pck(
            people.keypoints, people.truth, people.is_labelled, scales=scales, alpha=alpha
        )
        counts = people.is_labelled[~np.isnan(scales)].sum(axis=0)
        if measure == 'pckh':
            counts[[name in _INNER for name in people.skeleton.keypoint_names]] = 0
        means[measure] = _mean(shares[measure], counts)
    body = {i for name, *ends in people.skeleton.groups if name == 'body' for i in range(*ends)}
    limbs = [limb for limb in people.skeleton.limbs if set(limb) <= body]
    if limbs:
        a, b = np.array(limbs).T
        counts = (people.is_labelled[:, a] & people.is_labelled[:, b]).sum(axis=0)
        correct = pcp(people.keypoints, people.truth, people.is_labelled, limbs)
        means['pcp'] = _mean(correct, counts)
    relative: FloatArray = (
        people.errors / np.sqrt(np.maximum(people.areas, np.float32(1)))[:, None]
    )
    return JointScores(
        names=people.skeleton.keypoint_names,
        num_labelled=people.is_labelled.sum(axis=0),
        num_found=(~np.isnan(people.errors)).sum(axis=0),
        errors=_medians(people.errors),
        relative_errors=_medians(relative),
        shares=shares,
        means=means,
    )


def _scales(people: PersonDetails) -> dict[str, tuple[FloatArray, float]]:
    """Return (P,) pixels and the factor of every measure that is possible."""
    names = people.skeleton.keypoint_names
    sides: FloatArray = (people.boxes[:, 2:] - people.boxes[:, :2]).max(axis=1)
    scales = {'pck_box': (sides, PCK_ALPHA)}
    if {'left_shoulder', 'right_hip'} <= set(names):
        ends = (people.skeleton.index(name) for name in ('left_shoulder', 'right_hip'))
        torsos = segment_lengths(people.truth, people.is_labelled, *ends)
        scales |= {'pck_torso': (torsos, PCK_ALPHA), 'pdj': (torsos, PCK_ALPHA)}
    if not np.isnan(people.head_sizes).all():
        scales['pckh'] = (people.head_sizes, PCKH_ALPHA)
    return scales


def _mean(shares: FloatArray, counts: NDArray[np.int64]) -> float:
    """Return the share over all that count."""
    total = counts.sum()
    return float(np.nansum(shares * counts) / total) if total else float('nan')


def _medians(values: FloatArray) -> FloatArray:
    """Return (K,) medians of (P, K) without NaN; NaN where nothing is left."""
    kept = [column[~np.isnan(column)] for column in values.T]
    return np.array([np.median(k) if len(k) else np.nan for k in kept], np.float32)
