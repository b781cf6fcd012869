# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the command `alphapose_ros weights`."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from alphapose_ros.inference.load import load_pose_estimator
from alphapose_ros.inference.load import load_reid
from alphapose_ros.inference.options import NetworkOptions
from alphapose_ros.io.checkpoints import read_checkpoint
from alphapose_ros.io.checkpoints import write_checkpoint
from alphapose_ros.models.architecture import Architecture
from alphapose_ros.models.catalog import ALL_MODELS
from alphapose_ros.models.networks import build_network
from alphapose_ros.structures import Detections
from alphapose_ros.tools.main import main

DCN = Architecture(
    'fastpose', {'num_keypoints': 136, 'depth': 50, 'head_width': 256, 'deformable': True}
)


@pytest.fixture(autouse=True)
def wide_console(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv('COLUMNS', '400')
    monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path / 'cache'))


def save(path: Path, architecture: Architecture) -> Path:
    torch.manual_seed(0)
    write_checkpoint(path, build_network(architecture).state_dict())
    return path


def run(*arguments: object) -> int:
    return main(['weights', *(str(a) for a in arguments)])


def test_list_names_every_model(capsys: pytest.CaptureFixture[str]) -> None:
    assert run('list') == 0
    output = capsys.readouterr().out
    for name, record in ALL_MODELS.items():
        assert f' {name} ' in output
        assert record.licence in output


def test_show_tells_everything(capsys: pytest.CaptureFixture[str]) -> None:
    assert run('show', 'fastpose50_dcn_halpe136') == 0
    output = capsys.readouterr().out
    for text in ('halpe_136', 'integral', '1S49aDYGVjEJpx4MnFu7TFzzsbp7Si6h_', 'not here', '46.2'):
        assert text in output


def test_inspect_tells_the_network_whatever_the_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = save(tmp_path / 'hrnet_w32_256x192.pth', DCN)
    assert run('inspect', path) == 0
    output = capsys.readouterr().out
    for text in ('fastpose', 'deformable', 'True', '256', '374', '42.63 million', 'halpe_136'):
        assert text in output
    assert 'fastpose50_dcn_halpe136, fastpose50_dcn_halpe136_combined' in output
    assert 'not in the file' in output


def test_inspect_names_the_first_wrong_key_and_both_shapes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state = build_network(DCN).state_dict()
    state['duc1.bn.weight'] = torch.zeros(7)
    write_checkpoint(tmp_path / 'net.pth', state)
    assert run('inspect', tmp_path / 'net.pth') == 1
    error = capsys.readouterr().err
    assert 'duc1.bn.weight has shape (7,), the network has (1024,)' in error


def test_inspect_refuses_what_is_no_checkpoint(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / 'net.pth').write_bytes(b'hello')
    assert run('inspect', tmp_path / 'net.pth') == 1
    assert 'net.pth' in capsys.readouterr().err


def test_convert_unwraps_a_checkpoint(tmp_path: Path) -> None:
    architecture = Architecture('simplepose', {'num_keypoints': 17, 'depth': 50})
    state = {f'module.{k}': v for k, v in build_network(architecture).state_dict().items()}
    torch.save({'state_dict': state, 'epoch': 3}, tmp_path / 'training.pth')
    assert run('convert', tmp_path / 'training.pth', tmp_path / 'plain.pth') == 0
    plain = torch.load(tmp_path / 'plain.pth', weights_only=True)
    assert list(plain) == [key.removeprefix('module.') for key in state]


def test_convert_goes_to_darknet_and_back(tmp_path: Path) -> None:
    path = save(tmp_path / 'net.pth', Architecture('yolov3_spp'))
    assert run('convert', path, tmp_path / 'net.weights') == 0
    assert run('convert', tmp_path / 'net.weights', tmp_path / 'again.pth') == 0
    first, again = (read_checkpoint(p) for p in (path, tmp_path / 'again.pth'))
    assert all(torch.equal(first[key], again[key]) for key in first)


def test_convert_takes_parameters_out_of_an_exported_file(tmp_path: Path) -> None:
    options = {'num_keypoints': 17, 'width': 16, 'head_width': 32}
    module = build_network(Architecture('fastpose_lite', options))
    state = {k: torch.rand_like(v) if v.ndim else v for k, v in module.state_dict().items()}
    write_checkpoint(tmp_path / 'net.pth', state)
    assert run('export', tmp_path / 'net.pth', tmp_path / 'net.onnx') == 0
    assert run('convert', tmp_path / 'net.onnx', tmp_path / 'again.pth') == 0
    again = read_checkpoint(tmp_path / 'again.pth')
    assert all(torch.equal(again[key], value) for key, value in state.items())


def test_convert_says_what_can_be_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = save(tmp_path / 'net.pth', DCN)
    assert run('convert', path, tmp_path / 'net.weights') == 1
    assert 'only yolov3_spp also as .weights' in capsys.readouterr().err


@pytest.mark.parametrize(
    'architecture',
    [
        pytest.param(DCN, id='deformable'),
        pytest.param(Architecture('hrnet', {'num_keypoints': 17, 'width': 32}), id='hrnet'),
        pytest.param(
            Architecture('fastpose_duc', {'num_keypoints': 17, 'backbone': 'unshuffle'}), id='duc'
        ),
    ],
)
def test_export_runs_on_our_onnx_back_end_with_equal_results(
    tmp_path: Path, architecture: Architecture
) -> None:
    pytest.importorskip('onnxruntime', reason='an option')
    path, exported = save(tmp_path / 'net.pth', architecture), tmp_path / 'net_exported.onnx'
    assert run('export', path, exported) == 0
    described = json.loads(exported.with_suffix('.json').read_text())
    assert described['input_size_wh'] == [192, 256]
    boxes = np.array([[10, 10, 90, 200], [50, 5, 140, 220], [0, 0, 60, 90]], np.float32)
    people = Detections(boxes, np.ones(3, np.float32))
    image = np.random.default_rng(0).integers(0, 256, (240, 160, 3), np.uint8)
    plain, onnx = (
        load_pose_estimator(str(p), NetworkOptions(device='cpu')).estimate(image, people)
        for p in (path, exported)
    )
    np.testing.assert_allclose(onnx.keypoints, plain.keypoints, atol=0.05)
    np.testing.assert_allclose(onnx.keypoint_scores, plain.keypoint_scores, atol=1e-4)


def test_an_exported_re_id_network_gives_equal_vectors(tmp_path: Path) -> None:
    pytest.importorskip('onnxruntime', reason='an option')
    architecture = Architecture('osnet', {'width': 0.25, 'variant': 'ain', 'num_classes': 0})
    path, exported = save(tmp_path / 'net.pth', architecture), tmp_path / 'net_exported.onnx'
    assert run('export', path, exported) == 0
    assert json.loads(exported.with_suffix('.json').read_text())['input_size_wh'] == [128, 256]
    boxes = np.array([[10, 10, 90, 200], [50, 5, 140, 220], [0, 0, 60, 90]], np.float32)
    image = np.random.default_rng(0).integers(0, 256, (240, 160, 3), np.uint8)
    plain, onnx = (
        load_reid(str(p), NetworkOptions(device='cpu')).embed(image, boxes)
        for p in (path, exported)
    )
    np.testing.assert_allclose(onnx, plain, atol=1e-5)


def test_fetch_shows_the_licence_and_what_cannot_be_fetched(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run('--weights-dir', 'nowhere', 'fetch', 'rtmdet_nano_person') in (0, 1)
    output = capsys.readouterr()
    assert 'licence: Apache-2.0' in output.out
    assert 'is there' in output.out or 'nobody offers' in output.err
