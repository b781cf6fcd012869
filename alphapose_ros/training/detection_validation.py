# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""How many people a detector finds, and how often it is right. N true people, M found ones."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
import copy
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
import torch
from torch import nn

from alphapose_ros.core.boxes import box_iou
from alphapose_ros.inference.detector import decode_yolox
from alphapose_ros.inference.detector import DetectionLimits
from alphapose_ros.inference.detector import PersonDetector
from alphapose_ros.inference.network import Normalization
from alphapose_ros.inference.torch_network import TorchNetwork
from alphapose_ros.io.box_labels import BoxLabels
from alphapose_ros.io.mot_sequences import SequenceImage
from alphapose_ros.io.training_labels import read_training_image
from alphapose_ros.structures import Detections
from alphapose_ros.structures import FloatArray
from alphapose_ros.training.detection_views import LabelledImage

MIN_IOU = 0.5
RECALLS = np.linspace(0, 1, 101)  # at which COCO looks at the precision
# Faint boxes cost nothing here and tell how the scores rank.
ALL = DetectionLimits(min_score=0.01)


@dataclass(frozen=True)
class DetectionScores:
    """
    Measures of a detector at an overlap of 0.5; 1 is perfect, NaN if there is nobody.

    :param ap: average precision over all scores, as COCO has it.
    :param recall: share of people that are found with a score of the threshold or more.
    :param precision: share of people among the boxes of such a score.
    """

    ap: float
    recall: float
    precision: float


def evaluate_detector(
    images: Iterable[LabelledImage],
    detect: Callable[[NDArray[np.uint8]], Detections],
    *,
    min_score: float = 0.3,
) -> DetectionScores:
    """
    Compare what a detector finds with who is there.

    :param images: with scores of 0 for regions in which nothing counts.
    :param detect: gives boxes of all scores.
    :param min_score: threshold for recall and precision.
    """
    scores, is_right, total = [np.zeros(0, np.float32)], [np.zeros(0, bool)], 0
    for sample in images:
        found = detect(sample.image)
        is_person = sample.scores > 0
        counts, hits = match_boxes(found, sample.boxes[is_person], sample.boxes[~is_person])
        scores.append(found.scores[counts])
        is_right.append(hits[counts])
        total += int(is_person.sum())
    return _summarise(np.concatenate(scores), np.concatenate(is_right), total, min_score)


def match_boxes(
    found: Detections, people: FloatArray, ignored: FloatArray
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """
    Give every found box, best score first, to the person whom it overlaps most and who is free.

    :param people: (N, 4) xyxy.
    :param ignored: (I, 4) xyxy regions; a box without a person that lies in one does not count.
    :return: (M,) whether a box counts, and (M,) whether it is a person.
    """
    overlaps = box_iou(found.boxes, people)
    is_hit = np.zeros(len(found), bool)
    for index in np.argsort(-found.scores, kind='stable'):
        best = int(overlaps[index].argmax()) if len(people) else -1
        if best >= 0 and overlaps[index, best] >= MIN_IOU:
            is_hit[index] = True
            overlaps[:, best] = 0
    inside = _part_inside(found.boxes, ignored)
    return is_hit | (inside < MIN_IOU), is_hit


def _part_inside(boxes: FloatArray, regions: FloatArray) -> FloatArray:
    """Return (M,) the greatest part of every box that lies in one region."""
    top_left = np.maximum(boxes[:, None, :2], regions[None, :, :2])
    bottom_right = np.minimum(boxes[:, None, 2:], regions[None, :, 2:])
    common = np.clip(bottom_right - top_left, 0, None).prod(axis=2)
    areas = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
    parts: FloatArray = common.max(axis=1, initial=0) / np.maximum(areas, 1e-6)
    return parts


def _summarise(
    scores: FloatArray, is_right: NDArray[np.bool_], total: int, min_score: float
) -> DetectionScores:
    if not total:
        return DetectionScores(float('nan'), float('nan'), float('nan'))
    order = np.argsort(-scores, kind='stable')
    hits = np.cumsum(is_right[order])
    recalls = hits / total
    precisions = hits / np.arange(1, len(hits) + 1)
    # The best precision at this recall or a higher one.
    precisions = np.maximum.accumulate(precisions[::-1])[::-1]
    places = np.searchsorted(recalls, RECALLS)
    ap = np.append(precisions, 0)[places].mean()
    chosen = is_right[scores >= min_score]
    return DetectionScores(
        ap=float(ap),
        recall=float(chosen.sum() / total),
        precision=float(chosen.mean()) if len(chosen) else float('nan'),
    )


def labelled_images(labels: BoxLabels) -> Iterator[LabelledImage]:
    """Read the images of a data set."""
    for index, path in enumerate(labels.paths):
        is_here = labels.images == index
        yield LabelledImage(
            read_training_image(path), labels.boxes[is_here], labels.scores[is_here]
        )


def true_people(images: Iterable[SequenceImage]) -> Iterator[LabelledImage]:
    """Return the images of a MOTChallenge sequence as `evaluate_detector` takes them."""
    for here in images:
        scores = (here.truth.scores != 0).astype(np.float32)
        yield LabelledImage(here.image, here.truth.boxes, scores)


def as_detector(module: nn.Module, size_wh: tuple[int, int]) -> PersonDetector:
    """Return a detector of the present parameters of a `Yolox`, which is left as it is."""
    device = next(module.parameters()).device
    module = copy.deepcopy(module)
    network = TorchNetwork(module, size_wh, device=str(device), precision='float32')
    as_is = Normalization('bgr', (0.0, 0.0, 0.0), (1.0, 1.0, 1.0), device=device)
    return PersonDetector(network, as_is, decode_yolox)


def score_module(
    module: nn.Module, size_wh: tuple[int, int], images: Iterable[LabelledImage]
) -> DetectionScores:
    """Return how good the present parameters of a `Yolox` are."""
    detector = as_detector(module, size_wh)
    with torch.inference_mode():
        return evaluate_detector(images, lambda image: detector.detect(image, ALL))
