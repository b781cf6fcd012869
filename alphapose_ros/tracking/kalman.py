# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
A constant-velocity Kalman filter of boxes, for all tracks at once. N tracks.

The state of a box is four independent pairs of value and rate: centre x, centre y, width, height
(pixels) and their rates (pixels per second). Each pair has a 2 x 2 covariance, so the filter is a
few vectorised lines and needs no matrix inverse. Time steps are real seconds; the noise grows with
the time and with the height of the person, since a near person moves more pixels than a far one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Float64Array = NDArray[np.float64]

# Relative to the height of the person; x and y, then width and height.
# The boxes of a detector scatter by 4 to 6 % in the centre and 7 to 11 % in the size (measured on
# public detections of walking people). A walker hardly changes his velocity within a second; a
# filter that expects more follows the scatter and loses people who cross.
MEASUREMENT_STD = np.array([0.05, 0.05, 0.08, 0.08])
INITIAL_RATE_STD = np.array([1.0, 0.5, 0.1, 0.1])  # per second
# A box of which a part is covered scatters more: this much times the part.
COVERED_FACTOR = 1.0
ACCELERATION_STD = np.array([0.4, 0.3, 0.1, 0.1])  # per second squared, per sqrt(second)


@dataclass(frozen=True, eq=False)
class BoxStates:
    """
    What is believed of N boxes.

    :param values: (N, 4) centre x, centre y, width, height in pixels.
    :param rates: (N, 4) their rates in pixels per second.
    :param covariances: (N, 4, 3) variance of the value, covariance, variance of the rate.
    """

    values: Float64Array
    rates: Float64Array
    covariances: Float64Array

    def __getitem__(self, index: NDArray[np.intp] | NDArray[np.bool_]) -> BoxStates:
        return BoxStates(self.values[index], self.rates[index], self.covariances[index])

    def moved_by(self, matrix: Float64Array) -> BoxStates:
        """
        Return the boxes as the camera sees them after it has moved.

        :param matrix: (2, 3) similarity from pixels of the last image to those of this one.
        """
        scale = np.sqrt(abs(np.linalg.det(matrix[:, :2])))
        centre_rates = self.rates[:, :2] @ matrix[:, :2].T
        return BoxStates(
            move_boxes(self.values, matrix),
            np.concatenate([centre_rates, self.rates[:, 2:] * scale], axis=1),
            self.covariances * scale**2,
        )

    @staticmethod
    def concatenate(first: BoxStates, second: BoxStates) -> BoxStates:
        """Return the boxes of both, in order."""
        return BoxStates(
            np.concatenate([first.values, second.values]),
            np.concatenate([first.rates, second.rates]),
            np.concatenate([first.covariances, second.covariances]),
        )


def move_boxes(boxes_cxcywh: Float64Array, matrix: Float64Array) -> Float64Array:
    """
    Return (N, 4) boxes after a similarity; they stay upright when the image turns.

    :param matrix: (2, 3).
    """
    scale = np.sqrt(abs(np.linalg.det(matrix[:, :2])))
    centres = boxes_cxcywh[:, :2] @ matrix[:, :2].T + matrix[:, 2]
    return np.concatenate([centres, boxes_cxcywh[:, 2:] * scale], axis=1)


def begin(boxes_cxcywh: Float64Array) -> BoxStates:
    """Return the states of (N, 4) boxes seen for the first time."""
    heights = _scale(boxes_cxcywh)
    covariances = np.zeros((len(boxes_cxcywh), 4, 3))
    covariances[..., 0] = np.square(heights * MEASUREMENT_STD)
    covariances[..., 2] = np.square(heights * INITIAL_RATE_STD)
    return BoxStates(boxes_cxcywh.copy(), np.zeros_like(boxes_cxcywh), covariances)


def predict(states: BoxStates, elapsed_s: float) -> BoxStates:
    """
    Return the states `elapsed_s` seconds later.

    White acceleration noise (Bar-Shalom et al. 2001, section 6.2): two steps of half the time give
    the same covariance as one.
    """
    dt = elapsed_s
    noise = np.square(_scale(states.values) * ACCELERATION_STD)
    value_var, cross, rate_var = np.moveaxis(states.covariances, 2, 0)
    covariances = np.stack(
        [
            value_var + 2 * dt * cross + dt**2 * rate_var + noise * dt**3 / 3,
            cross + dt * rate_var + noise * dt**2 / 2,
            rate_var + noise * dt,
        ],
        axis=2,
    )
    values = states.values + dt * states.rates
    values[:, 2:] = np.maximum(values[:, 2:], 1)  # a box does not shrink through zero
    return BoxStates(values, states.rates, covariances)


def update(
    states: BoxStates, boxes_cxcywh: Float64Array, covered: NDArray[np.floating] | None = None
) -> BoxStates:
    """
    Return the states after seeing box i of (N, 4) for track i.

    :param covered: (N,) parts of the boxes that are covered by others, [0, 1]; None: nothing is.
    """
    value_var, cross, rate_var = np.moveaxis(states.covariances, 2, 0)
    noise = _scale(boxes_cxcywh) * MEASUREMENT_STD
    if covered is not None:
        noise = noise * (1 + COVERED_FACTOR * covered[:, None])
    innovation_var = value_var + np.square(noise)
    gain, rate_gain = value_var / innovation_var, cross / innovation_var
    innovation = boxes_cxcywh - states.values
    covariances = np.stack(
        [(1 - gain) * value_var, (1 - gain) * cross, rate_var - rate_gain * cross], axis=2
    )
    return BoxStates(
        states.values + gain * innovation, states.rates + rate_gain * innovation, covariances
    )


def squared_mahalanobis(states: BoxStates, boxes_cxcywh: Float64Array) -> Float64Array:
    """
    Return how unlikely every box is for every track.

    :param boxes_cxcywh: (M, 4).
    :return: (N, M); chi-square distributed with 4 degrees of freedom for the right box.
    """
    variances = states.covariances[:, None, :, 0] + np.square(
        _scale(boxes_cxcywh)[None] * MEASUREMENT_STD
    )
    offsets = boxes_cxcywh[None] - states.values[:, None]
    distances: Float64Array = (np.square(offsets) / variances).sum(axis=2)
    return distances


def _scale(boxes_cxcywh: Float64Array) -> Float64Array:
    """
    Return (N, 1) the size that noise is relative to, at least a pixel.

    The larger of height and width: somebody cut off by the image edge does not become tiny.
    """
    sizes: Float64Array = np.maximum(boxes_cxcywh[:, 2:].max(axis=1, keepdims=True), 1)
    return sizes
