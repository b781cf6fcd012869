# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
What all tests share.

Every run has a DDS domain of its own and stays on this machine, so that runs side by side, or a
robot on the same network, do not hear each other.
"""

import importlib.util
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[1]

# 1 to 100: above, the ports of a domain collide with ephemeral ones.
os.environ['ROS_DOMAIN_ID'] = str(1 + os.getpid() % 100)
os.environ['ROS_AUTOMATIC_DISCOVERY_RANGE'] = 'LOCALHOST'
# As in the executables: what waits leaves its core to others.
os.environ.setdefault('OMP_WAIT_POLICY', 'PASSIVE')
os.environ.setdefault('FASTDDS_DEFAULT_PROFILES_FILE', str(ROOT / 'config' / 'fastdds_shm.xml'))


@pytest.fixture(scope='session')
def shared_dir() -> Path:
    """Return the folder of real images, clips and weights beside the project, or skip."""
    path = ROOT.parent / 'shared'
    if not path.is_dir():
        pytest.skip('needs ../shared: real images, clips and weights')
    return path


@pytest.fixture(scope='session')
def fill_rule(shared_dir: Path) -> Any:
    """Return the module with the rule that the networks of the fixtures are filled by."""
    path = shared_dir / 'fixtures' / 'fill.py'
    spec = importlib.util.spec_from_file_location('fixture_fill_rule', path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _tensor(name: str, value: Any, dtype: Any = np.float32) -> Any:
    from onnx import numpy_helper

    return numpy_helper.from_array(np.asarray(value, dtype), name)


def _save(path: Path, nodes: list[Any], constants: list[Any], input_: Any, output: Any) -> None:
    from onnx import checker
    from onnx import helper
    from onnx import save
    from onnx import TensorProto

    graph = helper.make_graph(
        nodes,
        path.stem,
        [helper.make_tensor_value_info(input_[0], TensorProto.FLOAT, input_[1])],
        [helper.make_tensor_value_info(output[0], TensorProto.FLOAT, output[1])],
        constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid('', 11)])
    model.ir_version = 7
    checker.check_model(model)
    save(model, path)


def _save_tiny_detector(path: Path, size_wh: tuple[int, int], num_classes: int) -> None:
    """Write a "YOLOX" that finds the bounding box of all that is bright."""
    from onnx import helper

    def make(kind: str, inputs: list[str], out: str, **attributes: Any) -> Any:
        return helper.make_node(kind, inputs, [out], **attributes)

    width, height = size_wh
    num_cells, row_length = sum(width * height // s**2 for s in (8, 16, 32)), 5 + num_classes
    nodes = [make('ReduceMean', ['images'], 'grey', axes=[0, 1], keepdims=0)]
    for axis, low, high in ((0, 'x0', 'x1'), (1, 'y0', 'y1')):
        nodes += [
            make('ReduceMax', ['grey'], f'line{axis}', axes=[axis], keepdims=0),
            make('Greater', [f'line{axis}', 'threshold'], f'bright{axis}'),
            make('Where', [f'bright{axis}', f'index{axis}', 'far'], f'low{axis}'),
            make('Where', [f'bright{axis}', f'index{axis}', 'before'], f'high{axis}'),
            make('ReduceMin', [f'low{axis}'], low, keepdims=1),
            make('ReduceMax', [f'high{axis}'], high, keepdims=1),
            make('Sub', [high, low], f'size{axis}'),
            make('Max', [f'size{axis}', 'one'], f'length{axis}'),
            make('Add', [low, high], f'sum{axis}'),
            make('Div', [f'sum{axis}', 'twice_stride'], f'centre{axis}'),
            make('Div', [f'length{axis}', 'stride'], f'cells{axis}'),
            make('Log', [f'cells{axis}'], f'log{axis}'),
        ]
    values = ['centre0', 'centre1', 'log0', 'log1', 'objectness', 'classes']
    nodes += [
        make('Greater', ['size0', 'one'], 'is_there'),
        make('Where', ['is_there', 'score', 'zero'], 'objectness'),
        make('Concat', values, 'first', axis=0),
        make('Reshape', ['first', 'row_shape'], 'row'),
        make('Concat', ['row', 'other_rows'], 'output', axis=1),
    ]
    constants = [
        _tensor('threshold', 128),
        *(_tensor(f'index{axis}', np.arange(length)) for axis, length in enumerate(size_wh)),
        _tensor('far', 1e4),
        _tensor('before', -1),
        _tensor('one', [1]),
        _tensor('stride', [8]),
        _tensor('twice_stride', [16]),
        _tensor('score', [0.9]),
        _tensor('zero', [0]),
        _tensor('classes', [1] + [0] * (num_classes - 1)),
        _tensor('row_shape', [1, 1, row_length], np.int64),
        _tensor('other_rows', np.zeros((1, num_cells - 1, row_length))),
    ]
    output = ('output', [1, num_cells, row_length])
    _save(path, nodes, constants, ('images', [1, 3, size_wh[1], size_wh[0]]), output)


def _save_tiny_pose_network(path: Path, num_keypoints: int) -> None:
    """Write a network whose joints lie where a person's are, brighter where the image is."""
    from onnx import helper

    rng = np.random.default_rng(0)
    low, high = (14, 12), (34, 52)
    places = rng.uniform(low, high, (num_keypoints, 2))
    y, x = np.mgrid[:64, :48]
    squared = (x - places[:, 0, None, None]) ** 2 + (y - places[:, 1, None, None]) ** 2
    nodes = [
        helper.make_node('ReduceMean', ['data'], ['grey'], axes=[1], keepdims=1),
        helper.make_node('AveragePool', ['grey'], ['small'], kernel_shape=[4, 4], strides=[4, 4]),
        helper.make_node('Relu', ['small'], ['bright']),
        helper.make_node('Mul', ['bright', 'peaks'], ['heatmaps']),
    ]
    peaks = _tensor('peaks', 0.4 * np.exp(-squared / 8)[None])
    _save(
        path, nodes, [peaks], ('data', [1, 3, 256, 192]), ('heatmaps', [1, num_keypoints, 64, 48])
    )


def _save_tiny_reid_network(path: Path) -> None:
    """Write a network whose vectors are mean colours."""
    from onnx import helper

    nodes = [helper.make_node('ReduceMean', ['images'], ['vectors'], axes=[2, 3], keepdims=0)]
    _save(path, nodes, [], ('images', [1, 3, 256, 128]), ('vectors', [1, 3]))


@pytest.fixture(scope='session')
def assets_dir(shared_dir: Path) -> Path:
    """Return the folder of CC0 assets for rendering, which are not part of the package."""
    from alphapose_ros.synthesis.assets import Assets
    from alphapose_ros.synthesis.renderer import Renderer
    from alphapose_ros.synthesis.renderer import RenderingError

    folder = shared_dir / 'synth'
    if not folder.is_dir():
        pytest.skip(f'needs the assets in {folder}')
    try:
        Renderer(Assets(folder))
    except RenderingError as err:
        pytest.skip(str(err))
    return folder


@pytest.fixture(scope='session')
def tiny_weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """
    Return a folder with tiny but real networks, named and shaped like those of the catalog.

    To them a bright rectangle is a person.
    """
    pytest.importorskip('onnx', reason='needs onnx to make the tiny networks')
    folder = tmp_path_factory.mktemp('weights')
    _save_tiny_detector(folder / 'bundled_detector.onnx', (544, 320), num_classes=1)
    _save_tiny_detector(folder / 'yolox_nano.onnx', (416, 416), num_classes=80)
    _save_tiny_pose_network(folder / 'bundled_pose.onnx', 136)
    _save_tiny_pose_network(folder / 'ultralight_simplepose.onnx', 17)
    _save_tiny_reid_network(folder / 'osnet_x0_25_msmt17.onnx')
    return folder
