# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""What the tracker remembers, as arrays with one row per track. N tracks, K keypoints."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from alphapose_ros.core.boxes import cxcywh_to_xyxy
from alphapose_ros.core.boxes import xyxy_to_cxcywh
from alphapose_ros.structures import Poses
from alphapose_ros.tracking import kalman
from alphapose_ros.tracking.kalman import BoxStates


@dataclass(frozen=True, eq=False)
class TrackTable:
    """
    All tracks that are alive, oldest first.

    :param ids: (N,) int32, ascending.
    :param ages: (N,) uint32, images since birth.
    :param hits: (N,) int64, images in which the track was seen.
    :param confirmed: (N,) bool.
    :param missed_s: (N,) seconds since it was last seen.
    :param boxes: Kalman states at the time of the last image.
    :param last_seen: the people as they were last seen.
    """

    ids: NDArray[np.int32]
    ages: NDArray[np.uint32]
    hits: NDArray[np.int64]
    confirmed: NDArray[np.bool_]
    missed_s: NDArray[np.float64]
    boxes: BoxStates
    last_seen: Poses

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, index: NDArray[np.intp] | NDArray[np.bool_]) -> TrackTable:
        return TrackTable(
            self.ids[index],
            self.ages[index],
            self.hits[index],
            self.confirmed[index],
            self.missed_s[index],
            self.boxes[index],
            self.last_seen[index],
        )

    def advance(self, elapsed_s: float) -> TrackTable:
        """Return the tracks `elapsed_s` seconds later, one image older."""
        return replace(
            self,
            ages=self.ages + np.uint32(1),
            missed_s=self.missed_s + elapsed_s,
            boxes=kalman.predict(self.boxes, elapsed_s),
        )

    def see(self, tracks: NDArray[np.intp], people: Poses, confirm_hits: int) -> TrackTable:
        """Return the table after track `tracks[i]` was seen as person i."""
        hits = self.hits.copy()
        hits[tracks] += 1
        missed_s = self.missed_s.copy()
        missed_s[tracks] = 0
        seen = kalman.update(self.boxes[tracks], _centres_and_sizes(people))
        return replace(
            self,
            hits=hits,
            confirmed=self.confirmed | (hits >= confirm_hits),
            missed_s=missed_s,
            boxes=BoxStates(
                _with_rows(self.boxes.values, tracks, seen.values),
                _with_rows(self.boxes.rates, tracks, seen.rates),
                _with_rows(self.boxes.covariances, tracks, seen.covariances),
            ),
            last_seen=_replace_people(self.last_seen, tracks, people),
        )

    def begin(self, people: Poses, first_id: int, confirm_hits: int) -> TrackTable:
        """Return the table with a new track for each of the people."""
        n = len(people)
        return TrackTable(
            np.concatenate([self.ids, np.arange(first_id, first_id + n, dtype=np.int32)]),
            np.concatenate([self.ages, np.zeros(n, np.uint32)]),
            np.concatenate([self.hits, np.ones(n, np.int64)]),
            np.concatenate([self.confirmed, np.full(n, confirm_hits <= 1)]),
            np.concatenate([self.missed_s, np.zeros(n)]),
            BoxStates.concatenate(self.boxes, kalman.begin(_centres_and_sizes(people))),
            _join_people(self.last_seen, people),
        )

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
            boxes=cxcywh_to_xyxy(now),
            keypoints=(now[:, None, :2] + offsets * scales[:, None]).astype(np.float32),
        )

    @staticmethod
    def empty(num_keypoints: int) -> TrackTable:
        """Return no tracks."""
        return TrackTable(
            np.zeros(0, np.int32),
            np.zeros(0, np.uint32),
            np.zeros(0, np.int64),
            np.zeros(0, bool),
            np.zeros(0),
            kalman.begin(np.zeros((0, 4))),
            Poses.empty(num_keypoints),
        )


def _centres_and_sizes(people: Poses) -> NDArray[np.float64]:
    boxes_cxcywh: NDArray[np.float64] = xyxy_to_cxcywh(people.boxes).astype(np.float64)
    return boxes_cxcywh


def _with_rows(
    array: NDArray[np.float64], rows: NDArray[np.intp], values: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return a copy with some rows replaced."""
    copy: NDArray[np.float64] = array.copy()
    copy[rows] = values
    return copy


def _replace_people(people: Poses, rows: NDArray[np.intp], seen: Poses) -> Poses:
    """Return the people, those of `rows` as they were just seen."""
    order = np.arange(len(people))
    order[rows] = len(people) + np.arange(len(seen))
    return _join_people(people, seen)[order]


def _join_people(first: Poses, second: Poses) -> Poses:
    """Return the people of both; embeddings do not enter the memory of this tracker."""
    return _without_embeddings(first).concatenate(_without_embeddings(second))


def _without_embeddings(people: Poses) -> Poses:
    return replace(people, embeddings=np.zeros((len(people), 0), np.float32))
