# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the person detector: letterbox, decoding, and real detectors on real clips."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from alphapose_ros.core.boxes import box_iou
from alphapose_ros.inference.detector import decode_rtmdet
from alphapose_ros.inference.detector import decode_yolov3
from alphapose_ros.inference.detector import decode_yolox
from alphapose_ros.inference.detector import DetectionLimits
from alphapose_ros.inference.detector import make_decode_boxes
from alphapose_ros.inference.detector import PersonDetector
from alphapose_ros.inference.load import load_detector
from alphapose_ros.inference.network import ModelFileError
from alphapose_ros.inference.network import Normalization
from alphapose_ros.inference.options import NetworkOptions
from alphapose_ros.io.video import FrameSource


class FakeNetwork:
    """Remembers its input; what it "finds" is set by the test through the decoder."""

    size_wh = (416, 416)
    device = 'cpu'
    tensor_device = torch.device('cpu')
    memory_format = torch.contiguous_format
    elapsed_s = 0.0

    def __call__(self, batch: Tensor) -> list[Tensor]:
        self.batch = batch.numpy().copy()
        return [batch]


def detector_that_finds(*rows: tuple[float, ...]) -> tuple[PersonDetector, FakeNetwork]:
    values = np.array(rows, np.float32).reshape(-1, 5)
    network = FakeNetwork()

    def decode(outputs: Any, size_wh: Any, min_score: float) -> Any:
        chosen = values[values[:, 4] >= min_score]
        return chosen[:, :4], chosen[:, 4]

    as_is = Normalization('bgr', (0.0, 0.0, 0.0), (1.0, 1.0, 1.0), device=network.tensor_device)
    return PersonDetector(network, as_is, decode), network


@pytest.mark.parametrize(
    ('size_wh', 'scale'),
    [
        pytest.param((1280, 720), 416 / 1280, id='landscape'),
        pytest.param((360, 640), 416 / 640, id='portrait'),
        pytest.param((20, 10), 416 / 20, id='tiny'),
    ],
)
def test_boxes_come_back_in_pixels_of_the_image(size_wh: tuple[int, int], scale: float) -> None:
    detector, _ = detector_that_finds((41.6, 20.8, 83.2, 104.0, 0.9))
    image = np.zeros((size_wh[1], size_wh[0], 3), np.uint8)
    (box,) = detector.detect(image, DetectionLimits()).boxes
    np.testing.assert_allclose(box, np.array([41.6, 20.8, 83.2, 104.0]) / scale, atol=1 / 256)


def test_the_letterbox_is_top_left_with_grey_below() -> None:
    detector, network = detector_that_finds()
    image = np.zeros((100, 200, 3), np.uint8)
    image[..., 0] = 255  # blue
    detector.detect(image, DetectionLimits())
    np.testing.assert_array_equal(network.batch[0, :, 100, 200], [255, 0, 0])
    np.testing.assert_array_equal(network.batch[0, :, 300, 200], [114, 114, 114])


def test_an_image_of_another_shape_leaves_nothing_of_the_last_one() -> None:
    detector, network = detector_that_finds()
    detector.detect(np.full((400, 400, 3), 255, np.uint8), DetectionLimits())
    detector.detect(np.full((100, 400, 3), 255, np.uint8), DetectionLimits())
    assert set(np.unique(network.batch[0, :, 110:])) == {114.0}


def test_limits_choose_who_is_kept() -> None:
    detector, _ = detector_that_finds(
        (0, 0, 10, 10, 0.5), (1, 0, 11, 10, 0.9), (50, 50, 60, 60, 0.8), (90, 90, 99, 99, 0.2)
    )
    image = np.zeros((416, 416, 3), np.uint8)
    np.testing.assert_allclose(detector.detect(image, DetectionLimits()).scores, [0.9, 0.8])
    limits = DetectionLimits(min_score=0.1, max_iou=1.0, max_people=3)
    np.testing.assert_allclose(detector.detect(image, limits).scores, [0.9, 0.8, 0.5])


def test_nobody_is_a_normal_result() -> None:
    detector, _ = detector_that_finds()
    detections = detector.detect(np.zeros((8, 8, 3), np.uint8), DetectionLimits())
    assert detections.boxes.shape == (0, 4)


def test_yolox_cells_are_decoded_level_by_level() -> None:
    head = np.zeros((1, 3549, 85), np.float32)
    cell = 52 * 52 + 2 * 26 + 3  # stride 16, row 2, column 3
    head[0, cell, :6] = (0.5, 0.25, np.log(2), np.log(4), 0.8, 0.5)
    boxes, scores = decode_yolox([head], (416, 416), 0.1)
    # Centre (3.5, 2.25) cells of 16, size 2 x 4 cells.
    np.testing.assert_allclose(boxes, [[40, 4, 72, 68]], rtol=1e-5)
    np.testing.assert_allclose(scores, [0.4], rtol=1e-6)
    assert len(decode_yolox([head], (416, 416), 0.41)[0]) == 0


def test_a_yolox_cell_that_is_rather_a_dog_is_nobody() -> None:
    head = np.zeros((1, 3549, 85), np.float32)
    head[0, 7, 4:8] = (0.9, 0.5, 0.1, 0.8)
    assert len(decode_yolox([head], (416, 416), 0.01)[1]) == 0


def test_rtmdet_distances_are_decoded_from_the_corner_of_the_cell() -> None:
    shapes = [(80, 80), (40, 40), (20, 20)]
    outputs = [np.full((1, 1, *shape), -20, np.float32) for shape in shapes]
    outputs += [np.zeros((1, 4, *shape), np.float32) for shape in shapes]
    outputs[1][0, 0, 5, 6] = 2.0
    outputs[4][0, :, 5, 6] = (10, 20, 30, 40)
    boxes, scores = decode_rtmdet(outputs, (640, 640), 0.5)
    np.testing.assert_allclose(boxes, [[96 - 10, 80 - 20, 96 + 30, 80 + 40]])
    np.testing.assert_allclose(scores, [1 / (1 + np.exp(-2))], rtol=1e-6)


def test_of_yolov3_boxes_the_people_are_kept() -> None:
    head = np.zeros((1, 3, 85), np.float32)
    head[0, 0, :6] = (100, 80, 20, 40, 0.8, 0.5)
    head[0, 1, :7] = (10, 10, 5, 5, 0.9, 0.4, 0.6)  # rather a bicycle
    head[0, 2, :6] = (10, 10, 5, 5, 0.2, 0.9)  # too faint
    boxes, scores = decode_yolov3([head], (608, 608), 0.3)
    np.testing.assert_allclose(boxes, [[90, 60, 110, 100]])
    np.testing.assert_allclose(scores, [0.4], rtol=1e-6)


def test_of_finished_boxes_the_people_are_kept() -> None:
    boxes = np.array([[[1, 2, 3, 4, 0.9], [5, 6, 7, 8, 0.8], [1, 1, 9, 9, 0.1]]], np.float32)
    labels = np.array([[1, 18, 1]])
    kept, scores = make_decode_boxes(1)([boxes, labels], (800, 800), 0.3)
    np.testing.assert_array_equal(kept, [[1, 2, 3, 4]])
    np.testing.assert_allclose(scores, [0.9])
    nobody = [np.zeros((1, 0, 5), np.float32), np.zeros((1, 0), np.int64)]
    assert len(make_decode_boxes(1)(nobody, (800, 800), 0.3)[0]) == 0


@pytest.mark.parametrize(
    'decode', [decode_yolox, decode_rtmdet, decode_yolov3, make_decode_boxes(0)]
)
def test_outputs_of_another_kind_are_refused(decode: Any) -> None:
    with pytest.raises(ModelFileError, match=r'\(1, 5, 4\)'):
        decode([np.zeros((1, 5, 4), np.float32)], (416, 416), 0.1)


@pytest.mark.parametrize('model', ['yolox_nano', 'rtmdet_nano_person'])
@pytest.mark.parametrize(
    ('clip', 'ground_truth', 'scale'),
    [
        pytest.param('TUD-Campus/TUD-Campus.mp4', 'TUD-Campus/gt/gt.txt', 1.0, id='campus'),
        pytest.param(
            'PETS09-S2L1/vtest_480x360_795f.mp4', 'PETS09-S2L1/gt/gt.txt', 0.625, id='pets'
        ),
    ],
)
def test_real_detectors_find_the_people_of_real_clips(
    shared_dir: Path, model: str, clip: str, ground_truth: str, scale: float
) -> None:
    tracking = shared_dir / 'tracking'
    rows = np.loadtxt(tracking / ground_truth, delimiter=',')
    detector = load_detector(
        model, NetworkOptions(weights_dir=str(shared_dir / 'weights'), device='cpu')
    )
    frames = FrameSource(str(tracking / clip))
    found = wanted = 0
    for number in range(1, 71):
        image = frames.read()
        boxes_xywh = rows[rows[:, 0] == number, 2:6] * scale
        boxes = np.concatenate([boxes_xywh[:, :2], boxes_xywh[:, :2] + boxes_xywh[:, 2:]], axis=1)
        detections = detector.detect(image, DetectionLimits(min_score=0.1))
        overlaps = box_iou(boxes.astype(np.float32), detections.boxes)
        found += int((overlaps.max(axis=1, initial=0) > 0.5).sum())
        wanted += len(boxes)
    assert found / wanted >= 0.79
