# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Photographs to be labelled: a folder of images, or a list that tells more of each.

A list is a JSON object per line: `file` beside the list or in `images` there; optionally `width`
and `height` of the original with its `detected_person_boxes_xywhs` (x, y, width, height, score),
and `licence`.
"""

from __future__ import annotations

from dataclasses import dataclass
import json
from pathlib import Path
import shutil
from typing import Any

import numpy as np

from alphapose_ros.core.boxes import xywh_to_xyxy
from alphapose_ros.io.json_arrays import column
from alphapose_ros.structures import Detections

SUFFIXES = ('.jpg', '.jpeg', '.png')
_BOXES = 'detected_person_boxes_xywhs'


class PhotographError(ValueError):
    """Photographs or their list cannot be read."""


@dataclass(frozen=True, eq=False)
class Photograph:
    """
    An image and what is known of it.

    :param path: of the file.
    :param licence: '' if unknown.
    :param people: in parts of the image's width and height; None if nobody has looked for them.
    """

    path: Path
    licence: str = ''
    people: Detections | None = None

    def copy_to(self, path: Path) -> None:
        """Copy the file as it is."""
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(self.path, path)


def list_photographs(path: Path) -> list[Photograph]:
    """
    Return the photographs of a folder and those below in the order of their names, or of a list.

    :raises PhotographError: if there are none, or a line of the list cannot be used; names it.
    """
    if path.is_dir():
        files = sorted(p for p in path.rglob('*') if p.suffix.lower() in SUFFIXES)
        photographs = [Photograph(file) for file in files]
    elif path.is_file():
        lines = enumerate(path.read_text().splitlines(), 1)
        photographs = [_from_line(path, number, line) for number, line in lines]
    else:
        raise PhotographError(f'there is no folder or list {path}')
    if not photographs:
        raise PhotographError(f'{path} has no images ({", ".join(SUFFIXES)})')
    return photographs


def _from_line(path: Path, number: int, line: str) -> Photograph:
    try:
        row = json.loads(line)
        folders = (path.parent, path.parent / 'images')
        files = [folder / row['file'] for folder in folders if (folder / row['file']).is_file()]
        if not files:
            raise ValueError(f'there is no file {row["file"]}')
        return Photograph(files[0], row.get('licence', ''), _people(row))
    except (KeyError, TypeError, ValueError) as err:
        raise PhotographError(f'{path}, line {number}: {err!r}') from err


def _people(row: dict[str, Any]) -> Detections | None:
    if _BOXES not in row:
        return None
    values = column([{_BOXES: box} for box in row[_BOXES]], _BOXES, np.float32, (5,))
    size = np.array([row['width'], row['height']] * 2, np.float32)
    return Detections(xywh_to_xyxy(values[:, :4]) / size, values[:, 4])
