# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
The life of tracks: born, confirmed, hidden, found again, given up. N tracks, M people.

For every image, in this order:

1. all tracks move on to the time of the image (Kalman filter, real seconds);
2. confirmed tracks take the people they resemble, by box and pose, best-scored people first;
3. hidden tracks take a new person who is where they may have moved to;
4. what is left of the confirmed tracks may take low-scored people (Zhang et al. 2022, ByteTrack):
   a half-covered person scores low, but noise must not start a track;
5. tentative tracks take what is left, or die;
6. the remaining well-scored people start tentative tracks.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from alphapose_ros.structures import Poses
from alphapose_ros.structures import Skeleton
from alphapose_ros.structures import Tracks
from alphapose_ros.structures import TrackState
from alphapose_ros.tracking.association import assign
from alphapose_ros.tracking.association import motion_similarity
from alphapose_ros.tracking.association import similarity
from alphapose_ros.tracking.track import TrackTable

IndexArray = NDArray[np.intp]


@dataclass(frozen=True)
class TrackerConfig:
    """
    How the tracker decides.

    :param min_track_score: people whose box is scored below only continue tracks, [0, 1].
    :param min_similarity: a track and a person who resemble less are different, [0, 1].
    :param min_joint_score: joints scored below do not count for the resemblance, [0, 1].
    :param confirm_hits: images in a row that a new track must be seen in.
    :param max_lost_s: seconds after which a hidden person is given up.
    :param predict_s: seconds for which a hidden person is still given out, as PREDICTED.
    """

    min_track_score: float = 0.45
    min_similarity: float = 0.2
    min_joint_score: float = 0.2
    confirm_hits: int = 3
    max_lost_s: float = 2.0
    predict_s: float = 0.5

    def __post_init__(self) -> None:
        for name in ('min_track_score', 'min_similarity', 'min_joint_score'):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f'{name} must be in [0, 1], got {getattr(self, name)}')
        for name in ('max_lost_s', 'predict_s'):
            if not getattr(self, name) >= 0:
                raise ValueError(f'{name} must be at least 0 s, got {getattr(self, name)}')
        if self.confirm_hits < 1:
            raise ValueError(f'confirm_hits must be at least 1, got {self.confirm_hits}')


class Tracker:
    """
    Gives the people of one camera identities that last.

    Ids start at 1 and are never used again, not even after a reset. The same calls give the same
    results; two trackers know nothing of each other.

    :param config: how it decides; may be replaced between images.
    :param skeleton: the joints; without sigmas only boxes are compared.
    """

    # Stamps that go back by less are out of order, by more the recording began anew.
    JUMP_BACK_S = 1.0
    # What a person looked like longer ago says little about how he looks now.
    STALE_S = 0.25

    def __init__(self, config: TrackerConfig, skeleton: Skeleton) -> None:
        self.config = config
        self._num_keypoints = skeleton.num_keypoints
        self._sigmas = np.array(skeleton.sigmas, np.float32)
        self._next_id = 1
        self.reset()

    def reset(self) -> None:
        """Forget everybody; ids go on."""
        self._table = TrackTable.empty(self._num_keypoints)
        self._last_stamp_ns: int | None = None

    def update(self, poses: Poses, stamp_ns: int) -> Tracks:
        """
        Take the people of the next image.

        :param poses: M people, in any order.
        :param stamp_ns: when the image was taken. An equal or slightly older stamp counts as no
            time passed; one older by `JUMP_BACK_S` or more resets the tracker.
        :return: each of the people once, with an id or untracked, and the hidden ones, PREDICTED.
        :raises ValueError: if K is another than the skeleton's, or a box is not finite.
        """
        if poses.num_keypoints != self._num_keypoints:
            raise ValueError(
                f'poses must have {self._num_keypoints} keypoints, got {poses.num_keypoints}'
            )
        if not np.isfinite(poses.boxes).all():
            raise ValueError('boxes must be finite')
        # The order of the input must not matter, neither for ids nor between equal similarities.
        poses = poses[np.lexsort((*poses.boxes.T, -poses.box_scores))]
        table = self._age(self._advanced(stamp_ns))
        table, track_of = self._match(table, poses)
        born = np.flatnonzero((track_of < 0) & (poses.box_scores >= self.config.min_track_score))
        track_of[born] = len(table) + np.arange(len(born))
        table = table.begin(poses[born], self._next_id, self.config.confirm_hits)
        self._next_id += len(born)
        is_seen = np.zeros(len(table), bool)
        is_seen[track_of[track_of >= 0]] = True
        self._table = table[table.confirmed | is_seen]
        is_given_out = ~is_seen & table.confirmed & (table.missed_s < self.config.predict_s)
        return self._output(table, poses, track_of, table[is_given_out])

    def _advanced(self, stamp_ns: int) -> TrackTable:
        """Return the tracks at the time of the image; none if the clock jumped back."""
        last = self._last_stamp_ns
        if last is not None and (stamp_ns - last) * 1e-9 <= -self.JUMP_BACK_S:
            self.reset()
            last = None
        self._last_stamp_ns = stamp_ns if last is None else max(stamp_ns, last)
        return self._table.advance(0.0 if last is None else max(stamp_ns - last, 0) * 1e-9)

    def _age(self, table: TrackTable) -> TrackTable:
        """Return the tracks that are not given up yet."""
        return table[table.missed_s <= self.config.max_lost_s]

    def _match(self, table: TrackTable, people: Poses) -> tuple[TrackTable, IndexArray]:
        """Return the updated tracks and for each person the row of his track, or -1."""
        track_of = np.full(len(people), -1, np.intp)
        is_strong = people.box_scores >= self.config.min_track_score
        predicted = table.predicted()
        resemblance = similarity(
            predicted, people, self._sigmas, min_keypoint_score=self.config.min_joint_score
        )
        motion = motion_similarity(table.boxes, people.boxes)
        # A hidden person's joints and box are stale: only where he may be by now says something.
        is_hidden = table.confirmed & (table.missed_s > self.STALE_S)
        stages = (
            (resemblance, table.confirmed, is_strong),
            (motion, is_hidden, is_strong),
            (resemblance, table.confirmed, ~is_strong),
            (resemblance, ~table.confirmed, is_strong),
        )
        is_free = np.ones(len(table), bool)
        for similarities, wanted_tracks, wanted_people in stages:
            rows = np.flatnonzero(wanted_tracks & is_free)
            columns = np.flatnonzero(wanted_people & (track_of < 0))
            pairs = assign(similarities[np.ix_(rows, columns)], self.config.min_similarity)
            track_of[columns[pairs[1]]] = rows[pairs[0]]
            is_free[rows[pairs[0]]] = False
        matched = np.flatnonzero(track_of >= 0)
        return table.see(track_of[matched], people[matched], self.config.confirm_hits), track_of

    def _output(
        self, table: TrackTable, people: Poses, track_of: IndexArray, hidden: TrackTable
    ) -> Tracks:
        """Return everybody, sorted by id, untracked last."""
        ids = np.where(track_of >= 0, np.append(table.ids, -1)[track_of], -1).astype(np.int32)
        confirmed = np.append(table.confirmed, False)[track_of]
        states = np.where(confirmed, TrackState.TRACKED, TrackState.TENTATIVE)
        states = np.where(track_of >= 0, states, TrackState.UNTRACKED).astype(np.uint8)
        ages = np.append(table.ages, np.uint32(0))[track_of]
        # Hidden people have no embedding: a vector of zeros.
        no_embeddings = np.zeros((len(hidden), people.embeddings.shape[1]), np.float32)
        tracks = Tracks(
            people.concatenate(replace(self._faded(hidden), embeddings=no_embeddings)),
            np.concatenate([ids, hidden.ids]),
            np.concatenate([states, np.full(len(hidden), TrackState.PREDICTED, np.uint8)]),
            np.concatenate([ages, hidden.ages]),
        )
        return tracks[np.argsort(tracks.track_ids.astype(np.uint32), kind='stable')]  # -1 last

    def _faded(self, hidden: TrackTable) -> Poses:
        """Return hidden people where they should be, their scores fading to 0 over `predict_s`."""
        people = hidden.predicted()
        fade = 1 - hidden.missed_s / max(self.config.predict_s, 1e-9)
        factor = np.clip(fade, 0, 1).astype(np.float32)
        return replace(
            people,
            box_scores=people.box_scores * factor,
            keypoint_scores=people.keypoint_scores * factor[:, None],
            scores=people.scores * factor,
        )
