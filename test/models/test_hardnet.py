# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""HarDNet: layout of the weights files and wiring; there are no numbers to compare with."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import nn
from torch.nn.functional import interpolate

from alphapose_ros.models.hardnet import add_context
from alphapose_ros.models.hardnet import HarDNetPose
from alphapose_ros.models.hardnet import HarmonicBlock
from alphapose_ros.models.hardnet import layer_sources
from alphapose_ros.models.hardnet import layer_width


def lively_network(depth: int) -> HarDNetPose:
    """Return a network whose features neither fade nor explode, as by default they would."""
    torch.manual_seed(0)
    network = HarDNetPose(17, depth=depth).eval()
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, nonlinearity='relu')
    return network


@pytest.mark.parametrize('depth', [68, 85])
def test_layout_is_that_of_the_weights_file(check_layout: Callable[..., None], depth: int) -> None:
    with torch.device('meta'):
        network = HarDNetPose(17, depth=depth)
    check_layout(network, f'coco__hardnet__256x192_hard{depth}_lr1e-3_1x')


@pytest.mark.parametrize(('depth', 'millions'), [(68, 20.24), (85, 36.67)])
def test_number_of_parameters_is_that_of_alphapose(depth: int, millions: float) -> None:
    with torch.device('meta'):
        network = HarDNetPose(17, depth=depth)
    assert round(sum(p.numel() for p in network.parameters()) / 1e6, 2) == millions


@pytest.mark.parametrize('depth', [68, 85])
def test_a_heatmap_has_a_quarter_of_the_size_of_the_crop(depth: int) -> None:
    with torch.device('meta'):
        heatmaps = HarDNetPose(136, depth=depth)(torch.empty(2, 3, 256, 192))
    assert heatmaps.shape == (2, 136, 64, 48)


@torch.inference_mode()
def test_crops_of_a_batch_do_not_influence_each_other() -> None:
    network = lively_network(68)
    crops = torch.rand(2, 3, 64, 64)
    alone = torch.cat([network(crops[:1]), network(crops[1:])])
    assert torch.max(torch.abs(alone[0] - alone[1])) > 0.01
    torch.testing.assert_close(network(crops), alone)


@pytest.mark.parametrize(
    ('number', 'sources'),
    [(1, [0]), (2, [1, 0]), (3, [2]), (4, [3, 2, 0]), (6, [5, 4]), (16, [15, 14, 12, 8, 0])],
)
def test_a_layer_sees_back_by_the_powers_of_two_in_its_number(
    number: int, sources: list[int]
) -> None:
    assert layer_sources(number) == sources


@pytest.mark.parametrize(
    ('number', 'width'),
    [
        pytest.param(3, 14, id='one link'),
        pytest.param(2, 24, id='14 * 1.7 = 23.8'),
        pytest.param(4, 40, id='14 * 1.7^2 = 40.5'),
        pytest.param(8, 68, id='14 * 1.7^3 = 68.8'),
    ],
)
def test_each_further_link_widens_a_layer(number: int, width: int) -> None:
    assert layer_width(number, 14) == width


def test_a_block_returns_every_second_layer_and_the_last() -> None:
    block = HarmonicBlock(1, 2, 4)
    for number, (layer, width) in enumerate(zip(block.layers, (2, 4, 2, 6), strict=True), 1):
        assert isinstance(layer, nn.Sequential)
        nn.init.zeros_(layer.conv.weight)
        layer.norm = nn.Conv2d(width, width, 1)
        nn.init.zeros_(layer.norm.weight)
        nn.init.constant_(layer.norm.bias, number)
    features = block(torch.full((1, 1, 1, 1), 9.0))
    assert features.flatten().tolist() == [1, 1, 3, 3, 4, 4, 4, 4, 4, 4]
    assert block.out_channels == 10


def test_context_of_a_constant_map_is_known() -> None:
    features = add_context(torch.full((1, 1, 20, 20), 0.5))
    assert features.shape == (1, 3, 20, 20)
    assert torch.all(features[0, 0] == 0.5)
    assert features[0, 1, 10, 10] == pytest.approx(0.5)
    assert features[0, 1, 0, 0] == pytest.approx(0.5 * 25 / 81)
    assert features[0, 2].mean() == pytest.approx(0.5 / (0.5 * 400 + 0.1))


@torch.inference_mode()
@pytest.mark.parametrize('depth', [68, 85])
def test_the_head_gets_the_later_shortcut_first(depth: int) -> None:
    network = lively_network(depth)
    seen: dict[str, torch.Tensor] = {}
    for name in ('conv1x1_up.0', 'conv1x1_up.1', 'denseBlocksUp.2'):
        network.get_submodule(name).register_forward_hook(
            lambda _module, _inputs, output, name=name: seen.update({name: output})
        )
    network.conv_out.register_forward_pre_hook(lambda _, inputs: seen.update(head=inputs[0]))
    network(torch.rand(1, 3, 64, 96))
    parts = [seen['conv1x1_up.1'][:, -32:], seen['conv1x1_up.0'][:, -32:], seen['denseBlocksUp.2']]
    resized = [interpolate(part, (16, 24), mode='bilinear', align_corners=True) for part in parts]
    torch.testing.assert_close(seen['head'], torch.cat(resized, dim=1))


@torch.inference_mode()
@pytest.mark.parametrize(
    ('depth', 'joined'),
    [(68, {0: 11, 1: 8, 2: None}), (85, {0: 13, 1: 8, 2: 3})],
)
def test_a_level_gets_its_own_features_then_those_of_the_encoder(
    depth: int, joined: dict[int, int | None]
) -> None:
    network = lively_network(depth)
    seen: dict[str, torch.Tensor] = {}
    for name, module in network.named_modules():
        module.register_forward_hook(
            lambda _module, inputs, output, name=name: seen.update(
                {name: output, f'{name} input': inputs[0]}
            )
        )
    network(torch.rand(1, 3, 64, 64))
    for level, index in joined.items():
        below = seen[f'denseBlocksUp.{level - 1}' if level else 'last_blk']
        got = seen[f'conv1x1_up.{level} input']
        side = 4 * 2**level
        parts = [interpolate(below, (side, side), mode='bilinear', align_corners=True)]
        parts += [] if index is None else [seen[f'base.{index}']]
        torch.testing.assert_close(got, torch.cat(parts, dim=1))


def test_a_depth_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match=r'depth must be one of \(68, 85\), got 39'):
        HarDNetPose(17, depth=39)
