# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Weights files of darknet (Redmon & Farhadi 2018): a header, then nothing but float32 values.

Header, little endian: int32 major, minor, revision, and how many images were seen in training,
int64 from version 0.2 on and int32 before. Then, convolution by convolution: bias, weight, mean
and variance of the batch normalisation, or the bias of a convolution without; then its kernel.
The file names nothing, so the keys and shapes of the network tell what is what.
"""

from __future__ import annotations

from collections.abc import Mapping
import math
from pathlib import Path
from typing import BinaryIO

import numpy as np
import torch
from torch import Tensor

from alphapose_ros.io.files import replace_file

VERSION = (0, 2, 0)  # that of the files that darknet's authors published
LONG_SEEN = 2  # from this 10 * major + minor on `seen` has 8 bytes
VERSION_LIMIT = 1000  # above, darknet means transposed matrices; such files are not published
VALUE_BYTES = 4
NORM_ORDER = ('bias', 'weight', 'running_mean', 'running_var')
COUNTER = 'num_batches_tracked'  # PyTorch's own, in no file


class DarknetError(ValueError):
    """A weights file of darknet cannot be read, or is of another network."""


def read_darknet(path: Path, network_layout: Mapping[str, tuple[int, ...]]) -> dict[str, Tensor]:
    """
    Read the parameters of a network.

    :param path: a .weights file.
    :param network_layout: shape of every entry of the network's state dict by its key, in order.
    :return: entries of the same keys, shapes and order, float32; counters of batches are 0.
    :raises DarknetError: if the file is missing, damaged, too short or too long, or not sane.
    """
    if not path.is_file():
        raise DarknetError(f'there is no weights file {path}')
    try:
        with path.open('rb') as file:
            num_bytes = path.stat().st_size - _read_header(path, file)
            _check_length(path, num_bytes, network_layout)
            values = _read_values(path, file, network_layout)
    except OSError as err:
        raise DarknetError(f'{path} cannot be read: {err}') from err
    return {key: values[key] if key in values else torch.tensor(0) for key in network_layout}


def write_darknet(path: Path, state_dict: Mapping[str, Tensor]) -> None:
    """
    Write the parameters of a network of convolutions; the file appears only when it is whole.

    :raises DarknetError: if a layer has what the format lacks, or a value is not sane.
    """
    order = _file_order({key: tuple(value.shape) for key, value in state_dict.items()})
    with replace_file(path) as part, part.open('wb') as file:
        file.write(np.array(VERSION, '<i4').tobytes() + np.array(0, '<i8').tobytes())
        for key in order:
            value = state_dict[key].detach().to('cpu', torch.float32)
            _check_values('cannot be written', key, value)
            file.write(value.contiguous().numpy().astype('<f4', copy=False).tobytes())


def _read_header(path: Path, file: BinaryIO) -> int:
    """Move behind the header and return its length in bytes."""
    version = np.frombuffer(file.read(12), np.uint8)
    if len(version) < 12:
        raise DarknetError(f'{path} has {len(version)} bytes, too short for a header of darknet')
    major, minor, revision = (int(n) for n in version.view('<i4'))
    if not (0 <= major < VERSION_LIMIT and 0 <= minor < VERSION_LIMIT):
        raise DarknetError(
            f'{path} is no weights file of darknet: it begins with the version '
            f'{major}.{minor}.{revision}; allowed are 0 to {VERSION_LIMIT - 1}'
        )
    seen_bytes = 8 if 10 * major + minor >= LONG_SEEN else 4
    if len(file.read(seen_bytes)) < seen_bytes:
        raise DarknetError(f'{path} ends within its header of {12 + seen_bytes} bytes')
    return 12 + seen_bytes


def _check_length(path: Path, num_bytes: int, layout: Mapping[str, tuple[int, ...]]) -> None:
    """Compare the bytes behind the header with what the network takes."""
    expected = 0
    first_missing = ''
    for key in _file_order(layout):
        expected += VALUE_BYTES * math.prod(layout[key])
        if expected > num_bytes and not first_missing:
            first_missing = key
    if first_missing:
        missing = math.ceil((expected - num_bytes) / VALUE_BYTES)
        raise DarknetError(
            f'{path} is cut short, or of another network: {missing} of '
            f'{expected // VALUE_BYTES} values are missing, the first within {first_missing}'
        )
    if num_bytes > expected:
        raise DarknetError(
            f'{path} is of another network: {num_bytes - expected} bytes are left over after '
            f'{expected // VALUE_BYTES} values'
        )


def _read_values(
    path: Path, file: BinaryIO, layout: Mapping[str, tuple[int, ...]]
) -> dict[str, Tensor]:
    values = {}
    for key in _file_order(layout):
        array = np.fromfile(file, '<f4', math.prod(layout[key]))
        value = torch.from_numpy(array.astype(np.float32, copy=False).reshape(layout[key]))
        _check_values(f'{path} is damaged, or of another network', key, value)
        values[key] = value
    return values


def _check_values(problem: str, key: str, value: Tensor) -> None:
    num_bad = int(torch.count_nonzero(~torch.isfinite(value)))
    if num_bad:
        raise DarknetError(
            f'{problem}: {num_bad} of {value.numel()} values of {key} are no number'
        )
    # Of a file that is read with a wrong layout, this is what shows first.
    if key.endswith('running_var') and bool((value < 0).any()):
        raise DarknetError(
            f'{problem}: {key} is a variance, but its least is {float(value.min())}'
        )


def _file_order(layout: Mapping[str, tuple[int, ...]]) -> list[str]:
    """Return the keys in the order of the file, without those that it lacks."""
    kernels: list[str] = []
    vectors: dict[str, dict[str, str]] = {}
    for key, shape in layout.items():
        name = key.rpartition('.')[2]
        if len(shape) == 4:
            kernels.append(key)
            vectors[key] = {}
        elif kernels and shape == (layout[kernels[-1]][0],):
            vectors[kernels[-1]][name] = key
        elif name != COUNTER:
            raise DarknetError(
                f'a file of darknet holds convolutions (4 axes), each followed by vectors of its '
                f'channels; {key} {shape} is neither'
            )
    order: list[str] = []
    for kernel in kernels:
        names = vectors[kernel]
        if set(names) not in ({'bias'}, set(NORM_ORDER)):
            raise DarknetError(
                f'{kernel} must be followed by a bias, or by {", ".join(NORM_ORDER)}; it is by '
                f'{", ".join(names) or "nothing"}'
            )
        order += [names[name] for name in NORM_ORDER if name in names]
        order.append(kernel)
    return order
