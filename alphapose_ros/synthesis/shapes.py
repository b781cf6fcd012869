# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Bodies of all shapes: amounts of morph targets.

The macro targets of MakeHuman are corners of a cube of sex, age, muscle, weight, height and
proportions; a body lies between them, and the amount of a corner is the product of the distances.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product

import numpy as np

Amounts = dict[str, float]
# Ages of the corners baby, child, young and old.
_AGES = (1.0, 10.0, 25.0, 90.0)
_MIN_AMOUNT = 0.02
# Details that people differ in; each has an increasing and a decreasing target.
_DETAILS = (
    ('head/head-fat', 'decr', 'incr'),
    ('head/head-scale-vert', 'decr', 'incr'),
    ('head/head-scale-horiz', 'decr', 'incr'),
    ('head/head-scale-depth', 'decr', 'incr'),
    ('nose/nose-scale-vert', 'decr', 'incr'),
    ('nose/nose-scale-horiz', 'decr', 'incr'),
    ('nose/nose-scale-depth', 'decr', 'incr'),
    ('nose/nose-hump', 'decr', 'incr'),
    ('mouth/mouth-scale-horiz', 'decr', 'incr'),
    ('mouth/mouth-upperlip-volume', 'decr', 'incr'),
    ('mouth/mouth-lowerlip-volume', 'decr', 'incr'),
    ('chin/chin-width', 'decr', 'incr'),
    ('chin/chin-height', 'decr', 'incr'),
    ('neck/neck-scale-vert', 'decr', 'incr'),
    ('torso/torso-scale-horiz', 'decr', 'incr'),
    ('torso/torso-scale-vert', 'decr', 'incr'),
    ('hip/hip-scale-horiz', 'decr', 'incr'),
    ('stomach/stomach-tone', 'decr', 'incr'),
    ('armslegs/{side}-hand-scale', 'decr', 'incr'),
    ('armslegs/{side}-foot-scale', 'decr', 'incr'),
    ('armslegs/{side}-upperarm-scale-vert', 'decr', 'incr'),
    ('armslegs/{side}-lowerarm-scale-vert', 'decr', 'incr'),
    ('armslegs/{side}-upperleg-scale-vert', 'decr', 'incr'),
    ('armslegs/{side}-lowerleg-scale-vert', 'decr', 'incr'),
)


@dataclass(frozen=True)
class BodyShape:
    """
    What a body looks like.

    :param femaleness: 0 male to 1 female.
    :param age: years.
    :param african: share of looks.
    :param asian: share of looks.
    :param amounts: of morph targets.
    """

    femaleness: float
    age: float
    african: float
    asian: float
    amounts: Amounts


def sample_shape(rng: np.random.Generator) -> BodyShape:
    """Return a random person older than 14."""
    femaleness = float(np.clip(rng.choice([0.0, 1.0]) + rng.normal(0, 0.07), 0, 1))
    age = float(np.clip(rng.choice([rng.uniform(15, 45), rng.uniform(25, 80)]), 15, 85))
    looks = rng.dirichlet([0.35, 0.35, 0.35])
    sexes = {'female': femaleness, 'male': 1 - femaleness}
    ages = dict(zip(('baby', 'child', 'young', 'old'), _between(age, _AGES), strict=True))
    muscles = _three(rng.normal(0.5, 0.18), 'muscle')
    weights = _three(rng.normal(0.52, 0.2), 'weight')
    heights = _ends(rng.normal(0.6, 0.15), 'minheight', 'maxheight')
    proportions = _ends(rng.normal(0.6, 0.2), 'uncommonproportions', 'idealproportions')
    races = dict(zip(('african', 'asian', 'caucasian'), looks.tolist(), strict=True))
    prefix = 'macrodetails'
    corners = (sexes, ages, muscles, weights)
    amounts = {
        **_corners(f'{prefix}/universal-', corners),
        **_corners(f'{prefix}/', (races, sexes, ages)),
        **_corners(f'{prefix}/height/', (*corners, heights)),
        **_corners(f'{prefix}/proportions/', (*corners, proportions)),
        **_sample_details(rng),
    }
    return BodyShape(femaleness, age, races['african'], races['asian'], amounts)


def _between(value: float, marks: Iterable[float]) -> list[float]:
    """Return the shares of the marks between which the value lies."""
    points = list(marks)
    return [float(np.interp(value, points, np.eye(len(points))[i])) for i in range(len(points))]


def _three(value: float, name: str) -> Amounts:
    shares = _between(float(np.clip(value, 0, 1)), (0.0, 0.5, 1.0))
    return {
        f'{level}{name}': s for level, s in zip(('min', 'average', 'max'), shares, strict=True)
    }


def _ends(value: float, low: str, high: str) -> Amounts:
    """Return how much of either end; nothing in the middle."""
    clipped = float(np.clip(value, 0, 1)) * 2 - 1
    return {low: max(-clipped, 0.0), high: max(clipped, 0.0)}


def _corners(prefix: str, axes: tuple[Amounts, ...]) -> Amounts:
    amounts = {}
    for corner in product(*(axis.items() for axis in axes)):
        amount = float(np.prod([share for _, share in corner]))
        if amount > _MIN_AMOUNT:
            amounts[prefix + '-'.join(name for name, _ in corner)] = amount
    return amounts


def _sample_details(rng: np.random.Generator) -> Amounts:
    amounts = {}
    for name, less, more in _DETAILS:
        amount = rng.normal(0, 0.35)
        target = f'{name}-{more if amount > 0 else less}'
        for side in 'lr' if '{side}' in name else ('',):
            amounts[target.format(side=side)] = float(min(abs(amount), 1.0))
    return amounts
