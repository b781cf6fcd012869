# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Folders of images and joints for training: images/ and annotations.json in COCO's keypoint format.

What is known of an image is first a part of its own, so that an interrupted job can go on; parts
become annotations.json in the end. Axes: N people, K keypoints.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping
import json
from pathlib import Path
import shutil
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from alphapose_ros.core.boxes import xyxy_to_xywh
from alphapose_ros.io.files import replace_file
from alphapose_ros.structures import FloatArray
from alphapose_ros.structures import Skeleton

ANNOTATIONS = 'annotations.json'
VERSION = 1
_PARTS = '.parts'
_INFO = 'info.json'
_JPEG_QUALITY = 95

Part = Mapping[str, Any]


class DatasetError(ValueError):
    """A folder that cannot be read as a data set."""


def person_annotations(
    *,
    boxes: FloatArray,
    keypoints: FloatArray,
    visibility: NDArray[np.uint8],
    areas: FloatArray,
    identities: NDArray[np.int64],
) -> list[Part]:
    """
    Return one annotation per person, without ids.

    :param boxes: (N, 4) xyxy.
    :param keypoints: (N, K, 2).
    :param visibility: (N, K) 2 visible, 1 hidden, 0 outside of the image.
    :param areas: (N,) pixels.
    """
    is_known = visibility > 0
    triples = np.concatenate((keypoints, visibility[:, :, None]), axis=2) * is_known[:, :, None]
    rounded = np.round(triples.astype(np.float64), 2).reshape(len(boxes), 3 * keypoints.shape[1])
    return [
        {
            'category_id': 1,
            'iscrowd': 0,
            'bbox': np.round(box.astype(np.float64), 2).tolist(),
            'area': round(float(area), 2),
            'num_keypoints': int(count),
            'keypoints': values.tolist(),
            'identity': int(identity),
        }
        for box, area, count, values, identity in zip(
            xyxy_to_xywh(boxes), areas, is_known.sum(axis=1), rounded, identities, strict=True
        )
    ]


def image_name(image_id: int) -> str:
    """Return the path of an image in the folder."""
    return f'images/{image_id:06d}.jpg'


def write_part(
    folder: Path,
    image_id: int,
    image: NDArray[np.uint8],
    annotations: Iterable[Part],
    *,
    background: str = '',
) -> None:
    """Write an image (H, W, 3) BGR, then what is known of it, and the picture behind if any."""
    path = folder / image_name(image_id)
    is_encoded, data = cv2.imencode('.jpg', image, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    if not is_encoded:
        raise DatasetError(f'image must be (H, W, 3) uint8, got {image.shape} {image.dtype}')
    with replace_file(path) as part:
        part.write_bytes(data.tobytes())
    height, width = image.shape[:2]
    record: dict[str, Any] = {
        'id': image_id,
        'file_name': image_name(image_id),
        'width': width,
        'height': height,
    }
    if background:
        record['background'] = background
    _write_part(folder, record, annotations)


def _write_part(folder: Path, record: Part, annotations: Iterable[Part]) -> None:
    with replace_file(_part_path(folder, record['id'])) as part:
        part.write_text(json.dumps({'image': record, 'annotations': list(annotations)}))


def read_part(folder: Path, image_id: int) -> Part | None:
    """
    Return the record of an image and its annotations, or None if it is not written yet.

    :raises DatasetError: if a file of the folder cannot be read.
    """
    path = _part_path(folder, image_id)
    if not path.exists():
        return None
    part: Part = _read_json(path)
    return part


def open_dataset(folder: Path, info: Part, count: int) -> None:
    """
    Prepare a folder for more images; a finished data set becomes parts again.

    :param info: how the images are made, the same for all of them.
    :param count: how many images it shall have.
    :raises DatasetError: if what is there was made otherwise, is more, or cannot be read.
    """
    path, info_path = folder / ANNOTATIONS, folder / _PARTS / _INFO
    last = max((int(p.stem) for p in (folder / _PARTS).glob('[0-9]*.json')), default=0)
    if path.exists():
        dataset = _read_json(path)
        _compare(folder, dataset['info'], info)
        last = max((record['id'] for record in dataset['images']), default=0)
    if last > count:
        raise DatasetError(
            f'{folder} holds {last} images: count must be at least that, got {count}'
        )
    if path.exists():
        _split(folder, dataset)
        path.unlink()
    elif info_path.exists():
        _compare(folder, _read_json(info_path), info)
    with replace_file(info_path) as part:
        part.write_text(json.dumps(info))


def _compare(folder: Path, there: Part, wanted: Part) -> None:
    for key, value in wanted.items():
        if there.get(key) != value:
            raise DatasetError(
                f'{folder} holds images of {key} {there.get(key)!r}, not {value!r}: '
                'use another folder'
            )


def _split(folder: Path, dataset: Part) -> None:
    people: dict[int, list[Part]] = {}
    for annotation in dataset['annotations']:
        ids = ('id', 'image_id')
        person = {key: value for key, value in annotation.items() if key not in ids}
        people.setdefault(annotation['image_id'], []).append(person)
    for record in dataset['images']:
        _write_part(folder, record, people.get(record['id'], []))


def join_dataset(folder: Path, image_ids: Iterable[int], skeleton: Skeleton, info: Part) -> None:
    """
    Write annotations.json from the parts, which are removed.

    :param info: as of open_dataset.

    :raises DatasetError: if a part is missing.
    """
    images: list[Part] = []
    annotations: list[Part] = []
    for image_id in image_ids:
        part = read_part(folder, image_id)
        if part is None:
            raise DatasetError(f'{folder} lacks what is known of {image_name(image_id)}')
        images.append(part['image'])
        for annotation in part['annotations']:
            ids = {'id': len(annotations) + 1, 'image_id': image_id}
            annotations.append({**ids, **annotation})
    dataset = {
        'info': {**info, 'keypoint_set': skeleton.name, 'version': VERSION},
        'images': images,
        'annotations': annotations,
        'categories': [
            {
                'id': 1,
                'name': 'person',
                'keypoints': list(skeleton.keypoint_names),
                'skeleton': [[a + 1, b + 1] for a, b in skeleton.limbs],
            }
        ],
    }
    with replace_file(folder / ANNOTATIONS) as part_path:
        part_path.write_text(json.dumps(dataset))
    shutil.rmtree(folder / _PARTS)  # with what a process that was killed has left


def _part_path(folder: Path, image_id: int) -> Path:
    return folder / _PARTS / f'{image_id:06d}.json'


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError) as err:
        raise DatasetError(f'{path} cannot be read: {err}') from err
