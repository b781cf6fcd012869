# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of what a training reads and writes."""

from pathlib import Path
import pickle
from typing import Any

import pytest
import torch

from alphapose_ros.io.training_files import read_log
from alphapose_ros.io.training_files import read_recipe
from alphapose_ros.io.training_files import read_state
from alphapose_ros.io.training_files import TrainingLog
from alphapose_ros.io.training_files import write_recipe
from alphapose_ros.io.training_files import write_state


def test_a_recipe_comes_back_as_it_was_written(tmp_path: Path) -> None:
    values = {'network': 'fastpose', 'train': [{'path': 'a'}], 'optimization': {'epochs': 2.5}}
    write_recipe(tmp_path / 'recipe.yaml', values)
    assert read_recipe(tmp_path / 'recipe.yaml') == values


@pytest.mark.parametrize(
    ('text', 'message'),
    [('a: [', 'is no valid YAML'), ('- a', 'must hold a mapping, got list')],
    ids=['not YAML', 'a list'],
)
def test_a_file_that_is_no_recipe_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / 'recipe.yaml'
    path.write_text(text)
    with pytest.raises(ValueError, match=message):
        read_recipe(path)


def test_a_recipe_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r'there is no recipe .*none\.yaml'):
        read_recipe(tmp_path / 'none.yaml')


def test_a_state_comes_back_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / 'last.state'
    write_state(path, {'step': 3, 'module': {'weight': torch.arange(3)}, 'groups': [{'lr': 0.1}]})
    state = read_state(path)
    assert (state['step'], state['groups']) == (3, [{'lr': 0.1}])
    assert torch.equal(state['module']['weight'], torch.arange(3))


class Evil:
    """Would run code if it was unpickled."""

    def __reduce__(self) -> Any:
        return print, ('run',)


@pytest.mark.parametrize(
    'content',
    [b'', b'garbage', pickle.dumps(Evil()), pickle.dumps([1])],
    ids=['empty', 'garbage', 'code', 'a list'],
)
def test_a_damaged_state_is_refused_and_nothing_in_it_is_run(
    tmp_path: Path, content: bytes, capsys: Any
) -> None:
    path = tmp_path / 'last.state'
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r'last\.state (is damaged|must hold a dict)'):
        read_state(path)
    assert capsys.readouterr().out == ''


def test_measurements_after_the_step_that_is_resumed_are_dropped(tmp_path: Path) -> None:
    log = TrainingLog(tmp_path)
    for step in (10, 20, 30):
        log.add(step, {'loss': 1 / step})
    log.close()
    log = TrainingLog(tmp_path, step=20)
    log.add(25, {'loss': 0.5})
    log.close()
    assert [row['step'] for row in read_log(tmp_path / 'log.jsonl')] == [10, 20, 25]


def test_a_log_that_is_not_there_has_no_rows(tmp_path: Path) -> None:
    assert read_log(tmp_path / 'log.jsonl') == []
