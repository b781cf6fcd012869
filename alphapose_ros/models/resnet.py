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

from functools import partial
from types import MappingProxyType

from torch import nn
from torch import Tensor
from torchvision.ops import DeformConv2d  # type: ignore[import-untyped]

BLOCKS_PER_STAGE = MappingProxyType(
    {34: (3, 4, 6, 3), 50: (3, 4, 6, 3), 101: (3, 4, 23, 3), 152: (3, 8, 36, 3)}
)
BOTTLENECK_DEPTHS = (50, 101, 152)
PLANES = (64, 128, 256, 512)
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
        total: Tensor = self.relu(out + self.downsample(features))
        return total


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
        total: Tensor = self.relu(out + self.downsample(features))
        return total


class ResNet(nn.Module):
    """
    Images to features; `out_channels` tells how many.

    :param depth: 34, 50, 101 or 152; the options up to `deformable` need 50 or more.
    :param squeeze: gate the channels in the first block of every stage.
    :param unshuffle: PixelUnshuffle in place of stride 2 (the 1x1 shortcuts keep theirs).
    :param deformable: deformable 3x3 convolutions in stages 2 to 4.
    :param last_stride: stride of stage 4: 2, or 1 for features twice as fine.
    :raises ValueError: if there is no such depth or stride, or the depth lacks an option.
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
        _check_choice('depth', depth, tuple(BLOCKS_PER_STAGE))
        _check_choice('last_stride', last_stride, (1, 2))
        if squeeze or unshuffle or deformable:
            options = 'depth with squeeze, unshuffle or deformable'
            _check_choice(options, depth, BOTTLENECK_DEPTHS)
        self.conv1 = nn.Conv2d(3, 64, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        if depth in BOTTLENECK_DEPTHS:
            self.out_channels = 2048
            stages = _bottleneck_stages(depth, last_stride, squeeze, unshuffle, deformable)
        else:
            self.out_channels = 512
            stages = _basic_stages(depth, last_stride)
        self.layer1, self.layer2, self.layer3, self.layer4 = stages

    def forward(self, images: Tensor) -> Tensor:
        """
        Return the features of stage 4.

        :param images: (N, 3, H, W) normalised; H and W multiples of 32.
        :return: (N, out_channels, H / 32, W / 32), or a 16th with `last_stride` 1.
        """
        features = self.maxpool(self.relu(self.bn1(self.conv1(images))))
        features = self.layer2(self.layer1(features))
        deep_features: Tensor = self.layer4(self.layer3(features))
        return deep_features


def _check_choice(name: str, value: int, allowed: tuple[int, ...]) -> None:
    if value not in allowed:
        raise ValueError(f'{name} must be one of {", ".join(map(str, allowed))}, got {value}')


def _basic_stages(depth: int, last_stride: int) -> list[nn.Sequential]:
    stages: list[nn.Sequential] = []
    channels = 64
    strides = (1, 2, 2, last_stride)
    for planes, blocks, stride in zip(PLANES, BLOCKS_PER_STAGE[depth], strides, strict=True):
        first = BasicBlock(channels, planes, stride=stride)
        rest = (BasicBlock(planes, planes) for _ in range(blocks - 1))
        stages.append(nn.Sequential(first, *rest))
        channels = planes
    return stages


def _bottleneck_stages(
    depth: int, last_stride: int, squeeze: bool, unshuffle: bool, deformable: bool
) -> list[nn.Sequential]:
    stages: list[nn.Sequential] = []
    channels = 64
    strides = (1, 2, 2, last_stride)
    for planes, blocks, stride in zip(PLANES, BLOCKS_PER_STAGE[depth], strides, strict=True):
        block = partial(
            Bottleneck, planes=planes, unshuffle=unshuffle, deformable=deformable and bool(stages)
        )
        first = block(channels, stride=stride, squeeze=squeeze)
        rest = (block(4 * planes) for _ in range(blocks - 1))
        stages.append(nn.Sequential(first, *rest))
        channels = 4 * planes
    return stages


def _unshuffled_conv(planes: int, stride: int, deformable: bool) -> nn.Module:
    def conv(in_channels: int) -> nn.Module:
        if deformable:
            return SelfOffsetConv(in_channels, planes)
        return nn.Conv2d(in_channels, planes, 3, padding=1, bias=False)

    if stride == 1:
        return conv(planes)
    return nn.Sequential(nn.PixelUnshuffle(stride), conv(planes * stride**2))


def _shortcut(in_channels: int, out_channels: int, stride: int) -> nn.Module:
    if stride == 1 and in_channels == out_channels:
        return nn.Identity()
    return nn.Sequential(
        nn.Conv2d(in_channels, out_channels, 1, stride, bias=False), nn.BatchNorm2d(out_channels)
    )
