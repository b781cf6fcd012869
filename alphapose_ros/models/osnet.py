# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
OSNet: omni-scale features for telling people apart.

Zhou et al. 2019, "Omni-Scale Feature Learning for Person Re-Identification", and 2021, "Learning
Generalisable Omni-Scale Representations" (OSNet-IBN, OSNet-AIN). Names of modules are those of
torchreid's checkpoints. N crops, C channels.
"""

from __future__ import annotations

from typing import Literal

import torch
from torch import nn
from torch import Tensor

Variant = Literal['plain', 'ibn', 'ain']
CHANNELS = (64, 256, 384, 512)
WIDTHS = (0.25, 0.5, 0.75, 1.0)
NUM_SCALES = 4
# Where OSNet-AIN puts instance normalisation, as its architecture search found.
AIN_BLOCKS = ((True, True), (False, True), (True, False))


class ConvBlock(nn.Module):
    """Convolution, normalisation, ReLU."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel: int = 1,
        *,
        stride: int = 1,
        instance_norm: bool = False,
        relu: bool = True,
    ) -> None:
        super().__init__()
        self.conv = nn.Conv2d(
            in_channels, out_channels, kernel, stride, padding=kernel // 2, bias=False
        )
        self.bn: nn.Module = nn.BatchNorm2d(out_channels)
        if instance_norm:
            self.bn = nn.InstanceNorm2d(out_channels, affine=True)
        self.relu = nn.ReLU(inplace=True) if relu else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, out_channels, H / stride, W / stride)."""
        out: Tensor = self.relu(self.bn(self.conv(x)))
        return out


class LightConv(nn.Module):
    """A 1x1 convolution over channels, then a 3x3 convolution per channel."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 1, bias=False)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, groups=channels, bias=False)
        self.bn = nn.BatchNorm2d(channels)

    def forward(self, x: Tensor) -> Tensor:
        """Return a tensor of the same shape."""
        return torch.relu(self.bn(self.conv2(self.conv1(x))))


class ScaleStream(nn.Module):
    """`layers` light convolutions one after the other: a receptive field of its own."""

    def __init__(self, channels: int, num_layers: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(*(LightConv(channels) for _ in range(num_layers)))

    def forward(self, x: Tensor) -> Tensor:
        """Return a tensor of the same shape."""
        out: Tensor = self.layers(x)
        return out


class ChannelGate(nn.Module):
    """Weights of the channels of a scale, from the channels themselves; shared by all scales."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.fc1 = nn.Conv2d(channels, channels // 16, 1)
        self.fc2 = nn.Conv2d(channels // 16, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Return the weighted channels, the same shape."""
        hidden = torch.relu(self.fc1(x.mean(dim=(2, 3), keepdim=True)))
        return x * torch.sigmoid(self.fc2(hidden))


class OmniScaleBlock(nn.Module):
    """
    Four scales, gated and added, with a shortcut around them.

    :param variant: names the streams and places instance normalisation: 'ibn' after the sum,
        'ain' before it, in blocks with `instance_norm`.
    """

    def __init__(
        self, in_channels: int, out_channels: int, variant: Variant, instance_norm: bool
    ) -> None:
        super().__init__()
        hidden = out_channels // 4
        self.variant = variant
        self.conv1 = ConvBlock(in_channels, hidden)
        if variant == 'ain':
            self.conv2 = nn.ModuleList(ScaleStream(hidden, n + 1) for n in range(NUM_SCALES))
        else:
            self.conv2a = LightConv(hidden)
            self.conv2b, self.conv2c, self.conv2d = (
                nn.Sequential(*(LightConv(hidden) for _ in range(n + 1)))
                for n in range(1, NUM_SCALES)
            )
        self.gate = ChannelGate(hidden)
        self.conv3: nn.Module = ConvBlock(hidden, out_channels, relu=False)
        if variant == 'ain' and instance_norm:
            self.conv3.bn = nn.Identity()
        self.downsample: nn.Module = nn.Identity()
        if in_channels != out_channels:
            self.downsample = ConvBlock(in_channels, out_channels, relu=False)
        self.IN: nn.Module = nn.Identity()
        if instance_norm:
            self.IN = nn.InstanceNorm2d(out_channels, affine=True)

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, out_channels, H, W)."""
        hidden = self.conv1(x)
        streams = (
            self.conv2
            if self.variant == 'ain'
            else (self.conv2a, self.conv2b, self.conv2c, self.conv2d)
        )
        fused = sum(self.gate(stream(hidden)) for stream in streams)
        out, shortcut = self.conv3(fused), self.downsample(x)
        if self.variant == 'ain':
            return torch.relu(self.IN(out) + shortcut)
        return torch.relu(self.IN(out + shortcut))


class OSNet(nn.Module):
    """
    Crops to identity vectors.

    :param width: factor on the channels: 0.25, 0.5, 0.75 or 1.0.
    :param variant: 'plain', 'ibn' (instance normalisation in the first stage) or 'ain' (where
        a search placed it).
    :param num_classes: people of the training set, in the layer that only training needs;
        0 for a file without that layer.
    :raises ValueError: if there is no such width or variant.
    """

    def __init__(
        self, *, width: float = 1.0, variant: Variant = 'plain', num_classes: int = 1
    ) -> None:
        super().__init__()
        if width not in WIDTHS:
            raise ValueError(f'width must be one of {WIDTHS}, got {width}')
        if variant not in ('plain', 'ibn', 'ain'):
            raise ValueError(f'variant must be plain, ibn or ain, got {variant!r}')
        stem, *widths = (int(width * n) for n in CHANNELS)
        self.variant = variant
        self.conv1 = ConvBlock(3, stem, 7, stride=2, instance_norm=variant != 'plain')
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        in_channels = stem
        for stage, out_channels in enumerate(widths):
            blocks: list[nn.Module] = []
            for block in range(2):
                has_norm = variant == 'ain' and AIN_BLOCKS[stage][block]
                has_norm |= variant == 'ibn' and stage == 0
                blocks.append(OmniScaleBlock(in_channels, out_channels, variant, has_norm))
                in_channels = out_channels
            self._add_stage(stage, blocks, out_channels)
        self.conv5 = ConvBlock(in_channels, in_channels)
        self.fc = nn.Sequential(
            nn.Linear(in_channels, 512), nn.BatchNorm1d(512), nn.ReLU(inplace=True)
        )
        if num_classes:
            self.classifier = nn.Linear(512, num_classes)

    def _add_stage(self, stage: int, blocks: list[nn.Module], channels: int) -> None:
        """Name the stage, and what halves the resolution after it, as the checkpoints do."""
        halve = nn.Sequential(ConvBlock(channels, channels), nn.AvgPool2d(2))
        if stage < 2 and self.variant != 'ain':
            blocks = [*blocks, halve]
        setattr(self, f'conv{stage + 2}', nn.Sequential(*blocks))
        if stage < 2 and self.variant == 'ain':
            setattr(self, f'pool{stage + 2}', halve)

    def forward(self, crops: Tensor) -> Tensor:
        """
        Return the vectors, not normalised.

        :param crops: (N, 3, 256, 128) RGB, ImageNet statistics.
        :return: (N, 512), at least 0.
        """
        vectors: Tensor = self.fc(self.features(crops).mean(dim=(2, 3)))
        return vectors

    def features(self, crops: Tensor) -> Tensor:
        """Return the map before pooling, (N, 512 width, H / 16, W / 16)."""
        x = self.maxpool(self.conv1(crops))
        for name in ('conv2', 'pool2', 'conv3', 'pool3', 'conv4', 'conv5'):
            if hasattr(self, name):
                x = getattr(self, name)(x)
        features: Tensor = x
        return features
