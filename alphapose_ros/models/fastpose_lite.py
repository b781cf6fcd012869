# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
FastPose for CPUs: a small ResNet, and three times PixelShuffle with the finer features added.

Basic blocks of few channels, because on CPUs they train two to three times as fast as inverted
residuals or ShuffleNet's units of equal latency; every joint sees the whole crop. N crops, K
keypoints.
"""

from __future__ import annotations

from torch import nn
from torch import Tensor

from alphapose_ros.models.fastpose import make_output_conv
from alphapose_ros.models.fastpose import UpsamplingBlock
from alphapose_ros.models.identity_branch import PartIdentityBranch
from alphapose_ros.models.resnet import BasicBlock

# Channels in units of `width`, and blocks, at strides 4, 8, 16 and 32.
STAGES = ((1, 1), (2, 2), (3, 2), (4, 3))


class FastPoseLite(nn.Module):
    """
    Crops to heat maps, and identity vectors if wanted.

    :param num_keypoints: number of heat maps.
    :param width: channels at stride 4; 2, 3 and 4 times as many at strides 8, 16 and 32.
    :param head_width: channels below the last convolution.
    :param embedding_dim: length D of the identity vectors; 0 for none.
    """

    def __init__(
        self,
        num_keypoints: int,
        *,
        width: int = 32,
        head_width: int = 64,
        embedding_dim: int = 0,
    ) -> None:
        super().__init__()
        self.stem = nn.Sequential(*_conv(3, width // 2, 2), *_conv(width // 2, width, 2))
        channels = [factor * width for factor, _ in STAGES]
        self.stages = nn.ModuleList()
        before = width
        for planes, (factor, num_blocks) in zip(channels, STAGES, strict=True):
            first = BasicBlock(before, planes, stride=1 if factor == 1 else 2)
            blocks = (BasicBlock(planes, planes) for _ in range(num_blocks - 1))
            self.stages.append(nn.Sequential(first, *blocks))
            before = planes
        c4, c8, c16, c32 = channels
        self.upsample16 = UpsamplingBlock(c32, c16, kernel=1)
        self.upsample8 = UpsamplingBlock(c16, c8, kernel=1)
        self.upsample4 = UpsamplingBlock(c8, c4, kernel=1)
        self.head = nn.Sequential(*_conv(c4, head_width))
        self.conv_out = make_output_conv(head_width, num_keypoints, kernel=1)
        self.identity: PartIdentityBranch | None = None
        if embedding_dim:
            self.identity = PartIdentityBranch(c4, num_keypoints, embedding_dim=embedding_dim)

    def forward(self, crops: Tensor) -> Tensor | tuple[Tensor, Tensor]:
        """
        Return the heat maps, not limited to any range, and the identity vectors if there are any.

        :param crops: (N, 3, H, W) normalised, H and W multiples of 4; usually 256 x 192.
        :return: (N, K, H / 4, W / 4), and (N, D) of unit length.
        """
        features = [self.stem(crops)]
        for stage in self.stages:
            features.append(stage(features[-1]))
        _, x4, x8, x16, x32 = features
        x = _add(self.upsample16(x32), x16)
        x = _add(self.upsample8(x), x8)
        x = _add(self.upsample4(x), x4)
        heatmaps: Tensor = self.conv_out(self.head(x))
        if self.identity is None:
            return heatmaps
        # Detached: learning who people are must not move the joints to where people differ.
        return heatmaps, self.identity(x4, heatmaps.detach())


def _conv(in_channels: int, out_channels: int, stride: int = 1) -> tuple[nn.Module, ...]:
    return (
        nn.Conv2d(in_channels, out_channels, 3, stride, padding=1, bias=False),
        nn.BatchNorm2d(out_channels),
        nn.ReLU(inplace=True),
    )


def _add(upsampled: Tensor, finer: Tensor) -> Tensor:
    """Return the sum; an odd size, halved and doubled, has become one larger."""
    height, width = (int(n) for n in finer.shape[2:])  # constants to the ONNX export
    return upsampled[..., :height, :width] + finer
