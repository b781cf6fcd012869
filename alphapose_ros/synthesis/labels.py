# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Who and what is seen, from the buffers of the renderer. N people, K joints."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alphapose_ros.structures import FloatArray
from alphapose_ros.synthesis.cameras import Camera
from alphapose_ros.synthesis.renderer import Picture
from alphapose_ros.synthesis.renderer import SUPERSAMPLING

OUTSIDE, HIDDEN, VISIBLE = 0, 1, 2
# A joint on the outline may lie beside the pixels of its person.
_NEIGHBOURS = tuple((x, y) for x in (-1, 0, 1) for y in (-1, 0, 1))


@dataclass(frozen=True, eq=False)
class Labels:
    """
    What is known of the people in a picture.

    :param boxes: (N, 4) xyxy of what is seen; zeros where nothing is.
    :param keypoints: (N, K, 2).
    :param visibility: (N, K) uint8 OUTSIDE, HIDDEN or VISIBLE.
    :param areas: (N,) pixels that are seen.
    """

    boxes: FloatArray
    keypoints: FloatArray
    visibility: NDArray[np.uint8]
    areas: FloatArray


def label_people(
    picture: Picture, camera: Camera, joints: FloatArray, max_depths: FloatArray
) -> Labels:
    """
    Return the labels of people 1 to N of a picture.

    :param joints: (N, K, 3) in the world.
    :param max_depths: (K,) how far behind the surface a joint may lie and count as seen.
    """
    keypoints, distances = camera.project(joints)
    width, height = camera.size_wh
    limits = np.array([width, height], np.float32) - 0.5
    is_inside = ((keypoints >= -0.5) & (keypoints < limits)).all(axis=2) & (distances > 0)
    is_seen = is_inside & _is_uncovered(picture, keypoints, distances - max_depths)
    boxes, areas = _boxes(picture.people, len(joints))
    visibility = is_inside.astype(np.uint8) + is_seen
    return Labels(boxes, keypoints, visibility.astype(np.uint8), areas)


def _is_uncovered(
    picture: Picture, keypoints: FloatArray, nearest: FloatArray
) -> NDArray[np.bool_]:
    """Return (N, K) whether the person itself is the first thing seen, not nearer than that."""
    height, width = picture.people.shape
    pixels = np.floor((np.clip(keypoints, -1e4, 1e4) + 0.5) * SUPERSAMPLING).astype(np.intp)
    numbers = np.arange(1, len(keypoints) + 1)[:, None]
    is_seen = np.zeros(keypoints.shape[:2], np.bool_)
    for shift in _NEIGHBOURS:
        x = np.clip(pixels[:, :, 0] + shift[0], 0, width - 1)
        y = np.clip(pixels[:, :, 1] + shift[1], 0, height - 1)
        is_seen |= (picture.people[y, x] == numbers) & (picture.depths[y, x] >= nearest)
    return is_seen


def _boxes(people: NDArray[np.uint8], count: int) -> tuple[FloatArray, FloatArray]:
    """Return boxes (N, 4) and areas (N,) of people in the picture of numbers."""
    boxes = np.zeros((count, 4), np.float32)
    areas = np.bincount(people.ravel(), minlength=count + 1)[1 : count + 1]
    for i in np.flatnonzero(areas):
        is_person = people == i + 1
        rows, columns = (
            np.flatnonzero(is_person.any(axis=1)),
            np.flatnonzero(is_person.any(axis=0)),
        )
        boxes[i] = columns[0], rows[0], columns[-1] + 1, rows[-1] + 1
    # From the corner of the first pixel to its centre.
    boxes = boxes / SUPERSAMPLING - 0.5 * (areas > 0)[:, None]
    return np.asarray(boxes, np.float32), np.asarray(areas / SUPERSAMPLING**2, np.float32)
