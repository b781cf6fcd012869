# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Filters of the joints of all people at once. N people, K keypoints, L limbs, P pairs of sides.

What an image tells against what was expected is split into what all joints have in common, the
movement of the body, and the rest, the movement of the limbs. Each part has a low pass whose
cutoff frequency rises with its speed (One Euro filter, Casiez et al. 2012), so that a still joint
does not tremble and a quick one does not lag, and a rate, so that a steady movement has no lag.
Speeds are in sizes of the person, so the same parameters serve any distance and resolution.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from alphapose_ros.tracking.limbs import BoolArray
from alphapose_ros.tracking.limbs import Float64Array
from alphapose_ros.tracking.limbs import LimbModel

# Seconds after which a limb is expected to have ended its own movement by two thirds.
LIMB_S = 0.07
# All joints together tremble less than one: their cutoff frequency is higher by this factor.
BODY_CUTOFF = 2.0
# Joints of this score count in full.
GOOD_SCORE = 0.4
# Joints that move by less than this apart from the others, in sizes of the person, move with them.
OUTLIER_SIZE = 0.02
# Somebody who is found further from where he should be begins anew; in sizes of the person.
MAX_JUMP = 0.3


@dataclass(frozen=True, eq=False)
class Filters:
    """
    What is remembered of N people; rates are pixels per second.

    :param ids: (N,) int32, ascending.
    :param points: (N, K, 2) filtered; NaN where a joint is not known.
    :param body_rates: (N, 2) of the person as a whole.
    :param limb_rates: (N, K, 2) what joints add to that.
    :param held_back: (N, K, 2) what the filter has not believed of the last image yet, pixels.
    :param scores: (N, K) when a joint was last believed.
    :param gaps_s: (N, K) seconds since then.
    :param exchanged_s: (N, P) seconds for which sides have been exchanged.
    :param lengths: (N, L) usual lengths of the limbs in sizes of the person.
    """

    ids: NDArray[np.int32]
    points: Float64Array
    body_rates: Float64Array
    limb_rates: Float64Array
    held_back: Float64Array
    scores: Float64Array
    gaps_s: Float64Array
    exchanged_s: Float64Array
    lengths: Float64Array

    @staticmethod
    def new(ids: NDArray[np.int32], model: LimbModel) -> Filters:
        """Return filters of people of whom nothing is known."""
        n, k = len(ids), model.num_keypoints
        return Filters(
            ids=ids,
            points=np.full((n, k, 2), np.nan),
            body_rates=np.zeros((n, 2)),
            limb_rates=np.zeros((n, k, 2)),
            held_back=np.zeros((n, k, 2)),
            scores=np.zeros((n, k)),
            gaps_s=np.full((n, k), np.inf),
            exchanged_s=np.zeros((n, len(model.left))),
            lengths=np.full((n, len(model.limbs)), np.nan),
        )

    def take(self, ids: NDArray[np.int32], model: LimbModel) -> Filters:
        """Return the filters of these people, new ones where there are none."""
        if np.array_equal(self.ids, ids):
            return self
        rows = np.searchsorted(self.ids, ids)
        rows = np.where(np.append(self.ids, -1)[rows] == ids, rows, len(self.ids))
        blank = vars(Filters.new(np.full(1, -1, np.int32), model))
        arrays = {k: np.concatenate([v, blank[k]])[rows] for k, v in vars(self).items()}
        return Filters(**{**arrays, 'ids': ids})

    def forget(self, joints: BoolArray) -> Filters:
        """Return the filters without the joints (N, K), which begin anew."""
        if not joints.any():
            return self
        chosen = joints[..., None]
        return replace(
            self,
            points=np.where(chosen, np.nan, self.points),
            limb_rates=np.where(chosen, 0, self.limb_rates),
        )


@dataclass(frozen=True)
class JointFilter:
    """
    One step in time, and one image.

    :param is_body: (K,) joints that tell how the body moves.
    :param min_cutoff_hz: cutoff frequency at rest.
    :param speed_gain: added to it per size of the person per second, in Hz.
    """

    is_body: BoolArray
    min_cutoff_hz: float
    speed_gain: float

    def learn(
        self, moved: Filters, points: Float64Array, scores: Float64Array, sizes: Float64Array
    ) -> Filters:
        """
        Return the filters after an image.

        :param moved: the filters at the time of the image.
        :param points: (N, K, 2) of the image; NaN only where the score is 0.
        :param scores: (N, K) 0 where a joint is not seen, or not believed.
        :param sizes: (N,) of the people, pixels.
        """
        is_used = scores > 0
        is_old = is_used & np.isfinite(moved.points[..., 0])
        errors = np.where(is_old[..., None], points - moved.points, 0)
        weights = np.where(is_old, np.minimum(scores / GOOD_SCORE, 1), 0)
        body_errors = _common_part(errors[:, self.is_body], weights[:, self.is_body], sizes)
        has_jumped = np.hypot(body_errors[:, 0], body_errors[:, 1]) > MAX_JUMP * sizes
        if has_jumped.any():
            return self.learn(moved.forget(has_jumped[:, None]), points, scores, sizes)
        limb_errors = np.where(is_old[..., None], errors - body_errors[:, None], 0)
        body_gaps_s = moved.gaps_s.min(axis=1, initial=np.inf)
        body_cutoffs_hz = BODY_CUTOFF * self._cutoffs_hz(moved.body_rates, sizes)
        body_gains = _gain(body_cutoffs_hz, body_gaps_s)
        limb_cutoffs_hz = self._cutoffs_hz(moved.limb_rates, sizes[:, None])
        limb_gains = weights * _gain(limb_cutoffs_hz, moved.gaps_s)
        smooth = moved.points + (body_gains[:, None] * body_errors)[:, None]
        smooth += limb_gains[..., None] * limb_errors
        smooth = np.where((is_used & ~is_old)[..., None], points, smooth)
        return replace(
            moved,
            points=smooth,
            body_rates=moved.body_rates + _rates(body_errors, body_gains, body_gaps_s),
            limb_rates=moved.limb_rates + _rates(limb_errors, limb_gains, moved.gaps_s),
            held_back=np.where(is_used[..., None], points - smooth, 0),
            scores=np.where(is_used, scores, moved.scores),
            gaps_s=np.where(is_used, 0, moved.gaps_s),
        )

    def _cutoffs_hz(self, rates: Float64Array, sizes: Float64Array) -> Float64Array:
        speeds = np.hypot(rates[..., 0], rates[..., 1]) / sizes
        cutoffs_hz: Float64Array = self.min_cutoff_hz + self.speed_gain * speeds
        return cutoffs_hz


def advance(before: Filters, elapsed_s: float, max_gap_s: float) -> Filters:
    """Return the filters later; joints that have not been seen for too long are not known."""
    left = np.exp(-elapsed_s / LIMB_S)
    points = before.points + before.body_rates[:, None] * elapsed_s
    points += before.limb_rates * (LIMB_S * (1 - left))
    gaps_s = before.gaps_s + elapsed_s
    moved = replace(before, points=points, limb_rates=before.limb_rates * left, gaps_s=gaps_s)
    return moved.forget(gaps_s > max_gap_s)


def shifts_after(filters: Filters, ahead_s: float) -> tuple[Float64Array, Float64Array]:
    """
    Return how far bodies (N, 2) and joints (N, K, 2) get in a time, in pixels.

    What the filter holds back arrives with the movement of the limbs: the last image is nearer to
    what comes than the filter.
    """
    body_shifts = filters.body_rates * ahead_s
    limb_shifts = filters.limb_rates * LIMB_S + filters.held_back
    return body_shifts, body_shifts[:, None] - np.expm1(-ahead_s / LIMB_S) * limb_shifts


def _gain(cutoffs_hz: Float64Array, elapsed_s: Float64Array) -> Float64Array:
    """Return the gain of a first-order low pass (Casiez et al. 2012, equation 5)."""
    ratio = 2 * np.pi * cutoffs_hz * np.where(np.isfinite(elapsed_s), elapsed_s, 0)
    gains: Float64Array = ratio / (ratio + 1)
    return gains


def _rates(errors: Float64Array, gains: Float64Array, elapsed_s: Float64Array) -> Float64Array:
    """Return what rates learn from errors (Benedict and Bordner 1962): quick, and well damped."""
    per_s = gains**2 / (2 - gains) / np.maximum(elapsed_s, 1e-3)
    rates: Float64Array = per_s[..., None] * errors
    return rates


def _common_part(errors: Float64Array, weights: Float64Array, sizes: Float64Array) -> Float64Array:
    """Return (N, 2) the weighted mean of errors (N, K, 2); outliers count less (Cauchy)."""
    common = np.zeros((len(errors), 2))
    counts = weights
    for _ in range(3):
        totals = np.maximum(counts.sum(axis=1), 1e-9)
        common = (counts[:, None] @ errors)[:, 0] / totals[:, None]
        distances = np.square(errors - common[:, None]).sum(axis=2) / np.square(sizes)[:, None]
        counts = weights / (1 + distances / OUTLIER_SIZE**2)
    return common
