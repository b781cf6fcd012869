# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the motion of the camera."""

from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.io.mot import read_mot
from alphapose_ros.structures import Poses
from alphapose_ros.structures import Tracks
from alphapose_ros.structures import TrackState
from alphapose_ros.tracking.camera_motion import CameraMotion
from alphapose_ros.tracking.tracker import Tracker
from alphapose_ros.tracking.tracker import TrackerConfig

NOBODY = np.zeros((0, 4), np.float32)
IDENTITY = np.eye(2, 3)


def texture(width: int, height: int, seed: int = 0) -> np.ndarray:
    """Return an image with corners of several sizes."""
    rng = np.random.default_rng(seed)
    layers = (
        cv2.resize(rng.uniform(0, 80, (height // n, width // n, 3)), (width, height))
        for n in (4, 16, 64)
    )
    return sum(layers).astype(np.uint8)


def similarity(
    size_wh: tuple[int, int], shift: tuple[float, float], zoom: float = 1, degrees: float = 0
) -> np.ndarray:
    """Return the (2, 3) matrix of a camera that turns and zooms about the middle of the image."""
    middle = (np.array(size_wh) - 1) / 2
    angle = np.radians(degrees)
    matrix = zoom * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return np.column_stack([matrix, middle - matrix @ middle + shift])


def motion_between(
    before: np.ndarray, after: np.ndarray, boxes: np.ndarray = NOBODY
) -> np.ndarray:
    camera = CameraMotion()
    camera.update(before, boxes)
    return camera.update(after, boxes)


def largest_error(found: np.ndarray, true: np.ndarray, size_wh: tuple[int, int]) -> float:
    """Return how far a corner of the image comes to lie from where it should, in pixels."""
    corners = np.array([[x, y, 1] for x in (0, size_wh[0]) for y in (0, size_wh[1])])
    return float(np.abs(corners @ (found - true).T).max())


@pytest.mark.parametrize('size_wh', [(300, 200), (641, 479), (1280, 720), (480, 640)])
@pytest.mark.parametrize(
    ('shift', 'zoom', 'degrees'),
    [
        pytest.param((0, 0), 1, 0, id='still'),
        pytest.param((1.3, -0.7), 1, 0, id='less than a reduced pixel'),
        pytest.param((20, -12), 1, 0, id='shift'),
        pytest.param((0, 0), 1.05, 0, id='zoom in'),
        pytest.param((0, 0), 0.95, 0, id='zoom out'),
        pytest.param((0, 0), 1, 3, id='turn'),
        pytest.param((15, 5), 1.03, -2, id='all'),
    ],
)
def test_a_known_motion_is_found(
    size_wh: tuple[int, int], shift: tuple[float, float], zoom: float, degrees: float
) -> None:
    image, true = texture(*size_wh), similarity(size_wh, shift, zoom, degrees)
    found = motion_between(image, cv2.warpAffine(image, true, size_wh))
    assert found.shape == (2, 3)
    assert found.dtype == np.float64
    # A tenth of a pixel of the reduced image, of 320 pixels.
    assert largest_error(found, true, size_wh) < 0.1 * max(1, max(size_wh) / 320)


def test_the_centre_of_a_pixel_stays_its_centre() -> None:
    # Counted from the corners of pixels, the reduced image would zoom about another point.
    size_wh = (1280, 720)
    image, true = texture(*size_wh), similarity(size_wh, (0, 0), 1.2)
    found = motion_between(image, cv2.warpAffine(image, true, size_wh))
    middle = np.array([639.5, 359.5, 1])
    np.testing.assert_allclose(found @ middle, middle[:2], atol=0.2)


def test_the_way_back_is_the_inverse() -> None:
    image, true = texture(640, 360), similarity((640, 360), (12, 7), 1.04, 2)
    moved = cv2.warpAffine(image, true, (640, 360))
    there, back = motion_between(image, moved), motion_between(moved, image)
    assert largest_error(back, cv2.invertAffineTransform(there), (640, 360)) < 0.3


@pytest.mark.parametrize('is_known', [True, False], ids=['detected', 'not detected'])
def test_who_moves_before_a_still_camera_is_not_the_camera(is_known: bool) -> None:
    camera, background, clothes = CameraMotion(), texture(640, 360), texture(160, 240, seed=1)
    for x in range(0, 400, 40):
        image = background.copy()
        image[80:320, x : x + 160] = clothes
        box = np.array([[x, 80, x + 159, 319]], np.float32)
        motion = camera.update(image, box if is_known else NOBODY)
        assert largest_error(motion, IDENTITY, (640, 360)) < 0.2


def test_people_who_fill_most_of_the_image_do_not_hide_the_motion_of_the_camera() -> None:
    world, people = texture(800, 360), texture(480, 360, seed=1)
    camera = CameraMotion()
    for i in range(4):
        image = world[:, 10 * i : 10 * i + 640].copy()
        image[:, 80:560] = people
        motion = camera.update(image, np.array([[80, 0, 559, 359]], np.float32))
        true = similarity((640, 360), (-10 if i else 0, 0))
        assert largest_error(motion, true, (640, 360)) < 0.3


def test_a_person_who_steps_before_the_camera_does_not_hide_its_motion() -> None:
    world, camera = texture(700, 360), CameraMotion()
    camera.update(world[:, :640].copy(), NOBODY)
    image = world[:, 10:650].copy()
    image[:, 100:590] = texture(490, 360, seed=1)
    motion = camera.update(image, np.array([[100, 0, 589, 359]], np.float32))
    assert largest_error(motion, similarity((640, 360), (-10, 0)), (640, 360)) < 0.3


def with_squares(*places: int) -> np.ndarray:
    image = np.zeros((90, 160, 3), np.uint8)
    for x in places:
        image[40:60, x : x + 20] = 255
    return image


def part_shifted(shift: int) -> np.ndarray:
    """Return an image of which a quarter is shifted, and all else is new."""
    image = texture(640, 360, seed=shift)
    image[:, 200:360] = texture(640, 360, seed=99)[:, 200 + shift : 360 + shift]
    return image


@pytest.mark.parametrize(
    ('before', 'after', 'boxes'),
    [
        pytest.param(np.full((90, 160, 3), 80, np.uint8), texture(160, 90), NOBODY, id='flat'),
        pytest.param(texture(160, 90), np.zeros((90, 160, 3), np.uint8), NOBODY, id='then black'),
        pytest.param(texture(160, 90), texture(160, 90, seed=1), NOBODY, id='cut'),
        pytest.param(with_squares(20, 90), with_squares(25, 95), NOBODY, id='few corners'),
        pytest.param(part_shifted(0), part_shifted(9), NOBODY, id='a part only'),
        pytest.param(texture(160, 90), texture(162, 90), NOBODY, id='another size'),
        pytest.param(np.zeros((1, 1, 3), np.uint8), np.ones((1, 1, 3), np.uint8), NOBODY, id='1'),
        pytest.param(
            texture(160, 90),
            np.roll(texture(160, 90), 5, axis=1),
            np.array([[-50, -50, 300, 300]], np.float32),
            id='all covered',
        ),
    ],
)
def test_where_too_little_is_found_it_is_the_identity(
    before: np.ndarray, after: np.ndarray, boxes: np.ndarray
) -> None:
    np.testing.assert_array_equal(motion_between(before, after, boxes), IDENTITY)


def test_the_first_image_gives_the_identity_also_after_a_reset() -> None:
    camera, image = CameraMotion(), texture(160, 90)
    moved = np.roll(image, 5, axis=1)
    np.testing.assert_array_equal(camera.update(image, NOBODY), IDENTITY)
    assert largest_error(camera.update(moved, NOBODY), IDENTITY, (160, 90)) > 4
    camera.reset()
    np.testing.assert_array_equal(camera.update(image, NOBODY), IDENTITY)


def test_the_same_images_give_the_same_motion() -> None:
    image, noise = texture(640, 360), texture(640, 360, seed=1)
    moved = cv2.addWeighted(np.roll(image, 9, axis=1), 0.7, noise, 0.3, 0)
    np.testing.assert_array_equal(motion_between(image, moved), motion_between(image, moved))


@pytest.mark.parametrize(
    'image', [np.zeros((9, 9), np.uint8), np.zeros((9, 9, 3)), np.zeros((0, 9, 3), np.uint8)]
)
def test_other_images_are_refused(image: np.ndarray) -> None:
    with pytest.raises(ValueError, match='image must be'):
        CameraMotion().update(image, NOBODY)


def read_clip(path: Path, num_images: int) -> list[np.ndarray]:
    if not path.is_file():
        pytest.skip(f'needs {path}')
    capture = cv2.VideoCapture(str(path))
    return [capture.read()[1] for _ in range(num_images)]


def test_the_images_of_a_moving_camera_fit_each_other_when_it_is_known(shared_dir: Path) -> None:
    clip = shared_dir / 'media' / 'video' / 'openpose_video.avi'
    camera, images = CameraMotion(), read_clip(clip, 60)[::3]
    motions = [camera.update(image, NOBODY) for image in images][1:]
    ratios = []
    for (before, after), motion in zip(pairwise(images), motions, strict=True):
        warped = cv2.warpAffine(before, motion, (before.shape[1], before.shape[0]))
        inside = (slice(60, -60), slice(60, -60))
        differences = [cv2.absdiff(after, one)[inside].mean() for one in (warped, before)]
        ratios.append(differences[0] / differences[1])
    assert np.median(ratios) < 0.4


def people_at(boxes: np.ndarray, scores: np.ndarray) -> Poses:
    n = len(boxes)
    return Poses(
        boxes=boxes,
        box_scores=scores,
        keypoints=np.full((n, 17, 2), np.nan, np.float32),
        keypoint_scores=np.zeros((n, 17), np.float32),
        scores=scores,
        embeddings=np.zeros((n, 0), np.float32),
    )


def track_shaken(folder: Path, shift: int, *, is_told: bool) -> list[Tracks]:
    """Return the tracks of real detections, seen by a camera that jerks to and fro."""
    rows = read_mot(folder / 'det' / 'det.txt')
    camera, tracker = CameraMotion(), Tracker(TrackerConfig(), get_skeleton('coco_17'))
    tracks = []
    for i, image in enumerate(read_clip(folder / 'TUD-Campus.mp4', 71)):
        here, left = rows[rows.frames == i + 1], shift * (i % 2)
        seen = image[:, left : left + image.shape[1] - shift]
        boxes = here.boxes - np.array([left, 0, left, 0], np.float32)
        motion = camera.update(seen, boxes) if is_told else None
        tracks.append(tracker.update(people_at(boxes, here.scores), i * 40_000_000, motion))
    return tracks


def test_real_people_keep_their_ids_before_a_camera_that_jerks(shared_dir: Path) -> None:
    folder = shared_dir / 'tracking' / 'TUD-Campus'

    def ids_of(tracks: list[Tracks]) -> list[list[int]]:
        return [t.track_ids[t.states == TrackState.TRACKED].tolist() for t in tracks]

    still = ids_of(track_shaken(folder, 0, is_told=False))
    told = ids_of(track_shaken(folder, 80, is_told=True))
    untold = ids_of(track_shaken(folder, 80, is_told=False))
    assert told == still
    assert untold != still
