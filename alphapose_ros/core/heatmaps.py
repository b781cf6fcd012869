# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
From heat maps to joints. N people, K keypoints, H x W the size of the maps.

Coordinates here are pixels of the heat map, counted from the centre of its top-left cell;
`crops.crop_to_image` takes them to the image.
"""

from __future__ import annotations

import numpy as np

from alphapose_ros.structures import FloatArray


def decode_argmax(heatmaps: FloatArray) -> tuple[FloatArray, FloatArray]:
    """
    Return the highest cell of every map, moved a quarter cell towards its higher neighbour.

    The quarter offset (Newell et al. 2016, section 3.2) recovers part of what the coarse grid
    loses; it applies where both neighbours exist and the cell is not within one of the border. Of
    equal maxima the first in row-major order wins. A map without a positive value has no peak: its
    joint is at (0, 0) with its score, zero or less, left for the caller to tell.

    :param heatmaps: (N, K, H, W), H and W at least 3.
    :return: (N, K, 2) x, y in pixels of the heat map; (N, K) scores, the peak values.
    """
    num_people, num_keypoints, height, width = heatmaps.shape
    maps = np.ascontiguousarray(heatmaps).reshape(-1, height * width)
    peaks = maps.argmax(axis=1)
    rows = np.arange(len(maps))
    scores = maps[rows, peaks]
    peaks[scores <= 0] = 0
    x, y = peaks % width, peaks // width
    inside = (x > 1) & (x < width - 1) & (y > 1) & (y < height - 1)
    rows, centres = rows[inside], peaks[inside]
    points = np.stack([x, y], axis=1).astype(np.float32)
    points[inside, 0] += 0.25 * np.sign(maps[rows, centres + 1] - maps[rows, centres - 1])
    points[inside, 1] += 0.25 * np.sign(maps[rows, centres + width] - maps[rows, centres - width])
    return points.reshape(num_people, num_keypoints, 2), scores.reshape(num_people, num_keypoints)
