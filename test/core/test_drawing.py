# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the drawing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from alphapose_ros.core.drawing import contact_sheet
from alphapose_ros.core.drawing import draw_tracks
from alphapose_ros.core.palette import SIDE_COLORS
from alphapose_ros.core.palette import track_color
from alphapose_ros.core.palette import TRACK_COLORS
from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.core.skeletons import SKELETONS
from alphapose_ros.structures import Poses
from alphapose_ros.structures import Skeleton
from alphapose_ros.structures import Tracks
from alphapose_ros.structures import TrackState

COCO = get_skeleton('coco_17')
IMAGE = np.full((240, 320, 3), 90, np.uint8)
# A person who faces the camera: the person's left is right in the image.
STANDING = np.array(
    [(160, 40), (166, 34), (154, 34), (172, 38), (148, 38), (185, 70), (135, 70), (195, 105),
     (125, 105), (200, 135), (120, 135), (175, 140), (145, 140), (178, 180), (142, 180),
     (180, 215), (140, 215)]
)  # fmt: skip
BOX = (100, 20, 220, 225)


def make_tracks(keypoints: Any, boxes: Any, **changes: Any) -> Tracks:
    keypoints = np.asarray(keypoints, np.float32)
    n, k = keypoints.shape[:2]
    keypoint_scores = changes.pop('keypoint_scores', np.ones((n, k)))
    poses = Poses(
        boxes=np.asarray(boxes, np.float32).reshape(n, 4),
        box_scores=np.ones(n, np.float32),
        keypoints=keypoints,
        keypoint_scores=np.asarray(keypoint_scores, np.float32),
        scores=np.full(n, 0.9, np.float32),
        embeddings=np.zeros((n, 0), np.float32),
    )
    states = np.full(n, changes.pop('state', TrackState.TRACKED), np.uint8)
    track_ids = np.asarray(changes.pop('track_ids', range(n)), np.int32)
    return Tracks(poses, track_ids, states, np.zeros(n, np.uint32))


def standing(**changes: Any) -> Tracks:
    return make_tracks([STANDING], [BOX], **changes)


def changed(image: np.ndarray) -> np.ndarray:
    return (image != IMAGE).any(axis=2)


def count(image: np.ndarray, color: tuple[int, int, int]) -> int:
    return int((image == color).all(axis=2).sum())


def test_the_argument_is_not_modified() -> None:
    image = IMAGE.copy()
    drawn = draw_tracks(image, standing(), COCO)
    np.testing.assert_array_equal(image, IMAGE)
    assert changed(drawn).any()


def test_nobody_gives_an_equal_copy() -> None:
    drawn = draw_tracks(IMAGE, Tracks.empty(17), COCO)
    np.testing.assert_array_equal(drawn, IMAGE)
    assert not np.shares_memory(drawn, IMAGE)


def test_the_left_hand_side_of_a_facing_person_is_right_in_the_image() -> None:
    drawn = draw_tracks(IMAGE, standing(), COCO, color_by='side', draw_boxes=False)
    for side, sign in (('left', 1), ('right', -1)):
        columns = np.nonzero((drawn == SIDE_COLORS[side]).all(axis=2))[1]
        assert len(columns) > 50
        assert (sign * (columns - 160) >= -2).all()


def test_joints_and_limbs_are_where_the_keypoints_are() -> None:
    drawn = changed(draw_tracks(IMAGE, standing(), COCO, draw_boxes=False))
    assert drawn[STANDING[:, 1], STANDING[:, 0]].all()
    assert drawn[(70 + 140) // 2, (185 + 175) // 2]  # middle of the trunk's left edge
    assert not drawn[105, 160]  # within the trunk
    assert not drawn[:, :110].any()


def test_everybody_has_a_colour_that_depends_on_the_identity_alone() -> None:
    people = np.stack([STANDING + np.array([dx, 0]) for dx in (-90, 90)])
    boxes = np.array([BOX, BOX]) + np.array([[-90, 0, -90, 0], [90, 0, 90, 0]])
    drawn = draw_tracks(IMAGE, make_tracks(people, boxes, track_ids=(4, 7)), COCO)
    swapped = draw_tracks(IMAGE, make_tracks(people[::-1], boxes[::-1], track_ids=(7, 4)), COCO)
    np.testing.assert_array_equal(drawn, swapped)
    assert count(drawn[:, :160], track_color(4)) > 50
    assert count(drawn[:, :160], track_color(7)) == 0
    assert count(drawn[:, 160:], track_color(7)) > 50


def test_colours_of_identities_are_far_apart() -> None:
    colors = np.array(TRACK_COLORS)
    gaps = np.linalg.norm(colors[:, None] - colors[None], axis=2)
    assert gaps[~np.eye(len(colors), dtype=bool)].min() > 75
    assert len({track_color(-1), *TRACK_COLORS}) == len(TRACK_COLORS) + 1
    for distance in (1, 2, 10, 50):
        assert all(track_color(i) != track_color(i + distance) for i in range(40)), distance


def test_left_and_right_differ_within_a_person() -> None:
    drawn = draw_tracks(IMAGE, standing(), COCO, draw_boxes=False).astype(int)
    left_knee, right_knee = drawn[180, 178], drawn[180, 142]
    assert left_knee.sum() > right_knee.sum() + 150


@pytest.mark.parametrize(
    ('xy', 'score'),
    [((np.nan, np.nan), 0.0), ((200, 135), 0.29), ((200, 135), np.nan), ((np.inf, 3), 1.0)],
    ids=['not estimated', 'low score', 'no score', 'infinite'],
)
def test_a_joint_that_is_not_known_is_left_out(xy: tuple[float, float], score: float) -> None:
    keypoints, scores = STANDING[None].astype(float), np.ones((1, 17))
    keypoints[0, 9], scores[0, 9] = xy, score
    tracks = make_tracks(keypoints, [BOX], keypoint_scores=scores)
    drawn = changed(draw_tracks(IMAGE, tracks, COCO, draw_boxes=False))
    complete = changed(draw_tracks(IMAGE, standing(), COCO, draw_boxes=False))
    assert not drawn[115:, 190:].any()
    assert complete[115:, 190:].any()
    np.testing.assert_array_equal(drawn[:, :180], complete[:, :180])


@pytest.mark.parametrize('far', [400, 1e4, 1e6, 1e18, -1e18, np.inf, -np.inf, np.nan])
@pytest.mark.parametrize('state', list(TrackState), ids=lambda state: state.name)
def test_coordinates_far_outside_are_survived(far: float, state: TrackState) -> None:
    keypoints = STANDING[None].astype(float)
    keypoints[0, ::3] = far
    for box in (BOX, (far, far, far, far), (-far, 0, far, 50), (0, far, 100, -far)):
        tracks = make_tracks(keypoints, [box], state=state)
        assert changed(draw_tracks(IMAGE, tracks, COCO)).any()


def test_a_limb_that_leaves_the_image_is_drawn_up_to_the_border() -> None:
    keypoints = STANDING[None].astype(float)
    keypoints[0, 9] = (900, 105)
    tracks = make_tracks(keypoints, [BOX])
    assert changed(draw_tracks(IMAGE, tracks, COCO, draw_boxes=False))[105, 200:].all()


@pytest.mark.parametrize('state', [TrackState.PREDICTED, TrackState.TENTATIVE])
def test_people_that_are_less_certain_are_drawn_with_less(state: TrackState) -> None:
    keypoints, boxes = STANDING[None] * 3, np.array([BOX]) * 3
    image = np.full((720, 960, 3), 90, np.uint8)
    certain, less = (
        draw_tracks(image, make_tracks(keypoints, boxes, state=s), COCO, draw_boxes=False)
        for s in (TrackState.TRACKED, state)
    )
    assert 0 < (less != 90).any(axis=2).sum() < 0.7 * (certain != 90).any(axis=2).sum()


def test_predicted_limbs_have_gaps_and_tentative_ones_have_none() -> None:
    keypoints, boxes = STANDING[None] * 3, np.array([BOX]) * 3
    image = np.full((720, 960, 3), 90, np.uint8)
    rows = np.arange(440, 520)
    columns = np.round(525 + (rows - 420) * 9 / 120).astype(int)  # along the left thigh
    for state, is_closed in ((TrackState.TENTATIVE, True), (TrackState.PREDICTED, False)):
        tracks = make_tracks(keypoints, boxes, state=state)
        drawn = draw_tracks(image, tracks, COCO, draw_boxes=False)
        on_limb = (drawn[rows, columns] != 90).any(axis=1)
        assert on_limb.any()
        assert on_limb.all() == is_closed


def test_larger_people_have_thicker_limbs() -> None:
    areas = []
    for scale in (1, 3):
        image = np.full((720, 960, 3), 90, np.uint8)
        tracks = make_tracks(STANDING[None] * scale, np.array([BOX]) * scale)
        drawn = draw_tracks(image, tracks, COCO, draw_boxes=False)
        areas.append((drawn != 90).any(axis=2).sum())
    assert areas[1] > 5 * areas[0]


def test_boxes_and_labels_are_drawn_only_if_asked_for() -> None:
    with_box = changed(draw_tracks(IMAGE, standing(), COCO))
    without = changed(draw_tracks(IMAGE, standing(), COCO, draw_boxes=False))
    assert with_box[20:225, 100].all()
    assert with_box[225, 100:220].all()
    assert not without[20:225, 100].any()


@pytest.mark.parametrize(
    'corner', [(-60, -60), (260, -60), (-60, 180), (260, 180)], ids=['tl', 'tr', 'bl', 'br']
)
def test_a_label_lies_inside_the_image(corner: tuple[int, int]) -> None:
    box = (*corner, corner[0] + 120, corner[1] + 120)
    tracks = make_tracks(np.full((1, 17, 2), np.nan), [box], track_ids=[3])
    drawn = draw_tracks(IMAGE, tracks, COCO)
    # The background of the text, of about 60 x 18 pixels.
    assert count(drawn, track_color(3)) > 450


def test_labels_of_people_in_one_place_do_not_cover_each_other() -> None:
    keypoints = np.full((3, 17, 2), np.nan)
    drawn = draw_tracks(IMAGE, make_tracks(keypoints, [(60, 80, 280, 200)] * 3), COCO)
    for track_id in range(3):
        assert count(drawn, track_color(track_id)) > 450


def test_a_box_outside_the_image_has_no_label() -> None:
    tracks = make_tracks(np.full((1, 17, 2), np.nan), [(400, 50, 500, 200)], track_ids=[3])
    assert count(draw_tracks(IMAGE, tracks, COCO), track_color(3)) == 0


@pytest.mark.parametrize('color_by', ['track', 'side'])
@pytest.mark.parametrize('skeleton', SKELETONS.values(), ids=SKELETONS)
def test_every_joint_of_every_keypoint_set_is_visible(skeleton: Skeleton, color_by: Any) -> None:
    angles = np.linspace(0, 6.2, skeleton.num_keypoints)
    keypoints = np.stack((160 + 100 * np.cos(angles), 120 + 100 * np.sin(angles)), axis=-1)
    tracks = make_tracks(keypoints[None], [(60, 20, 260, 220)])
    drawn = changed(draw_tracks(IMAGE, tracks, skeleton, color_by=color_by, draw_boxes=False))
    at = keypoints.round().astype(int)
    assert drawn[at[:, 1], at[:, 0]].all()


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        ({'image': IMAGE[..., 0]}, r'image must be \(H, W, 3\) uint8, got \(240, 320\) uint8'),
        ({'image': IMAGE / 255}, r'image must be .* float64'),
        ({'skeleton': get_skeleton('halpe_26')}, r'the 26 joints of halpe_26, got 17'),
        ({'color_by': 'age'}, r"color_by must be one of track, side, got 'age'"),
    ],
    ids=['grey image', 'float image', 'other keypoint set', 'unknown colouring'],
)
def test_bad_input_is_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        draw_tracks(**{'image': IMAGE, 'tracks': standing(), 'skeleton': COCO, **arguments})


def test_a_contact_sheet_shows_the_images_row_by_row() -> None:
    images = [np.full((48, 64, 3), value, np.uint8) for value in (10, 20, 30, 40)]
    sheet = contact_sheet(images, columns=3, tile_width=32)
    assert sheet.shape == (48, 96, 3)
    assert sheet[12, 16::32, 0].tolist() == [10, 20, 30]
    assert sheet[36, 16::32, 0].tolist() == [40, 0, 0]


def test_a_contact_sheet_keeps_the_aspect_of_every_image() -> None:
    wide, tall = np.full((50, 100, 3), 200, np.uint8), np.full((100, 50, 3), 100, np.uint8)
    sheet = contact_sheet([wide, tall], columns=2, tile_width=100)
    assert sheet.shape == (50, 200, 3)
    assert int((sheet[:, :, 0] == 200).sum()) == 5000
    assert int((sheet[:, :, 0] == 100).sum()) == 25 * 50


def test_a_contact_sheet_of_few_images_is_narrow() -> None:
    assert contact_sheet([IMAGE]).shape == (480, 640, 3)


@pytest.mark.parametrize(
    'arguments', [([],), ([IMAGE], 0), ([IMAGE], 3, 0)], ids=['nothing', 'columns', 'width']
)
def test_an_impossible_contact_sheet_is_refused(arguments: tuple[Any, ...]) -> None:
    with pytest.raises(ValueError, match='needs images, columns and tile_width of at least 1'):
        contact_sheet(*arguments)
