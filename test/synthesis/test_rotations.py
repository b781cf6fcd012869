# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Rotations and limbs of two bones."""

import numpy as np
import pytest

from alphapose_ros.synthesis.rotations import bend_limb
from alphapose_ros.synthesis.rotations import fraction
from alphapose_ros.synthesis.rotations import frame
from alphapose_ros.synthesis.rotations import turn

POLE = np.array([0, 0, -1], np.float32)


def test_turns_are_right_handed() -> None:
    assert np.allclose(turn((0, 1, 0), np.pi / 2) @ (0, 0, 1), (1, 0, 0), atol=1e-6)


def test_fractions_of_a_rotation_make_up_the_whole() -> None:
    whole = turn((0.6, 0.8, 0), 1.2)
    third = fraction(whole, 1 / 3)
    assert np.allclose(third @ third @ third, whole, atol=1e-6)


def test_a_frame_is_a_rotation_that_starts_with_the_direction() -> None:
    rotation = frame(np.array([0, 2, 0], np.float32), np.array([1, 1, 0], np.float32))
    assert np.allclose(rotation @ rotation.T, np.eye(3), atol=1e-6)
    assert np.linalg.det(rotation) == pytest.approx(1)
    assert np.allclose(rotation[:, 0], (0, 1, 0))


def test_a_limb_reaches_its_target_with_the_elbow_towards_the_pole() -> None:
    start, target = np.zeros(3, np.float32), np.array([0.3, 0.1, 0], np.float32)
    upper, lower = bend_limb(start, target, POLE, 0.3, 0.25)
    assert np.allclose(start + 0.3 * upper + 0.25 * lower, target, atol=1e-5)
    assert upper[2] < 0


def test_a_limb_points_to_a_target_out_of_reach() -> None:
    upper, lower = bend_limb(np.zeros(3), np.array([5.0, 0, 0]), POLE, 0.3, 0.25)
    tip = 0.3 * upper + 0.25 * lower
    assert tip[0] == pytest.approx(0.55, rel=0.01)
    assert np.allclose(tip[1:], 0, atol=1e-5)
