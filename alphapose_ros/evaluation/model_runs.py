# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""A pose network over labelled images."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import numpy as np

from alphapose_ros.core.pose_nms import suppress_poses
from alphapose_ros.inference.detector import DetectionLimits
from alphapose_ros.inference.detector import PersonDetector
from alphapose_ros.io.keypoint_truth import KeypointTruth
from alphapose_ros.io.video import FrameSource
from alphapose_ros.structures import Detections
from alphapose_ros.structures import Poses
from alphapose_ros.structures import Skeleton


class AnyEstimator(Protocol):
    """What finds the joints of people whose boxes are known, as a `PoseEstimator` does."""

    @property
    def skeleton(self) -> Skeleton:
        """The joints."""

    def estimate(self, image: np.ndarray, detections: Detections) -> Poses:
        """Return the people of a BGR image."""


def run_over_images(
    estimator: AnyEstimator, detector: PersonDetector | None, truth: KeypointTruth, folder: Path
) -> Iterator[tuple[int, Poses]]:
    """
    Find the people of one image after the other.

    :param detector: None takes the true boxes of all who have a labelled joint, scored 1.
    :param folder: of the images; their names may say more than lies below it.
    :return: id of each image and its people.
    :raises VideoError: if an image is missing or is none.
    """
    is_counted = truth.is_labelled.any(axis=1) & ~truth.is_crowd
    for i, (image_id, name) in enumerate(
        zip(truth.image_ids.tolist(), truth.file_names, strict=True)
    ):
        path = folder / name
        image = FrameSource(str(path if path.is_file() else folder / path.name)).read()
        assert image is not None
        if detector is None:
            boxes = truth.boxes[is_counted & (truth.images == i)]
            people = Detections(boxes, np.ones(len(boxes), np.float32))
            yield image_id, estimator.estimate(image, people)
        else:
            people = detector.detect(image, DetectionLimits())
            yield image_id, suppress_poses(estimator.estimate(image, people), estimator.skeleton)
