# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Which joints of an image do not fit the body that they are said to belong to.

Pose networks sometimes take left for right for an image or two, or put an ankle on the leg of
somebody else. A filter that believed it would pull the joint half-way across the body. N people,
K keypoints, L limbs, P pairs of left and right.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alphapose_ros.structures import Skeleton

BoolArray = NDArray[np.bool_]
Float64Array = NDArray[np.float64]
IndexArray = NDArray[np.intp]

# Sides count as exchanged where that leaves less than this part of the errors; than half of it
# after the time in which legs cross by themselves.
EXCHANGE_GAIN = 0.4
CROSSING_S = 0.2
# And where they lie further apart than the network is wrong; in sizes of the person.
MIN_APART = 0.04
# A limb looks longer when it turns towards the image plane, but not by more within an image.
MAX_STRETCH = 1.4
MAX_STRETCH_OFFSET = 0.05
MIN_JUMP = 0.1
# How far what is told of one pair spreads.
LINKS = 2
# By how much all limbs of an exchanged pair together may fit worse than before.
MAX_WORSE = 0.02
# The same for one limb that a filter has changed.
MAX_DRAG = 0.04
# Seconds after which a length is forgotten by a third, when it grows and when it shrinks.
GROW_S = 0.3
SHRINK_S = 3.0


@dataclass(frozen=True)
class LimbModel:
    """
    The limbs and sides of a skeleton, for all people at once.

    :param limbs: (L, 2) joints.
    :param left: (P,) joints.
    :param right: (P,) joints that swap with `left`.
    :param are_linked: (P, P) a pair with limbs on both sides to one further out: knees to ankles.
    :param num_keypoints: K.
    """

    limbs: IndexArray
    left: IndexArray
    right: IndexArray
    are_linked: BoolArray
    num_keypoints: int

    @staticmethod
    def of(skeleton: Skeleton) -> LimbModel:
        """Return the model of a skeleton."""
        limbs = np.array(skeleton.limbs, np.intp).reshape(-1, 2)
        pairs = np.array(skeleton.flip_pairs, np.intp).reshape(-1, 2)
        left, right = pairs[:, 0], pairs[:, 1]
        is_limb = np.zeros((skeleton.num_keypoints,) * 2, bool)
        is_limb[limbs[:, 0], limbs[:, 1]] = is_limb[limbs[:, 1], limbs[:, 0]] = True
        are_linked = is_limb[np.ix_(left, left)] & is_limb[np.ix_(right, right)]
        # Data sets list joints from the trunk outwards.
        return LimbModel(limbs, left, right, np.triu(are_linked), skeleton.num_keypoints)

    def find_exchanged(
        self,
        points: Float64Array,
        expected: Float64Array,
        sizes: Float64Array,
        elapsed_s: float,
    ) -> BoolArray:
        """
        Return which pairs of joints have left and right exchanged.

        Pairs that are expected too near to each other to tell follow those further in: when the
        legs cross, ankles follow the knees.

        :param points: (N, K, 2) as measured; NaN where unknown.
        :param expected: (N, K, 2) where the joints should be; NaN where unknown.
        :param sizes: (N,) of the people, pixels.
        :param elapsed_s: since the last image, from which `expected` comes.
        :return: (N, P).
        """
        left, right = points[:, self.left], points[:, self.right]
        expected_left, expected_right = expected[:, self.left], expected[:, self.right]
        same = _distance(left, expected_left) + _distance(right, expected_right)
        exchanged = _distance(left, expected_right) + _distance(right, expected_left)
        apart = _distance(expected_left, expected_right)
        max_ratio = EXCHANGE_GAIN / (1 + elapsed_s / CROSSING_S)
        is_clear = apart > MIN_APART * sizes[:, None]
        is_exchanged: BoolArray = (exchanged < max_ratio * same) & is_clear
        for _ in range(LINKS if is_exchanged.any() else 0):
            is_exchanged |= ~is_clear & (is_exchanged @ self.are_linked)
        return is_exchanged

    def fits_exchanged(
        self,
        points: Float64Array,
        pairs: BoolArray,
        usual_lengths: Float64Array,
        sizes: Float64Array,
    ) -> BoolArray:
        """
        Return of which pairs the limbs have their usual lengths as well after the exchange.

        Else the image is right and the expectation is not: knees and ankles that are exchanged
        alone would cross the shanks.

        :param pairs: (N, P) that are to be exchanged.
        :param usual_lengths: (N, L) in sizes of the person; NaN where unknown.
        :return: (N, P).
        """
        if not pairs.any():
            return pairs
        exchanged = self.exchange(points, pairs)
        worse = self._worse(exchanged, points, usual_lengths, sizes)
        touches = self.limbs[None] == np.stack([self.left, self.right], axis=1)[:, :, None, None]
        fits: BoolArray = worse @ touches.any(axis=(1, 3)).T <= MAX_WORSE
        return fits

    def find_dragged(
        self,
        smooth: Float64Array,
        points: Float64Array,
        usual_lengths: Float64Array,
        sizes: Float64Array,
    ) -> BoolArray:
        """
        Return the joints of limbs that a filter has made stranger than the image shows them.

        :param smooth: (N, K, 2) filtered.
        :param points: (N, K, 2) as measured; NaN where unknown.
        :return: (N, K).
        """
        dragged = np.zeros(points.shape[:2], bool)
        worse = self._worse(smooth, points, usual_lengths, sizes)
        people, limbs = np.nonzero(worse > MAX_DRAG)
        dragged[people[:, None], self.limbs[limbs]] = True
        return dragged

    def _worse(
        self,
        changed: Float64Array,
        points: Float64Array,
        usual_lengths: Float64Array,
        sizes: Float64Array,
    ) -> Float64Array:
        """Return (N, L) by how much limbs are further from usual than before; 0: unknown."""
        before = np.abs(self.lengths(points, sizes) - usual_lengths)
        after = np.abs(self.lengths(changed, sizes) - usual_lengths)
        worse: Float64Array = np.nan_to_num(after - before)
        return worse

    def exchange(self, values: Float64Array, pairs: BoolArray) -> Float64Array:
        """Return (N, K, ...) values with the marked pairs (N, P) exchanged."""
        people, chosen = np.nonzero(pairs)
        if not len(people):
            return values
        left, right = self.left[chosen], self.right[chosen]
        exchanged: Float64Array = values.copy()
        exchanged[people, left], exchanged[people, right] = (
            values[people, right],
            values[people, left],
        )
        return exchanged

    def joints_of(self, pairs: BoolArray) -> BoolArray:
        """Return (N, K) the joints of the marked pairs (N, P)."""
        joints = np.zeros((len(pairs), self.num_keypoints), bool)
        joints[:, self.left] = joints[:, self.right] = pairs
        return joints

    def lengths(self, points: Float64Array, sizes: Float64Array) -> Float64Array:
        """Return (N, L) lengths in sizes of the person; NaN where an end is unknown."""
        ends = points[:, self.limbs]  # (N, L, 2, 2)
        return _distance(ends[:, :, 0], ends[:, :, 1]) / sizes[:, None]

    def find_torn(
        self,
        points: Float64Array,
        expected: Float64Array,
        usual_lengths: Float64Array,
        sizes: Float64Array,
    ) -> BoolArray:
        """
        Return the joints that would stretch a limb: of its ends the one that has jumped further.

        :param usual_lengths: (N, L) in sizes of the person; NaN where unknown.
        :return: (N, K).
        """
        torn = np.zeros(points.shape[:2], bool)
        longest = MAX_STRETCH * usual_lengths + MAX_STRETCH_OFFSET
        people, limbs = np.nonzero(self.lengths(points, sizes) > longest)
        if not len(people):
            return torn
        jumps = np.nan_to_num(_distance(points, expected)) / sizes[:, None]  # (N, K)
        ends = self.limbs[limbs]  # (T, 2)
        end_jumps = jumps[people[:, None], ends]
        worst = np.take_along_axis(ends, end_jumps.argmax(axis=1)[:, None], axis=1)[:, 0]
        torn[people, worst] = end_jumps.max(axis=1) > MIN_JUMP
        return torn


def update_lengths(
    usual_lengths: Float64Array, lengths: Float64Array, elapsed_s: float
) -> Float64Array:
    """Return the usual lengths after an image: quick to grow, slow to shrink; NaN is unknown."""
    time_constant_s = np.where(lengths > usual_lengths, GROW_S, SHRINK_S)
    gain = elapsed_s / (time_constant_s + elapsed_s)
    updated = usual_lengths + gain * (lengths - usual_lengths)
    updated = np.where(np.isnan(lengths), usual_lengths, updated)
    return np.where(np.isnan(usual_lengths), lengths, updated)


def _distance(points_a: Float64Array, points_b: Float64Array) -> Float64Array:
    x, y = points_a[..., 0] - points_b[..., 0], points_a[..., 1] - points_b[..., 1]
    distances: Float64Array = np.sqrt(x * x + y * y)
    return distances
