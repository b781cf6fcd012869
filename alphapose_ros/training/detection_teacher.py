# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Boxes that a larger detector finds in photographs without labels."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from alphapose_ros.core.boxes import box_iou
from alphapose_ros.inference.detector import DetectionLimits
from alphapose_ros.inference.detector import PersonDetector
from alphapose_ros.io.box_labels import BoxLabels
from alphapose_ros.io.training_labels import read_training_image

# Fainter boxes than count as people are wanted too: what they hold is no background. Below this,
# one in fifty of an RTMDet's that a YOLOX had not found was a person (47 images of COCO).
LIMITS = DetectionLimits(min_score=0.25)
# Of a box that a teacher has found with one that was known; above, it is the same person.
MAX_KNOWN_IOU = 0.3


def label_photographs(paths: Sequence[Path], teacher: PersonDetector) -> BoxLabels:
    """
    Return what a teacher finds, with its scores.

    :param paths: of at least one photograph.
    :raises ResultsError: if one cannot be read; names it.
    """
    found = [teacher.detect(read_training_image(path), LIMITS) for path in paths]
    return BoxLabels(
        paths=tuple(paths),
        images=np.repeat(np.arange(len(paths)), [len(people) for people in found]),
        boxes=np.concatenate([people.boxes for people in found]),
        scores=np.concatenate([people.scores for people in found]),
    )


def add_people(known: BoxLabels, found: BoxLabels) -> BoxLabels:
    """
    Return everybody who is known, and whom else a teacher has found.

    :param found: in the same images.
    """
    is_new = np.zeros(len(found.scores), bool)
    for image in range(len(known)):
        here = np.flatnonzero(found.images == image)
        overlaps = box_iou(found.boxes[here], known.boxes[known.images == image])
        is_new[here] = overlaps.max(axis=1, initial=0) <= MAX_KNOWN_IOU
    return BoxLabels(
        paths=known.paths,
        images=np.concatenate([known.images, found.images[is_new]]),
        boxes=np.concatenate([known.boxes, found.boxes[is_new]]),
        scores=np.concatenate([known.scores, found.scores[is_new]]),
    )
