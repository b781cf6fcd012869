# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the flat numbers."""

from collections.abc import Callable
import json
from typing import Any

import numpy as np
import pytest

from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.evaluation.alignment import align
from alphapose_ros.evaluation.details import pair_people
from alphapose_ros.evaluation.posetrack import JointTrackingScores
from alphapose_ros.evaluation.summary import joint_tracking_numbers
from alphapose_ros.evaluation.summary import keypoint_numbers

Make = Callable[..., Any]


@pytest.mark.parametrize(
    ('keypoint_set', 'parts'),
    [
        ('coco_17', ['whole']),
        ('halpe_26', ['whole', 'body', 'feet']),
        ('coco_wholebody_133', ['whole', 'body', 'feet', 'face', 'left_hand', 'right_hand']),
        ('mpii_16', []),
    ],
)
def test_parts_have_an_ap_where_the_set_has_constants(
    make_truth: Make, make_results: Make, keypoint_set: str, parts: list[str]
) -> None:
    pytest.importorskip('pycocotools')
    k = get_skeleton(keypoint_set).num_keypoints
    joints = np.random.default_rng(0).uniform(0, 300, (2, k, 2))
    truth = make_truth(joints, keypoint_set=keypoint_set)
    comparison = align(truth, make_results(*joints[:, None], keypoint_set=keypoint_set))
    numbers = keypoint_numbers(comparison, pair_people(comparison))
    aps = {key: value for key, value in numbers.items() if key.endswith('.ap')}
    assert aps == pytest.approx({f'oks.{part}.ap': 1 for part in parts})
    assert (numbers['images'], numbers['people'], numbers['found']) == (2, 2, 2)
    assert numbers['pck_box_0.2'] == numbers['pcp_0.5'] == 1
    assert all(type(value) in (int, float) for value in numbers.values())
    json.dumps(numbers)


def test_the_whole_of_joints_is_the_mean_of_those_labelled_and_the_sum_of_switches() -> None:
    values = np.array([1, 0.5, np.nan], np.float32)
    scores = JointTrackingScores(
        ('a', 'b', 'c'), values, values, values, values, np.array([2, 3, 0])
    )
    numbers = joint_tracking_numbers(scores)
    assert (numbers['mota'], numbers['id_switches']) == (0.75, 5)
    assert numbers['joint.b.recall'] == 0.5
