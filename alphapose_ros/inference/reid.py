# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""From an image and boxes to identity vectors. N people, D values."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from alphapose_ros.core.device_crops import extract_crops_for
from alphapose_ros.inference.network import ModelFileError
from alphapose_ros.inference.network import Network
from alphapose_ros.inference.network import Normalization
from alphapose_ros.structures import FloatArray


class ReidEstimator:
    """
    A re-identification network: all people in one batch, unit vectors that tell them apart.

    It sees what torchreid trained it with: the box itself, stretched to the size of the input.

    :param network: takes crops; its first output is (N, D).
    :param normalization: what the network expects of its pixels.
    :param licence: of the weights, for those who show it.
    """

    def __init__(
        self, network: Network, normalization: Normalization, *, licence: str = 'unknown'
    ) -> None:
        self.network = network
        self.licence = licence
        self._normalization = normalization
        self._embedding_dim = 0

    def warm_up(self) -> None:
        """
        Run once, so that the first real image is not the slow one and D is known.

        :raises ModelFileError: if the output of the network is no vector.
        """
        width, height = self.network.size_wh
        vectors = self._run(torch.zeros((1, 3, height, width), device=self.network.tensor_device))
        if vectors.ndim != 2:
            raise ModelFileError(
                f'a re-ID network gives vectors (N, D), got {tuple(vectors.shape)}'
            )
        self._embedding_dim = vectors.shape[1]

    def embed(self, image: np.ndarray, boxes: FloatArray) -> FloatArray:
        """
        Return a vector per person; the cosine of two tells how alike they look.

        :param image: (H, W, 3) uint8 BGR.
        :param boxes: (N, 4) xyxy, clipped to the image; of a box outside the nearest pixel is
            left, whose vector means nothing. Nobody is fine and costs nothing.
        :return: (N, D) of unit length.
        """
        if len(boxes) == 0:
            return np.zeros((0, self._embedding_dim), np.float32)
        device, size_wh = self.network.tensor_device, self.network.size_wh
        crops = extract_crops_for(device, image, _clip(boxes, image), size_wh)
        vectors: FloatArray = functional.normalize(self._run(crops)).cpu().numpy()
        return vectors

    def _run(self, crops: Tensor) -> Tensor:
        return self.network(self._normalization(crops))[0]


def _clip(boxes: FloatArray, image: np.ndarray) -> FloatArray:
    """Return the parts of boxes that lie in the image, at least a pixel each."""
    size_wh = np.array(image.shape[1::-1], np.float32)
    top_left = np.clip(boxes[:, :2], 0, size_wh - 1)
    bottom_right = np.clip(boxes[:, 2:], top_left + 1, size_wh)
    return np.concatenate([top_left, bottom_right], axis=1)
