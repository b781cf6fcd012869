# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Labels of teachers, as a COCO keypoint file that `training_labels` reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
import json
from pathlib import Path
from typing import Any

import numpy as np

from alphapose_ros.core.boxes import xyxy_to_xywh
from alphapose_ros.io.files import replace_file
from alphapose_ros.io.json_arrays import flat_triples
from alphapose_ros.structures import Poses
from alphapose_ros.structures import Skeleton

VERSION = 1
PERSON_CATEGORY = 1
# A person covers about this part of the box.
AREA_OF_BOX = 0.53
LABELLED, NOT_LABELLED = 2, 0


@dataclass(frozen=True, eq=False)
class LabelledImage:
    """
    An image and its people.

    :param file_name: relative to the folder of the labels.
    :param size_wh: width and height.
    :param people: their keypoint_scores are the weights of the labels.
    :param origin: further values of the image's record, such as its licence.
    """

    file_name: str
    size_wh: tuple[int, int]
    people: Poses
    origin: dict[str, str]


def write_labels(
    path: Path, images: Sequence[LabelledImage], skeleton: Skeleton, description: str
) -> None:
    """
    Write labels; images count from 1, people too.

    :param description: of the data set.
    """
    annotations = [
        annotation
        for image_id, image in enumerate(images, 1)
        for annotation in _annotations(image_id, image)
    ]
    content = {
        'info': {
            'description': description,
            'keypoint_set': skeleton.name,
            'seed': 0,
            'version': VERSION,
        },
        'images': [
            {
                'id': image_id,
                'file_name': image.file_name,
                'width': image.size_wh[0],
                'height': image.size_wh[1],
                **image.origin,
            }
            for image_id, image in enumerate(images, 1)
        ],
        'categories': [
            {
                'id': PERSON_CATEGORY,
                'name': 'person',
                'keypoints': skeleton.keypoint_names,
                'skeleton': [[a + 1, b + 1] for a, b in skeleton.limbs],
            }
        ],
        'annotations': [{'id': i, **row} for i, row in enumerate(annotations, 1)],
    }
    with replace_file(path) as part:
        part.write_text(json.dumps(content, allow_nan=False))


def _annotations(image_id: int, image: LabelledImage) -> list[dict[str, Any]]:
    people, limits = image.people, np.array(image.size_wh * 2)
    # The first pixel's centre is the origin, so the image begins half a pixel before it.
    boxes_xywh = xyxy_to_xywh(np.clip(people.boxes, -0.5, limits - 0.5)).round(2)
    is_labelled = people.keypoint_scores > 0
    flags = np.where(is_labelled, LABELLED, NOT_LABELLED)
    triples = flat_triples(people.keypoints.astype(np.float64).round(2), flags)
    weights = people.keypoint_scores.astype(np.float64).round(3)
    return [
        {
            'image_id': image_id,
            'category_id': PERSON_CATEGORY,
            'iscrowd': 0,
            'bbox': boxes_xywh[i].tolist(),
            'area': float(AREA_OF_BOX * boxes_xywh[i, 2] * boxes_xywh[i, 3]),
            'num_keypoints': int(is_labelled[i].sum()),
            'keypoints': triples[i],
            'keypoint_weights': weights[i].tolist(),
            'score': float(people.box_scores[i]),
        }
        for i in range(len(people))
    ]
