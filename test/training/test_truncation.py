# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of people whom the edge of the image cuts off."""

from collections.abc import Iterator

import numpy as np
import pytest

from alphapose_ros.training.truncation import cut_off
from alphapose_ros.training.truncation import is_within
from alphapose_ros.training.truncation import MIN_JOINTS
from alphapose_ros.training.truncation import whole_image

SIZE_WH = (320, 240)
BOX = np.array([100, 20, 180, 220], np.float32)


def grid_person() -> np.ndarray:
    """Return (45, 2) joints all over the box."""
    x, y = np.meshgrid(np.linspace(100, 180, 5), np.linspace(20, 220, 9))
    return np.stack([x.ravel(), y.ravel()], axis=1).astype(np.float32)


JOINTS = grid_person()
LABELLED = np.ones(len(JOINTS), np.bool_)
WHOLE = whole_image(SIZE_WH)


def generators(count: int) -> Iterator[np.random.Generator]:
    return (np.random.default_rng(seed) for seed in range(count))


@pytest.mark.parametrize('seed', range(40))
def test_edges_go_through_the_person_and_leave_enough(seed: int) -> None:
    rng = np.random.default_rng(seed)
    edges = WHOLE
    while (edges == WHOLE).all():  # too little was left
        edges, box = cut_off(BOX, JOINTS, LABELLED, SIZE_WH, rng)
    is_cut = np.concatenate([edges[:2] > BOX[:2], edges[2:] < BOX[2:]])
    assert is_cut.sum() in (1, 2)
    assert (edges[~is_cut] == WHOLE[~is_cut]).all()
    left = is_within(JOINTS, edges)
    assert MIN_JOINTS <= left.sum() < len(JOINTS)
    assert (box[is_cut] == edges[is_cut]).all()
    assert (box[:2] >= BOX[:2]).all()
    assert (box[2:] <= BOX[2:]).all()
    assert (JOINTS[left] >= box[:2]).all()
    assert (JOINTS[left] <= box[2:]).all()


def test_most_lose_their_legs_and_some_are_in_a_corner() -> None:
    drawn = [cut_off(BOX, JOINTS, LABELLED, SIZE_WH, np.random.default_rng(s)) for s in range(600)]
    is_cut = np.stack([edges != WHOLE for edges, _ in drawn])
    assert is_cut.any(axis=1).sum() > 550
    shares = is_cut.mean(axis=0)
    assert shares.argmax() == 3
    assert shares.argmin() == 1
    assert 0.15 < (is_cut.sum(axis=1) == 2).mean() < 0.3


def test_the_box_shrinks_to_the_joints_that_are_left() -> None:
    # Whoever is cut at the waist has no more the width of his legs.
    joints = np.repeat(np.array([[140, 30], [135, 40], [145, 40], [100, 200], [180, 200]]), 2, 0)
    rows = (cut_off(BOX, joints, np.ones(10, np.bool_), SIZE_WH, rng) for rng in generators(200))
    edges, box = next((e, b) for e, b in rows if (e != WHOLE).tolist() == [False] * 3 + [True])
    np.testing.assert_allclose(box, [119, 20, 161, edges[3]])  # 16 pixels beside the shoulders


def test_nobody_is_cut_to_next_to_nothing() -> None:
    is_labelled = np.zeros(len(JOINTS), np.bool_)
    is_labelled[:5] = True
    for rng in generators(20):
        edges, box = cut_off(BOX, JOINTS, is_labelled, SIZE_WH, rng)
        assert (edges == WHOLE).all()
        assert (box == BOX).all()


def test_joints_count_that_are_on_a_pixel_of_what_is_left() -> None:
    joints = np.array([[9.4, 50], [9.6, 50], [19.4, 50], [19.6, 50]], np.float32)
    edges = np.array([10, 0, 20, 100])
    assert is_within(joints, edges).tolist() == [False, True, True, False]
