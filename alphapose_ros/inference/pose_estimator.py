# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""From an image and boxes to joints. N people, K keypoints."""

from __future__ import annotations

import numpy as np

from alphapose_ros.core.crops import boxes_to_crop_boxes
from alphapose_ros.core.crops import crop_to_image
from alphapose_ros.core.crops import extract_crops
from alphapose_ros.core.heatmaps import decode_argmax
from alphapose_ros.core.skeletons import find_skeleton
from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.inference.network import ModelFileError
from alphapose_ros.inference.network import Network
from alphapose_ros.inference.network import Normalization
from alphapose_ros.structures import Detections
from alphapose_ros.structures import FloatArray
from alphapose_ros.structures import Poses
from alphapose_ros.structures import Skeleton


class PoseEstimator:
    """
    A top-down pose network: crops of all people in one batch, heat maps, joints.

    :param network: gives heat maps (N, K, h, w).
    :param normalization: what the network expects of its pixels.
    :param keypoint_set: name of the skeleton; '' finds it from the number of heat maps.
    :raises ModelFileError: if the network's output does not fit.
    """

    def __init__(
        self, network: Network, normalization: Normalization, keypoint_set: str = ''
    ) -> None:
        self.network = network
        self._normalization = normalization
        self.skeleton = self._choose_skeleton(keypoint_set)

    def estimate(self, image: np.ndarray, detections: Detections) -> Poses:
        """
        Find the joints of every person.

        :param image: (H, W, 3) uint8 BGR.
        :param detections: the people; nobody is fine and costs nothing.
        :return: as many people, in the same order. A joint whose heat map has no positive value is
            NaN with score 0. The score of a person is his box score times the mean of his joints'.
        """
        if len(detections) == 0:
            return Poses.empty(self.skeleton.num_keypoints)
        crop_boxes = boxes_to_crop_boxes(detections.boxes, size_wh=self.network.size_wh)
        crops = extract_crops(image, crop_boxes, self.network.size_wh)
        heatmaps = self.network(self._normalization(crops))[0]
        points, peaks = decode_argmax(heatmaps)
        keypoints = crop_to_image(points, crop_boxes, heatmaps.shape[:1:-1])  # (w, h) of the maps
        keypoints[peaks <= 0] = np.nan
        keypoint_scores = np.clip(peaks, 0, 1)
        return Poses(
            boxes=detections.boxes,
            box_scores=detections.scores,
            keypoints=keypoints,
            keypoint_scores=keypoint_scores,
            scores=detections.scores * keypoint_scores.mean(axis=1),
            embeddings=np.zeros((len(detections), 0), np.float32),
        )

    def _choose_skeleton(self, keypoint_set: str) -> Skeleton:
        """Run once, which also warms up, and compare the heat maps with the keypoint set."""
        outputs = self.network(self._blank())
        shape = outputs[0].shape
        if len(shape) != 4:
            raise ModelFileError(f'heat maps must have shape (N, K, height, width), got {shape}')
        if not keypoint_set:
            return find_skeleton(shape[1])
        skeleton = get_skeleton(keypoint_set)
        if skeleton.num_keypoints != shape[1]:
            raise ModelFileError(
                f'{keypoint_set} has {skeleton.num_keypoints} keypoints, '
                f'the network gives {shape[1]} heat maps'
            )
        return skeleton

    def _blank(self) -> FloatArray:
        width, height = self.network.size_wh
        return self._normalization(np.zeros((1, height, width, 3), np.uint8))
