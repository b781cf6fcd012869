# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
The result files that AlphaPose writes, for programs that read them. N people, K keypoints.

A joint that was not estimated is 0, 0, 0. Images without people leave no trace in them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alphapose_ros.core.boxes import xyxy_to_xywh
from alphapose_ros.core.pose_nms_compat import proposal_scores
from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.io.json_arrays import flat_triples
from alphapose_ros.io.results_coco import coco_entries
from alphapose_ros.structures import Poses
from alphapose_ros.structures import Skeleton
from alphapose_ros.structures import Tracks

LAYOUTS = ('default', 'coco_eval', 'cmu', 'open')
_PER_IMAGE = ('cmu', 'open')
_NAMES = get_skeleton('openpose_18_output').keypoint_names
# OpenPose's names of our groups, and how many joints it has there: the face's last two, the
# pupils, are in none of our sets.
_OPENPOSE_PARTS = {
    'face': ('face_keypoints_2d', 70),
    'left_hand': ('hand_left_keypoints_2d', 21),
    'right_hand': ('hand_right_keypoints_2d', 21),
}


class AlphaPoseWriter:
    """
    Writes alphapose-results.json, one image after the other.

    :param folder: is made; files of an earlier run are replaced.
    :param layout: default; coco_eval, with numbers as image ids; cmu or open, with the 18 joints
        of OpenPose, and each image in sep-json as well.
    :param skeleton: the joints of all people.
    :raises ValueError: if there is no such layout, or the skeleton has no joint of OpenPose's.
    """

    def __init__(self, folder: Path, layout: str, skeleton: Skeleton) -> None:
        if layout not in LAYOUTS:
            raise ValueError(f'layout must be one of {", ".join(LAYOUTS)}, got {layout!r}')
        if layout in _PER_IMAGE and not set(_NAMES) & set(skeleton.keypoint_names):
            raise ValueError(f'layout {layout} needs joints of a body, got {skeleton.name}')
        self._layout = layout
        self._skeleton = skeleton
        self._images = folder / 'sep-json'
        self._written: set[int | str] = set()
        (self._images if layout in _PER_IMAGE else folder).mkdir(parents=True, exist_ok=True)
        self._file = (folder / 'alphapose-results.json').open('w', encoding='ascii')
        self._file.write('{' if layout in _PER_IMAGE else '[')

    def write(self, image_name: str, tracks: Tracks) -> None:
        """
        Append an image.

        :param image_name: or its path. For coco_eval, what follows its last _ must be a number.
        :raises ValueError: if the name does not fit or came before, or K is not the skeleton's.
        """
        name, num_keypoints = Path(image_name), tracks.poses.num_keypoints
        image_id = _number(name) if self._layout == 'coco_eval' else name.name
        key = name.stem if self._layout in _PER_IMAGE else image_id
        if key in self._written:
            raise ValueError(f'image_name must be new, got {image_name!r} after another {key}')
        if num_keypoints != self._skeleton.num_keypoints:
            raise ValueError(
                f'tracks must have joints of {self._skeleton.name}, got {num_keypoints}'
            )
        if not len(tracks):
            return
        if self._layout in _PER_IMAGE:
            image = openpose_image(tracks.poses, self._skeleton, self._layout)
            text = json.dumps(image, allow_nan=False)
            (self._images / f'{name.stem}.json').write_text(text)
            text = f'{json.dumps(image_id)}: {text}'
        else:
            text = json.dumps(alphapose_entries(image_id, tracks), allow_nan=False)[1:-1]
        self._file.write(', ' + text if self._written else text)
        self._file.flush()
        self._written.add(key)

    def close(self) -> None:
        """Finish the file; without it a bracket is missing. A second call changes nothing."""
        if not self._file.closed:
            self._file.write('}' if self._layout in _PER_IMAGE else ']')
        self._file.close()

    def __enter__(self) -> AlphaPoseWriter:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def alphapose_entries(image_id: int | str, tracks: Tracks) -> list[dict[str, Any]]:
    """
    Return the objects of one image in the layouts default and coco_eval.

    `score` is AlphaPose's, up to 3.25. `idx` is the id; of the untracked it is [0.0], as AlphaPose
    has it of people into whom no other candidate was merged.
    """
    entries = coco_entries(image_id, tracks.poses, proposal_scores(tracks.poses))
    boxes_xywh = xyxy_to_xywh(tracks.poses.boxes).tolist()
    return [
        {**entry, 'box': box_xywh, 'idx': track_id if track_id >= 0 else [0.0]}
        for entry, box_xywh, track_id in zip(
            entries, boxes_xywh, tracks.track_ids.tolist(), strict=True
        )
    ]


def openpose_image(poses: Poses, skeleton: Skeleton, layout: str) -> dict[str, Any]:
    """
    Return the object of one image.

    Joints are found by their names. A neck, where the skeleton has none, is the middle of the
    shoulders. The layout open has face and hands too, if the skeleton has them.

    :param layout: cmu or open.
    """
    keypoints = poses.keypoints.astype(np.float64)
    scores = poses.keypoint_scores.astype(np.float64)
    body = flat_triples(*_openpose_body(keypoints, scores, skeleton))
    if layout == 'cmu':
        return {'version': 'AlphaPose v0.3', 'bodies': [{'joints': joints} for joints in body]}
    parts = {'pose_keypoints_2d': body}
    for group, start, end in skeleton.groups:
        if group in _OPENPOSE_PARTS:
            name, length = _OPENPOSE_PARTS[group]
            triples = flat_triples(keypoints[:, start:end], scores[:, start:end])
            parts[name] = [row + [0.0] * 3 * (length - (end - start)) for row in triples]
    people = [dict(zip(parts, row, strict=True)) for row in zip(*parts.values(), strict=True)]
    return {'version': 'AlphaPose v0.3', 'people': people}


def _openpose_body(
    keypoints: NDArray[np.float64], scores: NDArray[np.float64], skeleton: Skeleton
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return (N, 18, 2) keypoints, NaN where the skeleton lacks a joint, and (N, 18) scores."""
    joints = np.concatenate([keypoints, scores[..., None]], axis=2)
    by_name = {name: joints[:, i] for i, name in enumerate(skeleton.keypoint_names)}
    if 'neck' not in by_name and {'left_shoulder', 'right_shoulder'} <= set(by_name):
        by_name['neck'] = (by_name['left_shoulder'] + by_name['right_shoulder']) / 2
    lacking = np.full((len(joints), 3), np.nan)
    body = np.stack([by_name.get(name, lacking) for name in _NAMES], axis=1)
    return body[..., :2], body[..., 2]


def _number(name: Path) -> int:
    digits = name.stem.rpartition('_')[2]
    if not (digits.isascii() and digits.isdigit()):
        raise ValueError(f'image_name must end in a number, got {name.name!r}')
    return int(digits)
