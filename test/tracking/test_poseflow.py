# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Stories of people who are followed by what moves with them, and grades that were measured."""

from pathlib import Path

import numpy as np
import pytest

from alphapose_ros.io.video import FrameSource
from alphapose_ros.structures import Poses
from alphapose_ros.structures import Tracks
from alphapose_ros.structures import TrackState
from alphapose_ros.tracking.poseflow import Figures
from alphapose_ros.tracking.poseflow import grade_pairs
from alphapose_ros.tracking.poseflow import locate_people
from alphapose_ros.tracking.poseflow import match_people
from alphapose_ros.tracking.poseflow import PoseFlow

JOINTS = np.array([[0.5, 0.1], [0.1, 0.4], [0.9, 0.4], [0.3, 0.9], [0.7, 0.9]], np.float32)
SIZE_WH = (400, 300)


def textured(width: int, height: int, seed: int) -> np.ndarray:
    blocks = np.random.default_rng(seed).integers(0, 256, (height // 10, width // 10, 3), np.uint8)
    return blocks.repeat(10, axis=0).repeat(10, axis=1)


def people(keypoints: np.ndarray, boxes: np.ndarray) -> Poses:
    n, k = keypoints.shape[:2]
    return Poses(
        boxes=boxes.astype(np.float32),
        box_scores=np.full(n, 0.9, np.float32),
        keypoints=keypoints.astype(np.float32),
        keypoint_scores=np.full((n, k), 0.8, np.float32),
        scores=np.full(n, 0.7, np.float32),
        embeddings=np.zeros((n, 0), np.float32),
    )


def people_in(boxes: np.ndarray) -> Poses:
    """Return people whose joints are spread over their boxes."""
    sizes = boxes[:, 2:] - boxes[:, :2]
    return people(boxes[:, None, :2] + JOINTS * sizes[:, None], boxes)


def people_at(*lefts: float, tops: tuple[float, ...] = (80, 80, 80)) -> Poses:
    """Return people of 60 x 160 pixels."""
    corners = np.column_stack([lefts, tops[: len(lefts)]]).reshape(-1, 2)
    return people_in(np.concatenate([corners, corners + np.array([60, 160])], axis=1))


def picture(poses: Poses) -> np.ndarray:
    """Return an image of the people; person i always wears the same."""
    image = textured(*SIZE_WH, seed=99)
    for i, (x, y) in enumerate(poses.boxes[:, :2].astype(int)):
        image[y : y + 160, x : x + 60] = textured(60, 160, seed=i)
    return image


def play(matcher: PoseFlow, frames: list[Poses]) -> list[Tracks]:
    return [matcher.update(poses, 0, picture(poses)) for poses in frames]


def ids(tracks: list[Tracks]) -> list[list[int]]:
    return [t.track_ids.tolist() for t in tracks]


@pytest.fixture(scope='module')
def measured(shared_dir: Path) -> dict[str, np.ndarray]:
    with np.load(shared_dir / 'fixtures' / 'tracker' / 'poseflow.npz') as arrays:
        return dict(arrays)


def figures_of(measured: dict[str, np.ndarray], name: str) -> Figures:
    """Return measured people; their boxes are x0, x1, y0, y1."""
    boxes = measured[f'{name}_box'][:, [0, 2, 1, 3]].astype(np.float64)
    return Figures(measured[f'{name}_poses'], boxes)


def test_grades_and_matches_equal_the_measured_ones(measured: dict[str, np.ndarray]) -> None:
    grades = grade_pairs(
        figures_of(measured, 'prev'),
        figures_of(measured, 'next'),
        correspondences=measured['cors'][:, :4].astype(np.int32),
        is_former=measured['from_former_frame'],
    )
    np.testing.assert_allclose(grades, measured['grade'], rtol=0, atol=1e-6)
    np.testing.assert_array_equal(np.stack(match_people(grades, 0.2), 1), measured['matches'])


@pytest.mark.parametrize('name', ['prev', 'next'])
def test_boxes_of_joints_equal_the_measured_ones(
    measured: dict[str, np.ndarray], name: str
) -> None:
    height, width = measured['image_hw']
    poses = people(measured[f'{name}_poses'], np.zeros((len(measured[f'{name}_poses']), 4)))
    located = locate_people(poses, size_wh=(int(width), int(height)))
    np.testing.assert_array_equal(located.boxes, figures_of(measured, name).boxes)


def test_boxes_stay_in_the_image() -> None:
    located = locate_people(people_at(-30, 370), size_wh=SIZE_WH)
    np.testing.assert_array_equal(located.boxes[:, [0, 2]], [[0, 28], [371, 399]])


def test_joints_that_were_not_estimated_do_not_count() -> None:
    poses = people_at(100, 200)
    poses.keypoints[0, 0] = np.nan
    poses.keypoints[1] = np.nan
    located = locate_people(poses, size_wh=SIZE_WH)
    np.testing.assert_array_equal(located.boxes[0], [101, 136, 158, 232])
    np.testing.assert_array_equal(located.boxes[1], [194, 64, 266, 256])
    grades = grade_pairs(located, located, correspondences=None, is_former=np.array([True, True]))
    np.testing.assert_allclose(np.diag(grades), [3 + 3 * 4 / 5, 3], rtol=1e-6)


def test_correspondences_decide_between_equal_overlaps() -> None:
    old = locate_people(people_at(100), size_wh=SIZE_WH)
    new = locate_people(people_at(80, 120), size_wh=SIZE_WH)
    moved = np.array([[130, y, 150, y] for y in range(100, 200)], np.int32)
    grades = {
        is_former: grade_pairs(old, new, correspondences=moved, is_former=np.array([is_former]))
        for is_former in (True, False)
    }
    assert grades[True][0, 1] > grades[True][0, 0]
    np.testing.assert_allclose(grades[False][0, 0], grades[False][0, 1], rtol=0.02)


def test_people_who_cross_keep_their_ids() -> None:
    frames = [people_at(20 + 15 * i, 320 - 15 * i, tops=(60, 120)) for i in range(20)]
    tracks = play(PoseFlow(), frames)
    assert ids(tracks) == [[1, 2]] * 20
    assert [t.ages.tolist() for t in tracks] == [[i, i] for i in range(20)]
    assert (tracks[0].states == TrackState.TRACKED).all()
    for t, poses in zip(tracks, frames, strict=True):
        np.testing.assert_array_equal(t.poses.boxes, poses.boxes)


@pytest.mark.parametrize('moved', [80, 120], ids=['left', 'right'])
def test_of_two_equally_near_people_the_one_whose_texture_moved_there_is_found(moved: int) -> None:
    matcher, poses = PoseFlow(), people_at(moved, 200 - moved)
    play(matcher, [people_at(100)])
    tracks = matcher.update(poses[[1, 0]], 0, picture(poses))
    assert tracks.track_ids.tolist() == [1, 2]
    assert tracks.poses.boxes[:, 0].tolist() == [moved, 200 - moved]


def test_people_come_out_sorted_by_id_in_whatever_order_they_come() -> None:
    matcher = PoseFlow()
    poses = people_at(20, 300)
    matcher.update(poses, 0, picture(poses))
    tracks = matcher.update(poses[[1, 0]], 0, picture(poses))
    assert tracks.track_ids.tolist() == [1, 2]
    np.testing.assert_array_equal(tracks.poses.boxes, poses.boxes)


def test_without_texture_overlaps_decide() -> None:
    blank = np.full((300, 400, 3), 128, np.uint8)
    matcher = PoseFlow()
    frames = [people_at(20 + 5 * i, 300 - 5 * i) for i in range(5)]
    assert ids([matcher.update(poses, 0, blank) for poses in frames]) == [[1, 2]] * 5


@pytest.mark.parametrize(
    ('empty', 'found'), [(4, 1), (5, 2)], ids=['soon enough', 'after too long']
)
def test_who_leaves_and_returns_to_the_same_place_is_found(empty: int, found: int) -> None:
    matcher = PoseFlow(max_lost_images=5)
    tracks = play(matcher, [people_at(100), *[people_at()] * empty, people_at(105)])
    assert ids(tracks) == [[1], *[[]] * empty, [found]]
    assert tracks[-1].ages.tolist() == [empty + 1 if found == 1 else 0]


def test_who_comes_elsewhere_is_somebody_new() -> None:
    assert ids(play(PoseFlow(), [people_at(20), people_at(20, 300)])) == [[1], [1, 2]]


def test_two_runs_are_equal_whatever_another_does_meanwhile() -> None:
    frames = [people_at(20 + 15 * i, 320 - 15 * i) for i in range(8)]
    one, other, mixed = PoseFlow(), PoseFlow(), []
    for poses in frames:
        mixed += play(one, [poses])
        play(other, [people_at(200, 10, 90)])
    for a, b in zip(mixed, play(PoseFlow(), frames), strict=True):
        np.testing.assert_array_equal(a.track_ids, b.track_ids)
        np.testing.assert_array_equal(a.poses.boxes, b.poses.boxes)


def test_ids_go_on_after_a_reset() -> None:
    matcher = PoseFlow()
    play(matcher, [people_at(20, 300)])
    matcher.reset()
    tracks = play(matcher, [people_at(20)])
    assert ids(tracks) == [[3]]
    assert tracks[0].ages.tolist() == [0]


@pytest.mark.parametrize(
    ('poses', 'image', 'message'),
    [
        (people_at(1), np.zeros((300, 400), np.uint8), r'image must be \(H, W, 3\) uint8'),
        (people_at(1), np.zeros((300, 400, 3)), 'got .* float64'),
        (Poses.empty(7), np.zeros((300, 400, 3), np.uint8), 'must have 5 keypoints, got 7'),
        (people_at(np.nan), np.zeros((300, 400, 3), np.uint8), 'boxes must be finite'),
    ],
    ids=['grey image', 'float image', 'another K', 'NaN box'],
)
def test_what_cannot_be_tracked_is_refused(poses: Poses, image: np.ndarray, message: str) -> None:
    matcher = PoseFlow()
    play(matcher, [people_at(1)])
    with pytest.raises(ValueError, match=message):
        matcher.update(poses, 0, image)


def test_a_parameter_out_of_range_is_refused() -> None:
    with pytest.raises(ValueError, match='max_lost_images must be at least 1'):
        PoseFlow(max_lost_images=0)
    with pytest.raises(ValueError, match='min_grade at least 0, got 100 and -1'):
        PoseFlow(min_grade=-1)


def test_real_people_keep_their_ids(shared_dir: Path) -> None:
    folder = shared_dir / 'tracking' / 'TUD-Campus'
    truth = np.loadtxt(folder / 'gt' / 'gt.txt', delimiter=',')
    source, matcher = FrameSource(str(folder / 'TUD-Campus.mp4')), PoseFlow()
    given: dict[int, set[int]] = {}
    for number in range(1, 16):
        rows = truth[truth[:, 0] == number]
        boxes = np.concatenate([rows[:, 2:4], rows[:, 2:4] + rows[:, 4:6]], axis=1)
        image = source.read()
        assert image is not None
        tracks = matcher.update(people_in(boxes), 0, image)
        is_same = (tracks.poses.boxes[:, None] == boxes.astype(np.float32)).all(axis=2)
        for track, row in zip(*np.nonzero(is_same), strict=True):
            given.setdefault(int(rows[row, 1]), set()).add(int(tracks.track_ids[track]))
    assert len(given) == 6
    assert sorted(len(ids) for ids in given.values()) == [1] * 6
    assert len(set.union(*given.values())) == 6
