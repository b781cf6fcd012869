# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of FastPose-DUC; test_resnet.py compares its heat maps with measured ones."""

from collections.abc import Callable
from typing import Any

import pytest
import torch

from alphapose_ros.models.fastpose_duc import FastPoseDuc
from alphapose_ros.models.fastpose_duc import FastPoseDucDense


@pytest.mark.parametrize(
    ('name', 'options'),
    [
        pytest.param(
            'coco__resnet__256x192_res152_lr1e-3_1x-duc',
            {'depth': 152, 'backbone': 'se_resnet'},
            id='res152',
        ),
        pytest.param(
            'coco__resnet__256x192_res50_lr1e-3_1x-duc', {'backbone': 'unshuffle'}, id='unshuffle'
        ),
    ],
)
def test_keys_and_shapes_are_those_of_the_weights_files(
    name: str, options: dict[str, Any], check_layout: Callable[[torch.nn.Module, str], None]
) -> None:
    with torch.device('meta'):
        network = FastPoseDuc(17, **options)
    check_layout(network, name)


def test_keys_and_shapes_of_the_dense_network(
    check_layout: Callable[[torch.nn.Module, str], None],
) -> None:
    with torch.device('meta'):
        network = FastPoseDucDense(17, 32, deformable=True)
    check_layout(network, 'dense_coco__resnet50__256x192_adam_lr1e-3-duc-dcn_1x_crop')


def test_a_plain_backbone_has_no_gates() -> None:
    with torch.device('meta'):
        gated = FastPoseDuc(17, backbone='se_resnet').state_dict()
        plain = FastPoseDuc(17, backbone='resnet').state_dict()
    assert list(plain) == [key for key in gated if '.se.' not in key]


@torch.inference_mode()
@pytest.mark.parametrize('backbone', ['resnet', 'unshuffle'])
def test_a_batch_of_two_is_two_batches_of_one(backbone: Any) -> None:
    torch.manual_seed(0)
    network = FastPoseDuc(5, backbone=backbone).eval()
    crops = torch.randn(2, 3, 64, 96)
    heatmaps = network(crops)
    assert heatmaps.shape == (2, 5, 16, 24)
    alone = torch.cat([network(crops[:1]), network(crops[1:])])
    torch.testing.assert_close(heatmaps, alone, rtol=0, atol=1e-4 * float(heatmaps.std()))


@torch.inference_mode()
def test_the_dense_network_starts_with_the_heatmaps_of_the_other() -> None:
    torch.manual_seed(0)
    dense, other = FastPoseDucDense(5, 7).eval(), FastPoseDuc(5).eval()
    parameters = {
        key.replace('duc.0.', 'duc1.').replace('duc.1.', 'duc2.').replace('duc.2.', 'duc3.'): value
        for key, value in dense.state_dict().items()
        if '_dense.' not in key
    }
    other.load_state_dict(parameters)
    crops = torch.randn(2, 3, 64, 64)
    heatmaps = dense(crops)
    assert heatmaps.shape == (2, 12, 16, 16)
    torch.testing.assert_close(heatmaps[:, :5], other(crops))


def test_only_the_dense_head_and_the_last_convolutions_learn() -> None:
    with torch.device('meta'):
        network = FastPoseDucDense(17, 32)
    learning = {key.split('.')[0] for key, p in network.named_parameters() if p.requires_grad}
    assert learning == {'duc_dense', 'conv_out', 'conv_out_dense'}


def test_an_unknown_backbone_is_refused() -> None:
    backbone: Any = 'shuffle'
    with pytest.raises(ValueError, match="one of resnet, se_resnet, unshuffle, got 'shuffle'"):
        FastPoseDuc(17, backbone=backbone)
