# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The teacher of big toes and heels: MediaPipe's BlazePose (Bazarevsky et al. 2020). N people."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from alphapose_ros.core.boxes import xyxy_to_cxcywh
from alphapose_ros.structures import FloatArray
from alphapose_ros.structures import Poses
from alphapose_ros.training.teachers_body import box_sizes
from alphapose_ros.training.teachers_body import ramp
from alphapose_ros.training.teachers_body import SCORE_RAMP
from alphapose_ros.training.teachers_network import mirror_points
from alphapose_ros.training.teachers_network import Regions
from alphapose_ros.training.teachers_network import sigmoid
from alphapose_ros.training.teachers_network import TfliteNetwork

PADDING = 1.25
ANKLES = slice(15, 17)  # of COCO
# In the network, left and right: ankles, toes, heels.
PARTS = ((27, 28), (31, 32), (29, 30))
# From no trust to full trust: visibility; distance of the ankle from the body teacher's, in parts
# of the box's size. Small toes the network does not know.
VISIBILITY_RAMP = (0.5, 0.9)
OFFSET_RAMP = (0.06, 0.03)
MAX_WEIGHT = 0.5


class FootTeacher:
    """
    Finds toes and heels at the ankles of a body teacher.

    :param folder: with pose_landmark_lite.tflite, also below it.
    """

    def __init__(self, folder: Path) -> None:
        self._network = TfliteNetwork(folder, 'pose_landmark_lite.tflite')

    def label(self, image: np.ndarray, body: Poses) -> tuple[FloatArray, FloatArray]:
        """
        Label the feet of people.

        :param image: (H, W, 3) uint8 BGR.
        :param body: their joints of COCO.
        :return: (N, 6, 2) x, y: big toes, small toes, heels, left before right; and (N, 6) weights
            in [0, 1], 0 for small toes.
        """
        boxes_cxcywh = xyxy_to_cxcywh(body.boxes)
        sides = PADDING * boxes_cxcywh[:, 2:].max(axis=1)
        regions = Regions(boxes_cxcywh[:, :2], sides, np.zeros(len(body), np.float32))
        views = [self._fit(image, regions, is_mirrored) for is_mirrored in (False, True)]
        joints = np.mean([points for points, _ in views], axis=0)  # (N, 3, 2, 2)
        visibility = np.min([visible for _, visible in views], axis=0)[:, 1:]  # (N, 2, 2)
        ankles = np.nan_to_num(body.keypoints[:, ANKLES])
        shifts = ankles - joints[:, 0]
        offsets = np.linalg.norm(shifts, axis=2) / box_sizes(body.boxes)[:, None]
        trust = ramp(offsets, *OFFSET_RAMP) * ramp(body.keypoint_scores[:, ANKLES], *SCORE_RAMP)
        weights = MAX_WEIGHT * trust[:, None] * ramp(visibility, *VISIBILITY_RAMP)
        # The ankles are the body teacher's, which knows them better.
        toes, heels = (joints[:, part] + shifts for part in (1, 2))
        points = np.concatenate([toes, np.zeros_like(toes), heels], axis=1)
        none = np.zeros_like(weights[:, 0])
        return points, np.concatenate([weights[:, 0], none, weights[:, 1]], axis=1)

    def _fit(
        self, image: np.ndarray, regions: Regions, is_mirrored: bool
    ) -> tuple[FloatArray, FloatArray]:
        """Return (N, 3, 2, 2) x, y of the parts, left and right, and (N, 3, 2) visibility."""
        size = self._network.size
        crops = regions.extract(image, size)
        values = self._network(crops[:, :, ::-1] if is_mirrored else crops)[0]
        # Of each joint x, y, z, logits of visibility and presence.
        joints = values.reshape(-1, 39, 5)[:, PARTS]
        points, logits = joints[..., :2], joints[..., 3:].min(axis=-1)
        if is_mirrored:
            points = mirror_points(points, size)[:, :, ::-1]
            logits = logits[..., ::-1]
        mapped = regions.to_image(points.reshape(-1, 6, 2), size)
        return mapped.reshape(points.shape), sigmoid(logits)
