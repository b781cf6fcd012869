# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of what viewers are told of people."""

import numpy as np
import pytest

from alphapose_ros.core.marks import mark_people
from alphapose_ros.core.palette import joint_color
from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.structures import Poses
from alphapose_ros.structures import Tracks
from alphapose_ros.structures import TrackState

COCO = get_skeleton('coco_17')
LEFT_EYE, RIGHT_EYE, NOSE = 1, 2, 0


def people(*track_ids: int, states: tuple[int, ...] = (), scores: float = 0.9) -> Tracks:
    n = len(track_ids)
    poses = Poses(
        boxes=np.tile(np.float32([10, 20, 60, 240]), (n, 1)),
        box_scores=np.ones(n, np.float32),
        keypoints=np.arange(n * 34, dtype=np.float32).reshape(n, 17, 2),
        keypoint_scores=np.full((n, 17), scores, np.float32),
        scores=np.full(n, 0.75, np.float32),
        embeddings=np.zeros((n, 0), np.float32),
    )
    ids = np.array(track_ids, np.int32)
    kinds = np.array(states or [TrackState.TRACKED] * n, np.uint8)
    return Tracks(poses, ids, kinds, np.ones(n, np.uint32))


def test_nobody_gives_nothing() -> None:
    assert mark_people(Tracks.empty(17), COCO, 0.3) == []


def test_everybody_has_a_name_of_their_own() -> None:
    marks = mark_people(people(2, 7, -1, -1), COCO, 0.3)
    assert [m.name for m in marks] == ['track_2', 'track_7', 'untracked_0', 'untracked_1']
    assert [m.label for m in marks] == ['#2  0.75', '#7  0.75', '0.75', '0.75']


def test_limbs_connect_the_joints_of_the_skeleton() -> None:
    (mark,) = mark_people(people(3), COCO, 0.3)
    np.testing.assert_array_equal(mark.points, people(3).poses.keypoints[0])
    for ends, (a, b) in zip(mark.limbs, COCO.limbs, strict=True):
        np.testing.assert_array_equal(ends, mark.points[[a, b]])


@pytest.mark.parametrize('fault', ['nan', 'score'])
def test_a_joint_that_is_not_seen_is_left_out_with_its_limbs(fault: str) -> None:
    tracks = people(3)
    if fault == 'nan':
        tracks.poses.keypoints[0, NOSE] = np.nan
    else:
        tracks.poses.keypoint_scores[0, NOSE] = 0.29
    (mark,) = mark_people(tracks, COCO, 0.3)
    assert mark.joints.tolist() == list(range(1, 17))
    assert len(mark.limbs) == len(mark.limb_colors) == sum(NOSE not in x for x in COCO.limbs)


def test_left_and_right_differ_in_colour() -> None:
    (mark,) = mark_people(people(3), COCO, 0.3)
    assert mark.joint_colors[LEFT_EYE] == joint_color(3, 'left', 'track')
    assert mark.joint_colors[RIGHT_EYE] == joint_color(3, 'right', 'track')
    assert mark.joint_colors[NOSE] == mark.color


def test_joints_and_limbs_of_face_and_hands_are_fine() -> None:
    skeleton = get_skeleton('coco_wholebody_133')
    n = skeleton.num_keypoints
    tracks = Tracks.untracked(
        Poses(
            boxes=np.ones((1, 4), np.float32),
            box_scores=np.ones(1, np.float32),
            keypoints=np.ones((1, n, 2), np.float32),
            keypoint_scores=np.ones((1, n), np.float32),
            scores=np.ones(1, np.float32),
            embeddings=np.zeros((1, 0), np.float32),
        )
    )
    (mark,) = mark_people(tracks, skeleton, 0.3)
    assert np.flatnonzero(~mark.is_fine_joint).tolist() == list(range(23))
    fine = [max(limb) >= 23 for limb in skeleton.limbs]
    assert mark.is_fine_limb.tolist() == fine


def test_who_is_hidden_is_thin_and_told_so() -> None:
    states = (TrackState.TRACKED, TrackState.PREDICTED)
    seen, hidden = mark_people(people(1, 2, states=states), COCO, 0.3)
    assert hidden.label == '#2  hidden'
    assert hidden.width < seen.width


def test_tracks_of_another_skeleton_are_refused() -> None:
    with pytest.raises(ValueError, match='must have the 26 joints of halpe_26, got 17'):
        mark_people(people(1), get_skeleton('halpe_26'), 0.3)
