# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the scores of several sequences."""

import numpy as np
import pytest

from alphapose_ros.evaluation.sequences import evaluate_sequences
from alphapose_ros.io.mot import MotRows
from alphapose_ros.io.mot_sequences import SequencePair


def walk(ids: list[int]) -> MotRows:
    """Return somebody who stands still, with an id per image."""
    n = len(ids)
    boxes = np.tile(np.array([[0, 0, 40, 100]], np.float32), (n, 1))
    return MotRows(np.arange(1, n + 1), np.array(ids), boxes, np.ones(n, np.float32))


PERFECT = SequencePair(walk([7] * 30), walk([7] * 30))
SWITCHED = SequencePair(walk([7] * 10), walk([7] * 5 + [8] * 5))


@pytest.fixture(autouse=True)
def _needs_libraries() -> None:
    pytest.importorskip('motmetrics')
    pytest.importorskip('trackeval')


def test_of_several_sequences_the_longer_counts_more() -> None:
    scores = evaluate_sequences({'a': PERFECT, 'b': SWITCHED})
    assert list(scores) == ['a', 'b', 'overall']
    assert (scores['a'].mota, scores['b'].mota) == (1, pytest.approx(0.9))
    assert scores['overall'].mota == pytest.approx(1 - 1 / 40)
    assert scores['overall'].idf1 == pytest.approx(35 / 40)
    assert scores['overall'].hota == pytest.approx(((30 * 1 + 10 * 0.5) / 40) ** 0.5)


def test_the_same_id_in_two_sequences_is_no_switch() -> None:
    scores = evaluate_sequences({'a': PERFECT, 'b': PERFECT})
    assert (scores['overall'].id_switches, scores['overall'].idf1) == (0, 1)


def test_one_sequence_has_no_overall() -> None:
    assert list(evaluate_sequences({'a': PERFECT})) == ['a']


def test_a_sequence_that_cannot_be_compared_is_named() -> None:
    empty = PERFECT.truth[np.zeros(0, np.intp)]
    with pytest.raises(ValueError, match='b: truth must have rows'):
        evaluate_sequences({'a': PERFECT, 'b': SequencePair(empty, PERFECT.found)})
