# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the decoding of heat maps."""

from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import numpy as np
import pytest
import torch
from torch import Tensor

from alphapose_ros.core.crops import crop_to_image
from alphapose_ros.core.heatmaps import decode_argmax
from alphapose_ros.core.heatmaps import decode_combined
from alphapose_ros.core.heatmaps import decode_integral
from alphapose_ros.core.heatmaps import flip_heatmaps
from alphapose_ros.core.skeletons import flip_permutation
from alphapose_ros.core.skeletons import get_skeleton

MAP_WH = (48, 64)


def one_map(*cells: tuple[int, int, float], height: int = 64, width: int = 48) -> Tensor:
    heatmap = torch.zeros((1, 1, height, width))
    for x, y, value in cells:
        heatmap[0, 0, y, x] = value
    return heatmap


def random_maps(*shape: int) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(0))


def to_image(points: Tensor, boxes: Any) -> np.ndarray:
    return crop_to_image(points.numpy(), np.asarray(boxes, np.float32), MAP_WH)


def test_a_lone_peak_is_found_exactly() -> None:
    points, scores = decode_argmax(one_map((10, 20, 0.8)))
    assert points.tolist() == [[[10, 20]]]
    assert scores.item() == pytest.approx(0.8)


def test_the_peak_moves_a_quarter_towards_the_higher_neighbour() -> None:
    points, _ = decode_argmax(one_map((10, 20, 0.8), (11, 20, 0.5), (10, 19, 0.2)))
    assert points.tolist() == [[[10.25, 19.75]]]


@pytest.mark.parametrize('x', [0, 1, 47])
def test_no_quarter_offset_near_the_border(x: int) -> None:
    points, _ = decode_argmax(one_map((x, 30, 0.8), (min(x + 1, 46), 30, 0.5)))
    assert points[0, 0, 0] == x


def test_of_equal_maxima_the_first_wins() -> None:
    points, _ = decode_argmax(one_map((30, 40, 0.8), (5, 6, 0.8)))
    assert points.tolist() == [[[5, 6]]]


def test_a_map_without_a_positive_value_has_its_joint_in_the_corner() -> None:
    points, scores = decode_argmax(one_map() - 0.5)
    assert points.tolist() == [[[0, 0]]]
    assert scores.tolist() == [[-0.5]]


@pytest.mark.parametrize('decode', [decode_argmax, decode_integral])
def test_nobody_gives_nobody(decode: Any) -> None:
    points, scores = decode(torch.zeros((0, 17, 64, 48)))
    assert points.shape == (0, 17, 2)
    assert scores.shape == (0, 17)


@pytest.mark.parametrize('decode', [decode_argmax, decode_integral])
def test_a_batch_of_two_equals_two_batches_of_one(decode: Any) -> None:
    heatmaps = random_maps(2, 5, 16, 12)
    points, scores = decode(heatmaps)
    for i in range(2):
        one_points, one_scores = decode(heatmaps[i : i + 1])
        torch.testing.assert_close(points[i], one_points[0])
        torch.testing.assert_close(scores[i], one_scores[0])


def test_decoding_by_argmax_equals_the_reference(shared_dir: Path) -> None:
    fixture = np.load(shared_dir / 'fixtures/decode/argmax.npz')
    points, scores = decode_argmax(torch.from_numpy(fixture['heatmaps'].astype(np.float32)))
    np.testing.assert_allclose(to_image(points, fixture['boxes']), fixture['coords'], atol=1e-3)
    np.testing.assert_array_equal(scores[..., None], fixture['scores'])


@pytest.mark.parametrize('normalize', ['sigmoid', 'softmax', 'divide_sum'])
def test_decoding_by_expectation_equals_the_reference(shared_dir: Path, normalize: Any) -> None:
    fixture = np.load(shared_dir / 'fixtures/decode/integral.npz')
    images = slice(4, 5) if normalize == 'divide_sum' else slice(None)  # others have negatives
    logits = torch.from_numpy(fixture['logits'].astype(np.float32))[images]
    points, scores = decode_integral(logits, normalize)
    normalised = points / torch.tensor(MAP_WH) - 0.5
    expected = {k: fixture[f'{normalize}_{k}'][images] for k in ('normalised', 'coords', 'scores')}
    np.testing.assert_allclose(normalised, expected['normalised'], atol=1e-6)
    in_image = to_image(points, fixture['boxes'][images])
    np.testing.assert_allclose(in_image, expected['coords'], atol=1e-3)
    np.testing.assert_allclose(scores[..., None], expected['scores'], atol=1e-6)


def test_averaging_after_decoding_equals_the_reference(shared_dir: Path) -> None:
    fixture = np.load(shared_dir / 'fixtures/decode/integral.npz')
    logits = fixture['logits'][:2].astype(np.float32)
    flipped = logits + fixture['logits_flip_delta'].astype(np.float32)
    both = [decode_integral(torch.from_numpy(maps)) for maps in (logits, flipped)]
    points, scores = (sum(values) / 2 for values in zip(*both, strict=True))
    in_image = to_image(points, fixture['boxes'][:2])
    np.testing.assert_allclose(in_image, fixture['sigmoid_flip_coords'], atol=1e-3)
    np.testing.assert_allclose(scores[..., None], fixture['sigmoid_flip_scores'], atol=1e-6)


def test_a_sharp_logit_is_decoded_at_its_cell() -> None:
    points, scores = decode_integral(one_map((10, 20, 60.0)) - 30)
    torch.testing.assert_close(points, torch.tensor([[[10.0, 20.0]]]))
    torch.testing.assert_close(scores, torch.ones(1, 1))


def test_a_map_that_is_low_everywhere_has_a_low_score() -> None:
    points, scores = decode_integral(one_map((10, 20, 30.0)) - 40)
    torch.testing.assert_close(points, torch.tensor([[[10.0, 20.0]]]), atol=0.01, rtol=0)
    assert scores.item() < 1e-4


def test_combined_decoding_is_argmax_first_and_expectation_behind() -> None:
    heatmaps = random_maps(2, 7, 16, 12)
    points, scores = decode_combined(heatmaps, 4)
    for part, decode in ((slice(0, 4), decode_argmax), (slice(4, 7), decode_integral)):
        expected_points, expected_scores = decode(heatmaps[:, part])
        torch.testing.assert_close(points[:, part], expected_points)
        torch.testing.assert_close(scores[:, part], expected_scores)


@pytest.mark.parametrize(('shift', 'name'), [(True, 'flip_shift'), (False, 'flip_noshift')])
def test_flipping_equals_the_reference(shared_dir: Path, shift: bool, name: str) -> None:
    fixture = np.load(shared_dir / 'fixtures/decode/flip_heatmap.npz')
    permutation = torch.from_numpy(flip_permutation(get_skeleton('coco_17')))
    flipped = flip_heatmaps(torch.from_numpy(fixture['x']), permutation, shift=shift)
    np.testing.assert_array_equal(flipped, fixture[name])


@settings(max_examples=25, derandomize=True, deadline=None, database=None)
@given(st.integers(0, 3), st.sampled_from(['coco_17', 'halpe_136', 'coco_wholebody_133']))
def test_flipping_twice_is_the_identity(n: int, name: str) -> None:
    skeleton = get_skeleton(name)
    permutation = torch.from_numpy(flip_permutation(skeleton))
    heatmaps = random_maps(n, skeleton.num_keypoints, 4, 6)
    twice = flip_heatmaps(
        flip_heatmaps(heatmaps, permutation, shift=False), permutation, shift=False
    )
    assert torch.equal(twice, heatmaps)
