# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""HRNet: layout of the weights files, and the numbers that AlphaPose's network gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from alphapose_ros.models.hrnet import HRNet

NAME = 'hrnet_w32_coco17'
MEAN_RGB = (0.406, 0.457, 0.480)


def crops_of(x_u8: np.ndarray) -> torch.Tensor:
    pixels = x_u8.repeat(16, axis=2).repeat(16, axis=3).astype(np.float32) / 255
    return torch.from_numpy(pixels - np.array(MEAN_RGB, np.float32)[:, None, None])


def mirror(heatmaps: torch.Tensor, flip_pairs: list[list[int]]) -> torch.Tensor:
    """Return heat maps of a mirrored crop as if it were not; one column right but the first."""
    order = np.arange(heatmaps.shape[1])
    for left, right in flip_pairs:
        order[[left, right]] = right, left
    mirrored = heatmaps[:, order].flip(3)
    return torch.cat([mirrored[..., :1], mirrored[..., :-1]], dim=3)


@pytest.fixture
def wanted(fixture_model: Callable[[str], tuple[dict[str, Any], Any]]) -> tuple[Any, Any]:
    return fixture_model(NAME)


@torch.inference_mode()
def test_heatmaps_equal_the_measured_ones(wanted: Any, fill: Callable[..., None]) -> None:
    meta, io = wanted
    network = HRNet(meta['num_joints'])
    fill(network, meta)
    crops = crops_of(io['x_u8'])
    heatmaps = network(crops)
    tolerance = 1e-4 * meta['out_std']
    np.testing.assert_allclose(heatmaps, io['heatmap'], rtol=0, atol=tolerance)
    mean = (heatmaps + mirror(network(crops.flip(3)), meta['flip_pairs'])) / 2
    probes = mean[:, io['probe_joints']]
    np.testing.assert_allclose(probes, io['flipavg_probe_f32'], rtol=0, atol=tolerance)


@torch.inference_mode()
def test_large_activations_do_not_change_the_maps(wanted: Any, fill: Callable[..., None]) -> None:
    meta, io = wanted
    network = HRNet(meta['num_joints'])
    fill(network, meta, gain1=True)
    heatmaps = network(crops_of(io['x_u8']))
    probes = heatmaps[:, io['probe_joints'][:2]]
    tolerance = 1e-3 * io['gain1_mean_std'][1].min()
    np.testing.assert_allclose(probes, io['gain1_probe_f32'], rtol=0, atol=tolerance)
    moments = np.stack([heatmaps.mean((2, 3)), heatmaps.std((2, 3), correction=0)])
    np.testing.assert_allclose(moments, io['gain1_mean_std'], rtol=1e-3)


def test_layout_is_that_of_the_weights_file(check_layout: Callable[..., None]) -> None:
    with torch.device('meta'):
        check_layout(HRNet(17), 'coco__hrnet__256x192_w32_lr1e-3')


@pytest.mark.parametrize(('width', 'millions'), [(32, 28.5), (48, 63.6)])
def test_number_of_parameters_is_that_of_the_paper(width: int, millions: float) -> None:
    with torch.device('meta'):
        network = HRNet(17, width=width)
    assert round(sum(p.numel() for p in network.parameters()) / 1e6, 1) == millions


def test_widths_of_the_branches_double() -> None:
    with torch.device('meta'):
        state = HRNet(17, width=48).state_dict()
    names = [f'stage4.0.branches.{branch}.0.conv1.weight' for branch in range(4)]
    assert [state[name].shape[0] for name in names] == [48, 96, 192, 384]


def test_a_heatmap_has_a_quarter_of_the_size_of_the_crop() -> None:
    with torch.device('meta'):
        heatmaps = HRNet(21, width=48)(torch.empty(2, 3, 384, 288))
    assert heatmaps.shape == (2, 21, 96, 72)


@torch.inference_mode()
def test_crops_of_a_batch_do_not_influence_each_other() -> None:
    torch.manual_seed(0)
    network = HRNet(17).eval()
    torch.nn.init.normal_(network.final_layer.weight)
    crops = torch.rand(2, 3, 64, 64)
    alone = torch.cat([network(crops[:1]), network(crops[1:])])
    assert torch.max(torch.abs(alone[0] - alone[1])) > 0.01
    torch.testing.assert_close(network(crops), alone)


def test_a_width_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match=r'width must be one of \(32, 48\), got 40'):
        HRNet(17, width=40)


def test_crops_that_the_branches_cannot_halve_are_refused() -> None:
    with torch.device('meta'):
        network = HRNet(17)
        with pytest.raises(ValueError, match='multiples of 32, got 250 x 192'):
            network(torch.empty(1, 3, 250, 192))
