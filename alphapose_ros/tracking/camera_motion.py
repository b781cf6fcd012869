# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
How the camera moved between two images, from what stands still. N people, P corners.

Corners outside the boxes of people are followed from image to image (pyramidal Lucas-Kanade:
Bouguet 2001), and RANSAC finds the shift, turn and zoom that most of them agree on.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from alphapose_ros.structures import FloatArray

Float64Array = NDArray[np.float64]

# The images are reduced to this width, or height if that is larger.
WORKING_SIZE = 320
NUM_CORNERS = 200
CORNER_QUALITY = 0.01
CORNER_DISTANCE = 7
WINDOW = 17
MAX_LEVEL = 4
# Pixels of the reduced image that a corner may be off; fewer corners, or a smaller part of them,
# prove nothing.
MAX_ERROR = 1.0
MIN_CORNERS = 12
MIN_AGREEING = 0.4


class CameraMotion:
    """
    Follows the motion of one camera.

    It remembers the last image; give it every image that the tracker gets.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget the last image."""
        self._image_wh = (0, 0)
        self._grey: NDArray[np.uint8] = np.zeros((0, 0), np.uint8)
        self._corners = np.zeros((0, 1, 2), np.float32)

    def update(self, image: NDArray[np.uint8], boxes: FloatArray) -> Float64Array:
        """
        Take the next image.

        :param image: (H, W, 3) uint8 BGR.
        :param boxes: (N, 4) xyxy of the people, who are no part of the still world.
        :return: (2, 3) similarity from pixels of the last image to those of this one; the identity
            for the first image, one of another size, and where too little is found to tell.
        :raises ValueError: if the image has another shape or type.
        """
        if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8 or not image.size:
            raise ValueError(f'image must be (H, W, 3) uint8, got {image.shape} {image.dtype}')
        size_wh = (image.shape[1], image.shape[0])
        before, corners, is_comparable = self._grey, self._corners, size_wh == self._image_wh
        scale_wh = np.minimum(WORKING_SIZE / max(size_wh), 1) * np.array(size_wh)
        working_wh = np.maximum(scale_wh.round().astype(int), 1)
        scales = (working_wh / size_wh).astype(np.float32)
        grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
        grey = cv2.resize(grey, working_wh.tolist(), interpolation=cv2.INTER_AREA)
        still = _still(grey.shape, boxes, scales)
        self._image_wh, self._grey, self._corners = size_wh, grey, _find_corners(grey, still)
        if not is_comparable or len(corners) < MIN_CORNERS:
            return np.eye(2, 3)
        start, end = _follow(before, grey, still, corners)
        # The centre of a pixel is a whole number, so the scaling is about its corner.
        start, end = ((points + 0.5) / scales - 0.5 for points in (start, end))
        return _similarity(start, end, MAX_ERROR / float(scales.min()))


def _still(size_hw: tuple[int, ...], boxes: FloatArray, scales: FloatArray) -> NDArray[np.uint8]:
    """Return a mask of the reduced image: 255 outside of all boxes, 0 inside."""
    # Edges are counted from the corner of the first pixel; who touches a pixel, covers it.
    edges = (boxes.reshape(-1, 2, 2) + 0.5) * scales
    first = np.floor(np.clip(edges[:, 0], 0, size_hw[::-1])).astype(int)
    end = np.ceil(np.clip(edges[:, 1], 0, size_hw[::-1])).astype(int)
    still = np.full(size_hw, 255, np.uint8)
    for (left, top), (right, bottom) in zip(first.tolist(), end.tolist(), strict=True):
        still[top:bottom, left:right] = 0
    return still


def _find_corners(grey: NDArray[np.uint8], still: NDArray[np.uint8]) -> FloatArray:
    """Return (P, 1, 2) corners of a reduced image."""
    corners: Any = cv2.goodFeaturesToTrack(
        grey, NUM_CORNERS, CORNER_QUALITY, CORNER_DISTANCE, mask=still
    )
    return np.zeros((0, 1, 2), np.float32) if corners is None else np.asarray(corners)


def _follow(
    before: NDArray[np.uint8],
    now: NDArray[np.uint8],
    still: NDArray[np.uint8],
    corners: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """Return where the corners (P, 2) were and are, of those that nobody covers now."""
    followed, is_found, _ = cv2.calcOpticalFlowPyrLK(
        before, now, corners, None, winSize=(WINDOW, WINDOW), maxLevel=MAX_LEVEL
    )
    start, end = corners.reshape(-1, 2), followed.reshape(-1, 2)
    x, y = np.clip(end, 0, np.array(now.shape[::-1]) - 1).round().astype(int).T
    is_good = is_found.reshape(-1).astype(bool) & (still[y, x] > 0)
    return start[is_good], end[is_good]


def _similarity(start: FloatArray, end: FloatArray, max_error: float) -> Float64Array:
    """Return the (2, 3) similarity that takes most points to where they are, or the identity."""
    if len(start) < MIN_CORNERS:
        return np.eye(2, 3)
    # OpenCV draws its samples from a generator of its own that always starts alike.
    matrix, is_agreeing = cv2.estimateAffinePartial2D(
        start, end, method=cv2.RANSAC, ransacReprojThreshold=max_error
    )
    if matrix is None or is_agreeing.sum() < max(MIN_CORNERS, MIN_AGREEING * len(start)):
        return np.eye(2, 3)
    found: Float64Array = np.asarray(matrix, np.float64)
    return found
