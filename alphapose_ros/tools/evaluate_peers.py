# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The pose networks of a model card: those of the catalog, MoveNet, and the teachers."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from alphapose_ros.core.crops import boxes_to_crop_boxes
from alphapose_ros.core.crops import crop_to_image
from alphapose_ros.core.crops import extract_crops
from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.evaluation.model_runs import AnyEstimator
from alphapose_ros.inference.load import load_pose_estimator
from alphapose_ros.inference.options import NetworkOptions
from alphapose_ros.inference.sizes import measure_size
from alphapose_ros.inference.sizes import ModelSize
from alphapose_ros.io.weights import find_model
from alphapose_ros.models.catalog import ALL_MODELS
from alphapose_ros.structures import Detections
from alphapose_ros.structures import Poses
from alphapose_ros.training.teachers import HALPE
from alphapose_ros.training.teachers import WholeBodyTeacher
from alphapose_ros.training.teachers_network import TfliteNetwork

MOVENET, TEACHER = 'movenet', 'teacher'
MOVENET_FILE = 'movenet_single_pose_lightning_ptq.tflite'


class MoveNet:
    """
    MoveNet SinglePose Lightning, with the crops that all networks get here, but square.

    :param weights_dir: folder with its file, also below it.
    :raises ModelFileError: if it is not there or cannot be loaded.
    """

    skeleton = get_skeleton('coco_17')

    def __init__(self, weights_dir: Path) -> None:
        self._network = TfliteNetwork(weights_dir, MOVENET_FILE, high=255.0)

    def estimate(self, image: np.ndarray, detections: Detections) -> Poses:
        """Find the joints of every person, as a `PoseEstimator` does."""
        size_wh = (self._network.size, self._network.size)
        crop_boxes = boxes_to_crop_boxes(detections.boxes, size_wh=size_wh)
        joints = self._network(extract_crops(image, crop_boxes, size_wh))[0][:, 0]  # (N, 17, 3)
        points = joints[..., 1::-1] * np.float32(self._network.size)  # y, x in [0, 1]
        scores = joints[..., 2].clip(0, 1)
        return Poses(
            boxes=detections.boxes,
            box_scores=detections.scores,
            keypoints=crop_to_image(points, crop_boxes, size_wh),
            keypoint_scores=scores,
            scores=detections.scores * scores.mean(axis=1),
            embeddings=np.zeros((len(detections), 0), np.float32),
        )


class Teachers:
    """
    The teachers that label photographs, as a pose network.

    :param weights_dir: folder with their files, also below it.
    :raises ValueError: WeightsError or ModelFileError, if one is not there.
    """

    skeleton = HALPE

    def __init__(self, weights_dir: Path) -> None:
        self._teacher = WholeBodyTeacher(weights_dir)

    def estimate(self, image: np.ndarray, detections: Detections) -> Poses:
        """Label people; those who are not trusted are left out."""
        return self._teacher.label(image, detections)


def load_network(model: str, peers_dir: Path, options: NetworkOptions) -> AnyEstimator:
    """
    Load a pose network.

    :param model: `movenet`, `teacher`, a name of the catalog, or a path.
    :param peers_dir: folder with the files of MoveNet and of the teachers, also below it.
    :raises ValueError: if it is not there or cannot be loaded; one line.
    """
    if model == MOVENET:
        return MoveNet(peers_dir)
    if model == TEACHER:
        return Teachers(peers_dir)
    return load_pose_estimator(model, options)


def find_size(model: str, peers_dir: Path, weights_dir: str) -> ModelSize:
    """Return the size of a model's file, found as `load_network` and `load_detector` do."""
    if model == MOVENET:
        return measure_size(min(peers_dir.rglob(MOVENET_FILE)))
    return measure_size(find_model(model, ALL_MODELS, weights_dir)[0])
