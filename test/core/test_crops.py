# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the maps between image, crop and heat map."""

from pathlib import Path

import numpy as np
import pytest

from alphapose_ros.core.crops import boxes_to_crop_boxes
from alphapose_ros.core.crops import crop_to_image
from alphapose_ros.core.crops import extract_crops
from alphapose_ros.core.crops import image_to_crop_matrices

SIZE_WH = (192, 256)
BOXES = np.array([[10, 20, 60, 220], [-30, 5, 300, 90], [7, 7, 7, 7]], np.float32)


def test_crop_boxes_have_the_aspect_of_the_crop_and_contain_the_box() -> None:
    crop_boxes = boxes_to_crop_boxes(BOXES, size_wh=SIZE_WH)
    sizes = crop_boxes[:, 2:] - crop_boxes[:, :2]
    np.testing.assert_allclose(sizes[:, 0] / sizes[:, 1], 0.75, rtol=1e-4)
    assert (crop_boxes[:, :2] <= BOXES[:, :2]).all()
    assert (crop_boxes[:, 2:] >= BOXES[:, 2:]).all()


def test_a_tall_box_is_enlarged_by_a_quarter_in_height() -> None:
    crop_box = boxes_to_crop_boxes(BOXES[:1], size_wh=SIZE_WH)[0]
    np.testing.assert_allclose(crop_box, [35 - 93.75, 120 - 125, 35 + 93.75, 120 + 125])


def test_mapping_to_the_crop_and_back_is_the_identity() -> None:
    crop_boxes = boxes_to_crop_boxes(BOXES, size_wh=SIZE_WH)
    points = np.random.default_rng(0).uniform(-50, 400, (3, 17, 2)).astype(np.float32)
    matrices = image_to_crop_matrices(crop_boxes, SIZE_WH)
    in_crop = np.einsum('nij,nkj->nki', matrices[:, :, :2], points) + matrices[:, None, :, 2]
    back = crop_to_image(in_crop.astype(np.float32), crop_boxes, SIZE_WH)
    np.testing.assert_allclose(back, points, atol=1e-2)


def test_a_bright_pixel_lands_where_the_matrix_says() -> None:
    image = np.zeros((300, 400, 3), np.uint8)
    image[150, 200] = 255
    box = np.array([[152, 86, 248, 214]], np.float32)  # 96 x 128: the crop doubles it
    crop = extract_crops(image, box, SIZE_WH)[0]
    y, x = np.unravel_index(crop[..., 0].argmax(), crop.shape[:2])
    expected = image_to_crop_matrices(box, SIZE_WH)[0] @ [200, 150, 1]
    np.testing.assert_allclose([x, y], expected)


def test_a_box_of_another_aspect_ratio_is_stretched() -> None:
    image = np.zeros((300, 400, 3), np.uint8)
    image[50:150, 100:300] = 255
    crop = extract_crops(image, np.array([[100, 50, 300, 150]], np.float32), SIZE_WH)[0]
    assert (crop[2:-2, 2:-2] == 255).all()
    corners = np.append(BOXES[0].reshape(2, 2), np.ones((2, 1)), axis=1)
    in_crop = corners @ image_to_crop_matrices(BOXES[:1], SIZE_WH)[0].T
    np.testing.assert_allclose(in_crop, [[0, 0], SIZE_WH], atol=1e-6)


def test_no_boxes_give_no_crops() -> None:
    none = np.zeros((0, 4), np.float32)
    assert extract_crops(np.zeros((5, 5, 3), np.uint8), none, SIZE_WH).shape == (0, 256, 192, 3)
    assert boxes_to_crop_boxes(none, size_wh=SIZE_WH).shape == (0, 4)


def test_the_argument_is_not_modified() -> None:
    boxes = BOXES.copy()
    boxes_to_crop_boxes(boxes, size_wh=SIZE_WH)
    np.testing.assert_array_equal(boxes, BOXES)


@pytest.fixture
def preprocess(shared_dir: Path) -> dict[str, np.ndarray]:
    return dict(np.load(shared_dir / 'fixtures/decode/preprocess.npz'))


def test_crop_boxes_equal_the_reference(preprocess: dict[str, np.ndarray]) -> None:
    crop_boxes = boxes_to_crop_boxes(preprocess['boxes'].astype(np.float32), size_wh=SIZE_WH)
    np.testing.assert_allclose(crop_boxes, preprocess['crop_box'], atol=1e-3)


def test_affine_maps_equal_the_reference(preprocess: dict[str, np.ndarray]) -> None:
    crop_boxes = preprocess['crop_box'].astype(np.float32)
    matrices = image_to_crop_matrices(crop_boxes, SIZE_WH)
    np.testing.assert_allclose(matrices, preprocess['affine'], atol=1e-3)
    heatmap_points = np.array([[[0, 0], [47, 63], [10.25, 20.75]]] * len(crop_boxes), np.float32)
    inverse = preprocess['affine_inv_48x64']
    expected = (
        np.einsum('nij,nkj->nki', inverse[:, :, :2], heatmap_points) + inverse[:, None, :, 2]
    )
    np.testing.assert_allclose(
        crop_to_image(heatmap_points, crop_boxes, (48, 64)), expected, atol=1e-3
    )


def test_crops_equal_the_reference(preprocess: dict[str, np.ndarray]) -> None:
    image = preprocess['small_image']
    crops = extract_crops(image, preprocess['crop_box'][:3].astype(np.float32), SIZE_WH)
    expected = preprocess['crops_f16'].astype(np.float32)  # (3, 3, 256, 192), RGB
    means = np.array([0.406, 0.457, 0.480], np.float32)
    normalised = (crops / np.float32(255) - means).transpose(0, 3, 1, 2)
    assert np.abs(normalised - expected).max() < 2 / 255
