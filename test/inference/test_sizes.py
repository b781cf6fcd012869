# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the sizes of models."""

from pathlib import Path

import pytest

from alphapose_ros.inference.network import ModelFileError
from alphapose_ros.inference.sizes import measure_size
from alphapose_ros.io.checkpoints import write_checkpoint
from alphapose_ros.models.catalog import POSE_NETWORKS
from alphapose_ros.models.networks import build_network


def test_parameters_of_a_checkpoint_are_those_of_the_network(tmp_path: Path) -> None:
    architecture = POSE_NETWORKS['bundled'].architecture
    assert architecture is not None
    module = build_network(architecture)
    write_checkpoint(tmp_path / 'net.pth', module.state_dict())
    size = measure_size(tmp_path / 'net.pth')
    assert size.parameters == sum(parameter.numel() for parameter in module.parameters())
    assert size.file_bytes == (tmp_path / 'net.pth').stat().st_size


def test_shapes_and_indices_of_an_onnx_file_are_no_parameters(tiny_weights: Path) -> None:
    pytest.importorskip('openvino')
    path = tiny_weights / 'ultralight_simplepose.onnx'
    size = measure_size(path)
    assert size.parameters == 17 * 64 * 48  # its only constant
    assert size.file_bytes == path.stat().st_size


def test_the_weights_beside_an_openvino_file_count(shared_dir: Path) -> None:
    pytest.importorskip('openvino')
    path = shared_dir / 'weights' / 'pose' / 'tinypose_256x192.openvino.xml'
    size = measure_size(path)
    assert size.parameters == pytest.approx(1.3e6, rel=0.01)
    assert size.file_bytes > 2 * size.parameters


def test_a_file_of_another_kind_is_named(tmp_path: Path) -> None:
    pytest.importorskip('openvino')
    (tmp_path / 'net.onnx').write_text('no network')
    with pytest.raises(ModelFileError, match=r'net\.onnx'):
        measure_size(tmp_path / 'net.onnx')
