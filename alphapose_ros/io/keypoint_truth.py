# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Labelled joints: COCO files of any keypoint set, PoseTrack's, and MPII's lists.

I images, P people, K keypoints.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alphapose_ros.core.boxes import box_area
from alphapose_ros.core.boxes import xywh_to_xyxy
from alphapose_ros.core.skeletons import find_skeleton
from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.core.skeletons import SKELETONS
from alphapose_ros.io.json_arrays import column
from alphapose_ros.io.results import read_json
from alphapose_ros.io.results import ResultsError
from alphapose_ros.structures import FloatArray
from alphapose_ros.structures import Skeleton

# COCO-WholeBody's fields, in the order of its joints; the other sets have the first alone.
_FIELDS = ('keypoints', 'foot_kpts', 'face_kpts', 'lefthand_kpts', 'righthand_kpts')
# A person covers about this part of the box; COCO's own areas are those of masks.
_AREA_OF_BOX = 0.53
# MPII's size of a head is this part of the diagonal of its box (Andriluka et al. 2014).
_HEAD_OF_BOX = 0.6
_MPII_SCALE = 200


@dataclass(frozen=True, eq=False)
class KeypointTruth:
    """
    People of images as they are.

    :param skeleton: the K joints.
    :param image_ids: (I,) int64.
    :param file_names: of the I images; empty where unknown.
    :param stamps_ns: (I,) int64, -1 where unknown.
    :param has_labels: (I,) bool; images without were not looked at, others may show nobody.
    :param images: (P,) int64, index of the image that somebody is in.
    :param keypoints: (P, K, 2) x, y; anything where not labelled.
    :param is_labelled: (P, K) bool.
    :param boxes: (P, 4) xyxy.
    :param areas: (P,) square pixels that the person covers.
    :param is_crowd: (P,) bool, several people who are labelled as one.
    :param head_sizes: (P,) pixels, NaN where unknown.
    :param track_ids: (P,) int64, -1 where unknown.
    """

    skeleton: Skeleton
    image_ids: NDArray[np.int64]
    file_names: tuple[str, ...]
    stamps_ns: NDArray[np.int64]
    has_labels: NDArray[np.bool_]
    images: NDArray[np.int64]
    keypoints: FloatArray
    is_labelled: NDArray[np.bool_]
    boxes: FloatArray
    areas: FloatArray
    is_crowd: NDArray[np.bool_]
    head_sizes: FloatArray
    track_ids: NDArray[np.int64]


def read_keypoint_truth(path: Path) -> KeypointTruth:
    """
    Read labels.

    Missing boxes are the extent of the labelled joints, missing areas 0.53 of the box.

    :raises ResultsError: if the file cannot be read; names it and what is wrong.
    """
    return parse_keypoint_truth(read_json(path), path)


def parse_keypoint_truth(content: Any, path: Path) -> KeypointTruth:
    """
    Return the labels of a file that has been read.

    :param content: of the file.
    :param path: of the file, for messages.
    :raises ResultsError: as `read_keypoint_truth`.
    """
    try:
        if isinstance(content, list):
            content = _from_mpii(content)
        if not isinstance(content, dict):
            raise ValueError('must hold an object with images and annotations')
        images, people = (content.get(name) for name in ('images', 'annotations'))
        if not isinstance(images, list) or not isinstance(people, list):
            raise ValueError('images and annotations must be lists')
        return _to_truth(content, images, people)
    except (AttributeError, KeyError, TypeError) as err:
        raise ResultsError(f'{path} is not as COCO has it: {err!r}') from err
    except ValueError as err:
        raise ResultsError(f'{path}: {err}') from err


def all_joints(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return rows whose `keypoints` hold COCO-WholeBody's other fields too."""
    joined = []
    for row in rows:
        if 'keypoints' not in row:
            raise ValueError(f'keypoints are missing in a row with {", ".join(sorted(row))}')
        values = [value for name in _FIELDS for value in row.get(name, ())]
        joined.append({**row, 'keypoints': values})
    return joined


def name_skeleton(num_keypoints: int, names: Sequence[str], keypoint_set: str = '') -> Skeleton:
    """
    Return the keypoint set of a file.

    :param names: of its joints, if it tells them; a set that is not known has no limbs or sigmas.
    :param keypoint_set: if the file tells it.
    :raises ValueError: if none has so many joints.
    """
    if keypoint_set in SKELETONS:
        return get_skeleton(keypoint_set)
    if len(names) != num_keypoints:  # COCO-WholeBody names the body's alone, Halpe none
        return find_skeleton(num_keypoints)
    for skeleton in SKELETONS.values():
        if skeleton.keypoint_names == tuple(names):
            return skeleton
    groups = (('body', 0, num_keypoints),)
    return Skeleton(f'{num_keypoints} joints', tuple(names), (), (), groups=groups)


def _to_truth(
    content: Mapping[str, Any], images: list[dict[str, Any]], people: list[dict[str, Any]]
) -> KeypointTruth:
    image_ids = column(images, 'id', np.int64)
    indices = {image_id: i for i, image_id in enumerate(image_ids.tolist())}
    if len(indices) != len(images):
        raise ValueError('images must have an id of their own each')
    owners = column(people, 'image_id', np.int64).tolist()
    unknown = sorted(set(owners) - set(indices))
    if unknown:
        raise ValueError(f'annotations are of images that are not listed: {unknown[:5]}')
    people = all_joints(people)
    categories = content.get('categories') or [{}]
    names = categories[0].get('keypoints', ())
    length = len(people[0]['keypoints']) if people else 3 * len(names)
    skeleton = name_skeleton(length // 3, names, content.get('info', {}).get('keypoint_set', ''))
    triples = column(people, 'keypoints', np.float32, (3 * skeleton.num_keypoints,))
    keypoints = triples.reshape(len(people), skeleton.num_keypoints, 3)
    is_labelled = keypoints[..., 2] > 0
    boxes = _boxes(people, keypoints[..., :2], is_labelled)
    areas = column([{'area': -1, **row} for row in people], 'area', np.float32)
    return KeypointTruth(
        skeleton=skeleton,
        image_ids=image_ids,
        file_names=tuple(str(image.get('file_name', '')) for image in images),
        stamps_ns=column([{'stamp_ns': -1, **row} for row in images], 'stamp_ns', np.int64),
        has_labels=np.array([bool(image.get('is_labeled', True)) for image in images], bool),
        images=np.array([indices[owner] for owner in owners], np.int64),
        keypoints=keypoints[..., :2],
        is_labelled=is_labelled,
        boxes=boxes,
        areas=np.where(areas >= 0, areas, _AREA_OF_BOX * box_area(boxes)),
        is_crowd=column([{'iscrowd': 0, **row} for row in people], 'iscrowd', np.int64) != 0,
        head_sizes=_head_sizes(people),
        track_ids=column([{'track_id': -1, **row} for row in people], 'track_id', np.int64),
    )


def _boxes(
    people: list[dict[str, Any]], keypoints: FloatArray, is_labelled: NDArray[np.bool_]
) -> FloatArray:
    if all('bbox' in row for row in people):
        return xywh_to_xyxy(column(people, 'bbox', np.float32, (4,)))
    low = np.where(is_labelled[..., None], keypoints, np.inf).min(axis=1)
    high = np.where(is_labelled[..., None], keypoints, -np.inf).max(axis=1)
    boxes = np.concatenate([low, high], axis=1)
    return np.where(np.isfinite(boxes), boxes, 0).astype(np.float32)


def _head_sizes(people: list[dict[str, Any]]) -> FloatArray:
    """Return (P,) from PoseTrack's boxes of heads."""
    nothing = [None] * 4
    rows = [{'bbox_head': row.get('bbox_head') or nothing} for row in people]
    boxes_xywh = column(rows, 'bbox_head', np.float32, (4,), has_gaps=True)
    sizes: FloatArray = np.linalg.norm(boxes_xywh[:, 2:], axis=1) * np.float32(_HEAD_OF_BOX)
    return sizes


def _from_mpii(rows: list[Any]) -> dict[str, Any]:
    """Return a list of people with joints, joints_vis, image, center and scale as COCO has it."""
    names = list(dict.fromkeys(row['image'] for row in rows))
    people = []
    for row in rows:
        (x, y), half = row['center'], row['scale'] * _MPII_SCALE / 2
        joints = zip(row['joints'], row['joints_vis'], strict=True)
        people.append(
            {
                'image_id': names.index(row['image']) + 1,
                'keypoints': [v for (x, y), is_seen in joints for v in (x, y, 2 * is_seen)],
                'bbox': [x - half, y - half, 2 * half, 2 * half],
            }
        )
    images = [{'id': i, 'file_name': name} for i, name in enumerate(names, 1)]
    return {'images': images, 'annotations': people}
