# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""From an image and boxes to joints. N people, K keypoints, D embedding values."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from alphapose_ros.core.crops import boxes_to_crop_boxes
from alphapose_ros.core.crops import crop_to_image
from alphapose_ros.core.decoding import Decoder
from alphapose_ros.core.device_crops import extract_crops_for
from alphapose_ros.core.skeletons import flip_permutation
from alphapose_ros.inference.network import Network
from alphapose_ros.inference.network import Normalization
from alphapose_ros.inference.options import FlipTest
from alphapose_ros.structures import Detections
from alphapose_ros.structures import FloatArray
from alphapose_ros.structures import Poses
from alphapose_ros.structures import Skeleton


class PoseEstimator:
    """
    A top-down pose network: crops of all people in one batch, outputs, joints.

    The image goes to the device once and the joints come back in one copy; what is between stays
    there. Of a network that also gives identity vectors, they come with the joints.

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
        self.decoder = decoder
        self._permutation = torch.from_numpy(flip_permutation(skeleton)).to(network.tensor_device)

    def outputs(self, crops: Tensor) -> list[Tensor]:
        """
        Run the network alone.

        :param crops: (N, 3, H, W) BGR in [0, 255], of the size and on the device of the network.
        """
        return self.network(self._normalization(crops))

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
        joints, embeddings = self._run(self._normalization(crops))
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
            embeddings=embeddings,
        )

    def _run(self, batch: Tensor) -> tuple[FloatArray, FloatArray]:
        """Return (N, K, 3) x, y in pixels of the crop and score, and (N, D); one copy back."""
        n = len(batch)
        if self.flip_test != 'off':
            batch = torch.cat([batch, batch.flip(3)])
        outputs = self.network(batch)
        points, scores = self._decode(outputs, n)
        joints = torch.cat([points, scores[..., None]], dim=2).flatten(1)
        rows: FloatArray = torch.cat([joints, _embeddings(outputs, n)], dim=1).cpu().numpy()
        return rows[:, : joints.shape[1]].reshape(n, -1, 3), rows[:, joints.shape[1] :]

    def _decode(self, outputs: list[Tensor], n: int) -> tuple[Tensor, Tensor]:
        """Return points and scores of n crops, and of their mirrored ones if there are any."""
        size_wh = self.network.size_wh
        if self.flip_test == 'off':
            return self.decoder(outputs, size_wh)
        plain = [output[:n] for output in outputs]
        mirrored = self.decoder.unflip([output[n:] for output in outputs], self._permutation)
        if self.flip_test == 'outputs':
            # Outputs that the decoder ignores are not given back.
            means = [(a + b) / 2 for a, b in zip(plain, mirrored, strict=False)]
            return self.decoder(means, size_wh)
        (points_a, scores_a), (points_b, scores_b) = (
            self.decoder(outputs, size_wh) for outputs in (plain, mirrored)
        )
        return (points_a + points_b) / 2, (scores_a + scores_b) / 2


def _embeddings(outputs: list[Tensor], n: int) -> Tensor:
    """Return (N, D) unit vectors, which stand beside heat maps as (N, D); D = 0 without them."""
    is_pair = len(outputs) > 1 and outputs[0].ndim == 4 and outputs[1].ndim == 2
    # PP-TinyPose's second output are integers: the cells of its peaks.
    if not is_pair or not outputs[1].is_floating_point():
        return outputs[0].new_zeros((n, 0))
    # With the flip test these are two vectors per person.
    return functional.normalize(torch.stack(torch.split(outputs[1], n)).mean(dim=0))
