# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
From heat maps to joints, on the device of the maps. N people, K keypoints, H x W the map's size.

Coordinates here are pixels of the heat map, counted from the centre of its top-left cell, without
a half-pixel term: the convention that the published checkpoints were trained with.
"""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor

Normalize = Literal['sigmoid', 'softmax', 'divide_sum']


def decode_argmax(heatmaps: Tensor) -> tuple[Tensor, Tensor]:
    """
    Return the highest cell of every map, moved a quarter cell towards its higher neighbour.

    The quarter offset (Newell et al. 2016, section 3.2) recovers part of what the coarse grid
    loses; it applies where both neighbours exist and the cell is not within one of the border. Of
    equal maxima the first in row-major order wins. A map without a positive value has no peak: its
    joint is at (0, 0) with its score, zero or less, left for the caller to tell.

    :param heatmaps: (N, K, H, W), H and W at least 3.
    :return: (N, K, 2) x, y in pixels of the heat map; (N, K) scores, the peak values.
    """
    height, width = heatmaps.shape[2:]
    maps = heatmaps.flatten(2)
    peaks = _first_maximum(maps)
    scores = maps.gather(2, peaks[..., None])[..., 0]
    peaks = torch.where(scores > 0, peaks, 0)
    x, y = peaks % width, peaks // width
    inside = (x > 1) & (x < width - 1) & (y > 1) & (y < height - 1)
    # Right, left, lower and upper neighbour in one look-up; the peak itself where it has none.
    steps = torch.tensor([1, -1, width, -width], device=maps.device) * inside[..., None]
    right, left, lower, upper = maps.gather(2, peaks[..., None] + steps).unbind(dim=2)
    offsets = torch.stack([right - left, lower - upper], dim=2).sign()
    return torch.stack([x, y], dim=2) + 0.25 * offsets, scores


def _first_maximum(values: Tensor) -> Tensor:
    """Return the index of the first maximum along the last axis."""
    if values.device.type == 'cpu':  # numpy's is three times as fast
        return torch.from_numpy(values.detach().numpy().argmax(axis=-1))
    return values.argmax(dim=-1)


def decode_integral(heatmaps: Tensor, normalize: Normalize = 'sigmoid') -> tuple[Tensor, Tensor]:
    """
    Return the expectation of every map taken as a distribution (symmetric integral regression).

    Two steps (Fang et al. 2022, section 3.1): the values are normalised one by one, which gives
    the score, and only then divided by their sum, which gives the location. So a map that is low
    everywhere has a low score, though its distribution is as sharp as any.

    :param heatmaps: (N, K, H, W) logits; with 'divide_sum' at least 0 with a positive sum.
    :param normalize: 'sigmoid' (score: the highest value), 'softmax' or 'divide_sum' (score 1).
    :return: (N, K, 2) x, y in pixels of the heat map, in [0, W) and [0, H); (N, K) in [0, 1].
    """
    height, width = heatmaps.shape[2:]
    if normalize == 'sigmoid':
        maps = heatmaps.sigmoid()
        scores = maps.amax(dim=(2, 3))
    else:
        maps = heatmaps
        if normalize == 'softmax':
            maps = heatmaps.flatten(2).softmax(dim=2).view_as(heatmaps)
        scores = heatmaps.new_ones(heatmaps.shape[:2])
    columns, rows = maps.sum(dim=2), maps.sum(dim=3)  # (N, K, W), (N, K, H)
    x = columns @ torch.arange(width, device=maps.device, dtype=maps.dtype)
    y = rows @ torch.arange(height, device=maps.device, dtype=maps.dtype)
    return torch.stack([x, y], dim=2) / rows.sum(dim=2)[..., None], scores


def decode_combined(
    heatmaps: Tensor, num_argmax: int, normalize: Normalize = 'sigmoid'
) -> tuple[Tensor, Tensor]:
    """
    Decode body and feet by the highest cell, face and hands by the expectation.

    :param heatmaps: (N, K, H, W).
    :param num_argmax: the leading joints that are body and feet.
    :param normalize: see `decode_integral`.
    :return: as the two others; scores of the two kinds live on scales of their own.
    """
    body, body_scores = decode_argmax(heatmaps[:, :num_argmax])
    fine, fine_scores = decode_integral(heatmaps[:, num_argmax:], normalize)
    return torch.cat([body, fine], dim=1), torch.cat([body_scores, fine_scores], dim=1)


def flip_heatmaps(heatmaps: Tensor, permutation: Tensor, *, shift: bool = True) -> Tensor:
    """
    Return the maps of a mirrored crop as maps of the crop itself.

    :param heatmaps: (N, K, H, W).
    :param permutation: (K,) int, the joint that takes the place of each in a mirror.
    :param shift: move one column to the right: strided convolutions see a mirrored crop with that
        offset. The first column stays.
    :return: (N, K, H, W); without the shift, twice is the identity.
    """
    flipped = heatmaps.flip(3)[:, permutation]
    if not shift:
        return flipped
    return torch.cat([flipped[..., :1], flipped[..., :-1]], dim=3)
