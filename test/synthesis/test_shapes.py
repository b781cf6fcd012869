# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Random bodies."""

import numpy as np
import pytest

from alphapose_ros.synthesis.assets import Assets
from alphapose_ros.synthesis.shapes import sample_shape


@pytest.mark.parametrize('seed', range(8))
def test_nobody_is_a_child(seed: int) -> None:
    assert sample_shape(np.random.default_rng(seed)).age > 14


def test_equal_random_numbers_give_equal_shapes() -> None:
    shapes = [sample_shape(np.random.default_rng(3)) for _ in range(2)]
    assert shapes[0] == shapes[1]
    assert shapes[0] != sample_shape(np.random.default_rng(4))


def test_corners_of_the_universal_cube_are_shares_of_one() -> None:
    amounts = sample_shape(np.random.default_rng(0)).amounts
    total = sum(a for name, a in amounts.items() if 'universal' in name)
    assert total == pytest.approx(1, abs=0.1)  # tiny shares are left out


def test_bodies_are_as_tall_as_people(assets: Assets) -> None:
    heights = []
    for seed in range(12):
        shape = sample_shape(np.random.default_rng(seed))
        body = assets.targets.apply(assets.base.vertices, shape.amounts)
        heights.append(np.ptp(body[assets.base.faces[assets.base.groups == 'body'], 1]))
    assert min(heights) > 1.3
    assert max(heights) < 2.2
    assert np.ptp(heights) > 0.1
