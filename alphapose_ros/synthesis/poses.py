# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Random poses: walks from motion capture, postures of artists, and joints within limits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from alphapose_ros.structures import FloatArray
from alphapose_ros.synthesis.assets import Assets
from alphapose_ros.synthesis.gestures import sample_arms
from alphapose_ros.synthesis.gestures import sample_fingers
from alphapose_ros.synthesis.mocap import take_over
from alphapose_ros.synthesis.people import Person
from alphapose_ros.synthesis.puppet import Puppet
from alphapose_ros.synthesis.puppet import SIDES
from alphapose_ros.synthesis.rotations import turn
from alphapose_ros.synthesis.rotations import turn_degrees
from alphapose_ros.synthesis.rotations import vectors_to_matrices


@dataclass(frozen=True)
class PoseOdds:
    """How often a kind of pose is taken; they need not sum up to 1."""

    walk: float = 0.22
    posture: float = 0.10
    stand: float = 0.30
    sit: float = 0.15
    crouch: float = 0.05
    step: float = 0.08
    kneel: float = 0.04
    bend: float = 0.04
    lie: float = 0.02


def sample_pose(
    rng: np.random.Generator, assets: Assets, person: Person, odds: PoseOdds
) -> FloatArray:
    """Return rotations (J, 3, 3) of a random pose, which faces +z unless it lies."""
    shares = np.array(list(vars(odds).values()))
    kind = list(vars(odds))[int(rng.choice(len(shares), p=shares / shares.sum()))]
    puppet = Puppet(assets, person)
    if kind in _KINDS:
        _KINDS[kind](rng, puppet)
        _move_arms(rng, puppet)
        _look_around(rng, puppet)
    elif kind == 'walk':
        motion = assets.walks[int(rng.integers(len(assets.walks)))]
        take_over(puppet, motion, int(rng.integers(len(motion.rotations))))
        if rng.random() < 0.5:
            _move_arms(rng, puppet)
    else:
        puppet.rotations = assets.postures[int(rng.integers(len(assets.postures)))].copy()
        puppet.shake(rng, 4)
        if rng.random() < 0.4:
            _move_arms(rng, puppet)
        _look_around(rng, puppet)
    if kind != 'posture':
        for side in SIDES:
            puppet.curl(side, sample_fingers(rng))
    return _grimace(rng, assets) @ puppet.rotations


def _stand(rng: np.random.Generator, puppet: Puppet) -> None:
    weight = rng.uniform(-1, 1)  # on which leg
    for side, sign in zip(SIDES, (1, -1), strict=True):
        free = max(weight * sign, 0.0)
        _put_leg(
            rng,
            puppet,
            side,
            flex=rng.uniform(-8, 12) + 15 * free,
            spread=rng.uniform(-4, 12),
            twist=rng.uniform(-5, 25),
            knee=rng.uniform(0, 10) + 30 * free,
        )
    _bend_spine(rng, puppet, 2, (7, 9, 5))


def _sit(rng: np.random.Generator, puppet: Puppet) -> None:
    knees = rng.uniform(50, 115)
    is_crossed = rng.random() < 0.2
    for side in SIDES:
        _put_leg(
            rng,
            puppet,
            side,
            flex=rng.uniform(70, 100) + 12 * is_crossed,
            spread=rng.uniform(-12, -4) if is_crossed else rng.uniform(-4, 25),
            twist=rng.uniform(-15, 20),
            knee=float(np.clip(knees + rng.normal(0, 12), 20, 130)),
            is_flat=bool(rng.random() < 0.7),
        )
    _bend_spine(rng, puppet, 8, (12, 12, 6))


def _crouch(rng: np.random.Generator, puppet: Puppet) -> None:
    depth = rng.uniform(0.35, 1)
    for side in SIDES:
        _put_leg(
            rng,
            puppet,
            side,
            flex=depth * rng.uniform(90, 120),
            spread=rng.uniform(0, 30),
            twist=rng.uniform(0, 30),
            knee=depth * rng.uniform(110, 140),
        )
    puppet.lean(rng.uniform(0, 35) * depth)
    _bend_spine(rng, puppet, 15, (8, 8, 5))


def _step(rng: np.random.Generator, puppet: Puppet) -> None:
    front = rng.choice(SIDES)
    for side in SIDES:
        is_front = side == front
        _put_leg(
            rng,
            puppet,
            side,
            flex=rng.uniform(15, 80) if is_front else rng.uniform(-25, 5),
            spread=rng.uniform(-3, 20),
            twist=rng.uniform(-5, 25),
            knee=rng.uniform(5, 95) if is_front else rng.uniform(5, 60),
        )
    puppet.lean(rng.normal(5, 8))
    _bend_spine(rng, puppet, 4, (10, 15, 8))


def _kneel(rng: np.random.Generator, puppet: Puppet) -> None:
    raised = rng.choice((*SIDES, ''))
    for side in SIDES:
        is_up = side == raised
        _put_leg(
            rng,
            puppet,
            side,
            flex=rng.uniform(70, 95) if is_up else rng.uniform(-10, 30),
            spread=rng.uniform(0, 15),
            twist=rng.uniform(-5, 15),
            knee=rng.uniform(75, 100) if is_up else rng.uniform(85, 115),
            is_flat=is_up,
        )
    _bend_spine(rng, puppet, 5, (10, 10, 5))


def _bend(rng: np.random.Generator, puppet: Puppet) -> None:
    for side in SIDES:
        _put_leg(
            rng,
            puppet,
            side,
            flex=rng.uniform(0, 20),
            spread=rng.uniform(-2, 15),
            twist=rng.uniform(0, 20),
            knee=rng.uniform(0, 35),
        )
    puppet.lean(rng.uniform(20, 65))
    _bend_spine(rng, puppet, 30, (11, 12, 6))


def _lie(rng: np.random.Generator, puppet: Puppet) -> None:
    _stand(rng, puppet)
    on_back_or_belly = turn((1, 0, 0), np.pi / 2 * rng.choice([-1, 1]))
    puppet.turn('root', on_back_or_belly @ turn((0, 1, 0), rng.uniform(-1.2, 1.2)))


_KINDS: dict[str, Callable[[np.random.Generator, Puppet], None]] = {
    'stand': _stand,
    'sit': _sit,
    'crouch': _crouch,
    'step': _step,
    'kneel': _kneel,
    'bend': _bend,
    'lie': _lie,
}


def _put_leg(
    rng: np.random.Generator,
    puppet: Puppet,
    side: str,
    *,
    flex: float,
    spread: float,
    twist: float,
    knee: float,
    is_flat: bool = True,
) -> None:
    """Put a leg, with a foot that is level, as far as the ankle can, or stretched."""
    foot = float(np.clip(flex - knee, -25, 40)) if is_flat else 35.0
    foot += rng.normal(0, 4)
    puppet.leg(side, flex=flex, spread=spread, twist=twist, knee=knee, foot=foot)


def _bend_spine(
    rng: np.random.Generator, puppet: Puppet, forward: float, spreads: tuple[float, float, float]
) -> None:
    """Bend the spine forwards, twist it and bend it aside, by random degrees."""
    x, y, z = rng.normal((forward, 0, 0), spreads)
    puppet.bend_spine(turn_degrees(x, y, z))


def _move_arms(rng: np.random.Generator, puppet: Puppet) -> None:
    for side, goal in zip(SIDES, sample_arms(rng), strict=True):
        puppet.reach(side, goal, rng)


def _look_around(rng: np.random.Generator, puppet: Puppet) -> None:
    angles = rng.normal((2, 0, 0), (12, 25, 7))
    x, y, z = np.clip(angles, (-40, -75, -25), (40, 75, 25))
    puppet.bend_neck(turn_degrees(x, y, z))


def _grimace(rng: np.random.Generator, assets: Assets) -> FloatArray:
    """Return rotations (J, 3, 3) of a mixture of two expressions."""
    chosen = rng.integers(len(assets.expressions), size=2)
    amounts = rng.uniform(0, 1, 2) * (rng.random(2) < (0.75, 0.4))
    return vectors_to_matrices(np.einsum('e,eji->ji', amounts, assets.expressions[chosen]))
