# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Crops cut on the device where the network runs, all at once. N people.

The same map as in `crops`, which cuts one by one on the CPU; there OpenCV is faster.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional


def extract_crops_on_device(image: Tensor, crop_boxes: Tensor, size_wh: tuple[int, int]) -> Tensor:
    """
    Cut and resize what every box shows; black where a box leaves the image.

    :param image: (H, W, 3) uint8, H and W at least 2, on the device.
    :param crop_boxes: (N, 4) xyxy of the crop's aspect ratio, on the device.
    :param size_wh: width and height of the crops in pixels.
    :return: (N, 3, height, width) float32 in [0, 255], bilinear; channels as in the image.
    """
    image_size_wh = image.new_tensor([image.shape[1], image.shape[0]], dtype=torch.float32)
    top_left, bottom_right = crop_boxes[:, :2], crop_boxes[:, 2:]
    centres = (top_left + bottom_right) / 2
    # Only the width of the box sets the scale: crop boxes have the aspect ratio of the crop.
    scales = (bottom_right - top_left)[:, :1] / size_wh[0]
    axes = []
    for axis in range(2):
        offsets = torch.arange(size_wh[axis], device=image.device) - size_wh[axis] / 2
        pixels = centres[:, axis, None] + scales * offsets
        # grid_sample wants -1 and 1 at the centres of the outermost pixels.
        axes.append(2 * pixels / (image_size_wh[axis] - 1) - 1)
    shape = (len(crop_boxes), size_wh[1], size_wh[0])
    x, y = axes[0][:, None, :].expand(shape), axes[1][:, :, None].expand(shape)
    grid = torch.stack([x, y], dim=3)
    planes = image.permute(2, 0, 1)[None].float().expand(len(crop_boxes), -1, -1, -1)
    return functional.grid_sample(planes, grid, mode='bilinear', align_corners=True)
