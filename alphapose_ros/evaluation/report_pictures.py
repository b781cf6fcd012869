# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Images of a report with skeletons: found ones thick, true ones thin. N people, K keypoints."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from alphapose_ros.core.drawing import draw_tracks
from alphapose_ros.core.palette import Color
from alphapose_ros.core.palette import RIM
from alphapose_ros.core.palette import SIDE_COLORS
from alphapose_ros.core.palette import WHITE
from alphapose_ros.io.images import encode_jpeg
from alphapose_ros.structures import FloatArray
from alphapose_ros.structures import Skeleton
from alphapose_ros.structures import Tracks

# Gives (H, W, 3) BGR images of those wanted, by index, as far as they are there.
ReadImages = Callable[[Sequence[int]], Mapping[int, np.ndarray]]
NUM_PICTURES = 6
MAX_SIDE_PX = 640
FOUND_COLOR = SIDE_COLORS['left']
JPEG_QUALITY = 80
_SHIFT = 4
_FAR_PX = 1 << 14


def no_images(wanted: Sequence[int]) -> Mapping[int, np.ndarray]:
    """Have none."""
    return {}


def draw_comparison(
    image: np.ndarray,
    skeleton: Skeleton,
    truth: FloatArray,
    found: FloatArray,
) -> np.ndarray:
    """
    Return the image, made small, with true and found people.

    :param truth: (N, K, 2) x, y; NaN where not labelled.
    :param found: (M, K, 2) likewise.
    """
    canvas, scale = shrink(image)
    for keypoints, color, width in ((found, FOUND_COLOR, 4), (truth, WHITE, 1)):
        lines = _lines(keypoints * np.float32(scale), skeleton)
        _draw_lines(canvas, lines, RIM, width + 2)
        _draw_lines(canvas, lines, color, width)
    return canvas


def draw_found(image: np.ndarray, tracks: Tracks, skeleton: Skeleton) -> np.ndarray:
    """Return the image, made small, with everybody in the colour of the identity."""
    canvas, scale = shrink(image)
    factor = np.float32(scale)
    poses = replace(
        tracks.poses,
        boxes=tracks.poses.boxes * factor,
        keypoints=tracks.poses.keypoints * factor,
    )
    return draw_tracks(canvas, replace(tracks, poses=poses), skeleton)


def shrink(image: np.ndarray) -> tuple[np.ndarray, float]:
    """Return a copy with sides of at most MAX_SIDE_PX, and how much smaller it is."""
    scale = min(MAX_SIDE_PX / max(image.shape[:2]), 1.0)
    if scale == 1:
        return np.array(image), scale
    size_wh = [max(round(side * scale), 1) for side in image.shape[1::-1]]
    return np.asarray(cv2.resize(image, size_wh, interpolation=cv2.INTER_AREA)), scale


def to_jpeg(image: np.ndarray) -> tuple[bytes, tuple[int, int]]:
    """Return an image as JPEG, and its width and height."""
    return encode_jpeg(image, JPEG_QUALITY), (image.shape[1], image.shape[0])


def _lines(keypoints: FloatArray, skeleton: Skeleton) -> NDArray[np.int32]:
    """Return (L, 2, 2) limbs in fixed point, or dots if the skeleton has no limbs."""
    dots = np.arange(skeleton.num_keypoints)
    limbs = np.array(skeleton.limbs or np.stack([dots, dots], axis=1), np.intp)
    lines = keypoints[:, limbs].reshape(-1, 2, 2)
    with np.errstate(invalid='ignore'):
        lines = lines[(np.abs(lines) < _FAR_PX).all(axis=(1, 2))]
    return np.asarray((lines * (1 << _SHIFT)).round(), np.int32)


def _draw_lines(canvas: np.ndarray, lines: NDArray[np.int32], color: Color, width: int) -> None:
    cv2.polylines(canvas, list(lines), False, color, width, cv2.LINE_AA, _SHIFT)
