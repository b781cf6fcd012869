# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Smooth skeletons, and where they will be: signals for controllers and displays.

Every joint has a One-Euro filter (Casiez et al. 2012): a low pass whose cutoff frequency rises
with the speed of the joint, so that a still joint does not tremble and a quick one does not lag.
Speeds are in sizes of the person, so the same parameters serve any distance and resolution. Three
things are added:

- a joint counts by its score, and moves on with its body while it is not seen;
- exchanged sides and joints that would tear a limb do not enter the filter (`limbs`);
- a skeleton can be asked for a later time, to make up for the latency of camera and networks.

N people, K keypoints, L limbs, P pairs of left and right.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from alphapose_ros.structures import FloatArray
from alphapose_ros.structures import Poses
from alphapose_ros.structures import Skeleton
from alphapose_ros.structures import Tracks
from alphapose_ros.structures import TrackState
from alphapose_ros.tracking.limbs import BoolArray
from alphapose_ros.tracking.limbs import Float64Array
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

    min_cutoff_hz: float = 1.0
    speed_gain: float = 5.0
    min_joint_score: float = 0.2
    max_gap_s: float = 0.3

    def __post_init__(self) -> None:
        for name in ('min_cutoff_hz', 'max_gap_s'):
            if not getattr(self, name) > 0:
                raise ValueError(f'{name} must be more than 0, got {getattr(self, name)}')
        if not self.speed_gain >= 0:
            raise ValueError(f'speed_gain must be at least 0, got {self.speed_gain}')
        if not 0 <= self.min_joint_score <= 1:
            raise ValueError(f'min_joint_score must be in [0, 1], got {self.min_joint_score}')


@dataclass(frozen=True, eq=False)
class _Filters:
    """
    What is remembered of N people.

    :param ids: (N,) int32, ascending.
    :param points: (N, K, 2) filtered; NaN where a joint has never been seen.
    :param rates: (N, K, 2) pixels per second.
    :param gaps_s: (N, K) seconds since a joint was last believed.
    :param exchanged_s: (N, P) seconds for which sides have been exchanged.
    :param lengths: (N, L) usual lengths of the limbs in sizes of the person.
    """

    ids: NDArray[np.int32]
    points: Float64Array
    rates: Float64Array
    gaps_s: Float64Array
    exchanged_s: Float64Array
    lengths: Float64Array

    def rows_of(self, ids: NDArray[np.int32]) -> NDArray[np.intp]:
        """Return the row of each id; len(self.ids) where it has none."""
        rows = np.searchsorted(self.ids, ids)
        is_known = np.append(self.ids, -1)[rows] == ids
        return np.where(is_known, rows, len(self.ids))

    def take(self, ids: NDArray[np.int32]) -> _Filters:
        """Return the filters of these people, new ones where there are none."""
        rows = self.rows_of(ids)
        fills = (('points', np.nan), ('rates', 0), ('gaps_s', np.inf), ('exchanged_s', 0))
        arrays = {}
        for name, fill in (*fills, ('lengths', np.nan)):
            array = getattr(self, name)
            blank = np.full((1, *array.shape[1:]), fill, float)
            arrays[name] = np.concatenate([array, blank])[rows]
        return _Filters(ids=ids, **arrays)


class Smoother:
    """
    Smooths the people of one camera; belongs behind one tracker.

    :param config: how; may be replaced between images.
    :param skeleton: the joints.
    """

    SPEED_CUTOFF_HZ = 1.5
    # Joints of this score count in full.
    GOOD_SCORE = 0.5
    # Seconds after which a limb is expected to have ended its own movement by two thirds, and a
    # joint that is not seen to move as its body does.
    LIMB_S = 0.1
    # Nothing is filtered over longer steps.
    MAX_STEP_S = 1.0
    # Nobody is predicted further: what happens then is not known.
    MAX_PREDICTION_S = 0.5

    def __init__(self, config: SmoothingConfig, skeleton: Skeleton) -> None:
        self.config = config
        self._model = LimbModel.of(skeleton)
        self._num_keypoints = skeleton.num_keypoints
        self.reset()

    def reset(self) -> None:
        """Forget everybody."""
        k, pairs, limbs = self._num_keypoints, len(self._model.left), len(self._model.limbs)
        self._filters = _Filters(
            ids=np.zeros(0, np.int32),
            points=np.zeros((0, k, 2)),
            rates=np.zeros((0, k, 2)),
            gaps_s=np.zeros((0, k)),
            exchanged_s=np.zeros((0, pairs)),
            lengths=np.zeros((0, limbs)),
        )
        self._tracks = Tracks.empty(k)
        self._stamp_ns: int | None = None

    def update(self, tracks: Tracks, stamp_ns: int) -> Tracks:
        """
        Take the people of the next image.

        :param tracks: as the tracker gives them, every image of them.
        :param stamp_ns: when the image was taken. An older stamp than the last begins anew.
        :return: the same people. Who is TRACKED has smooth joints and the state SMOOTHED, who is
            PREDICTED smooth joints and this state; all others are as they came.
        """
        if self._stamp_ns is not None and stamp_ns < self._stamp_ns:
            self.reset()
        elapsed_s = 0.0 if self._stamp_ns is None else (stamp_ns - self._stamp_ns) * 1e-9
        self._stamp_ns = stamp_ns
        known = tracks[tracks.track_ids >= 0]
        self._filters = self._filter(self._filters.take(known.track_ids), known.poses, elapsed_s)
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
        if len(tracks) == 0 or self._stamp_ns is None:
            return tracks
        ahead_s = np.clip((stamp_ns - self._stamp_ns) * 1e-9, 0, self.MAX_PREDICTION_S)
        filters = self._filters.take(tracks.track_ids)
        shifts = _advance(filters, ahead_s, self.LIMB_S) - filters.points
        body_shifts = _body_rates(filters) * ahead_s
        poses = replace(
            tracks.poses,
            boxes=(tracks.poses.boxes + np.tile(body_shifts, 2)).astype(np.float32),
            keypoints=(tracks.poses.keypoints + shifts).astype(np.float32),
        )
        return replace(
            tracks, poses=poses, states=np.full_like(tracks.states, TrackState.PREDICTED)
        )

    def _filter(self, before: _Filters, people: Poses, elapsed_s: float) -> _Filters:
        """Return the filters after an image."""
        sizes = np.maximum((people.boxes[:, 2:] - people.boxes[:, :2]).max(axis=1), 1.0)
        moved = _advance(before, elapsed_s, self.LIMB_S)
        gaps_s = before.gaps_s + elapsed_s
        # A slow camera leaves a gap between any two images.
        max_gap_s = max(self.config.max_gap_s, min(1.5 * elapsed_s, self.MAX_STEP_S))
        is_lost = ~(gaps_s <= max_gap_s)
        points, weights = self._measure(people)
        exchanged = self._model.find_exchanged(points, moved, sizes)
        exchanged_s = np.where(exchanged, before.exchanged_s + elapsed_s, 0)
        is_lasting = exchanged_s > self.config.max_gap_s  # then it was wrong before
        is_lost |= self._model.joints_of(is_lasting)
        exchanged &= ~is_lasting
        points = self._model.exchange(points, exchanged)
        weights = self._model.exchange(weights, exchanged)
        is_torn = self._model.find_torn(points, moved, before.lengths, sizes)
        is_used = (weights > 0) & (is_lost | ~is_torn)
        is_new = is_used & is_lost
        rates = self._filter_rates(before, points, gaps_s, is_used & ~is_new)
        gains = weights * _gain(self._cutoffs_hz(rates, sizes), gaps_s)
        gains = np.where(is_new, 1, gains)[..., None]
        smooth = np.where(is_new[..., None], points, moved + gains * (points - moved))
        seen = np.where(is_used[..., None], points, np.nan)
        return _Filters(
            before.ids,
            np.where(is_used[..., None], smooth, moved),
            rates,
            np.where(is_used, 0, gaps_s),
            exchanged_s,
            update_lengths(before.lengths, self._model.lengths(seen, sizes), elapsed_s),
        )

    def _measure(self, people: Poses) -> tuple[Float64Array, Float64Array]:
        """Return the joints of the image and how much each counts, 0 to 1; 0 where not seen."""
        scores = people.keypoint_scores
        is_seen = (scores >= self.config.min_joint_score) & np.isfinite(people.keypoints[..., 0])
        weights = np.where(is_seen, np.clip(scores / self.GOOD_SCORE, 0.05, 1), 0)
        return people.keypoints.astype(np.float64), weights.astype(np.float64)

    def _filter_rates(
        self, before: _Filters, points: Float64Array, gaps_s: Float64Array, is_used: BoolArray
    ) -> Float64Array:
        """Return low-passed rates; those of joints that are not seen become those of the body."""
        safe_gaps_s = np.maximum(gaps_s, 1e-3)[..., None]
        with np.errstate(invalid='ignore'):
            measured = (points - before.points) / safe_gaps_s
        gains = _gain(np.full_like(gaps_s, self.SPEED_CUTOFF_HZ), gaps_s)[..., None]
        filtered = before.rates + gains * (measured - before.rates)
        rates: Float64Array = np.where(is_used[..., None], filtered, before.rates)
        return rates

    def _cutoffs_hz(self, rates: Float64Array, sizes: FloatArray) -> Float64Array:
        speeds = np.hypot(rates[..., 0], rates[..., 1]) / sizes[:, None]
        cutoffs_hz: Float64Array = self.config.min_cutoff_hz + self.config.speed_gain * speeds
        return cutoffs_hz

    def _smooth(self, tracks: Tracks) -> Tracks:
        """Return the people with the joints of their filters."""
        filters, poses = self._filters.take(tracks.track_ids), tracks.poses
        is_smooth = tracks.states == TrackState.TRACKED
        is_filled = np.isfinite(filters.points[..., 0])
        is_filled &= (is_smooth | (tracks.states == TrackState.PREDICTED))[:, None]
        is_filled &= filters.gaps_s <= self.config.max_gap_s
        keypoints = np.where(is_filled[..., None], filters.points, poses.keypoints)
        states = np.where(is_smooth, np.uint8(TrackState.SMOOTHED), tracks.states)
        poses = replace(poses, keypoints=keypoints.astype(np.float32))
        return replace(tracks, poses=poses, states=states)


def _gain(cutoffs_hz: Float64Array, elapsed_s: Float64Array) -> Float64Array:
    """Return the gain of a first-order low pass (Casiez et al. 2012, equation 5)."""
    ratio = 2 * np.pi * cutoffs_hz * np.where(np.isfinite(elapsed_s), elapsed_s, 0)
    gains: Float64Array = ratio / (ratio + 1)
    return gains


def _body_rates(filters: _Filters) -> Float64Array:
    """Return (N, 2) how the person moves as a whole: the mean over the joints that are seen."""
    weights = (filters.gaps_s == 0)[..., None]
    totals = np.where(weights, filters.rates, 0).sum(axis=1)
    rates: Float64Array = totals / np.maximum(weights.sum(axis=1), 1)
    return rates


def _advance(filters: _Filters, elapsed_s: float, limb_s: float) -> Float64Array:
    """
    Return (N, K, 2) the joints `elapsed_s` later.

    The body moves on as it does; what a limb adds to that ends after about `limb_s`.
    """
    body = _body_rates(filters)[:, None]
    limb_time_s = limb_s * -np.expm1(-elapsed_s / limb_s)
    points: Float64Array = filters.points + body * elapsed_s + (filters.rates - body) * limb_time_s
    return points
