# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
HRNet (Sun et al. 2019): branches of several resolutions side by side that exchange features.

Branch b works at 1 / (4 * 2^b) of the crop's size, with width * 2^b channels. Each stage adds one
branch; the heat maps come from the finest, which is never left. N crops, K keypoints. Names of
parameters and their order are those of the weights files of HRNet and AlphaPose.
"""

from __future__ import annotations

from functools import reduce

import torch
from torch import nn
from torch import Tensor
from torchvision.models.resnet import BasicBlock  # type: ignore[import-untyped]
from torchvision.models.resnet import Bottleneck

WIDTHS = (32, 48)
STEM_CHANNELS = 64
BLOCKS_PER_BRANCH = 4
COARSEST_STRIDE = 32


class ExchangeModule(nn.Module):
    """
    Blocks on every branch, then every output is the sum of all branches at its resolution.

    :param widths: channels of each branch, finest first.
    :param num_outputs: the branches that are made, from the finest.
    """

    def __init__(self, widths: tuple[int, ...], *, num_outputs: int) -> None:
        super().__init__()
        self.branches = nn.ModuleList(
            nn.Sequential(*(BasicBlock(width, width) for _ in range(BLOCKS_PER_BRANCH)))
            for width in widths
        )
        self.fuse_layers = nn.ModuleList(
            nn.ModuleList(_resampling(widths, source, target) for source in range(len(widths)))
            for target in range(num_outputs)
        )

    def forward(self, features: list[Tensor]) -> list[Tensor]:
        """Return the features of each output branch, (N, width, H, W) of that branch."""
        features = [branch(x) for branch, x in zip(self.branches, features, strict=True)]
        outputs = []
        for layers in self.fuse_layers:
            assert isinstance(layers, nn.ModuleList)
            resampled = (layer(x) for layer, x in zip(layers, features, strict=True))
            outputs.append(torch.relu(reduce(torch.add, resampled)))
        return outputs


class HRNet(nn.Module):
    """
    Crops to heat maps.

    :param num_keypoints: number of heat maps.
    :param width: channels of the finest branch: 32 or 48.
    """

    def __init__(self, num_keypoints: int, *, width: int = 32) -> None:
        super().__init__()
        if width not in WIDTHS:
            raise ValueError(f'width must be one of {WIDTHS}, got {width}')
        widths = (width, 2 * width, 4 * width, 8 * width)
        self.conv1 = nn.Conv2d(3, STEM_CHANNELS, 3, stride=2, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(STEM_CHANNELS)
        self.conv2 = nn.Conv2d(STEM_CHANNELS, STEM_CHANNELS, 3, stride=2, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(STEM_CHANNELS)
        self.layer1, channels = _first_stage()
        self.transition1 = nn.ModuleList(
            [_conv(channels, widths[0], relu=True), _new_branch(channels, widths[1])]
        )
        self.stage2 = _stage(widths[:2], num_modules=1)
        self.transition2 = _transition(widths[:3])
        self.stage3 = _stage(widths[:3], num_modules=4)
        self.transition3 = _transition(widths)
        self.stage4 = _stage(widths, num_modules=3, is_last=True)
        self.final_layer = nn.Conv2d(width, num_keypoints, 1)
        nn.init.normal_(self.final_layer.weight, std=0.001)
        nn.init.zeros_(self.final_layer.bias)  # type: ignore[arg-type]

    def forward(self, crops: Tensor) -> Tensor:
        """
        Return the heat maps, not limited to any range.

        :param crops: (N, 3, H, W) normalised, H and W multiples of 32; usually 256 x 192.
        :return: (N, K, H / 4, W / 4).
        :raises ValueError: if the branches of these crops would not fit each other.
        """
        height, width = crops.shape[2:]
        if height % COARSEST_STRIDE or width % COARSEST_STRIDE:
            raise ValueError(f'crops must have H, W multiples of 32, got {height} x {width}')
        stem = torch.relu(self.bn1(self.conv1(crops)))
        stem = torch.relu(self.bn2(self.conv2(stem)))
        features = self.stage2(_branch_off(self.transition1, [self.layer1(stem)]))
        features = self.stage3(_branch_off(self.transition2, features))
        features = self.stage4(_branch_off(self.transition3, features))
        heatmaps: Tensor = self.final_layer(features[0])
        return heatmaps


def _branch_off(transition: nn.ModuleList, features: list[Tensor]) -> list[Tensor]:
    """Return one branch more: the new one is made from the coarsest there is."""
    sources = [*features, features[-1]]
    return [layer(x) for layer, x in zip(transition, sources, strict=True)]


def _first_stage() -> tuple[nn.Sequential, int]:
    """Return four bottlenecks at a quarter of the crop's size, and their output channels."""
    planes = STEM_CHANNELS
    channels = planes * Bottleneck.expansion
    first = Bottleneck(planes, planes, downsample=_conv(planes, channels, kernel_size=1))
    others = (Bottleneck(channels, planes) for _ in range(BLOCKS_PER_BRANCH - 1))
    return nn.Sequential(first, *others), channels


def _stage(widths: tuple[int, ...], *, num_modules: int, is_last: bool = False) -> nn.Sequential:
    """Return modules in a row; after the last stage only the finest branch is needed."""
    num_outputs = [len(widths)] * num_modules
    if is_last:
        num_outputs[-1] = 1
    return nn.Sequential(*(ExchangeModule(widths, num_outputs=n) for n in num_outputs))


def _transition(widths: tuple[int, ...]) -> nn.ModuleList:
    kept = [nn.Identity() for _ in widths[:-1]]
    return nn.ModuleList([*kept, _new_branch(widths[-2], widths[-1])])


def _new_branch(in_channels: int, out_channels: int) -> nn.Sequential:
    # The outer Sequential is there for the names of the parameters.
    return nn.Sequential(_conv(in_channels, out_channels, stride=2, relu=True))


def _resampling(widths: tuple[int, ...], source: int, target: int) -> nn.Module:
    """Return what takes a branch to the resolution and width of another one."""
    if source == target:
        return nn.Identity()
    if source > target:
        return nn.Sequential(
            *_conv(widths[source], widths[target], kernel_size=1),
            nn.Upsample(scale_factor=2 ** (source - target), mode='nearest'),
        )
    halvings = [
        _conv(widths[source], widths[source], stride=2, relu=True)
        for _ in range(target - source - 1)
    ]
    return nn.Sequential(*halvings, _conv(widths[source], widths[target], stride=2))


def _conv(
    in_channels: int,
    out_channels: int,
    *,
    kernel_size: int = 3,
    stride: int = 1,
    relu: bool = False,
) -> nn.Sequential:
    padding = kernel_size // 2
    layers: list[nn.Module] = [
        nn.Conv2d(in_channels, out_channels, kernel_size, stride, padding, bias=False),
        nn.BatchNorm2d(out_channels),
    ]
    if relu:
        layers.append(nn.ReLU(inplace=True))
    return nn.Sequential(*layers)
