# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Which joints do not fit their body: exchanged sides, torn limbs."""

import numpy as np
import pytest

from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.structures import Skeleton
from alphapose_ros.tracking.limbs import LimbModel
from alphapose_ros.tracking.limbs import update_lengths

# An arm on either side of a neck.
SKELETON = Skeleton(
    name='arms',
    keypoint_names=('neck', 'left_elbow', 'left_hand', 'right_elbow', 'right_hand'),
    limbs=((0, 1), (1, 2), (0, 3), (3, 4)),
    flip_pairs=((1, 3), (2, 4)),
)
MODEL = LimbModel.of(SKELETON)
PERSON = np.array([[50, 10], [70, 20], [80, 40], [30, 20], [20, 40]], float)
EXCHANGED = PERSON[[0, 3, 4, 1, 2]]
SIZES = np.array([100.0])


def find_exchanged(points: np.ndarray, elapsed_s: float = 0.04) -> list[bool]:
    found = MODEL.find_exchanged(points[None], PERSON[None], SIZES, elapsed_s)
    return list(found[0])


def find_torn(points: np.ndarray, expected: np.ndarray = PERSON) -> list[int]:
    usual = MODEL.lengths(PERSON[None], SIZES)
    return list(np.flatnonzero(MODEL.find_torn(points[None], expected[None], usual, SIZES)[0]))


def test_who_is_where_he_should_be_has_nothing_exchanged() -> None:
    assert find_exchanged(PERSON + 2) == [False, False]


def test_exchanged_sides_are_found_one_by_one() -> None:
    assert find_exchanged(EXCHANGED + 2) == [True, True]
    only_hands = np.array([*PERSON[:2], EXCHANGED[2], PERSON[3], EXCHANGED[4]])
    assert find_exchanged(only_hands) == [False, True]


def test_sides_that_lie_together_are_not_told_apart() -> None:
    expected = PERSON.copy()
    expected[:, 0] = 50 + (expected[:, 0] - 50) * 0.02
    points = expected[[0, 3, 4, 1, 2]][None]
    assert not MODEL.find_exchanged(points, expected[None], SIZES, 0.04).any()


@pytest.mark.parametrize(
    ('together', 'found'),
    [
        pytest.param([2, 4], [True, True], id='hands follow elbows'),
        pytest.param([1, 3], [False, True], id='elbows do not follow hands'),
    ],
)
def test_sides_that_lie_together_follow_those_further_in(
    together: list[int], found: list[bool]
) -> None:
    expected = PERSON.copy()
    expected[together, 0] = [51, 49]
    exchanged = MODEL.find_exchanged(EXCHANGED[None], expected[None], SIZES, 0.04)
    assert list(exchanged[0]) == found


def test_an_exchange_that_would_stretch_limbs_does_not_fit() -> None:
    usual = MODEL.lengths(PERSON[None], SIZES)
    only_hands = np.array([[False, True]])
    assert list(MODEL.fits_exchanged(PERSON[None], only_hands, usual, SIZES)[0]) == [False, False]
    crossed = MODEL.exchange(PERSON[None], only_hands)
    assert MODEL.fits_exchanged(crossed, only_hands, usual, SIZES).all()
    everything = np.array([[True, True]])
    assert MODEL.fits_exchanged(EXCHANGED[None], everything, usual, SIZES).all()


def test_joints_that_a_filter_drags_out_of_their_limbs_are_found() -> None:
    usual = MODEL.lengths(PERSON[None], SIZES)
    dragged = PERSON.copy()
    dragged[2] += (8, 8)
    found = MODEL.find_dragged(dragged[None], PERSON[None], usual, SIZES)
    assert list(np.flatnonzero(found[0])) == [1, 2]
    assert not MODEL.find_dragged(PERSON[None] + 20, PERSON[None], usual, SIZES).any()
    assert not MODEL.find_dragged(dragged[None], dragged[None], usual, SIZES).any()


def test_after_a_longer_time_it_must_be_surer() -> None:
    half_way = PERSON + 0.75 * (EXCHANGED - PERSON)
    assert find_exchanged(half_way, elapsed_s=0) == [True, True]
    assert find_exchanged(half_way, elapsed_s=1) == [False, False]


def test_unknown_joints_are_neither_exchanged_nor_torn() -> None:
    points = EXCHANGED.copy()
    points[[1, 2]] = np.nan
    assert find_exchanged(points) == [False, False]
    assert find_torn(np.where(np.isnan(points), np.nan, PERSON)) == []


def test_exchanging_twice_gives_the_same() -> None:
    pairs = np.array([[True, False]])
    once = MODEL.exchange(PERSON[None], pairs)
    np.testing.assert_array_equal(once[0], PERSON[[0, 3, 2, 1, 4]])
    np.testing.assert_array_equal(MODEL.exchange(once, pairs)[0], PERSON)


def test_joints_of_pairs_are_both_sides() -> None:
    assert MODEL.joints_of(np.array([[False, True]])).tolist() == [
        [False, False, True] * 1 + [False, True]
    ]


def test_lengths_are_in_sizes_of_the_person() -> None:
    lengths = MODEL.lengths(np.stack([PERSON, 2 * PERSON]), np.array([100.0, 200.0]))
    np.testing.assert_allclose(lengths[0], lengths[1])
    assert lengths[0, 0] == pytest.approx(np.hypot(20, 10) / 100)


def test_of_a_stretched_limb_the_end_that_has_jumped_is_torn() -> None:
    points = PERSON.copy()
    points[2] += (60, 30)
    assert find_torn(points) == [2]


def test_a_body_that_has_jumped_as_a_whole_is_not_torn() -> None:
    assert find_torn(PERSON + 60) == []


def test_a_limb_that_grows_where_it_is_expected_is_not_torn() -> None:
    points = PERSON.copy()
    points[2] += (60, 30)
    assert find_torn(points, expected=points) == []


def test_usual_lengths_grow_quickly_and_shrink_slowly() -> None:
    usual = np.array([[1.0, 1.0, 1.0, np.nan]])
    updated = update_lengths(usual, np.array([[2.0, 0.0, np.nan, 3.0]]), 0.3)[0]
    assert updated[0] - 1 > 5 * (1 - updated[1]) > 0
    np.testing.assert_array_equal(updated[2:], [1, 3])


@pytest.mark.parametrize('n', [0, 2])
def test_a_skeleton_may_have_neither_limbs_nor_sides(n: int) -> None:
    model = LimbModel.of(Skeleton('dots', ('one', 'other'), limbs=(), flip_pairs=()))
    points, sizes = np.zeros((n, 2, 2)), np.ones(n)
    assert model.find_exchanged(points, points, sizes, 0.1).shape == (n, 0)
    assert not model.find_torn(points, points, model.lengths(points, sizes), sizes).any()


def test_official_skeletons_have_models() -> None:
    model = LimbModel.of(get_skeleton('halpe_136'))
    assert model.joints_of(np.ones((1, len(model.left)), bool)).shape == (1, 136)
