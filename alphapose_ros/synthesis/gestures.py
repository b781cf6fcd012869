# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""What people do with their arms and hands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from alphapose_ros.structures import FloatArray

Vector = tuple[float, float, float]


@dataclass(frozen=True)
class ArmGoal:
    """
    Where a left wrist goes; mirrored for the right one. The trunk is upright, +z to the front.

    :param anchor: shoulder or hip of the same side, chest, or head (its top).
    :param offset: from the anchor, in lengths of the arm: outwards, up, to the front.
    :param pole: direction towards which the elbow is put.
    :param roll: degrees, of the hand about the forearm.
    :param spread: standard deviation of the offset.
    """

    anchor: str
    offset: Vector
    pole: Vector
    roll: float = 0.0
    spread: float = 0.05


_HANGING = ArmGoal('shoulder', (0.18, -0.95, 0.10), (0.5, 0, -1), spread=0.06)
_ONE_ARM: tuple[tuple[float, ArmGoal], ...] = (
    (6, _HANGING),
    (2, ArmGoal('hip', (0.22, 0.12, 0.02), (1, 0, -0.6), roll=-30, spread=0.03)),  # on the hip
    (2, ArmGoal('shoulder', (0.25, 0.35, 0.30), (1, -1, -0.2), spread=0.10)),  # waving
    (1, ArmGoal('shoulder', (0.10, 0.95, 0.10), (1, 0, 0.2), spread=0.10)),  # up
    (2, ArmGoal('shoulder', (0.05, 0.0, 1.0), (0.7, -1, 0), spread=0.18)),  # pointing ahead
    (1, ArmGoal('shoulder', (0.95, 0.0, 0.15), (0, -1, -0.6), spread=0.15)),  # aside
    (1.5, ArmGoal('head', (0.18, -0.28, 0.22), (1, -1, 0.2), roll=40, spread=0.04)),  # at the face
    (1, ArmGoal('head', (0.22, -0.02, 0.05), (1, 0.2, 0.3), spread=0.05)),  # on the head
    (2, ArmGoal('chest', (0.12, -0.32, 0.50), (1, -0.8, -0.4), spread=0.09)),  # holding something
    (1.5, ArmGoal('chest', (-0.05, -0.12, 0.36), (1, -0.7, -0.1), spread=0.05)),  # on the chest
    (1, ArmGoal('hip', (0.10, 0.10, 0.28), (1, 0, -0.7), spread=0.05)),  # on the belly
    (1, ArmGoal('hip', (0.05, 0.12, -0.28), (1, 0, -1), roll=60, spread=0.05)),  # behind the back
    (1.5, ArmGoal('hip', (0.0, 0.12, 0.50), (1, 0, -0.8), spread=0.10)),  # on the thigh
    (2, ArmGoal('shoulder', (0.35, -0.2, 0.4), (0.6, -1, -0.4), spread=0.40)),  # anywhere
)
_BOTH_ARMS: tuple[tuple[float, ArmGoal], ...] = (
    (4, _HANGING),
    (1.5, ArmGoal('hip', (0.22, 0.12, 0.02), (1, 0, -0.6), roll=-30, spread=0.03)),
    (1, ArmGoal('shoulder', (0.15, 0.9, 0.1), (1, 0, 0.2), spread=0.12)),
    (1, ArmGoal('chest', (-0.22, -0.15, 0.36), (1, -0.6, -0.1), spread=0.03)),  # crossed
    (1, ArmGoal('chest', (0.06, -0.25, 0.48), (1, -0.7, -0.3), spread=0.06)),
    (1, ArmGoal('hip', (-0.12, 0.02, 0.30), (1, 0, -0.8), spread=0.03)),  # folded
    (0.7, ArmGoal('head', (0.12, -0.08, -0.12), (1, 0.2, 0.2), spread=0.04)),  # behind the head
    (0.7, ArmGoal('shoulder', (0.9, 0.05, 0.1), (0, -1, -0.6), spread=0.12)),
)
# Degrees at the three joints of thumb, index, middle, ring and little finger.
_HANDS: tuple[tuple[float, tuple[Vector, ...]], ...] = (
    (4, ((5, 8, 8), (18, 22, 14), (22, 26, 16), (25, 28, 16), (26, 28, 16))),  # relaxed
    (3, ((0, 0, 0), (0, 2, 2), (0, 2, 2), (0, 2, 2), (0, 2, 2))),  # open
    (2, ((25, 30, 30), (75, 90, 55), (78, 95, 60), (80, 95, 60), (80, 90, 60))),  # fist
    (1.5, ((20, 25, 25), (0, 3, 3), (72, 90, 55), (75, 90, 55), (75, 88, 55))),  # pointing
    (1, ((0, -5, -5), (75, 90, 55), (78, 92, 55), (78, 92, 55), (78, 90, 55))),  # thumb up
    (0.7, ((25, 30, 30), (0, 3, 3), (0, 3, 3), (75, 90, 55), (75, 88, 55))),  # two fingers
    (1.5, ((12, 15, 12), (45, 45, 25), (45, 48, 28), (48, 50, 28), (48, 50, 28))),  # holding
)


def sample_arms(rng: np.random.Generator) -> tuple[ArmGoal, ArmGoal]:
    """Return where the left and the right wrist go."""
    if rng.random() < 0.4:
        goal = _choose(rng, _BOTH_ARMS)
        return goal, goal
    return _choose(rng, _ONE_ARM), _choose(rng, _ONE_ARM)


def sample_fingers(rng: np.random.Generator) -> FloatArray:
    """Return (5, 3) degrees by which thumb to little finger are bent at each joint."""
    odds = np.array([share for share, _ in _HANDS])
    chosen = int(rng.choice(len(_HANDS), p=odds / odds.sum()))
    curls = np.array(_HANDS[chosen][1]) + rng.normal(0, 5, (5, 1)) + rng.normal(0, 4, (5, 3))
    return np.clip(curls, -8, 100).astype(np.float32)


def _choose(rng: np.random.Generator, goals: tuple[tuple[float, ArmGoal], ...]) -> ArmGoal:
    odds = np.array([share for share, _ in goals])
    return goals[int(rng.choice(len(goals), p=odds / odds.sum()))][1]
