# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
The residual networks (He et al. 2016) below the pose networks. N images, C channels, H x W.

Without options it is the usual ResNet, stride on the 3x3 convolution, without pooling and
classifier. AlphaPose changes the bottlenecks in three ways that can be combined:

- a gate (squeeze and excitation, Hu et al. 2018) in the first block of every stage;
- PixelUnshuffle in place of stride 2, so that the 3x3 convolution sees every pixel;
- deformable 3x3 convolutions (Dai et al. 2017) in stages 2 to 4.

Names of parameters and their order are those of AlphaPose's weights files.
"""

from __future__ import annotations

from types import MappingProxyType

from torch import nn
from torch import Tensor
from torchvision.ops import DeformConv2d

BLOCKS_PER_STAGE = MappingProxyType(
    {34: (3, 4, 6, 3), 50: (3, 4, 6, 3), 101: (3, 4, 23, 3), 152: (3, 8, 36, 3)}
)
BOTTLENECK_DEPTHS = (50, 101, 152)
OFFSETS_3X3 = 18  # dy, dx of each of the 9 cells of the kernel


class SqueezeGate(nn.Module):
    """Weigh each channel by what all channels are on average; as many hidden units as channels."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.fc = nn.Sequential(
            nn.Linear(channels, channels),
            nn.ReLU(inplace=True),
            nn.Linear(channels, channels),
            nn.Sigmoid(),
        )

    def forward(self, features: Tensor) -> Tensor:
        """Return (N, C, H, W) gated features."""
        gates: Tensor = self.fc(features.mean(dim=(2, 3)))
        return features * gates[:, :, None, None]


class SelfOffsetConv(nn.Module):
    """A deformable 3x3 convolution that finds its offsets by itself."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.conv_offset = nn.Conv2d(in_channels, OFFSETS_3X3, 3, padding=1)
        self.conv = DeformConv2d(in_channels, out_channels, 3, padding=1, bias=False)

    def forward(self, features: Tensor) -> Tensor:
        """Return (N, C, H, W) features of the same H and W."""
        out: Tensor = self.conv(features, self.conv_offset(features))
        return out


class BasicBlock(nn.Module):
    """Two 3x3 convolutions beside a shortcut."""

    def __init__(self, in_channels: int, planes: int, *, stride: int = 1) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, planes, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(planes)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(planes, planes, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(planes)
        self.downsample = _shortcut(in_channels, planes, stride)

    def forward(self, features: Tensor) -> Tensor:
        """Return (N, planes, H / stride, W / stride) features."""
        out = self.relu(self.bn1(self.conv1(features)))
        out = self.bn2(self.conv2(out))
        out = self.relu(out + self.downsample(features))
        return out  # type: ignore[no-any-return]


class Bottleneck(nn.Module):
    """
    A 1x1, a 3x3 and a 1x1 convolution beside a shortcut; 4 * `planes` channels come out.

    :param in_channels: channels that come in.
    :param planes: channels of the 3x3 convolution.
    :param stride: 1 or 2.
    :param squeeze: gate the channels before the sum.
    :param unshuffle: for stride 2, move each 2x2 cell into the channels.
    :param deformable: the 3x3 convolution is deformable.
    """

    def __init__(
        self,
        in_channels: int,
        planes: int,
        *,
        stride: int = 1,
        squeeze: bool = False,
        unshuffle: bool = False,
        deformable: bool = False,
    ) -> None:
        super().__init__()
        out_channels = 4 * planes
        self.conv1 = nn.Conv2d(in_channels, planes, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(planes)
        self.relu = nn.ReLU(inplace=True)
        self.conv2_offset: nn.Conv2d | None = None
        self.conv2: nn.Module
        if unshuffle:
            self.conv2 = _unshuffled_conv(planes, stride, deformable)
        elif deformable:
            self.conv2_offset = nn.Conv2d(planes, OFFSETS_3X3, 3, stride, padding=1)
            self.conv2 = DeformConv2d(planes, planes, 3, stride, padding=1, bias=False)
        else:
            self.conv2 = nn.Conv2d(planes, planes, 3, stride, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(planes)
        self.conv3 = nn.Conv2d(planes, out_channels, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(out_channels)
        self.se = SqueezeGate(out_channels) if squeeze else nn.Identity()
        self.downsample = _shortcut(in_channels, out_channels, stride)

    def forward(self, features: Tensor) -> Tensor:
        """Return (N, 4 * planes, H / stride, W / stride) features."""
        out = self.relu(self.bn1(self.conv1(features)))
        if self.conv2_offset is None:
            out = self.conv2(out)
        else:
            out = self.conv2(out, self.conv2_offset(out))
        out = self.relu(self.bn2(out))
        out = self.se(self.bn3(self.conv3(out)))
        out = self.relu(out + self.downsample(features))
        return out  # type: ignore[no-any-return]


class ResNet(nn.Module):
    """
    Images to features.

    :param depth: 34, 50, 101 or 152; the options below need 50 or more.
    :param squeeze: gate the channels in the first block of every stage.
    :param unshuffle: PixelUnshuffle in place of stride 2.
    :param deformable: deformable 3x3 convolutions in stages 2 to 4.
    :param last_stride: stride of stage 4: 2, or 1 for features twice as fine.
    :raises ValueError: if there is no such depth, or not with the options.
    """

    def __init__(
        self,
        depth: int,
        *,
        squeeze: bool = False,
        unshuffle: bool = False,
        deformable: bool = False,
        last_stride: int = 2,
    ) -> None:
        super().__init__()
        options = {'squeeze': squeeze, 'unshuffle': unshuffle, 'deformable': deformable}
        _check_depth(depth, options)
        self.conv1 = nn.Conv2d(3, 64, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        channels = 64
        for i, (blocks, stride) in enumerate(
            zip(BLOCKS_PER_STAGE[depth], (1, 2, 2, last_stride), strict=True)
        ):
            options['deformable'] = deformable and i > 0
            stage = _stage(channels, 64 * 2**i, blocks, stride, depth, options)
            self.add_module(f'layer{i + 1}', stage)
