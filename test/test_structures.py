# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the values that travel through the pipeline: what they accept, refuse and choose."""

from dataclasses import fields
from dataclasses import FrozenInstanceError
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from alphapose_ros.structures import Detections
from alphapose_ros.structures import Poses
from alphapose_ros.structures import Skeleton
from alphapose_ros.structures import Tracks
from alphapose_ros.structures import TrackState

ARM = Skeleton('arm', ('shoulder', 'elbow', 'wrist'), ((0, 1), (1, 2)), ())


def detections_of(n: int) -> Detections:
    rng = np.random.default_rng(n)
    return Detections(
        rng.uniform(0, 100, (n, 4)).astype(np.float32), rng.uniform(size=n).astype(np.float32)
    )


def poses_of(n: int, k: int = 3, d: int = 2) -> Poses:
    rng = np.random.default_rng(n)
    return Poses(
        boxes=rng.uniform(0, 100, (n, 4)).astype(np.float32),
        box_scores=rng.uniform(size=n).astype(np.float32),
        keypoints=rng.uniform(0, 100, (n, k, 2)).astype(np.float32),
        keypoint_scores=rng.uniform(size=(n, k)).astype(np.float32),
        scores=rng.uniform(size=n).astype(np.float32),
        embeddings=rng.normal(size=(n, d)).astype(np.float32),
    )


def tracks_of(n: int) -> Tracks:
    return Tracks(
        poses_of(n),
        np.arange(n, dtype=np.int32),
        np.full(n, TrackState.TRACKED, np.uint8),
        np.arange(n, dtype=np.uint32),
    )


every_kind = pytest.mark.parametrize('make', [detections_of, poses_of, tracks_of])


@every_kind
@pytest.mark.parametrize('n', [0, 1, 7])
def test_the_length_is_the_number_of_people(make: Any, n: int) -> None:
    assert len(make(n)) == n


@every_kind
@pytest.mark.parametrize(
    'index',
    [slice(1, 3), np.array([True, False, True, False]), np.array([3, 0, 0]), np.array([], int)],
    ids=['slice', 'mask', 'rows', 'nobody'],
)
def test_choosing_people_chooses_the_row_of_every_array(make: Any, index: Any) -> None:
    people = make(4)
    chosen = people[index]
    assert type(chosen) is type(people)
    assert len(chosen) == len(np.arange(4)[index])
    for f in fields(people):
        if f.name != 'poses':
            np.testing.assert_array_equal(getattr(chosen, f.name), getattr(people, f.name)[index])


def test_choosing_tracks_chooses_their_poses() -> None:
    tracks = tracks_of(4)
    chosen = tracks[np.array([2, 1])]
    np.testing.assert_array_equal(chosen.poses.keypoints, tracks.poses.keypoints[[2, 1]])


@every_kind
@pytest.mark.parametrize('index', [0, np.int64(1)])
def test_a_single_person_must_be_chosen_as_an_array(make: Any, index: Any) -> None:
    with pytest.raises(TypeError, match='index must be a slice, a mask or an array'):
        make(2)[index]


@every_kind
def test_values_cannot_be_replaced(make: Any) -> None:
    people = make(2)
    with pytest.raises(FrozenInstanceError):
        setattr(people, fields(people)[0].name, None)


@pytest.mark.parametrize(
    ('name', 'shape'),
    [
        ('boxes', (4, 4)),
        ('boxes', (3, 5)),
        ('box_scores', (2,)),
        ('box_scores', (3, 1)),
        ('keypoints', (3, 3, 3)),
        ('keypoints', (2, 3, 2)),
        ('keypoint_scores', (3, 4)),
        ('scores', (4,)),
        ('embeddings', (3,)),
    ],
)
def test_a_wrong_shape_is_refused_with_the_shape_that_came(name: str, shape: Any) -> None:
    with pytest.raises(ValueError, match=r'must have shape \(.*\), got \('):
        replace(poses_of(3), **{name: np.zeros(shape, np.float32)})


@pytest.mark.parametrize('name', [f.name for f in fields(Poses)])
def test_a_wrong_type_is_refused_by_name(name: str) -> None:
    poses = poses_of(3)
    with pytest.raises(TypeError, match=f'{name} must have dtype float32, got float64'):
        replace(poses, **{name: getattr(poses, name).astype(np.float64)})
    with pytest.raises(TypeError, match=f'{name} must be an ndarray of shape .*, got list'):
        replace(poses, **{name: getattr(poses, name).tolist()})


@pytest.mark.parametrize(
    ('name', 'dtype'), [('track_ids', 'int32'), ('states', 'uint8'), ('ages', 'uint32')]
)
def test_identities_have_types_of_their_own(name: str, dtype: str) -> None:
    tracks = tracks_of(2)
    with pytest.raises(TypeError, match=f'{name} must have dtype {dtype}, got int64'):
        replace(tracks, **{name: getattr(tracks, name).astype(np.int64)})  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=rf'{name} must have shape \(2\), got \(3,\)'):
        replace(tracks, **{name: np.zeros(3, dtype)})  # type: ignore[arg-type]


def test_nobody_still_knows_the_number_of_joints() -> None:
    assert len(Detections.empty()) == 0
    assert Poses.empty(136).num_keypoints == 136
    assert Tracks.empty(26).poses.keypoints.shape == (0, 26, 2)
    assert poses_of(3, k=5)[:0].num_keypoints == 5


def test_untracked_people_have_no_identity() -> None:
    poses = poses_of(3)
    tracks = Tracks.untracked(poses)
    assert tracks.poses is poses
    assert tracks.track_ids.tolist() == [-1] * 3
    assert tracks.states.tolist() == [TrackState.UNTRACKED] * 3
    assert tracks.ages.tolist() == [0] * 3


def test_track_states_have_the_values_of_the_message() -> None:
    message = pytest.importorskip('alphapose_ros.msg', reason='needs the built messages')
    for state in TrackState:
        assert getattr(message.PersonPose2D, state.name) == state


def test_a_joint_is_found_by_name() -> None:
    assert ARM.num_keypoints == 3
    assert [ARM.index(name) for name in ARM.keypoint_names] == [0, 1, 2]


def test_an_unknown_joint_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="arm has no joint 'knee'; it has shoulder, elbow, wrist"):
        ARM.index('knee')
