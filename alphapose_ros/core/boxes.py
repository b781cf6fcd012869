# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Geometry of boxes. N, M boxes.

Boxes are xyxy pixels, float32: the left and top edge, the right and bottom edge. Width is
`x1 - x0`, without the "+ 1" of some older code.
"""

from __future__ import annotations

import numpy as np

from alphapose_ros.structures import FloatArray


def xyxy_to_xywh(boxes: FloatArray) -> FloatArray:
    """Return (N, 4) x, y, width, height (top-left + size) of (N, 4) xyxy boxes."""
    return np.concatenate([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]], axis=1)


def xywh_to_xyxy(boxes_xywh: FloatArray) -> FloatArray:
    """Return (N, 4) xyxy of (N, 4) x, y, width, height boxes; inverse of `xyxy_to_xywh`."""
    return np.concatenate([boxes_xywh[:, :2], boxes_xywh[:, :2] + boxes_xywh[:, 2:]], axis=1)


def xyxy_to_cxcywh(boxes: FloatArray) -> FloatArray:
    """Return (N, 4) centre x, centre y, width, height of (N, 4) xyxy boxes."""
    top_left, bottom_right = boxes[:, :2], boxes[:, 2:]
    return np.concatenate([(top_left + bottom_right) / 2, bottom_right - top_left], axis=1)


def cxcywh_to_xyxy(boxes_cxcywh: FloatArray) -> FloatArray:
    """Return (N, 4) xyxy of (N, 4) centre + size boxes; inverse of `xyxy_to_cxcywh`."""
    centres, half_sizes = boxes_cxcywh[:, :2], boxes_cxcywh[:, 2:] / 2
    return np.concatenate([centres - half_sizes, centres + half_sizes], axis=1)


def box_area(boxes: FloatArray) -> FloatArray:
    """Return (N,) areas in square pixels; zero where an edge pair is reversed."""
    sizes = np.clip(boxes[:, 2:] - boxes[:, :2], 0, None)
    return np.asarray(sizes[:, 0] * sizes[:, 1], np.float32)


def box_iou(boxes_a: FloatArray, boxes_b: FloatArray) -> FloatArray:
    """
    Return the intersection over union of every pair of boxes.

    :param boxes_a: (N, 4) xyxy; empty is allowed.
    :param boxes_b: (M, 4) xyxy; empty is allowed.
    :return: (N, M) in [0, 1]; zero where the union is empty.
    """
    intersection = _intersection(boxes_a, boxes_b)
    union = box_area(boxes_a)[:, None] + box_area(boxes_b)[None] - intersection
    iou = np.zeros(intersection.shape, np.float32)
    np.divide(intersection, union, out=iou, where=union > 0)
    return iou


def covered_part(boxes: FloatArray, by: FloatArray) -> FloatArray:
    """
    Return which part of every person is covered by somebody nearer.

    On a floor, the nearer person's lower edge is lower in the image. Of several who are nearer,
    the one counts who covers most.

    :param boxes: (N, 4) xyxy; empty is allowed.
    :param by: (M, 4) xyxy of those who cover; may be the same.
    :return: (N,) in [0, 1].
    """
    is_nearer = by[None, :, 3] > boxes[:, None, 3]
    intersection = np.where(is_nearer, _intersection(boxes, by), 0)
    parts = intersection.max(axis=1, initial=0) / np.maximum(box_area(boxes), 1e-6)
    return np.asarray(np.clip(parts, 0, 1), np.float32)


def _intersection(boxes_a: FloatArray, boxes_b: FloatArray) -> FloatArray:
    """Return (N, M) areas that boxes have in common."""
    top_left = np.maximum(boxes_a[:, None, :2], boxes_b[None, :, :2])  # (N, M, 2)
    bottom_right = np.minimum(boxes_a[:, None, 2:], boxes_b[None, :, 2:])  # (N, M, 2)
    sizes = np.clip(bottom_right - top_left, 0, None)
    areas: FloatArray = sizes[..., 0] * sizes[..., 1]
    return areas


def suppress_overlaps(boxes: FloatArray, scores: FloatArray, max_iou: float) -> np.ndarray:
    """
    Return which boxes survive greedy non-maximum suppression.

    The best-scored box is kept and every box that overlaps it by more than `max_iou` is dropped;
    then the next best of what is left, until none is left. Equal scores keep their order.

    :param boxes: (N, 4) xyxy; empty is allowed.
    :param scores: (N,).
    :param max_iou: in [0, 1].
    :return: indices of the kept boxes, best score first.
    """
    order = np.argsort(-scores, kind='stable')
    overlaps = box_iou(boxes[order], boxes[order]) > max_iou
    alive = np.ones(len(order), bool)
    for i in range(len(order)):
        if alive[i]:
            alive[i + 1 :] &= ~overlaps[i, i + 1 :]
    return order[alive]
