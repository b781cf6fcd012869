# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the Kalman filter of boxes."""

import numpy as np
import pytest

from alphapose_ros.tracking import kalman
from alphapose_ros.tracking.kalman import BoxStates

WALKER = np.array([[100.0, 200.0, 40.0, 120.0]])


def after_steps(num_steps: int, velocity: np.ndarray, step_s: float) -> BoxStates:
    """Return what is believed after watching somebody walk with a constant velocity."""
    states = kalman.begin(WALKER)
    for i in range(1, num_steps + 1):
        states = kalman.predict(states, step_s)
        states = kalman.update(states, WALKER + i * step_s * velocity)
    return states


def test_two_half_steps_equal_one_step() -> None:
    states = after_steps(5, np.array([30.0, -10.0, 0.0, 0.0]), 0.1)
    once = kalman.predict(states, 0.4)
    twice = kalman.predict(kalman.predict(states, 0.2), 0.2)
    np.testing.assert_allclose(once.values, twice.values)
    np.testing.assert_allclose(once.rates, twice.rates)
    # The noise is taken relative to the size, which itself changes a little on the way.
    np.testing.assert_allclose(once.covariances, twice.covariances, rtol=0.01)


def test_no_time_changes_nothing() -> None:
    states = after_steps(3, np.array([30.0, 0.0, 0.0, 0.0]), 0.1)
    later = kalman.predict(states, 0.0)
    np.testing.assert_array_equal(later.values, states.values)
    np.testing.assert_array_equal(later.covariances, states.covariances)


@pytest.mark.parametrize('step_s', [0.02, 0.1, 0.5])
def test_a_constant_velocity_is_recovered_at_any_frame_rate(step_s: float) -> None:
    velocity = np.array([60.0, -20.0, 0.0, 0.0])
    states = after_steps(round(8 / step_s), velocity, step_s)
    np.testing.assert_allclose(states.rates[0], velocity, atol=0.5)
    later = kalman.predict(states, 1.0)
    np.testing.assert_allclose(later.values[0], WALKER[0] + 9 * velocity, atol=1.0)


def test_covariances_stay_positive_definite() -> None:
    rng = np.random.default_rng(0)
    states = kalman.begin(WALKER)
    for _ in range(300):
        states = kalman.predict(states, float(rng.choice([0.0, 0.03, 0.5])))
        if rng.random() < 0.7:
            states = kalman.update(states, WALKER + rng.normal(0, 3, (1, 4)))
        value, cross, rate = np.moveaxis(states.covariances, 2, 0)
        assert (value > 0).all()
        assert (rate > 0).all()
        assert (value * rate > np.square(cross)).all()


def test_it_is_the_textbook_filter_with_matrices() -> None:
    states = kalman.predict(after_steps(4, np.array([50.0, 0.0, 0.0, 0.0]), 0.1), 0.1)
    value, cross, rate = states.covariances[0, 0]
    covariance = np.array([[value, cross], [cross, rate]])
    noise = np.square(states.values[0, 3] * kalman.MEASUREMENT_STD[0])
    observe = np.array([[1.0, 0.0]])
    gain = covariance @ observe.T / (observe @ covariance @ observe.T + noise)
    seen = states.values + np.array([[7.0, 0.0, 0.0, 0.0]])
    updated = kalman.update(states, seen)
    state = np.array([states.values[0, 0], states.rates[0, 0]]) + 7.0 * gain[:, 0]
    np.testing.assert_allclose([updated.values[0, 0], updated.rates[0, 0]], state)
    wanted = (np.eye(2) - gain @ observe) @ covariance
    np.testing.assert_allclose(updated.covariances[0, 0], wanted[[0, 0, 1], [0, 1, 1]])


def test_twice_as_near_means_twice_the_pixels() -> None:
    near = kalman.predict(kalman.begin(2 * WALKER), 0.3)
    far = kalman.predict(kalman.begin(WALKER), 0.3)
    np.testing.assert_allclose(near.covariances, 4 * far.covariances)


def test_tracks_do_not_influence_each_other() -> None:
    boxes = np.array([[0.0, 0.0, 40.0, 100.0], [500.0, 90.0, 20.0, 60.0]])
    both = kalman.update(kalman.predict(kalman.begin(boxes), 0.1), boxes + 3)
    alone = kalman.update(kalman.predict(kalman.begin(boxes[1:]), 0.1), boxes[1:] + 3)
    np.testing.assert_array_equal(both[np.array([1])].values, alone.values)
    np.testing.assert_array_equal(both[np.array([1])].covariances, alone.covariances)


def test_the_expected_box_is_the_nearest_and_time_brings_the_others_nearer() -> None:
    states = kalman.begin(WALKER)
    boxes = np.repeat(WALKER, 2, axis=0)
    boxes[1, 0] += 30
    soon = kalman.squared_mahalanobis(kalman.predict(states, 0.05), boxes)
    late = kalman.squared_mahalanobis(kalman.predict(states, 1.0), boxes)
    assert soon.shape == (1, 2)
    assert soon[0, 0] == pytest.approx(0)
    assert soon[0, 1] > late[0, 1] > 0


def test_who_is_covered_teaches_less() -> None:
    states = kalman.predict(kalman.begin(WALKER), 0.1)
    seen = WALKER + np.array([[20.0, 0.0, 0.0, 0.0]])
    free, half, covered = (
        kalman.update(states, seen, np.array([part])).values[0, 0] for part in (0.0, 0.5, 1.0)
    )
    assert free > half > covered > WALKER[0, 0]
    assert free == kalman.update(states, seen).values[0, 0]


def test_filtering_and_moving_with_the_camera_commute() -> None:
    angle, scale = 0.1, 1.5
    rotation = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    matrix = np.column_stack([rotation, [30.0, -20.0]])
    states = after_steps(10, np.array([60.0, -20.0, 0.0, 0.0]), 0.1)
    one = kalman.predict(states.moved_by(matrix), 0.5)
    other = kalman.predict(states, 0.5).moved_by(matrix)
    np.testing.assert_allclose(one.values, other.values)
    np.testing.assert_allclose(one.rates, other.rates)
    np.testing.assert_allclose(one.covariances, other.covariances)
    np.testing.assert_allclose(one.values[0, 2:], scale * WALKER[0, 2:], rtol=1e-6)


def test_a_box_never_shrinks_through_zero() -> None:
    states = after_steps(10, np.array([0.0, 0.0, -20.0, -60.0]), 0.1)
    later = kalman.predict(states, 30.0)
    assert (later.values[:, 2:] >= 1).all()


def test_no_boxes_are_a_normal_value() -> None:
    states = kalman.predict(kalman.begin(np.zeros((0, 4))), 0.1)
    states = kalman.update(states, np.zeros((0, 4)))
    assert states.values.shape == (0, 4)
    assert kalman.squared_mahalanobis(states, WALKER).shape == (0, 1)
