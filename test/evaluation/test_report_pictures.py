# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of images with true and found people."""

import cv2
import numpy as np
import pytest

from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.evaluation.report_pictures import draw_comparison
from alphapose_ros.evaluation.report_pictures import FOUND_COLOR
from alphapose_ros.evaluation.report_pictures import MAX_SIDE_PX
from alphapose_ros.evaluation.report_pictures import shrink
from alphapose_ros.evaluation.report_pictures import to_jpeg
from alphapose_ros.structures import Skeleton

NOBODY = np.zeros((0, 2, 2), np.float32)
LIMB = Skeleton('limb', ('a', 'b'), ((0, 1),), ())
ACROSS = np.array([[[100, 50], [100, 150]]], np.float32)


@pytest.mark.parametrize(
    ('shape', 'smaller'),
    [((48, 64, 3), (48, 64, 3)), ((1280, 640, 3), (640, 320, 3)), ((2, 4000, 3), (1, 640, 3))],
    ids=['small', 'tall', 'thin'],
)
def test_images_are_made_small(shape: tuple[int, ...], smaller: tuple[int, ...]) -> None:
    image, scale = shrink(np.zeros(shape, np.uint8))
    assert image.shape == smaller
    assert scale == min(MAX_SIDE_PX / max(shape), 1)


def test_found_limbs_are_thick_and_true_ones_thin_above_them() -> None:
    image = np.zeros((200, 200, 3), np.uint8)
    found = draw_comparison(image, LIMB, NOBODY, ACROSS)
    both = draw_comparison(image, LIMB, ACROSS, ACROSS)
    assert (found[100, 100] == FOUND_COLOR).all()
    assert both[100, 100].min() > 200
    assert (found[100] == FOUND_COLOR).all(axis=1).sum() >= 3
    assert not image.any()


def test_limbs_move_with_an_image_that_is_made_small() -> None:
    image = np.zeros((1280, 1280, 3), np.uint8)
    drawn = draw_comparison(image, LIMB, NOBODY, 4 * ACROSS)
    assert (drawn[200, 200] == FOUND_COLOR).all()


@pytest.mark.parametrize('place', [np.nan, 1e30, -1e9], ids=['nan', 'far', 'near'])
def test_joints_that_lie_nowhere_are_left_out(place: float) -> None:
    keypoints = ACROSS.copy()
    keypoints[0, 0, 0] = place
    image = np.zeros((200, 200, 3), np.uint8)
    assert not draw_comparison(image, LIMB, keypoints, keypoints).any()


def test_joints_without_limbs_are_dots() -> None:
    image = np.zeros((200, 200, 3), np.uint8)
    skeleton = Skeleton('dots', ('a', 'b'), (), ())
    drawn = draw_comparison(image, skeleton, NOBODY, ACROSS)
    assert drawn[50, 100].any() and drawn[150, 100].any() and not drawn[100, 100].any()


def test_an_image_is_stored_with_its_size() -> None:
    content, size_wh = to_jpeg(np.zeros((48, 64, 3), np.uint8))
    assert size_wh == (64, 48)
    assert cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR).shape == (48, 64, 3)


def test_a_whole_body_can_be_drawn() -> None:
    skeleton = get_skeleton('coco_wholebody_133')
    people = np.random.default_rng(0).uniform(0, 200, (2, 133, 2)).astype(np.float32)
    assert draw_comparison(np.zeros((200, 200, 3), np.uint8), skeleton, people, people).any()
