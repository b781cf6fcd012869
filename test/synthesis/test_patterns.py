# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Patterns of cloth."""

import numpy as np
import pytest

from alphapose_ros.synthesis.patterns import make_pattern
from alphapose_ros.synthesis.patterns import NUM_PATTERNS
from alphapose_ros.synthesis.patterns import SIZE


def test_the_first_pattern_is_plain() -> None:
    assert not make_pattern(0)[:, :, 0].any()


@pytest.mark.parametrize('number', range(1, NUM_PATTERNS))
def test_other_patterns_have_two_colours_and_folds(number: int) -> None:
    pattern = make_pattern(number)
    assert pattern.shape == (SIZE, SIZE, 4)
    assert pattern[:, :, 0].std() > 10
    assert 150 < pattern[:, :, 1].min() < pattern[:, :, 1].max()


def test_folds_go_on_at_the_edge_of_a_tile() -> None:
    folds = make_pattern(0)[:, :, 1].astype(int)
    inner = np.abs(np.diff(folds, axis=1)).max()
    assert np.abs(folds[:, 0] - folds[:, -1]).max() <= inner + 1
