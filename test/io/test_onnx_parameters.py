# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Parameters come back from the ONNX files that we write."""

from pathlib import Path

import numpy as np
import onnx
import onnx.helper
import onnx.numpy_helper
import pytest
import torch

from alphapose_ros.inference.export import export_onnx
from alphapose_ros.inference.network import ModelFileError
from alphapose_ros.io.checkpoints import CheckpointError
from alphapose_ros.io.onnx_parameters import read_onnx_parameters
from alphapose_ros.models.architecture import Architecture
from alphapose_ros.models.networks import build_network

NETWORKS = pytest.mark.parametrize(
    'architecture',
    [
        pytest.param(Architecture('fastpose_lite', {'num_keypoints': 17, 'width': 16}), id='pose'),
        pytest.param(Architecture('yolox', {'depth': 0.33, 'width': 0.125}), id='detector'),
    ],
)


def make_trained(architecture: Architecture) -> torch.nn.Module:
    """Return a network no two tensors of which are equal."""
    module = build_network(architecture)
    with torch.no_grad():
        for value in module.state_dict().values():
            if value.is_floating_point():
                value.uniform_(0.01, 0.1)
    return module


@NETWORKS
def test_an_exported_network_gives_all_its_parameters_back(
    architecture: Architecture, tmp_path: Path
) -> None:
    module = make_trained(architecture)
    export_onnx(module, (64, 64), tmp_path / 'net.onnx')
    state, expected = read_onnx_parameters(tmp_path / 'net.onnx'), module.state_dict()
    assert set(state) == set(expected)
    assert all(torch.equal(state[key], value) for key, value in expected.items())


@NETWORKS
def test_a_file_of_half_the_size_holds_rounded_weights(
    architecture: Architecture, tmp_path: Path
) -> None:
    module = make_trained(architecture)
    whole, half = tmp_path / 'whole.onnx', tmp_path / 'half.onnx'
    export_onnx(module, (64, 64), whole)
    assert export_onnx(module, (64, 64), half, is_halved=True) < 1e-4
    assert half.stat().st_size < 0.6 * whole.stat().st_size
    state = read_onnx_parameters(half)
    for key, value in module.state_dict().items():
        expected = value.half().float() if value.ndim > 1 else value
        assert state[key].dtype == expected.dtype
        assert torch.equal(state[key], expected)


def test_a_file_with_merged_normalisation_is_refused(tmp_path: Path) -> None:
    path = tmp_path / 'net.onnx'
    kernel = onnx.numpy_helper.from_array(np.zeros((2, 3, 1, 1), np.float32), 'onnx::Conv_7')
    onnx.save(onnx.helper.make_model(onnx.helper.make_graph([], 'net', [], [], [kernel])), path)
    with pytest.raises(CheckpointError, match=r'net\.onnx has its normalisation merged'):
        read_onnx_parameters(path)


def test_damaged_and_missing_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r'there is no file .*absent\.onnx'):
        read_onnx_parameters(tmp_path / 'absent.onnx')
    (tmp_path / 'net.onnx').write_bytes(b'hello')
    with pytest.raises(CheckpointError, match=r'net\.onnx is damaged or no ONNX file'):
        read_onnx_parameters(tmp_path / 'net.onnx')


def test_weights_too_large_for_half_the_size_are_named(tmp_path: Path) -> None:
    module = torch.nn.Sequential(torch.nn.Conv2d(3, 2, 1))
    torch.nn.init.constant_(module[0].weight, 1e5)
    with pytest.raises(ModelFileError, match=r'0\.weight has weights that are not finite'):
        export_onnx(module, (64, 64), tmp_path / 'net.onnx', is_halved=True)
    assert not (tmp_path / 'net.onnx').exists()
