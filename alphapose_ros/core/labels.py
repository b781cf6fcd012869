# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Labels at people's boxes: inside the image, and beside each other where there is room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from alphapose_ros.core.palette import Color
from alphapose_ros.core.palette import text_color

FONT = cv2.FONT_HERSHEY_DUPLEX
PADDING = 4


@dataclass(frozen=True)
class Label:
    """A text for the box (4,) xyxy, within the image, of a person, on a background colour."""

    text: str
    box: np.ndarray
    color: Color


def draw_labels(canvas: np.ndarray, labels: Sequence[Label]) -> None:
    """Draw labels into the canvas (H, W, 3) uint8 BGR."""
    height, width = canvas.shape[:2]
    scale = float(np.clip(height / 1400, 0.4, 1.2))
    taken = np.zeros((0, 4), int)
    for label in labels:
        (text_width, text_height), _ = cv2.getTextSize(label.text, FONT, scale, 1)
        size_wh = text_width + 2 * PADDING, text_height + 2 * PADDING
        place = _place(label.box, size_wh, (width, height), taken)
        taken = np.concatenate((taken, [place]))
        left, top, right, bottom = place.tolist()
        cv2.rectangle(canvas, (left, top), (right - 1, bottom - 1), label.color, cv2.FILLED)
        origin = (left + PADDING, bottom - PADDING - 1)
        color = text_color(label.color)
        cv2.putText(canvas, label.text, origin, FONT, scale, color, 1, cv2.LINE_AA)


def _place(
    box: np.ndarray, size_wh: tuple[int, int], image_wh: tuple[int, int], taken: np.ndarray
) -> np.ndarray:
    """Return (4,) xyxy: above the box, else at a corner of it where no other label is yet."""
    x0, y0, x1, y1 = box.tolist()
    wide, high = size_wh
    corners = np.array(
        [(x0, y0 - high), (x1 - wide, y0 - high), (x0, y0), (x1 - wide, y0), (x0, y1 - high)]
    )
    top_left = corners.round().astype(int).clip(0, np.maximum(np.subtract(image_wh, size_wh), 0))
    places = np.concatenate((top_left, top_left + size_wh), axis=1)  # (5, 4)
    overlaps = (
        (places[:, None, :2] < taken[None, :, 2:]) & (places[:, None, 2:] > taken[None, :, :2])
    ).all(axis=2)
    return np.asarray(places[overlaps.sum(axis=1).argmin()])
