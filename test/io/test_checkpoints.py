# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of reading checkpoints: whole, damaged, hostile."""

from pathlib import Path
import pickle
from typing import Any

from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import pytest
import torch

from alphapose_ros.io.checkpoints import check_layout
from alphapose_ros.io.checkpoints import CheckpointError
from alphapose_ros.io.checkpoints import read_checkpoint
from alphapose_ros.io.checkpoints import write_checkpoint

STATE = {'a.weight': torch.arange(6.0).reshape(2, 3), 'a.bias': torch.zeros(2)}


class Hostile:
    """Runs when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return Path.touch, (self.path,)


@pytest.mark.parametrize(
    'wrap',
    [
        pytest.param(lambda state: state, id='plain'),
        pytest.param(lambda state: {'state_dict': state, 'epoch': 7}, id='state_dict'),
        pytest.param(lambda state: {'start_epoch': 1, 'model': state}, id='model'),
        pytest.param(lambda state: {f'module.{k}': v for k, v in state.items()}, id='module.'),
    ],
)
def test_a_checkpoint_is_read_however_it_was_wrapped(tmp_path: Path, wrap: Any) -> None:
    torch.save(wrap(STATE), tmp_path / 'net.pth')
    state = read_checkpoint(tmp_path / 'net.pth')
    assert list(state) == list(STATE)
    assert all(torch.equal(state[key], STATE[key]) for key in STATE)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    write_checkpoint(tmp_path / 'sub' / 'net.pth', STATE)
    state = read_checkpoint(tmp_path / 'sub' / 'net.pth')
    assert all(torch.equal(state[key], STATE[key]) for key in STATE)
    assert [p.name for p in (tmp_path / 'sub').iterdir()] == ['net.pth']


@pytest.mark.parametrize('protocol', ['zip', 'pickle'])
def test_a_hostile_file_is_refused_and_not_run(tmp_path: Path, protocol: str) -> None:
    path, trace = tmp_path / 'net.pth', tmp_path / 'was_run'
    content = {**STATE, 'x': Hostile(trace)}
    if protocol == 'zip':
        torch.save(content, path)
    else:
        path.write_bytes(pickle.dumps(content))
    with pytest.raises(CheckpointError, match=r'net\.pth .*refused'):
        read_checkpoint(path)
    assert not trace.exists()


@pytest.mark.parametrize('part', [0.0, 0.1, 0.5, 0.99])
def test_a_truncated_file_is_refused(tmp_path: Path, part: float) -> None:
    path = tmp_path / 'net.pth'
    torch.save(STATE, path)
    content = path.read_bytes()
    path.write_bytes(content[: int(part * len(content))])
    with pytest.raises(CheckpointError, match=r'net\.pth'):
        read_checkpoint(path)


@settings(max_examples=150, derandomize=True, deadline=None, database=None)
@given(st.binary(max_size=300))
def test_any_bytes_give_a_clear_error(tmp_path_factory: Any, content: bytes) -> None:
    path = tmp_path_factory.mktemp('fuzz') / 'net.pth'
    path.write_bytes(content)
    with pytest.raises(CheckpointError):
        read_checkpoint(path)


@pytest.mark.parametrize(
    ('content', 'message'),
    [
        pytest.param([1, 2], 'holds list, no state dict', id='list'),
        pytest.param({}, 'holds dict, no state dict', id='empty'),
        pytest.param({'a': 3}, "its entry 'a' is int, no tensor", id='number'),
        pytest.param({3: torch.zeros(1)}, 'its entry 3 is Tensor', id='key'),
    ],
)
def test_what_is_no_state_dict_is_refused(tmp_path: Path, content: Any, message: str) -> None:
    torch.save(content, tmp_path / 'net.pth')
    with pytest.raises(CheckpointError, match=message):
        read_checkpoint(tmp_path / 'net.pth')


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r'there is no checkpoint .*net\.pth'):
        read_checkpoint(tmp_path / 'net.pth')


@pytest.mark.parametrize(
    ('state', 'message'),
    [
        pytest.param({'a.bias': torch.zeros(2)}, r'net lacks a\.weight \(2, 3\)', id='missing'),
        pytest.param(
            {**STATE, 'a.bias': torch.zeros(5)},
            r'a\.bias has shape \(5,\), the network has \(2,\)',
            id='shape',
        ),
        pytest.param(
            {**STATE, 'b': torch.zeros(1)}, r'net has b \(1,\), which the network lacks', id='more'
        ),
    ],
)
def test_another_layout_is_refused_at_its_first_difference(state: Any, message: str) -> None:
    with pytest.raises(CheckpointError, match=message):
        check_layout('net', state, STATE)


def test_the_same_layout_passes() -> None:
    check_layout('net', dict(STATE), STATE)
