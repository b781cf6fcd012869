# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the ONNX back end."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from alphapose_ros.inference.network import DeviceError
from alphapose_ros.inference.network import ModelFileError
from alphapose_ros.inference.onnx_network import choose_providers
from alphapose_ros.inference.onnx_network import OnnxNetwork


@pytest.fixture
def pose_file(tiny_weights: Path) -> Path:
    return tiny_weights / 'ultralight_simplepose.onnx'


def images(count: int) -> Tensor:
    return torch.randn((count, 3, 256, 192), generator=torch.Generator().manual_seed(0))


def test_a_file_of_fixed_batch_takes_any_batch_with_equal_results(pose_file: Path) -> None:
    network = OnnxNetwork(pose_file, device='cpu', threads=1)
    assert (network.size_wh, network.device) == ((192, 256), 'cpu')
    batch = images(3)
    (together,) = network(batch)
    assert together.shape == (3, 17, 64, 48)
    assert network._max_batch is None  # one run, not three
    for i in range(3):
        np.testing.assert_allclose(network(batch[i : i + 1])[0][0], together[i], rtol=1e-5)


def test_a_file_that_needs_its_batch_size_runs_image_by_image(
    pose_file: Path, tmp_path: Path
) -> None:
    import onnx
    from onnx import helper
    from onnx import numpy_helper

    model = onnx.load(pose_file)
    model.graph.node[-1].output[0] = 'maps'
    shape = numpy_helper.from_array(np.array([1, 17, 64, 48]), 'shape')
    model.graph.initializer.append(shape)
    model.graph.node.append(helper.make_node('Reshape', ['maps', 'shape'], ['heatmaps']))
    path = tmp_path / 'fixed.onnx'
    onnx.save(model, path)
    fixed, free = (OnnxNetwork(p, device='cpu', threads=1) for p in (path, pose_file))
    assert fixed._max_batch == 1
    np.testing.assert_allclose(fixed(images(3))[0], free(images(3))[0], rtol=1e-5)


def test_a_file_that_needs_four_images_gets_its_rest_filled_up(
    pose_file: Path, tmp_path: Path
) -> None:
    import onnx
    from onnx import helper
    from onnx import numpy_helper

    model = onnx.load(pose_file)
    for value in (*model.graph.input, *model.graph.output):
        value.type.tensor_type.shape.dim[0].dim_value = 4
    model.graph.node[-1].output[0] = 'maps'
    model.graph.initializer.append(numpy_helper.from_array(np.array([4, 17, 64, 48]), 'shape'))
    model.graph.node.append(helper.make_node('Reshape', ['maps', 'shape'], ['heatmaps']))
    onnx.save(model, tmp_path / 'four.onnx')
    four, free = (
        OnnxNetwork(p, device='cpu', threads=1) for p in (tmp_path / 'four.onnx', pose_file)
    )
    assert four._max_batch == 4
    np.testing.assert_allclose(four(images(6))[0], free(images(6))[0], rtol=1e-5)


def test_the_time_of_the_network_is_told(pose_file: Path) -> None:
    network = OnnxNetwork(pose_file, device='cpu', threads=1)
    network(images(1))
    assert 0 < network.elapsed_s < 60


@pytest.mark.parametrize('device', ['gpu', 'cuda:', 'cuda:x', 'cpu:0', 'tpu:1', ''])
def test_an_unknown_device_is_refused_with_the_known_ones(device: str) -> None:
    if device == 'cuda:':
        device = 'cuda:-1'
    with pytest.raises(DeviceError, match=r'unknown device .* allowed are auto, cpu, cuda'):
        choose_providers(device)


def test_a_gpu_that_onnxruntime_cannot_use_is_refused_with_a_remedy() -> None:
    import onnxruntime

    if 'CUDAExecutionProvider' in onnxruntime.get_available_providers():
        pytest.skip('this onnxruntime has CUDA')
    with pytest.raises(DeviceError, match="install onnxruntime-gpu, or set device to 'cpu'"):
        choose_providers('cuda:0')


def test_auto_takes_what_is_there() -> None:
    assert choose_providers('auto')[-1][0] == 'CPUExecutionProvider'


@pytest.mark.parametrize('kept_bytes', [0, 10, 200])
def test_a_truncated_file_is_refused(pose_file: Path, tmp_path: Path, kept_bytes: int) -> None:
    path = tmp_path / 'broken.onnx'
    path.write_bytes(pose_file.read_bytes()[:kept_bytes])
    with pytest.raises(ModelFileError, match=r'broken\.onnx cannot be loaded as ONNX'):
        OnnxNetwork(path, device='cpu')


def test_a_network_that_takes_no_images_is_refused(tmp_path: Path) -> None:
    import onnx
    from onnx import helper
    from onnx import TensorProto

    value = helper.make_tensor_value_info
    graph = helper.make_graph(
        [helper.make_node('Relu', ['x'], ['y'])],
        'vector',
        [value('x', TensorProto.FLOAT, [1, 5])],
        [value('y', TensorProto.FLOAT, [1, 5])],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid('', 11)])
    model.ir_version = 7
    onnx.save(model, tmp_path / 'vector.onnx')
    with pytest.raises(ModelFileError, match=r'must have shape \(N, 3, height, width\).*\(1, 5\)'):
        OnnxNetwork(tmp_path / 'vector.onnx', device='cpu')


def any_size(pose_file: Path, path: Path) -> Path:
    """Write the network with an input whose size is left open."""
    import onnx

    model = onnx.load(pose_file)
    for value in (*model.graph.input, *model.graph.output):
        for dim in value.type.tensor_type.shape.dim:
            if dim.dim_value > 17:
                dim.dim_param = f'n{dim.dim_value}'
    onnx.save(model, path)
    return path


def test_a_file_for_any_size_takes_the_size_of_its_record(pose_file: Path, tmp_path: Path) -> None:
    path = any_size(pose_file, tmp_path / 'open.onnx')
    network = OnnxNetwork(path, device='cpu', threads=1, input_size_wh=(192, 256))
    assert network.size_wh == (192, 256)
    assert network(images(2))[0].shape == (2, 17, 64, 48)


def test_a_file_for_any_size_without_a_record_is_refused(pose_file: Path, tmp_path: Path) -> None:
    path = any_size(pose_file, tmp_path / 'open.onnx')
    with pytest.raises(ModelFileError, match=r'name one as input_size_wh in open\.json'):
        OnnxNetwork(path, device='cpu')


def test_a_record_that_contradicts_the_file_is_refused(pose_file: Path) -> None:
    with pytest.raises(ModelFileError, match='of 192 x 256, its record says 288 x 384'):
        OnnxNetwork(pose_file, device='cpu', input_size_wh=(288, 384))
