# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of FastPose; test_resnet.py compares its heat maps with measured ones."""

from collections.abc import Callable
import json
from pathlib import Path
from typing import Any

import pytest
import torch

from alphapose_ros.models.fastpose import FastPose

WIDE: dict[str, Any] = {'head_width': 256}
WIDE_DEFORMABLE: dict[str, Any] = {'head_width': 256, 'deformable': True}
RES152: dict[str, Any] = {'head_width': 256, 'depth': 152}

LAYOUTS: dict[str, tuple[int, dict[str, Any]]] = {
    'coco__resnet__256x192_res50_lr1e-3_1x-concat': (33, {}),
    'coco__resnet__256x192_res50_lr1e-3_1x': (17, {}),
    'coco__resnet__256x192_res50_lr1e-3_2x-dcn': (17, {'deformable': True}),
    'coco__resnet__256x192_res50_lr1e-3_2x-regression': (17, {}),
    'coco__resnet__256x192_res50_lr1e-3_2x': (17, {}),
    'coco_wholebody__resnet__256x192_res152_lr1e-3_1x-duc': (133, RES152),
    'coco_wholebody__resnet__256x192_res50_lr1e-3_2x-combined': (133, WIDE),
    'coco_wholebody__resnet__256x192_res50_lr1e-3_2x-dcn-combined': (133, WIDE_DEFORMABLE),
    'coco_wholebody__resnet__256x192_res50_lr1e-3_2x-dcn-regression': (133, WIDE_DEFORMABLE),
    'coco_wholebody__resnet__256x192_res50_lr1e-3_2x-regression': (133, {}),
    'halpe_136__resnet__256x192_res152_lr1e-3_1x-duc': (136, RES152),
    'halpe_136__resnet__256x192_res50_lr1e-3_2x-dcn-combined': (136, WIDE_DEFORMABLE),
    'halpe_136__resnet__256x192_res50_lr1e-3_2x-dcn-regression': (136, WIDE_DEFORMABLE),
    'halpe_136__resnet__256x192_res50_lr1e-3_2x-regression': (136, WIDE),
    'halpe_136__resnet__256x192_res50_lr1e-3_2x': (136, WIDE),
    'halpe_26__resnet__256x192_res50_lr1e-3_1x': (26, {}),
    'halpe_26__resnet__256x192_res50_lr1e-3_2x-dcn-regression': (26, WIDE_DEFORMABLE),
    'halpe_26__resnet__256x192_res50_lr1e-3_2x-regression': (26, WIDE),
    'halpe_26__resnet__256x192_res50_lr1e-3_2x': (26, {}),
    'halpe_68_noface__resnet__256x192_res50_lr1e-3_2x-dcn-combined': (68, WIDE_DEFORMABLE),
    'halpe_coco_wholebody_136__resnet__256x192_res50_lr1e-3_2x-dcn-combined': (
        136,
        WIDE_DEFORMABLE,
    ),
    'halpe_coco_wholebody_136__resnet__256x192_res50_lr1e-3_2x-regression': (136, {}),
    'single_hand__resnet__256x192_res50_lr1e-3_2x-dcn-regression': (21, WIDE_DEFORMABLE),
}


@pytest.mark.parametrize('name', LAYOUTS)
def test_keys_and_shapes_are_those_of_the_weights_files(
    name: str, check_layout: Callable[[torch.nn.Module, str], None]
) -> None:
    num_keypoints, options = LAYOUTS[name]
    with torch.device('meta'):
        network = FastPose(num_keypoints, **options)
    check_layout(network, name)


def test_no_weights_file_is_left_out(shared_dir: Path) -> None:
    summary = json.loads((shared_dir / 'fixtures/keys_all/summary.json').read_text())
    configs = [config for config, kind, *_ in summary if kind == 'FastPose']
    names = {config.removeprefix('configs/').removesuffix('.yaml') for config in configs}
    assert set(LAYOUTS) == {name.replace('/', '__') for name in names}


@torch.inference_mode()
@pytest.mark.parametrize('deformable', [False, True], ids=['plain', 'deformable'])
def test_a_batch_of_two_is_two_batches_of_one(deformable: bool) -> None:
    torch.manual_seed(0)
    network = FastPose(5, deformable=deformable).eval()
    crops = torch.randn(2, 3, 64, 96)
    heatmaps = network(crops)
    assert heatmaps.shape == (2, 5, 16, 24)
    alone = torch.cat([network(crops[:1]), network(crops[1:])])
    torch.testing.assert_close(heatmaps, alone, rtol=0, atol=1e-4 * float(heatmaps.std()))


def test_the_last_convolution_starts_near_zero() -> None:
    torch.manual_seed(0)
    conv = FastPose(17).conv_out
    assert conv.weight.std().item() == pytest.approx(0.001, rel=0.05)
    assert conv.weight.mean().item() == pytest.approx(0, abs=5e-5)
    assert conv.get_parameter('bias').count_nonzero() == 0


def test_every_parameter_learns() -> None:
    torch.manual_seed(0)
    network = FastPose(3, deformable=True)
    network(torch.randn(2, 3, 64, 64)).square().mean().backward()
    without = [key for key, value in network.named_parameters() if value.grad is None]
    assert without == []


@torch.no_grad()
def test_an_identity_branch_leaves_the_heat_maps_as_they_are() -> None:
    torch.manual_seed(0)
    network = FastPose(3, embedding_dim=16).eval()
    plain = FastPose(3).eval()
    plain.load_state_dict(network.state_dict(), strict=False)
    crops = torch.randn(2, 3, 64, 64)
    heatmaps, embeddings = network(crops)
    assert torch.equal(heatmaps, plain(crops))
    assert embeddings.shape == (2, 16)
    torch.testing.assert_close(embeddings.norm(dim=1), torch.ones(2))


def test_learning_identities_does_not_move_the_joints() -> None:
    torch.manual_seed(0)
    network = FastPose(3, embedding_dim=16)
    _, embeddings = network(torch.randn(2, 3, 64, 64))
    embeddings[:, 0].sum().backward()
    without = {key.split('.')[0] for key, p in network.named_parameters() if p.grad is None}
    assert without == {'duc1', 'duc2', 'conv_out'}


def test_a_depth_without_bottlenecks_is_refused() -> None:
    with pytest.raises(ValueError, match='must be one of 50, 101, 152, got 34'):
        FastPose(17, depth=34)
