# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Teachers that label photographs with whole bodies: everybody knows a part. N people.

Multi-domain knowledge distillation (Fang et al. 2022): a teacher of bodies, one of faces, one of
hands and one of feet each supply the joints that they know, with a weight that tells how far they
are to be trusted.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from alphapose_ros.core.pose_nms import suppress_poses
from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.structures import Detections
from alphapose_ros.structures import Poses
from alphapose_ros.training.teachers_body import body_labels
from alphapose_ros.training.teachers_body import BodyTeacher
from alphapose_ros.training.teachers_body import COCO
from alphapose_ros.training.teachers_face import FaceTeacher
from alphapose_ros.training.teachers_feet import FootTeacher
from alphapose_ros.training.teachers_hands import HandTeacher

HALPE = get_skeleton('halpe_136')
BODY_MODEL = 'tinypose'
# Labels that are trusted less are left out.
MIN_WEIGHT = 0.2
# People of whom less is trusted, in joints of the body, are left out.
MIN_BODY_WEIGHT = 3.0


class WholeBodyTeacher:
    """
    Labels people with the 136 joints of Halpe.

    :param weights_dir: folder with the files of all teachers, also below it.
    :param body_model: network of 17 joints, by name or path.
    :raises ValueError: WeightsError or ModelFileError; one line that says what to do.
    """

    def __init__(self, weights_dir: Path, body_model: str = BODY_MODEL) -> None:
        self._body = BodyTeacher(body_model, str(weights_dir))
        self._face = FaceTeacher(weights_dir)
        self._hands = HandTeacher(weights_dir)
        self._feet = FootTeacher(weights_dir)

    def label(self, image: np.ndarray, detections: Detections) -> Poses:
        """
        Label the people in an image.

        :param image: (H, W, 3) uint8 BGR.
        :param detections: the people; of those found twice one is left, and nobody is left of whom
            hardly a joint is trusted.
        :return: people of 136 joints; their keypoint_scores are the weights of the labels. A
            joint of weight 0 is NaN, so is one outside the image.
        """
        body = suppress_poses(self._body.estimate(image, detections), COCO)
        parts = [
            body_labels(body),
            self._feet.label(image, body),
            self._face.label(image, body),
            self._hands.label(image, body, 'left'),
            self._hands.label(image, body, 'right'),
        ]
        points = np.concatenate([part[0] for part in parts], axis=1)
        weights = np.concatenate([part[1] for part in parts], axis=1)
        limits = np.array([image.shape[1], image.shape[0]]) - 0.5
        is_inside = ((points >= -0.5) & (points < limits)).all(axis=2)
        weights = np.where(is_inside & (weights >= MIN_WEIGHT), weights, 0)
        labels = replace(
            body,
            keypoints=np.where(weights[..., None] > 0, points, np.nan).astype(np.float32),
            keypoint_scores=weights.astype(np.float32),
        )
        return labels[weights[:, : COCO.num_keypoints].sum(axis=1) >= MIN_BODY_WEIGHT]
