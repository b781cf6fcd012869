# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
The life of tracks: born, confirmed, hidden, found again, given up. N tracks, M people.

For every image, in this order:

1. all tracks move on to the time of the image (Kalman filter, real seconds), and with the camera;
2. people are matched to tracks by appearance, pose, box and motion, in stages (`stages`);
3. matched tracks learn where their people are and what they look like;
4. well-scored people whom no track took start tentative tracks.

Who is hidden keeps his track, and keeps it longer while somebody stands before the place where he
should be. Who is half covered teaches the tracker little: neither how he moves nor how he looks.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import fields
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from alphapose_ros.core.boxes import covered_part
from alphapose_ros.structures import Poses
from alphapose_ros.structures import Skeleton
from alphapose_ros.structures import Tracks
from alphapose_ros.structures import TrackState
from alphapose_ros.tracking.appearance import likeness
from alphapose_ros.tracking.appearance import update_strangers
from alphapose_ros.tracking.appearance import USUAL_STRANGERS
from alphapose_ros.tracking.association import motion_similarity
from alphapose_ros.tracking.association import similarity
from alphapose_ros.tracking.stages import Evidence
from alphapose_ros.tracking.stages import list_stages
from alphapose_ros.tracking.stages import match
from alphapose_ros.tracking.track import Sightings
from alphapose_ros.tracking.track import TrackTable

IndexArray = NDArray[np.intp]


@dataclass(frozen=True)
class TrackerConfig:
    """
    How the tracker decides.

    :param min_track_score: people whose box is scored below only continue tracks, [0, 1].
    :param min_birth_score: people whose box is scored below start no track, [0, 1].
    :param min_similarity: a track and a person who resemble less, by box and pose, are different,
        [0, 1].
    :param min_joint_score: joints scored below do not count for the resemblance, [0, 1].
    :param confirm_s: seconds for which a new track must be seen in every image, up to five times
        as many if others cover the person; 0: at once.
    :param max_lost_s: seconds after which a hidden person is given up; three times as many while
        somebody stands before him.
    :param publish_lost_s: seconds for which a hidden person is still given out, as PREDICTED.
    """

    min_track_score: float = 0.4
    min_birth_score: float = 0.55
    min_similarity: float = 0.3
    min_joint_score: float = 0.3
    confirm_s: float = 0.03
    max_lost_s: float = 3.0
    publish_lost_s: float = 0.5

    def __post_init__(self) -> None:
        for f in fields(self):
            value = getattr(self, f.name)
            if f.name.endswith('_s') and not value >= 0:
                raise ValueError(f'{f.name} must be at least 0 s, got {value}')
            if not f.name.endswith('_s') and not 0 <= value <= 1:
                raise ValueError(f'{f.name} must be in [0, 1], got {value}')


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
    # Somebody of whom so much is covered by another is waited for, up to so many times as long.
    MIN_COVERED = 0.5
    PATIENCE = 3.0

    def __init__(self, config: TrackerConfig, skeleton: Skeleton) -> None:
        self.config = config
        self._num_keypoints = skeleton.num_keypoints
        self._sigmas = np.array(skeleton.sigmas, np.float32)
        self._next_id = 1
        self.reset()

    def reset(self) -> None:
        """Forget everybody; ids go on."""
        self._table = TrackTable.empty(self._num_keypoints)
        self._strangers = USUAL_STRANGERS
        self._last_stamp_ns: int | None = None

    def update(
        self,
        poses: Poses,
        stamp_ns: int,
        camera_motion: NDArray[np.float64] | None = None,
    ) -> Tracks:
        """
        Take the people of the next image.

        :param poses: M people, in any order, with embeddings or without.
        :param stamp_ns: when the image was taken. An equal or slightly older stamp counts as no
            time passed; one older by `JUMP_BACK_S` or more resets the tracker.
        :param camera_motion: (2, 3) similarity from pixels of the last image to those of this
            one, see `CameraMotion`; None: the camera stands still.
        :return: each of the people once, with an id or untracked, and the hidden ones, PREDICTED.
        :raises ValueError: if K is another than the skeleton's, or a box or the camera's motion is
            not finite.
        """
        self._check(poses, camera_motion)
        # The order of the input must not matter, neither for ids nor between equal similarities.
        poses = poses[np.lexsort((*poses.boxes.T, -poses.box_scores))]
        elapsed_s = self._tick(stamp_ns)
        table = self._table.advance(elapsed_s)
        if camera_motion is not None:
            table = table.moved_by(camera_motion)
        # Images of nobody have no embeddings, which changes nothing of what is remembered.
        length = poses.embeddings.shape[1] or table.looks.shape[1]
        table = self._patient(table, poses, elapsed_s).with_length_of_looks(length)
        sightings = Sightings.of(poses, length)
        track_of = self._match(table, sightings)
        seen = np.flatnonzero(track_of >= 0)
        table = table.see(track_of[seen], sightings[seen], self.config.confirm_s)
        born = np.flatnonzero((track_of < 0) & (poses.box_scores >= self.config.min_birth_score))
        track_of[born] = len(table) + np.arange(len(born))
        table = table.begin(sightings[born], self._next_id, self.config.confirm_s)
        self._next_id += len(born)
        # Tentative tracks that were missed wait for somebody who looks just like them.
        self._table = table[table.confirmed | table.seen | np.isfinite(table.looks).any(axis=1)]
        is_hidden = ~table.seen & table.confirmed & (table.missed_s < self.config.publish_lost_s)
        return self._output(table, poses, track_of, table[is_hidden])

    def _check(self, poses: Poses, camera_motion: NDArray[np.float64] | None) -> None:
        if poses.num_keypoints != self._num_keypoints:
            raise ValueError(
                f'poses must have {self._num_keypoints} keypoints, got {poses.num_keypoints}'
            )
        if not np.isfinite(poses.boxes).all():
            raise ValueError('boxes must be finite')
        if camera_motion is None:
            return
        if camera_motion.shape != (2, 3) or not np.isfinite(camera_motion).all():
            raise ValueError(f'camera_motion must be (2, 3) and finite, got {camera_motion}')

    def _tick(self, stamp_ns: int) -> float:
        """Return the seconds since the last image; forget everybody if the clock jumped back."""
        last = self._last_stamp_ns
        if last is not None and (stamp_ns - last) * 1e-9 <= -self.JUMP_BACK_S:
            self.reset()
            last = None
        self._last_stamp_ns = stamp_ns if last is None else max(stamp_ns, last)
        return 0.0 if last is None else max(stamp_ns - last, 0) * 1e-9

    def _patient(self, table: TrackTable, people: Poses, elapsed_s: float) -> TrackTable:
        """Return the tracks that are not given up yet; for who is covered, no time passes."""
        is_covered = covered_part(table.predicted_boxes(), people.boxes) > self.MIN_COVERED
        table = replace(table, waited_s=table.waited_s - elapsed_s * is_covered)
        max_lost_s = self.config.max_lost_s
        is_awaited = table.waited_s <= max_lost_s
        return table[is_awaited & (table.missed_s <= self.PATIENCE * max_lost_s)]

    def _match(self, table: TrackTable, sightings: Sightings) -> IndexArray:
        """Return for each person the row of his track, or -1."""
        people, looks = sightings.people, sightings.looks
        self._strangers = update_strangers(self._strangers, looks, people.boxes)
        min_joint_score = self.config.min_joint_score
        evidence = Evidence(
            similarity(
                table.predicted(), people, self._sigmas, min_keypoint_score=min_joint_score
            ),
            motion_similarity(table.boxes, people.boxes, table.missed_s),
            likeness(table.looks, looks, self._strangers),
        )
        is_strong = people.box_scores >= self.config.min_track_score
        return match(
            list_stages(table, evidence, is_strong, self.config.min_similarity), len(people)
        )

    def _output(
        self, table: TrackTable, people: Poses, track_of: IndexArray, hidden: TrackTable
    ) -> Tracks:
        """Return everybody, sorted by id, untracked last."""
        ids = np.where(track_of >= 0, np.append(table.ids, -1)[track_of], -1).astype(np.int32)
        confirmed = np.append(table.confirmed, False)[track_of]
        states = np.where(confirmed, TrackState.TRACKED, TrackState.TENTATIVE)
        states = np.where(track_of >= 0, states, TrackState.UNTRACKED).astype(np.uint8)
        ages = np.append(table.ages, np.uint32(0))[track_of]
        seen = Tracks(people, ids, states, ages)
        tracks = _join(seen, self._faded(hidden, people)) if len(hidden) else seen
        return tracks[np.argsort(tracks.track_ids.astype(np.uint32), kind='stable')]  # -1 last

    def _faded(self, hidden: TrackTable, others: Poses) -> Tracks:
        """Return hidden people where they should be, their scores fading to 0."""
        people = hidden.predicted()
        fade = 1 - hidden.missed_s / max(self.config.publish_lost_s, 1e-9)
        factor = np.clip(fade, 0, 1).astype(np.float32)
        people = replace(
            people,
            box_scores=people.box_scores * factor,
            keypoint_scores=people.keypoint_scores * factor[:, None],
            scores=people.scores * factor,
            # They have no embedding: a vector of zeros.
            embeddings=np.zeros((len(hidden), others.embeddings.shape[1]), np.float32),
        )
        states = np.full(len(hidden), TrackState.PREDICTED, np.uint8)
        return Tracks(people, hidden.ids, states, hidden.ages)


def _join(first: Tracks, second: Tracks) -> Tracks:
    """Return the people of both."""
    return Tracks(
        first.poses.concatenate(second.poses),
        np.concatenate([first.track_ids, second.track_ids]),
        np.concatenate([first.states, second.states]),
        np.concatenate([first.ages, second.ages]),
    )
