# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""What cameras do to images: blur, noise, wrong colours and compression."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

ByteArray = NDArray[np.uint8]
# Standard deviation of a good camera's noise.
_NOISE = 1.0


def degrade(image: ByteArray, rng: np.random.Generator) -> ByteArray:
    """Return (H, W, 3) uint8 BGR as a random camera would give it."""
    values = _recolor(image.astype(np.float32), rng)
    values = _blur(values, rng)
    if rng.random() < 0.6:
        values = values + rng.normal(0, rng.uniform(0.5, 9), values.shape).astype(np.float32)
    result = np.asarray(np.clip(values + 0.5, 0, 255), np.uint8)
    if rng.random() < 0.7:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(30, 95))]
        result = np.asarray(cv2.imdecode(cv2.imencode('.jpg', result, quality)[1], 1), np.uint8)
    return result


def add_noise(image: ByteArray, rng: np.random.Generator) -> ByteArray:
    """Return (H, W, 3) uint8 BGR as a good camera would give it."""
    values = image + rng.normal(0, _NOISE, image.shape)
    return np.asarray(np.clip(values + 0.5, 0, 255), np.uint8)


def _recolor(values: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    gains = rng.normal(1, 0.05, 3) * rng.normal(1, 0.12)
    contrast = rng.normal(1, 0.15)
    result = (values - 110) * contrast * gains + 110 + rng.normal(0, 10)
    if rng.random() < 0.04:
        result = np.repeat(result.mean(axis=2, keepdims=True), 3, axis=2)
    return np.asarray(result, np.float32)


def _blur(values: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    height, width = values.shape[:2]
    kind = rng.random()
    if kind < 0.3:
        values = np.asarray(cv2.GaussianBlur(values, (0, 0), rng.uniform(0.3, 1.4)))
    elif kind < 0.42:
        kernel = np.zeros((9, 9), np.float32)
        reach = rng.uniform(1, 4)
        angle = rng.uniform(0, np.pi)
        shift = np.array([np.cos(angle), np.sin(angle)]) * reach
        start, end = (4 - shift).round().astype(int), (4 + shift).round().astype(int)
        cv2.line(kernel, start.tolist(), end.tolist(), 1.0)
        values = np.asarray(cv2.filter2D(values, -1, kernel / kernel.sum()))
    if rng.random() < 0.2:
        scale = rng.uniform(0.3, 0.8)
        small = cv2.resize(values, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        values = np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR))
    return values
