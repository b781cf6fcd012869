# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the object keypoint similarity."""

import numpy as np
import pytest

from alphapose_ros.core.oks import keypoint_similarity

SIGMAS = np.array([0.05, 0.1, 0.2], np.float32)
AREA = np.float32(10_000)


def people(count: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).uniform(0, 100, (count, 3, 2)).astype(np.float32)


def ones(*shape: int) -> np.ndarray:
    return np.ones(shape, np.float32)


def test_a_person_is_fully_similar_to_himself() -> None:
    joints = people(4)
    similarity = keypoint_similarity(
        joints, joints, weights=ones(4, 3), areas=AREA * ones(4), sigmas=SIGMAS
    )
    np.testing.assert_array_equal(similarity, ones(4))


@pytest.mark.parametrize('joint', [0, 1, 2])
def test_a_joint_off_by_its_tolerance_counts_exp_of_minus_a_half(joint: int) -> None:
    joints = people(1)
    moved = joints.copy()
    moved[0, joint, 0] += 2 * SIGMAS[joint] * np.sqrt(AREA)
    weights = np.eye(3, dtype=np.float32)[joint][None]
    similarity = keypoint_similarity(
        joints, moved, weights=weights, areas=AREA * ones(1), sigmas=SIGMAS
    )
    assert similarity[0] == pytest.approx(np.exp(-0.5), rel=1e-4)


def test_joints_count_by_their_weights() -> None:
    joints = people(1)
    moved = joints + np.array([[0, 0], [0, 0], [1e4, 0]], np.float32)
    similarity = keypoint_similarity(
        joints,
        moved,
        weights=np.array([[1, 2, 1]], np.float32),
        areas=AREA * ones(1),
        sigmas=SIGMAS,
    )
    assert similarity[0] == pytest.approx(0.75)


@pytest.mark.filterwarnings('error')
@pytest.mark.parametrize('value', [np.nan, np.inf, 1e30])
def test_joints_without_weight_may_be_anything(value: float) -> None:
    joints = people(1)
    joints[0, 1] = value
    unknown = joints.copy()
    similarity = keypoint_similarity(
        joints,
        unknown,
        weights=np.array([[1, 0, 1]], np.float32),
        areas=AREA * ones(1),
        sigmas=SIGMAS,
    )
    assert similarity[0] == 1


def test_nothing_in_common_is_not_similar() -> None:
    joints = people(2)
    similarity = keypoint_similarity(
        joints, joints, weights=0 * ones(2, 3), areas=AREA * ones(2), sigmas=SIGMAS
    )
    np.testing.assert_array_equal(similarity, np.zeros(2))


def test_everybody_with_everybody_equals_pair_by_pair() -> None:
    first, second = people(3, seed=1), people(2, seed=2)
    table = keypoint_similarity(
        first[:, None],
        second[None],
        weights=ones(3, 2, 3),
        areas=AREA * ones(3, 1),
        sigmas=SIGMAS,
    )
    rows, columns = np.indices((3, 2)).reshape(2, -1)
    pairs = keypoint_similarity(
        first[rows], second[columns], weights=ones(6, 3), areas=AREA * ones(6), sigmas=SIGMAS
    )
    np.testing.assert_allclose(table.reshape(-1), pairs)


def test_nobody_is_similar_to_nobody() -> None:
    similarity = keypoint_similarity(
        people(0), people(0), weights=ones(0, 3), areas=ones(0), sigmas=SIGMAS
    )
    assert similarity.shape == (0,)
