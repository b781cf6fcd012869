# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Weights files of darknet, byte by byte."""

from __future__ import annotations

from pathlib import Path
import struct

import numpy as np
import pytest
import torch
from torch import nn
from torch import Tensor

from alphapose_ros.io.darknet import DarknetError
from alphapose_ros.io.darknet import read_darknet
from alphapose_ros.io.darknet import write_darknet
from alphapose_ros.models.yolov3 import Yolov3Spp

OFFICIAL_BYTES = 252_209_544  # of yolov3-spp.weights
# Header 0.2.0, 7 images seen; norm of two channels; their kernel; bias and kernel of one channel.
HEADER = struct.pack('<iiiq', 0, 2, 0, 7)
VALUES = np.arange(1, 2 * 4 + 2 * 3 + 1 + 2 + 1, dtype='<f4')


def small_network() -> nn.Sequential:
    conv = nn.Conv2d(3, 2, 1, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(2), nn.LeakyReLU(0.1), nn.Conv2d(2, 1, 1))


def layout_of(network: nn.Module) -> dict[str, tuple[int, ...]]:
    return {key: tuple(value.shape) for key, value in network.state_dict().items()}


def write(path: Path, *parts: bytes) -> Path:
    path.write_bytes(b''.join(parts))
    return path


def read_small(path: Path) -> dict[str, Tensor]:
    return read_darknet(path, layout_of(small_network()))


def test_values_go_where_darknet_means_them(tmp_path: Path) -> None:
    state = read_small(write(tmp_path / 'x.weights', HEADER, VALUES.tobytes()))
    assert list(state) == list(layout_of(small_network()))
    assert {key: value.flatten().tolist() for key, value in state.items()} == {
        '1.bias': [1, 2],
        '1.weight': [3, 4],
        '1.running_mean': [5, 6],
        '1.running_var': [7, 8],
        '0.weight': [9, 10, 11, 12, 13, 14],
        '1.num_batches_tracked': [0],
        '3.bias': [15],
        '3.weight': [16, 17],
    }


def test_a_network_loads_strictly_what_was_read(tmp_path: Path) -> None:
    state = read_small(write(tmp_path / 'x.weights', HEADER, VALUES.tobytes()))
    network = small_network()
    network.load_state_dict(state, strict=True)
    assert {k: v.dtype for k, v in state.items()} == {
        k: v.dtype for k, v in network.state_dict().items()
    }
    assert network.get_parameter('0.weight')[1, 2, 0, 0] == 14


def test_before_version_0_2_the_header_is_shorter(tmp_path: Path) -> None:
    header = struct.pack('<iiii', 0, 1, 0, 7)
    state = read_small(write(tmp_path / 'x.weights', header, VALUES.tobytes()))
    assert state['1.bias'].tolist() == [1, 2]


@pytest.mark.parametrize('version', [(0, 2), (1, 0), (2, 5)])
def test_from_version_0_2_the_header_has_20_bytes(
    tmp_path: Path, version: tuple[int, int]
) -> None:
    header = struct.pack('<iiiq', *version, 0, 2**40)
    state = read_small(write(tmp_path / 'x.weights', header, VALUES.tobytes()))
    assert state['1.bias'].tolist() == [1, 2]


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    torch.manual_seed(0)
    network = nn.Sequential(small_network(), nn.Conv2d(1, 4, 3))
    network(torch.rand(4, 3, 8, 8))  # moves the means and variances
    path = tmp_path / 'x.weights'
    write_darknet(path, network.state_dict())
    state = read_darknet(path, layout_of(network))
    for key, value in network.state_dict().items():
        expected = torch.tensor(0) if key.endswith('num_batches_tracked') else value
        assert torch.equal(state[key], expected), key


def test_what_was_read_is_written_byte_by_byte_the_same(tmp_path: Path) -> None:
    header = struct.pack('<iiiq', 0, 2, 0, 0)
    source = write(tmp_path / 'x.weights', header, VALUES.tobytes())
    write_darknet(tmp_path / 'y.weights', read_small(source))
    assert (tmp_path / 'y.weights').read_bytes() == source.read_bytes()


def test_the_official_file_has_the_length_that_yolov3_spp_needs(tmp_path: Path) -> None:
    with torch.device('meta'):
        layout = layout_of(Yolov3Spp())
    for difference, problem in ((-4, '1 of 63052381 values are missing'), (3, '3 bytes are left')):
        path = write(tmp_path / 'x.weights', HEADER)
        with path.open('r+b') as file:  # the rest of the file is a hole
            file.truncate(OFFICIAL_BYTES + difference)
        with pytest.raises(DarknetError, match=problem):
            read_darknet(path, layout)


@pytest.mark.parametrize(
    ('num_bytes', 'problem'),
    [
        pytest.param(68, '17 of 17 .*first within 1.bias', id='no value'),
        pytest.param(8, '2 of 17 .*first within 3.weight', id='the last kernel'),
        pytest.param(12, '3 of 17 .*first within 3.bias', id='a whole layer'),
        pytest.param(40, '10 of 17 .*first within 1.running_var', id='within a vector'),
        pytest.param(1, '1 of 17 .*first within 3.weight', id='a byte'),
    ],
)
def test_a_file_that_is_cut_short_is_refused(tmp_path: Path, num_bytes: int, problem: str) -> None:
    path = write(tmp_path / 'x.weights', HEADER, VALUES.tobytes()[:-num_bytes])
    with pytest.raises(DarknetError, match=f'cut short, or of another network: {problem}'):
        read_small(path)


@pytest.mark.parametrize('num_bytes', [1, 400])
def test_a_file_that_is_too_long_is_refused(tmp_path: Path, num_bytes: int) -> None:
    path = write(tmp_path / 'x.weights', HEADER, VALUES.tobytes(), bytes(num_bytes))
    with pytest.raises(DarknetError, match=f'{num_bytes} bytes are left over after 17 values'):
        read_small(path)


@pytest.mark.parametrize('bad', [np.nan, np.inf, -np.inf])
def test_a_value_that_is_no_number_is_refused(tmp_path: Path, bad: float) -> None:
    values = VALUES.copy()
    values[9] = bad
    path = write(tmp_path / 'x.weights', HEADER, values.tobytes())
    with pytest.raises(DarknetError, match=r'damaged.*1 of 6 values of 0\.weight are no number'):
        read_small(path)


def test_a_negative_variance_is_refused(tmp_path: Path) -> None:
    values = VALUES.copy()
    values[7] = -0.5
    path = write(tmp_path / 'x.weights', HEADER, values.tobytes())
    with pytest.raises(DarknetError, match=r'1\.running_var is a variance, but its least is -0.5'):
        read_small(path)


@pytest.mark.parametrize(
    ('content', 'problem'),
    [
        pytest.param(b'', '0 bytes, too short', id='empty'),
        pytest.param(HEADER[:11], '11 bytes, too short', id='within the version'),
        pytest.param(HEADER[:19], 'ends within its header of 20 bytes', id='within the count'),
        pytest.param(b'<!DOCTYPE html><html>', r'no weights file .* version \d+', id='web page'),
        pytest.param(struct.pack('<iiiq', 0, -1, 0, 0), r'version 0\.-1\.0', id='negative'),
        pytest.param(struct.pack('<iiiq', 1000, 2, 0, 0), r'version 1000\.2\.0', id='too high'),
    ],
)
def test_a_header_that_is_none_is_refused(tmp_path: Path, content: bytes, problem: str) -> None:
    with pytest.raises(DarknetError, match=problem):
        read_small(write(tmp_path / 'x.weights', content))


@pytest.mark.parametrize('name', ['missing.weights', '.'])
def test_a_file_that_is_not_there_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(DarknetError, match='there is no weights file'):
        read_small(tmp_path / name)


@pytest.mark.parametrize(
    ('layout', 'problem'),
    [
        pytest.param({'bias': (2,)}, 'bias .* is neither', id='no kernel before'),
        pytest.param({'a.weight': (2, 3, 1, 1)}, 'it is by nothing', id='no vectors'),
        pytest.param(
            {'a.weight': (2, 3, 1, 1), 'a.bias': (2,), 'b.weight': (2,)},
            'it is by bias, weight',
            id='half a norm',
        ),
        pytest.param(
            {'a.weight': (2, 3, 1, 1), 'a.bias': (2,), 'b.weight': (5, 2)},
            r'b\.weight \(5, 2\) is neither',
            id='a matrix',
        ),
    ],
)
def test_a_network_that_the_format_cannot_hold_is_refused(
    tmp_path: Path, layout: dict[str, tuple[int, ...]], problem: str
) -> None:
    state = {key: torch.zeros(shape) for key, shape in layout.items()}
    with pytest.raises(DarknetError, match=problem):
        write_darknet(tmp_path / 'x.weights', state)
    with pytest.raises(DarknetError, match=problem):
        read_darknet(write(tmp_path / 'x.weights', HEADER), layout)


def test_values_that_are_no_numbers_are_not_written(tmp_path: Path) -> None:
    state = small_network().state_dict()
    state['3.bias'][:] = torch.nan
    with pytest.raises(DarknetError, match=r'cannot be written: 1 of 1 values of 3\.bias'):
        write_darknet(tmp_path / 'x.weights', state)
    assert list(tmp_path.iterdir()) == []
