# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""What cameras, transport and others do to the pixels of a crop: (H, W, 3) uint8 BGR."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

ByteArray = NDArray[np.uint8]


@dataclass(frozen=True, kw_only=True)
class PixelAugmentation:
    """
    How much pixels vary; by default not at all, as in AlphaPose.

    :param brightness: most that is added, as a part of 255.
    :param contrast: most that the contrast differs from 1.
    :param saturation: likewise.
    :param hue_deg: most that hues turn.
    :param grey_probability: of crops without colours.
    :param blur_probability: of crops out of focus or moved, by up to a 40th of the width.
    :param noise_probability: of crops with noise.
    :param noise: highest standard deviation, as a part of 255.
    :param jpeg_probability: of crops with the traces of JPEG.
    :param low_resolution_probability: of crops taken from far away.
    :param smallest: part of the resolution that is left at least.
    :param occlusion_probability: of crops in which something hides a part of the person.
    """

    brightness: float = 0.0
    contrast: float = 0.0
    saturation: float = 0.0
    hue_deg: float = 0.0
    grey_probability: float = 0.0
    blur_probability: float = 0.0
    noise_probability: float = 0.0
    noise: float = 0.06
    jpeg_probability: float = 0.0
    low_resolution_probability: float = 0.0
    smallest: float = 0.2
    occlusion_probability: float = 0.0


def augment_pixels(
    crop: ByteArray, options: PixelAugmentation, rng: np.random.Generator
) -> ByteArray:
    """Return what a worse camera would have seen, or the crop itself."""
    steps = (
        (options.occlusion_probability, hide_parts),
        (1.0, lambda c, r: change_colours(c, options, r)),
        (options.blur_probability, blur),
        (options.low_resolution_probability, lambda c, r: coarsen(c, options.smallest, r)),
        (options.noise_probability, lambda c, r: add_noise(c, options.noise, r)),
        (options.jpeg_probability, compress),
    )
    for probability, step in steps:
        # Every step has its number, whether another one comes or not.
        if rng.random() < probability:
            crop = step(crop, rng)
    return crop


def change_colours(
    crop: ByteArray, options: PixelAugmentation, rng: np.random.Generator
) -> ByteArray:
    """Return other brightness, contrast, saturation and hue."""
    brightness, contrast, saturation, hue = rng.uniform(-1, 1, 4) * (
        options.brightness * 255,
        options.contrast,
        options.saturation,
        options.hue_deg / 2,  # OpenCV's circle has 180 steps
    )
    if options.saturation or options.hue_deg:
        hsv = cv2.cvtColor(crop, cv2.COLOR_BGR2HSV)
        hues = (np.arange(256) + hue) % 180
        saturations = np.arange(256) * (1 + saturation)
        table = np.stack([hues, saturations, np.arange(256)], axis=1)
        table = np.clip(np.rint(table), 0, 255).astype(np.uint8)[None]
        crop = cv2.cvtColor(cv2.LUT(hsv, table), cv2.COLOR_HSV2BGR)
    if options.brightness or options.contrast:
        values = (np.arange(256) - 128) * (1 + contrast) + 128 + brightness
        crop = cv2.LUT(crop, np.clip(np.rint(values), 0, 255).astype(np.uint8))
    if rng.random() < options.grey_probability:
        crop = cv2.cvtColor(cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    return crop


def blur(crop: ByteArray, rng: np.random.Generator) -> ByteArray:
    """Return a crop out of focus, or moved along a line."""
    width = crop.shape[1] / 40
    if rng.random() < 0.5:
        blurred = cv2.GaussianBlur(crop, (0, 0), rng.uniform(0.3, 1) * width / 2)
        return np.asarray(blurred, np.uint8)
    length = max(3, round(rng.uniform(0.5, 1.5) * width) * 2 + 1)
    kernel = np.zeros((length, length), np.float32)
    half = length // 2
    angle = rng.uniform(0, np.pi)
    end = np.rint(half * np.array([np.cos(angle), np.sin(angle)])).astype(int)
    cv2.line(kernel, tuple((half - end).tolist()), tuple((half + end).tolist()), 1.0)
    return np.asarray(cv2.filter2D(crop, -1, kernel / kernel.sum()), np.uint8)


def coarsen(crop: ByteArray, smallest: float, rng: np.random.Generator) -> ByteArray:
    """Return a crop of a lower resolution, enlarged again."""
    height, width = crop.shape[:2]
    factor = rng.uniform(smallest, 1)
    small_wh = max(8, round(width * factor)), max(8, round(height * factor))
    small = cv2.resize(crop, small_wh, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


def add_noise(crop: ByteArray, most: float, rng: np.random.Generator) -> ByteArray:
    """Return a crop with Gaussian noise, of the brightness or of every channel."""
    channels = 1 if rng.random() < 0.5 else 3
    deviation = np.float32(rng.uniform(0, most) * 255)
    noise = rng.standard_normal((*crop.shape[:2], channels), np.float32) * deviation
    return np.asarray(np.clip(crop + noise, 0, 255), np.uint8)


def compress(crop: ByteArray, rng: np.random.Generator) -> ByteArray:
    """Return a crop that was a JPEG of low quality."""
    quality = int(rng.integers(15, 75))
    _, data = cv2.imencode('.jpg', crop, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


def hide_parts(crop: ByteArray, rng: np.random.Generator) -> ByteArray:
    """Return a crop with one to three boxes or ellipses before it, up to 40 % of its width."""
    hidden: ByteArray = crop.copy()
    height, width = crop.shape[:2]
    for _ in range(rng.integers(1, 4)):
        centre = rng.uniform(0, 1, 2) * (width, height)
        half = rng.uniform(0.04, 0.2, 2) * width
        colour = rng.integers(0, 256, 3).tolist()
        (x0, y0), (x1, y1) = (np.rint(centre + s * half).astype(int).tolist() for s in (-1, 1))
        if rng.random() < 0.5:
            cv2.rectangle(hidden, (x0, y0), (x1, y1), colour, -1)
        else:
            axes = ((x1 - x0) // 2, (y1 - y0) // 2)
            cv2.ellipse(hidden, ((x0 + x1) // 2, (y0 + y1) // 2), axes, 0, 0, 360, colour, -1)
    return hidden
