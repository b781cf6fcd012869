# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of people whom the edge of the image cuts off."""

import numpy as np
import pytest

from alphapose_ros.training.truncation import box_within
from alphapose_ros.training.truncation import draw_edges
from alphapose_ros.training.truncation import is_within
from alphapose_ros.training.truncation import MIN_JOINTS

SIZE_WH = (320, 240)
BOX = np.array([100, 20, 180, 220], np.float32)


def grid_person() -> np.ndarray:
    """Return (45, 2) joints all over the box."""
    x, y = np.meshgrid(np.linspace(100, 180, 5), np.linspace(20, 220, 9))
    return np.stack([x.ravel(), y.ravel()], axis=1).astype(np.float32)


JOINTS = grid_person()
LABELLED = np.ones(len(JOINTS), np.bool_)


@pytest.mark.parametrize('seed', range(40))
def test_edges_go_through_the_person_and_leave_enough(seed: int) -> None:
    edges = draw_edges(BOX, JOINTS, LABELLED, SIZE_WH, np.random.default_rng(seed))
    if edges is None:
        return
    is_cut = np.concatenate([edges[:2] > BOX[:2], edges[2:] < BOX[2:]])
    assert is_cut.sum() in (1, 2)
    whole = np.array([0, 0, *SIZE_WH])
    assert (edges[~is_cut] == whole[~is_cut]).all()
    left = is_within(JOINTS, edges)
    assert MIN_JOINTS <= left.sum() < len(JOINTS)
    box = box_within(BOX, JOINTS, LABELLED, edges)
    assert (box[is_cut] == edges[is_cut]).all()
    assert (box[:2] >= BOX[:2]).all()
    assert (box[2:] <= BOX[2:]).all()
    assert (JOINTS[left] >= box[:2]).all()
    assert (JOINTS[left] <= box[2:]).all()


def test_most_lose_their_legs_and_some_are_in_a_corner() -> None:
    drawn = [
        draw_edges(BOX, JOINTS, LABELLED, SIZE_WH, np.random.default_rng(s)) for s in range(600)
    ]
    edges = np.stack([e for e in drawn if e is not None])
    assert len(edges) > 550
    is_cut = edges != [0, 0, *SIZE_WH]
    shares = is_cut.mean(axis=0)
    assert shares.argmax() == 3
    assert shares.argmin() == 1
    assert 0.15 < (is_cut.sum(axis=1) == 2).mean() < 0.3


def test_the_box_shrinks_to_the_joints_that_are_left() -> None:
    joints = np.array([[140, 30], [135, 40], [145, 40], [100, 200], [180, 200]], np.float32)
    edges = np.array([0, 0, 320, 90])
    box = box_within(BOX, joints, np.ones(5, np.bool_), edges)
    np.testing.assert_allclose(box, [119, 20, 161, 90])  # 16 pixels beside the shoulders


def test_nobody_is_cut_to_next_to_nothing() -> None:
    is_labelled = np.zeros(len(JOINTS), np.bool_)
    is_labelled[:5] = True
    for seed in range(20):
        assert draw_edges(BOX, JOINTS, is_labelled, SIZE_WH, np.random.default_rng(seed)) is None
