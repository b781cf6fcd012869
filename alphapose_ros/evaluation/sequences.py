# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Several tracked sequences, each and together."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from alphapose_ros.evaluation.tracking import evaluate_tracking
from alphapose_ros.evaluation.tracking import TrackingScores
from alphapose_ros.io.mot import MotRows
from alphapose_ros.io.mot_sequences import join_rows
from alphapose_ros.io.mot_sequences import SequencePair
from alphapose_ros.io.mot_sequences import shift_rows

OVERALL = 'overall'


def evaluate_sequences(pairs: Mapping[str, SequencePair]) -> dict[str, TrackingScores]:
    """
    Compare sequences with what is true.

    :return: by name; of several also 'overall', in which every person counts alike: the scores of
        all sequences behind each other, with ids of their own.
    :raises ValueError: as `evaluate_tracking`; names the sequence.
    """
    scores = {}
    for name, pair in pairs.items():
        try:
            scores[name] = evaluate_tracking(pair.truth, pair.found)
        except ValueError as err:
            raise ValueError(f'{name}: {err}') from err
    if len(pairs) > 1:
        scores[OVERALL] = evaluate_tracking(*_behind_each_other(pairs))
    return scores


def _behind_each_other(pairs: Mapping[str, SequencePair]) -> tuple[MotRows, MotRows]:
    truths, founds = [], []
    frames, ids = 0, 0
    for pair in pairs.values():
        truths.append(shift_rows(pair.truth, frames, ids))
        founds.append(shift_rows(pair.found, frames, ids))
        both = join_rows([truths[-1], founds[-1]])
        frames, ids = int(np.max(both.frames)), int(np.max(both.ids)) + 1
    return join_rows(truths), join_rows(founds)
