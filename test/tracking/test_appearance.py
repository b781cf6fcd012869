# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the memory of what people look like."""

import numpy as np
import pytest

from alphapose_ros.tracking.appearance import likeness
from alphapose_ros.tracking.appearance import normalize
from alphapose_ros.tracking.appearance import remember
from alphapose_ros.tracking.appearance import update_strangers

APART = np.array([[0, 0, 10, 20], [50, 0, 60, 20]], np.float32)
UNKNOWN = np.full((1, 2), np.nan, np.float32)


def at_angle(*degrees: float) -> np.ndarray:
    """Return unit vectors whose cosines are those of the angles between them."""
    angles = np.radians(degrees)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


def test_normalized_vectors_have_length_one_and_nothing_is_unknown() -> None:
    vectors = np.array([[3, 4], [0, 0], [np.nan, 1], [np.inf, 0]], np.float32)
    normalized = normalize(vectors)
    np.testing.assert_allclose(normalized[0], [0.6, 0.8])
    assert np.isnan(normalized[1:]).any(axis=1).all()
    assert normalize(np.zeros((0, 0), np.float32)).shape == (0, 0)


@pytest.mark.parametrize(
    ('degrees', 'expected'),
    [(0, 1), (60, 0), (90, 0), (np.degrees(np.arccos(0.75)), 0.5)],
    ids=['equal', 'as strangers', 'farther than strangers', 'half way'],
)
def test_likeness_counts_from_strangers(degrees: float, expected: float) -> None:
    assert likeness(at_angle(0), at_angle(degrees), 0.5)[0, 0] == pytest.approx(expected, abs=1e-6)


def test_likeness_of_the_unknown_is_unknown() -> None:
    assert np.isnan(likeness(UNKNOWN, at_angle(0, 10), 0.5)).all()
    assert np.isnan(likeness(at_angle(0), UNKNOWN, 0.5)).all()
    no_vectors = np.zeros((2, 0), np.float32)
    assert np.isnan(likeness(no_vectors, no_vectors[:1], 0.5)).all()
    assert likeness(no_vectors, no_vectors[:1], 0.5).shape == (2, 1)


def test_strangers_are_learned_from_people_in_one_image() -> None:
    strangers = 0.5
    for _ in range(200):
        strangers = update_strangers(strangers, at_angle(0, np.degrees(np.arccos(0.2))), APART)
    assert strangers == pytest.approx(0.2, abs=1e-3)


@pytest.mark.parametrize(
    ('seen', 'boxes'),
    [
        pytest.param(at_angle(0), APART[:1], id='one person'),
        pytest.param(at_angle(0, 90), np.repeat(APART[:1], 2, axis=0), id='one person, twice'),
        pytest.param(np.concatenate([at_angle(0), UNKNOWN]), APART, id='one unknown'),
        pytest.param(np.zeros((2, 0), np.float32), APART, id='no vectors'),
    ],
)
def test_strangers_are_not_learned_from(seen: np.ndarray, boxes: np.ndarray) -> None:
    assert update_strangers(0.5, seen, boxes) == 0.5


def test_people_in_uniform_are_still_alike() -> None:
    strangers = 0.5
    for _ in range(1000):
        strangers = update_strangers(strangers, at_angle(20, 20), APART)
    assert strangers < 0.95
    assert likeness(at_angle(20), at_angle(20), strangers)[0, 0] == pytest.approx(1, abs=1e-5)


def test_memory_follows_slowly_and_keeps_its_length() -> None:
    looks = at_angle(0)
    once = remember(looks, at_angle(60), np.zeros(1, np.float32))
    assert 0.9 < (once @ looks.T)[0, 0] < 1
    for _ in range(200):
        looks = remember(looks, at_angle(60), np.zeros(1, np.float32))
    np.testing.assert_allclose(looks, at_angle(60), atol=1e-3)
    assert np.linalg.norm(once) == pytest.approx(1)


@pytest.mark.parametrize(
    ('before', 'seen', 'covered', 'after'),
    [
        pytest.param(at_angle(0), at_angle(90), 0.5, at_angle(0), id='covered: nothing learned'),
        pytest.param(at_angle(0), UNKNOWN, 0.0, at_angle(0), id='not seen: kept'),
        pytest.param(UNKNOWN, at_angle(90), 0.0, at_angle(90), id='seen first: taken over'),
        pytest.param(UNKNOWN, at_angle(90), 0.9, at_angle(90), id='better than nothing'),
        pytest.param(UNKNOWN, UNKNOWN, 0.0, UNKNOWN, id='still unknown'),
    ],
)
def test_what_is_remembered(
    before: np.ndarray, seen: np.ndarray, covered: float, after: np.ndarray
) -> None:
    remembered = remember(before, seen, np.array([covered], np.float32))
    np.testing.assert_allclose(remembered, after, atol=1e-6)
