# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the decoding of heat maps."""

from pathlib import Path

import numpy as np
import pytest

from alphapose_ros.core.crops import crop_to_image
from alphapose_ros.core.heatmaps import decode_argmax


def one_map(*cells: tuple[int, int, float], height: int = 64, width: int = 48) -> np.ndarray:
    heatmap = np.zeros((1, 1, height, width), np.float32)
    for x, y, value in cells:
        heatmap[0, 0, y, x] = value
    return heatmap


def test_a_lone_peak_is_found_exactly() -> None:
    points, scores = decode_argmax(one_map((10, 20, 0.8)))
    np.testing.assert_array_equal(points, [[[10, 20]]])
    np.testing.assert_allclose(scores, [[0.8]])


def test_the_peak_moves_a_quarter_towards_the_higher_neighbour() -> None:
    points, _ = decode_argmax(one_map((10, 20, 0.8), (11, 20, 0.5), (10, 19, 0.2)))
    np.testing.assert_array_equal(points, [[[10.25, 19.75]]])


@pytest.mark.parametrize('x', [0, 1, 47])
def test_no_quarter_offset_near_the_border(x: int) -> None:
    points, _ = decode_argmax(one_map((x, 30, 0.8), (min(x + 1, 46), 30, 0.5)))
    assert points[0, 0, 0] == x


def test_of_equal_maxima_the_first_wins() -> None:
    points, _ = decode_argmax(one_map((30, 40, 0.8), (5, 6, 0.8)))
    np.testing.assert_array_equal(points, [[[5, 6]]])


def test_a_map_without_a_positive_value_has_its_joint_in_the_corner() -> None:
    points, scores = decode_argmax(one_map() - 0.5)
    np.testing.assert_array_equal(points, [[[0, 0]]])
    np.testing.assert_array_equal(scores, [[-0.5]])


def test_nobody_gives_nobody() -> None:
    points, scores = decode_argmax(np.zeros((0, 17, 64, 48), np.float32))
    assert points.shape == (0, 17, 2)
    assert scores.shape == (0, 17)


def test_a_batch_of_two_equals_two_batches_of_one() -> None:
    heatmaps = np.random.default_rng(0).normal(size=(2, 5, 16, 12)).astype(np.float32)
    points, scores = decode_argmax(heatmaps)
    for i in range(2):
        one_points, one_scores = decode_argmax(heatmaps[i : i + 1])
        np.testing.assert_array_equal(points[i], one_points[0])
        np.testing.assert_array_equal(scores[i], one_scores[0])


def test_decoding_equals_the_reference(shared_dir: Path) -> None:
    fixture = np.load(shared_dir / 'fixtures/decode/argmax.npz')
    points, scores = decode_argmax(fixture['heatmaps'].astype(np.float32))
    in_image = crop_to_image(points, fixture['boxes'].astype(np.float32), (48, 64))
    np.testing.assert_allclose(in_image, fixture['coords'], atol=1e-3)
    np.testing.assert_allclose(scores.reshape(fixture['scores'].shape), fixture['scores'])
