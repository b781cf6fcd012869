# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Labelled people to learn from: our own data sets, and all that `keypoint_truth` reads.

Our own have two more values in an annotation: `keypoint_weights`, how far the label of each
joint can be trusted, and `identity`, the same for all images of a person. I images, P people,
K keypoints.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from alphapose_ros.core.boxes import xywh_to_xyxy
from alphapose_ros.io.json_arrays import column
from alphapose_ros.io.keypoint_truth import all_joints
from alphapose_ros.io.keypoint_truth import parse_keypoint_truth
from alphapose_ros.io.results import read_json
from alphapose_ros.io.results import ResultsError
from alphapose_ros.structures import FloatArray
from alphapose_ros.structures import Skeleton

# The third value of a joint is a visibility (0, 1, 2), or in parts of Halpe and COCO-WholeBody a
# confidence, of which this much is asked.
MIN_CONFIDENCE = 0.35


@dataclass(frozen=True, eq=False)
class TrainingLabels:
    """
    People in images.

    :param skeleton: the K joints.
    :param paths: of the I images.
    :param image_ids: (I,) int64, unique within a data set.
    :param images: (P,) int64, index of the image that somebody is in.
    :param boxes: (P, 4) xyxy.
    :param areas: (P,) square pixels that the person covers.
    :param keypoints: (P, K, 2) x, y; anything where the weight is 0.
    :param weights: (P, K) in [0, 1], 0 where not labelled.
    :param identities: (P,) int64, -1 where unknown.
    """

    skeleton: Skeleton
    paths: tuple[Path, ...]
    image_ids: NDArray[np.int64]
    images: NDArray[np.int64]
    boxes: FloatArray
    areas: FloatArray
    keypoints: FloatArray
    weights: FloatArray
    identities: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.images)


def read_training_labels(path: Path, image_folder: Path | None = None) -> TrainingLabels:
    """
    Read everybody of whom a joint is labelled, except crowds.

    :param path: of the file, or of a folder with `annotations.json`.
    :param image_folder: that file names are relative to; None is the folder of the file.
    :raises ResultsError: if the file cannot be read, or its first image is not there.
    """
    if path.is_dir():
        path = path / 'annotations.json'
    content = read_json(path)
    truth = parse_keypoint_truth(content, path)
    folder = image_folder or path.parent
    paths = tuple(folder / name for name in truth.file_names)
    if paths and not paths[0].is_file():
        raise ResultsError(f'{path}: there is no image {paths[0]}; name the folder of the images')
    try:
        weights, identities = _read_own(content, truth.is_labelled)
    except ValueError as err:
        raise ResultsError(f'{path}: {err}') from err
    is_usable = weights.any(axis=1) & ~truth.is_crowd & (truth.areas > 0)
    return TrainingLabels(
        skeleton=truth.skeleton,
        paths=paths,
        image_ids=truth.image_ids,
        images=truth.images[is_usable],
        boxes=truth.boxes[is_usable],
        areas=truth.areas[is_usable],
        keypoints=truth.keypoints[is_usable],
        weights=weights[is_usable],
        identities=identities[is_usable],
    )


def _read_own(
    content: Any, is_labelled: NDArray[np.bool_]
) -> tuple[FloatArray, NDArray[np.int64]]:
    """Return (P, K) weights and (P,) identities."""
    num_people, num_keypoints = is_labelled.shape
    if isinstance(content, list):  # of MPII, which has neither
        return is_labelled.astype(np.float32), np.full(num_people, -1, np.int64)
    people = [
        {'identity': -1, 'keypoint_weights': [1.0] * num_keypoints, **row}
        for row in all_joints(content['annotations'])
    ]
    given = column(people, 'keypoint_weights', np.float32, (num_keypoints,))
    values = column(people, 'keypoints', np.float32, (3 * num_keypoints,))[:, 2::3]
    weights = np.where(values >= MIN_CONFIDENCE, given, 0).astype(np.float32)
    return weights, column(people, 'identity', np.int64)


def read_detected_boxes(path: Path) -> dict[int, FloatArray]:
    """
    Read what a detector found, as COCO has it: rows with image_id and bbox.

    :return: (N, 4) xyxy by image id.
    :raises ResultsError: if the file cannot be read.
    """
    rows = read_json(path)
    if not isinstance(rows, list):
        raise ResultsError(f'{path} must hold a list, got {type(rows).__name__}')
    try:
        image_ids = column(rows, 'image_id', np.int64)
        boxes = xywh_to_xyxy(column(rows, 'bbox', np.float32, (4,)))
    except ValueError as err:
        raise ResultsError(f'{path}: {err}') from err
    return {image_id: boxes[image_ids == image_id] for image_id in np.unique(image_ids).tolist()}


def read_training_image(path: Path) -> NDArray[np.uint8]:
    """
    Return (H, W, 3) uint8 BGR, the pixels as they are stored, which labels refer to.

    :raises ResultsError: if there is no such image.
    """
    image = cv2.imread(str(path), cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
    if image is None:
        raise ResultsError(f'{path} cannot be read as an image')
    return np.asarray(image, np.uint8)
