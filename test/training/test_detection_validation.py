# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""How a detector is measured, in cases worked out by hand and against pycocotools."""

from __future__ import annotations

from collections.abc import Callable
import contextlib
import io
import math
from pathlib import Path

import cv2
import numpy as np
import pytest

from alphapose_ros.core.boxes import xyxy_to_xywh
from alphapose_ros.io.mot import MotRows
from alphapose_ros.io.mot_sequences import SequenceImage
from alphapose_ros.structures import Detections
from alphapose_ros.training.detection_data import BoxSource
from alphapose_ros.training.detection_data import read_boxes
from alphapose_ros.training.detection_validation import DetectionScores
from alphapose_ros.training.detection_validation import evaluate_detector
from alphapose_ros.training.detection_validation import labelled_images
from alphapose_ros.training.detection_validation import true_people
from alphapose_ros.training.detection_views import LabelledImage

A, B, C = (0, 0, 10, 20), (30, 0, 40, 20), (60, 0, 70, 20)
A_NEARLY, A_HALF = (0, 0, 10, 15), (0, 0, 10, 9)


def image_of(number: int, *people: tuple[float, ...], ignored: tuple = ()) -> LabelledImage:
    """Return an image that holds its number."""
    boxes = np.array([*people, *ignored], np.float32).reshape(-1, 4)
    scores = np.array([1] * len(people) + [0] * len(ignored), np.float32)
    return LabelledImage(np.full((1, 1, 3), number, np.uint8), boxes, scores)


def score(images: list[LabelledImage], *found: list[tuple[float, ...]]) -> DetectionScores:
    """Compare with rows of box and score, per image."""
    rows = [np.array(people, np.float32).reshape(-1, 5) for people in found]

    def detect(image: np.ndarray) -> Detections:
        people = rows[int(image[0, 0, 0])]
        return Detections(people[:, :4], people[:, 4])

    return evaluate_detector(images, detect)


@pytest.mark.parametrize(
    ('found', 'ap', 'recall', 'precision'),
    [
        pytest.param([(*A, 0.9), (*B, 0.8)], 1, 1, 1, id='all'),
        pytest.param([], 0, 0, math.nan, id='nothing'),
        pytest.param([(*A_NEARLY, 0.9), (*B, 0.8)], 1, 1, 1, id='nearly'),
        pytest.param([(*A_HALF, 0.9)], 0, 0, 0, id='too small'),
        pytest.param([(*A, 0.9), (*B, 0.2)], 1, 0.5, 1, id='one too faint'),
        # Recall 0.5 at precision 1, recall 1 at precision 2/3: 51 and 50 of 101 places.
        pytest.param(
            [(*A, 0.9), (*C, 0.8), (*B, 0.7)], (51 + 50 * 2 / 3) / 101, 1, 2 / 3, id='one wrong'
        ),
        pytest.param([(*A, 0.9), (*A_NEARLY, 0.8)], 51 / 101, 0.5, 0.5, id='one twice'),
    ],
)
def test_two_people_are_found(
    found: list[tuple[float, ...]], ap: float, recall: float, precision: float
) -> None:
    scores = score([image_of(0, A, B)], found)
    assert scores.ap == pytest.approx(ap)
    assert scores.recall == pytest.approx(recall)
    assert scores.precision == pytest.approx(precision, nan_ok=True)


def test_in_an_ignored_region_nothing_counts() -> None:
    image = image_of(0, A, ignored=((25, 0, 90, 40),))
    assert score([image], [(*B, 0.9), (*A, 0.8), (*C, 0.7)]) == DetectionScores(1, 1, 1)


def test_boxes_of_one_image_are_no_hits_in_another() -> None:
    images = [image_of(0, A), image_of(1, B)]
    assert score(images, [(*B, 0.9)], [(*A, 0.9)]).recall == 0
    assert score(images, [(*A, 0.9)], [(*B, 0.9)]).recall == 1


def test_without_people_there_is_no_score() -> None:
    assert math.isnan(score([image_of(0)], [(*A, 0.9)]).recall)


def test_average_precision_is_that_of_coco() -> None:
    coco = pytest.importorskip('pycocotools.coco')
    cocoeval = pytest.importorskip('pycocotools.cocoeval')
    rng = np.random.default_rng(0)
    images, found, true_rows, found_rows = [], [], [], []
    for number in range(8):
        corners = rng.uniform(0, 300, (6, 2))
        people = np.concatenate([corners, corners + rng.uniform(40, 90, (6, 2))], axis=1)
        boxes = np.concatenate([people + rng.normal(0, 6, (6, 4)), people[:3] + 60])
        scores = rng.uniform(0.1, 1, 9)
        images.append(image_of(number, *people.tolist()))
        found.append(np.column_stack([boxes, scores]).tolist())
        for xywh in xyxy_to_xywh(people):
            row = {'id': len(true_rows) + 1, 'image_id': number, 'category_id': 1, 'iscrowd': 0}
            true_rows.append({**row, 'bbox': xywh.tolist(), 'area': float(xywh[2] * xywh[3])})
        for xywh, confidence in zip(xyxy_to_xywh(boxes), scores, strict=True):
            row = {'image_id': number, 'category_id': 1, 'score': float(confidence)}
            found_rows.append({**row, 'bbox': xywh.tolist()})
    with contextlib.redirect_stdout(io.StringIO()):
        truth = coco.COCO()
        truth.dataset = {
            'info': {},
            'images': [{'id': i} for i in range(8)],
            'categories': [{'id': 1}],
            'annotations': true_rows,
        }
        truth.createIndex()
        evaluation = cocoeval.COCOeval(truth, truth.loadRes(found_rows), 'bbox')
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    assert 0.3 < evaluation.stats[1] < 0.95
    assert score(images, *found).ap == pytest.approx(evaluation.stats[1], abs=1e-6)


def test_a_data_set_is_read_with_images_and_boxes(make_people: Callable[..., Path]) -> None:
    labels = read_boxes(BoxSource(path=str(make_people(2))))
    first, second = labelled_images(labels)
    np.testing.assert_array_equal(first.boxes, labels.boxes[:1])
    np.testing.assert_array_equal(second.image, cv2.imread(str(labels.paths[1])))


def test_what_is_to_be_ignored_in_a_sequence_is_a_region_in_which_nothing_counts() -> None:
    rows = MotRows(
        frames=np.array([3, 3]),
        ids=np.array([1, 2]),
        boxes=np.array([[20, 5, 30, 25], [0, 0, 4, 4]], np.float32),
        scores=np.array([1, 0], np.float32),
    )
    image = np.full((40, 80, 3), 7, np.uint8)
    (sample,) = true_people([SequenceImage(image, 0.2, rows)])
    np.testing.assert_array_equal(sample.image, image)
    np.testing.assert_array_equal(sample.boxes, rows.boxes)
    np.testing.assert_array_equal(sample.scores, [1, 0])
