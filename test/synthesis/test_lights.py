# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Light of panoramas made by hand."""

import numpy as np
import pytest

from alphapose_ros.synthesis.lights import light_of


def sunny(row: int, column: int) -> np.ndarray:
    """Return a grey panorama with one bright spot."""
    panorama = np.full((32, 64, 3), 0.5, np.float32)
    panorama[row, column] = 400
    return panorama


def test_an_even_sky_has_no_sun_and_no_direction() -> None:
    light = light_of(np.full((32, 64, 3), 0.5, np.float32), 0.0)
    assert np.allclose(light.sun_color, 0)
    assert np.abs(light.harmonics[1:]).max() < 0.02 * light.harmonics[0].min()
    assert light.strength == pytest.approx(0.5, rel=0.01)


@pytest.mark.parametrize(
    ('row', 'column', 'yaw', 'direction'),
    [
        (0, 10, 0.0, (0, 1, 0)),
        (16, 32, 0.0, (0, 0, 1)),
        (16, 16, 0.0, (1, 0, 0)),
        (16, 32, np.pi / 2, (1, 0, 0)),
    ],
    ids=['zenith', 'middle', 'a quarter to the left', 'middle, turned'],
)
def test_the_sun_is_where_the_panorama_is_bright(
    row: int, column: int, yaw: float, direction: tuple[float, ...]
) -> None:
    light = light_of(sunny(row, column), yaw)
    assert light.sun_direction @ direction > 0.99
    assert light.sun_color.min() > 0


def test_the_sun_never_outshines_the_sky_by_far() -> None:
    light = light_of(sunny(3, 3), 0.0)
    assert light.sun_color.mean() <= 2.6 * 0.886227 * light.harmonics[0].mean()
