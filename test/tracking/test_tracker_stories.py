# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Stories of people who meet: who cross, cover each other, look alike, and of cameras that pan."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alphapose_ros.structures import Poses
from alphapose_ros.structures import Skeleton
from alphapose_ros.structures import Tracks
from alphapose_ros.structures import TrackState
from alphapose_ros.tracking.compat import CompatTracker
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
# Strangers have a cosine of 0.5; the last vector says nothing.
LOOKS = np.concatenate([0.5**0.5 * (np.eye(8)[:7] + np.eye(8)[7]), np.zeros((1, 8))])
RED, BLUE, GREEN, BLACK, *_, UNKNOWN = LOOKS.astype(np.float32)[:, None]
NO_LOOK = np.zeros((1, 0), np.float32)


def person(
    x: float, *, foot: float = 150, shape: np.ndarray = LEFT, look: np.ndarray = NO_LOOK
) -> Poses:
    """Return somebody 40 wide and 100 high; who has his foot lower in the image is nearer."""
    box = np.array([[x, foot - 100, x + 40, foot]], np.float32)
    return Poses(
        boxes=box,
        box_scores=np.array([0.9], np.float32),
        keypoints=(shape * np.array([40, 100]) + box[0, :2])[None].astype(np.float32),
        keypoint_scores=np.full((1, 4), 0.8, np.float32),
        scores=np.array([0.7], np.float32),
        embeddings=look,
    )


def together(*people: Poses) -> Poses:
    if not people:
        return Poses.empty(4)
    names = vars(people[0])
    return Poses(**{name: np.concatenate([getattr(p, name) for p in people]) for name in names})


def new_tracker(skeleton: Skeleton = SKELETON) -> Tracker:
    return Tracker(TrackerConfig(), skeleton)


def play(tracker: Tracker, frames: list[Poses]) -> list[Tracks]:
    return [tracker.update(people, i * FRAME_NS) for i, people in enumerate(frames)]


def id_at(tracks: Tracks, x: float) -> int:
    """Return the id of the one person who was seen with his left edge at x."""
    is_here = (tracks.states != TrackState.PREDICTED) & (tracks.poses.boxes[:, 0] == x)
    return int(tracks.track_ids[is_here].item())


@pytest.mark.parametrize(
    ('sigmas', 'looks'),
    [
        pytest.param(SKELETON.sigmas, (NO_LOOK, NO_LOOK), id='with poses'),
        pytest.param((), (NO_LOOK, NO_LOOK), id='boxes only'),
        pytest.param((), (RED, BLUE), id='with embeddings'),
        pytest.param((), (RED, RED), id='identical clothes'),
        pytest.param((), (RED, UNKNOWN), id='one embedding missing'),
    ],
)
def test_two_people_who_cross_keep_their_ids(
    sigmas: tuple[float, ...], looks: tuple[np.ndarray, np.ndarray]
) -> None:
    walk = [
        together(person(6.0 * i, look=looks[0]), person(240 - 6.0 * i, shape=RIGHT, look=looks[1]))
        for i in range(41)
    ]
    tracks = play(new_tracker(replace(SKELETON, sigmas=sigmas)), walk)
    assert id_at(tracks[-1], 240) == id_at(tracks[0], 0)
    assert id_at(tracks[-1], 0) == id_at(tracks[0], 240)


@pytest.mark.parametrize('looks', [(NO_LOOK, NO_LOOK), (RED, BLUE)], ids=['boxes', 'embeddings'])
def test_who_walks_behind_somebody_comes_out_with_his_id(
    looks: tuple[np.ndarray, np.ndarray],
) -> None:
    def scene(i: int) -> Poses:
        standing, x = person(120, foot=160, look=looks[0]), 6.0 * i
        is_hidden = abs(x - 120) < 25
        return standing if is_hidden else together(standing, person(x, look=looks[1]))

    tracks = play(new_tracker(), [scene(i) for i in range(41)])
    walker = id_at(tracks[0], 0)
    assert id_at(tracks[-1], 240) == walker
    hidden = [t.states[t.track_ids == walker].tolist() for t in tracks[16:25]]
    assert hidden == [[TrackState.PREDICTED]] * 4 + [[]] * 5
    assert {int(track_id) for t in tracks for track_id in t.track_ids} == {1, 2}


def test_two_people_in_one_box_are_told_apart_by_their_poses() -> None:
    left, right = person(100, shape=LEFT), person(104, shape=RIGHT)
    people = new_tracker()
    before = play(people, [together(left, right)] * 4)[-1]
    swapped = together(person(104, shape=LEFT), person(100, shape=RIGHT))
    after = people.update(swapped, 4 * FRAME_NS)
    assert before.track_ids.tolist() == after.track_ids.tolist() == [1, 2]
    faces_left = before.poses.keypoints[:, 0, 0] < before.poses.boxes[:, :3:2].mean(axis=1)
    still_left = after.poses.keypoints[:, 0, 0] < after.poses.boxes[:, :3:2].mean(axis=1)
    np.testing.assert_array_equal(faces_left, still_left)


@pytest.mark.parametrize(
    ('x_of_other', 'is_same'),
    [pytest.param(105, True, id='covered'), pytest.param(400, False, id='nobody before him')],
)
@pytest.mark.parametrize('looks', [(BLUE, RED), (NO_LOOK, NO_LOOK)], ids=['seen', 'no embeddings'])
def test_who_stands_behind_somebody_is_waited_for_longer(
    x_of_other: float, is_same: bool, looks: Any
) -> None:
    other, hidden = person(x_of_other, foot=160, look=looks[0]), person(100, look=looks[1])
    both = together(other, hidden)
    tracks = play(new_tracker(), [both] * 5 + [other] * 50 + [both] * 3)
    assert (id_at(tracks[-1], 100) == id_at(tracks[0], 100)) is is_same
    assert id_at(tracks[-1], x_of_other) == id_at(tracks[0], x_of_other)


def test_who_is_half_covered_is_confirmed_later() -> None:
    tracks = play(new_tracker(), [together(person(100, foot=155), person(105))] * 3)
    covered, nearer = id_at(tracks[0], 105), id_at(tracks[0], 100)
    states = [dict(zip(t.track_ids.tolist(), t.states.tolist(), strict=True)) for t in tracks]
    assert states[1] == {covered: TrackState.TENTATIVE, nearer: TrackState.TRACKED}
    assert states[2] == {covered: TrackState.TRACKED, nearer: TrackState.TRACKED}


def test_a_group_that_enters_at_once_gets_an_id_each_from_left_to_right() -> None:
    frames = [together(*(person(30 * n + 4 * i) for n in range(8))) for i in range(10)]
    tracks = play(new_tracker(), [together()] * 3 + frames)
    assert [t.track_ids.tolist() for t in tracks[3:]] == [list(range(1, 9))] * 10
    assert (tracks[-1].states == TrackState.TRACKED).all()
    assert (np.diff(tracks[-1].poses.boxes[:, 0]) > 0).all()


def test_sixty_people_who_walk_through_each_other_keep_their_ids() -> None:
    def crowd(i: int) -> Poses:
        right = (person(60 * n + 5 * i, shape=RIGHT) for n in range(30))
        left = (person(60 * n + 27 - 5 * i, shape=LEFT) for n in range(30))
        return together(*right, *left)

    tracks = play(new_tracker(), [crowd(i) for i in range(40)])
    first, last = tracks[0], tracks[-1]
    assert last.track_ids.tolist() == first.track_ids.tolist() == list(range(1, 61))
    walked = last.poses.boxes[:, 0] - first.poses.boxes[:, 0]
    assert sorted(walked.tolist()) == [-195] * 30 + [195] * 30


@pytest.mark.parametrize('is_told', [True, False], ids=['with camera motion', 'without'])
def test_people_are_kept_when_the_camera_pans_if_the_tracker_is_told(is_told: bool) -> None:
    people, ids = new_tracker(), []
    for i in range(20):
        # Jerks of 80 pixels to and fro, which no walker's velocity explains.
        shift = 80 * (i % 2)
        motion = np.array([[1, 0, 80 * (-1) ** (i + 1)], [0, 1, 0]], np.float64)
        image = together(person(100 + 3 * i + shift), person(400 - 3 * i + shift))
        tracks = people.update(image, i * FRAME_NS, motion if is_told and i else None)
        ids.append(tracks.track_ids[tracks.states != TrackState.PREDICTED].tolist())
    assert (ids == [[1, 2]] * 20) is is_told


def test_hidden_people_move_with_the_camera() -> None:
    people = new_tracker()
    play(people, [person(100)] * 5)
    zoom = np.array([[2, 0, -50], [0, 2, -20]], np.float64)
    hidden = people.update(together(), 5 * FRAME_NS, zoom).poses
    np.testing.assert_allclose(hidden.boxes, [[150, 80, 230, 280]], atol=0.1)
    np.testing.assert_allclose(
        hidden.keypoints, 2 * person(100).keypoints - np.array([50, 20]), atol=0.1
    )


@pytest.mark.parametrize(
    ('looks', 'is_same'),
    [
        pytest.param((RED, RED), True, id='who looks the same'),
        pytest.param((RED, BLUE), False, id='a stranger'),
        pytest.param((RED, UNKNOWN), True, id='who cannot be told'),
    ],
)
def test_who_appears_where_somebody_was_lost_must_look_like_him(
    looks: tuple[np.ndarray, np.ndarray], is_same: bool
) -> None:
    other = person(300, look=GREEN)
    before, after = (together(person(100, look=look), other) for look in looks)
    tracks = play(new_tracker(), [before] * 5 + [other] * 10 + [after] * 2)
    assert (id_at(tracks[-1], 100) == id_at(tracks[0], 100)) is is_same


def test_images_of_nobody_do_not_change_what_people_look_like() -> None:
    walk = [person(100, look=RED)] * 5 + [together()] * 10 + [person(100, look=BLUE)]
    assert play(new_tracker(), walk)[-1].track_ids.tolist() == [2]


def test_who_was_lost_for_long_is_found_elsewhere_by_his_look() -> None:
    other = person(300, look=GREEN)
    before, after = (together(person(x, look=RED), other) for x in (100, 40))
    tracks = play(new_tracker(), [before] * 5 + [other] * 25 + [after])
    assert id_at(tracks[-1], 40) == id_at(tracks[0], 100)


def test_look_alikes_who_are_lost_at_the_same_time_are_told_apart_by_their_place() -> None:
    twins, other = (person(100, look=RED), person(190, look=RED)), person(400, look=BLUE)
    both = together(*twins, other)
    tracks = play(new_tracker(), [both] * 5 + [other] * 10 + [both])
    assert [id_at(tracks[-1], x) for x in (100, 190)] == [id_at(tracks[0], x) for x in (100, 190)]


@pytest.mark.parametrize(
    'looks',
    [
        pytest.param([(RED, BLUE), (UNKNOWN, BLUE), (RED, UNKNOWN)], id='of some people'),
        pytest.param([(RED, BLUE), (NO_LOOK, NO_LOOK)], id='in some images'),
        pytest.param([(RED, BLUE), (RED[:, :4], BLUE[:, :4])], id='of another length'),
    ],
)
def test_people_are_kept_when_embeddings_are_missing_or_change(
    looks: list[tuple[np.ndarray, np.ndarray]],
) -> None:
    walk = []
    for i in range(41):
        one, other = looks[i % len(looks)]
        walk.append(together(person(6.0 * i, look=one), person(240 - 6.0 * i, look=other)))
    tracks = play(new_tracker(), walk)
    assert id_at(tracks[-1], 240) == id_at(tracks[0], 0)
    assert [t.track_ids.tolist() for t in tracks] == [[1, 2]] * 41


def test_embeddings_are_given_out_as_they_came() -> None:
    image = together(person(0, look=7 * RED), person(100, look=UNKNOWN))
    tracks = play(new_tracker(), [image] * 3 + [person(0, look=7 * RED)])
    np.testing.assert_array_equal(tracks[2].poses.embeddings, image.embeddings)
    np.testing.assert_array_equal(tracks[3].poses.embeddings[0], 7 * RED[0])
    np.testing.assert_array_equal(tracks[3].poses.embeddings[1], UNKNOWN[0])


def ids_of_people(
    tracker: Tracker | CompatTracker, case: dict[str, np.ndarray]
) -> list[list[int]]:
    """Return for each true person the ids that the tracker gave him, in order, without repeats."""
    given: list[list[int]] = [[] for _ in range(int(case['gt_person'].max()) + 1)]
    for image in range(60):
        is_here = case['frame'] == image
        n = int(is_here.sum())
        poses = Poses(
            boxes=case['boxes'][is_here],
            box_scores=np.full(n, 0.9, np.float32),
            keypoints=np.full((n, 4, 2), np.nan, np.float32),
            keypoint_scores=np.zeros((n, 4), np.float32),
            # Whose row it is, to be found again in the output.
            scores=case['gt_person'][is_here].astype(np.float32),
            embeddings=case['emb_f16'][is_here].astype(np.float32),
        )
        tracks = tracker.update(poses, image * 1_000_000_000 // 30)
        tracks = tracks[tracks.states == TrackState.TRACKED]
        for person, track_id in zip(tracks.poses.scores, tracks.track_ids, strict=True):
            if given[int(person)][-1:] != [track_id]:
                given[int(person)].append(int(track_id))
    return given


@pytest.mark.parametrize(('number', 'buffer'), [(0, 240), (1, 240), (4, 8)])
def test_measured_sequences_have_one_id_per_person(
    shared_dir: Path, number: int, buffer: int
) -> None:
    prefix = f's{number}_'
    with np.load(shared_dir / 'fixtures' / 'tracker' / 'sequences.npz') as arrays:
        case = {k.removeprefix(prefix): v for k, v in arrays.items() if k.startswith(prefix)}
    ours = ids_of_people(new_tracker(), case)
    compat = ids_of_people(CompatTracker(track_buffer=buffer), case)
    assert [len(ids) for ids in ours] == [1] * len(ours)
    assert sum(map(len, ours)) < sum(map(len, compat))
