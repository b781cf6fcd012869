# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
COCO keypoint results, the input of its evaluation: a list of one object per person and image.

`keypoints` are x, y, score of every joint in a row; 0, 0, 0 is a joint that was not estimated.
Pixels count as ours do, from the centre of the top-left one.
"""

from __future__ import annotations

from collections.abc import Iterable
import json
from pathlib import Path
from typing import Any

import numpy as np

from alphapose_ros.io.files import replace_file
from alphapose_ros.io.json_arrays import column
from alphapose_ros.io.json_arrays import flat_triples
from alphapose_ros.io.json_arrays import poses_without_boxes
from alphapose_ros.io.json_arrays import split_triples
from alphapose_ros.io.results import read_json
from alphapose_ros.io.results import ResultsError
from alphapose_ros.structures import FloatArray
from alphapose_ros.structures import Poses

PERSON_CATEGORY = 1


def coco_entries(image_id: int | str, poses: Poses, scores: FloatArray) -> list[dict[str, Any]]:
    """
    Return the objects of one image.

    :param scores: (N,) that rank the people, of any range.
    """
    triples = flat_triples(poses.keypoints, poses.keypoint_scores)
    return [
        {
            'image_id': image_id,
            'category_id': PERSON_CATEGORY,
            'keypoints': keypoints,
            'score': score,
        }
        for keypoints, score in zip(triples, scores.tolist(), strict=True)
    ]


def write_coco_results(path: Path, images: Iterable[tuple[int, Poses]]) -> None:
    """Write the people of images, given with their ids."""
    with replace_file(path) as part, part.open('w', encoding='ascii') as file:
        mark = '['
        for image_id, poses in images:  # there may be more than fit into memory
            for entry in coco_entries(image_id, poses, poses.scores):
                file.write(mark + json.dumps(entry, allow_nan=False))
                mark = ', '
        file.write(']' if mark == ', ' else '[]')


def read_coco_results(path: Path, num_keypoints: int) -> dict[int, Poses]:
    """
    Read the people of every image that has any, also from AlphaPose's file with numbers as ids.

    :param num_keypoints: K, which the file must have.
    :return: by image id, in the order of the file. Boxes, which the format lacks, are the extent
        of the joints, and their scores the person's, as in COCO's own programs.
    :raises ResultsError: if the file cannot be read; names it.
    """
    entries = read_json(path)
    if not isinstance(entries, list):
        raise ResultsError(f'{path} must hold a list, got {type(entries).__name__}')
    try:
        image_ids = column(entries, 'image_id', np.int64)
        triples = column(entries, 'keypoints', np.float32, (3 * num_keypoints,))
        scores = column(entries, 'score', np.float32)
    except ValueError as err:
        raise ResultsError(f'{path}: {err}') from err
    poses = poses_without_boxes(*split_triples(triples), scores)
    return {
        image_id: poses[image_ids == image_id] for image_id in dict.fromkeys(image_ids.tolist())
    }
