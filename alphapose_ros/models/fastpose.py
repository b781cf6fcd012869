# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
FastPose (Fang et al. 2022): a gated ResNet, then three times twice the size by PixelShuffle.

PixelShuffle (Shi et al. 2016) takes four channels for the four cells of a 2x2 block. The first
time it does so without a convolution, then twice after one (dense upsampling convolution, DUC).
N crops, K keypoints.
"""

from __future__ import annotations

from torch import nn
from torch import Tensor

from alphapose_ros.models.identity_branch import IdentityBranch
from alphapose_ros.models.resnet import ResNet


class UpsamplingBlock(nn.Module):
    """A convolution and a PixelShuffle: `out_channels` at twice the height and width."""

    def __init__(self, in_channels: int, out_channels: int, *, kernel: int = 3) -> None:
        super().__init__()
        padding = kernel // 2
        self.conv = nn.Conv2d(in_channels, 4 * out_channels, kernel, padding=padding, bias=False)
        self.bn = nn.BatchNorm2d(4 * out_channels)
        self.relu = nn.ReLU(inplace=True)
        self.shuffle = nn.PixelShuffle(2)

    def forward(self, features: Tensor) -> Tensor:
        """Return (N, out_channels, 2 H, 2 W) features."""
        out: Tensor = self.shuffle(self.relu(self.bn(self.conv(features))))
        return out


class FastPose(nn.Module):
    """
    Crops to heat maps, and identity vectors if wanted.

    :param num_keypoints: number of heat maps.
    :param depth: of the ResNet: 50, 101 or 152.
    :param head_width: channels below the last convolution; 128 or 256 in AlphaPose's models.
    :param deformable: deformable convolutions in stages 2 to 4 of the ResNet.
    :param embedding_dim: length D of the identity vectors; 0 for none, as in AlphaPose's models.
    """

    def __init__(
        self,
        num_keypoints: int,
        *,
        depth: int = 50,
        head_width: int = 128,
        deformable: bool = False,
        embedding_dim: int = 0,
    ) -> None:
        super().__init__()
        self.preact = ResNet(depth, squeeze=True, deformable=deformable)
        self.shuffle = nn.PixelShuffle(2)
        self.duc1 = UpsamplingBlock(self.preact.out_channels // 4, 256)
        self.duc2 = UpsamplingBlock(256, head_width)
        self.conv_out = make_output_conv(head_width, num_keypoints)
        self.identity: IdentityBranch | None = None
        if embedding_dim:
            self.identity = IdentityBranch(
                self.preact.out_channels, num_keypoints, embedding_dim=embedding_dim
            )

    def forward(self, crops: Tensor) -> Tensor | tuple[Tensor, Tensor]:
        """
        Return the heat maps, not limited to any range, and the identity vectors if there are any.

        :param crops: (N, 3, H, W) normalised; usually 256 x 192.
        :return: (N, K, H / 4, W / 4), and (N, D) of unit length.
        """
        features = self.preact(crops)
        heatmaps: Tensor = self.conv_out(self.duc2(self.duc1(self.shuffle(features))))
        if self.identity is None:
            return heatmaps
        # Detached: learning who people are must not move the joints to where people differ.
        return heatmaps, self.identity(features, heatmaps.detach())


def make_output_conv(in_channels: int, num_keypoints: int, *, kernel: int = 3) -> nn.Conv2d:
    """Return a convolution to heat maps, which at first are nearly zero."""
    conv = nn.Conv2d(in_channels, num_keypoints, kernel, padding=kernel // 2)
    nn.init.normal_(conv.weight, std=0.001)
    nn.init.zeros_(conv.get_parameter('bias'))
    return conv
