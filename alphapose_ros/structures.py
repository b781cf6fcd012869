# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
The values that travel through the pipeline: image -> Detections -> Poses -> Tracks.

Axes: N people, K keypoints, D embedding values. Nobody is a normal value: N = 0 goes through every
stage. Boxes are xyxy pixels of the source image; the origin of pixels is the centre of the
top-left pixel, x to the right, y down (as in sensor_msgs/CameraInfo).
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field
from enum import IntEnum
from typing import Any
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]
T = TypeVar('T', bound='_PeopleArrays')


class TrackState(IntEnum):
    """How much an identity can be trusted; the values of PersonPose2D.track_state."""

    UNTRACKED = 0
    TENTATIVE = 1
    TRACKED = 2
    PREDICTED = 3
    SMOOTHED = 4


def _check(name: str, array: Any, shape: tuple[int | None, ...], dtype: type) -> None:
    """Refuse an array of another type or shape; None stands for any length."""
    is_typed = isinstance(array, np.ndarray) and array.dtype.type is dtype
    if is_typed and len(array.shape) == len(shape):
        for length, wanted_length in zip(array.shape, shape, strict=True):
            if wanted_length is not None and length != wanted_length:
                break
        else:
            return
    wanted = '(' + ', '.join('*' if n is None else str(n) for n in shape) + ')'
    if not isinstance(array, np.ndarray):
        raise TypeError(f'{name} must be an ndarray of shape {wanted}, got {type(array).__name__}')
    if array.dtype != dtype:
        raise TypeError(f'{name} must have dtype {np.dtype(dtype)}, got {array.dtype}')
    raise ValueError(f'{name} must have shape {wanted}, got {array.shape}')


class _PeopleArrays:
    """Arrays that share their first axis, one row per person."""

    def __len__(self) -> int:
        return len(next(iter(vars(self).values())))

    def __getitem__(self: T, index: Any) -> T:
        """Return the people chosen by a slice, a boolean mask or an index array."""
        if isinstance(index, (int, np.integer)):
            raise TypeError('index must be a slice, a mask or an array, got a single integer')
        return type(self)(**{name: array[index] for name, array in vars(self).items()})


@dataclass(frozen=True, eq=False)
class Detections(_PeopleArrays):
    """
    People found by the detector.

    :param boxes: (N, 4) xyxy; may leave the image.
    :param scores: (N,) in [0, 1].
    :raises TypeError: if a value is no ndarray of float32.
    :raises ValueError: if a shape does not fit.
    """

    boxes: FloatArray
    scores: FloatArray

    def __post_init__(self) -> None:
        _check('boxes', self.boxes, (None, 4), np.float32)
        _check('scores', self.scores, (len(self.boxes),), np.float32)

    @staticmethod
    def empty() -> Detections:
        """Return nobody."""
        return Detections(np.zeros((0, 4), np.float32), np.zeros(0, np.float32))


@dataclass(frozen=True, eq=False)
class Poses(_PeopleArrays):
    """
    People with joints.

    :param boxes: (N, 4) xyxy, the detector's.
    :param box_scores: (N,) in [0, 1], the detector's.
    :param keypoints: (N, K, 2) x, y; NaN, NaN where a joint was not estimated.
    :param keypoint_scores: (N, K) in [0, 1]; 0 where a joint was not estimated.
    :param scores: (N,) confidence in the person, in [0, 1].
    :param embeddings: (N, D) identity vectors; D = 0 when there are none.
    :raises TypeError: if a value is no ndarray of float32.
    :raises ValueError: if a shape does not fit.
    """

    boxes: FloatArray
    box_scores: FloatArray
    keypoints: FloatArray
    keypoint_scores: FloatArray
    scores: FloatArray
    embeddings: FloatArray

    def __post_init__(self) -> None:
        _check('boxes', self.boxes, (None, 4), np.float32)
        n = len(self.boxes)
        _check('box_scores', self.box_scores, (n,), np.float32)
        _check('keypoints', self.keypoints, (n, None, 2), np.float32)
        _check('keypoint_scores', self.keypoint_scores, self.keypoints.shape[:2], np.float32)
        _check('scores', self.scores, (n,), np.float32)
        _check('embeddings', self.embeddings, (n, None), np.float32)

    @property
    def num_keypoints(self) -> int:
        """K, known also when nobody is there."""
        return int(self.keypoints.shape[1])

    def concatenate(self, others: Poses) -> Poses:
        """Return these people, then the others; K and D must agree."""
        mine, theirs = vars(self), vars(others)
        return Poses(**{name: np.concatenate([mine[name], theirs[name]]) for name in mine})

    @staticmethod
    def empty(num_keypoints: int) -> Poses:
        """Return nobody, with K known."""
        return Poses(
            boxes=np.zeros((0, 4), np.float32),
            box_scores=np.zeros(0, np.float32),
            keypoints=np.zeros((0, num_keypoints, 2), np.float32),
            keypoint_scores=np.zeros((0, num_keypoints), np.float32),
            scores=np.zeros(0, np.float32),
            embeddings=np.zeros((0, 0), np.float32),
        )


@dataclass(frozen=True, eq=False)
class Tracks(_PeopleArrays):
    """
    People with identities, sorted by id, untracked last.

    :param poses: the people; of PREDICTED ones box and joints are extrapolated, of SMOOTHED ones
        joints are filtered over time.
    :param track_ids: (N,) int32, -1 where untracked.
    :param states: (N,) uint8, values of TrackState.
    :param ages: (N,) uint32, processed images since birth.
    :raises TypeError: if a value is no ndarray of the type above.
    :raises ValueError: if a shape does not fit.
    """

    poses: Poses
    track_ids: NDArray[np.int32]
    states: NDArray[np.uint8]
    ages: NDArray[np.uint32]

    def __post_init__(self) -> None:
        n = len(self.poses)
        _check('track_ids', self.track_ids, (n,), np.int32)
        _check('states', self.states, (n,), np.uint8)
        _check('ages', self.ages, (n,), np.uint32)

    @staticmethod
    def untracked(poses: Poses) -> Tracks:
        """Return `poses` without identities."""
        n = len(poses)
        return Tracks(
            poses=poses,
            track_ids=np.full(n, -1, np.int32),
            states=np.full(n, TrackState.UNTRACKED, np.uint8),
            ages=np.zeros(n, np.uint32),
        )

    @staticmethod
    def empty(num_keypoints: int) -> Tracks:
        """Return nobody, with K known."""
        return Tracks.untracked(Poses.empty(num_keypoints))


@dataclass(frozen=True)
class Skeleton:
    """
    What the joints of a keypoint set are called and how they belong together.

    :param name: such as coco_17.
    :param keypoint_names: K names, index = joint; left and right are the person's own.
    :param limbs: pairs of joints to connect when drawing.
    :param flip_pairs: pairs (left, right) that swap when the image is mirrored.
    :param sigmas: K constants of the object keypoint similarity (COCO); empty if unknown.
    :param groups: (name, start, end) of consecutive joints: body, feet, face, left_hand and
        right_hand.
    """

    name: str
    keypoint_names: tuple[str, ...]
    limbs: tuple[tuple[int, int], ...]
    flip_pairs: tuple[tuple[int, int], ...]
    sigmas: tuple[float, ...] = ()
    groups: tuple[tuple[str, int, int], ...] = field(default=())

    @property
    def num_keypoints(self) -> int:
        """K, the number of joints."""
        return len(self.keypoint_names)

    def index(self, keypoint_name: str) -> int:
        """
        Return the joint of a name.

        :raises ValueError: if the set has no such joint; the message lists those it has.
        """
        if keypoint_name not in self.keypoint_names:
            raise ValueError(
                f'{self.name} has no joint {keypoint_name!r}; '
                f'it has {", ".join(self.keypoint_names)}'
            )
        return self.keypoint_names.index(keypoint_name)
