# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Scores as flat numbers by name, as metrics.json holds them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alphapose_ros.evaluation.alignment import coco_found
from alphapose_ros.evaluation.alignment import coco_truth
from alphapose_ros.evaluation.alignment import Comparison
from alphapose_ros.evaluation.details import PersonDetails
from alphapose_ros.evaluation.joints import PCK_ALPHA
from alphapose_ros.evaluation.joints import PCKH_ALPHA
from alphapose_ros.evaluation.joints import score_joints
from alphapose_ros.evaluation.keypoints import evaluate_oks
from alphapose_ros.evaluation.latency import LatencyScores
from alphapose_ros.evaluation.posetrack import JointTrackingScores
from alphapose_ros.evaluation.tracking import TrackingScores

Numbers = dict[str, float]
WHOLE = 'whole'
_ALPHAS = {'pckh': PCKH_ALPHA, 'pcp': PCKH_ALPHA}


def keypoint_numbers(comparison: Comparison, people: PersonDetails) -> Numbers:
    """
    Return all scores of joints.

    :return: images, people, found, oks.<part>.<measure>, <measure>_<alpha> such as pck_box_0.2,
        joint.<name>.<measure>.
    """
    truth = comparison.truth
    numbers: Numbers = {
        'images': int(truth.has_labels.sum()),
        'people': len(people.found),
        'found': int((people.found >= 0).sum()),
    }
    skeleton = truth.skeleton
    parts = [name for name, *_ in skeleton.groups] if len(skeleton.groups) > 1 else []
    for part in ['', *parts] if skeleton.sigmas else []:
        scores = evaluate_oks(coco_truth(truth), coco_found(comparison), skeleton, part=part)
        numbers |= {f'oks.{part or WHOLE}.{name}': v for name, v in asdict(scores).items()}
    joints = score_joints(people)
    for measure, mean in joints.means.items():
        numbers[f'{measure}_{_ALPHAS.get(measure, PCK_ALPHA)}'] = mean
    columns: dict[str, NDArray[Any]] = {
        'labelled': joints.num_labelled,
        'found': joints.num_found,
        'error_px': joints.errors,
        'error_relative': joints.relative_errors,
        **joints.shares,
    }
    for i, name in enumerate(joints.names):
        numbers |= {f'joint.{name}.{key}': values[i].item() for key, values in columns.items()}
    return numbers


def tracking_numbers(scores: Mapping[str, TrackingScores]) -> Numbers:
    """Return <sequence>.<measure>."""
    return {
        f'{sequence}.{name}': value
        for sequence, measures in scores.items()
        for name, value in asdict(measures).items()
    }


def joint_tracking_numbers(scores: JointTrackingScores) -> Numbers:
    """Return joint.<name>.<measure> and <measure>: the mean of joints, or the sum of switches."""
    numbers: Numbers = {}
    for measure in ('mota', 'motp', 'precision', 'recall', 'id_switches'):
        values = getattr(scores, measure)
        known = values[~np.isnan(values)]
        total = known.sum() if measure == 'id_switches' else known.mean()
        numbers[measure] = total.item() if len(known) else float('nan')
        for name, value in zip(scores.names, values.tolist(), strict=True):
            numbers[f'joint.{name}.{measure}'] = value
    return numbers


def latency_numbers(scores: Mapping[str, LatencyScores]) -> Numbers:
    """Return <topic>.<measure>."""
    measures = (
        'count', 'p50_ms', 'p95_ms', 'p99_ms', 'max_ms', 'rate_hz', 'jitter_ms', 'num_dropped',
    )  # fmt: skip
    return {
        f'{topic}.{name}': getattr(values, name)
        for topic, values in scores.items()
        for name in measures
    }
