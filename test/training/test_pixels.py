# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of what happens to the pixels of a crop."""

from dataclasses import fields

import numpy as np
import pytest

from alphapose_ros.training.pixels import augment_pixels
from alphapose_ros.training.pixels import coarsen
from alphapose_ros.training.pixels import hide_parts
from alphapose_ros.training.pixels import PixelAugmentation

ALL = PixelAugmentation(
    brightness=0.2,
    contrast=0.3,
    saturation=0.3,
    hue_deg=20,
    grey_probability=0.5,
    blur_probability=0.5,
    noise_probability=0.5,
    jpeg_probability=0.5,
    low_resolution_probability=0.5,
    occlusion_probability=0.5,
)


def crop() -> np.ndarray:
    rng = np.random.default_rng(7)
    return np.kron(rng.integers(0, 256, (16, 12, 3)), np.ones((8, 8, 1))).astype(np.uint8)


def test_by_default_nothing_changes() -> None:
    same = augment_pixels(crop(), PixelAugmentation(), np.random.default_rng(0))
    np.testing.assert_array_equal(same, crop())


@pytest.mark.parametrize(
    'name',
    [f.name for f in fields(PixelAugmentation) if f.name not in ('noise', 'smallest')],
)
def test_every_setting_does_something_and_spares_its_argument(name: str) -> None:
    before = crop()
    options = PixelAugmentation(**{name: 20.0 if name == 'hue_deg' else 1.0})
    after = augment_pixels(before, options, np.random.default_rng(3))
    assert (after != before).any()
    assert after.shape == before.shape
    assert after.dtype == np.uint8
    np.testing.assert_array_equal(before, crop())


def test_the_same_seed_gives_the_same_pixels() -> None:
    for seed in range(20):
        a, b = (augment_pixels(crop(), ALL, np.random.default_rng(seed)) for _ in range(2))
        np.testing.assert_array_equal(a, b)


def test_a_coarse_crop_keeps_its_brightness_and_loses_detail() -> None:
    fine = np.random.default_rng(0).integers(0, 256, (128, 96, 3)).astype(np.uint8)
    coarse = coarsen(fine, 0.2, np.random.default_rng(0))
    assert coarse.mean() == pytest.approx(fine.mean(), abs=2)
    assert coarse.std() < 0.6 * fine.std()


def test_most_of_a_crop_is_not_hidden() -> None:
    shares = [
        (hide_parts(crop(), np.random.default_rng(s)) != crop()).any(axis=2).mean()
        for s in range(50)
    ]
    assert 0.02 < np.mean(shares) < 0.25
