# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of what the tracker remembers."""

import numpy as np

from alphapose_ros.structures import Poses
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


def born(*centres_x: float, confirm_hits: int = 3) -> TrackTable:
    return TrackTable.empty(1).begin(people(*centres_x), 5, confirm_hits)


def test_new_tracks_count_from_the_given_id_and_from_age_zero() -> None:
    table = born(0, 100)
    assert table.ids.tolist() == [5, 6]
    assert table.ages.tolist() == [0, 0]
    assert not table.confirmed.any()
    assert born(0, confirm_hits=1).confirmed.all()


def test_time_ages_everybody_and_seeing_resets_only_who_is_seen() -> None:
    table = born(0, 100).advance(0.5).see(np.array([1]), people(101), 3)
    assert table.ages.tolist() == [1, 1]
    assert table.hits.tolist() == [1, 2]
    assert table.missed_s.tolist() == [0.5, 0]


def test_it_takes_enough_sightings_to_be_confirmed() -> None:
    table = born(0).see(np.array([0]), people(0), 3)
    assert not table.confirmed[0]
    assert table.see(np.array([0]), people(0), 3).confirmed[0]


def test_seeing_in_another_order_gives_the_same_tracks() -> None:
    table = born(0, 100).advance(0.1)
    one = table.see(np.array([0, 1]), people(2, 103), 3)
    other = table.see(np.array([1, 0]), people(103, 2), 3)
    np.testing.assert_array_equal(one.boxes.values, other.boxes.values)
    np.testing.assert_array_equal(one.last_seen.keypoints, other.last_seen.keypoints)


def test_joints_move_along_with_the_box() -> None:
    table = born(0)
    for i in range(1, 40):
        table = table.advance(0.1).see(np.array([0]), people(5.0 * i), 3)
    expected = table.advance(1.0).predicted()
    np.testing.assert_allclose(expected.boxes, people(245).boxes, atol=1.5)
    np.testing.assert_allclose(expected.keypoints[0, 0], expected.boxes[0, [2, 1]], atol=1e-3)


def test_unknown_joints_stay_unknown() -> None:
    seen = people(0)
    seen.keypoints[:] = np.nan
    table = TrackTable.empty(1).begin(seen, 1, 3).advance(0.1)
    assert np.isnan(table.predicted().keypoints).all()


def test_tables_are_values_that_do_not_change() -> None:
    table = born(0, 100)
    table.advance(1.0).see(np.array([0]), people(3), 3)
    assert table.missed_s.tolist() == [0, 0]
    assert table.hits.tolist() == [1, 1]
    np.testing.assert_array_equal(table.last_seen.boxes, people(0, 100).boxes)
