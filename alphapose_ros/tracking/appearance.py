# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
What people look like: the memory of identity vectors. N tracks, M people, D values.

Vectors of different networks lie differently: strangers may have a cosine of 0.1 or of 0.5. But
two people in one image are strangers for certain, so their cosines tell the zero of the scale.
"""

from __future__ import annotations

import numpy as np

from alphapose_ros.core.boxes import box_iou
from alphapose_ros.structures import FloatArray

# Cosine of strangers before any were seen, and how much the strangers of an image count.
USUAL_STRANGERS = 0.5
STRANGERS_GAIN = 0.05
# Two boxes that overlap more may be one person, found twice.
MAX_STRANGER_IOU = 0.3
# How much one sighting changes the memory, and which part of a person may be covered in it: with
# more, the vector tells of somebody else.
MEMORY_GAIN = 0.05
MAX_COVERED = 0.3


def normalize(vectors: FloatArray) -> FloatArray:
    """Return (M, D) vectors of length 1, NaN where the length is zero or no number."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    with np.errstate(divide='ignore', invalid='ignore'):
        return np.asarray(np.where(lengths > 0, vectors / lengths, np.nan), np.float32)


def likeness(looks: FloatArray, seen: FloatArray, strangers: float) -> FloatArray:
    """
    Return how much alike tracks and people look.

    :param looks: (N, D) vectors of length 1, or NaN.
    :param seen: (M, D) vectors of length 1, or NaN.
    :param strangers: the usual cosine of strangers.
    :return: (N, M) from 0 (strangers) to 1 (equal); NaN where either is unknown.
    """
    if looks.shape[1] == 0:
        return np.full((len(looks), len(seen)), np.nan, np.float32)
    alike = (looks @ seen.T - strangers) / (1 - strangers)
    return np.asarray(np.clip(alike, 0, 1), np.float32)


def update_strangers(strangers: float, seen: FloatArray, boxes: FloatArray) -> float:
    """
    Return the usual cosine of strangers after an image.

    :param strangers: before.
    :param seen: (M, D) vectors of length 1, or NaN.
    :param boxes: (M, 4) xyxy.
    """
    if seen.shape[1] == 0:
        return strangers
    is_pair = np.triu(box_iou(boxes, boxes) < MAX_STRANGER_IOU, k=1)
    cosines = (seen @ seen.T)[is_pair]
    cosines = cosines[np.isfinite(cosines)]
    if not len(cosines):
        return strangers
    # Below 1, or else everybody would look the same for ever.
    mean = min(float(cosines.mean()), 0.9)
    return strangers + STRANGERS_GAIN * (mean - strangers)


def remember(looks: FloatArray, seen: FloatArray, covered: FloatArray) -> FloatArray:
    """
    Return what tracks look like after a sighting.

    :param looks: (N, D) so far; NaN: unknown.
    :param seen: (N, D) now; NaN: unknown.
    :param covered: (N,) part of the person that others cover; who is covered teaches nothing.
    """
    gains = np.where(covered > MAX_COVERED, 0, MEMORY_GAIN)[:, None]
    updated = np.where(np.isnan(seen), looks, looks + gains * (seen - looks))
    return normalize(np.where(np.isnan(looks), seen, updated))
