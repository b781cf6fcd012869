# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
PoseFlow (Xiu et al. 2018) in the form of AlphaPose: people are followed by what moves with them.

For offline use: it looks at the images and takes a multiple of the time of `tracker`. N old and M
new people, K keypoints, C correspondences between two images.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from alphapose_ros.structures import Poses
from alphapose_ros.structures import Tracks
from alphapose_ros.structures import TrackState
from alphapose_ros.tracking.compat import iou_of_pixels
from alphapose_ros.tracking.correspondences import Features
from alphapose_ros.tracking.correspondences import find_features
from alphapose_ros.tracking.correspondences import match_features

Float64Array = NDArray[np.float64]
IndexArray = NDArray[np.intp]

_BOX_GROWTH = 0.1  # of the side, on each end
_JOINT_RADIUS = 30  # pixels, half the side of the square around a joint
_BEST_JOINTS = 7
_OVERLAP_WEIGHT = 2  # where correspondences count too


@dataclass(frozen=True, eq=False)
class Figures:
    """
    Where people are.

    :param keypoints: (N, K, 2) x, y; NaN where a joint was not estimated.
    :param boxes: (N, 4) xyxy, of the joints.
    """

    keypoints: Float64Array
    boxes: Float64Array


@dataclass(frozen=True, eq=False)
class _Memory:
    """
    People as they were last seen, one row each.

    :param ids: (N,) int32.
    :param births: (N,) number of the image in which each was first seen.
    :param last_seen: (N,) number of the image in which each was last seen.
    :param keypoints: (N, K, 2) as in `Figures`.
    :param boxes: (N, 4) as in `Figures`.
    """

    ids: NDArray[np.int32]
    births: IndexArray
    last_seen: IndexArray
    keypoints: Float64Array
    boxes: Float64Array

    def __getitem__(self, index: NDArray[np.bool_]) -> _Memory:
        return _Memory(**{name: column[index] for name, column in vars(self).items()})

    @property
    def figures(self) -> Figures:
        return Figures(self.keypoints, self.boxes)

    def concatenate(self, others: _Memory) -> _Memory:
        columns = vars(self).items()
        return _Memory(**{name: np.append(a, vars(others)[name], axis=0) for name, a in columns})

    @staticmethod
    def empty(num_keypoints: int) -> _Memory:
        none = np.zeros(0, np.intp)
        keypoints, boxes = np.zeros((0, num_keypoints, 2)), np.zeros((0, 4))
        return _Memory(np.zeros(0, np.int32), none, none, keypoints, boxes)


class PoseFlow:
    """
    Gives the people of a video identities by the points of the image that move with them.

    The same calls give the same results. Ids start at 1 and are never used again, not even after
    a reset.

    :param max_lost_images: who was not seen for longer is somebody new.
    :param min_grade: a pair must be graded higher to be one person, up to 6.
    """

    def __init__(self, *, max_lost_images: int = 100, min_grade: float = 0.2) -> None:
        if not (max_lost_images >= 1 and min_grade >= 0):
            raise ValueError(
                'max_lost_images must be at least 1 and min_grade at least 0, '
                f'got {max_lost_images} and {min_grade}'
            )
        self._max_lost_images = max_lost_images
        self._min_grade = min_grade
        self._last_id = 0
        self.reset()

    def reset(self) -> None:
        """Forget everybody; ids go on."""
        self._image_number = 0
        self._memory: _Memory | None = None
        self._features: Features | None = None

    def update(self, poses: Poses, stamp_ns: int, image: NDArray[np.uint8]) -> Tracks:
        """
        Take the people of the next image.

        :param poses: M people, in the order in which new ids are to be given.
        :param stamp_ns: not used, every image is one step of time.
        :param image: (H, W, 3) uint8 BGR.
        :return: each of the people once.
        :raises ValueError: if the image or K does not fit, or a box is not finite or reversed.
        """
        _check(poses, image)
        memory = _Memory.empty(poses.num_keypoints) if self._memory is None else self._memory
        if poses.num_keypoints != memory.keypoints.shape[1]:
            raise ValueError(
                f'poses must have {memory.keypoints.shape[1]} keypoints, got {poses.num_keypoints}'
            )
        self._image_number += 1
        memory = memory[self._image_number - memory.last_seen <= self._max_lost_images]
        figures = locate_people(poses, size_wh=(image.shape[1], image.shape[0]))
        grades = grade_pairs(
            memory.figures,
            figures,
            correspondences=self._correspondences(image, len(poses)),
            is_former=memory.last_seen == self._image_number - 1,
        )
        rows, columns = match_people(grades, self._min_grade)
        is_found = np.isin(np.arange(len(memory.ids)), rows)
        seen = self._identify(memory, figures, rows, columns)
        self._memory = memory[~is_found].concatenate(seen)
        order = np.argsort(seen.ids)
        return Tracks(
            poses[order],
            seen.ids[order],
            np.full(len(poses), TrackState.TRACKED, np.uint8),
            (self._image_number - seen.births[order]).astype(np.uint32),
        )

    def _correspondences(
        self, image: NDArray[np.uint8], num_people: int
    ) -> NDArray[np.int32] | None:
        """Return which points of the last image are where; nobody there needs none."""
        old, self._features = self._features, find_features(image) if num_people else None
        if old is None or self._features is None:
            return None
        return match_features(old, self._features)

    def _identify(
        self, memory: _Memory, figures: Figures, rows: IndexArray, columns: IndexArray
    ) -> _Memory:
        """Return the people of this image, of whom `columns` are those of `rows`."""
        m = len(figures.boxes)
        ids, births = np.zeros(m, np.int32), np.full(m, self._image_number)
        ids[columns], births[columns] = memory.ids[rows], memory.births[rows]
        is_new = ids == 0
        ids[is_new] = self._last_id + 1 + np.arange(is_new.sum())
        self._last_id += int(is_new.sum())
        return _Memory(ids, births, np.full(m, self._image_number), **vars(figures))


def locate_people(poses: Poses, *, size_wh: tuple[int, int]) -> Figures:
    """
    Return joints and the boxes around them, grown, within the image and in whole pixels.

    Joints that were not estimated do not count; who has no other keeps the detector's box.

    :param size_wh: of the image.
    """
    is_known = np.asarray(np.isfinite(poses.keypoints).all(axis=2, keepdims=True))
    keypoints = poses.keypoints.astype(np.float64)
    has_joints = is_known.any(axis=1)
    low = np.where(is_known, keypoints, np.inf).min(axis=1, initial=np.inf)
    high = np.where(is_known, keypoints, -np.inf).max(axis=1, initial=-np.inf)
    low = np.where(has_joints, low, poses.boxes[:, :2])
    high = np.where(has_joints, high, poses.boxes[:, 2:])
    margin = _BOX_GROWTH * (high - low)
    limits = np.array([*size_wh, *size_wh]) - 1
    boxes = np.clip(np.concatenate([low - margin, high + margin], axis=1), 0, limits)
    return Figures(np.where(is_known, keypoints, np.nan), np.trunc(boxes))


def grade_pairs(
    old: Figures,
    new: Figures,
    *,
    correspondences: NDArray[np.int32] | None,
    is_former: NDArray[np.bool_],
) -> Float64Array:
    """
    Return how well old and new people fit (Xiu et al. 2018).

    The overlap of the boxes and of squares around the joints, and the parts of the correspondences
    within them that are within both. Of the joints only the best 7 count; one that either lacks
    is worth 0.

    :param correspondences: (C, 4) x, y in the last image and x, y in the new one. None: every
        pixel corresponds to itself, so that the parts are the overlaps.
    :param is_former: (N,) whether the old one is from the last image; to others correspondences
        say nothing.
    :return: (N, M) in [0, 6].
    """
    squares = _joint_squares(old), _joint_squares(new)
    box_overlap = iou_of_pixels(old.boxes, new.boxes)
    pose_overlap = _mean_of_best(np.nan_to_num(iou_of_pixels(*squares)))
    grades: Float64Array = box_overlap + pose_overlap
    if correspondences is None:
        common = grades[is_former]
    else:
        common = _common_part(old.boxes[is_former], new.boxes, correspondences)
        parts = _common_part(squares[0][:, is_former], squares[1], correspondences)
        common = common + _mean_of_best(parts)
    grades[is_former] = _OVERLAP_WEIGHT * grades[is_former] + common
    return grades


def match_people(grades: Float64Array, min_grade: float) -> tuple[IndexArray, IndexArray]:
    """Return the pairs of old and new people with the largest sum, without the poor ones."""
    rows, columns = linear_sum_assignment(grades, maximize=True)
    is_pair = grades[rows, columns] > min_grade
    return rows[is_pair], columns[is_pair]


def _joint_squares(figures: Figures) -> Float64Array:
    """Return (K, N, 4) xyxy squares around joints, NaN where there is none."""
    joints = figures.keypoints.swapaxes(0, 1)
    return np.concatenate([joints - _JOINT_RADIUS, joints + _JOINT_RADIUS], axis=2)


def _mean_of_best(values: Float64Array) -> Float64Array:
    """Return the mean of the best of (K, N, M) joints."""
    best = np.sort(values, axis=0)[-_BEST_JOINTS:]
    means: Float64Array = best.sum(axis=0) / max(len(best), 1)
    return means


def _common_part(
    old_boxes: Float64Array, new_boxes: Float64Array, correspondences: NDArray[np.int32]
) -> Float64Array:
    """Return (..., N, M) of the correspondences in either box, the part in both."""
    in_old = _is_inside(correspondences[:, :2], old_boxes).astype(np.float32)
    in_new = _is_inside(correspondences[:, 2:], new_boxes).astype(np.float32)
    both = in_old @ in_new.swapaxes(-1, -2)
    either = in_old.sum(axis=-1)[..., None] + in_new.sum(axis=-1)[..., None, :] - both
    part: Float64Array = both / (either + 1e-5)
    return part


def _is_inside(points: NDArray[np.int32], boxes: Float64Array) -> NDArray[np.bool_]:
    """Return (..., N, C) whether each of (C, 2) points is in each of (..., N, 4) boxes."""
    x, y = points.T
    left, top, right, bottom = np.moveaxis(boxes[..., None], -2, 0)
    is_inside: NDArray[np.bool_] = (left <= x) & (x <= right) & (top <= y) & (y <= bottom)
    return is_inside


def _check(poses: Poses, image: NDArray[np.uint8]) -> None:
    if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8:
        raise ValueError(f'image must be (H, W, 3) uint8, got {image.shape} {image.dtype}')
    boxes = poses.boxes
    if not (np.isfinite(boxes).all() and (boxes[:, :2] <= boxes[:, 2:]).all()):
        raise ValueError('boxes must be finite and must not be reversed')
