# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""From an image to the boxes of the people in it. A anchors (cells of all levels)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
import torch

from alphapose_ros.core.boxes import cxcywh_to_xyxy
from alphapose_ros.core.boxes import suppress_overlaps
from alphapose_ros.inference.network import ModelFileError
from alphapose_ros.inference.network import Network
from alphapose_ros.inference.network import Normalization
from alphapose_ros.structures import Detections
from alphapose_ros.structures import FloatArray

STRIDES = (8, 16, 32)
LETTERBOX_GREY = 114
PERSON = 5  # column of the class "person" in YOLOX's output, after 4 box values and objectness

# Outputs, size of the input (width, height) and lowest score; boxes and scores of the candidates.
Decode = Callable[[list[FloatArray], tuple[int, int], float], tuple[FloatArray, FloatArray]]


@dataclass(frozen=True)
class DetectionLimits:
    """
    Which boxes are kept.

    :param min_score: boxes scored below are dropped, [0, 1].
    :param max_iou: of two boxes that overlap more, the lower-scored one is dropped, [0, 1].
    :param max_people: only the best-scored are kept.
    """

    min_score: float = 0.3
    max_iou: float = 0.6
    max_people: int = 100


class PersonDetector:
    """
    A person detector: letterbox, network, decoding, non-maximum suppression.

    :param network: takes one image.
    :param normalization: what the network expects of its pixels.
    :param decode: makes boxes (xyxy, network pixels) and scores of the outputs.
    :param licence: of the weights, for those who show it.
    """

    def __init__(
        self,
        network: Network,
        normalization: Normalization,
        decode: Decode,
        *,
        licence: str = 'unknown',
    ) -> None:
        self.network = network
        self.licence = licence
        self._normalization = normalization
        self._decode = decode
        width, height = network.size_wh
        self._canvas = np.full((height, width, 3), LETTERBOX_GREY, np.uint8)
        self._filled_hw = (0, 0)

    def warm_up(self) -> None:
        """Run once, so that the first real image is not the slow one."""
        self.detect(self._canvas, DetectionLimits())

    def detect(self, image: np.ndarray, limits: DetectionLimits) -> Detections:
        """
        Find the people in an image.

        :param image: (H, W, 3) uint8 BGR.
        :return: boxes in pixels of the image, best score first; they may leave the image a little.
        """
        scale = self._letterbox(image)
        canvas = torch.from_numpy(self._canvas).permute(2, 0, 1)[None]
        outputs = self.network(self._normalization(canvas.to(self.network.tensor_device)))
        arrays = [output.cpu().numpy() for output in outputs]
        boxes, scores = self._decode(arrays, self.network.size_wh, limits.min_score)
        boxes = boxes / np.float32(scale)
        kept = suppress_overlaps(boxes, scores, limits.max_iou)[: limits.max_people]
        return Detections(_snap(boxes[kept]), scores[kept])

    def _letterbox(self, image: np.ndarray) -> float:
        """Fit the image into the top-left corner of the canvas; return the scale."""
        height, width = image.shape[:2]
        canvas_height, canvas_width = self._canvas.shape[:2]
        scale: float = min(canvas_height / height, canvas_width / width)
        filled_hw = (max(int(height * scale), 1), max(int(width * scale), 1))
        if filled_hw != self._filled_hw:
            self._canvas[:] = LETTERBOX_GREY
            self._filled_hw = filled_hw
        target = self._canvas[: filled_hw[0], : filled_hw[1]]
        cv2.resize(image, filled_hw[::-1], dst=target, interpolation=cv2.INTER_LINEAR)
        return scale


def _snap(boxes: FloatArray) -> FloatArray:
    """
    Round to 1/256 pixel.

    Messages carry width and height instead of the second corner. On this grid the way there and
    back is exact in float32, so one process and three processes give equal results to the last
    bit.
    """
    return np.asarray(np.round(boxes * 256) / 256, np.float32)


def decode_yolox(
    outputs: list[FloatArray], size_wh: tuple[int, int], min_score: float
) -> tuple[FloatArray, FloatArray]:
    """
    Decode YOLOX's raw head: (1, A, 5 + classes) of cx, cy (cells), log w, log h, objectness.

    Ge et al. 2021; as exported by Megvii without `decode_in_inference`. The score of a person is
    objectness times the probability of the first class; a cell whose best class is another one is
    nobody.

    :return: (C, 4) xyxy in network pixels and (C,) scores of `min_score` or more.
    :raises ModelFileError: if the output has another shape.
    """
    cells, strides = _grid(size_wh)
    if len(outputs) != 1 or outputs[0].shape[1] != len(cells) or outputs[0].shape[2] <= PERSON:
        raise ModelFileError(
            f'a YOLOX head gives one output (1, {len(cells)}, 6 or more) for an input of '
            f'{size_wh[0]} x {size_wh[1]}, got {[o.shape for o in outputs]}'
        )
    head = outputs[0][0]
    chosen, scores = _people(head, min_score)
    head, cells, strides = head[chosen], cells[chosen], strides[chosen]
    centres = (head[:, :2] + cells) * strides
    sizes = np.exp(np.minimum(head[:, 2:4], 20)) * strides
    return cxcywh_to_xyxy(np.concatenate([centres, sizes], axis=1)), scores


def decode_rtmdet(
    outputs: list[FloatArray], size_wh: tuple[int, int], min_score: float
) -> tuple[FloatArray, FloatArray]:
    """
    Decode RTMDet's head: per level class logits (1, 1, h, w), then distances (1, 4, h, w).

    Lyu et al. 2022. Distances are left, top, right, bottom of the cell's corner, in pixels.

    :return: (C, 4) xyxy in network pixels and (C,) scores of `min_score` or more.
    :raises ModelFileError: if the outputs have other shapes.
    """
    cells, strides = _grid(size_wh)
    num_levels = len(STRIDES)
    num_cells = sum(o.shape[-1] * o.shape[-2] for o in outputs[:num_levels])
    if len(outputs) != 2 * num_levels or num_cells != len(cells):
        raise ModelFileError(
            f'an RTMDet head gives {num_levels} class maps and {num_levels} distance maps with '
            f'{len(cells)} cells, got {[o.shape for o in outputs]}'
        )
    scores = 1 / (1 + np.exp(-np.concatenate([o[0, 0].ravel() for o in outputs[:num_levels]])))
    chosen = np.flatnonzero(scores >= min_score)
    distances = np.concatenate([o[0].reshape(4, -1) for o in outputs[num_levels:]], axis=1)
    distances, points = distances[:, chosen].T, (cells * strides)[chosen]
    boxes = np.concatenate([points - distances[:, :2], points + distances[:, 2:]], axis=1)
    return boxes, scores[chosen]


def decode_yolov3(
    outputs: list[FloatArray], size_wh: tuple[int, int], min_score: float
) -> tuple[FloatArray, FloatArray]:
    """
    Take the people from YOLOv3's boxes: (1, A, 85) of cx, cy, w, h, objectness, 80 classes.

    :return: (C, 4) xyxy in network pixels and (C,) scores of `min_score` or more.
    :raises ModelFileError: if the output has another shape.
    """
    if len(outputs) != 1 or outputs[0].ndim != 3 or outputs[0].shape[2] <= PERSON:
        raise ModelFileError(f'YOLOv3 gives (1, A, 85), got {[o.shape for o in outputs]}')
    head = outputs[0][0]
    chosen, scores = _people(head, min_score)
    return cxcywh_to_xyxy(head[chosen, :4]), scores


def make_decode_boxes(person: int) -> Decode:
    """
    Return the decoder of networks that suppress overlaps themselves.

    Their outputs are (1, M, 5) xyxy in network pixels with score, and (1, M) labels.

    :param person: label of a person.
    """

    def decode_boxes(
        outputs: list[FloatArray], size_wh: tuple[int, int], min_score: float
    ) -> tuple[FloatArray, FloatArray]:
        shapes = [o.shape for o in outputs]
        if len(shapes) != 2 or len(shapes[0]) != 3 or shapes[0][2] != 5:
            raise ModelFileError(f'expected boxes (1, M, 5) and labels (1, M), got {shapes}')
        boxes, labels = outputs[0][0], outputs[1][0]
        chosen = (labels == person) & (boxes[:, 4] >= min_score)
        return boxes[chosen, :4], boxes[chosen, 4]

    return decode_boxes


def _people(head: FloatArray, min_score: float) -> tuple[np.ndarray, FloatArray]:
    """Return rows whose best class is a person of `min_score` or more, and their scores."""
    scores = head[:, 4] * head[:, PERSON]
    # Of thousands of cells a few dozen pass: everything else looks at those only.
    chosen = np.flatnonzero(scores >= min_score)
    chosen = chosen[head[chosen, PERSON:].max(axis=1) <= head[chosen, PERSON]]
    return chosen, scores[chosen]


@lru_cache(maxsize=8)
def _grid(size_wh: tuple[int, int]) -> tuple[FloatArray, FloatArray]:
    """Return (A, 2) cell indices x, y and (A, 1) strides of all levels, row by row."""
    cells, strides = [], []
    for stride in STRIDES:
        width, height = size_wh[0] // stride, size_wh[1] // stride
        y, x = np.mgrid[:height, :width]
        cells.append(np.stack([x.ravel(), y.ravel()], axis=1))
        strides.append(np.full((width * height, 1), stride))
    return np.concatenate(cells).astype(np.float32), np.concatenate(strides).astype(np.float32)
