# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the accuracy of joints, by hand."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.evaluation.alignment import align
from alphapose_ros.evaluation.details import pair_people
from alphapose_ros.evaluation.joints import JointScores
from alphapose_ros.evaluation.joints import score_joints

Make = Callable[..., Any]
COCO_17, MPII = get_skeleton('coco_17'), get_skeleton('mpii_16')


@pytest.fixture
def score(make_truth: Make, make_results: Make) -> Callable[..., JointScores]:
    def measure(
        truth: np.ndarray, found: np.ndarray, keypoint_set: str = 'coco_17', **changes: Any
    ) -> JointScores:
        labels = replace(make_truth(truth, keypoint_set=keypoint_set), **changes)
        results = make_results(found, keypoint_set=keypoint_set)
        return score_joints(pair_people(align(labels, results)))

    return measure


def standing(skeleton: Any = COCO_17) -> np.ndarray:
    """Return (1, K, 2) of a box 100 x 200, torso and head 50 long, most joints at one place."""
    joints = np.full((1, skeleton.num_keypoints, 2), 50.0)
    names = skeleton.keypoint_names
    joints[0, names.index('left_ankle')], joints[0, names.index('right_ankle')] = (
        (0, 0),
        (100, 200),
    )
    joints[0, names.index('left_shoulder')] = 50, 0
    if skeleton is MPII:
        joints[0, names.index('head_top')] = 50, 0
    return joints


@pytest.mark.parametrize(
    ('measure', 'limit'), [('pck_box', 0.2 * 200), ('pck_torso', 0.2 * 50), ('pdj', 0.2 * 50)]
)
def test_a_joint_is_right_up_to_a_part_of_the_scale(
    score: Callable[..., JointScores], measure: str, limit: float
) -> None:
    truth = standing()
    for distance, is_right in ((limit - 0.1, 1), (limit + 0.1, 0)):
        found = truth.copy()
        found[0, COCO_17.index('nose'), 0] += distance
        scores = score(truth, found)
        assert scores.shares[measure][COCO_17.index('nose')] == is_right
        assert scores.means[measure] == pytest.approx((16 + is_right) / 17)
        assert scores.errors[COCO_17.index('nose')] == pytest.approx(distance, rel=1e-4)


@pytest.mark.parametrize(('box_size', 'limit'), [(np.nan, 25), (60, 30)], ids=['ends', 'box'])
def test_pckh_takes_the_size_of_the_head(
    score: Callable[..., JointScores], box_size: float, limit: float
) -> None:
    truth, wrist = standing(MPII), MPII.index('left_wrist')
    for distance, is_right in ((limit - 0.1, 1), (limit + 0.1, 0)):
        found = truth.copy()
        found[0, wrist, 0] += distance
        scores = score(truth, found, 'mpii_16', head_sizes=np.array([box_size], np.float32))
        assert scores.shares['pckh'][wrist] == is_right


def test_pckh_needs_the_ends_of_the_head_in_truth_only(
    make_truth: Make, make_results: Make
) -> None:
    truth = standing(MPII)
    found = np.zeros((1, 17, 2))
    for i, name in enumerate(COCO_17.keypoint_names):
        if name in MPII.keypoint_names:
            found[0, i] = truth[0, MPII.index(name)]
    comparison = align(make_truth(truth, keypoint_set='mpii_16'), make_results(found))
    assert score_joints(pair_people(comparison)).means['pckh'] == 1


def test_the_mean_of_pckh_leaves_out_pelvis_and_thorax(
    score: Callable[..., JointScores],
) -> None:
    truth = standing(MPII)
    found = truth.copy()
    found[0, [MPII.index('pelvis'), MPII.index('thorax')]] += 40
    assert score(truth, found, 'mpii_16').means['pckh'] == 1
    found[0, MPII.index('left_wrist')] += 40
    assert score(truth, found, 'mpii_16').means['pckh'] == pytest.approx(13 / 14)


def test_somebody_who_was_missed_has_all_joints_wrong(
    score: Callable[..., JointScores], people: np.ndarray
) -> None:
    scores = score(people[:2], people[:1])
    assert scores.means == pytest.approx(dict.fromkeys(scores.means, 0.5))
    assert (scores.num_labelled == 2).all()
    assert (scores.num_found == 1).all()
    assert (scores.errors == 0).all()


def test_limbs_of_the_body_count_for_pcp(
    score: Callable[..., JointScores],
) -> None:
    rng = np.random.default_rng(0)
    truth = rng.uniform(0, 500, (1, 136, 2))
    found = truth.copy()
    found[:, 26:] = np.nan  # face and hands
    assert score(truth, found, 'halpe_136').means['pcp'] == 1


def test_errors_are_medians_relative_to_the_size_of_the_person(
    score: Callable[..., JointScores],
) -> None:
    truth = standing()
    found = truth + np.array([3, 4])
    scores = score(truth, found, areas=np.array([2500], np.float32))
    np.testing.assert_allclose(scores.errors, 5, rtol=1e-5)
    np.testing.assert_allclose(scores.relative_errors, 0.1, rtol=1e-5)


def test_a_joint_that_is_never_labelled_has_no_score(
    score: Callable[..., JointScores], people: np.ndarray
) -> None:
    is_labelled = np.ones((1, 17), bool)
    is_labelled[0, 3] = False
    scores = score(people[:1], people[:1], is_labelled=is_labelled)
    assert np.isnan([scores.shares['pck_box'][3], scores.errors[3]]).all()
    assert scores.means['pck_box'] == 1
