# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""What a training reads and writes: its recipe, the state to go on from, what it measured."""

from __future__ import annotations

from collections.abc import Mapping
import json
from pathlib import Path
import pickle
from typing import Any

import torch

from alphapose_ros.io.files import replace_file


class TrainingFileError(ValueError):
    """A file of a training cannot be read."""


def read_recipe(path: Path) -> dict[str, Any]:
    """
    Read a recipe.

    :param path: of a YAML file that holds a mapping.
    :raises TrainingFileError: if it cannot be read.
    :raises ImportError: if PyYAML is missing; says how to install it.
    """
    if not path.is_file():
        raise TrainingFileError(f'there is no recipe {path}')
    content = parse_yaml(path.read_text(), str(path))
    if not isinstance(content, dict):
        raise TrainingFileError(f'{path} must hold a mapping, got {type(content).__name__}')
    return content


def write_recipe(path: Path, values: Mapping[str, Any]) -> None:
    """Write a recipe; inverse of `read_recipe`."""
    import yaml

    with replace_file(path) as part:
        part.write_text(yaml.safe_dump(dict(values), sort_keys=False))


def parse_yaml(text: str, source: str) -> Any:
    """
    Return the value of a text.

    :param source: what it is called in the message.
    :raises TrainingFileError: if it is no YAML.
    :raises ImportError: if PyYAML is missing; says how to install it.
    """
    try:
        import yaml
    except ImportError as err:
        raise ImportError('recipes need PyYAML: pip install alphapose_ros[train]') from err
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as err:
        message = ' '.join(str(err).split())
        raise TrainingFileError(f'{source} is no valid YAML: {message}') from err


def write_state(path: Path, state: Mapping[str, Any]) -> None:
    """Write all that is needed to go on; the file appears only when it is whole."""
    with replace_file(path) as part:
        torch.save(dict(state), part)


def read_state(path: Path) -> dict[str, Any]:
    """
    Read what `write_state` wrote; nothing in it is run.

    :raises TrainingFileError: if it is missing or damaged.
    """
    if not path.is_file():
        raise TrainingFileError(f'there is no training to resume: no {path}')
    try:
        content = torch.load(path, map_location='cpu', weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError, ValueError) as err:
        raise TrainingFileError(f'{path} is damaged: {err}') from err
    if not isinstance(content, dict):
        raise TrainingFileError(f'{path} must hold a dict, got {type(content).__name__}')
    return content


class TrainingLog:
    """
    Measurements over the steps: a JSON object per line, and TensorBoard where it is installed.

    :param folder: of the training; the file is `log.jsonl`.
    :param step: that the training goes on from; what was measured later is dropped.
    """

    def __init__(self, folder: Path, *, step: int = 0) -> None:
        self._path = folder / 'log.jsonl'
        rows = [row for row in read_log(self._path) if row['step'] <= step]
        with replace_file(self._path) as part:
            part.write_text(''.join(json.dumps(row) + '\n' for row in rows))
        self._board: Any = None
        try:
            from torch.utils.tensorboard import SummaryWriter
        except ImportError:
            return
        self._board = SummaryWriter(str(folder / 'tensorboard'), purge_step=step)  # type: ignore[no-untyped-call]

    def add(self, step: int, values: Mapping[str, float]) -> None:
        """Write what was measured after a step."""
        with self._path.open('a') as file:
            file.write(json.dumps({'step': step, **values}) + '\n')
        if self._board is not None:
            for name, value in values.items():
                self._board.add_scalar(name, value, step)
            self._board.flush()

    def close(self) -> None:
        """Close TensorBoard's file."""
        if self._board is not None:
            self._board.close()


def read_log(path: Path) -> list[dict[str, Any]]:
    """Return the rows of a log; none if there is no file."""
    return [json.loads(line) for line in path.read_text().splitlines()] if path.is_file() else []
