# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""What is shown of people: to the drawing, and to viewers that draw themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
import math

import numpy as np
from numpy.typing import NDArray

from alphapose_ros.core.palette import Color
from alphapose_ros.core.palette import joint_color
from alphapose_ros.core.palette import track_color
from alphapose_ros.structures import FloatArray
from alphapose_ros.structures import Skeleton
from alphapose_ros.structures import Tracks
from alphapose_ros.structures import TrackState

DETAIL_GROUPS = ('face', 'left_hand', 'right_hand')


@dataclass(frozen=True, eq=False)
class Marks:
    """
    One person, of whom J joints and L limbs are shown; colours are BGR.

    :param name: track_7, or untracked_0, untracked_1 ... in the order of the people.
    :param track_id: -1 where untracked.
    :param score: of the person, in [0, 1].
    :param label: identity and score.
    :param color: of box and label.
    :param box: (4,) xyxy.
    :param width: of limbs in pixels.
    :param joints: (J,) indices of the joints that are shown.
    :param points: (J, 2) x, y of them.
    :param keypoint_scores: (J,) in [0, 1].
    :param joint_colors: J of them.
    :param is_fine_joint: (J,) bool, those of face and hands.
    :param limbs: (L, 2, 2) x, y of both ends.
    :param limb_colors: L of them.
    :param is_fine_limb: (L,) bool.
    """

    name: str
    track_id: int
    score: float
    label: str
    color: Color
    box: FloatArray
    width: int
    joints: NDArray[np.intp]
    points: FloatArray
    keypoint_scores: FloatArray
    joint_colors: tuple[Color, ...]
    is_fine_joint: NDArray[np.bool_]
    limbs: FloatArray
    limb_colors: tuple[Color, ...]
    is_fine_limb: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class View:
    """
    An image with its people, for viewers.

    :param jpeg: the image.
    :param people: who is on it.
    :param skeleton: names their joints.
    :param stamp_ns: of the image.
    :param frame_id: of the image.
    """

    jpeg: bytes
    people: Sequence[Marks]
    skeleton: Skeleton
    stamp_ns: int
    frame_id: str


def mark_people(tracks: Tracks, skeleton: Skeleton, min_keypoint_score: float) -> list[Marks]:
    """
    Return what is shown of everybody.

    :param min_keypoint_score: joints scored below, and those that are NaN, are left out.
    :raises ValueError: if the tracks are not of the skeleton.
    """
    poses = tracks.poses
    if poses.num_keypoints != skeleton.num_keypoints:
        raise ValueError(
            f'tracks must have the {skeleton.num_keypoints} joints of {skeleton.name}, '
            f'got {poses.num_keypoints}'
        )
    is_shown = np.isfinite(poses.keypoints).all(axis=2)
    is_shown &= poses.keypoint_scores >= min_keypoint_score
    return [_mark(tracks, i, is_shown[i], skeleton) for i in range(len(tracks))]


def _mark(tracks: Tracks, i: int, is_shown: NDArray[np.bool_], skeleton: Skeleton) -> Marks:
    poses, track_id = tracks.poses, int(tracks.track_ids[i])
    ends = np.array(skeleton.limbs, np.intp).reshape(-1, 2)
    joints, limbs = np.flatnonzero(is_shown), np.flatnonzero(is_shown[ends].all(axis=1))
    of_joints, of_limbs = joint_sides(skeleton), limb_sides(skeleton)
    is_fine = _are_fine(skeleton)
    # Untracked people are sorted last.
    number = i - int((tracks.track_ids >= 0).sum())
    return Marks(
        name=f'track_{track_id}' if track_id >= 0 else f'untracked_{number}',
        track_id=track_id,
        score=float(poses.scores[i]),
        label=label_text(tracks, i),
        color=track_color(track_id),
        box=poses.boxes[i],
        width=limb_width(poses.boxes[i], int(tracks.states[i])),
        joints=joints,
        points=poses.keypoints[i, joints],
        keypoint_scores=poses.keypoint_scores[i, joints],
        joint_colors=tuple(joint_color(track_id, of_joints[k], 'track') for k in joints),
        is_fine_joint=is_fine[joints],
        limbs=poses.keypoints[i, ends[limbs]],
        limb_colors=tuple(joint_color(track_id, of_limbs[k], 'track') for k in limbs),
        is_fine_limb=is_fine[ends[limbs, 0]] | is_fine[ends[limbs, 1]],
    )


def label_text(tracks: Tracks, i: int) -> str:
    """Return identity and score of a person; of a PREDICTED one that they are hidden."""
    track_id = int(tracks.track_ids[i])
    identity = '' if track_id < 0 else f'#{track_id}  '
    is_hidden = tracks.states[i] == TrackState.PREDICTED
    return identity + ('hidden' if is_hidden else f'{tracks.poses.scores[i]:.2f}')


def _are_fine(skeleton: Skeleton) -> NDArray[np.bool_]:
    is_fine = np.zeros(skeleton.num_keypoints, bool)
    for group, start, end in skeleton.groups:
        is_fine[start:end] |= group in DETAIL_GROUPS
    return is_fine


@lru_cache(maxsize=32)
def joint_sides(skeleton: Skeleton) -> tuple[str, ...]:
    """Return for each joint left, right or centre, of the person."""
    sides = ['centre'] * skeleton.num_keypoints
    for left, right in skeleton.flip_pairs:
        sides[left], sides[right] = 'left', 'right'
    return tuple(sides)


@lru_cache(maxsize=32)
def limb_sides(skeleton: Skeleton) -> tuple[str, ...]:
    """
    Return the same for each limb.

    One from the trunk to one side belongs to that side, one across the trunk to neither.
    """
    sides = joint_sides(skeleton)
    return tuple(_limb_side(sides[a], sides[b]) for a, b in skeleton.limbs)


def _limb_side(a: str, b: str) -> str:
    if a == b or b == 'centre':
        return a
    return b if a == 'centre' else 'centre'


def limb_width(box: np.ndarray, state: int) -> int:
    """Return the width of limbs in pixels for a person of that size."""
    x0, y0, x1, y1 = box.tolist()
    size = max(x1 - x0, y1 - y0)
    width = round(min(max(size / 110, 1), 8)) if math.isfinite(size) else 1
    return max(width // 2, 1) if state in (TrackState.TENTATIVE, TrackState.PREDICTED) else width
