# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""From an image and boxes to joints. N people, K keypoints."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from alphapose_ros.core.crops import boxes_to_crop_boxes
from alphapose_ros.core.crops import crop_to_image
from alphapose_ros.core.decoding import Decoder
from alphapose_ros.core.device_crops import extract_crops_for
from alphapose_ros.core.skeletons import flip_permutation
from alphapose_ros.inference.network import Network
from alphapose_ros.inference.network import Normalization
from alphapose_ros.inference.options import FlipTest
from alphapose_ros.structures import Detections
from alphapose_ros.structures import Poses
from alphapose_ros.structures import Skeleton


class PoseEstimator:
    """
    A top-down pose network: crops of all people in one batch, outputs, joints.

    The image goes to the device once and the joints come back in one copy; what is between stays
    there.

    :param network: takes crops.
    :param normalization: what the network expects of its pixels.
    :param decoder: makes joints of the outputs.
    :param skeleton: the K joints.
    :param licence: of the weights, for those who show it.
    :param flip_test: 'outputs' also runs the mirrored crops and decodes the mean of both outputs;
        'coordinates' decodes both and takes the mean. Twice the cost, a little more accurate.
    """

    def __init__(
        self,
        network: Network,
        normalization: Normalization,
        decoder: Decoder,
        skeleton: Skeleton,
        *,
        licence: str = 'unknown',
        flip_test: FlipTest = 'off',
    ) -> None:
        self.network = network
        self.licence = licence
        self.skeleton = skeleton
        self.flip_test = flip_test
        self._normalization = normalization
        self._decoder = decoder
        self._permutation = torch.from_numpy(flip_permutation(skeleton)).to(network.tensor_device)

    def estimate(self, image: np.ndarray, detections: Detections) -> Poses:
        """
        Find the joints of every person.

        :param image: (H, W, 3) uint8 BGR.
        :param detections: the people; nobody is fine and costs nothing.
        :return: as many people, in the same order. A joint whose score is not above zero was not
            found: it is NaN with score 0. The score of a person is his box score times the mean of
            his joints'.
        """
        if len(detections) == 0:
            return Poses.empty(self.skeleton.num_keypoints)
        size_wh = self.network.size_wh
        crop_boxes = boxes_to_crop_boxes(detections.boxes, size_wh=size_wh)
        crops = extract_crops_for(self.network.tensor_device, image, crop_boxes, size_wh)
        points, scores = self._decode(self._normalization(crops))
        joints = torch.cat([points, scores[..., None]], dim=2).cpu().numpy()  # the one copy back
        keypoints = crop_to_image(joints[..., :2], crop_boxes, size_wh)
        is_found = joints[..., 2] > 0
        keypoints[~is_found] = np.nan
        keypoint_scores = np.where(is_found, np.minimum(joints[..., 2], 1), 0).astype(np.float32)
        return Poses(
            boxes=detections.boxes,
            box_scores=detections.scores,
            keypoints=keypoints,
            keypoint_scores=keypoint_scores,
            scores=detections.scores * keypoint_scores.mean(axis=1),
            embeddings=np.zeros((len(detections), 0), np.float32),
        )

    def _decode(self, batch: Tensor) -> tuple[Tensor, Tensor]:
        """Return points and scores; with the flip test, of crops and mirrored crops together."""
        size_wh, n = self.network.size_wh, len(batch)
        if self.flip_test == 'off':
            return self._decoder(self.network(batch), size_wh)
        both = self.network(torch.cat([batch, batch.flip(3)]))
        plain = [output[:n] for output in both]
        mirrored = self._decoder.unflip([output[n:] for output in both], self._permutation)
        if self.flip_test == 'outputs':
            # Outputs that the decoder ignores are not given back.
            means = [(a + b) / 2 for a, b in zip(plain, mirrored, strict=False)]
            return self._decoder(means, size_wh)
        (points_a, scores_a), (points_b, scores_b) = (
            self._decoder(outputs, size_wh) for outputs in (plain, mirrored)
        )
        return (points_a + points_b) / 2, (scores_a + scores_b) / 2
