# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the adapters of others' trackers."""

from collections.abc import Callable
import sys

import numpy as np
import pytest

from alphapose_ros.evaluation.baselines import ByteTrackBaseline
from alphapose_ros.evaluation.baselines import SortBaseline
from alphapose_ros.structures import Poses
from alphapose_ros.structures import Tracks
from alphapose_ros.structures import TrackState

pytest.importorskip('trackers')

FPS = 10.0
Make = Callable[[float], ByteTrackBaseline | SortBaseline]
both = pytest.mark.parametrize('make', [ByteTrackBaseline, SortBaseline])


def people(*lefts: float, score: float = 0.9) -> Poses:
    """Return people 40 wide and 100 high; the first joint of each tells his left edge."""
    n = len(lefts)
    left = np.array(lefts, np.float32).reshape(n)
    keypoints = np.repeat(left, 6).reshape(n, 3, 2)
    return Poses(
        boxes=np.stack([left, 0 * left, left + 40, 0 * left + 100], axis=1),
        box_scores=np.full(n, score, np.float32),
        keypoints=keypoints,
        keypoint_scores=np.ones((n, 3), np.float32),
        scores=np.full(n, score, np.float32),
        embeddings=np.zeros((n, 4), np.float32),
    )


def play(make: Make, images: list[Poses]) -> list[Tracks]:
    tracker = make(FPS)
    return [tracker.update(poses, round(i * 1e9 / FPS)) for i, poses in enumerate(images)]


def id_at(tracks: Tracks, left: float) -> int:
    """Return the id of who stands there."""
    return int(tracks.track_ids[tracks.poses.boxes[:, 0] == left][0])


@both
def test_two_who_walk_towards_each_other_keep_their_ids_in_any_order(make: Make) -> None:
    images = [people(3 * i, 400 - 3 * i)[[i % 2, 1 - i % 2]] for i in range(20)]
    last = play(make, images)[5:]
    assert len({id_at(t, 3 * i) for i, t in enumerate(last, 5)}) == 1
    assert len({id_at(t, 400 - 3 * i) for i, t in enumerate(last, 5)}) == 1
    assert last[-1].track_ids.tolist() == [1, 2]


@both
def test_everybody_is_given_back_once_with_his_joints(make: Make) -> None:
    for tracks in play(make, [people(500, 3 * i, 200 + i) for i in range(8)]):
        assert len(tracks) == 3
        np.testing.assert_array_equal(tracks.poses.keypoints[:, 0, 0], tracks.poses.boxes[:, 0])


@both
def test_the_first_image_leaves_people_untracked(make: Make) -> None:
    (tracks,) = play(make, [people(0, 200)])
    assert tracks.track_ids.tolist() == [-1, -1]
    assert tracks.states.tolist() == [TrackState.UNTRACKED] * 2


@both
def test_who_is_known_comes_first_and_who_is_not_last(make: Make) -> None:
    tracks = play(make, [people(200)] * 5 + [people(700, 200)])[-1]
    assert tracks.track_ids.tolist() == [1, -1]
    assert tracks.states.tolist() == [TrackState.TRACKED, TrackState.UNTRACKED]
    assert tracks.poses.boxes[:, 0].tolist() == [200, 700]


@both
def test_somebody_hidden_for_a_second_and_a_half_keeps_his_id(make: Make) -> None:
    images = [people(200)] * 5 + [people()] * 15 + [people(200)]
    assert play(make, images)[-1].track_ids.tolist() == [1]


@both
def test_noise_of_low_score_starts_no_track(make: Make) -> None:
    tracks = play(make, [people(200, score=0.3)] * 6)[-1]
    assert tracks.states.tolist() == [TrackState.UNTRACKED]


@both
def test_nobody_stays_nobody(make: Make) -> None:
    for tracks in play(make, [people()] * 3):
        assert len(tracks) == 0
        assert tracks.poses.num_keypoints == 3


@both
def test_arguments_are_not_modified(make: Make) -> None:
    poses, before = people(200, 300), people(200, 300)
    play(make, [poses] * 4)
    for name, array in vars(before).items():
        np.testing.assert_array_equal(getattr(poses, name), array)


@both
def test_two_trackers_know_nothing_of_each_other(make: Make) -> None:
    images = [people(200, 400)] * 5
    first, second = play(make, images), play(make, images)
    assert first[-1].track_ids.tolist() == second[-1].track_ids.tolist() == [1, 2]


@both
def test_a_missing_library_is_told_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, make: Make
) -> None:
    monkeypatch.setitem(sys.modules, 'trackers', None)
    with pytest.raises(ImportError, match='pip install'):
        make(FPS)
