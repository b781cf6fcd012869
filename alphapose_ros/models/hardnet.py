# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
HarDNet for poses (Chao et al. 2019): densely connected blocks, and a decoder with skips.

In a harmonic dense block layer l sees layer l - 2^i for every i for which 2^i divides l, so that
few layers see far back. Those that do are wider, by `WIDENING` for each further link. Encoder and
decoder are joined like in U-Net. N crops, K keypoints, C channels, H x W. Names of parameters
and their order are those of AlphaPose's weights files.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from types import MappingProxyType

import torch
from torch import nn
from torch import Tensor
from torch.nn.functional import avg_pool2d
from torch.nn.functional import interpolate

WIDENING = 1.7
SHORTCUT_CHANNELS = 32
POOLED_BLOCKS = (0, 2)  # of the encoder; the size is halved after these
HEATMAP_BIAS = -2.19  # at the start of training the sigmoid of every cell is 0.1


@dataclass(frozen=True)
class Layout:
    """
    The sizes in which the depths differ; (growth, layers) for every dense block.

    :param stem: channels of the two convolutions in front.
    :param blocks: of the encoder.
    :param widths: channels after each block of the encoder but the last.
    :param last_width: channels between encoder and decoder.
    :param last_growth: of the block at the coarsest resolution, which has 8 layers.
    :param up_widths: channels at the start of each level of the decoder.
    :param up_blocks: of the decoder.
    :param num_joined: levels of the decoder that also get the encoder's features.
    """

    stem: tuple[int, int]
    blocks: tuple[tuple[int, int], ...]
    widths: tuple[int, ...]
    last_width: int
    last_growth: int
    up_widths: tuple[int, int, int]
    up_blocks: tuple[tuple[int, int], ...]
    num_joined: int


LAYOUTS = MappingProxyType(
    {
        68: Layout(
            stem=(32, 64),
            blocks=((14, 8), (16, 16), (20, 16), (40, 16)),
            widths=(128, 256, 320),
            last_width=192,
            last_growth=72,
            up_widths=(256, 128, 64),
            up_blocks=((48, 8), (32, 8), (20, 4)),
            num_joined=2,
        ),
        85: Layout(
            stem=(48, 96),
            blocks=((24, 8), (24, 16), (28, 16), (36, 16), (48, 16)),
            widths=(192, 256, 320, 480),
            last_width=256,
            last_growth=80,
            up_widths=(256, 192, 96),
            up_blocks=((64, 8), (48, 8), (28, 4)),
            num_joined=3,
        ),
    }
)


class HarmonicBlock(nn.Module):
    """
    A harmonic dense block; every second layer and the last one are its output.

    :param growth: channels of a layer with one link.
    :param num_layers: a power of two.
    """

    def __init__(self, in_channels: int, growth: int, num_layers: int) -> None:
        super().__init__()
        widths = [in_channels, *(layer_width(n, growth) for n in range(1, num_layers + 1))]
        self.layers = nn.ModuleList(
            _conv(sum(widths[source] for source in layer_sources(n)), widths[n])
            for n in range(1, num_layers + 1)
        )
        self.out_channels = sum(widths[1::2]) + widths[-1]

    def forward(self, features: Tensor) -> Tensor:
        """Return (N, out_channels, H, W) features."""
        outputs = [features]
        for number, layer in enumerate(self.layers, start=1):
            sources = [outputs[source] for source in layer_sources(number)]
            outputs.append(layer(torch.cat(sources, dim=1)))
        return torch.cat([*outputs[1::2], outputs[-1]], dim=1)


class HarDNetPose(nn.Module):
    """
    Crops to heat maps.

    :param num_keypoints: number of heat maps.
    :param depth: 68 or 85.
    """

    def __init__(self, num_keypoints: int, *, depth: int = 68) -> None:
        super().__init__()
        if depth not in LAYOUTS:
            raise ValueError(f'depth must be one of {tuple(LAYOUTS)}, got {depth}')
        layout = LAYOUTS[depth]
        self.num_joined = layout.num_joined
        self.base, self.skip_indices, skip_channels = _encoder(layout)
        self.last_proj = _conv(skip_channels[-1], layout.last_width, kernel_size=1)
        self.last_blk = HarmonicBlock(3 * layout.last_width, layout.last_growth, 8)
        self.denseBlocksUp = nn.ModuleList()
        self.conv1x1_up = nn.ModuleList()
        channels = self.last_blk.out_channels
        for level, (width, block) in enumerate(
            zip(layout.up_widths, layout.up_blocks, strict=True)
        ):
            joined = skip_channels[-1 - level] if level < self.num_joined else 0
            self.conv1x1_up.append(_conv(channels + joined, width, kernel_size=1))
            kept = width - SHORTCUT_CHANNELS if level < 2 else width
            up_block = HarmonicBlock(3 * kept, *block)
            self.denseBlocksUp.append(up_block)
            channels = up_block.out_channels
        self.conv_out = _head(channels + 2 * SHORTCUT_CHANNELS, num_keypoints)

    def forward(self, crops: Tensor) -> Tensor:
        """
        Return the heat maps, not limited to any range.

        :param crops: (N, 3, H, W) normalised, H and W multiples of 32; usually 256 x 192.
        :return: (N, K, H / 4, W / 4).
        """
        features, skips, shortcuts = crops, [], []
        for index, layer in enumerate(self.base):
            features = layer(features)
            if index in self.skip_indices:
                skips.append(features)
        features = self.last_blk(add_context(avg_pool2d(self.last_proj(features), 2)))
        for level, (conv, block) in enumerate(
            zip(self.conv1x1_up, self.denseBlocksUp, strict=True)
        ):
            features = _resize_like(features, skips[-1 - level])
            if level < self.num_joined:
                features = torch.cat([features, skips[-1 - level]], dim=1)
            features = conv(features)
            if level < 2:
                shortcuts.append(features[:, -SHORTCUT_CHANNELS:])
                features = features[:, :-SHORTCUT_CHANNELS]
            features = block(add_context(features))
        resized = [_resize_like(shortcut, features) for shortcut in reversed(shortcuts)]
        heatmaps: Tensor = self.conv_out(torch.cat([*resized, features], dim=1))
        return heatmaps


def layer_sources(number: int) -> list[int]:
    """Return the layers that layer `number` (from 1) sees; 0 is the input of the block."""
    return [number - 2**i for i in range(number.bit_length()) if number % 2**i == 0]


def layer_width(number: int, growth: int) -> int:
    """Return the channels of layer `number` (from 1): an even number."""
    num_links = len(layer_sources(number))
    return (int(growth * WIDENING ** (num_links - 1)) + 1) // 2 * 2


def add_context(features: Tensor) -> Tensor:
    """
    Add what lies around each cell, and each cell's share of its whole map.

    :param features: (N, C, H, W), not negative.
    :return: (N, 3 C, H, W): as they are; mean of 9 x 9 cells, zero outside; share of the sum.
    """
    means = avg_pool2d(features, 9, stride=1, padding=4)
    shares = features / (features.sum(dim=(2, 3), keepdim=True) + 0.1)
    return torch.cat([features, means, shares], dim=1)


def _encoder(layout: Layout) -> tuple[nn.ModuleList, list[int], list[int]]:
    """Return the layers, and of those that the decoder looks at the indices and channels."""
    layers: list[nn.Module] = [
        _conv(3, layout.stem[0], stride=2),
        _conv(*layout.stem),
        nn.AvgPool2d(3, stride=2, padding=1),
    ]
    channels = layout.stem[1]
    skip_indices, skip_channels = [1], [channels]
    last = len(layout.blocks) - 1
    for number, (growth, num_layers) in enumerate(layout.blocks):
        block = HarmonicBlock(channels, growth, num_layers)
        channels = block.out_channels
        layers.append(block)
        if number in (*POOLED_BLOCKS, last):
            skip_indices.append(len(layers) - 1)
            skip_channels.append(channels)
        if number < last:
            layers.append(_conv(channels, layout.widths[number], kernel_size=1))
            channels = layout.widths[number]
        if number in POOLED_BLOCKS:
            layers.append(nn.AvgPool2d(2, ceil_mode=True))
    return nn.ModuleList(layers), skip_indices, skip_channels


def _head(in_channels: int, num_keypoints: int) -> nn.Sequential:
    hidden = max(128, 4 * num_keypoints)
    last = nn.Conv2d(hidden, num_keypoints, 1)
    nn.init.constant_(last.bias, HEATMAP_BIAS)  # type: ignore[arg-type]
    return nn.Sequential(nn.Conv2d(in_channels, hidden, 3, padding=1), nn.ReLU(inplace=True), last)


def _conv(
    in_channels: int, out_channels: int, *, kernel_size: int = 3, stride: int = 1
) -> nn.Sequential:
    conv = nn.Conv2d(in_channels, out_channels, kernel_size, stride, kernel_size // 2, bias=False)
    norm = nn.BatchNorm2d(out_channels)
    return nn.Sequential(OrderedDict(conv=conv, norm=norm, relu=nn.ReLU(inplace=True)))


def _resize_like(features: Tensor, other: Tensor) -> Tensor:
    return interpolate(features, other.shape[2:], mode='bilinear', align_corners=True)
