# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
The Kalman filter of boxes that DeepSORT introduced (Wojke et al. 2017), for `compat`. N tracks.

A box is centre x, centre y, aspect (width / height) and height, in pixels, and their changes per
update. No two of the four depend on each other, so each has a covariance of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alphapose_ros.structures import FloatArray

Float64Array = NDArray[np.float64]

_POSITION_STD = 1 / 20  # of the height
_RATE_STD = 1 / 160  # of the height


@dataclass(frozen=True, eq=False)
class BoxMotion:
    """
    What is believed of N boxes.

    :param values: (N, 4) centre x, centre y, aspect, height.
    :param rates: (N, 4) their change per update.
    :param covariances: (N, 4, 3) variance of the value, covariance, variance of the rate.
    """

    values: Float64Array
    rates: Float64Array
    covariances: Float64Array

    def __getitem__(self, index: NDArray[np.intp] | NDArray[np.bool_]) -> BoxMotion:
        return BoxMotion(self.values[index], self.rates[index], self.covariances[index])

    def boxes(self) -> Float64Array:
        """Return (N, 4) xyxy."""
        sizes = self.values[:, 3:] * np.insert(self.values[:, 2:3], 1, 1, axis=1)
        return np.concatenate([self.values[:, :2] - sizes / 2, self.values[:, :2] + sizes / 2], 1)

    def concatenate(self, others: BoxMotion) -> BoxMotion:
        """Return these boxes, then the others."""
        return BoxMotion(
            np.concatenate([self.values, others.values]),
            np.concatenate([self.rates, others.rates]),
            np.concatenate([self.covariances, others.covariances]),
        )

    def with_rows(self, rows: NDArray[np.intp], others: BoxMotion) -> BoxMotion:
        """Return these boxes, those of `rows` replaced by the others."""
        order = np.arange(len(self.values))
        order[rows] = len(order) + np.arange(len(rows))
        return self.concatenate(others)[order]


def boxes_to_cxcyah(boxes: FloatArray) -> Float64Array:
    """Return (N, 4) centre x, centre y, aspect, height of xyxy boxes, at least a pixel high."""
    top_left, bottom_right = np.split(boxes.astype(np.float64), 2, axis=1)
    width, height = (bottom_right - top_left).T
    height = np.maximum(height, 1)
    return np.column_stack([(top_left + bottom_right) / 2, width / height, height])


def begin(measured: Float64Array) -> BoxMotion:
    """Return what (N, 4) boxes seen once tell."""
    value_var = _variances(measured, 2 * _POSITION_STD, 1e-2)
    rate_var = _variances(measured, 10 * _RATE_STD, 1e-5)
    covariances = np.stack([value_var, np.zeros_like(value_var), rate_var], axis=2)
    return BoxMotion(measured, np.zeros_like(measured), covariances)


def predict(motion: BoxMotion) -> BoxMotion:
    """Return the boxes one update later."""
    value_var, cross, rate_var = np.moveaxis(motion.covariances, 2, 0)
    covariances = np.stack(
        [
            value_var + 2 * cross + rate_var + _variances(motion.values, _POSITION_STD, 1e-2),
            cross + rate_var,
            rate_var + _variances(motion.values, _RATE_STD, 1e-5),
        ],
        axis=2,
    )
    return BoxMotion(motion.values + motion.rates, motion.rates, covariances)


def update(motion: BoxMotion, measured: Float64Array) -> BoxMotion:
    """Return the boxes after seeing box i of (N, 4) for track i."""
    value_var, cross, rate_var = np.moveaxis(motion.covariances, 2, 0)
    innovation_var = value_var + _measurement_variances(motion)
    gain, rate_gain = value_var / innovation_var, cross / innovation_var
    innovation = measured - motion.values
    return BoxMotion(
        motion.values + gain * innovation,
        motion.rates + rate_gain * innovation,
        np.stack(
            [value_var - gain * value_var, cross - gain * cross, rate_var - rate_gain * cross], 2
        ),
    )


def squared_mahalanobis(motion: BoxMotion, measured: Float64Array) -> Float64Array:
    """Return (N, M) how unlikely each of (M, 4) boxes is for each track."""
    variances = motion.covariances[:, None, :, 0] + _measurement_variances(motion)[:, None]
    distances: Float64Array = (np.square(measured - motion.values[:, None]) / variances).sum(2)
    return distances


def _measurement_variances(motion: BoxMotion) -> Float64Array:
    return _variances(motion.values, _POSITION_STD, 1e-1)


def _variances(values: Float64Array, part_of_height: float, aspect_std: float) -> Float64Array:
    """Return (N, 4) variances of boxes."""
    std = values[:, 3:] * np.array([part_of_height, part_of_height, 0, part_of_height])
    std[:, 2] = aspect_std
    variances: Float64Array = np.square(std)
    return variances
