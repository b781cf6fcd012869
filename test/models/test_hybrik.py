# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""HybrIK: layout of the weights file and the expectation; there are no numbers to compare with."""

from __future__ import annotations

from collections.abc import Callable
import json
from pathlib import Path

import pytest
import torch
from torch import nn

from alphapose_ros.models.hybrik import expected_uvd
from alphapose_ros.models.hybrik import HybrIK

KEYS = 'smpl__256x192_adam_lr1e-3-res34_smpl_24_3d_base_2x_mix'


@pytest.fixture
def network() -> HybrIK:
    torch.manual_seed(0)
    return HybrIK().eval()


def test_layout_is_that_of_the_weights_file(check_layout: Callable[..., None]) -> None:
    with torch.device('meta'):
        check_layout(HybrIK(), KEYS)


def test_types_are_those_of_the_weights_file(shared_dir: Path) -> None:
    entries = json.loads((shared_dir / 'fixtures/keys_all' / f'{KEYS}.json').read_text())
    with torch.device('meta'):
        state = HybrIK().state_dict()
    assert {key: str(value.dtype) for key, value in state.items()} == {
        key: f'torch.{dtype}' for key, _, dtype in entries
    }


def test_every_output_has_its_shape() -> None:
    with torch.device('meta'):
        output = HybrIK()(torch.empty(2, 3, 256, 256))
    assert output.keypoints_uvd.shape == (2, 29, 3)
    assert output.keypoint_scores.shape == (2, 29)
    assert output.betas.shape == (2, 10)
    assert output.twists.shape == (2, 23, 2)
    assert output.camera.shape == (2, 3)


@torch.inference_mode()
def test_crops_of_a_batch_do_not_influence_each_other(network: HybrIK) -> None:
    crops = torch.rand(2, 3, 64, 64)
    first, second, both = network(crops[:1]), network(crops[1:]), network(crops)
    for one, other, together in zip(first, second, both, strict=True):
        assert not torch.equal(one, other)
        torch.testing.assert_close(together, torch.cat([one, other]))


@pytest.mark.parametrize('cell_xyz', [(0, 0, 0), (3, 17, 40), (63, 62, 61)])
def test_expectation_of_one_sharp_peak_is_its_cell(cell_xyz: tuple[int, int, int]) -> None:
    x, y, z = cell_xyz
    volumes = torch.zeros(1, 2, 64, 64, 64)
    volumes[0, 1, z, y, x] = 100
    keypoints, scores = expected_uvd(volumes)
    wanted = torch.tensor(cell_xyz) / 64 - 0.5
    torch.testing.assert_close(keypoints[0, 1], wanted)
    assert scores[0, 1] == pytest.approx(1)


def test_expectation_of_a_flat_volume_is_the_mean_index() -> None:
    keypoints, scores = expected_uvd(torch.full((1, 1, 8, 4, 2), -3.0))
    torch.testing.assert_close(keypoints[0, 0], torch.tensor([0.25, 0.375, 0.4375]) - 0.5)
    assert scores.item() == pytest.approx(1 / 64)


def test_expectation_of_two_equal_peaks_lies_between_them() -> None:
    volumes = torch.zeros(1, 1, 16, 16, 16)
    volumes[0, 0, 2, 4, 6] = volumes[0, 0, 10, 4, 8] = 100
    keypoints, scores = expected_uvd(volumes)
    torch.testing.assert_close(keypoints[0, 0], torch.tensor([7.0, 4.0, 6.0]) / 16 - 0.5)
    assert scores.item() == pytest.approx(0.5)


def test_half_precision_does_not_coarsen_the_expectation() -> None:
    keypoints, _ = expected_uvd(torch.zeros(1, 1, 64, 64, 64, dtype=torch.float16))
    torch.testing.assert_close(keypoints, torch.full((1, 1, 3), 31.5 / 64 - 0.5))


@torch.inference_mode()
def test_channels_are_the_depths_of_one_keypoint_after_the_other(network: HybrIK) -> None:
    nn.init.zeros_(network.final_layer.weight)
    nn.init.zeros_(network.final_layer.bias)
    network.final_layer.bias[5 * 64 + 48] = 100
    keypoints = network(torch.rand(1, 3, 64, 64)).keypoints_uvd[0]
    assert keypoints[5, 2] == pytest.approx(48 / 64 - 0.5)
    assert keypoints[5, 0] == pytest.approx(7.5 / 16 - 0.5)
    torch.testing.assert_close(keypoints[[4, 6], 2], torch.full((2,), 31.5 / 64 - 0.5))


@torch.inference_mode()
def test_shape_and_camera_start_from_their_mean(network: HybrIK) -> None:
    for head in (network.decshape, network.deccam):
        nn.init.zeros_(head.weight)
        nn.init.zeros_(head.bias)
    network.init_shape.copy_(torch.arange(10))
    output = network(torch.rand(1, 3, 64, 64))
    assert output.betas[0].tolist() == list(range(10))
    torch.testing.assert_close(output.camera[0], torch.tensor([0.9, 0, 0]))


@torch.inference_mode()
def test_twists_are_pairs_of_cosine_and_sine(network: HybrIK) -> None:
    nn.init.zeros_(network.decphi.weight)
    network.decphi.bias.copy_(torch.arange(46))
    twists = network(torch.rand(1, 3, 64, 64)).twists[0]
    assert twists[:2].tolist() == [[0, 1], [2, 3]]
