# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""What the tracker remembers, as arrays with one row per track. N tracks, M people, K joints."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alphapose_ros.core.boxes import covered_part
from alphapose_ros.core.boxes import cxcywh_to_xyxy
from alphapose_ros.core.boxes import xyxy_to_cxcywh
from alphapose_ros.structures import FloatArray
from alphapose_ros.structures import Poses
from alphapose_ros.tracking import kalman
from alphapose_ros.tracking.appearance import normalize
from alphapose_ros.tracking.appearance import remember
from alphapose_ros.tracking.kalman import BoxStates

IndexArray = NDArray[np.intp]

# Who is covered in part may be no person at all: he is confirmed later, by the part times this.
COVERED_DELAY = 4.0


@dataclass(frozen=True, eq=False)
class Sightings:
    """
    The people of an image, as the tracker looks at them.

    :param people: M people, without embeddings.
    :param looks: (M, D) embeddings of length 1; NaN where unknown.
    :param covered: (M,) part of each that somebody nearer covers, [0, 1].
    """

    people: Poses
    looks: FloatArray
    covered: FloatArray

    def __len__(self) -> int:
        return len(self.people)

    def __getitem__(self, index: IndexArray | NDArray[np.bool_]) -> Sightings:
        return Sightings(self.people[index], self.looks[index], self.covered[index])

    @staticmethod
    def of(people: Poses, length: int) -> Sightings:
        """Return the sightings of an image; D = `length` also where nobody has an embedding."""
        n, embeddings = len(people), people.embeddings
        if embeddings.shape[1] == 0:
            embeddings = np.zeros((n, length), np.float32)
        return Sightings(
            replace(people, embeddings=np.zeros((n, 0), np.float32)),
            normalize(embeddings),
            covered_part(people.boxes, people.boxes),
        )


@dataclass(frozen=True, eq=False)
class TrackTable:
    """
    All tracks that are alive, oldest first.

    :param ids: (N,) int32, ascending.
    :param ages: (N,) uint32, images since birth.
    :param confirmed: (N,) bool.
    :param seen: (N,) bool, in the last image.
    :param streaks_s: (N,) seconds since it has been seen in every image.
    :param missed_s: (N,) seconds since it was last seen.
    :param waited_s: (N,) of these, the seconds in which nobody stood before him.
    :param boxes: Kalman states at the time of the last image.
    :param looks: (N, D) vectors of length 1; NaN where unknown.
    :param last_seen: the people as they were last seen.
    """

    ids: NDArray[np.int32]
    ages: NDArray[np.uint32]
    confirmed: NDArray[np.bool_]
    seen: NDArray[np.bool_]
    streaks_s: NDArray[np.float64]
    missed_s: NDArray[np.float64]
    waited_s: NDArray[np.float64]
    boxes: BoxStates
    looks: FloatArray
    last_seen: Poses

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, index: NDArray[np.bool_]) -> TrackTable:
        if index.all():  # as in most images
            return self
        return TrackTable(**{name: column[index] for name, column in vars(self).items()})

    def advance(self, elapsed_s: float) -> TrackTable:
        """Return the tracks `elapsed_s` seconds later, one image older."""
        return replace(
            self,
            ages=self.ages + np.uint32(1),
            streaks_s=self.streaks_s + elapsed_s,
            missed_s=self.missed_s + elapsed_s,
            waited_s=self.waited_s + elapsed_s,
            boxes=kalman.predict(self.boxes, elapsed_s),
        )

    def moved_by(self, camera_motion: NDArray[np.float64]) -> TrackTable:
        """Return the tracks as the camera sees them after it has moved; see `BoxStates`."""
        matrix = camera_motion.astype(np.float32)
        boxes = kalman.move_boxes(_centres_and_sizes(self.last_seen), camera_motion)
        last_seen = replace(
            self.last_seen,
            boxes=cxcywh_to_xyxy(boxes.astype(np.float32)),
            keypoints=self.last_seen.keypoints @ matrix[:, :2].T + matrix[:, 2],
        )
        return replace(self, boxes=self.boxes.moved_by(camera_motion), last_seen=last_seen)

    def with_length_of_looks(self, length: int) -> TrackTable:
        """Return the tracks for vectors of D = `length`: vectors of another kind are forgotten."""
        if self.looks.shape[1] == length:
            return self
        return replace(self, looks=np.full((len(self), length), np.nan, np.float32))

    def see(self, tracks: IndexArray, sightings: Sightings, confirm_s: float) -> TrackTable:
        """Return the table after track `tracks[i]` was seen as person i, and nobody else."""
        seen = np.zeros(len(self), bool)
        seen[tracks] = True
        streaks_s = np.where(self.seen, self.streaks_s, 0)
        boxes = _centres_and_sizes(sightings.people)
        updated = kalman.update(self.boxes[tracks], boxes, sightings.covered)
        looks = remember(self.looks[tracks], sightings.looks, sightings.covered)
        wanted_s = np.full(len(self), confirm_s, np.float64)
        wanted_s[tracks] *= 1 + COVERED_DELAY * sightings.covered
        return replace(
            self,
            confirmed=self.confirmed | (seen & (streaks_s >= wanted_s)),
            seen=seen,
            streaks_s=streaks_s,
            missed_s=np.where(seen, 0, self.missed_s),
            waited_s=np.where(seen, 0, self.waited_s),
            boxes=BoxStates(
                _with_rows(self.boxes.values, tracks, updated.values),
                _with_rows(self.boxes.rates, tracks, updated.rates),
                _with_rows(self.boxes.covariances, tracks, updated.covariances),
            ),
            looks=_with_rows(self.looks, tracks, looks),
            last_seen=_replace_people(self.last_seen, tracks, sightings.people),
        )

    def begin(self, sightings: Sightings, first_id: int, confirm_s: float) -> TrackTable:
        """Return the table with a new track for each of the people."""
        n = len(sightings)
        if n == 0:
            return self
        return TrackTable(
            ids=np.append(self.ids, np.arange(first_id, first_id + n, dtype=np.int32)),
            ages=np.append(self.ages, np.zeros(n, np.uint32)),
            confirmed=np.append(self.confirmed, np.full(n, confirm_s <= 0)),
            seen=np.append(self.seen, np.ones(n, bool)),
            streaks_s=np.append(self.streaks_s, np.zeros(n)),
            missed_s=np.append(self.missed_s, np.zeros(n)),
            waited_s=np.append(self.waited_s, np.zeros(n)),
            boxes=BoxStates.concatenate(
                self.boxes, kalman.begin(_centres_and_sizes(sightings.people))
            ),
            looks=np.concatenate([self.looks, sightings.looks]),
            last_seen=self.last_seen.concatenate(sightings.people),
        )

    def predicted_boxes(self) -> FloatArray:
        """Return (N, 4) xyxy where the boxes should be now."""
        return cxcywh_to_xyxy(self.boxes.values.astype(np.float32))

    def predicted(self) -> Poses:
        """
        Return the people where they should be now.

        Boxes follow the Kalman filter; joints move and scale with their box; nothing else changes.
        """
        before = xyxy_to_cxcywh(self.last_seen.boxes)
        now = self.boxes.values.astype(np.float32)
        scales = now[:, 2:] / np.maximum(before[:, 2:], 1)
        offsets = self.last_seen.keypoints - before[:, None, :2]
        return replace(
            self.last_seen,
            boxes=self.predicted_boxes(),
            keypoints=(now[:, None, :2] + offsets * scales[:, None]).astype(np.float32),
        )

    @staticmethod
    def empty(num_keypoints: int) -> TrackTable:
        """Return no tracks."""
        return TrackTable(
            ids=np.zeros(0, np.int32),
            ages=np.zeros(0, np.uint32),
            confirmed=np.zeros(0, bool),
            seen=np.zeros(0, bool),
            streaks_s=np.zeros(0),
            missed_s=np.zeros(0),
            waited_s=np.zeros(0),
            boxes=kalman.begin(np.zeros((0, 4))),
            looks=np.zeros((0, 0), np.float32),
            last_seen=Poses.empty(num_keypoints),
        )


def _centres_and_sizes(people: Poses) -> NDArray[np.float64]:
    boxes_cxcywh: NDArray[np.float64] = xyxy_to_cxcywh(people.boxes).astype(np.float64)
    return boxes_cxcywh


def _with_rows(array: NDArray[Any], rows: IndexArray, values: NDArray[Any]) -> NDArray[Any]:
    """Return a copy with some rows replaced."""
    copy: NDArray[Any] = array.copy()
    copy[rows] = values
    return copy


def _replace_people(people: Poses, rows: IndexArray, seen: Poses) -> Poses:
    """Return the people, those of `rows` as they were just seen."""
    order = np.arange(len(people))
    order[rows] = len(people) + np.arange(len(seen))
    return people.concatenate(seen)[order]
