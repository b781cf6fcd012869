# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of arrays of people as JSON."""

from typing import Any

import numpy as np
import pytest

from alphapose_ros.io.json_arrays import column
from alphapose_ros.io.json_arrays import flat_triples
from alphapose_ros.io.json_arrays import nulls_for_nan
from alphapose_ros.io.json_arrays import split_triples


def test_a_column_of_nobody_has_its_shape() -> None:
    array = column([], 'keypoints', np.float32, (34,))
    assert (array.shape, array.dtype) == ((0, 34), np.float32)


@pytest.mark.parametrize('dtype', [np.int32, np.uint32, np.float32])
def test_a_column_has_its_values_and_type(dtype: type[Any]) -> None:
    array = column([{'a': 1, 'b': 9}, {'a': 2}], 'a', dtype)
    assert (array.tolist(), array.dtype) == ([1, 2], dtype)


def test_null_is_nan_only_where_gaps_are_allowed() -> None:
    records = [{'a': [1.5, None]}]
    np.testing.assert_array_equal(
        column(records, 'a', np.float32, (2,), has_gaps=True), [[1.5, np.nan]]
    )
    with pytest.raises(ValueError, match='a must be finite, not null'):
        column(records, 'a', np.float32, (2,))


def test_rows_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match='a cannot be read'):
        column([{'a': [1, 2]}, {'a': [1]}], 'a', np.float32, (2,))


def test_nan_becomes_null() -> None:
    array = np.array([[1.5, np.nan]], np.float32)
    assert nulls_for_nan(array) == [[1.5, None]]
    assert np.isnan(array[0, 1])  # the argument stays as it was


@pytest.mark.parametrize('n', [0, 3])
def test_triples_are_split_as_they_were_joined(n: int) -> None:
    keypoints = np.arange(1, 4 * n + 1, dtype=np.float32).reshape(n, 2, 2)
    scores = np.full((n, 2), 0.5, np.float32)
    keypoints[:, 1], scores[:, 1] = np.nan, 0
    triples = np.array(flat_triples(keypoints, scores), np.float32).reshape(n, 6)
    again, again_scores = split_triples(triples)
    np.testing.assert_array_equal(again, keypoints)
    np.testing.assert_array_equal(again_scores, scores)
