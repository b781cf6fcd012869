# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Smooth skeletons, and where they will be: signals for controllers and displays.

Three things are added to the filters of the joints (`joint_filters`):

- a joint moves on with its body while it is not seen, its score fading;
- exchanged sides and joints that would tear a limb do not enter the filter (`limbs`);
- a skeleton can be asked for a later time, to make up for the latency of camera and networks.

N people, K keypoints, L limbs, P pairs of left and right.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace

import numpy as np

from alphapose_ros.structures import Poses
from alphapose_ros.structures import Skeleton
from alphapose_ros.structures import Tracks
from alphapose_ros.structures import TrackState
from alphapose_ros.tracking.joint_filters import advance
from alphapose_ros.tracking.joint_filters import Filters
from alphapose_ros.tracking.joint_filters import JointFilter
from alphapose_ros.tracking.joint_filters import shifts_after
from alphapose_ros.tracking.limbs import LimbModel
from alphapose_ros.tracking.limbs import update_lengths


@dataclass(frozen=True)
class SmoothingConfig:
    """
    How much is smoothed.

    :param min_cutoff_hz: cutoff frequency of a joint at rest: lower trembles less.
    :param speed_gain: added to the cutoff per speed of a size of the person per second, in Hz:
        higher lags less.
    :param min_joint_score: joints scored below count as not seen, [0, 1].
    :param max_gap_s: seconds for which a joint that is not seen, or not believed, is moved on;
        then it begins anew where it is seen.
    """

    min_cutoff_hz: float = 2.0
    speed_gain: float = 12.0
    min_joint_score: float = 0.3
    max_gap_s: float = 0.3

    def __post_init__(self) -> None:
        for name in ('min_cutoff_hz', 'max_gap_s'):
            if not getattr(self, name) > 0:
                raise ValueError(f'{name} must be more than 0, got {getattr(self, name)}')
        if not self.speed_gain >= 0:
            raise ValueError(f'speed_gain must be at least 0, got {self.speed_gain}')
        if not 0 <= self.min_joint_score <= 1:
            raise ValueError(f'min_joint_score must be in [0, 1], got {self.min_joint_score}')


class Smoother:
    """
    Smooths the people of one camera; belongs behind one tracker.

    :param config: how; may be replaced between images.
    :param skeleton: the joints.
    """

    # Stamps that go back by less are out of order, by more the recording began anew.
    JUMP_BACK_S = 1.0
    # A slow camera leaves gaps of this many images, of at most so many seconds.
    GAP_IMAGES = 2.5
    MAX_SLOW_GAP_S = 1.0
    # Nobody is predicted further: what happens then is not known.
    MAX_PREDICTION_S = 0.5

    def __init__(self, config: SmoothingConfig, skeleton: Skeleton) -> None:
        self.config = config
        self._model = LimbModel.of(skeleton)
        self._is_body = np.zeros(skeleton.num_keypoints, bool)
        for name, start, end in skeleton.groups or (('body', 0, skeleton.num_keypoints),):
            self._is_body[start:end] = name == 'body'
        self.reset()

    def reset(self) -> None:
        """Forget everybody."""
        self._filters = Filters.new(np.zeros(0, np.int32), self._model)
        self._tracks = Tracks.empty(self._model.num_keypoints)
        self._stamp_ns: int | None = None

    def update(self, tracks: Tracks, stamp_ns: int) -> Tracks:
        """
        Take the people of the next image.

        :param tracks: as the tracker gives them, every image of them.
        :param stamp_ns: when the image was taken; after a jump back all begins anew.
        :return: the same people. Who is TRACKED has smooth joints and the state SMOOTHED, who is
            PREDICTED smooth joints and this state; all others are as they came. Of joints that
            are moved on the scores fade to 0.
        :raises ValueError: if the people have another number of joints.
        """
        if tracks.poses.num_keypoints != self._model.num_keypoints:
            raise ValueError(
                f'tracks must have {self._model.num_keypoints} keypoints, '
                f'got {tracks.poses.num_keypoints}'
            )
        last_ns = stamp_ns if self._stamp_ns is None else self._stamp_ns
        if (stamp_ns - last_ns) * 1e-9 <= -self.JUMP_BACK_S:
            self.reset()
            last_ns = stamp_ns
        self._stamp_ns = max(stamp_ns, last_ns)
        known = tracks[tracks.track_ids >= 0]
        known = known[np.argsort(known.track_ids)]
        before = self._filters.take(known.track_ids, self._model)
        self._filters = self._filter(before, known.poses, (self._stamp_ns - last_ns) * 1e-9)
        self._tracks = self._smooth(tracks)
        return self._tracks

    def predict(self, stamp_ns: int) -> Tracks:
        """
        Return where the people of the last image will be.

        :param stamp_ns: the time that is asked for, at most `MAX_PREDICTION_S` after the last
            image, and not before it.
        :return: all who are SMOOTHED or PREDICTED, in the state PREDICTED; boxes move along.
        """
        states = self._tracks.states
        tracks = self._tracks[(states == TrackState.SMOOTHED) | (states == TrackState.PREDICTED)]
        last_ns = stamp_ns if self._stamp_ns is None else self._stamp_ns
        ahead_s = min(max((stamp_ns - last_ns) * 1e-9, 0.0), self.MAX_PREDICTION_S)
        filters = self._filters.take(tracks.track_ids, self._model)
        body_shifts, shifts = shifts_after(filters, ahead_s)
        poses = replace(
            tracks.poses,
            boxes=(tracks.poses.boxes + np.tile(body_shifts, 2)).astype(np.float32),
            keypoints=(tracks.poses.keypoints + shifts).astype(np.float32),
        )
        return replace(
            tracks, poses=poses, states=np.full_like(states[: len(tracks)], TrackState.PREDICTED)
        )

    def _filter(self, before: Filters, people: Poses, elapsed_s: float) -> Filters:
        """Return the filters after an image."""
        config = self.config
        sizes = np.maximum((people.boxes[:, 2:] - people.boxes[:, :2]).max(axis=1), 1)
        sizes = sizes.astype(np.float64)
        slow_gap_s = min(self.GAP_IMAGES * elapsed_s, self.MAX_SLOW_GAP_S)
        max_gap_s = max(config.max_gap_s, slow_gap_s)
        moved = advance(before, elapsed_s, max_gap_s)
        points = people.keypoints.astype(np.float64)
        scores = people.keypoint_scores.astype(np.float64)
        exchanged = self._model.find_exchanged(points, moved.points, sizes, elapsed_s)
        exchanged_s = np.where(exchanged, before.exchanged_s + elapsed_s, 0)
        is_repaired = self._model.fits_exchanged(points, exchanged, before.lengths, sizes)
        is_repaired &= exchanged & (exchanged_s <= max_gap_s)
        # What lasts, or would cross the limbs, was wrong before.
        moved = moved.forget(self._model.joints_of(exchanged & ~is_repaired))
        points = self._model.exchange(points, is_repaired)
        scores = self._model.exchange(scores, is_repaired)
        is_used = (scores >= config.min_joint_score) & np.isfinite(points).all(axis=2)
        is_used &= ~self._model.find_torn(points, moved.points, before.lengths, sizes)
        seen = np.where(is_used[..., None], points, np.nan)
        lengths = self._model.lengths(seen, sizes)
        joint_filter = JointFilter(self._is_body, config.min_cutoff_hz, config.speed_gain)
        scores = np.where(is_used, scores, 0)
        learned = joint_filter.learn(moved, points, scores, sizes)
        dragged = self._model.find_dragged(learned.points, seen, before.lengths, sizes)
        if dragged.any():  # a joint has jumped, and is better believed at once
            learned = joint_filter.learn(moved.forget(dragged), points, scores, sizes)
        return replace(
            learned,
            exchanged_s=exchanged_s,
            lengths=update_lengths(before.lengths, lengths, elapsed_s),
        )

    def _smooth(self, tracks: Tracks) -> Tracks:
        """Return the people with the joints of their filters."""
        filters, poses = self._filters.take(tracks.track_ids, self._model), tracks.poses
        is_smooth = tracks.states == TrackState.TRACKED
        is_filled = np.isfinite(filters.points[..., 0])
        is_filled &= (is_smooth | (tracks.states == TrackState.PREDICTED))[:, None]
        fading = np.clip(1 - filters.gaps_s / self.config.max_gap_s, 0, 1)
        scores = np.where(is_filled, filters.scores * fading, poses.keypoint_scores)
        keypoints = np.where(is_filled[..., None], filters.points, poses.keypoints)
        poses = replace(
            poses,
            keypoints=keypoints.astype(np.float32),
            keypoint_scores=scores.astype(np.float32),
        )
        states = np.where(is_smooth, np.uint8(TrackState.SMOOTHED), tracks.states)
        return replace(tracks, poses=poses, states=states)
