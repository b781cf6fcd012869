# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of what the tracker remembers."""

from dataclasses import replace

import numpy as np
import pytest

from alphapose_ros.structures import Poses
from alphapose_ros.tracking.track import Sightings
from alphapose_ros.tracking.track import TrackTable


def people(*centres_x: float, height: float = 100) -> Poses:
    """Return people with one joint, at the top right of their box."""
    n = len(centres_x)
    x = np.array(centres_x, np.float32)
    y = np.full(n, height / 2, np.float32)
    return Poses(
        boxes=np.stack([x - 20, y - height / 2, x + 20, y + height / 2], axis=1),
        box_scores=np.full(n, 0.9, np.float32),
        keypoints=np.stack([x + 20, y - height / 2], axis=1)[:, None],
        keypoint_scores=np.full((n, 1), 0.8, np.float32),
        scores=np.full(n, 0.7, np.float32),
        embeddings=np.ones((n, 3), np.float32),
    )


def sightings(*centres_x: float, covered: float = 0) -> Sightings:
    seen = Sightings.of(people(*centres_x), 3)
    return replace(seen, covered=np.full(len(seen), covered, np.float32))


def born(*centres_x: float, confirm_s: float = 0.2) -> TrackTable:
    table = TrackTable.empty(1).with_length_of_looks(3)
    return table.begin(sightings(*centres_x), 5, confirm_s)


def test_new_tracks_count_from_the_given_id_and_from_age_zero() -> None:
    table = born(0, 100)
    assert table.ids.tolist() == [5, 6]
    assert table.ages.tolist() == [0, 0]
    assert table.seen.all()
    assert not table.confirmed.any()
    assert born(0, confirm_s=0).confirmed.all()


def test_time_ages_everybody_and_seeing_resets_only_who_is_seen() -> None:
    table = born(0, 100).advance(0.5).see(np.array([1]), sightings(101), 1)
    assert table.ages.tolist() == [1, 1]
    assert table.seen.tolist() == [False, True]
    assert table.missed_s.tolist() == [0.5, 0]
    assert table.streaks_s.tolist() == [0.5, 0.5]


@pytest.mark.parametrize(
    ('covered', 'num_images'), [(0, 2), (0.5, 5), (1, 8)], ids=['free', 'half', 'covered']
)
def test_it_takes_some_time_to_be_confirmed_and_more_who_is_covered(
    covered: float, num_images: int
) -> None:
    table, confirmed = born(0), []
    for _ in range(10):
        table = table.advance(0.125).see(np.array([0]), sightings(0, covered=covered), 0.2)
        confirmed.append(bool(table.confirmed[0]))
    # In 0.2 s, or up to five times as long.
    assert confirmed == [False] * (num_images - 1) + [True] * (11 - num_images)


def test_who_is_missed_before_he_is_confirmed_starts_again() -> None:
    table = born(0).advance(0.125).see(np.array([], int), sightings(), 0.2)
    table = table.advance(0.125).see(np.array([0]), sightings(0), 0.2)
    assert table.streaks_s.tolist() == [0]
    assert not table.confirmed[0]


def test_seeing_in_another_order_gives_the_same_tracks() -> None:
    table = born(0, 100).advance(0.1)
    one = table.see(np.array([0, 1]), sightings(2, 103), 0.2)
    other = table.see(np.array([1, 0]), sightings(103, 2), 0.2)
    np.testing.assert_array_equal(one.boxes.values, other.boxes.values)
    np.testing.assert_array_equal(one.last_seen.keypoints, other.last_seen.keypoints)


def test_joints_move_along_with_the_box() -> None:
    table = born(0)
    for i in range(1, 40):
        table = table.advance(0.1).see(np.array([0]), sightings(5.0 * i), 0.2)
    expected = table.advance(1.0).predicted()
    np.testing.assert_allclose(expected.boxes, people(245).boxes, atol=1.5)
    np.testing.assert_allclose(expected.keypoints[0, 0], expected.boxes[0, [2, 1]], atol=1e-3)


def test_unknown_joints_stay_unknown() -> None:
    seen = people(0)
    seen.keypoints[:] = np.nan
    seen = replace(seen, embeddings=np.zeros((1, 0), np.float32))
    table = TrackTable.empty(1).begin(Sightings.of(seen, 0), 1, 0.2).advance(0.1)
    assert np.isnan(table.predicted().keypoints).all()


def test_tables_are_values_that_do_not_change() -> None:
    table = born(0, 100)
    table.advance(1.0).see(np.array([0]), sightings(3), 0.2)
    assert table.missed_s.tolist() == [0, 0]
    assert table.streaks_s.tolist() == [0, 0]
    np.testing.assert_array_equal(table.last_seen.boxes, people(0, 100).boxes)


def test_boxes_and_joints_move_with_the_camera_and_speed_turns_with_it() -> None:
    table = born(0)
    for i in range(1, 40):
        table = table.advance(0.1).see(np.array([0]), sightings(5.0 * i), 0.2)
    half_turn = np.array([[-1, 0, 300], [0, -1, 200]], np.float64)
    before, after = table.predicted(), table.moved_by(half_turn).predicted()
    centre = np.array([150, 100])
    np.testing.assert_allclose(after.keypoints - centre, centre - before.keypoints, atol=1e-3)
    np.testing.assert_allclose(
        after.boxes, 300 - 100 * np.array([0, 1, 0, 1]) - before.boxes[:, [2, 3, 0, 1]], atol=1e-3
    )
    later = table.moved_by(half_turn).advance(1.0).predicted()
    assert later.boxes[0, 0] < after.boxes[0, 0] - 40


def test_vectors_of_another_length_are_forgotten() -> None:
    table = born(0)
    assert table.with_length_of_looks(3) is table
    assert np.isnan(table.with_length_of_looks(4).looks).all()
    assert table.with_length_of_looks(4).looks.shape == (1, 4)


def test_sightings_of_people_without_vectors_have_unknown_looks_of_the_wanted_length() -> None:
    blank = replace(people(0, 100), embeddings=np.zeros((2, 0), np.float32))
    assert np.isnan(Sightings.of(blank, 3).looks).all()
    assert Sightings.of(blank, 3).looks.shape == (2, 3)
    np.testing.assert_allclose(np.linalg.norm(Sightings.of(people(0), 3).looks, axis=1), 1)
