# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
YOLOv3-SPP, a detector with anchors (Redmon & Farhadi 2018; pooling of He et al. 2014).

Darknet-53, a spatial pyramid pool, and heads at strides 32, 16 and 8 with three anchors each. N
images, A boxes of all levels, H x W. Parameters are named by the line of their layer in
darknet's configuration, where shortcuts, routes and pools are counted too.

Pools do not see beyond the border: darknet, by which the published weights were trained, pads
them with the lowest float. AlphaPose pads them with 0, which differs at the border where all that
a pool sees is negative, as leaky activations can be.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from collections.abc import Iterator

import torch
from torch import nn
from torch import Tensor
from torch.nn.functional import interpolate
from torch.nn.functional import max_pool2d

STAGES = ((64, 1), (128, 2), (256, 8), (512, 8), (1024, 4))  # channels and residual blocks
STRIDES = (32, 16, 8)
# Width and height in network pixels, for every stride.
ANCHORS = (
    ((116, 90), (156, 198), (373, 326)),
    ((30, 61), (62, 45), (59, 119)),
    ((10, 13), (16, 30), (33, 23)),
)
# Line, channels that come in, channels that go out, size of the kernel.
NECK = (
    *((75, 1024, 512, 1), (76, 512, 1024, 3), (77, 1024, 512, 1)),
    *((84, 2048, 512, 1), (85, 512, 1024, 3), (86, 1024, 512, 1), (87, 512, 1024, 3)),
    *((91, 512, 256, 1), (94, 768, 256, 1), (95, 256, 512, 3), (96, 512, 256, 1)),
    *((97, 256, 512, 3), (98, 512, 256, 1), (99, 256, 512, 3)),
    *((103, 256, 128, 1), (106, 384, 128, 1), (107, 128, 256, 3), (108, 256, 128, 1)),
    *((109, 128, 256, 3), (110, 256, 128, 1), (111, 128, 256, 3)),
)
HEADS = ((88, 1024), (100, 512), (112, 256))  # line, channels that come in


class Yolov3Spp(nn.Module):
    """
    Images to boxes.

    :param num_classes: 80 for COCO.
    """

    anchors: Tensor

    def __init__(self, num_classes: int = 80) -> None:
        super().__init__()
        layers = {line: _conv(line, *shape) for line, *shape in (*_backbone_lines(), *NECK)}
        for line, in_channels in HEADS:
            conv = nn.Conv2d(in_channels, len(ANCHORS[0]) * (5 + num_classes), 1)
            layers[line] = nn.Sequential(OrderedDict({f'conv_{line}': conv}))
        self.module_list = nn.ModuleDict({str(line): layers[line] for line in sorted(layers)})
        self.register_buffer('anchors', torch.tensor(ANCHORS).float(), persistent=False)

    def forward(self, images: Tensor) -> Tensor:
        """
        Return all boxes, those of stride 32 first; within a level see `decode_head`.

        :param images: (N, 3, H, W) RGB in [0, 1]; H and W multiples of 32, usually 608.
        :return: (N, A, 5 + classes): centre x, y, width, height in network pixels; objectness and
            class probabilities in [0, 1]. At 608 x 608 A is 22743.
        :raises ValueError: if H or W is no multiple of 32.
        """
        height, width = images.shape[-2:]
        if height % STRIDES[0] or width % STRIDES[0]:
            raise ValueError(
                f'height and width must be multiples of {STRIDES[0]}, got {height} x {width}'
            )
        fine, middle, coarse = self._backbone(images)
        coarse = self._run((84, 85, 86), pool_pyramid(self._run((75, 76, 77), coarse)))
        middle = self._run(range(94, 99), _join(self._run((91,), coarse), middle))
        fine = self._run(range(106, 111), _join(self._run((103,), middle), fine))
        lines = ((87, 88), (99, 100), (111, 112))
        heads = map(self._run, lines, (coarse, middle, fine))
        levels = zip(heads, self.anchors, STRIDES, strict=True)
        return torch.cat([decode_head(*level) for level in levels], dim=1)

    def _backbone(self, images: Tensor) -> list[Tensor]:
        """Return the features of strides 8, 16 and 32."""
        features = self._run((0,), images)
        stages = []
        line = 1
        for _, num_blocks in STAGES:
            features = self._run((line,), features)
            for first in range(line + 1, line + 1 + 3 * num_blocks, 3):
                features = features + self._run((first, first + 1), features)
            stages.append(features)
            line += 1 + 3 * num_blocks
        return stages[2:]

    def _run(self, lines: Iterable[int], features: Tensor) -> Tensor:
        for line in lines:
            features = self.module_list[str(line)](features)
        return features


def decode_head(head: Tensor, anchors: Tensor, stride: int) -> Tensor:
    """
    Make boxes of one level (Redmon & Farhadi 2018, section 2.1).

    :param head: (N, 3 * (5 + classes), h, w): for each anchor centre x, y (logits within the
        cell), log width and log height in anchors, logits of objectness and classes.
    :param anchors: (3, 2) width, height in network pixels.
    :param stride: network pixels per cell.
    :return: (N, h * w * 3, 5 + classes) row by row, the anchors of a cell side by side; see
        `Yolov3Spp.forward`.
    """
    count, _, height, width = head.shape
    # Half precision would round positions to half a pixel.
    head = head.float().reshape(count, len(anchors), -1, height, width).permute(0, 3, 4, 1, 2)
    y = torch.arange(height, device=head.device)
    x = torch.arange(width, device=head.device)
    cells = torch.stack(torch.meshgrid(x, y, indexing='xy'), dim=-1)[:, :, None]  # (h, w, 1, 2)
    centres = (head[..., :2].sigmoid() + cells) * stride
    sizes = head[..., 2:4].exp() * anchors
    return torch.cat([centres, sizes, head[..., 4:].sigmoid()], dim=-1).flatten(1, 3)


def pool_pyramid(features: Tensor) -> Tensor:
    """
    Put beside each cell the largest of the cells around it.

    :param features: (N, C, H, W).
    :return: (N, 4 C, H, W): largest of 13 x 13, 9 x 9 and 5 x 5 cells, and the cell itself.
    """
    pooled = [features]
    for _ in range(3):  # twice 5 x 5 is 9 x 9, three times is 13 x 13
        pooled.append(max_pool2d(pooled[-1], 5, stride=1, padding=2))
    return torch.cat(pooled[::-1], dim=1)


def _backbone_lines() -> Iterator[tuple[int, int, int, int, int]]:
    """Yield Darknet-53: line, channels that come in and go out, size of the kernel, stride."""
    yield 0, 3, 32, 3, 1
    line = 1
    for channels, num_blocks in STAGES:
        half = channels // 2
        yield line, half, channels, 3, 2
        for first in range(line + 1, line + 1 + 3 * num_blocks, 3):
            yield first, channels, half, 1, 1
            yield first + 1, half, channels, 3, 1
        line += 1 + 3 * num_blocks


def _conv(
    line: int, in_channels: int, out_channels: int, kernel_size: int, stride: int = 1
) -> nn.Sequential:
    pad = kernel_size // 2
    conv = nn.Conv2d(in_channels, out_channels, kernel_size, stride, pad, bias=False)
    norm = nn.BatchNorm2d(out_channels)
    layers = {f'conv_{line}': conv, f'batch_norm_{line}': norm}
    return nn.Sequential(OrderedDict(layers, activation=nn.LeakyReLU(0.1, inplace=True)))


def _join(coarse: Tensor, fine: Tensor) -> Tensor:
    """Return twice as many coarse cells each way, and the fine ones behind them."""
    return torch.cat([interpolate(coarse, scale_factor=2.0, mode='nearest'), fine], dim=1)
