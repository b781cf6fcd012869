# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
MOTChallenge text files: who is where in a sequence, and what the sequence is. N rows.

A line is frame, id, left, top, width, height, score, and more that is not read. The files count
pixels from 1: the centre of their top-left pixel is (1, 1), that of ours (0, 0).
"""

from __future__ import annotations

from configparser import ConfigParser
from configparser import Error as ConfigError
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from alphapose_ros.core.boxes import xywh_to_xyxy
from alphapose_ros.core.boxes import xyxy_to_xywh
from alphapose_ros.io.files import replace_file
from alphapose_ros.structures import FloatArray

COLUMNS = ('frame', 'id', 'left', 'top', 'width', 'height', 'score')


class MotError(ValueError):
    """A file that cannot be read as MOTChallenge text."""


@dataclass(frozen=True, eq=False)
class MotRows:
    """
    Boxes of people in a sequence of images, in any order.

    :param frames: (N,) int64, 1 is the first image.
    :param ids: (N,) int64, -1 where unknown.
    :param boxes: (N, 4) xyxy.
    :param scores: (N,) of any range.
    :raises ValueError: if an array has another type or shape.
    """

    frames: NDArray[np.int64]
    ids: NDArray[np.int64]
    boxes: FloatArray
    scores: FloatArray

    def __post_init__(self) -> None:
        n = len(self.frames)
        shapes = {'frames': (n,), 'ids': (n,), 'boxes': (n, 4), 'scores': (n,)}
        for name, shape in shapes.items():
            array, dtype = getattr(self, name), 'int64' if name in ('frames', 'ids') else 'float32'
            if array.shape != shape or array.dtype != dtype:
                raise ValueError(
                    f'{name} must be {dtype} of shape {shape}, got {array.dtype} {array.shape}'
                )

    def __len__(self) -> int:
        return len(self.frames)

    def __getitem__(self, index: NDArray[np.bool_] | NDArray[np.intp]) -> MotRows:
        """Return the rows chosen by a mask or an index array."""
        return MotRows(**{name: array[index] for name, array in vars(self).items()})


@dataclass(frozen=True)
class SequenceInfo:
    """
    What seqinfo.ini says.

    :param fps: images per second.
    :param length: number of images.
    :param size_wh: width and height of the images that the boxes refer to.
    """

    fps: float
    length: int
    size_wh: tuple[int, int]


def read_mot(path: Path, *, scale: float = 1.0, drop_ignored: bool = False) -> MotRows:
    """
    Read detections, results or ground truth; a missing score is 1.

    :param scale: size of the images in which the boxes are wanted, over that of the file's.
    :param drop_ignored: leave out rows whose score is 0: ground truth that does not count.
    :raises MotError: if there is no such file or a line cannot be read; names file and line.
    """
    try:
        lines = path.read_text().splitlines()
    except (OSError, UnicodeDecodeError) as err:
        raise MotError(f'{path} cannot be read: {err}') from err
    parsed = [_parse(line, f'{path}, line {i}') for i, line in enumerate(lines, 1) if line.strip()]
    values = np.array(parsed, np.float64).reshape(-1, len(COLUMNS))
    if drop_ignored:
        values = values[values[:, 6] != 0]
    # From the centre of the first pixel, which scaling moves, by way of its corner.
    values[:, 2:4] = (values[:, 2:4] - 0.5) * scale - 0.5
    values[:, 4:6] *= scale
    return MotRows(
        frames=values[:, 0].astype(np.int64),
        ids=values[:, 1].astype(np.int64),
        boxes=xywh_to_xyxy(values[:, 2:6].astype(np.float32)),
        scores=values[:, 6].astype(np.float32),
    )


def _parse(line: str, place: str) -> list[float]:
    """Return the values of `COLUMNS`."""
    try:
        values = [float(value) for value in line.split(',')[: len(COLUMNS)]]
    except ValueError as err:
        raise MotError(f'{place}: {err}') from err
    if len(values) == len(COLUMNS) - 1:
        values.append(1.0)
    if len(values) < len(COLUMNS) or not np.isfinite(values).all():
        raise MotError(f'{place}: must be {", ".join(COLUMNS)}, finite; got {line!r}')
    if values[0] < 1 or not (values[0].is_integer() and values[1].is_integer()):
        raise MotError(f'{place}: frame and id must be integers, frame from 1; got {line!r}')
    return values


def write_mot(path: Path, rows: MotRows) -> None:
    """Write rows, in their order; what is read again differs by at most 0.001 pixels."""
    boxes_xywh = xyxy_to_xywh(rows.boxes) + np.array([1, 1, 0, 0], np.float32)
    with replace_file(path) as part:
        part.write_text(
            ''.join(
                f'{frame},{id_},{left:.3f},{top:.3f},{width:.3f},{height:.3f},{score:.6g},-1,-1,-1\n'
                for frame, id_, (left, top, width, height), score in zip(
                    rows.frames, rows.ids, boxes_xywh, rows.scores, strict=True
                )
            )
        )


def read_sequence_info(path: Path) -> SequenceInfo:
    """
    Read seqinfo.ini.

    :raises MotError: if there is no such file, or it lacks a value or has an impossible one.
    """
    config = ConfigParser()
    try:
        config.read_string(path.read_text(), str(path))
        section = config['Sequence']
        info = SequenceInfo(
            fps=float(section['frameRate']),
            length=int(section['seqLength']),
            size_wh=(int(section['imWidth']), int(section['imHeight'])),
        )
    except KeyError as err:
        raise MotError(f'{path} lacks {err}') from err
    except (OSError, ValueError, ConfigError) as err:
        raise MotError(f'{path} cannot be read: {err}') from err
    if not (0 < info.fps < np.inf and info.length > 0 and min(info.size_wh) > 0):
        raise MotError(f'{path}: rate, length and size must be more than 0, got {info}')
    return info
