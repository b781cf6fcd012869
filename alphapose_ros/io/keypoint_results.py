# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Found people from a file of any format that is known here; the format is told by the content."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from alphapose_ros.core.boxes import xywh_to_xyxy
from alphapose_ros.core.skeletons import find_skeleton
from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.io.bag_reader import BagReader
from alphapose_ros.io.bag_reader import is_bag
from alphapose_ros.io.json_arrays import column
from alphapose_ros.io.json_arrays import poses_without_boxes
from alphapose_ros.io.json_arrays import split_triples
from alphapose_ros.io.keypoint_truth import all_joints
from alphapose_ros.io.keypoint_truth import name_skeleton
from alphapose_ros.io.message_types import BagError
from alphapose_ros.io.message_types import POSES_TYPE
from alphapose_ros.io.results import FORMAT
from alphapose_ros.io.results import ImageResults
from alphapose_ros.io.results import read_header
from alphapose_ros.io.results import read_json
from alphapose_ros.io.results import read_results
from alphapose_ros.io.results import ResultsError
from alphapose_ros.io.results_bags import find_skeleton_of
from alphapose_ros.io.results_bags import read_bag_results
from alphapose_ros.io.results_posetrack import POSETRACK_NAMES
from alphapose_ros.io.results_posetrack import read_posetrack
from alphapose_ros.io.video import IMAGE_SUFFIXES
from alphapose_ros.structures import Poses
from alphapose_ros.structures import Skeleton
from alphapose_ros.structures import Tracks
from alphapose_ros.structures import TrackState

ALPHAPOSE_FILE = 'alphapose-results.json'
# What a bag is asked for, the first first.
_TOPICS = ('tracks', 'poses')
# People of an image in AlphaPose's layouts cmu and open, and their joints.
_PER_IMAGE = {'bodies': 'joints', 'people': 'pose_keypoints_2d'}


@dataclass(frozen=True, eq=False)
class KeypointResults:
    """
    Who was found in which image; the images are named in one way.

    :param skeleton: the joints.
    :param people: of every image.
    :param image_ids: one per image, or empty.
    :param file_names: likewise.
    :param stamps_ns: likewise.
    :param size_wh: of the images; 0, 0 if unknown.
    """

    skeleton: Skeleton
    people: tuple[Tracks, ...]
    image_ids: tuple[int, ...] = ()
    file_names: tuple[str, ...] = ()
    stamps_ns: tuple[int, ...] = ()
    size_wh: tuple[int, int] = (0, 0)


def read_keypoint_results(path: Path, topic: str = '') -> KeypointResults:
    """
    Read our JSON Lines or bags, COCO results, AlphaPose's four layouts or PoseTrack's JSON.

    :param path: of the file, or a folder: a bag, or with alphapose-results.json.
    :param topic: of a bag; '' is that of the only tracks, or else of the only poses.
    :raises ResultsError: if it cannot be read; names the file.
    :raises BagError: likewise, of a bag.
    """
    if path.exists() and is_bag(path):
        topic = topic or _find_topic(path)
        return _from_images_of_ours(
            find_skeleton_of(path, topic), list(read_bag_results(path, topic))
        )
    if (path / ALPHAPOSE_FILE).is_file():
        path = path / ALPHAPOSE_FILE
    if _is_ours(path):
        return _read_ours(path)
    content = read_json(path)
    try:
        if isinstance(content, list):
            return _from_rows(content)
        if isinstance(content, dict) and 'annotations' in content:
            return _read_posetrack(path)
        if isinstance(content, dict):
            return _from_images(content)
    except (AttributeError, KeyError, TypeError) as err:
        raise ResultsError(f'{path} cannot be read: {err!r}') from err
    except ValueError as err:
        raise ResultsError(f'{path}: {err}') from err
    raise ResultsError(f'{path} must hold a list or an object, got {type(content).__name__}')


def _is_ours(path: Path) -> bool:
    try:
        with path.open('rb') as file:
            return f'"{FORMAT}"'.encode() in file.readline(200)
    except OSError as err:
        raise ResultsError(f'{path} cannot be read: {err}') from err


def _read_ours(path: Path) -> KeypointResults:
    header = read_header(path)
    names = header.keypoint_names
    skeleton = name_skeleton(len(names), names, header.keypoint_set)
    return _from_images_of_ours(skeleton, list(read_results(path)))


def _find_topic(path: Path) -> str:
    """Return the topic of a bag that has the people."""
    with BagReader(path) as bag:
        topics = [name for name, info in bag.topics.items() if info.type_name == POSES_TYPE]
    for last_part in _TOPICS:
        found = [topic for topic in topics if topic.rpartition('/')[2] == last_part]
        if len(found) == 1:
            return found[0]
    raise BagError(
        f'{path}: name the topic of the people, one of {", ".join(sorted(topics)) or "none"}'
    )


def _from_images_of_ours(skeleton: Skeleton, images: Sequence[ImageResults]) -> KeypointResults:
    file_names = tuple(image.frame_id for image in images)
    has_names = all(Path(name).suffix.lower() in IMAGE_SUFFIXES for name in file_names)
    return KeypointResults(
        skeleton=skeleton,
        people=tuple(image.tracks for image in images),
        file_names=file_names if has_names else (),
        stamps_ns=() if has_names else tuple(image.stamp_ns for image in images),
        size_wh=images[0].size_wh if images else (0, 0),
    )


def _from_rows(rows: list[Any]) -> KeypointResults:
    """Return COCO's or AlphaPose's rows, one per person, with numbers or names of images."""
    rows = all_joints(rows)
    missing = [i for i, row in enumerate(rows, 1) if 'image_id' not in row]
    if missing:
        raise ValueError(f'image_id is missing in row {missing[0]} of {len(rows)}')
    if not rows:
        return KeypointResults(get_skeleton('coco_17'), ())
    skeleton = find_skeleton(len(rows[0]['keypoints']) // 3)
    triples = column(rows, 'keypoints', np.float32, (3 * skeleton.num_keypoints,))
    poses = poses_without_boxes(*split_triples(triples), column(rows, 'score', np.float32))
    if all('box' in row for row in rows):
        boxes = xywh_to_xyxy(column(rows, 'box', np.float32, (4,)))
        poses = replace(poses, boxes=boxes)
    everybody = _with_ids(poses, [row.get('idx') for row in rows])
    owners = [row['image_id'] for row in rows]
    if all(isinstance(owner, str) for owner in owners):
        people = {name: _of(everybody, owners, name) for name in dict.fromkeys(owners)}
        return KeypointResults(skeleton, tuple(people.values()), file_names=tuple(people))
    ids = column(rows, 'image_id', np.int64).tolist()
    by_id = {image_id: _of(everybody, ids, image_id) for image_id in dict.fromkeys(ids)}
    return KeypointResults(skeleton, tuple(by_id.values()), image_ids=tuple(by_id))


def _of(everybody: Tracks, owners: Sequence[Any], owner: Any) -> Tracks:
    return everybody[np.array([other == owner for other in owners])]


def _with_ids(poses: Poses, ids: Sequence[Any]) -> Tracks:
    """Return people with AlphaPose's ids; it writes a list for those without one."""
    if not any(type(i) is int for i in ids):
        return Tracks.untracked(poses)
    track_ids = np.array([i if type(i) is int else -1 for i in ids], np.int32)
    states = np.where(track_ids >= 0, TrackState.TRACKED, TrackState.UNTRACKED)
    ages = np.zeros(len(ids), np.uint32)
    return Tracks(poses, track_ids, states.astype(np.uint8), ages)


def _from_images(images: Mapping[str, Any]) -> KeypointResults:
    """Return AlphaPose's layouts cmu and open: the 18 joints of OpenPose, by name of the image."""
    skeleton = get_skeleton('openpose_18_output')
    people = []
    for name, image in images.items():
        layout = next((key for key in _PER_IMAGE if key in image), '')
        if not layout:
            raise ValueError(f'{name} must have one of {", ".join(_PER_IMAGE)}')
        length = 3 * skeleton.num_keypoints
        triples = column(image[layout], _PER_IMAGE[layout], np.float32, (length,))
        keypoints, scores = split_triples(triples)
        poses = poses_without_boxes(keypoints, scores, scores.mean(axis=1))
        people.append(Tracks.untracked(poses))
    return KeypointResults(skeleton, tuple(people), file_names=tuple(images))


def _read_posetrack(path: Path) -> KeypointResults:
    images = read_posetrack(path)
    return KeypointResults(
        skeleton=name_skeleton(len(POSETRACK_NAMES), POSETRACK_NAMES),
        people=tuple(image.tracks for image in images),
        file_names=tuple(image.file_name for image in images),
    )
