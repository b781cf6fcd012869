# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
What heat maps should look like. N people, K keypoints, H x W the size of the maps.

Points are pixels of the crop, as inference has them: a joint at x is at x / stride in its map.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

SIGMA = 2.0
RADIUS = 6  # 3 sigma


def gaussian_targets(
    points: Tensor, size_hw: Sequence[int], *, stride: float = 4.0
) -> tuple[Tensor, Tensor]:
    """
    Return maps with a Gaussian of height 1 at the cell of every joint.

    :param points: (N, K, 2) x, y in pixels of the crop.
    :param size_hw: height and width of the maps.
    :param stride: pixels of the crop per cell.
    :return: (N, K, H, W), channels last in memory as the outputs of networks; (N, K) bool, whether
        anything of the Gaussian is in the map.
    """
    centres = (points / stride + 0.5).trunc()
    profiles, is_inside = [], torch.ones_like(centres[..., 0], dtype=torch.bool)
    for axis, length in ((0, size_hw[1]), (1, size_hw[0])):
        centre = centres[..., axis]
        offsets = torch.arange(length, device=points.device)[:, None] - centre[:, None]
        profile = torch.exp(-offsets.square() / (2 * SIGMA**2))  # (N, length, K)
        profiles.append(profile * (offsets.abs() <= RADIUS))
        is_inside &= (centre + RADIUS >= 0) & (centre - RADIUS < length)
    columns, rows = profiles
    return (rows[:, :, None] * columns[:, None]).permute(0, 3, 1, 2), is_inside


def integral_targets(points: Tensor, size_wh: tuple[int, int]) -> Tensor:
    """
    Return where joints are, in parts of the crop from its centre.

    :param points: (N, K, 2) x, y in pixels of the crop.
    :param size_wh: width and height of the crop.
    :return: (N, K, 2), in [-0.5, 0.5) inside.
    """
    return points / points.new_tensor(size_wh) - 0.5
