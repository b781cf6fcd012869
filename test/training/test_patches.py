# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of crops that are made of two."""

import numpy as np
import pytest

from alphapose_ros.training.patches import mix_crops
from alphapose_ros.training.patches import paste_patches

HEIGHT, WIDTH = 32, 24


def make(num_crops: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Crops of one value each, with a joint on every pixel, and one outside."""
    values = np.arange(num_crops, dtype=np.uint8)[:, None, None, None]
    crops = np.broadcast_to(values, (num_crops, HEIGHT, WIDTH, 3)).copy()
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    pixels = np.stack([x.ravel(), y.ravel()], axis=1)
    points = np.concatenate([pixels, [[-5, -5]]]).astype(np.float32)
    points = np.broadcast_to(points, (num_crops, *points.shape))
    return crops, points, np.ones(points.shape[:2], np.float32)


@pytest.mark.parametrize('seed', range(5))
def test_what_is_hidden_is_of_another_crop_and_not_labelled(seed: int) -> None:
    crops, points, weights = make(6)
    patched, left = paste_patches(
        crops, points, weights, probability=1, rng=np.random.default_rng(seed)
    )
    for i in range(6):
        values = patched[i, :, :, 0]
        is_hidden = values != i
        assert len(np.unique(values)) == 2  # the own one, and that of one other crop
        share = is_hidden.mean()
        assert 0.02 < share <= 0.37
        rows, columns = is_hidden.any(axis=1), is_hidden.any(axis=0)
        assert is_hidden.sum() == rows.sum() * columns.sum()  # a rectangle
        np.testing.assert_array_equal(left[i, :-1] == 0, is_hidden.ravel())
        assert left[i, -1] == 1


def test_what_was_given_is_spared() -> None:
    crops, points, weights = make(4)
    paste_patches(crops, points, weights, probability=1, rng=np.random.default_rng(0))
    for was, now in zip(make(4), (crops, points, weights), strict=True):
        np.testing.assert_array_equal(now, was)


def test_about_as_many_as_wanted_have_a_patch() -> None:
    crops, points, weights = make(200)
    patched, _ = paste_patches(
        crops, points, weights, probability=0.3, rng=np.random.default_rng(1)
    )
    assert 0.2 < (patched != crops).any(axis=(1, 2, 3)).mean() < 0.4
    same, left = paste_patches(crops, points, weights, probability=0, rng=np.random.default_rng(1))
    np.testing.assert_array_equal(same, crops)
    np.testing.assert_array_equal(left, weights)


def test_a_crop_alone_stays_as_it_is() -> None:
    crops, points, weights = make(1)
    same, left = paste_patches(crops, points, weights, probability=1, rng=np.random.default_rng(0))
    np.testing.assert_array_equal(same, crops)
    np.testing.assert_array_equal(left, weights)


def test_mixed_crops_are_between_two() -> None:
    crops = make(6)[0] * 50  # 0 to 250
    mixed, is_mixed = mix_crops(crops, probability=0.5, rng=np.random.default_rng(4))
    np.testing.assert_array_equal((mixed != crops).any(axis=(1, 2, 3)), is_mixed)
    assert 1 <= is_mixed.sum() <= 5
    for i in range(6):
        value = np.unique(mixed[i]).item()  # the same everywhere
        others = np.delete(crops[:, 0, 0, 0].astype(float), i)
        shares = (value - others) / (50.0 * i - others)
        assert ((shares > 0.48) & (shares <= 1)).any()
    np.testing.assert_array_equal(crops, make(6)[0] * 50)


def test_a_crop_alone_is_not_mixed() -> None:
    crops, _, _ = make(1)
    same, is_mixed = mix_crops(crops, probability=1, rng=np.random.default_rng(0))
    np.testing.assert_array_equal(same, crops)
    assert not is_mixed.any()
