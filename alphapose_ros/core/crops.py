# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
From a person's box to the crop that the pose network sees, and back. N people.

Pixels are counted from the centre of the top-left pixel, in the image, in the crop and in the heat
map alike. The map from image to crop is a pure scaling about the centre of the box: the centre
goes to (W / 2, H / 2) of the crop, with no half-pixel term. This is the convention that the
published checkpoints were trained with, so a joint decoded with the inverse map lands where it
came from.
"""

from __future__ import annotations

import cv2
import numpy as np

from alphapose_ros.core.boxes import cxcywh_to_xyxy
from alphapose_ros.core.boxes import xyxy_to_cxcywh
from alphapose_ros.structures import FloatArray

# The box is enlarged by this factor so that hands and feet are not cut off.
PADDING = 1.25


def boxes_to_crop_boxes(
    boxes: FloatArray, *, size_wh: tuple[int, int], padding: float = PADDING
) -> FloatArray:
    """
    Return boxes of the crop's aspect ratio that contain the given ones, enlarged.

    :param boxes: (N, 4) xyxy.
    :param size_wh: width and height of the crop in pixels, such as (192, 256) for 3:4.
    :param padding: factor of the enlargement about the centre.
    :return: (N, 4) xyxy; may leave the image.
    """
    boxes_cxcywh = xyxy_to_cxcywh(boxes)
    aspect = size_wh[0] / size_wh[1]
    # A degenerate box still gives a crop of one pixel, so that the maps below stay invertible.
    widths = np.maximum(np.maximum(boxes_cxcywh[:, 2], boxes_cxcywh[:, 3] * aspect), 1)
    sizes = np.stack([widths, widths / aspect], axis=1) * padding
    return cxcywh_to_xyxy(np.concatenate([boxes_cxcywh[:, :2], sizes], axis=1).astype(np.float32))


def image_to_crop_matrices(crop_boxes: FloatArray, size_wh: tuple[int, int]) -> np.ndarray:
    """
    Return the affine maps from image pixels to crop pixels.

    :param crop_boxes: (N, 4) xyxy, from `boxes_to_crop_boxes`; what a box of another aspect ratio
        shows is stretched.
    :param size_wh: width and height of the crop in pixels.
    :return: (N, 2, 3) float64, as cv2.warpAffine takes them.
    """
    boxes_cxcywh = xyxy_to_cxcywh(crop_boxes.astype(np.float64))
    scales = np.array(size_wh) / boxes_cxcywh[:, 2:]  # (N, 2)
    matrices = np.zeros((len(crop_boxes), 2, 3))
    matrices[:, 0, 0], matrices[:, 1, 1] = scales.T
    matrices[:, :, 2] = np.array(size_wh) / 2 - scales * boxes_cxcywh[:, :2]
    return matrices


def crop_to_image(
    points: FloatArray, crop_boxes: FloatArray, size_wh: tuple[int, int]
) -> FloatArray:
    """
    Map points of the crop, or of a heat map of it, to the image.

    :param points: (N, K, 2) x, y in pixels of the crop or the heat map.
    :param crop_boxes: (N, 4) xyxy, what the crop shows of the image.
    :param size_wh: width and height of the crop or the heat map in pixels.
    :return: (N, K, 2) x, y in pixels of the image; inverse of `image_to_crop_matrices`.
    """
    boxes_cxcywh = xyxy_to_cxcywh(crop_boxes)
    scales = boxes_cxcywh[:, None, 2:3] / size_wh[0]
    offsets = points - np.array(size_wh, np.float32) / 2
    return np.asarray(boxes_cxcywh[:, None, :2] + offsets * scales, np.float32)


def extract_crops(
    image: np.ndarray, crop_boxes: FloatArray, size_wh: tuple[int, int]
) -> np.ndarray:
    """
    Cut and resize what every box shows; black where a box leaves the image.

    :param image: (H, W, 3) uint8.
    :param crop_boxes: (N, 4) xyxy, as `image_to_crop_matrices` takes them.
    :param size_wh: width and height of the crops in pixels.
    :return: (N, height, width, 3) uint8, bilinear.
    """
    width, height = size_wh
    crops = np.empty((len(crop_boxes), height, width, 3), np.uint8)
    for crop, matrix in zip(crops, image_to_crop_matrices(crop_boxes, size_wh), strict=True):
        cv2.warpAffine(image, matrix, size_wh, dst=crop, flags=cv2.INTER_LINEAR)
    return crops
