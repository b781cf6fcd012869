# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
What a YOLOX detector of people learns from (Ge et al. 2021), also from the boxes of a teacher.

B images, G places for people in each, A cells of all levels, P cells that learn somebody.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import fields
import math
from typing import Any

import torch
from torch import nn
from torch import Tensor
from torch.nn import functional

from alphapose_ros.models.yolox import Yolox
from alphapose_ros.training.detection_assignment import assign_cells
from alphapose_ros.training.detection_assignment import Grid
from alphapose_ros.training.detection_assignment import make_grid
from alphapose_ros.training.detection_assignment import TINY

FIRST_SCORE = 0.01  # of every cell before training, since most see nobody


@dataclass(frozen=True, eq=False)
class DetectionBatch:
    """
    Images and who is in them.

    :param images: (B, 3, H, W) uint8 BGR.
    :param boxes: (B, G, 4) xyxy in pixels of the images; empty boxes in places without anybody.
    :param scores: (B, G) in [0, 1]: 1 for a person, a teacher's score for one that it has found,
        0 for a region of which nothing is to be learnt.
    :param is_exact: () bool, whether offsets are learnt by their absolute error as well: in the
        last phase of a training, when images are whole.
    """

    images: Tensor
    boxes: Tensor
    scores: Tensor
    is_exact: Tensor

    def to(self, device: torch.device) -> DetectionBatch:
        """Return it on a device."""
        return DetectionBatch(
            **{f.name: getattr(self, f.name).to(device, non_blocking=True) for f in fields(self)}
        )


@dataclass(frozen=True)
class DetectionTerms:
    """
    The parts of the loss, scalars.

    :param objectness: binary cross-entropy over all cells, with the score of the person.
    :param category: binary cross-entropy of the class over P cells, with the overlap.
    :param overlap: 1 - GIoU over P cells (Rezatofighi et al. 2019).
    :param offset: absolute error of centre and log size over P cells; 0 before the last phase.
    """

    objectness: Tensor
    category: Tensor
    overlap: Tensor
    offset: Tensor


class DetectionLoss:
    """
    The loss of a batch; each part is divided by the number of cells that learn somebody.

    What a teacher has found counts with its score.

    :param overlap_weight: of the overlap beside the other parts.
    """

    def __init__(self, *, overlap_weight: float = 5.0) -> None:
        self._overlap_weight = overlap_weight

    def __call__(self, module: nn.Module, batch: DetectionBatch) -> Tensor:
        """
        Return the loss.

        :param module: a `Yolox` of one class, wrapped or not.
        """
        images = batch.images.float().contiguous(memory_format=torch.channels_last)
        terms = detection_terms(module(images, as_logits=True).float(), batch)
        return (
            terms.objectness + terms.category + self._overlap_weight * terms.overlap + terms.offset
        )


def detection_terms(head: Tensor, batch: DetectionBatch) -> DetectionTerms:
    """
    Compare a head with who is there.

    :param head: (B, A, 6) as `Yolox` gives it, with logits.
    :raises ValueError: if the head has another shape.
    """
    height, width = batch.images.shape[2:]
    grid = make_grid((width, height), head.device)
    wanted = (len(batch.images), len(grid.cells), 6)
    if head.shape != wanted:
        raise ValueError(f'head must have shape {wanted}, got {tuple(head.shape)}')
    image_of, place = (batch.scores > 0).nonzero(as_tuple=True)
    people, scores = batch.boxes[image_of, place], batch.scores[image_of, place]  # (N, ...)
    found = grid.decode(head[..., :4])
    person = assign_cells(grid, found, head[..., 4:], people, image_of)
    is_positive = person >= 0
    weights = scores[person[is_positive]]  # (P,)
    total = weights.sum().clamp(min=1)
    targets = torch.zeros_like(head[..., 4])
    targets[is_positive] = weights
    objectness = functional.binary_cross_entropy_with_logits(
        head[..., 4], targets, reduction='none'
    )
    counts = is_positive | ~_is_ignored(grid, batch)
    true_boxes = people[person[is_positive]]
    giou, iou = paired_giou(found[is_positive], true_boxes)
    category = functional.binary_cross_entropy_with_logits(
        head[is_positive][:, 5], iou.detach(), reduction='none'
    )
    offset = _offset_errors(grid, head[..., :4], is_positive, true_boxes)
    return DetectionTerms(
        objectness=(objectness * counts).sum() / total,
        category=(category * weights).sum() / total,
        overlap=((1 - giou) * weights).sum() / total,
        offset=(offset * weights).sum() / total * batch.is_exact,
    )


def paired_giou(boxes_a: Tensor, boxes_b: Tensor) -> tuple[Tensor, Tensor]:
    """Return (P,) generalised IoU in [-1, 1] and (P,) IoU of (P, 4) boxes with (P, 4) others."""
    corners = torch.stack([boxes_a, boxes_b])
    inner = corners[..., 2:].amin(dim=0) - corners[..., :2].amax(dim=0)
    outer = corners[..., 2:].amax(dim=0) - corners[..., :2].amin(dim=0)
    areas = (corners[..., 2:] - corners[..., :2]).prod(dim=2).sum(dim=0)
    intersection = inner.clamp(min=0).prod(dim=1)
    union = areas - intersection + TINY
    hull = outer.prod(dim=1) + TINY
    iou = intersection / union
    return iou - (hull - union) / hull, iou


def _offset_errors(grid: Grid, values: Tensor, is_positive: Tensor, boxes: Tensor) -> Tensor:
    """Return (P,) sums of the absolute errors of x, y, log w, log h in cells."""
    cell = is_positive.nonzero()[:, 1]
    strides = grid.strides[cell]
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2 / strides - grid.cells[cell]
    sizes = ((boxes[:, 2:] - boxes[:, :2]) / strides).clamp(min=TINY).log()
    return (values[is_positive] - torch.cat([centres, sizes], dim=1)).abs().sum(dim=1)


def _is_ignored(grid: Grid, batch: DetectionBatch) -> Tensor:
    """Return (B, A) whether the centre of a cell lies in a region that teaches nothing."""
    boxes = batch.boxes.masked_fill((batch.scores > 0)[..., None], 0)[:, :, None]  # (B, G, 1, 4)
    is_in = (grid.centres > boxes[..., :2]) & (grid.centres < boxes[..., 2:])
    return is_in.all(dim=3).any(dim=1)


def start_detector(module: Yolox) -> None:
    """Let every cell begin with a low score, so that the empty ones do not drown the others."""
    for prediction in module.head.obj_preds:
        bias: Any = prediction.bias
        nn.init.constant_(bias, -math.log(1 / FIRST_SCORE - 1))
