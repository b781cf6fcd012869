# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of similarities and the assignment."""

import numpy as np
import pytest

from alphapose_ros.structures import Poses
from alphapose_ros.tracking import kalman
from alphapose_ros.tracking.association import assign
from alphapose_ros.tracking.association import motion_similarity
from alphapose_ros.tracking.association import similarity

SIGMAS = np.full(3, 0.1, np.float32)


def person(x: float, *, pose_x: float | None = None, joint_score: float = 0.9) -> Poses:
    """Return somebody 40 wide and 100 high; his joints may be somewhere else."""
    centre = x if pose_x is None else pose_x
    joints = np.array([[centre, 20], [centre, 50], [centre, 80]], np.float32)
    return Poses(
        boxes=np.array([[x - 20, 0, x + 20, 100]], np.float32),
        box_scores=np.array([0.9], np.float32),
        keypoints=joints[None],
        keypoint_scores=np.full((1, 3), joint_score, np.float32),
        scores=np.array([0.8], np.float32),
        embeddings=np.zeros((1, 0), np.float32),
    )


def likeness(a: Poses, b: Poses, sigmas: np.ndarray = SIGMAS) -> float:
    return float(similarity(a, b, sigmas, min_keypoint_score=0.2)[0, 0])


def test_the_pose_tells_people_in_the_same_box_apart() -> None:
    track = person(100, pose_x=92)
    right, wrong = person(100, pose_x=92), person(100, pose_x=108)
    assert likeness(track, right) == pytest.approx(1)
    assert likeness(track, wrong) < likeness(track, right)


@pytest.mark.parametrize(
    ('track', 'other', 'sigmas'),
    [
        pytest.param(person(0), person(10), np.zeros(0, np.float32), id='no sigmas'),
        pytest.param(person(0), person(10, joint_score=0.1), SIGMAS, id='low joint scores'),
        pytest.param(person(0), person(10, pose_x=np.nan), SIGMAS, id='unknown joints'),
    ],
)
def test_without_usable_joints_the_boxes_decide_alone(
    track: Poses, other: Poses, sigmas: np.ndarray
) -> None:
    assert likeness(track, other, sigmas) == pytest.approx(30 / 50)


def test_boxes_that_do_not_touch_are_not_alike_whatever_the_pose() -> None:
    assert likeness(person(0, pose_x=50), person(100, pose_x=50)) == 0


def test_the_largest_sum_wins_over_the_first_come() -> None:
    rows, columns = assign(np.array([[0.6, 0.55], [0.5, 0.1]], np.float32), 0.2)
    assert dict(zip(rows.tolist(), columns.tolist(), strict=True)) == {0: 1, 1: 0}


def test_one_good_pair_beats_two_poor_ones() -> None:
    rows, columns = assign(np.array([[0.9, 0.5], [0.5, 0.0]], np.float32), 0.2)
    assert (rows.tolist(), columns.tolist()) == ([0], [0])


def test_pairs_below_the_limit_are_never_made() -> None:
    rows, _ = assign(np.array([[0.19, 0.0], [0.1, 0.05]], np.float32), 0.2)
    assert len(rows) == 0


@pytest.mark.parametrize('shape', [(0, 0), (0, 3), (3, 0)])
def test_nobody_is_assigned_to_nobody(shape: tuple[int, int]) -> None:
    rows, columns = assign(np.zeros(shape, np.float32), 0.2)
    assert len(rows) == len(columns) == 0


def reachable(x: float, elapsed_s: float) -> float:
    """Return how well somebody at x fits one who was lost at 100, 100 high, so long ago."""
    states = kalman.predict(kalman.begin(np.array([[100.0, 50.0, 40.0, 100.0]])), elapsed_s)
    box = np.array([[x - 20, 0, x + 20, 100]], np.float32)
    return float(motion_similarity(states, box, np.array([elapsed_s]))[0, 0])


def test_a_hidden_person_may_be_further_away_the_longer_he_is_hidden() -> None:
    assert reachable(150, 0.05) == 0
    assert reachable(150, 1.0) > 0.5
    assert reachable(100, 1.0) == pytest.approx(1)


@pytest.mark.parametrize(('x', 'is_reached'), [(290, True), (310, False)])
def test_nobody_comes_farther_than_his_height_and_half_of_it_every_second(
    x: float, is_reached: bool
) -> None:
    assert (reachable(x, 2.0) > 0) is is_reached
