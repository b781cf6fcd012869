# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the geometry of boxes."""

import numpy as np
import pytest

from alphapose_ros.core.boxes import box_area
from alphapose_ros.core.boxes import box_iou
from alphapose_ros.core.boxes import covered_part
from alphapose_ros.core.boxes import cxcywh_to_xyxy
from alphapose_ros.core.boxes import suppress_overlaps
from alphapose_ros.core.boxes import xywh_to_xyxy
from alphapose_ros.core.boxes import xyxy_to_cxcywh
from alphapose_ros.core.boxes import xyxy_to_xywh


def boxes_of(*rows: tuple[float, ...]) -> np.ndarray:
    return np.array(rows, np.float32).reshape(-1, 4)


@pytest.mark.parametrize(
    ('there', 'back'),
    [
        pytest.param(xyxy_to_xywh, xywh_to_xyxy, id='xywh'),
        pytest.param(xyxy_to_cxcywh, cxcywh_to_xyxy, id='cxcywh'),
    ],
)
def test_conversions_are_inverse_and_keep_float32(there, back) -> None:
    boxes = boxes_of((1, 2, 11, 22), (-5, 0.5, 3, 7))
    np.testing.assert_allclose(back(there(boxes)), boxes, atol=1e-6)
    assert there(boxes).dtype == np.float32
    assert there(boxes[:0]).shape == (0, 4)


def test_xywh_of_a_known_box() -> None:
    np.testing.assert_array_equal(xyxy_to_xywh(boxes_of((1, 2, 11, 22))), [[1, 2, 10, 20]])


def test_area_of_a_reversed_box_is_zero() -> None:
    np.testing.assert_array_equal(box_area(boxes_of((0, 0, 2, 3), (5, 0, 2, 3))), [6, 0])


@pytest.mark.parametrize(
    ('other', 'expected'),
    [
        pytest.param((0, 0, 10, 10), 1.0, id='same'),
        pytest.param((5, 0, 15, 10), 1 / 3, id='half'),
        pytest.param((10, 0, 20, 10), 0.0, id='touching'),
        pytest.param((3, 3, 3, 3), 0.0, id='empty'),
    ],
)
def test_iou_of_known_boxes(other: tuple[float, ...], expected: float) -> None:
    iou = box_iou(boxes_of((0, 0, 10, 10)), boxes_of(other))
    np.testing.assert_allclose(iou, [[expected]], atol=1e-6)


def test_iou_of_nobody_has_the_right_shape() -> None:
    assert box_iou(boxes_of(), boxes_of((0, 0, 1, 1))).shape == (0, 1)
    assert box_iou(boxes_of((0, 0, 0, 0)), boxes_of((0, 0, 0, 0)))[0, 0] == 0


@pytest.mark.parametrize(
    ('others', 'expected'),
    [
        pytest.param([(5, 0, 15, 11)], 0.5, id='half, by somebody nearer'),
        pytest.param([(5, 0, 15, 9)], 0.0, id='by somebody farther away'),
        pytest.param([(5, 0, 15, 10)], 0.0, id='by somebody as far'),
        pytest.param([(-1, -1, 11, 11)], 1.0, id='wholly'),
        pytest.param([(8, 0, 15, 11), (-5, 0, 3, 11)], 0.3, id='by the one who covers most'),
        pytest.param([(20, 0, 30, 11)], 0.0, id='beside'),
        pytest.param([], 0.0, id='by nobody'),
    ],
)
def test_covered_part_of_a_known_box(others: list[tuple[float, ...]], expected: float) -> None:
    covered = covered_part(boxes_of((0, 0, 10, 10)), boxes_of(*others))
    np.testing.assert_allclose(covered, [expected], atol=1e-6)


def test_nobody_covers_himself_and_an_empty_box_is_not_covered() -> None:
    boxes = boxes_of((0, 0, 10, 10), (3, 3, 3, 3), (0, 0, 10, 10))
    np.testing.assert_array_equal(covered_part(boxes, boxes), [0, 0, 0])
    assert covered_part(boxes_of(), boxes).shape == (0,)


def test_suppression_keeps_the_best_of_overlapping_boxes() -> None:
    boxes = boxes_of((0, 0, 10, 10), (1, 0, 11, 10), (50, 0, 60, 10))
    scores = np.array([0.5, 0.9, 0.3], np.float32)
    np.testing.assert_array_equal(suppress_overlaps(boxes, scores, 0.6), [1, 2])


def test_a_suppressed_box_suppresses_nobody() -> None:
    boxes = boxes_of((0, 0, 10, 10), (4, 0, 14, 10), (8, 0, 18, 10))
    scores = np.array([0.9, 0.8, 0.7], np.float32)
    np.testing.assert_array_equal(suppress_overlaps(boxes, scores, 0.3), [0, 2])


def test_suppression_of_nobody_is_nobody() -> None:
    assert len(suppress_overlaps(boxes_of(), np.zeros(0, np.float32), 0.5)) == 0


def test_equal_scores_keep_their_order() -> None:
    boxes = boxes_of((0, 0, 1, 1), (5, 5, 6, 6), (9, 9, 10, 10))
    np.testing.assert_array_equal(suppress_overlaps(boxes, np.ones(3, np.float32), 0.5), [0, 1, 2])
