# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
SimplePose (Xiao et al. 2018): a ResNet and three transposed convolutions.

N crops, K keypoints.
"""

from __future__ import annotations

from torch import nn
from torch import Tensor

from alphapose_ros.models.resnet import ResNet

HEAD_WIDTH = 256


class SimplePose(nn.Module):
    """
    Crops to heat maps.

    :param num_keypoints: number of heat maps.
    :param depth: of the ResNet: 34, 50, 101 or 152.
    """

    def __init__(self, num_keypoints: int, *, depth: int = 50) -> None:
        super().__init__()
        self.preact = ResNet(depth)
        self.deconv_layers = nn.Sequential(
            *_upsampling_layers(self.preact.out_channels),
            *_upsampling_layers(HEAD_WIDTH),
            *_upsampling_layers(HEAD_WIDTH),
        )
        self.final_layer = nn.Conv2d(HEAD_WIDTH, num_keypoints, 1)
        nn.init.normal_(self.final_layer.weight, std=0.001)
        nn.init.zeros_(self.final_layer.get_parameter('bias'))

    def forward(self, crops: Tensor) -> Tensor:
        """
        Return the heat maps, not limited to any range.

        :param crops: (N, 3, H, W) normalised; usually 256 x 192.
        :return: (N, K, H / 4, W / 4).
        """
        heatmaps: Tensor = self.final_layer(self.deconv_layers(self.preact(crops)))
        return heatmaps


def _upsampling_layers(in_channels: int) -> tuple[nn.Module, ...]:
    return (
        nn.ConvTranspose2d(in_channels, HEAD_WIDTH, 4, stride=2, padding=1, bias=False),
        nn.BatchNorm2d(HEAD_WIDTH),
        nn.ReLU(inplace=True),
    )
