# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Multi-stage identity matching (Fang et al. 2022, section 5): who may take whom, in which order.

Each stage pairs the tracks and people that the stages before have left:

1. by appearance, where the person can have moved to; lost tracks included;
2. by box and pose, unless the two look like strangers;
3. lost tracks with whoever is where they may have moved to;
4. low-scored people with the tracks they resemble (Zhang et al. 2022, ByteTrack): a half-covered
   person scores low, but noise must not start a track;
5. tentative tracks with the people they resemble;
6. tentative tracks that were missed with people who look just like them.

Without identity vectors, stages 1 and 6 are empty. N tracks, M people.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alphapose_ros.structures import FloatArray
from alphapose_ros.tracking.association import assign
from alphapose_ros.tracking.association import IndexArray
from alphapose_ros.tracking.track import TrackTable

BoolArray = NDArray[np.bool_]

# Appearance tells people apart better than place and pose do.
LOOKS_WEIGHT = 0.7
# In [0, 1], see `appearance.likeness`. Less than the first are strangers, whatever their place;
# more than the last are one person, even if it was seen only once before.
MIN_LOOKS = 0.25
MIN_LOOKS_LOST = 0.35
STRANGER_LOOKS = 0.05
STRANGER_LOOKS_LOST = 0.3
SAME_LOOKS = 0.6
# Being where a lost track may be by now says less than overlapping where it is expected.
MOTION_WEIGHT = 0.4
MIN_FUSED = 0.3
# Seconds after which the joints of a track that was missed are stale, and after which its place
# says nothing any more.
STALE_S = 0.25
FORGOTTEN_S = 2.0


@dataclass(frozen=True, eq=False)
class Evidence:
    """
    What speaks for track n being person m.

    :param geometry: (N, M) in [0, 1], see `association.similarity`.
    :param motion: (N, M) in [0, 1], see `association.motion_similarity`.
    :param looks: (N, M) in [0, 1], see `appearance.likeness`; NaN where unknown.
    """

    geometry: FloatArray
    motion: FloatArray
    looks: FloatArray


@dataclass(frozen=True, eq=False)
class Stage:
    """
    One stage: which pairs are allowed, and what they are worth.

    :param similarities: (N, M) in [0, 1].
    :param tracks: (N,) who takes part.
    :param people: (M,) who takes part.
    :param min_similarity: pairs below are never made.
    """

    similarities: FloatArray
    tracks: BoolArray
    people: BoolArray
    min_similarity: float


def match(stages: list[Stage], num_people: int) -> IndexArray:
    """Return for each person the row of his track, or -1."""
    track_of = np.full(num_people, -1, np.intp)
    for stage in stages:
        is_free = stage.tracks.copy()
        is_free[track_of[track_of >= 0]] = False
        rows = np.flatnonzero(is_free)
        columns = np.flatnonzero(stage.people & (track_of < 0))
        if len(rows) and len(columns):
            pairs = assign(stage.similarities[np.ix_(rows, columns)], stage.min_similarity)
            track_of[columns[pairs[1]]] = rows[pairs[0]]
    return track_of


def list_stages(
    table: TrackTable, evidence: Evidence, is_strong: BoolArray, min_similarity: float
) -> list[Stage]:
    """
    Return the stages of an image.

    :param table: N tracks at the time of the image.
    :param is_strong: (M,) whose box is scored well.
    :param min_similarity: of a track and a person by box and pose.
    """
    looks = np.nan_to_num(evidence.looks)
    is_known = np.isfinite(evidence.looks)
    is_lost = table.missed_s > STALE_S
    is_recent = table.confirmed & (table.waited_s <= FORGOTTEN_S)
    is_stranger = is_known & (looks < STRANGER_LOOKS)
    geometry = np.where(is_stranger, 0, evidence.geometry)
    motion = np.where(is_known & (looks < STRANGER_LOOKS_LOST), 0, evidence.motion)
    resembling = _fuse(table, evidence, looks)
    again = np.where(resembling > 0, looks, 0)
    tentative = ~table.confirmed
    return [
        Stage(resembling, table.confirmed, is_strong, MIN_FUSED),
        Stage(geometry, is_recent, is_strong, min_similarity),
        Stage(motion, is_recent & is_lost, is_strong, min_similarity),
        Stage(geometry, is_recent, ~is_strong, min_similarity),
        Stage(geometry, tentative & table.seen, is_strong, min_similarity),
        Stage(again, tentative, is_strong, SAME_LOOKS),
    ]


def _fuse(table: TrackTable, evidence: Evidence, looks: FloatArray) -> FloatArray:
    """Return appearance and place in one, 0 where either speaks against the pair."""
    is_lost = (table.missed_s > STALE_S)[:, None]
    is_forgotten = (table.waited_s > FORGOTTEN_S)[:, None]
    motion = np.where(is_lost, MOTION_WEIGHT * evidence.motion, 0)
    place = np.maximum(evidence.geometry, motion)
    is_alike = looks > np.where(is_forgotten, MIN_LOOKS_LOST, MIN_LOOKS)
    fused = LOOKS_WEIGHT * looks + (1 - LOOKS_WEIGHT) * place
    return np.where(is_alike & (place > 0), fused, np.float32(0))
