# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the PyTorch back end."""

import pytest
import torch
from torch import nn
from torch import Tensor

from alphapose_ros.inference.network import DeviceError
from alphapose_ros.inference.torch_network import choose_device
from alphapose_ros.inference.torch_network import TorchNetwork


class Recorder(nn.Module):
    """A convolution that remembers the sizes of its batches."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 2, 3)
        self.sizes: list[int] = []

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        self.sizes.append(len(images))
        maps = self.conv(images)
        return maps, maps.mean(dim=(2, 3))


def images(n: int) -> Tensor:
    return torch.randn((n, 3, 8, 6), generator=torch.Generator().manual_seed(0))


def test_all_outputs_come_without_gradients() -> None:
    network = TorchNetwork(Recorder(), (6, 8), device='cpu')
    maps, means = network(images(2))
    assert (maps.shape, means.shape) == ((2, 2, 6, 4), (2, 2))
    assert not maps.requires_grad
    assert network.elapsed_s > 0


@pytest.mark.parametrize(
    ('n', 'sizes'), [(1, [1]), (2, [2]), (3, [4]), (4, [4]), (5, [4, 1]), (11, [4, 4, 4])]
)
def test_batches_are_filled_up_and_split(n: int, sizes: list[int]) -> None:
    module = Recorder()
    network = TorchNetwork(module, (6, 8), device='cpu', batch_sizes=(1, 2, 4))
    (maps, means) = network(images(n))
    assert module.sizes == sizes
    with torch.inference_mode():
        expected = module(images(n))
    torch.testing.assert_close(maps, expected[0])
    torch.testing.assert_close(means, expected[1])


def test_on_the_cpu_batches_stay_as_they_are() -> None:
    module = Recorder()
    TorchNetwork(module, (6, 8), device='cpu')(images(5))
    assert module.sizes == [5]


class SmallMemory(Recorder):
    """Runs out of memory with more images than `limit`."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.limit = limit

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        if len(images) > self.limit:
            raise torch.cuda.OutOfMemoryError('no memory left')
        return super().forward(images)


def test_where_memory_does_not_suffice_batches_get_smaller_and_nothing_is_lost() -> None:
    module = SmallMemory(2)
    network = TorchNetwork(module, (6, 8), device='cpu', batch_sizes=(1, 2, 4, 8))
    with pytest.warns(RuntimeWarning, match='at most 2 from now on'):
        maps, _ = network(images(7))
    assert module.sizes == [2, 2, 2, 1]
    with torch.inference_mode():
        torch.testing.assert_close(maps, module.conv(images(7)))
    network(images(3))  # warned once
    assert module.sizes[4:] == [2, 1]


def test_memory_that_does_not_suffice_for_one_image_is_an_error() -> None:
    network = TorchNetwork(SmallMemory(0), (6, 8), device='cpu', batch_sizes=(1, 2))
    with (
        pytest.warns(RuntimeWarning, match='at most 1'),
        pytest.raises(torch.cuda.OutOfMemoryError),
    ):
        network(images(2))


def test_warming_up_runs_every_size() -> None:
    module = Recorder()
    TorchNetwork(module, (6, 8), device='cpu', batch_sizes=(1, 3)).warm_up()
    assert module.sizes == [1, 3]


def test_half_precision_is_close_and_comes_back_as_float32() -> None:
    module = Recorder()
    exact = TorchNetwork(module, (6, 8), device='cpu')(images(2))[0]
    half = TorchNetwork(module, (6, 8), device='cpu', precision='half')(images(2))[0]
    assert half.dtype == torch.float32
    assert 0 < (half - exact).abs().max() < 0.05


@pytest.mark.parametrize('device', ['gpu', 'cuda:x', 'cpu:0', 'tpu', ''])
def test_an_unknown_device_is_refused_with_the_known_ones(device: str) -> None:
    with pytest.raises(DeviceError, match=r'unknown device .* allowed are auto, cpu, cuda'):
        choose_device(device)


def test_a_gpu_that_is_not_there_is_refused() -> None:
    with pytest.raises(DeviceError, match=r"device 'cuda:63' is not there, PyTorch sees \d+ GPUs"):
        choose_device('cuda:63')


def test_tensorrt_is_for_onnx_files() -> None:
    with pytest.raises(DeviceError, match='weights export'):
        choose_device('tensorrt')


@pytest.mark.skipif(not torch.cuda.is_available(), reason='needs a GPU')
def test_the_gpu_gives_what_the_cpu_gives() -> None:
    module = Recorder()
    expected = TorchNetwork(module, (6, 8), device='cpu')(images(3))[0]
    network = TorchNetwork(module, (6, 8), device='cuda')
    got = network(images(3).cuda())[0]
    torch.testing.assert_close(got.cpu(), expected, atol=0.01, rtol=0.01)
    assert network.elapsed_s > 0
