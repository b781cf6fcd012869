# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Boxes stay on the people when images are scaled, cut, mirrored and put together."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from alphapose_ros.inference.detector import DetectionLimits
from alphapose_ros.inference.detector import PersonDetector
from alphapose_ros.inference.network import Normalization
from alphapose_ros.training.detection_views import LabelledImage
from alphapose_ros.training.detection_views import letterbox
from alphapose_ros.training.detection_views import mosaic
from alphapose_ros.training.detection_views import random_view
from alphapose_ros.training.detection_views import Views
from alphapose_ros.training.pixels import PixelAugmentation

SIZE_WH = (160, 128)
STILL = Views(scales=(1.0, 1.0), stretch=0.0, flip=0.0)
BOX = np.array([[40, 30, 100, 150]], np.float32)


def blue_person(size_wh: tuple[int, int] = (200, 180), boxes: np.ndarray = BOX) -> LabelledImage:
    """Return a black image in which boxes are blue."""
    image = np.zeros((size_wh[1], size_wh[0], 3), np.uint8)
    for x0, y0, x1, y1 in boxes.astype(int):
        image[y0:y1, x0:x1, 0] = 255
    return LabelledImage(image, boxes, np.ones(len(boxes), np.float32))


def extent_of_blue(image: np.ndarray) -> np.ndarray:
    """Return the box of what is blue, counted from the edges of the pixels."""
    rows, columns = np.nonzero(image[..., 0].astype(int) - image[..., 1] > 127)
    return np.array([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1])


@pytest.mark.parametrize('size_wh', [(200, 180), (97, 301), (640, 360), (20, 10)])
def test_the_letterbox_is_that_of_the_detector(size_wh: tuple[int, int]) -> None:
    class Network:
        size_wh = (416, 256)
        tensor_device = torch.device('cpu')
        memory_format = torch.contiguous_format

        def __call__(self, batch: Any) -> list[Any]:
            self.batch = batch.numpy().copy()
            return [batch]

    network: Any = Network()
    seen = LabelledImage(
        np.random.default_rng(0).integers(0, 256, (*size_wh[::-1], 3)).astype(np.uint8),
        np.array([[1, 2, 15, 9]], np.float32),
        np.ones(1, np.float32),
    )
    fitted = letterbox(seen, network.size_wh)

    def decode(*_: Any) -> Any:
        return fitted.boxes, fitted.scores

    as_is = Normalization('bgr', (0.0, 0.0, 0.0), (1.0, 1.0, 1.0), device=network.tensor_device)
    found = PersonDetector(network, as_is, decode).detect(seen.image, DetectionLimits())
    np.testing.assert_array_equal(network.batch[0].transpose(1, 2, 0), fitted.image)
    np.testing.assert_allclose(found.boxes, seen.boxes, atol=1 / 256)


@pytest.mark.parametrize('seed', range(20))
def test_the_box_stays_on_the_person(seed: int) -> None:
    views = Views(scales=(0.3, 1.5), stretch=0.4)
    view = random_view(blue_person(), SIZE_WH, views, np.random.default_rng(seed))
    assert view.image.shape == (128, 160, 3)
    np.testing.assert_allclose(view.boxes[0], extent_of_blue(view.image), atol=1)


def test_mirrored_people_are_on_the_other_side() -> None:
    flipped = Views(scales=(1.0, 1.0), stretch=0.0, flip=1.0)
    view = random_view(blue_person((160, 128)), SIZE_WH, flipped, np.random.default_rng(0))
    np.testing.assert_allclose(view.boxes, [[60, 30, 120, 128]])
    np.testing.assert_allclose(extent_of_blue(view.image), [60, 30, 120, 128])


@pytest.mark.parametrize('seed', range(5))
def test_four_images_meet_at_a_point(seed: int) -> None:
    samples = [blue_person() for _ in range(4)]
    together = mosaic(samples, SIZE_WH, Views(scales=(0.3, 0.3)), np.random.default_rng(seed))
    assert together.image.shape == (128, 160, 3)
    assert len(together.boxes) == 4
    is_blue = together.image[..., 0].astype(int) - together.image[..., 1] > 127
    for x0, y0, x1, y1 in np.rint(together.boxes).astype(int):
        assert is_blue[y0 + 1 : y1 - 1, x0 + 1 : x1 - 1].all()
        is_blue[max(y0 - 1, 0) : y1 + 1, max(x0 - 1, 0) : x1 + 1] = False
    assert not is_blue.any()


@pytest.mark.parametrize(
    ('box', 'score'),
    [
        pytest.param((20, 20, 60, 80), 1, id='whole'),
        pytest.param((-20, 20, 20, 80), 1, id='half'),
        pytest.param((-30, 20, 10, 80), 0, id='a quarter is neither a person nor background'),
        pytest.param((20, 20, 23, 80), 0, id='too narrow to tell'),
    ],
)
def test_people_who_are_cut_count_as_far_as_they_are_seen(
    box: tuple[float, ...], score: float
) -> None:
    image = np.zeros((128, 160, 3), np.uint8)
    sample = LabelledImage(image, np.array([box], np.float32), np.ones(1, np.float32))
    view = random_view(sample, SIZE_WH, STILL, np.random.default_rng(0))
    np.testing.assert_array_equal(view.scores, [score])
    assert view.boxes.min() >= 0


def test_people_out_of_sight_are_gone() -> None:
    sample = blue_person((160, 128), np.array([[170, 10, 190, 60], [10, 10, 40, 90]], np.float32))
    view = random_view(sample, SIZE_WH, STILL, np.random.default_rng(0))
    np.testing.assert_allclose(view.boxes, [[10, 10, 40, 90]])


def test_a_region_of_unknown_content_stays_one() -> None:
    sample = LabelledImage(blue_person().image, BOX, np.zeros(1, np.float32))
    view = random_view(sample, SIZE_WH, STILL, np.random.default_rng(0))
    np.testing.assert_array_equal(view.scores, [0])


def test_the_grey_around_an_image_keeps_its_value() -> None:
    pixels = PixelAugmentation(brightness=0.5, contrast=0.5, noise_probability=1.0, noise=0.1)
    views = Views(scales=(0.5, 0.5), stretch=0.0, pixels=pixels)
    sample = blue_person((160, 128))
    view = random_view(sample, SIZE_WH, views, np.random.default_rng(0))
    assert (view.image == 114).all(axis=2).sum() >= 160 * 128 * 0.7
    assert sample.image.max() == 255


def test_nobody_goes_through() -> None:
    nobody = blue_person(boxes=np.zeros((0, 4), np.float32))
    rng = np.random.default_rng(0)
    assert letterbox(nobody, SIZE_WH).boxes.shape == (0, 4)
    assert mosaic([nobody] * 4, SIZE_WH, Views(), rng).boxes.shape == (0, 4)
