# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Crops on the device are those of the CPU, and those of the reference."""

from pathlib import Path

import numpy as np
import torch

from alphapose_ros.core.crops import boxes_to_crop_boxes
from alphapose_ros.core.crops import extract_crops
from alphapose_ros.core.device_crops import extract_crops_on_device

CROP_WH = (192, 256)


def cut(image: np.ndarray, crop_boxes: np.ndarray) -> np.ndarray:
    boxes = torch.from_numpy(crop_boxes.astype(np.float32))
    return extract_crops_on_device(torch.from_numpy(image), boxes, CROP_WH).numpy()


def smooth_image(height: int, width: int) -> np.ndarray:
    y, x = np.mgrid[:height, :width]
    return np.stack([x % 256, y % 256, (x + y) // 8 % 256], axis=2).astype(np.uint8)


def test_crops_equal_the_reference(shared_dir: Path) -> None:
    fixture = np.load(shared_dir / 'fixtures/decode/preprocess.npz')
    crops = cut(fixture['small_image'], fixture['crop_boxes'])
    expected = fixture['crops_f16'].astype(np.float32)
    means = np.array([0.406, 0.457, 0.480], np.float32)[:, None, None]
    np.testing.assert_allclose(crops / 255 - means, expected, atol=2 / 255)


def test_crops_equal_those_of_the_cpu() -> None:
    image = smooth_image(120, 160)
    boxes = np.array([[20, 10, 80, 110], [-30, 40, 30, 100], [5, 5, 6, 7]], np.float32)
    crop_boxes = np.concatenate([boxes_to_crop_boxes(boxes, size_wh=CROP_WH), boxes])
    on_cpu = extract_crops(image, crop_boxes, CROP_WH).transpose(0, 3, 1, 2)
    difference = np.abs(cut(image, crop_boxes) - on_cpu)
    assert np.quantile(difference, 0.999) <= 1  # OpenCV places samples on 1/32 pixels
    assert difference.max() <= 9


def test_nobody_gives_no_crops() -> None:
    assert cut(smooth_image(8, 8), np.zeros((0, 4))).shape == (0, 3, 256, 192)
