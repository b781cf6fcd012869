# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the tracker that repeats AlphaPose's results, against measured ones."""

from dataclasses import astuple
from pathlib import Path

import numpy as np
import pytest

from alphapose_ros.structures import Poses
from alphapose_ros.structures import Tracks
from alphapose_ros.structures import TrackState
from alphapose_ros.tracking import compat_kalman as kalman
from alphapose_ros.tracking.compat import assign_up_to
from alphapose_ros.tracking.compat import CompatTracker
from alphapose_ros.tracking.compat import Counts
from alphapose_ros.tracking.compat import iou_of_pixels
from alphapose_ros.tracking.compat_kalman import BoxMotion

BUFFERS = {0: 240, 1: 240, 4: 8}


def people(boxes: np.ndarray, embeddings: np.ndarray) -> Poses:
    """Return people whose only joint lies at their number."""
    n = len(boxes)
    return Poses(
        boxes=np.asarray(boxes, np.float32),
        box_scores=np.full(n, 0.5, np.float32),
        keypoints=np.arange(n, dtype=np.float32).repeat(2).reshape(n, 1, 2),
        keypoint_scores=np.ones((n, 1), np.float32),
        scores=np.full(n, 0.5, np.float32),
        embeddings=np.asarray(embeddings, np.float32),
    )


def person(x: float, look: int = 0) -> Poses:
    """Return somebody 40 wide and 100 high with his left edge at x."""
    return people(np.array([[x, 0, x + 40, 100]]), np.eye(4)[[look]])


def play(tracker: CompatTracker, frames: list[Poses]) -> list[Tracks]:
    return [tracker.update(poses, 0) for poses in frames]


def ids(tracks: list[Tracks]) -> list[list[int]]:
    return [t.track_ids.tolist() for t in tracks]


def covariance(motion: BoxMotion, row: int = 0) -> np.ndarray:
    """Return the full (8, 8) matrix, values before rates."""
    value_var, cross, rate_var = motion.covariances[row].T
    return np.block([[np.diag(value_var), np.diag(cross)], [np.diag(cross), np.diag(rate_var)]])


@pytest.mark.parametrize('sequence', BUFFERS)
def test_measured_sequences_come_out_equal(shared_dir: Path, sequence: int) -> None:
    tracker = CompatTracker(track_buffer=BUFFERS[sequence])
    with np.load(shared_dir / 'fixtures' / 'tracker' / 'sequences.npz') as arrays:
        case = {
            name.split('_', 1)[1]: values
            for name, values in arrays.items()
            if name.startswith(f's{sequence}_')
        }
    for state in case['state_frame_tracked_lost_removed_nextid']:
        is_here, is_out = case['frame'] == state[0], case['out_frame'] == state[0]
        tracks = tracker.update(people(case['boxes'][is_here], case['emb_f16'][is_here]), 0)
        order = np.argsort(case['out_id'][is_out])
        np.testing.assert_array_equal(tracks.track_ids, case['out_id'][is_out][order])
        np.testing.assert_array_equal(
            tracks.poses.keypoints[:, 0, 0], case['out_det'][is_out][order]
        )
        np.testing.assert_allclose(
            tracks.poses.boxes, case['out_tlbr'][is_out][order], rtol=0, atol=1e-4
        )
        assert astuple(tracker.counts) == tuple(state[1:])


def test_the_filter_equals_the_measured_one(shared_dir: Path) -> None:
    with np.load(shared_dir / 'fixtures' / 'tracker' / 'kalman.npz') as arrays:
        case = dict(arrays)
    motion = kalman.begin(case['init_meas'][None])
    np.testing.assert_allclose(covariance(motion), case['init_cov'], rtol=1e-12)
    for i, measured in enumerate(case['meas']):
        motion = kalman.predict(motion)
        for name in ('pred', 'upd'):
            mean = np.concatenate([motion.values[0], motion.rates[0]])
            np.testing.assert_allclose(mean, case[f'{name}_mean'][i], rtol=1e-9, atol=1e-12)
            np.testing.assert_allclose(
                covariance(motion), case[f'{name}_cov'][i], rtol=1e-9, atol=1e-12
            )
            if name == 'pred':
                candidates = measured + np.array([[0, 0, 0, 0], [20, 0, 0, 0]])
                np.testing.assert_allclose(
                    kalman.squared_mahalanobis(motion, candidates)[0], case['gating'][i], rtol=1e-6
                )
                motion = kalman.update(motion, measured[None])


def test_overlaps_and_their_assignment_equal_the_measured_ones(shared_dir: Path) -> None:
    with np.load(shared_dir / 'fixtures' / 'tracker' / 'assign.npz') as arrays:
        case = dict(arrays)
    costs = 1 - iou_of_pixels(case['a'], case['b'])
    np.testing.assert_allclose(costs, case['cost'], rtol=0, atol=1e-12)
    np.testing.assert_array_equal(np.stack(assign_up_to(costs, 0.5), axis=1), case['matches'])


def test_boxes_survive_the_conversion_to_the_state_and_back() -> None:
    boxes = np.array([[10, 20, 50, 120], [-5, 0, 5, 40]], np.float32)
    motion = kalman.begin(kalman.boxes_to_cxcyah(boxes))
    np.testing.assert_allclose(motion.boxes(), boxes, atol=1e-12)


def test_everybody_seen_is_given_out_as_tracked_from_the_first_image() -> None:
    tracks = play(CompatTracker(), [person(0)] * 3)
    assert ids(tracks) == [[1]] * 3
    assert [t.states.tolist() for t in tracks] == [[TrackState.TRACKED]] * 3
    assert [t.ages.tolist() for t in tracks] == [[0], [1], [2]]


def test_people_stay_as_detected_but_for_their_box() -> None:
    seen = person(4)
    tracker = CompatTracker()
    tracker.update(person(0), 0)
    out = tracker.update(seen, 0).poses
    assert 0 < out.boxes[0, 0] < 4
    np.testing.assert_array_equal(seen.boxes, person(4).boxes)
    for name in ('box_scores', 'keypoints', 'keypoint_scores', 'scores', 'embeddings'):
        np.testing.assert_array_equal(getattr(out, name), getattr(seen, name))


def test_who_looks_alike_is_found_again_where_he_left() -> None:
    tracks = play(CompatTracker(), [person(0)] * 3 + [person(500, look=1)] * 3 + [person(2)])
    assert ids(tracks) == [[1]] * 3 + [[2]] * 3 + [[1]]


@pytest.mark.parametrize(('jump', 'found'), [(32, 1), (33, 2)], ids=['within', 'beyond'])
def test_who_jumps_beyond_the_gate_is_somebody_else(jump: int, found: int) -> None:
    tracks = play(CompatTracker(), [person(0)] * 3 + [person(jump)])
    assert ids(tracks) == [[1]] * 3 + [[found]]


@pytest.mark.parametrize(('images', 'found'), [(17, [1]), (18, [])], ids=['in time', 'too late'])
def test_an_old_look_is_remembered_for_a_while(images: int, found: list[int]) -> None:
    frames = [person(0)] * 2 + [person(0, look=1)] * images + [person(500, look=2), person(0)]
    assert ids(play(CompatTracker(), frames))[-1] == found


def test_a_new_look_in_the_same_place_keeps_the_id() -> None:
    tracks = play(CompatTracker(), [person(0)] * 2 + [person(8, look=1)])
    assert ids(tracks) == [[1]] * 3


def test_a_lost_person_is_not_found_by_place_alone() -> None:
    frames = [person(0)] * 2 + [person(500, look=1)] * 2 + [person(8, look=2)]
    assert ids(play(CompatTracker(), frames)) == [[1], [1], [2], [2], [3]]


def test_who_was_seen_once_is_forgotten_when_missed() -> None:
    tracker = CompatTracker()
    tracks = play(tracker, [person(0), person(500, look=1), person(0)])
    assert ids(tracks) == [[1], [2], [3]]
    assert tracker.counts == Counts(tracked=1, lost=0, removed=2, last_id=3)


@pytest.mark.parametrize(
    ('others', 'found'),
    [(3, 1), (4, 1), (5, 3)],
    ids=['within the buffer', 'one update later', 'two updates later'],
)
def test_who_is_lost_for_longer_than_the_buffer_is_forgotten(others: int, found: int) -> None:
    tracker = CompatTracker(frame_rate=15, track_buffer=6)
    frames = [person(0)] * 2 + [person(500, look=1)] * others + [person(0)]
    assert ids(play(tracker, frames))[-1] == [found]


def test_who_is_hidden_by_somebody_in_the_same_place_loses_his_identity() -> None:
    both = people(np.array([[0, 0, 40, 100], [3, 0, 43, 100]]), np.eye(4)[:2])
    tracks = play(CompatTracker(), [both] * 3 + [person(3, look=1)] * 2 + [both])
    assert ids(tracks) == [[1, 2]] * 3 + [[2]] * 2 + [[2, 3]]


def test_of_two_in_the_same_place_who_lived_equally_long_the_hidden_one_stays() -> None:
    both = people(np.array([[0, 0, 40, 100], [3, 0, 43, 100]]), np.eye(4)[:2])
    tracks = play(CompatTracker(), [person(0), both, both, person(3, look=1), person(0)])
    assert ids(tracks) == [[1], [1, 2], [1, 2], [], [1]]


def test_images_without_people_take_no_time() -> None:
    tracker = CompatTracker(track_buffer=1)
    tracks = play(tracker, [person(0), person(3), *[Poses.empty(1)] * 20, person(6)])
    assert ids(tracks) == [[1], [1], *[[]] * 20, [1]]
    assert tracks[-1].ages.tolist() == [2]
    assert tracks[5].poses.num_keypoints == 1


def test_two_trackers_know_nothing_of_each_other() -> None:
    one, other = CompatTracker(), CompatTracker()
    mixed = []
    for x in range(4):
        mixed.append(one.update(person(x), 0))
        other.update(people(np.array([[x, 0, 40, 90], [300, 0, 340, 90]]), np.eye(4)[2:]), 0)
    alone = play(CompatTracker(), [person(x) for x in range(4)])
    assert ids(mixed) == ids(alone)
    for a, b in zip(mixed, alone, strict=True):
        np.testing.assert_array_equal(a.poses.boxes, b.poses.boxes)


def test_ids_go_on_after_a_reset() -> None:
    tracker = CompatTracker()
    tracker.update(person(0), 0)
    tracker.reset()
    assert tracker.counts == Counts(tracked=0, lost=0, removed=0, last_id=1)
    assert ids([tracker.update(person(0), 0)]) == [[2]]


@pytest.mark.parametrize(
    ('poses', 'message'),
    [
        (people(np.zeros((1, 4)), np.zeros((1, 0))), 'embeddings must be there'),
        (people(np.zeros((1, 4)), np.zeros((1, 3))), 'keep their length 4, got 3'),
        (people(np.zeros((1, 4)), np.full((1, 4), np.nan)), 'embeddings must be finite'),
        (people(np.full((1, 4), np.inf), np.ones((1, 4))), 'boxes must be finite'),
        (people(np.array([[9, 0, 0, 9]]), np.ones((1, 4))), 'must not be reversed'),
    ],
    ids=['no embedding', 'another length', 'NaN embedding', 'infinite box', 'reversed box'],
)
def test_people_who_cannot_be_tracked_are_refused(poses: Poses, message: str) -> None:
    tracker = CompatTracker()
    tracker.update(person(0), 0)
    with pytest.raises(ValueError, match=message):
        tracker.update(poses, 0)


def test_a_rate_or_buffer_out_of_range_is_refused() -> None:
    with pytest.raises(ValueError, match='frame_rate must be more than 0'):
        CompatTracker(frame_rate=0)
    with pytest.raises(ValueError, match=r'track_buffer at least 0, got 30\.0 and -1'):
        CompatTracker(track_buffer=-1)
