# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Stories of people who are tracked."""

from dataclasses import replace

import numpy as np
import pytest

from alphapose_ros.structures import Poses
from alphapose_ros.structures import Skeleton
from alphapose_ros.structures import Tracks
from alphapose_ros.structures import TrackState
from alphapose_ros.tracking.tracker import Tracker
from alphapose_ros.tracking.tracker import TrackerConfig

FRAME_NS = 100_000_000  # 10 images per second
SKELETON = Skeleton(
    name='four_joints',
    keypoint_names=('head', 'left_hand', 'right_hand', 'foot'),
    limbs=(),
    flip_pairs=(),
    sigmas=(0.03, 0.06, 0.06, 0.09),
)
# Joints in a box of width and height 1, of a person who shows his left or his right side.
LEFT = np.array([[0.4, 0.1], [0.1, 0.5], [0.3, 0.5], [0.4, 0.9]], np.float32)
RIGHT = np.array([[0.6, 0.1], [0.9, 0.5], [0.7, 0.5], [0.6, 0.9]], np.float32)


def person(x: float, *, score: float = 0.9, shape: np.ndarray = LEFT, value: float = 0) -> Poses:
    """Return somebody 40 wide and 100 high with his left edge at x."""
    box = np.array([[x, 50, x + 40, 150]], np.float32)
    return Poses(
        boxes=box,
        box_scores=np.array([score], np.float32),
        keypoints=(shape * np.array([40, 100]) + box[0, :2])[None].astype(np.float32),
        keypoint_scores=np.full((1, 4), 0.8, np.float32),
        scores=np.array([score * 0.8], np.float32),
        embeddings=np.full((1, 2), value, np.float32),
    )


def together(*people: Poses) -> Poses:
    if not people:
        return Poses.empty(4)
    names = vars(people[0])
    return Poses(**{name: np.concatenate([getattr(p, name) for p in people]) for name in names})


def tracker(**config: float) -> Tracker:
    return Tracker(TrackerConfig(**config), SKELETON)


def play(tracker: Tracker, frames: list[Poses], first: int = 0) -> list[Tracks]:
    """Return the tracks of images at 10 per second, from image number `first` on."""
    return [tracker.update(p, (first + i) * FRAME_NS) for i, p in enumerate(frames)]


def assert_equal(one: Tracks, other: Tracks) -> None:
    np.testing.assert_array_equal(one.track_ids, other.track_ids)
    np.testing.assert_array_equal(one.states, other.states)
    np.testing.assert_array_equal(one.ages, other.ages)
    np.testing.assert_array_equal(one.poses.boxes, other.poses.boxes)
    np.testing.assert_array_equal(one.poses.keypoints, other.poses.keypoints)


@pytest.mark.parametrize(('fps', 'num_tentative'), [(10, 1), (30, 1), (60, 2)])
def test_a_person_is_born_tentative_and_confirmed_after_some_time(
    fps: int, num_tentative: int
) -> None:
    people = tracker(confirm_s=0.03)
    tracks = [people.update(person(0.5 * i), i * 1_000_000_000 // fps) for i in range(4)]
    assert [t.track_ids.tolist() for t in tracks] == [[1]] * 4
    assert [t.ages.tolist() for t in tracks] == [[0], [1], [2], [3]]
    states = [TrackState(int(t.states[0])).name for t in tracks]
    assert states == ['TENTATIVE'] * num_tentative + ['TRACKED'] * (4 - num_tentative)


def test_who_wants_no_confirmation_gets_none() -> None:
    assert tracker(confirm_s=0.0).update(person(0), 0).states.tolist() == [TrackState.TRACKED]


def test_a_tentative_person_who_is_missed_once_is_forgotten() -> None:
    tracks = play(tracker(confirm_s=0.2), [person(0), person(0), together(), person(0)])
    assert len(tracks[2]) == 0
    assert tracks[3].track_ids.tolist() == [2]


@pytest.mark.parametrize('value', [0, 1], ids=['boxes and poses', 'with embeddings'])
def test_ghosts_that_blink_are_never_confirmed(value: float) -> None:
    tracks = play(tracker(), [person(0, value=value), together()] * 20)
    assert [t.states.tolist() for t in tracks] == [[TrackState.TENTATIVE], []] * 20


def test_a_tentative_person_who_is_missed_is_forgotten_even_if_no_time_passed() -> None:
    people = tracker()
    people.update(person(0), 0)
    people.update(together(), 0)
    assert people.update(person(0), 0).track_ids.tolist() == [2]


def test_a_hidden_person_is_predicted_fades_and_comes_back_with_his_id() -> None:
    walk = [person(4.0 * i) for i in range(20)]
    walk[12:16] = [together()] * 4
    tracks = play(tracker(publish_lost_s=0.5), walk)
    hidden = tracks[12:16]
    assert [t.states.tolist() for t in hidden] == [[TrackState.PREDICTED]] * 4
    assert all(np.diff([t.poses.box_scores[0] for t in hidden]) < 0)
    np.testing.assert_allclose(hidden[-1].poses.boxes, person(60).boxes, atol=4)
    np.testing.assert_allclose(hidden[-1].poses.keypoints, person(60).keypoints, atol=4)
    assert tracks[16].track_ids.tolist() == [1]
    assert tracks[16].states.tolist() == [TrackState.TRACKED]
    assert tracks[16].ages.tolist() == [16]


def test_predictions_end_before_the_person_is_given_up() -> None:
    walk = [person(0)] * 5 + [together()] * 10 + [person(0)]
    tracks = play(tracker(publish_lost_s=0.35, max_lost_s=2.0), walk)
    assert [len(t) for t in tracks[5:15]] == [1] * 3 + [0] * 7
    assert tracks[15].track_ids.tolist() == [1]


def test_a_hidden_person_who_stopped_is_found_where_he_may_have_moved_to() -> None:
    walk = [person(8.0 * i) for i in range(12)] + [together()] * 8 + [person(100)]
    tracks = play(tracker(publish_lost_s=1.0), walk)
    assert tracks[-2].poses.boxes[0, 0] > 100 + 40  # the prediction walked on, past his box
    assert tracks[-1].track_ids.tolist() == [1]


def test_predictions_can_be_switched_off() -> None:
    tracks = play(tracker(publish_lost_s=0.0), [person(0)] * 5 + [together()])
    assert len(tracks[5]) == 0


def test_a_person_lost_for_too_long_comes_back_as_somebody_new() -> None:
    walk = [person(0)] * 5 + [together()] * 12 + [person(0)]
    tracks = play(tracker(max_lost_s=1.0), walk)
    assert tracks[-1].track_ids.tolist() == [2]


def test_images_without_people_age_the_tracks() -> None:
    tracks = play(tracker(), [person(0)] * 3 + [together()] * 4 + [person(0)])
    assert tracks[-1].ages.tolist() == [7]


def test_dropped_images_do_not_matter() -> None:
    people = tracker()
    seen = [people.update(person(10.0 * i), i * FRAME_NS) for i in range(40) if i % 3 != 2]
    assert {int(t.track_ids[0]) for t in seen} == {1}


def test_a_walker_is_followed_at_any_frame_rate() -> None:
    for step_ns in (20_000_000, 100_000_000, 300_000_000):
        people = tracker()
        ids = [
            people.update(person(60e-9 * i * step_ns), i * step_ns).track_ids.tolist()
            for i in range(20)
        ]
        assert ids == [[1]] * 20


def test_low_scored_people_never_start_a_track_but_continue_one() -> None:
    faint = person(0, score=0.3)
    tracks = play(tracker(), [faint] * 5)
    assert [t.track_ids.tolist() for t in tracks] == [[-1]] * 5
    assert [t.states.tolist() for t in tracks] == [[TrackState.UNTRACKED]] * 5
    tracks = play(tracker(), [person(0)] * 3 + [faint] * 5)
    assert [t.track_ids.tolist() for t in tracks] == [[1]] * 8
    assert tracks[-1].states.tolist() == [TrackState.TRACKED]


def test_a_well_scored_person_is_preferred_to_a_low_scored_one() -> None:
    people = tracker()
    play(people, [person(0)] * 4)
    tracks = people.update(together(person(0, score=0.3), person(8)), 4 * FRAME_NS)
    assert tracks.track_ids.tolist() == [1, -1]
    np.testing.assert_array_equal(tracks.poses.boxes[0], person(8).boxes[0])


def crowd(seed: int, num_images: int) -> list[Poses]:
    """Return people who wander about, some missing in every image."""
    rng = np.random.default_rng(seed)
    x = np.arange(8) * 70.0
    images = []
    for _ in range(num_images):
        x = x + rng.normal(0, 5, 8)
        scores = rng.uniform(0.2, 1, 8)
        there = np.flatnonzero(rng.random(8) < 0.8)
        images.append(together(*(person(x[i], score=scores[i], value=i) for i in there)))
    return images


def test_the_order_of_the_people_does_not_matter() -> None:
    rng = np.random.default_rng(1)
    images = crowd(0, 30)
    shuffled = [p[rng.permutation(len(p))] for p in images]
    for one, other in zip(play(tracker(), images), play(tracker(), shuffled), strict=True):
        assert_equal(one, other)


def test_the_same_calls_give_the_same_tracks() -> None:
    for one, other in zip(
        play(tracker(), crowd(0, 30)), play(tracker(), crowd(0, 30)), strict=True
    ):
        assert_equal(one, other)


def test_two_trackers_do_not_influence_each_other() -> None:
    alone = play(tracker(), crowd(0, 20))
    one, other = tracker(), tracker()
    for i, (mine, theirs) in enumerate(zip(crowd(0, 20), crowd(1, 20), strict=True)):
        assert_equal(one.update(mine, i * FRAME_NS), alone[i])
        other.update(theirs, i * FRAME_NS)


def test_everybody_comes_out_once_and_unchanged_sorted_by_id() -> None:
    for image, tracks in zip(crowd(2, 40), play(tracker(), crowd(2, 40)), strict=True):
        seen = tracks[tracks.states != TrackState.PREDICTED].poses
        order, wanted = seen.boxes[:, 0].argsort(), image.boxes[:, 0].argsort()
        for name in vars(image):
            np.testing.assert_array_equal(
                getattr(seen, name)[order], getattr(image, name)[wanted], err_msg=name
            )
        tracked = tracks.track_ids[tracks.track_ids >= 0]
        assert (np.diff(tracked) > 0).all()
        assert (tracks.track_ids[len(tracked) :] == -1).all()


def test_arguments_are_left_as_they_were() -> None:
    image = together(person(0), person(100))
    copies = {name: value.copy() for name, value in vars(image).items()}
    play(tracker(), [image] * 4)
    for name, value in vars(image).items():
        np.testing.assert_array_equal(value, copies[name])


def test_a_reset_forgets_everybody_but_never_gives_an_id_again() -> None:
    people = tracker()
    play(people, [together(person(0), person(100))] * 4)
    people.reset()
    assert people.update(person(0), 4 * FRAME_NS).track_ids.tolist() == [3]


def test_a_clock_that_jumps_back_resets_the_tracker() -> None:
    people = tracker()
    play(people, [person(0)] * 5, first=100)
    tracks = people.update(person(0), 90 * FRAME_NS)
    assert tracks.track_ids.tolist() == [2]
    assert tracks.states.tolist() == [TrackState.TENTATIVE]
    assert people.update(person(0), 91 * FRAME_NS).ages.tolist() == [1]


@pytest.mark.parametrize('back_ns', [0, 1, 900_000_000])
def test_stamps_a_little_out_of_order_are_no_reset(back_ns: int) -> None:
    people = tracker()
    play(people, [person(0)] * 20)
    tracks = people.update(person(0), 19 * FRAME_NS - back_ns)
    assert tracks.track_ids.tolist() == [1]
    assert people.update(person(0), 20 * FRAME_NS).track_ids.tolist() == [1]


def test_time_that_goes_back_and_forth_is_counted_once() -> None:
    people = tracker(max_lost_s=2.0)
    play(people, [person(0)] * 20)
    for stamp in (11, 20) * 4:
        people.update(together(), stamp * FRAME_NS)
    assert people.update(person(0), 21 * FRAME_NS).track_ids.tolist() == [1]


def test_a_long_gap_drops_everybody() -> None:
    people = tracker(max_lost_s=2.0)
    play(people, [person(0)] * 5)
    tracks = people.update(person(0), 4 * FRAME_NS + 2_100_000_000)
    assert tracks.track_ids.tolist() == [2]


def test_nobody_in_gives_nobody_out() -> None:
    tracks = play(tracker(), [together()] * 5)
    assert [len(t) for t in tracks] == [0] * 5
    assert tracks[-1].poses.num_keypoints == 4


def test_unknown_joints_and_keypoint_sets_without_sigmas_are_tracked_by_their_boxes() -> None:
    blind = person(0)
    blind.keypoints[:] = np.nan
    blind.keypoint_scores[:] = 0
    for skeleton in (SKELETON, replace(SKELETON, sigmas=())):
        tracks = play(Tracker(TrackerConfig(), skeleton), [blind] * 4 + [together()])
        assert [t.track_ids.tolist() for t in tracks] == [[1]] * 5
        assert np.isnan(tracks[-1].poses.keypoints).all()


@pytest.mark.parametrize('value', [np.nan, np.inf])
def test_boxes_that_are_not_finite_are_refused(value: float) -> None:
    bad = person(0)
    bad.boxes[0, 2] = value
    with pytest.raises(ValueError, match='boxes must be finite'):
        tracker().update(bad, 0)


@pytest.mark.parametrize(
    'motion', [np.eye(3), np.full((2, 3), np.nan)], ids=['another shape', 'not finite']
)
def test_an_impossible_camera_motion_is_refused(motion: np.ndarray) -> None:
    with pytest.raises(ValueError, match='camera_motion must be'):
        tracker().update(person(0), 0, motion)


def test_people_of_another_keypoint_set_are_refused() -> None:
    with pytest.raises(ValueError, match='must have 4 keypoints, got 17'):
        tracker().update(Poses.empty(17), 0)


@pytest.mark.parametrize(
    ('name', 'value'),
    [
        ('min_track_score', 1.5),
        ('min_similarity', -0.1),
        ('min_joint_score', 2.0),
        ('confirm_s', -0.1),
        ('max_lost_s', -1.0),
        ('publish_lost_s', float('nan')),
    ],
)
def test_settings_out_of_range_are_refused_by_name(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=f'{name} must be .*, got {value}'):
        TrackerConfig(**{name: value})


def test_what_is_remembered_does_not_grow() -> None:
    people = tracker(max_lost_s=0.5)
    sizes = []
    for i in range(3000):
        # Everybody walks through for 2 s, and a ghost appears somewhere.
        walkers = (
            person(300.0 * (n % 7) + 5 * (i - 5 * n)) for n in range(i // 5 - 3, i // 5 + 1)
        )
        people.update(together(*walkers, person(5000 + 50.0 * (i % 90))), i * FRAME_NS)
        sizes.append(len(people._table))
    assert people._next_id > 3000
    assert max(sizes) <= 8
