# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
BVH files: joints and how they turn over time. F frames, J joints.

In the rest pose every joint is aligned with the world; a rotation is relative to its parent's.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from pathlib import Path
import tarfile

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from alphapose_ros.structures import FloatArray


class BvhError(ValueError):
    """A file that cannot be read as BVH."""


@dataclass(frozen=True, eq=False)
class Motion:
    """
    A moving skeleton.

    :param names: J names, parents before children.
    :param parents: (J,) int32, -1 for the root.
    :param offsets: (J, 3) from the parent in the rest pose, in the file's unit.
    :param rotations: (F, J, 3, 3) relative to the parent.
    """

    names: tuple[str, ...]
    parents: NDArray[np.int32]
    offsets: FloatArray
    rotations: FloatArray


def read_bvh(path: Path) -> Motion:
    """
    Read all frames.

    :raises BvhError: if the file cannot be read.
    """
    try:
        return parse_bvh(path.read_text(encoding='utf-8'), 1, str(path))
    except (OSError, UnicodeDecodeError) as err:
        raise BvhError(f'{path} cannot be read: {err}') from err


def read_bvh_archive(path: Path, step: int, names: Container[str] | None = None) -> list[Motion]:
    """
    Read the BVH files of a tar archive, sorted by name.

    :param step: keep every so many-th frame.
    :param names: of the files, without folder and suffix, that are read; None for all.
    :raises BvhError: if the archive or a file in it cannot be read.
    """
    try:
        # As a stream: going back would decompress everything again.
        with tarfile.open(path, 'r|*') as archive:
            texts = {
                member.name: file.read().decode()
                for member in archive
                if member.name.endswith('.bvh')
                and (names is None or Path(member.name).stem in names)
                and (file := archive.extractfile(member))
            }
    except (OSError, tarfile.TarError, UnicodeDecodeError) as err:
        raise BvhError(f'{path} cannot be read: {err}') from err
    return [parse_bvh(texts[name], step, f'{path}: {name}') for name in sorted(texts)]


def parse_bvh(text: str, step: int, place: str) -> Motion:
    """
    Return what the text of a file says, of every `step`-th frame.

    :raises BvhError: if it makes no sense; names `place`.
    """
    head, _, motion = text.partition('MOTION')
    names: list[str] = []
    parents: list[int] = []
    offsets: list[list[float]] = []
    channels: list[list[str]] = []
    stack: list[int] = []
    is_end = False
    try:
        for words in (line.split() for line in head.splitlines()):
            kind = words[0] if words else ''
            if kind in ('ROOT', 'JOINT'):
                names.append(words[1])
                parents.append(stack[-1] if stack else -1)
            elif kind == 'End':
                is_end = True
            elif kind == '{':
                stack.append(-1 if is_end else len(names) - 1)
            elif kind == '}':
                stack.pop()
                is_end = False
            elif kind == 'OFFSET' and not is_end:
                offsets.append([float(word) for word in words[1:4]])
            elif kind == 'CHANNELS':
                channels.append(words[2:])
        if not names:
            raise ValueError('it has no joints')
        lines = [line for line in motion.splitlines()[1:] if line.strip()][2:][::step]
        values = np.array([line.split() for line in lines], np.float64)
        rotations = _rotations(values, channels)
    except (IndexError, ValueError) as err:
        raise BvhError(f'{place} is no BVH: {err}') from err
    return Motion(
        names=tuple(names),
        parents=np.array(parents, np.int32),
        offsets=np.array(offsets, np.float32).reshape(-1, 3),
        rotations=rotations,
    )


def _rotations(values: NDArray[np.float64], channels: list[list[str]]) -> FloatArray:
    """Return (F, J, 3, 3) from the columns (F, C), in the order of `channels`."""
    matrices = np.zeros((len(values), len(channels), 3, 3), np.float32)
    column = 0
    for joint, kinds in enumerate(channels):
        turns = [i for i, kind in enumerate(kinds) if kind.endswith('rotation')]
        axes = ''.join(kinds[i][0] for i in turns)
        angles = values[:, [column + i for i in turns]]
        matrices[:, joint] = Rotation.from_euler(axes, angles, degrees=True).as_matrix()
        column += len(kinds)
    if len(values) and values.shape[1] != column:
        raise ValueError(f'frames must have {column} values, got {values.shape[1]}')
    return matrices
