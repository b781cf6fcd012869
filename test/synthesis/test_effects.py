# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Degraded images."""

import numpy as np
import pytest

from alphapose_ros.synthesis.effects import degrade


@pytest.mark.parametrize('seed', range(6))
def test_images_keep_size_and_type(seed: int) -> None:
    image = np.full((40, 30, 3), 120, np.uint8)
    result = degrade(image, np.random.default_rng(seed))
    assert result.shape == image.shape
    assert result.dtype == np.uint8
    assert (image == 120).all()


def test_equal_random_numbers_give_equal_images() -> None:
    image = np.random.default_rng(0).integers(0, 256, (40, 30, 3), np.uint8)
    first, second, other = (degrade(image, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert np.array_equal(first, second)
    assert not np.array_equal(first, other)
