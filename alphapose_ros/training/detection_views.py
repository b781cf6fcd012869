# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Images with people as a detector sees them: fitted, cut out at random, four in one. N people.

Boxes scale with the image, as in `inference.detector`: their pixels count from its edge.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field

import cv2
import numpy as np
from numpy.typing import NDArray

from alphapose_ros.core.boxes import box_area
from alphapose_ros.inference.detector import LETTERBOX_GREY
from alphapose_ros.structures import FloatArray
from alphapose_ros.training.pixels import augment_pixels
from alphapose_ros.training.pixels import PixelAugmentation

GREY = (LETTERBOX_GREY,) * 3
# Of a person who is cut by the edge, less than this is neither a person nor background.
MIN_VISIBLE = 0.3
MIN_SIDE = 4.0  # pixels; likewise


@dataclass(frozen=True, eq=False)
class LabelledImage:
    """
    An image and who is in it.

    :param image: (H, W, 3) uint8 BGR.
    :param boxes: (N, 4) xyxy.
    :param scores: (N,) in [0, 1], 0 for a region of which nothing is to be learnt.
    """

    image: NDArray[np.uint8]
    boxes: FloatArray
    scores: FloatArray


@dataclass(frozen=True, kw_only=True)
class Views:
    """
    What is random in the images of a training.

    :param mosaic: share of images that are made of four.
    :param scales: least and greatest size: 1 for an image that just fits, and for one of four
        that just fills its part.
    :param stretch: most by which the ratio of width and height changes, as a logarithm.
    :param flip: share of mirrored images.
    :param pixels: what happens to colours and sharpness.
    """

    mosaic: float = 0.7
    scales: tuple[float, float] = (0.6, 1.8)
    stretch: float = 0.15
    flip: float = 0.5
    pixels: PixelAugmentation = field(default_factory=PixelAugmentation)


def letterbox(sample: LabelledImage, size_wh: tuple[int, int]) -> LabelledImage:
    """Fit an image into the top-left corner, exactly as `PersonDetector` does."""
    height, width = sample.image.shape[:2]
    scale = min(size_wh[1] / height, size_wh[0] / width)
    filled_wh = max(int(width * scale), 1), max(int(height * scale), 1)
    canvas = np.full((size_wh[1], size_wh[0], 3), LETTERBOX_GREY, np.uint8)
    canvas[: filled_wh[1], : filled_wh[0]] = cv2.resize(
        sample.image, filled_wh, interpolation=cv2.INTER_LINEAR
    )
    return LabelledImage(canvas, sample.boxes * np.float32(scale), sample.scores)


def random_view(
    sample: LabelledImage,
    size_wh: tuple[int, int],
    views: Views,
    rng: np.random.Generator,
    *,
    fills: bool = False,
) -> LabelledImage:
    """
    Place an image at a random size; what is larger is cut, what is left stays grey.

    :param fills: at size 1 it fills everything, instead of just fitting.
    """
    source_wh = np.array(sample.image.shape[1::-1], np.float64)
    ratios = size_wh / source_wh
    low, high = np.log(views.scales)
    stretch = rng.uniform(-views.stretch, views.stretch) / 2
    scales = np.exp(rng.uniform(low, high) + np.array([stretch, -stretch]))
    scales *= ratios.max() if fills else ratios.min()
    offsets = rng.uniform(size=2) * (size_wh - scales * source_wh)
    if rng.uniform() < views.flip:
        offsets[0] += scales[0] * source_wh[0]
        scales[0] *= -1
    view = _warp(sample, size_wh, scales, offsets)
    ends = np.stack([offsets, offsets + scales * source_wh]).clip(0, size_wh)
    (left, top), (right, bottom) = np.sort(np.rint(ends).astype(int), axis=0).tolist()
    seen = view.image[top:bottom, left:right]
    if seen.size:  # the grey around it stays what it is
        seen[:] = augment_pixels(seen, views.pixels, rng)
    return view


def mosaic(
    samples: Sequence[LabelledImage],
    size_wh: tuple[int, int],
    views: Views,
    rng: np.random.Generator,
) -> LabelledImage:
    """
    Return one image of four that meet at a random point (Bochkovskiy et al. 2020).

    :param samples: top left, top right, bottom left, bottom right.
    """
    width, height = size_wh
    x, y = (rng.uniform(0.3, 0.7, 2) * size_wh).astype(int).tolist()
    tiles = ((0, 0, x, y), (x, 0, width, y), (0, y, x, height), (x, y, width, height))
    image = np.empty((height, width, 3), np.uint8)
    boxes, scores = [], []
    for sample, (left, top, right, bottom) in zip(samples, tiles, strict=True):
        view = random_view(sample, (right - left, bottom - top), views, rng, fills=True)
        image[top:bottom, left:right] = view.image
        boxes.append(view.boxes + np.array([left, top, left, top], np.float32))
        scores.append(view.scores)
    return LabelledImage(image, np.concatenate(boxes), np.concatenate(scores))


def _warp(
    sample: LabelledImage, size_wh: tuple[int, int], scales: np.ndarray, offsets: np.ndarray
) -> LabelledImage:
    """Map x to scale x + offset, counted from the edges."""
    # OpenCV counts from the centre of the first pixel.
    matrix = np.column_stack([np.diag(scales), offsets + 0.5 * scales - 0.5])
    image = cv2.warpAffine(sample.image, matrix, size_wh, borderValue=GREY)
    corners = sample.boxes.reshape(-1, 2, 2) * scales + offsets
    whole = np.concatenate([corners.min(axis=1), corners.max(axis=1)], axis=1, dtype=np.float32)
    boxes = np.clip(whole, 0, np.array([*size_wh, *size_wh], np.float32))
    is_cut = box_area(boxes) < MIN_VISIBLE * box_area(whole)
    is_small = (boxes[:, 2:] - boxes[:, :2]).min(axis=1, initial=np.inf) < MIN_SIDE
    scores = np.where(is_cut | is_small, np.float32(0), sample.scores)
    is_left = box_area(boxes) > 0
    return LabelledImage(np.asarray(image, np.uint8), boxes[is_left], scores[is_left])
