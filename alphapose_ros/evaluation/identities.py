# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""How well identity vectors tell who is who. N sightings, D values."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alphapose_ros.io.mot_sequences import SequenceImage
from alphapose_ros.structures import FloatArray

# Nearer in time somebody looks the same to anything.
MIN_GAP_S = 1.0
# Vectors of the (N, 4) boxes of an image.
Embed = Callable[[NDArray[np.uint8], FloatArray], FloatArray]


@dataclass(frozen=True)
class IdentityScores:
    """
    Measures of re-identification (Zheng et al. 2015); 1 is perfect, NaN if nobody is asked for.

    :param rank1: how often the most similar sighting is of the same person.
    :param mean_ap: average precision of all sightings by similarity, mean over who is asked for.
    """

    rank1: float
    mean_ap: float


def evaluate_identities(
    images: Iterable[SequenceImage], embed: Embed, *, min_gap_s: float = MIN_GAP_S
) -> IdentityScores:
    """
    Ask for every person of a sequence among the others, with the true boxes.

    :param embed: gives vectors of any length; of length 0, nobody is asked for.
    :param min_gap_s: only what was seen so long before or after is compared.
    """
    vectors, identities, times_s = [], [], []
    for here in images:
        people = here.truth[here.truth.scores != 0]
        vectors.append(embed(here.image, people.boxes))
        if not vectors[-1].shape[1]:
            return IdentityScores(float('nan'), float('nan'))
        identities.append(people.ids)
        times_s.append(np.full(len(people), here.time_s))
    return score_identities(
        np.concatenate(vectors),
        np.concatenate(identities),
        np.concatenate(times_s),
        min_gap_s=min_gap_s,
    )


def score_identities(
    vectors: FloatArray,
    identities: NDArray[np.int64],
    times_s: NDArray[np.float64],
    *,
    min_gap_s: float = MIN_GAP_S,
) -> IdentityScores:
    """
    Ask for every sighting among those some time away; who has none there is not asked for.

    :param vectors: (N, D) not 0.
    :param identities: (N,).
    :param times_s: (N,).
    """
    units = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    similarity = units @ units.T
    is_apart = np.abs(times_s[:, None] - times_s) >= min_gap_s
    is_same = identities[:, None] == identities
    first, precisions = [], []
    for row in np.flatnonzero((is_apart & is_same).any(axis=1)):
        others = np.flatnonzero(is_apart[row])
        order = others[np.argsort(-similarity[row, others], kind='stable')]
        places = np.flatnonzero(is_same[row, order]) + 1
        first.append(places[0] == 1)
        precisions.append(np.mean(np.arange(1, len(places) + 1) / places))
    if not first:
        return IdentityScores(float('nan'), float('nan'))
    return IdentityScores(float(np.mean(first)), float(np.mean(precisions)))
