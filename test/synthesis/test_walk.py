# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Cycles of walks."""

import numpy as np
import pytest

from alphapose_ros.io.bvh import Motion
from alphapose_ros.synthesis.rotations import turn
from alphapose_ros.synthesis.walk import cut_cycle

FPS, PERIOD = 30, 33


def swinging(frames: int, drift: float = 0.0) -> Motion:
    """Return a joint that swings, and turns away a little with every frame."""
    angles = 0.5 * np.sin(2 * np.pi * np.arange(frames) / PERIOD) + drift * np.arange(frames)
    rotations = np.stack([turn((1, 0, 0), angle) for angle in angles])[:, None]
    return Motion(('Hips',), np.array([-1], np.int32), np.zeros((1, 3), np.float32), rotations)


def test_a_cycle_is_as_long_as_two_steps() -> None:
    assert len(cut_cycle(swinging(100), FPS).rotations) == PERIOD


def test_a_cycle_ends_where_it_begins() -> None:
    turns = cut_cycle(swinging(100, drift=0.004), FPS).rotations
    steps = np.abs(np.roll(turns, -1, axis=0) - turns).max(axis=(1, 2, 3))
    assert steps[-1] < 1.1 * steps[:-1].max()


def test_a_motion_without_two_steps_is_refused() -> None:
    with pytest.raises(ValueError, match='motion must have more than 24 frames, got 20'):
        cut_cycle(swinging(20), FPS)
