# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the light FastPose: sizes in, sizes out, what it costs, and the way to ONNX."""

from pathlib import Path

import pytest
import torch

from alphapose_ros.inference.checkpoint import open_checkpoint
from alphapose_ros.inference.export import export_onnx
from alphapose_ros.inference.export import TOLERANCE
from alphapose_ros.models.catalog import POSE_NETWORKS
from alphapose_ros.models.fastpose_lite import FastPoseLite

SIZES_HW = [(256, 192), (192, 144), (128, 96), (100, 76), (4, 4)]


@torch.inference_mode()
@pytest.mark.parametrize('size_hw', SIZES_HW, ids=str)
def test_heat_maps_are_a_quarter_of_the_crop(size_hw: tuple[int, int]) -> None:
    heatmaps = FastPoseLite(5, width=8).eval()(torch.randn(2, 3, *size_hw))
    assert heatmaps.shape == (2, 5, size_hw[0] // 4, size_hw[1] // 4)


@torch.inference_mode()
def test_crops_of_a_batch_do_not_influence_each_other() -> None:
    torch.manual_seed(0)
    network = FastPoseLite(5, width=8).eval()
    crops = torch.randn(2, 3, 64, 96)
    heatmaps = network(crops)
    alone = torch.cat([network(crops[:1]), network(crops[1:])])
    torch.testing.assert_close(heatmaps, alone, rtol=0, atol=1e-4 * float(heatmaps.std()))


def test_every_cell_sees_the_whole_crop() -> None:
    torch.manual_seed(0)
    network = FastPoseLite(1, width=8).eval()
    crops = torch.randn(1, 3, 256, 192, requires_grad=True)
    for y, x in ((0, 0), (63, 47)):
        crops.grad = None
        network(crops)[0, 0, y, x].backward()
        assert crops.grad is not None
        seen = crops.grad.abs().sum(dim=1)[0] > 0
        assert seen[:16, :16].any() and seen[-16:, -16:].any()


def test_every_parameter_learns() -> None:
    torch.manual_seed(0)
    network = FastPoseLite(3, width=8, embedding_dim=16)
    heatmaps, embeddings = network(torch.randn(4, 3, 64, 64))
    (heatmaps.square().mean() + embeddings[:, 0].sum()).backward()
    still = [k for k, p in network.named_parameters() if p.grad is None or not p.grad.any()]
    assert still == []


def test_learning_identities_does_not_move_the_joints() -> None:
    network = FastPoseLite(3, width=8, embedding_dim=16)
    _, embeddings = network(torch.randn(2, 3, 64, 64))
    embeddings[:, 0].sum().backward()
    learnt = {key.split('.')[0] for key, p in network.named_parameters() if p.grad is not None}
    assert learnt == {'stem', 'stages', 'identity'}  # what the vectors are made of


def test_136_joints_and_identities_cost_at_most_seven_megabytes(tmp_path: Path) -> None:
    pytest.importorskip('onnx')
    network = FastPoseLite(136, embedding_dim=128).eval()
    assert sum(p.numel() for p in network.parameters()) <= 1.7e6
    path = tmp_path / 'lite.onnx'
    assert export_onnx(network, (192, 256), path) <= TOLERANCE
    assert path.stat().st_size <= 7e6


def test_a_checkpoint_without_a_row_expects_what_the_bundled_network_does(tmp_path: Path) -> None:
    path = tmp_path / 'mine.pth'
    network = FastPoseLite(136, width=8, head_width=16, embedding_dim=32)
    torch.save(network.state_dict(), path)
    opened, record = open_checkpoint(path, None, POSE_NETWORKS)
    bundled = POSE_NETWORKS['bundled']
    assert isinstance(opened, FastPoseLite)
    assert (record.keypoint_set, record.decode) == (bundled.keypoint_set, bundled.decode)
    assert record.input_size_wh == bundled.input_size_wh
    assert record.architecture is not None
    assert record.architecture.options['embedding_dim'] == 32
