# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
FastPose with a deeper head: PixelShuffle, then four, two and one convolutions ("421").

N crops, K keypoints. The dense variant adds points on the body's surface: a second head beside a
frozen first one.
"""

from __future__ import annotations

from itertools import pairwise
from typing import get_args
from typing import Literal

from torch import cat
from torch import nn
from torch import Tensor

from alphapose_ros.models.fastpose import make_output_conv
from alphapose_ros.models.resnet import ResNet

Backbone = Literal['resnet', 'se_resnet', 'unshuffle']
HEAD_WIDTH = 256


class FastPoseDuc(nn.Module):
    """
    Crops to heat maps.

    :param num_keypoints: number of heat maps.
    :param depth: of the ResNet: 50, 101 or 152; also 34 with 'resnet'.
    :param backbone: 'resnet', 'se_resnet' (with gates) or 'unshuffle' (with gates, and
        PixelUnshuffle in place of stride 2).
    :param deformable: deformable convolutions in stages 2 to 4 of the ResNet.
    :raises ValueError: if there is no such backbone or depth.
    """

    def __init__(
        self,
        num_keypoints: int,
        *,
        depth: int = 50,
        backbone: Backbone = 'se_resnet',
        deformable: bool = False,
    ) -> None:
        super().__init__()
        self.preact = _make_backbone(backbone, depth, deformable)
        self.duc1, self.duc2, self.duc3 = _upsampling_stages(self.preact.out_channels)
        self.conv_out = make_output_conv(HEAD_WIDTH, num_keypoints)

    def forward(self, crops: Tensor) -> Tensor:
        """
        Return the heat maps, not limited to any range.

        :param crops: (N, 3, H, W) normalised; usually 256 x 192.
        :return: (N, K, H / 4, W / 4).
        """
        features = self.duc1(self.preact(crops))
        heatmaps: Tensor = self.conv_out(self.duc3(self.duc2(features)))
        return heatmaps


class FastPoseDucDense(nn.Module):
    """
    Crops to heat maps of keypoints and of dense points; only the dense head learns.

    :param num_keypoints: number of heat maps of the frozen head.
    :param num_dense_keypoints: number of further heat maps.
    :param depth: as of `FastPoseDuc`.
    :param backbone: as of `FastPoseDuc`.
    :param deformable: as of `FastPoseDuc`.
    :raises ValueError: if there is no such backbone or depth.
    """

    def __init__(
        self,
        num_keypoints: int,
        num_dense_keypoints: int,
        *,
        depth: int = 50,
        backbone: Backbone = 'se_resnet',
        deformable: bool = False,
    ) -> None:
        super().__init__()
        self.preact = _make_backbone(backbone, depth, deformable).requires_grad_(False)
        channels = self.preact.out_channels
        self.duc = nn.Sequential(*_upsampling_stages(channels)).requires_grad_(False)
        self.duc_dense = nn.Sequential(*_upsampling_stages(channels))
        self.conv_out = make_output_conv(HEAD_WIDTH, num_keypoints)
        self.conv_out_dense = make_output_conv(HEAD_WIDTH, num_dense_keypoints)

    def forward(self, crops: Tensor) -> Tensor:
        """
        Return the heat maps of the keypoints, then those of the dense points.

        :param crops: (N, 3, H, W) normalised; usually 256 x 192.
        :return: (N, num_keypoints + num_dense_keypoints, H / 4, W / 4).
        """
        features = self.preact(crops)
        heatmaps = self.conv_out(self.duc(features))
        dense_heatmaps = self.conv_out_dense(self.duc_dense(features))
        return cat([heatmaps, dense_heatmaps], dim=1)


def _make_backbone(backbone: Backbone, depth: int, deformable: bool) -> ResNet:
    allowed = get_args(Backbone)
    if backbone not in allowed:
        raise ValueError(f'backbone must be one of {", ".join(allowed)}, got {backbone!r}')
    return ResNet(
        depth,
        squeeze=backbone != 'resnet',
        unshuffle=backbone == 'unshuffle',
        deformable=deformable,
    )


def _upsampling_stages(
    in_channels: int,
) -> tuple[nn.Sequential, nn.Sequential, nn.Sequential]:
    shuffled = in_channels // 4
    return (
        _upsampling_stage(shuffled, shuffled, shuffled, shuffled, 1024),
        _upsampling_stage(256, 256, 512),
        _upsampling_stage(128, HEAD_WIDTH),
    )


def _upsampling_stage(*channels: int) -> nn.Sequential:
    layers: list[nn.Module] = [nn.PixelShuffle(2)]
    for in_channels, out_channels in pairwise(channels):
        layers += [
            nn.Conv2d(in_channels, out_channels, 3, padding=1, bias=False),
            nn.BatchNorm2d(out_channels),
            nn.ReLU(inplace=True),
        ]
    return nn.Sequential(*layers)
