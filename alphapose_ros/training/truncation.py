# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
People whom the edge of the image cuts off: images of whole people, cut as photographs are.

K keypoints.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from alphapose_ros.structures import FloatArray

MIN_JOINTS = 6
_SIDE_ODDS = (0.2, 0.1, 0.2, 0.5)  # left, top, right, bottom
_CORNER_ODDS = 0.25
_MARGIN = 0.08  # around the joints that are left, in parts of the longer side of the box


def draw_edges(
    box: FloatArray,
    keypoints: FloatArray,
    is_labelled: NDArray[np.bool_],
    image_size_wh: tuple[int, int],
    rng: np.random.Generator,
) -> NDArray[np.int64] | None:
    """
    Return the part of an image that is kept, of which one or two sides go through a person.

    :param box: (4,) xyxy.
    :param keypoints: (K, 2) x, y in the image.
    :param is_labelled: (K,).
    :return: (4,) x0, y0, x1, y1, the last two exclusive; None if fewer than `MIN_JOINTS` labelled
        joints would be left.
    """
    edges = np.array([0, 0, *image_size_wh])
    count = 2 if rng.random() < _CORNER_ODDS else 1
    for side in rng.choice(4, count, replace=False, p=_SIDE_ODDS):
        share = rng.uniform(0.3, 0.9)
        start, end = box[side % 2], box[side % 2 + 2]
        if side < 2:
            edges[side] = max(round(end - share * (end - start)), 0)
        else:
            edges[side] = min(round(start + share * (end - start)), image_size_wh[side % 2])
    is_left = is_labelled & is_within(keypoints, edges)
    return edges if np.count_nonzero(is_left) >= MIN_JOINTS else None


def is_within(keypoints: FloatArray, edges: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return (K,) which joints the edges leave."""
    is_left = (keypoints >= edges[:2]) & (keypoints <= edges[2:] - 1)
    return np.asarray(is_left.all(axis=1), np.bool_)


def box_within(
    box: FloatArray,
    keypoints: FloatArray,
    is_labelled: NDArray[np.bool_],
    edges: NDArray[np.int64],
) -> FloatArray:
    """Return the (4,) xyxy box of what the edges leave of a person."""
    joints = keypoints[is_labelled & is_within(keypoints, edges)]
    margin = _MARGIN * max(box[2:] - box[:2])
    low = np.maximum(joints.min(axis=0) - margin, box[:2])
    high = np.minimum(joints.max(axis=0) + margin, box[2:])
    # A body reaches as far as the edge that cuts it.
    low = np.where(edges[:2] > box[:2], edges[:2], low)
    high = np.where(edges[2:] < box[2:], edges[2:], high)
    return np.concatenate([low, high]).astype(np.float32)
