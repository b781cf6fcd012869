# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Checkpoints of PyTorch: read without running anything, compared entry by entry."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
import pickle
from typing import Any
import warnings

import torch
from torch import Tensor

from alphapose_ros.io.files import replace_file

# Where training programs put the parameters beside other things.
WRAPPERS = ('state_dict', 'model', 'model_state_dict')
DARKNET_SUFFIX = '.weights'
SUFFIXES = ('.pth', '.pt', '.ckpt', '.tar', DARKNET_SUFFIX)

State = dict[str, Tensor]


class CheckpointError(ValueError):
    """A checkpoint cannot be read, or is of another network."""


def is_checkpoint(path: Path) -> bool:
    """Tell by its suffix whether a file holds parameters, and not the network itself."""
    return path.suffix in SUFFIXES


def read_checkpoint(path: Path) -> State:
    """
    Read the parameters of a network. Only tensors are read; a file that wants more is refused.

    :param path: a file of `torch.save`: a state dict, or one under 'state_dict' or 'model'. The
        prefix 'module.' of wrapped modules is taken off.
    :raises CheckpointError: if the file is missing, damaged, or holds anything but tensors.
    """
    if not path.is_file():
        raise CheckpointError(f'there is no checkpoint {path}')
    try:
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')  # of old formats
            content = torch.load(path, map_location='cpu', weights_only=True)
    except pickle.UnpicklingError as err:
        raise CheckpointError(
            f'{path} is no checkpoint, or holds more than tensors and could run code: refused '
            f'({_first_line(err)})'
        ) from err
    except Exception as err:  # garbage makes the reader stumble in every way
        raise CheckpointError(f'{path} is damaged or cut short: {_first_line(err)}') from err
    return _unwrap(path, content)


def write_checkpoint(path: Path, state: Mapping[str, Tensor]) -> None:
    """Write a plain state dict; the file appears only when it is whole."""
    with replace_file(path) as part:
        torch.save(dict(state), part)


def check_layout(source: str, state: Mapping[str, Tensor], wanted: Mapping[str, Tensor]) -> None:
    """
    Compare keys and shapes.

    :param source: what the state is called in the message.
    :param state: what was read.
    :param wanted: the state of the network.
    :raises CheckpointError: names the first entry that is missing, of another shape, or unknown.
    """
    for key, value in wanted.items():
        if key not in state:
            raise CheckpointError(
                f'{source} lacks {key} {tuple(value.shape)}; it has {len(state)} entries, the '
                f'network has {len(wanted)}'
            )
        if state[key].shape != value.shape:
            raise CheckpointError(
                f'{source}: {key} has shape {tuple(state[key].shape)}, the network has '
                f'{tuple(value.shape)}'
            )
    for key, value in state.items():
        if key not in wanted:
            raise CheckpointError(
                f'{source} has {key} {tuple(value.shape)}, which the network lacks'
            )


def _unwrap(path: Path, content: Any) -> State:
    for wrapper in WRAPPERS:
        if isinstance(content, dict) and isinstance(content.get(wrapper), dict):
            content = content[wrapper]
            break
    if not isinstance(content, dict) or not content:
        raise CheckpointError(f'{path} holds {type(content).__name__}, no state dict')
    for key, value in content.items():
        if not isinstance(key, str) or not isinstance(value, Tensor):
            raise CheckpointError(
                f'{path} is no state dict: its entry {key!r} is {type(value).__name__}, no tensor'
            )
    if all(key.startswith('module.') for key in content):
        content = {key.removeprefix('module.'): value for key, value in content.items()}
    return dict(content)


def _first_line(err: BaseException) -> str:
    lines = str(err).strip().splitlines()
    return lines[0] if lines else type(err).__name__
