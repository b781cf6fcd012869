# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
From the outputs of a pose network to joints: three kinds of networks, one signature.

A decoder takes the outputs and the size of the crop, and returns points (N, K, 2), x, y in pixels
of the crop, and scores (N, K); a score of zero or less tells that the joint was not found. N
people, K keypoints. Everything stays on the device of the outputs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from typing import Protocol

import torch
from torch import Tensor

from alphapose_ros.core.heatmaps import decode_argmax
from alphapose_ros.core.heatmaps import decode_combined
from alphapose_ros.core.heatmaps import decode_integral
from alphapose_ros.core.heatmaps import flip_heatmaps
from alphapose_ros.core.heatmaps import Normalize
from alphapose_ros.structures import Skeleton

Method = Literal['argmax', 'integral', 'combined', 'simcc', 'regression']
METHODS: tuple[Method, ...] = ('argmax', 'integral', 'combined', 'simcc', 'regression')


class OutputError(ValueError):
    """The outputs of a network do not fit its decoder."""


class Decoder(Protocol):
    """See the module."""

    def __call__(
        self, outputs: Sequence[Tensor], size_wh: tuple[int, int]
    ) -> tuple[Tensor, Tensor]:
        """
        Return points and scores.

        :param outputs: of the network, each with first axis N.
        :param size_wh: width and height of the crop in pixels.
        :raises OutputError: if the outputs have other shapes.
        """
        ...

    def unflip(self, outputs: Sequence[Tensor], permutation: Tensor) -> list[Tensor]:
        """
        Return the outputs for mirrored crops as outputs for the crops.

        :param permutation: (K,) int, the joint that takes the place of each in a mirror.
        """
        ...


@dataclass(frozen=True)
class HeatmapDecoder:
    """
    Heat maps (N, K, h, w); further outputs are ignored.

    :param num_argmax: leading joints that are decoded by their highest cell; None for all. The
        others are decoded by expectation.
    :param normalize: of the expectation.
    """

    num_argmax: int | None = None
    normalize: Normalize = 'sigmoid'

    def __call__(
        self, outputs: Sequence[Tensor], size_wh: tuple[int, int]
    ) -> tuple[Tensor, Tensor]:
        """See `Decoder`."""
        if not outputs or outputs[0].ndim != 4:
            shapes = [tuple(output.shape) for output in outputs]
            raise OutputError(f'expected heat maps (N, K, height, width), got {shapes}')
        heatmaps = outputs[0]
        if self.num_argmax is None:
            points, scores = decode_argmax(heatmaps)
        elif self.num_argmax == 0:
            points, scores = decode_integral(heatmaps, self.normalize)
        else:
            points, scores = decode_combined(heatmaps, self.num_argmax, self.normalize)
        # Only the width sets the scale: crops have the aspect ratio of their maps.
        return points * (size_wh[0] / heatmaps.shape[3]), scores

    def unflip(self, outputs: Sequence[Tensor], permutation: Tensor) -> list[Tensor]:
        """See `Decoder`."""
        return [flip_heatmaps(outputs[0], permutation)]


@dataclass(frozen=True)
class SimccDecoder:
    """
    Two outputs, a vector per joint and axis: x (N, K, Wx) and y (N, K, Hy) (Li et al. 2022).

    As RTMPose and RTMW have them: several bins per pixel of the crop. A joint is at the highest
    bins, its score is the lower of the two values.
    """

    def __call__(
        self, outputs: Sequence[Tensor], size_wh: tuple[int, int]
    ) -> tuple[Tensor, Tensor]:
        """See `Decoder`."""
        shapes = [tuple(output.shape) for output in outputs]
        if len(outputs) != 2 or any(len(s) != 3 for s in shapes) or shapes[0][1] != shapes[1][1]:
            raise OutputError(f'SimCC gives vectors x (N, K, Wx) and y (N, K, Hy), got {shapes}')
        values, bins = zip(*(output.max(dim=2) for output in outputs), strict=True)
        pixels_per_bin = outputs[0].new_tensor(
            [size_wh[axis] / outputs[axis].shape[2] for axis in range(2)]
        )
        return torch.stack(bins, dim=2) * pixels_per_bin, torch.minimum(*values)

    def unflip(self, outputs: Sequence[Tensor], permutation: Tensor) -> list[Tensor]:
        """See `Decoder`."""
        return [outputs[0].flip(2)[:, permutation], outputs[1][:, permutation]]


@dataclass(frozen=True)
class RegressionDecoder:
    """
    Coordinates (N, K, 2 or more) in parts of the crop, from its centre: -0.5 to 0.5.

    A second output (N, K) holds the scores; without it every score is 1. More are ignored.
    """

    def __call__(
        self, outputs: Sequence[Tensor], size_wh: tuple[int, int]
    ) -> tuple[Tensor, Tensor]:
        """See `Decoder`."""
        shapes = [tuple(output.shape) for output in outputs]
        if not shapes or len(shapes[0]) != 3 or shapes[0][2] < 2:
            raise OutputError(f'regression gives coordinates (N, K, 2) and scores, got {shapes}')
        points = (outputs[0][..., :2] + 0.5) * outputs[0].new_tensor(size_wh)
        scores = outputs[1] if len(outputs) > 1 else torch.ones_like(points[..., 0])
        return points, scores.reshape(shapes[0][:2])

    def unflip(self, outputs: Sequence[Tensor], permutation: Tensor) -> list[Tensor]:
        """See `Decoder`."""
        coordinates = outputs[0][:, permutation].clone()
        coordinates[..., 0].neg_()
        return [coordinates, *(scores[:, permutation] for scores in outputs[1:2])]


def make_decoder(method: Method, skeleton: Skeleton, normalize: Normalize = 'sigmoid') -> Decoder:
    """
    Return the decoder of a network.

    :param method: 'argmax', 'integral' or 'combined' for heat maps, 'simcc' or 'regression'.
    :param skeleton: tells which joints are body and feet.
    :param normalize: of the expectation, where there is one.
    :raises ValueError: if the method is unknown, or 'combined' for a skeleton without face and
        hands.
    """
    if method == 'argmax':
        return HeatmapDecoder()
    if method == 'integral':
        return HeatmapDecoder(0, normalize)
    if method == 'combined':
        starts = {name: start for name, start, _ in skeleton.groups}
        fine = [starts[name] for name in ('face', 'left_hand') if name in starts]
        if not fine:
            raise ValueError(f'{skeleton.name} has no face and no hands to decode by integral')
        return HeatmapDecoder(min(fine), normalize)
    if method == 'simcc':
        return SimccDecoder()
    if method == 'regression':
        return RegressionDecoder()
    raise ValueError(f'unknown decoding {method!r}; known are {", ".join(METHODS)}')
