# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Which cell of a YOLOX head learns whom: SimOTA (Ge et al. 2021, section 2.1).

B images, A cells of all levels, N people of all images. Boxes are xyxy in network pixels.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from alphapose_ros.inference.detector import STRIDES

IOU_WEIGHT = 3.0  # lambda of eq. 1
MAX_CELLS = 10  # of a person; as many as their overlaps add up to
CENTRE_RADIUS = 2.5  # in cells, from the centre of a person to those of the cells
OUTSIDE = 1e4  # cost of a cell outside the box: taken only where there are too few inside
TINY = 1e-8


@dataclass(frozen=True, eq=False)
class Grid:
    """
    The cells of a head, finest level first, row by row.

    :param cells: (A, 2) x, y of a cell in its level, from 0.
    :param strides: (A, 1) sides of a cell.
    """

    cells: Tensor
    strides: Tensor

    @property
    def centres(self) -> Tensor:
        """(A, 2) x, y of their centres."""
        return (self.cells + 0.5) * self.strides

    def decode(self, values: Tensor) -> Tensor:
        """Return (..., A, 4) boxes of (..., A, 4) x, y, log w, log h in cells."""
        centres = (values[..., :2] + self.cells) * self.strides
        half_sizes = values[..., 2:].clamp(max=20).exp() * self.strides / 2
        return torch.cat([centres - half_sizes, centres + half_sizes], dim=-1)


def make_grid(size_wh: tuple[int, int], device: torch.device) -> Grid:
    """Return the grid of images of a size, a multiple of the largest stride."""
    cells, strides = [], []
    for stride in STRIDES:
        x = torch.arange(size_wh[0] // stride, device=device)
        y = torch.arange(size_wh[1] // stride, device=device)
        cells.append(torch.cartesian_prod(y, x).flip(1))
        strides.append(torch.full((len(cells[-1]), 1), stride, device=device))
    return Grid(torch.cat(cells).float(), torch.cat(strides).float())


def pairwise_iou(boxes_a: Tensor, boxes_b: Tensor) -> Tensor:
    """Return (...) IoU of (..., 4) boxes with (..., 4) others, after broadcasting."""
    top_left = torch.maximum(boxes_a[..., :2], boxes_b[..., :2])
    bottom_right = torch.minimum(boxes_a[..., 2:], boxes_b[..., 2:])
    intersection = (bottom_right - top_left).clamp(min=0).prod(dim=-1)
    areas = [(b[..., 2:] - b[..., :2]).prod(dim=-1) for b in (boxes_a, boxes_b)]
    return intersection / (areas[0] + areas[1] - intersection + TINY)


@torch.no_grad()
def assign_cells(
    grid: Grid, found: Tensor, logits: Tensor, people: Tensor, image_of: Tensor
) -> Tensor:
    """
    Choose who is learnt where.

    Of the cells near the centre of a person the cheapest are taken, as many as the best overlaps
    add up to; a cell wanted by several people goes to whom it is cheapest for.

    :param found: (B, A, 4) boxes that the network gives.
    :param logits: (B, A, 2) of objectness and of the class.
    :param people: (N, 4) boxes.
    :param image_of: (N,) int64, image of a person.
    :return: (B, A) int64 index of the person, -1 for nobody.
    """
    nobody = torch.full(found.shape[:2], -1, device=found.device)
    if not len(people):
        return nobody
    iou = pairwise_iou(people[:, None], found[image_of])  # (N, A)
    is_near, is_inside = _priors(grid, people)
    # The score is the geometric mean of both probabilities; its cross-entropy with 1.
    class_cost = -functional.logsigmoid(logits).mean(dim=2)[image_of]
    cost = class_cost - IOU_WEIGHT * (iou + TINY).log() + OUTSIDE * ~is_inside
    cost = cost.masked_fill(~is_near, torch.inf)
    cost = _keep_cheapest(cost, iou.masked_fill(~is_near, 0))
    image_of = image_of[:, None].expand_as(cost)
    cheapest = torch.full_like(found[..., 0], torch.inf)
    cheapest = cheapest.scatter_reduce(0, image_of, cost, 'amin')
    is_taken = (cost == cheapest.gather(0, image_of)) & cost.isfinite()
    index = torch.arange(len(people), device=found.device)[:, None]
    return nobody.scatter_reduce(0, image_of, index.where(is_taken, -1), 'amax')


def _priors(grid: Grid, people: Tensor) -> tuple[Tensor, Tensor]:
    """Return (N, A) whether a cell is near the centre of a person, and whether in the box."""
    centres = grid.centres
    offsets = (centres - (people[:, None, :2] + people[:, None, 2:]) / 2).abs()
    is_near = (offsets < CENTRE_RADIUS * grid.strides).all(dim=2)
    after_start = centres > people[:, None, :2]
    before_end = centres < people[:, None, 2:]
    return is_near, (after_start & before_end).all(dim=2)


def _keep_cheapest(cost: Tensor, iou: Tensor) -> Tensor:
    """Return (N, A) costs, infinite for all but the cells that a person is to have."""
    count = min(MAX_CELLS, cost.shape[1])
    wanted = iou.topk(count, dim=1).values.sum(dim=1).int().clamp(min=1)  # (N,)
    values, indices = cost.topk(count, dim=1, largest=False)
    rank = torch.arange(count, device=cost.device)
    values = values.masked_fill(rank >= wanted[:, None], torch.inf)
    return torch.full_like(cost, torch.inf).scatter(1, indices, values)
