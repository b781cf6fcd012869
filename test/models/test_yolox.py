# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""YOLOX: layout of the weights files, and numbers of a published network."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import torch
from torch import nn

from alphapose_ros.inference.detector import decode_yolox
from alphapose_ros.inference.export import export_onnx
from alphapose_ros.inference.export import TOLERANCE
from alphapose_ros.inference.load import load_detector
from alphapose_ros.inference.options import NetworkOptions
from alphapose_ros.models.catalog import DETECTORS
from alphapose_ros.models.networks import build_network
from alphapose_ros.models.yolox import Focus
from alphapose_ros.models.yolox import Yolox
from alphapose_ros.models.yolox import YOLOX_SIZES


def meta_network(size: str) -> Yolox:
    with torch.device('meta'):
        return Yolox(**YOLOX_SIZES[size])


def lively_network() -> Yolox:
    """Return a network whose features neither fade nor explode, as by default they would."""
    torch.manual_seed(0)
    network = Yolox(**YOLOX_SIZES['nano']).eval()
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, nonlinearity='relu')
    return network


def export_order(names: list[str]) -> list[str]:
    """Return convolutions as the published file has them: as its exporter met them."""
    branches = ('stems', 'cls_convs', 'cls_preds', 'reg_convs', 'reg_preds', 'obj_preds')

    def place(name: str) -> tuple[int, ...]:
        part, branch, *rest = name.split('.')
        if part == 'head':
            return 1, int(rest[0]), branches.index(branch), names.index(name)
        if '.conv3.' in name:  # comes first by its key, but is used after all bottlenecks
            layer = name[: name.index('conv3')]
            return 0, max(i for i, other in enumerate(names) if other.startswith(layer)), 1
        return 0, names.index(name), 0

    return sorted(names, key=place)


def load_folded(network: nn.Module, path: Path) -> None:
    """Load an ONNX file in which the batch normalisation is part of the convolutions."""
    onnx = pytest.importorskip('onnx')
    graph = onnx.load(path).graph
    arrays = {i.name: torch.tensor(onnx.numpy_helper.to_array(i)) for i in graph.initializer}
    nodes = [node for node in graph.node if node.op_type == 'Conv']
    modules: dict[str, Any] = dict(network.named_modules())
    names = export_order([n for n, m in modules.items() if isinstance(m, nn.Conv2d)])
    for name, node in zip(names, nodes, strict=True):
        conv = modules[name]
        kernel, bias = arrays[node.input[1]], arrays[node.input[2]]
        assert kernel.shape == conv.weight.shape, name
        conv.weight.copy_(kernel)
        if conv.bias is not None:
            assert node.input[1] == f'{name}.weight'  # the file names these
            conv.bias.copy_(bias)
            continue
        norm = modules[name.removesuffix('conv') + 'bn']
        norm.running_var.fill_(1 - norm.eps)
        norm.bias.copy_(bias)


@pytest.mark.parametrize('size', YOLOX_SIZES)
def test_layout_is_that_of_the_weights_file(check_layout: Callable[..., None], size: str) -> None:
    check_layout(meta_network(size), f'detector__yolox_{size}')


@pytest.mark.parametrize(
    ('size', 'millions'),
    [('nano', 0.91), ('tiny', 5.06), ('s', 8.97), ('m', 25.33), ('l', 54.21), ('x', 99.07)],
)
def test_number_of_parameters_is_that_of_the_paper(size: str, millions: float) -> None:
    num_parameters = sum(p.numel() for p in meta_network(size).parameters())
    assert round(num_parameters / 1e6, 2) == millions


@torch.inference_mode()
def test_outputs_are_those_of_the_published_network(shared_dir: Path) -> None:
    onnxruntime = pytest.importorskip('onnxruntime')
    path = shared_dir / 'weights/detection/yolox_nano_bigisland.onnx'
    network = Yolox(**YOLOX_SIZES['nano']).eval()
    load_folded(network, path)
    photo = cv2.imread(str(shared_dir / 'media/images/ultralytics/zidane.jpg'))
    photo = cv2.resize(photo, (416, 416)).transpose(2, 0, 1)
    noise = np.random.default_rng(0).integers(0, 256, photo.shape)
    session = onnxruntime.InferenceSession(str(path), providers=['CPUExecutionProvider'])
    for image in (photo, noise):
        images = image[None].astype(np.float32)
        got = network(torch.from_numpy(images)).numpy()
        (wanted,) = session.run(None, {'images': images})
        np.testing.assert_allclose(got, wanted, rtol=0, atol=1e-4)
        if image is photo:
            assert decode_yolox([got], (416, 416), 0.6)[1].size > 0


@torch.inference_mode()
@pytest.mark.parametrize('size', YOLOX_SIZES)
def test_every_size_gives_a_row_for_every_cell(size: str) -> None:
    rows = meta_network(size)(torch.empty(2, 3, 416, 640, device='meta'))
    assert rows.shape == (2, 52 * 80 + 26 * 40 + 13 * 20, 85)


@torch.inference_mode()
def test_columns_are_box_then_objectness_then_classes_level_by_level() -> None:
    network = Yolox(**YOLOX_SIZES['nano'], num_classes=2).eval()
    for level in range(3):
        for branch, first in (('reg', 0), ('obj', 4), ('cls', 5)):
            conv: Any = network.get_submodule(f'head.{branch}_preds.{level}')
            conv.weight.zero_()
            conv.bias.copy_(torch.arange(len(conv.bias)) + first + 0.1 * level)
    rows = network(torch.zeros(1, 3, 64, 96))
    assert rows.shape == (1, 96 + 24 + 6, 7)
    columns = torch.arange(7.0)
    for level, row in ((0, 0), (0, 95), (1, 96), (1, 119), (2, 120), (2, 125)):
        raw = columns + 0.1 * level
        wanted = torch.cat([raw[:4], raw[4:].sigmoid()])
        torch.testing.assert_close(rows[0, row], wanted)


@torch.inference_mode()
def test_the_decoder_of_the_onnx_files_takes_the_rows() -> None:
    rows = lively_network()(torch.rand(1, 3, 64, 96)).numpy().copy()
    rows[0, 96 + 2 * 6 + 4, 4:6] = 1  # a person at stride 16, row 2, column 4
    boxes, scores = decode_yolox([rows], (96, 64), 0.99)
    x, y, log_width, log_height = rows[0, 96 + 2 * 6 + 4, :4]
    centre = 16 * np.array([4 + x, 2 + y])
    half_size = 16 * np.exp([log_width, log_height]) / 2
    np.testing.assert_allclose(boxes, [[*(centre - half_size), *(centre + half_size)]], rtol=1e-5)
    np.testing.assert_array_equal(scores, [1])


@torch.inference_mode()
def test_a_network_of_one_class_finds_people() -> None:
    network = Yolox(depth=0.33, width=0.125, num_classes=1).eval()
    rows = network(torch.rand(1, 3, 64, 96)).numpy().copy()
    assert rows.shape == (1, 96 + 24 + 6, 6)
    rows[..., 4:] = 0.1
    rows[0, 96 + 24 + 4] = (0.5, 0.5, 0, np.log(2), 0.8, 0.9)  # stride 32, row 1, column 1
    boxes, scores = decode_yolox([rows], (96, 64), 0.3)
    np.testing.assert_allclose(boxes, [[32, 16, 64, 80]], rtol=1e-6)
    np.testing.assert_allclose(scores, [0.72], rtol=1e-6)


def test_the_bundled_detector_costs_at_most_four_megabytes(tmp_path: Path) -> None:
    pytest.importorskip('onnx')
    record = DETECTORS['bundled_detector']
    assert record.architecture is not None and record.input_size_wh is not None
    network = build_network(record.architecture).eval()
    path = tmp_path / record.file_names[0]
    assert export_onnx(network, record.input_size_wh, path) <= TOLERANCE
    assert path.stat().st_size <= 4e6
    detector = load_detector('bundled_detector', NetworkOptions(weights_dir=str(tmp_path)))
    assert detector.network.size_wh == record.input_size_wh


@torch.inference_mode()
def test_images_of_a_batch_do_not_influence_each_other() -> None:
    network = lively_network()
    images = torch.rand(2, 3, 64, 64)
    images[1] *= 4
    alone = torch.cat([network(images[:1]), network(images[1:])])
    assert torch.max(torch.abs(alone[0] - alone[1])) > 0.01
    torch.testing.assert_close(network(images), alone)


@torch.inference_mode()
def test_focus_takes_the_corners_of_a_cell_column_by_column() -> None:
    focus = Focus(1)
    focus.conv = nn.Identity()  # type: ignore[assignment]
    image = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    images = torch.stack([image, 10 * image, 100 * image])[None]
    expected = [1, 10, 100, 3, 30, 300, 2, 20, 200, 4, 40, 400]
    assert focus(images).flatten().tolist() == expected


def test_batch_normalisation_has_the_constants_of_the_published_networks() -> None:
    norms = [m for m in meta_network('s').modules() if isinstance(m, nn.BatchNorm2d)]
    assert {(norm.eps, norm.momentum) for norm in norms} == {(1e-3, 0.03)}
