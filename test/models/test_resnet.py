# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the ResNet, and of all networks above it against measured outputs."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch import Tensor
from torchvision.models import resnet

from alphapose_ros.models.fastpose import FastPose
from alphapose_ros.models.fastpose_duc import FastPoseDuc
from alphapose_ros.models.resnet import Bottleneck
from alphapose_ros.models.resnet import ResNet
from alphapose_ros.models.resnet import SelfOffsetConv
from alphapose_ros.models.simplepose import SimplePose

MEASURED = {
    'fast_res50_coco17': lambda: FastPose(17),
    'fast_res50_halpe136_regression': lambda: FastPose(136, head_width=256),
    'fast_dcn_res50_coco17': lambda: FastPose(17, deformable=True),
    'fast_duc_res152_coco17': lambda: FastPoseDuc(17, depth=152),
    'fast_duc_shuffle_res50_coco17': lambda: FastPoseDuc(17, backbone='unshuffle'),
    'simple_res50_coco17': lambda: SimplePose(17),
}
# Offsets of a hundred cells, as unscaled weights make them, turn an input change of 1e-7, even in
# float64, into one as large as the heat maps: there is nothing to compare.
MEASURED_UNSCALED = [name for name in MEASURED if name != 'fast_dcn_res50_coco17']


def crops_of(arrays: dict[str, np.ndarray]) -> Tensor:
    coarse = torch.from_numpy(arrays['x_u8'])
    crops = coarse.repeat_interleave(16, dim=2).repeat_interleave(16, dim=3) / 255
    return crops - torch.tensor([0.406, 0.457, 0.480])[:, None, None]


def unflip(heatmaps: Tensor, flip_pairs: list[list[int]]) -> Tensor:
    order = list(range(heatmaps.shape[1]))
    for left, right in flip_pairs:
        order[left], order[right] = right, left
    flipped = heatmaps[:, order].flip(3)
    return torch.cat([flipped[..., :1], flipped[..., :-1]], dim=3)  # one column to the right


@torch.inference_mode()
@pytest.mark.parametrize('name', MEASURED)
def test_heatmaps_and_flip_average_are_those_measured(
    name: str, fixture_model: Callable[..., Any], fill: Callable[..., None]
) -> None:
    meta, arrays = fixture_model(name)
    network = MEASURED[name]()
    fill(network, meta)
    crops, probes = crops_of(arrays), arrays['probe_joints']
    heatmaps = network(crops)
    average = (heatmaps + unflip(network(crops.flip(3)), meta['flip_pairs'])) / 2
    limit = 1e-4 * float(heatmaps.std())
    stored = arrays['heatmap']
    rounding = 0 if stored.dtype == np.float32 else np.finfo(stored.dtype).eps
    np.testing.assert_allclose(heatmaps, stored.astype(np.float32), atol=limit, rtol=rounding)
    np.testing.assert_allclose(
        heatmaps[:, probes], arrays['heatmap_probe_f32'], atol=limit, rtol=0
    )
    np.testing.assert_allclose(average[:, probes], arrays['flipavg_probe_f32'], atol=limit, rtol=0)


@torch.inference_mode()
@pytest.mark.parametrize('name', MEASURED_UNSCALED)
def test_heatmaps_of_unscaled_weights_are_those_measured(
    name: str, fixture_model: Callable[..., Any], fill: Callable[..., None]
) -> None:
    meta, arrays = fixture_model(name)
    network = MEASURED[name]()
    fill(network, meta, gain1=True)
    heatmaps = network(crops_of(arrays)).numpy()
    means, stds = arrays['gain1_mean_std']
    probes = arrays['probe_joints'][:2]
    errors = np.abs(heatmaps[:, probes] - arrays['gain1_probe_f32']).max(axis=(2, 3))
    assert (errors < 1e-3 * stds[:, probes]).all()
    assert (np.abs(heatmaps.mean(axis=(2, 3)) - means) < 1e-3 * stds).all()
    assert (np.abs(heatmaps.std(axis=(2, 3)) - stds) < 1e-3 * stds).all()


@torch.inference_mode()
@pytest.mark.parametrize(
    ('depth', 'last_stride'),
    [
        pytest.param(34, 2, id='34'),
        pytest.param(50, 2, id='50'),
        pytest.param(50, 1, id='50 with last stride 1'),
    ],
)
def test_the_plain_network_is_the_usual_resnet(depth: int, last_stride: int) -> None:
    usual = getattr(resnet, f'resnet{depth}')()
    usual.fc, usual.avgpool = nn.Identity(), nn.Identity()
    if last_stride == 1:
        usual.layer4[0].conv2.stride = usual.layer4[0].downsample[0].stride = (1, 1)
    torch.manual_seed(0)
    network = ResNet(depth, last_stride=last_stride).eval()
    usual.load_state_dict(network.state_dict())
    images = torch.randn(2, 3, 64, 64)
    features = network(images)
    assert features.shape[:2] == (2, network.out_channels)
    assert features.shape[2] == (2 if last_stride == 2 else 4)
    torch.testing.assert_close(features.flatten(1), usual.eval()(images))


@pytest.mark.parametrize('depth', [34, 50, 101, 152])
def test_parameters_are_named_as_in_torchvision(depth: int) -> None:
    with torch.device('meta'):
        usual = getattr(resnet, f'resnet{depth}')().state_dict()
        network = ResNet(depth).state_dict()
    wanted = [(k, v.shape) for k, v in usual.items() if not k.startswith('fc.')]
    assert [(k, v.shape) for k, v in network.items()] == wanted


@torch.inference_mode()
@pytest.mark.parametrize('unshuffle', [False, True], ids=['stride', 'unshuffle'])
@pytest.mark.parametrize('stride', [1, 2])
def test_a_deformable_block_without_offsets_is_a_plain_one(unshuffle: bool, stride: int) -> None:
    torch.manual_seed(0)
    deformable = Bottleneck(32, 16, stride=stride, unshuffle=unshuffle, deformable=True).eval()
    plain = Bottleneck(32, 16, stride=stride, unshuffle=unshuffle).eval()
    parameters = {}
    for key, value in deformable.state_dict().items():
        if 'offset' in key:
            value.zero_()
        else:
            parameters[key.replace('.conv.', '.')] = value
    plain.load_state_dict(parameters)
    features = torch.randn(2, 32, 12, 8)
    torch.testing.assert_close(deformable(features), plain(features))


@torch.inference_mode()
@pytest.mark.parametrize(('first_channel', 'axis'), [(0, 2), (1, 3)], ids=['dy', 'dx'])
def test_offsets_of_one_look_one_cell_further(first_channel: int, axis: int) -> None:
    torch.manual_seed(0)
    conv = SelfOffsetConv(4, 6)
    conv.conv_offset.weight.zero_()
    bias = conv.conv_offset.get_parameter('bias').zero_()
    features = torch.randn(1, 4, 7, 9)
    still = conv(features)
    bias[first_channel::2] = 1
    size = features.shape[axis] - 1
    moved = conv(features).narrow(axis, 0, size)
    torch.testing.assert_close(moved, still.narrow(axis, 1, size))


def test_names_of_unshuffled_deformable_convolutions() -> None:
    with torch.device('meta'):
        network = ResNet(50, squeeze=True, unshuffle=True, deformable=True)
    shapes = {key: tuple(value.shape) for key, value in network.state_dict().items()}
    assert shapes['layer2.0.conv2.1.conv_offset.weight'] == (18, 512, 3, 3)
    assert shapes['layer2.0.conv2.1.conv.weight'] == (128, 512, 3, 3)
    assert shapes['layer2.1.conv2.conv_offset.bias'] == (18,)
    assert shapes['layer2.1.conv2.conv.weight'] == (128, 128, 3, 3)
    assert shapes['layer1.0.conv2.weight'] == (64, 64, 3, 3)


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        pytest.param({'depth': 18}, 'depth must be one of 34, 50, 101, 152, got 18', id='depth'),
        pytest.param(
            {'depth': 34, 'squeeze': True}, 'must be one of 50, 101, 152, got 34', id='gates'
        ),
        pytest.param(
            {'depth': 34, 'deformable': True}, 'must be one of 50, 101, 152, got 34', id='offsets'
        ),
        pytest.param(
            {'depth': 50, 'last_stride': 4}, 'last_stride must be one of 1, 2, got 4', id='stride'
        ),
    ],
)
def test_an_impossible_network_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ResNet(**options)
