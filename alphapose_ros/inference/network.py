# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The seam between what the package knows of images and the library that runs a network."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from alphapose_ros.structures import FloatArray


class DeviceError(ValueError):
    """A device was asked for that is not there."""


class ModelFileError(ValueError):
    """A model file cannot be read, or is not of the kind that was asked for."""


class Network(Protocol):
    """
    A network: a batch of images in, arrays out.

    Every back end implements this and nothing else. `elapsed_s` is what the last call took, so
    that the cost of the network and the cost of everything around it can be told apart.
    """

    size_wh: tuple[int, int]
    device: str
    elapsed_s: float

    def __call__(self, batch: FloatArray) -> list[FloatArray]:
        """
        Run the network.

        :param batch: (N, 3, height, width) of `size_wh`, N at least 1.
        :return: the outputs in the order of the file, each with first axis N.
        """
        ...


class Normalization:
    """
    Turns uint8 images into what a network expects.

    :param color_order: 'rgb' or 'bgr', the order of the network's channels.
    :param mean: subtracted per channel, in [0, 255], in that order.
    :param std: divided by afterwards, in that order.
    """

    def __init__(
        self,
        color_order: str,
        mean: tuple[float, float, float],
        std: tuple[float, float, float],
    ) -> None:
        self._is_rgb = color_order == 'rgb'
        shape = (1, 3, 1, 1)
        self._scale: FloatArray = (1 / np.array(std)).reshape(shape).astype(np.float32)
        self._bias: FloatArray = -np.array(mean, np.float32).reshape(shape) * self._scale
        self._is_identity = bool((self._scale == 1).all() and (self._bias == 0).all())

    def __call__(self, images: np.ndarray) -> FloatArray:
        """Return (N, 3, H, W) float32 of (N, H, W, 3) uint8 BGR images."""
        channels_last = images[..., ::-1] if self._is_rgb else images
        batch = np.ascontiguousarray(channels_last.transpose(0, 3, 1, 2))  # as bytes: 4x cheaper
        if self._is_identity:
            return batch.astype(np.float32)
        normalized = np.empty(batch.shape, np.float32)
        np.multiply(batch, self._scale, out=normalized)
        np.add(normalized, self._bias, out=normalized)
        return normalized
