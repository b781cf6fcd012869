# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Boxes of people in images: of COCO files, and of detectors. I images, P people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alphapose_ros.core.boxes import xywh_to_xyxy
from alphapose_ros.io.json_arrays import column
from alphapose_ros.io.photographs import list_photographs
from alphapose_ros.io.results import read_json
from alphapose_ros.io.results import ResultsError
from alphapose_ros.io.training_labels import read_training_image
from alphapose_ros.structures import Detections
from alphapose_ros.structures import FloatArray


@dataclass(frozen=True, eq=False)
class BoxLabels:
    """
    Everybody who is in images, which may also show nobody.

    :param paths: of the I images.
    :param images: (P,) int64, index of the image that somebody is in.
    :param boxes: (P, 4) xyxy.
    :param scores: (P,) in [0, 1]: 1 unless the file has scores; 0 for a crowd under one box.
    """

    paths: tuple[Path, ...]
    images: NDArray[np.int64]
    boxes: FloatArray
    scores: FloatArray

    def __len__(self) -> int:
        return len(self.paths)

    def choose_images(self, indices: NDArray[np.intp]) -> BoxLabels:
        """Return these images and their people."""
        places = np.full(len(self), -1)
        places[indices] = np.arange(len(indices))
        images = places[self.images]
        is_left = images >= 0
        paths = tuple(self.paths[index] for index in indices)
        return BoxLabels(paths, images[is_left], self.boxes[is_left], self.scores[is_left])


def read_box_labels(path: Path, image_folder: Path | None = None) -> BoxLabels:
    """
    Read the people of all images.

    :param path: of the file, or of a folder with `annotations.json`.
    :param image_folder: that file names are relative to; None is the folder of the file.
    :raises ResultsError: if the file cannot be read; names it and what is wrong.
    """
    if path.is_dir():
        path = path / 'annotations.json'
    content = read_json(path)
    try:
        return _to_labels(content, image_folder or path.parent)
    except (AttributeError, KeyError, TypeError) as err:
        raise ResultsError(f'{path} is not as COCO has it: {err!r}') from err
    except ValueError as err:
        raise ResultsError(f'{path}: {err}') from err


def read_listed_boxes(path: Path) -> BoxLabels:
    """
    Read what a detector has found in photographs, from a list as `photographs` reads it.

    :raises ValueError: if the list or an image cannot be read; names it.
    """
    photographs = list_photographs(path)
    images, boxes, scores = [], [], []
    for index, photograph in enumerate(photographs):
        people = photograph.people or Detections.empty()
        height, width = read_training_image(photograph.path).shape[:2]
        images += [index] * len(people)
        boxes.append(people.boxes * np.array([width, height] * 2, np.float32))
        scores.append(people.scores)
    paths = tuple(photograph.path for photograph in photographs)
    return BoxLabels(
        paths, np.array(images, np.int64), np.concatenate(boxes), np.concatenate(scores)
    )


def _to_labels(content: Mapping[str, Any], folder: Path) -> BoxLabels:
    categories = content.get('categories', [])
    people = {row['id'] for row in categories if row.get('name') == 'person'} or {1}
    rows = [
        {'score': 1.0, 'iscrowd': 0, **row}
        for row in content['annotations']
        if row.get('category_id', 1) in people
    ]
    ids = column(content['images'], 'id', np.int64).tolist()
    places = {image_id: i for i, image_id in enumerate(ids)}
    boxes = xywh_to_xyxy(column(rows, 'bbox', np.float32, (4,)))
    is_crowd = column(rows, 'iscrowd', np.int64) != 0
    scores = np.where(is_crowd, 0, column(rows, 'score', np.float32).clip(0, 1))
    is_box = (boxes[:, 2:] > boxes[:, :2]).all(axis=1)
    return BoxLabels(
        paths=tuple(folder / image['file_name'] for image in content['images']),
        images=np.array([places[row['image_id']] for row in rows], np.int64)[is_box],
        boxes=boxes[is_box],
        scores=scores[is_box].astype(np.float32),
    )
