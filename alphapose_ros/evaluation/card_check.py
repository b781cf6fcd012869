# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Whether the numbers of two model cards agree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

# Between processors and libraries scores differ by less.
TOLERANCE = 0.005
CardNumbers = Mapping[str, float | None]


@dataclass(frozen=True)
class Difference:
    """
    A number that two cards do not agree on.

    :param key: data set, model and measure.
    :param known: of the one card, as text; empty if it lacks the key.
    :param measured: of the other.
    """

    key: str
    known: str
    measured: str


def compare_cards(known: CardNumbers, measured: CardNumbers) -> list[Difference]:
    """Return numbers that one card lacks, or that differ by more than 0.005."""
    return [
        Difference(key, _text(known, key), _text(measured, key))
        for key in {**known, **measured}
        if key not in known or key not in measured or not _agree(known[key], measured[key])
    ]


def _agree(a: float | None, b: float | None) -> bool:
    if a is None or b is None:
        return a is b
    return abs(a - b) <= TOLERANCE


def _text(card: CardNumbers, key: str) -> str:
    return str(card[key]) if key in card else ''
