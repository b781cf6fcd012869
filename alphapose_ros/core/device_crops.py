# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Crops cut on the device where the network runs, all at once. N people.

The same map as in `crops`, which cuts one by one on the CPU; there OpenCV is faster.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from alphapose_ros.core.crops import extract_crops
from alphapose_ros.structures import FloatArray


def extract_crops_for(
    device: torch.device, image: np.ndarray, crop_boxes: FloatArray, size_wh: tuple[int, int]
) -> Tensor:
    """
    Cut and resize what every box shows, where the network runs; black where it leaves the image.

    :param device: where the crops are wanted.
    :param image: (H, W, 3) uint8, H and W at least 2.
    :param crop_boxes: (N, 4) xyxy, as `image_to_crop_matrices` takes them.
    :param size_wh: width and height of the crops in pixels.
    :return: (N, 3, height, width) in [0, 255], uint8 or float32; channels as in the image.
    """
    if device.type == 'cpu':
        return torch.from_numpy(extract_crops(image, crop_boxes, size_wh)).permute(0, 3, 1, 2)
    boxes = torch.from_numpy(crop_boxes).to(device, non_blocking=True)
    return extract_crops_on_device(torch.from_numpy(image).to(device), boxes, size_wh)


def extract_crops_on_device(image: Tensor, crop_boxes: Tensor, size_wh: tuple[int, int]) -> Tensor:
    """
    Cut and resize what every box shows; black where a box leaves the image.

    :param image: (H, W, 3) uint8, H and W at least 2, on the device.
    :param crop_boxes: (N, 4) xyxy, on the device; see `image_to_crop_matrices`.
    :param size_wh: width and height of the crops in pixels.
    :return: (N, 3, height, width) float32 in [0, 255], bilinear; channels as in the image.
    """
    image_size_wh = image.new_tensor([image.shape[1], image.shape[0]], dtype=torch.float32)
    top_left, bottom_right = crop_boxes[:, :2], crop_boxes[:, 2:]
    centres, sizes = (top_left + bottom_right) / 2, bottom_right - top_left
    axes = []
    for axis in range(2):
        offsets = torch.arange(size_wh[axis], device=image.device) / size_wh[axis] - 0.5
        pixels = centres[:, axis, None] + sizes[:, axis, None] * offsets
        # grid_sample wants -1 and 1 at the centres of the outermost pixels.
        axes.append(2 * pixels / (image_size_wh[axis] - 1) - 1)
    shape = (len(crop_boxes), size_wh[1], size_wh[0])
    x, y = axes[0][:, None, :].expand(shape), axes[1][:, :, None].expand(shape)
    grid = torch.stack([x, y], dim=3)
    planes = image.permute(2, 0, 1)[None].float().expand(len(crop_boxes), -1, -1, -1)
    return functional.grid_sample(planes, grid, mode='bilinear', align_corners=True)
