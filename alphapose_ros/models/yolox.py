# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
YOLOX (Ge et al. 2021, "YOLOX: Exceeding YOLO Series in 2021"): anchor-free, decoupled head.

Names of modules are those of the published checkpoints. N images, A cells of all three levels.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import torch
from torch import nn
from torch import Tensor
from torch.nn import functional

# Arguments of the published sizes.
YOLOX_SIZES: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        'nano': {'depth': 0.33, 'width': 0.25, 'depthwise': True},
        'tiny': {'depth': 0.33, 'width': 0.375, 'depthwise': False},
        's': {'depth': 0.33, 'width': 0.5, 'depthwise': False},
        'm': {'depth': 0.67, 'width': 0.75, 'depthwise': False},
        'l': {'depth': 1.0, 'width': 1.0, 'depthwise': False},
        'x': {'depth': 1.33, 'width': 1.25, 'depthwise': False},
    }
)


class ConvBlock(nn.Module):
    """Convolution, BatchNorm, SiLU."""

    def __init__(
        self, in_channels: int, out_channels: int, kernel: int, stride: int = 1, groups: int = 1
    ) -> None:
        super().__init__()
        self.conv = nn.Conv2d(
            in_channels,
            out_channels,
            kernel,
            stride,
            padding=kernel // 2,
            groups=groups,
            bias=False,
        )
        self.bn = nn.BatchNorm2d(out_channels, eps=1e-3, momentum=0.03)

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, out_channels, H / stride, W / stride)."""
        return functional.silu(self.bn(self.conv(x)))


class DepthwiseBlock(nn.Module):
    """A 3x3 convolution per channel, then a 1x1 convolution over channels."""

    def __init__(self, in_channels: int, out_channels: int, kernel: int, stride: int = 1) -> None:
        super().__init__()
        self.dconv = ConvBlock(in_channels, in_channels, kernel, stride, groups=in_channels)
        self.pconv = ConvBlock(in_channels, out_channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, out_channels, H / stride, W / stride)."""
        out: Tensor = self.pconv(self.dconv(x))
        return out


def _block(depthwise: bool, *args: int) -> nn.Module:
    return DepthwiseBlock(*args) if depthwise else ConvBlock(*args)


class Focus(nn.Module):
    """Every 2x2 pixels become channels, then a convolution."""

    def __init__(self, out_channels: int) -> None:
        super().__init__()
        self.conv = ConvBlock(12, out_channels, 3)

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, out_channels, H / 2, W / 2)."""
        # Top left, bottom left, top right, bottom right: the order of the checkpoints.
        corners = [x[..., row::2, column::2] for column in (0, 1) for row in (0, 1)]
        out: Tensor = self.conv(torch.cat(corners, dim=1))
        return out


class Bottleneck(nn.Module):
    """1x1 and 3x3 convolution, with the input added."""

    def __init__(self, channels: int, *, shortcut: bool, depthwise: bool) -> None:
        super().__init__()
        self.conv1 = ConvBlock(channels, channels, 1)
        self.conv2 = _block(depthwise, channels, channels, 3)
        self.has_shortcut = shortcut

    def forward(self, x: Tensor) -> Tensor:
        """Return a tensor of the same shape."""
        out: Tensor = self.conv2(self.conv1(x))
        return out + x if self.has_shortcut else out


class CspLayer(nn.Module):
    """Half of the channels go through bottlenecks, the others past them."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        num_blocks: int,
        *,
        shortcut: bool,
        depthwise: bool,
    ) -> None:
        super().__init__()
        hidden = out_channels // 2
        self.conv1 = ConvBlock(in_channels, hidden, 1)
        self.conv2 = ConvBlock(in_channels, hidden, 1)
        self.conv3 = ConvBlock(2 * hidden, out_channels, 1)
        self.m = nn.Sequential(
            *(
                Bottleneck(hidden, shortcut=shortcut, depthwise=depthwise)
                for _ in range(num_blocks)
            )
        )

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, out_channels, H, W)."""
        out: Tensor = self.conv3(torch.cat([self.m(self.conv1(x)), self.conv2(x)], dim=1))
        return out


class SpatialPyramidPooling(nn.Module):
    """Maxima over windows of 5, 9 and 13 beside the features themselves."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = ConvBlock(channels, channels // 2, 1)
        self.conv2 = ConvBlock(2 * channels, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Return a tensor of the same shape."""
        x = self.conv1(x)
        pooled = [functional.max_pool2d(x, size, 1, size // 2) for size in (5, 9, 13)]
        out: Tensor = self.conv2(torch.cat([x, *pooled], dim=1))
        return out


class CspDarknet(nn.Module):
    """The backbone; gives features at strides 8, 16 and 32."""

    def __init__(self, depth: float, width: float, depthwise: bool) -> None:
        super().__init__()
        channels = int(width * 64)
        num_blocks = max(round(depth * 3), 1)
        self.stem = Focus(channels)

        def stage(scale: int, count: int, *between: nn.Module, shortcut: bool = True) -> Any:
            down = _block(depthwise, channels * scale // 2, channels * scale, 3, 2)
            layer = CspLayer(
                channels * scale,
                channels * scale,
                count,
                shortcut=shortcut,
                depthwise=depthwise,
            )
            return nn.Sequential(down, *between, layer)

        self.dark2 = stage(2, num_blocks)
        self.dark3 = stage(4, 3 * num_blocks)
        self.dark4 = stage(8, 3 * num_blocks)
        pyramid = SpatialPyramidPooling(16 * channels)
        self.dark5 = stage(16, num_blocks, pyramid, shortcut=False)

    def forward(self, images: Tensor) -> list[Tensor]:
        """Return the features, finest first."""
        finest = self.dark3(self.dark2(self.stem(images)))
        middle = self.dark4(finest)
        return [finest, middle, self.dark5(middle)]


class PathAggregation(nn.Module):
    """Features of all levels exchanged, down and up again (PAFPN)."""

    def __init__(self, depth: float, width: float, depthwise: bool) -> None:
        super().__init__()
        c3, c4, c5 = (int(width * channels) for channels in (256, 512, 1024))

        def layer(in_channels: int, out_channels: int) -> CspLayer:
            return CspLayer(
                in_channels, out_channels, round(3 * depth), shortcut=False, depthwise=depthwise
            )

        self.backbone = CspDarknet(depth, width, depthwise)
        self.lateral_conv0 = ConvBlock(c5, c4, 1)
        self.C3_p4 = layer(2 * c4, c4)
        self.reduce_conv1 = ConvBlock(c4, c3, 1)
        self.C3_p3 = layer(2 * c3, c3)
        self.bu_conv2 = _block(depthwise, c3, c3, 3, 2)
        self.C3_n3 = layer(2 * c3, c4)
        self.bu_conv1 = _block(depthwise, c4, c4, 3, 2)
        self.C3_n4 = layer(2 * c4, c5)

    def forward(self, images: Tensor) -> list[Tensor]:
        """Return the features, finest first."""
        finest, middle, coarsest = self.backbone(images)

        def upsample(x: Tensor) -> Tensor:
            return functional.interpolate(x, scale_factor=2.0, mode='nearest')

        coarse = self.lateral_conv0(coarsest)
        fine = self.reduce_conv1(self.C3_p4(torch.cat([upsample(coarse), middle], dim=1)))
        out_fine = self.C3_p3(torch.cat([upsample(fine), finest], dim=1))
        out_middle = self.C3_n3(torch.cat([self.bu_conv2(out_fine), fine], dim=1))
        out_coarse = self.C3_n4(torch.cat([self.bu_conv1(out_middle), coarse], dim=1))
        return [out_fine, out_middle, out_coarse]


class DecoupledHead(nn.Module):
    """Classes and boxes by convolutions of their own, per level."""

    def __init__(self, width: float, depthwise: bool, num_classes: int) -> None:
        super().__init__()
        channels = int(width * 256)
        levels = (channels, 2 * channels, 4 * channels)

        def branches() -> nn.ModuleList:
            return nn.ModuleList(
                nn.Sequential(*(_block(depthwise, channels, channels, 3) for _ in range(2)))
                for _ in levels
            )

        def predictions(count: int) -> nn.ModuleList:
            return nn.ModuleList(nn.Conv2d(channels, count, 1) for _ in levels)

        self.cls_convs = branches()
        self.reg_convs = branches()
        self.cls_preds = predictions(num_classes)
        self.reg_preds = predictions(4)
        self.obj_preds = predictions(1)
        self.stems = nn.ModuleList(ConvBlock(n, channels, 1) for n in levels)

    def forward(self, features: list[Tensor], as_logits: bool = False) -> Tensor:
        """Return (N, A, 5 + num_classes)."""
        outputs = []
        for level, x in enumerate(features):
            x = self.stems[level](x)
            boxes = self.reg_convs[level](x)
            objectness = self.obj_preds[level](boxes)
            classes = self.cls_preds[level](self.cls_convs[level](x))
            if not as_logits:
                objectness, classes = objectness.sigmoid(), classes.sigmoid()
            output = [self.reg_preds[level](boxes), objectness, classes]
            outputs.append(torch.cat(output, dim=1).flatten(2))
        return torch.cat(outputs, dim=2).transpose(1, 2)


class Yolox(nn.Module):
    """
    Images to the raw head.

    :param depth: factor on the number of blocks.
    :param width: factor on the number of channels.
    :param depthwise: separable convolutions instead of 3x3 ones.
    :param num_classes: 80 for COCO; the first is a person.
    """

    def __init__(
        self, *, depth: float, width: float, depthwise: bool = False, num_classes: int = 80
    ) -> None:
        super().__init__()
        self.backbone = PathAggregation(depth, width, depthwise)
        self.head = DecoupledHead(width, depthwise, num_classes)

    def forward(self, images: Tensor, as_logits: bool = False) -> Tensor:
        """
        Return the head without the grid, as ONNX files without `decode_in_inference` give it.

        :param images: (N, 3, H, W) BGR in [0, 255]; H and W multiples of 32.
        :param as_logits: give objectness and classes before the sigmoid, as training needs them.
        :return: (N, A, 5 + num_classes): cx, cy in cells from the cell's own, log w, log h in
            cells, objectness, class probabilities; strides 8, 16, 32, each row by row.
        :raises ValueError: if H or W is of another size.
        """
        height, width = images.shape[2:]
        if height % 32 or width % 32:
            raise ValueError(f'H and W must be multiples of 32, got {height} x {width}')
        out: Tensor = self.head(self.backbone(images), as_logits)
        return out
