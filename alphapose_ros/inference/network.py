# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The seam between what the package knows of images and the library that runs a network."""

from __future__ import annotations

from typing import Protocol

import torch
from torch import Tensor


class DeviceError(ValueError):
    """A device was asked for that is not there."""


class ModelFileError(ValueError):
    """A model file cannot be read, or is not of the kind that was asked for."""


class Network(Protocol):
    """
    A network: a batch of images in, tensors out.

    Every back end implements this and nothing else.

    :ivar size_wh: width and height of the images that it takes.
    :ivar device: what it runs on: 'cpu', 'cuda:N' or 'tensorrt:N'.
    :ivar tensor_device: where it wants the batch and leaves the outputs.
    :ivar memory_format: how it wants the batch in memory.
    :ivar elapsed_s: what the last call took, so that the cost of the network and the cost of
        everything around it can be told apart.
    """

    size_wh: tuple[int, int]
    device: str
    tensor_device: torch.device
    memory_format: torch.memory_format

    @property
    def elapsed_s(self) -> float:
        """See the class; reading it waits for the network to end."""
        ...

    def __call__(self, batch: Tensor) -> list[Tensor]:
        """
        Run the network.

        :param batch: (N, 3, height, width) float32 of `size_wh` on `tensor_device`, N at least 1.
        :return: the outputs in the order of the network, float32, each with first axis N.
        """
        ...


class Normalization:
    """
    Turns 8 bit BGR images into what a network expects.

    :param color_order: 'rgb' or 'bgr', the order of the network's channels.
    :param mean: subtracted per channel, in [0, 255], in that order.
    :param std: divided by afterwards, in that order.
    :param device: of the images.
    :param memory_format: of the batch.
    """

    def __init__(
        self,
        color_order: str,
        mean: tuple[float, float, float],
        std: tuple[float, float, float],
        *,
        device: torch.device,
        memory_format: torch.memory_format = torch.contiguous_format,
    ) -> None:
        self._is_rgb = color_order == 'rgb'
        self._memory_format = memory_format
        scale = 1 / torch.tensor(std, dtype=torch.float64)
        bias = -torch.tensor(mean, dtype=torch.float64) * scale
        self._scale, self._bias = (
            values.float().reshape(1, 3, 1, 1).to(device) for values in (scale, bias)
        )
        self._is_identity = bool((scale == 1).all() and (bias == 0).all())

    def __call__(self, images: Tensor) -> Tensor:
        """
        Return the batch for the network.

        :param images: (N, 3, H, W) BGR in [0, 255], uint8 or float32; not modified.
        :return: (N, 3, H, W) float32.
        """
        shape, memory_format = images.shape, self._memory_format
        batch = torch.empty(shape, device=images.device, memory_format=memory_format)
        # One pass reorders, converts and lays out; separate ones take twice the time.
        for channel in range(3):
            batch[:, channel].copy_(images[:, 2 - channel if self._is_rgb else channel])
        return batch if self._is_identity else batch.mul_(self._scale).add_(self._bias)
