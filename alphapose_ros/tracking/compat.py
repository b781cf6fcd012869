# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Tracking by appearance with the results of AlphaPose, to compare with published numbers.

The scheme of JDE (Wang et al. 2020) as in AlphaPose v0.6. Its faults are kept: who is hidden by
another loses his identity when the boxes overlap, look-alikes get many ids, images without people
take no time, joints do not help. `tracker` has none of them. N tracks, M people.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from alphapose_ros.structures import FloatArray
from alphapose_ros.structures import Poses
from alphapose_ros.structures import Tracks
from alphapose_ros.structures import TrackState
from alphapose_ros.tracking import compat_kalman as kalman
from alphapose_ros.tracking.compat_kalman import BoxMotion
from alphapose_ros.tracking.compat_kalman import Float64Array

IndexArray = NDArray[np.intp]

_APPEARANCE_WEIGHT = 0.98  # the rest is motion's
_GATE = 9.4877  # chi-square with 4 degrees of freedom, 95 %
_MAX_APPEARANCE_COST = 0.7
_MAX_OVERLAP_COST = 0.5
_MAX_UNCONFIRMED_COST = 0.7
_MAX_DUPLICATE_COST = 0.15
_FEATURE_MEMORY = 0.9


@dataclass(frozen=True, eq=False)
class _Memory:
    """
    The tracks, one row each, in order of birth.

    :param ids: (N,) int32.
    :param births: (N,) number of the update in which it was born.
    :param last_seen: (N,) number of the last update in which it was seen.
    :param person: (N,) row of its person in the last update; -1: lost.
    :param is_confirmed: (N,) bool, seen twice.
    :param is_given_up: (N,) bool, was lost for too long once.
    :param features: (N, D) what it looks like, of length 1.
    :param motion: boxes of N.
    """

    ids: NDArray[np.int32]
    births: IndexArray
    last_seen: IndexArray
    person: IndexArray
    is_confirmed: NDArray[np.bool_]
    is_given_up: NDArray[np.bool_]
    features: Float64Array
    motion: BoxMotion

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, index: NDArray[np.bool_]) -> _Memory:
        return _Memory(**{name: column[index] for name, column in vars(self).items()})

    def see(self, update: int, measured: Float64Array, features: Float64Array) -> _Memory:
        """Return the tracks after those with a person saw him."""
        rows = np.flatnonzero(self.person >= 0)
        people = self.person[rows]
        blended = self.features.copy()
        blended[rows] *= _FEATURE_MEMORY
        blended[rows] += (1 - _FEATURE_MEMORY) * features[people]
        blended[rows] = _normalised(blended[rows])
        return replace(
            self,
            last_seen=np.where(self.person >= 0, update, self.last_seen),
            is_confirmed=self.is_confirmed | (self.person >= 0),
            features=blended,
            motion=self.motion.with_rows(rows, kalman.update(self.motion[rows], measured[people])),
        )

    def begin(
        self,
        people: IndexArray,
        update: int,
        first_id: int,
        measured: Float64Array,
        features: Float64Array,
    ) -> _Memory:
        """Return the tracks and new ones of the people of some rows."""
        n = len(people)
        now = np.full(n, update)
        return _Memory(
            ids=np.append(self.ids, np.arange(first_id, first_id + n, dtype=np.int32)),
            births=np.append(self.births, now),
            last_seen=np.append(self.last_seen, now),
            person=np.append(self.person, people),
            is_confirmed=np.append(self.is_confirmed, np.zeros(n, bool)),
            is_given_up=np.append(self.is_given_up, np.zeros(n, bool)),
            features=np.concatenate([self.features, features[people]]),
            motion=self.motion.concatenate(kalman.begin(measured[people])),
        )

    @staticmethod
    def empty(num_features: int) -> _Memory:
        no_ids, none, no_flags = np.zeros(0, np.int32), np.zeros(0, np.intp), np.zeros(0, bool)
        features, motion = np.zeros((0, num_features)), kalman.begin(np.zeros((0, 4)))
        return _Memory(no_ids, none, none, none, no_flags, no_flags, features, motion)


@dataclass(frozen=True)
class Counts:
    """Tracks now followed and lost, given up so far (some twice, as in AlphaPose), last id."""

    tracked: int
    lost: int
    removed: int
    last_id: int


class CompatTracker:
    """
    Gives people the identities that AlphaPose's re-ID tracker would give.

    For comparison with published results; see the module for its faults. Ids start at 1 and are
    never used again, not even after a reset.

    :param frame_rate: images per second; scales `track_buffer`.
    :param track_buffer: images, at 30 per second, after which a lost person is given up.
    """

    def __init__(self, *, frame_rate: float = 30.0, track_buffer: int = 240) -> None:
        if not (frame_rate > 0 and track_buffer >= 0):
            raise ValueError(
                'frame_rate must be more than 0 and track_buffer at least 0, '
                f'got {frame_rate} and {track_buffer}'
            )
        # Who was only just lost is never given up.
        self._max_lost = max(int(frame_rate / 30 * track_buffer), 1)
        self._last_id = 0
        self.reset()

    def reset(self) -> None:
        """Forget everybody; ids go on."""
        self._tracks: _Memory | None = None
        self._update = 0
        self._removed = 0

    @property
    def counts(self) -> Counts:
        """How many tracks are in which state."""
        person = np.zeros(0) if self._tracks is None else self._tracks.person
        tracked = int((person >= 0).sum())
        return Counts(tracked, len(person) - tracked, self._removed, self._last_id)

    def update(self, poses: Poses, stamp_ns: int) -> Tracks:
        """
        Take the people of the next image.

        :param poses: M people with embeddings, in the order in which new ids are to be given.
        :param stamp_ns: not used, every image with people is one step of time.
        :return: everybody seen who was not dropped as a duplicate, with the box of the filter.
        :raises ValueError: if embeddings lack or change their length, a value is not finite, or a
            box is reversed.
        """
        if len(poses) == 0:
            return Tracks.empty(poses.num_keypoints)
        _check(poses)
        length = poses.embeddings.shape[1]
        if self._tracks is None:
            self._tracks = _Memory.empty(length)
        if length != self._tracks.features.shape[1]:
            raise ValueError(
                f'embeddings must keep their length {self._tracks.features.shape[1]}, got {length}'
            )
        self._update += 1
        measured, features = kalman.boxes_to_cxcyah(poses.boxes), _normalised(poses.embeddings)
        tracks = _predicted(self._tracks)
        tracks = replace(tracks, person=_match(tracks, measured, features, poses.boxes))
        tracks = self._drop_lost(tracks.see(self._update, measured, features))
        born = np.setdiff1d(np.arange(len(poses)), tracks.person)
        tracks = tracks.begin(born, self._update, self._last_id + 1, measured, features)
        self._last_id += len(born)
        self._tracks = tracks[~_is_duplicate(tracks)]
        return self._output(poses, self._tracks)

    def _drop_lost(self, tracks: _Memory) -> _Memory:
        """
        Return the tracks without those seen only once and those lost for too long.

        Who is given up can still be found in the next update; found, he is followed until he is
        lost again.
        """
        is_lost = tracks.person < 0
        is_old = is_lost & (self._update - tracks.last_seen > self._max_lost)
        is_refuted = is_lost & ~tracks.is_confirmed
        self._removed += int(is_old.sum() + is_refuted.sum())
        is_dropped = is_refuted | (is_lost & tracks.is_given_up)
        return replace(tracks, is_given_up=tracks.is_given_up | is_old)[~is_dropped]

    def _output(self, poses: Poses, tracks: _Memory) -> Tracks:
        """Return the people of the tracks that are not lost, sorted by id."""
        seen = tracks[tracks.person >= 0]
        boxes = seen.motion.boxes().astype(np.float32)
        return Tracks(
            replace(poses[seen.person], boxes=boxes),
            seen.ids,
            np.full(len(seen), TrackState.TRACKED, np.uint8),
            (self._update - seen.births).astype(np.uint32),
        )


def _check(poses: Poses) -> None:
    if poses.embeddings.shape[1] == 0:
        raise ValueError('embeddings must be there, got vectors of length 0')
    if not np.isfinite(poses.embeddings).all():
        raise ValueError('embeddings must be finite')
    boxes = poses.boxes
    if not (np.isfinite(boxes).all() and (boxes[:, :2] <= boxes[:, 2:]).all()):
        raise ValueError('boxes must be finite and must not be reversed')


def iou_of_pixels(boxes_a: Float64Array, boxes_b: Float64Array) -> Float64Array:
    """
    Return intersections over unions of boxes whose last pixel belongs to them.

    :param boxes_a: (..., N, 4) xyxy.
    :param boxes_b: (..., M, 4) xyxy.
    :return: (..., N, M) in [0, 1].
    """
    boxes_a, boxes_b = boxes_a[..., :, None, :], boxes_b[..., None, :, :]
    top_left = np.maximum(boxes_a[..., :2], boxes_b[..., :2])
    bottom_right = np.minimum(boxes_a[..., 2:], boxes_b[..., 2:])
    common = np.clip(bottom_right - top_left + 1, 0, None).prod(axis=-1)
    areas_a = (boxes_a[..., 2:] - boxes_a[..., :2] + 1).prod(axis=-1)
    areas_b = (boxes_b[..., 2:] - boxes_b[..., :2] + 1).prod(axis=-1)
    iou: Float64Array = common / (areas_a + areas_b - common)
    return iou


def assign_up_to(costs: Float64Array, max_cost: float) -> tuple[IndexArray, IndexArray]:
    """Return the rows and columns of (N, M) costs whose sum is least, none above `max_cost`."""
    capped = np.where(costs > max_cost, max_cost + 1e-4, costs)
    rows, columns = linear_sum_assignment(capped)
    is_pair = capped[rows, columns] <= max_cost
    return rows[is_pair], columns[is_pair]


def _normalised(vectors: NDArray[np.floating]) -> Float64Array:
    """Return vectors of length 1; those of length 0 stay."""
    lengths = np.linalg.norm(vectors.astype(np.float64), axis=1, keepdims=True)
    return vectors / np.where(lengths > 0, lengths, 1)


def _predicted(tracks: _Memory) -> _Memory:
    """Return confirmed tracks one update later, lost ones with an unchanging height."""
    rates = tracks.motion.rates.copy()
    rates[tracks.person < 0, 3] = 0
    moved = kalman.predict(replace(tracks.motion, rates=rates))
    rows = np.flatnonzero(tracks.is_confirmed)
    return replace(tracks, motion=tracks.motion.with_rows(rows, moved[rows]))


def _match(
    tracks: _Memory, measured: Float64Array, features: Float64Array, boxes: FloatArray
) -> IndexArray:
    """Return (N,) the row of the person of each track, or -1."""
    distances = kalman.squared_mahalanobis(tracks.motion, measured)
    looks = np.maximum(0, 1 - tracks.features @ features.T)
    looks = _APPEARANCE_WEIGHT * looks + (1 - _APPEARANCE_WEIGHT) * distances
    looks[distances > _GATE] = np.inf
    overlap = 1 - iou_of_pixels(tracks.motion.boxes(), boxes.astype(np.float64))
    stages = (
        (looks, tracks.is_confirmed, _MAX_APPEARANCE_COST),
        (overlap, tracks.is_confirmed & (tracks.person >= 0), _MAX_OVERLAP_COST),
        (overlap, ~tracks.is_confirmed, _MAX_UNCONFIRMED_COST),
    )
    person = np.full(len(tracks), -1, np.intp)
    for costs, is_wanted, max_cost in stages:
        rows = np.flatnonzero(is_wanted & (person < 0))
        columns = np.setdiff1d(np.arange(len(boxes)), person)
        pairs = assign_up_to(costs[np.ix_(rows, columns)], max_cost)
        person[rows[pairs[0]]] = columns[pairs[1]]
    return person


def _is_duplicate(tracks: _Memory) -> NDArray[np.bool_]:
    """Return (N,) whether a track lies on one of the other state that has lived longer."""
    followed, lost = np.flatnonzero(tracks.person >= 0), np.flatnonzero(tracks.person < 0)
    boxes, lived = tracks.motion.boxes(), tracks.last_seen - tracks.births
    is_same = 1 - iou_of_pixels(boxes[followed], boxes[lost]) < _MAX_DUPLICATE_COST
    is_older = lived[followed][:, None] > lived[lost]
    is_duplicate = np.zeros(len(tracks), bool)
    is_duplicate[followed] = (is_same & ~is_older).any(axis=1)
    is_duplicate[lost] = (is_same & is_older).any(axis=0)
    return is_duplicate
