# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
PoseTrack 2018 JSON: ground truth, and the results its evaluation reads. N people.

Of its 17 joints 15 count; the ears are never annotated and written as missing: 0, 0, 0. COCO has
no head_bottom and head_top. They are laid onto the line from the middle of the shoulders to the
nose: at 1/4 of its length, and at 3/2. On the 13 annotated people by whom this was chosen, the
first is off by an eighth of the head's size (median); the second is rough, by 0.4 of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
import json
from pathlib import Path
from typing import Any

import numpy as np

from alphapose_ros.io.files import replace_file
from alphapose_ros.io.json_arrays import column
from alphapose_ros.io.json_arrays import flat_triples
from alphapose_ros.io.json_arrays import poses_without_boxes
from alphapose_ros.io.results import read_json
from alphapose_ros.io.results import ResultsError
from alphapose_ros.structures import FloatArray
from alphapose_ros.structures import Poses
from alphapose_ros.structures import Skeleton
from alphapose_ros.structures import Tracks
from alphapose_ros.structures import TrackState

POSETRACK_NAMES = (
    'nose', 'head_bottom', 'head_top', 'left_ear', 'right_ear', 'left_shoulder', 'right_shoulder',
    'left_elbow', 'right_elbow', 'left_wrist', 'right_wrist', 'left_hip', 'right_hip',
    'left_knee', 'right_knee', 'left_ankle', 'right_ankle',
)  # fmt: skip
_UNUSED = ('left_ear', 'right_ear')
# What other sets call the two joints that COCO lacks, and else where they lie: 0 is the middle of
# the shoulders, 1 the nose.
_HEAD = {'head_bottom': (('upper_neck', 'neck'), 0.25), 'head_top': (('head',), 1.5)}
_BASE = ('left_shoulder', 'right_shoulder', 'nose')
_CATEGORY = {'supercategory': 'person', 'id': 1, 'name': 'person', 'keypoints': POSETRACK_NAMES}


@dataclass(frozen=True, eq=False)
class PoseTrackImage:
    """
    Who is in an image.

    :param image_id: a number of PoseTrack, or any other.
    :param file_name: as PoseTrack has it, such as images/val/000342_mpii_test/000000.jpg.
    :param tracks: the people.
    """

    image_id: int
    file_name: str
    tracks: Tracks


def write_posetrack(path: Path, images: Iterable[PoseTrackImage], skeleton: Skeleton) -> None:
    """
    Write people with identities; the untracked, for whom the format has no place, are left out.

    :param skeleton: the joints of all people; those that PoseTrack lacks are left out.
    """
    content: dict[str, list[Any]] = {'images': [], 'annotations': [], 'categories': [_CATEGORY]}
    for image in images:
        identity = {'file_name': image.file_name, 'id': image.image_id}
        content['images'].append({**identity, 'frame_id': image.image_id})
        content['annotations'] += _annotations(image, skeleton)
    with replace_file(path) as part:
        part.write_text(json.dumps(content, allow_nan=False))


def read_posetrack(path: Path) -> list[PoseTrackImage]:
    """
    Read ground truth or results.

    :return: in the order of the file, with the joints `POSETRACK_NAMES`. Scores are 1 in ground
        truth, boxes are the extent of the joints, ages are not known: 0.
    :raises ResultsError: if the file cannot be read; names it.
    """
    content = read_json(path)
    try:
        images, annotations = (content[name] for name in ('images', 'annotations'))
        if not isinstance(images, list) or not isinstance(annotations, list):
            raise ValueError('images and annotations must be lists')
        return _to_images(images, annotations)
    except (KeyError, TypeError) as err:
        raise ResultsError(f'{path} must hold images and annotations: {err!r}') from err
    except ValueError as err:
        raise ResultsError(f'{path}: {err}') from err


def _annotations(image: PoseTrackImage, skeleton: Skeleton) -> list[dict[str, Any]]:
    tracks = image.tracks[image.tracks.track_ids >= 0]
    keypoints, scores = _to_posetrack(tracks.poses, skeleton)
    rows = zip(
        tracks.track_ids.tolist(),
        flat_triples(keypoints, np.ones_like(scores)),
        scores.tolist(),
        strict=True,
    )
    return [
        {
            'image_id': image.image_id,
            'category_id': 1,
            'track_id': track_id,
            'keypoints': triples,
            'scores': joint_scores,
        }
        for track_id, triples, joint_scores in rows
    ]


def _to_posetrack(poses: Poses, skeleton: Skeleton) -> tuple[FloatArray, FloatArray]:
    """Return (N, 17, 2) keypoints, NaN where missing, and (N, 17) scores, 0 where missing."""
    joints = np.concatenate([poses.keypoints, poses.keypoint_scores[..., None]], axis=2)
    own = {name: joints[:, i] for i, name in enumerate(skeleton.keypoint_names)}
    by_name = {name: own[name] for name in POSETRACK_NAMES if name in own and name not in _UNUSED}
    for name, (other_names, place) in _HEAD.items():
        found = [own[other] for other in other_names if other in own]
        if name not in by_name and found:
            by_name[name] = found[0]
        elif name not in by_name and set(_BASE) <= set(own):
            left, right, nose = (own[base] for base in _BASE)
            derived = (1 - place) * (left + right) / 2 + place * nose
            derived[:, 2] = np.minimum(np.minimum(left, right), nose)[:, 2]
            by_name[name] = derived
    lacking = np.full((len(joints), 3), np.nan, np.float32)
    chosen = np.stack([by_name.get(name, lacking) for name in POSETRACK_NAMES], axis=1)
    is_missing = np.isnan(chosen).any(axis=2)
    return chosen[..., :2], np.where(is_missing, np.float32(0), chosen[..., 2])


def _to_images(images: list[Any], annotations: list[Any]) -> list[PoseTrackImage]:
    ids = column(images, 'id', np.int64).tolist()
    image_ids = column(annotations, 'image_id', np.int64)
    unknown = set(image_ids.tolist()) - set(ids)
    if unknown:
        raise ValueError(f'image_id must be one of images, got {min(unknown)}')
    track_ids = column(annotations, 'track_id', np.int32)
    order = np.argsort(track_ids, kind='stable')
    n = len(track_ids)
    everybody = Tracks(
        poses=_to_poses(annotations),
        track_ids=track_ids,
        states=np.full(n, TrackState.TRACKED, np.uint8),
        ages=np.zeros(n, np.uint32),
    )[order]
    image_ids = image_ids[order]
    return [
        PoseTrackImage(image_id, str(image['file_name']), everybody[image_ids == image_id])
        for image_id, image in zip(ids, images, strict=True)
    ]


def _to_poses(annotations: list[Any]) -> Poses:
    k = len(POSETRACK_NAMES)
    triples = column(annotations, 'keypoints', np.float32, (3 * k,)).reshape(-1, k, 3)
    is_known = triples[..., 2] > 0
    joint_scores = is_known.astype(np.float32)
    if any(annotation.get('scores') for annotation in annotations):
        joint_scores = column(annotations, 'scores', np.float32, (k,)) * is_known
    keypoints = np.where(is_known[..., None], triples[..., :2], np.float32(np.nan))
    scores = joint_scores.sum(axis=1) / np.maximum(is_known.sum(axis=1), 1)
    return poses_without_boxes(keypoints, joint_scores, scores.astype(np.float32))
