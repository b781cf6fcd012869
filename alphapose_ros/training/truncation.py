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
# From head and shoulders to all but the feet.
_SHARES_LEFT = 0.2, 0.9
_MARGIN = 0.08  # around the joints that are left, in parts of the longer side of the box


def cut_off(
    box: FloatArray,
    keypoints: FloatArray,
    is_labelled: NDArray[np.bool_],
    image_size_wh: tuple[int, int],
    rng: np.random.Generator,
) -> tuple[NDArray[np.int64], FloatArray]:
    """
    Return a part of an image of which one or two sides go through a person.

    It is the whole image if fewer than `MIN_JOINTS` labelled joints would be left.

    :param box: (4,) xyxy.
    :param keypoints: (K, 2) x, y in the image.
    :param is_labelled: (K,).
    :return: (4,) its edges x0, y0, x1, y1, the last two exclusive; the (4,) xyxy box of what is
        left of the person.
    """
    edges = whole_image(image_size_wh)
    count = 2 if rng.random() < _CORNER_ODDS else 1
    for side in rng.choice(4, count, replace=False, p=_SIDE_ODDS):
        share = rng.uniform(*_SHARES_LEFT)
        start, end = box[side % 2], box[side % 2 + 2]
        if side < 2:
            edges[side] = max(round(end - share * (end - start)), 0)
        else:
            edges[side] = min(round(start + share * (end - start)), image_size_wh[side % 2])
    is_left = is_labelled & is_within(keypoints, edges)
    if np.count_nonzero(is_left) < MIN_JOINTS:
        return whole_image(image_size_wh), box
    return edges, _box_within(box, keypoints[is_left], edges)


def whole_image(image_size_wh: tuple[int, int]) -> NDArray[np.int64]:
    """Return the (4,) edges that cut nobody off."""
    return np.array([0, 0, *image_size_wh])


def is_within(keypoints: FloatArray, edges: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return (K,) which of (K, 2) joints are on the pixels within edges."""
    is_left = (keypoints >= edges[:2] - 0.5) & (keypoints < edges[2:] - 0.5)
    return np.asarray(is_left.all(axis=1), np.bool_)


def _box_within(box: FloatArray, joints: FloatArray, edges: NDArray[np.int64]) -> FloatArray:
    """Return the (4,) xyxy box of what is left of a person: around joints, up to what cuts it."""
    margin = _MARGIN * max(box[2:] - box[:2])
    low = np.maximum(joints.min(axis=0) - margin, box[:2])
    high = np.minimum(joints.max(axis=0) + margin, box[2:])
    low = np.where(edges[:2] > box[:2], edges[:2], low)
    high = np.where(edges[2:] < box[2:], edges[2:], high)
    return np.concatenate([low, high]).astype(np.float32)
