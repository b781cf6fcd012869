# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Stories of people whose skeletons are smoothed and predicted."""

from dataclasses import replace

import numpy as np
import pytest

from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.structures import Skeleton
from alphapose_ros.structures import Tracks
from alphapose_ros.structures import TrackState
from alphapose_ros.tracking.smoothing import SmoothingConfig

from .conftest import acceleration
from .conftest import exchanged
from .conftest import FPS
from .conftest import FRAME_NS
from .conftest import HIPS
from .conftest import Joints
from .conftest import LEFT_ELBOW
from .conftest import LEFT_HAND
from .conftest import moved_by
from .conftest import PERSON
from .conftest import play
from .conftest import seen
from .conftest import SIDES_EXCHANGED
from .conftest import SKELETON
from .conftest import smoother
from .conftest import standing
from .conftest import trembling
from .conftest import walking
from .conftest import without


def test_a_still_joint_with_noise_gets_still() -> None:
    joints, images = trembling(standing), range(100)
    smooth = play(smoother(), joints, images)
    assert acceleration(smooth) < 0.4 * acceleration([joints(i) for i in images])
    np.testing.assert_allclose(np.mean(smooth, axis=0), PERSON, atol=1)


def test_a_lower_cutoff_makes_it_stiller() -> None:
    joints, images = trembling(standing), range(100)
    lower, higher = (
        acceleration(play(smoother(min_cutoff_hz=hz), joints, images)) for hz in (0.5, 5)
    )
    assert lower < 0.5 * higher


@pytest.mark.parametrize('fps', [5, 10, 25, 50])
def test_a_constant_speed_has_no_lasting_lag(fps: float) -> None:
    smooth = play(smoother(), lambda i: moved_by(i * 300 / fps), range(2 * fps), fps)
    np.testing.assert_allclose(smooth[-1], moved_by((2 * fps - 1) * 300 / fps), atol=1)


@pytest.mark.parametrize(('swings_hz', 'width'), [(1, 40), (1, 20), (2, 20)])
def test_a_swinging_hand_lags_less_than_an_image(swings_hz: float, width: float) -> None:
    def swing(images: np.ndarray) -> np.ndarray:
        return PERSON[LEFT_HAND, 0] + width * np.sin(2 * np.pi * swings_hz * images / FPS)

    def swinging(i: int) -> np.ndarray:
        points = PERSON.copy()
        points[LEFT_HAND, 0] = swing(i)
        return points

    images = np.arange(50, 100)
    hand = np.array(play(smoother(), swinging, range(100)))[images, LEFT_HAND, 0]
    delays = np.linspace(0, 3, 61)
    errors = [np.abs(hand - swing(images - delay)).mean() for delay in delays]
    assert delays[np.argmin(errors)] < 1


def test_who_waves_does_not_tremble_elsewhere() -> None:
    def waving(i: int) -> np.ndarray:
        points = PERSON.copy()
        points[LEFT_HAND, 1] += 30 * np.sin(2 * np.pi * i / FPS)
        return points

    smooth = np.array(play(smoother(), waving, range(100)))
    np.testing.assert_allclose(smooth[:, HIPS], np.tile(PERSON[[*HIPS]], (100, 1, 1)), atol=0.2)


def test_a_larger_image_gives_a_larger_skeleton_and_nothing_else() -> None:
    joints, images = trembling(walking), range(30)
    small = play(smoother(), joints, images)
    large = play(smoother(), lambda i: 4 * joints(i), images)
    np.testing.assert_allclose(np.array(large), 4 * np.array(small), rtol=1e-3)


def test_a_joint_that_is_not_seen_walks_on_with_the_body_while_its_score_fades() -> None:
    story = smoother()
    play(story, walking, range(20))
    hidden = without(LEFT_HAND, walking, range(20, 30))
    scores = []
    for i in range(20, 26):
        poses = story.update(seen(hidden(i)), i * FRAME_NS).poses
        np.testing.assert_allclose(poses.keypoints[0, LEFT_HAND], walking(i)[LEFT_HAND], atol=3)
        scores.append(float(poses.keypoint_scores[0, LEFT_HAND]))
    assert 0.8 > scores[0] > scores[-1] > 0
    assert scores == sorted(scores, reverse=True)


def test_after_a_long_gap_a_joint_begins_anew_where_it_is_seen() -> None:
    story, gap = smoother(), range(20, 40)
    moved = PERSON.copy()
    moved[LEFT_HAND] = moved[LEFT_ELBOW] + (0, -30)
    smooth = play(story, without(LEFT_HAND, standing, gap), range(40))
    assert np.isfinite(smooth[25][LEFT_HAND]).all()
    assert np.isnan(smooth[39][LEFT_HAND]).all()
    np.testing.assert_allclose(play(story, lambda _: moved, range(40, 41))[0], moved, atol=1e-3)


def test_low_scores_count_less() -> None:
    moved = []
    for score in (0.8, 0.25):
        story = smoother(min_joint_score=0.2)
        play(story, standing, range(20))
        tracks = seen(PERSON + np.where(np.arange(17) == LEFT_HAND, 8, 0)[:, None])
        tracks.poses.keypoint_scores[0, LEFT_HAND] = score
        smooth = story.update(tracks, 20 * FRAME_NS).poses.keypoints[0]
        moved.append(float(smooth[LEFT_HAND, 0] - PERSON[LEFT_HAND, 0]))
    assert moved[0] > 1.3 * moved[1] > 0


def test_joints_below_the_least_score_do_not_count_at_all() -> None:
    story = smoother(min_joint_score=0.3)
    play(story, standing, range(20))
    tracks = seen(np.where(np.arange(17)[:, None] == LEFT_HAND, 500, PERSON))
    tracks.poses.keypoint_scores[0, LEFT_HAND] = 0.29
    smooth = story.update(tracks, 20 * FRAME_NS).poses.keypoints[0]
    np.testing.assert_allclose(smooth, PERSON, atol=1e-3)


@pytest.mark.parametrize('joints', [standing, walking], ids=['standing', 'walking'])
@pytest.mark.parametrize('count', [1, 2])
def test_exchanged_sides_of_an_image_or_two_are_not_seen(joints: Joints, count: int) -> None:
    swap = range(20, 20 + count)
    smooth = play(smoother(), exchanged(joints, swap), range(30))
    np.testing.assert_allclose(smooth, play(smoother(), joints, range(30)), atol=1e-3)


def test_scores_are_exchanged_with_their_joints() -> None:
    story = smoother()
    play(story, standing, range(20))
    tracks = seen(PERSON[SIDES_EXCHANGED])
    tracks.poses.keypoint_scores[0, LEFT_HAND] = 0.5
    scores = story.update(tracks, 20 * FRAME_NS).poses.keypoint_scores[0]
    assert np.flatnonzero(scores < 0.7).tolist() == [SIDES_EXCHANGED[LEFT_HAND]]


def test_a_slow_camera_may_exchange_sides_for_two_images() -> None:
    smooth = play(smoother(), exchanged(standing, range(20, 22)), range(30), fps=5)
    np.testing.assert_allclose(smooth, [PERSON] * 30, atol=1e-3)


def test_a_lasting_exchange_is_accepted() -> None:
    smooth = play(smoother(), exchanged(standing, range(20, 99)), range(35))
    np.testing.assert_allclose(smooth[34], PERSON[SIDES_EXCHANGED], atol=1e-3)


def test_limbs_are_never_longer_than_before_or_after_an_exchange() -> None:
    limbs = np.array(SKELETON.limbs)
    usual = np.linalg.norm(PERSON[limbs[:, 0]] - PERSON[limbs[:, 1]], axis=1)
    for smooth in play(smoother(), exchanged(standing, range(20, 99)), range(40)):
        lengths = np.linalg.norm(smooth[limbs[:, 0]] - smooth[limbs[:, 1]], axis=1)
        assert (lengths < 1.05 * usual).all()


def test_a_joint_that_is_torn_off_for_an_image_stays_on_its_limb() -> None:
    def torn(i: int) -> np.ndarray:
        points = PERSON.copy()
        points[LEFT_HAND] += (120, 0) if i == 20 else (0, 0)
        return points

    np.testing.assert_allclose(play(smoother(), torn, range(22))[20], PERSON, atol=1e-3)


def test_who_is_found_far_from_where_he_should_be_begins_anew() -> None:
    smooth = play(smoother(), lambda i: PERSON + (200 if i == 20 else 0), range(21))
    np.testing.assert_allclose(smooth[20], PERSON + 200, atol=1e-3)


def test_people_do_not_influence_each_other() -> None:
    one, other = trembling(walking, seed=1), trembling(standing, seed=2)
    both = smoother()
    for i, expected in enumerate(play(smoother(), one, range(20))):
        people = seen(np.stack([other(i), one(i)]), ids=(3, 8))
        smooth = both.update(people if i % 2 else people[::-1], i * FRAME_NS)
        row = smooth.track_ids == 8
        np.testing.assert_allclose(smooth.poses.keypoints[row][0], expected, atol=1e-3)


def test_a_new_person_is_where_he_is_seen() -> None:
    story = smoother()
    play(story, standing, range(5))
    people = seen(np.stack([PERSON, PERSON + 300]), ids=(1, 2))
    smooth = story.update(people, 5 * FRAME_NS)
    np.testing.assert_allclose(smooth.poses.keypoints[1], PERSON + 300, atol=1e-3)


def test_two_smoothers_do_not_influence_each_other() -> None:
    alone = play(smoother(), walking, range(10))
    one, other = smoother(), smoother()
    for i in range(10):
        other.update(seen(PERSON + 500), i * FRAME_NS)
        smooth = one.update(seen(walking(i)), i * FRAME_NS)
        np.testing.assert_array_equal(smooth.poses.keypoints[0], alone[i])


def test_after_a_reset_all_begins_anew() -> None:
    story = smoother()
    play(story, trembling(walking), range(10))
    story.reset()
    assert len(story.predict(0)) == 0
    again, fresh = (play(s, trembling(walking), range(10)) for s in (story, smoother()))
    np.testing.assert_array_equal(again, fresh)


@pytest.mark.parametrize('state', [TrackState.TENTATIVE, TrackState.UNTRACKED])
def test_who_has_no_certain_identity_comes_out_as_he_came(state: TrackState) -> None:
    story, joints = smoother(), trembling(standing)
    ids = (1,) if state == TrackState.TENTATIVE else (-1,)
    for i in range(5):
        tracks = seen(joints(i), ids=ids, state=state)
        smooth = story.update(tracks, i * FRAME_NS)
        np.testing.assert_array_equal(smooth.poses.keypoints, tracks.poses.keypoints)
        np.testing.assert_array_equal(smooth.states, tracks.states)
    assert len(story.predict(5 * FRAME_NS)) == 0


def test_states_tell_who_is_smoothed() -> None:
    story = smoother()
    assert story.update(seen(PERSON), 0).states.tolist() == [TrackState.SMOOTHED]
    assert story.predict(FRAME_NS).states.tolist() == [TrackState.PREDICTED]
    hidden = seen(PERSON, state=TrackState.PREDICTED)
    assert story.update(hidden, FRAME_NS).states.tolist() == [TrackState.PREDICTED]
    assert len(story.predict(FRAME_NS)) == 1


def test_arguments_are_unchanged() -> None:
    story = smoother()
    for i in range(10):
        tracks = seen(exchanged(trembling(walking), range(5, 6))(i))
        before = {name: array.copy() for name, array in vars(tracks.poses).items()}
        states = tracks.states.copy()
        story.update(tracks, i * FRAME_NS)
        story.predict((i + 1) * FRAME_NS)
        np.testing.assert_array_equal(tracks.states, states)
        for name, array in before.items():
            np.testing.assert_array_equal(getattr(tracks.poses, name), array)


@pytest.mark.parametrize('step_ns', [0, -FRAME_NS], ids=['equal', 'out of order'])
def test_a_stamp_that_does_not_advance_changes_no_skeleton(step_ns: int) -> None:
    story = smoother()
    last = play(story, walking, range(20))[-1]
    smooth = story.update(seen(walking(20)), 19 * FRAME_NS + step_ns)
    np.testing.assert_allclose(smooth.poses.keypoints[0], last, atol=1e-3)


def test_when_the_clock_jumps_back_all_begins_anew() -> None:
    story = smoother()
    play(story, standing, range(50))
    smooth = story.update(seen(moved_by(5)), 0).poses.keypoints[0]
    np.testing.assert_array_equal(smooth, moved_by(5).astype(np.float32))


def test_after_a_long_pause_people_are_where_they_are_seen() -> None:
    story = smoother()
    play(story, walking, range(20))
    smooth = story.update(seen(PERSON), 10**12).poses.keypoints[0]
    np.testing.assert_allclose(smooth, PERSON, atol=1e-3)


def test_a_slow_camera_is_smoothed_too() -> None:
    joints, images = trembling(standing), range(50)
    smooth = play(smoother(), joints, images, fps=5)
    assert acceleration(smooth) < 0.8 * acceleration([joints(i) for i in images])


def test_nobody_is_a_normal_value() -> None:
    story = smoother()
    assert len(story.update(Tracks.empty(17), 0)) == 0
    assert story.predict(FRAME_NS).poses.num_keypoints == 17
    play(story, standing, range(1, 3))
    assert len(story.update(Tracks.empty(17), 3 * FRAME_NS)) == 0
    assert len(story.predict(4 * FRAME_NS)) == 0


def test_a_skeleton_may_have_neither_limbs_nor_sides() -> None:
    story = smoother(Skeleton('dots', ('one', 'other'), limbs=(), flip_pairs=()))
    smooth = play(story, lambda i: np.array([[i, 0], [i, 50]]), range(50))
    np.testing.assert_allclose(smooth[-1], [[49, 0], [49, 50]], atol=0.5)


def test_the_body_not_the_face_tells_how_somebody_moves() -> None:
    skeleton = get_skeleton('halpe_136')
    rng = np.random.default_rng(0)
    joints = rng.uniform(0, 200, (136, 2))
    nodding = np.zeros((136, 2))
    nodding[26:94, 1] = 10
    story = smoother(skeleton)
    play(story, lambda _: joints, range(20))
    smooth = play(story, lambda _: joints + nodding, range(20, 21))[0]
    np.testing.assert_allclose(smooth[:20], joints[:20], atol=0.1)


def test_all_joints_unknown_is_a_normal_value() -> None:
    story = smoother()
    tracks = seen(PERSON)
    unknown = replace(
        tracks.poses,
        keypoints=np.full((1, 17, 2), np.nan, np.float32),
        keypoint_scores=np.zeros((1, 17), np.float32),
    )
    smooth = story.update(replace(tracks, poses=unknown), 0)
    assert np.isnan(smooth.poses.keypoints).all()
    np.testing.assert_allclose(play(story, standing, range(1, 2))[0], PERSON, atol=1e-3)


def test_people_of_another_keypoint_set_are_refused() -> None:
    with pytest.raises(ValueError, match='tracks must have 17 keypoints, got 26'):
        smoother().update(Tracks.empty(26), 0)


@pytest.mark.parametrize(
    ('name', 'value'),
    [
        ('min_cutoff_hz', 0),
        ('min_cutoff_hz', float('nan')),
        ('speed_gain', -1),
        ('min_joint_score', 1.1),
        ('max_gap_s', 0),
    ],
)
def test_values_out_of_range_are_refused(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=f'{name} must be .*, got {value}'):
        SmoothingConfig(**{name: value})
