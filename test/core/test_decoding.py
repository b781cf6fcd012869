# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the three decoders behind one signature."""

from typing import Any

import pytest
import torch
from torch import Tensor

from alphapose_ros.core.decoding import HeatmapDecoder
from alphapose_ros.core.decoding import make_decoder
from alphapose_ros.core.decoding import METHODS
from alphapose_ros.core.decoding import OutputError
from alphapose_ros.core.decoding import RegressionDecoder
from alphapose_ros.core.decoding import SimccDecoder
from alphapose_ros.core.skeletons import flip_permutation
from alphapose_ros.core.skeletons import get_skeleton

CROP_WH = (192, 256)


def outputs_at(method: str, points: Tensor) -> list[Tensor]:
    """Return what a network that is sure of points (N, K, 2) of the crop would give."""
    n, k, _ = points.shape
    person, joint = torch.meshgrid(torch.arange(n), torch.arange(k), indexing='ij')
    if method == 'regression':
        return [points / torch.tensor(CROP_WH) - 0.5, torch.full((n, k), 0.9)]
    if method == 'simcc':
        outputs = []
        for axis in range(2):
            bins = torch.zeros((n, k, 2 * CROP_WH[axis]))
            bins[person, joint, (2 * points[..., axis]).long()] = 0.9 - 0.1 * axis
            outputs.append(bins)
        return outputs
    heatmaps = torch.full((n, k, 64, 48), 0.0 if method == 'argmax' else -30.0)
    x, y = (points / 4).long().unbind(dim=2)
    heatmaps[person, joint, y, x] = 0.9 if method == 'argmax' else 5.0
    return [heatmaps]


def random_points(n: int, k: int) -> Tensor:
    generator = torch.Generator().manual_seed(0)
    cells = torch.stack(
        [
            torch.randint(2, 46, (n, k), generator=generator),
            torch.randint(2, 62, (n, k), generator=generator),
        ],
        dim=2,
    )
    return 4.0 * cells


@pytest.mark.parametrize('method', ['argmax', 'integral', 'simcc', 'regression'])
@pytest.mark.parametrize('n', [0, 1, 3])
def test_points_of_the_crop_come_back(method: Any, n: int) -> None:
    points = random_points(n, 17)
    decoder = make_decoder(method, get_skeleton('coco_17'))
    decoded, scores = decoder(outputs_at(method, points), CROP_WH)
    torch.testing.assert_close(decoded, points, atol=1e-2, rtol=0)
    assert scores.shape == (n, 17)
    assert (scores > 0.5).all()


@pytest.mark.parametrize('method', ['simcc', 'regression'])
def test_a_mirrored_crop_gives_mirrored_points(method: Any) -> None:
    skeleton = get_skeleton('halpe_26')
    decoder = make_decoder(method, skeleton)
    permutation = torch.from_numpy(flip_permutation(skeleton))
    points = random_points(2, 26)
    mirrored = points[:, permutation].clone()
    mirrored[..., 0] = CROP_WH[0] - mirrored[..., 0]
    outputs = decoder.unflip(outputs_at(method, mirrored), permutation)
    decoded, _ = decoder(outputs, CROP_WH)
    torch.testing.assert_close(decoded, points, atol=1.0, rtol=0)  # a bin, at most


def test_the_score_of_simcc_is_the_lower_of_both_axes() -> None:
    _, scores = SimccDecoder()(outputs_at('simcc', random_points(1, 3)), CROP_WH)
    torch.testing.assert_close(scores, torch.full((1, 3), 0.8))


def test_regression_without_scores_is_sure() -> None:
    points, scores = RegressionDecoder()([torch.zeros((1, 5, 3))], CROP_WH)
    assert points.tolist() == [5 * [[96, 128]]]
    assert scores.tolist() == [5 * [1.0]]


@pytest.mark.parametrize(
    ('name', 'num_argmax'),
    [('halpe_136', 26), ('coco_wholebody_133', 23), ('halpe_68_noface', 26)],
)
def test_combined_decoding_splits_before_face_and_hands(name: str, num_argmax: int) -> None:
    assert make_decoder('combined', get_skeleton(name)) == HeatmapDecoder(num_argmax, 'sigmoid')


@pytest.mark.parametrize(
    ('method', 'outputs', 'message'),
    [
        ('argmax', [torch.zeros(1, 17)], r'expected heat maps .* got \[\(1, 17\)\]'),
        ('integral', [], r'expected heat maps .* got \[\]'),
        ('simcc', [torch.zeros(1, 17, 384)], r'SimCC gives vectors .* got \[\(1, 17, 384\)\]'),
        ('simcc', [torch.zeros(1, 17, 9), torch.zeros(1, 26, 9)], 'SimCC gives vectors'),
        ('regression', [torch.zeros(1, 17)], 'regression gives coordinates'),
        ('regression', [], 'regression gives coordinates'),
    ],
)
def test_outputs_of_another_network_are_refused(method: Any, outputs: Any, message: str) -> None:
    with pytest.raises(OutputError, match=message):
        make_decoder(method, get_skeleton('coco_17'))(outputs, CROP_WH)


def test_an_unknown_method_is_refused_with_those_that_exist() -> None:
    with pytest.raises(ValueError, match=f'known are {", ".join(METHODS)}'):
        make_decoder('dark', get_skeleton('coco_17'))  # type: ignore[arg-type]


def test_combined_needs_a_face_or_hands() -> None:
    with pytest.raises(ValueError, match='coco_17 has no face and no hands'):
        make_decoder('combined', get_skeleton('coco_17'))
