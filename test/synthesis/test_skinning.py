# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Bones and skin."""

import numpy as np

from alphapose_ros.synthesis.assets import Assets
from alphapose_ros.synthesis.rotations import turn
from alphapose_ros.synthesis.skinning import bone_levels
from alphapose_ros.synthesis.skinning import bone_transforms
from alphapose_ros.synthesis.skinning import skin

PARENTS = np.array([-1, 0, 1], np.int32)
HEADS = np.array([[0, 0, 0], [1, 0, 0], [2, 0, 0]], np.float32)


def still(num_bones: int) -> np.ndarray:
    return np.tile(np.eye(3, dtype=np.float32), (num_bones, 1, 1))


def test_levels_count_the_distance_from_the_root() -> None:
    levels = bone_levels(np.array([-1, 0, 0, 2], np.int32))
    assert [level.tolist() for level in levels] == [[0], [1, 2], [3]]


def test_bones_at_rest_move_nothing() -> None:
    transforms = bone_transforms(still(3), HEADS, PARENTS, bone_levels(PARENTS))
    assert np.allclose(transforms, np.tile(np.eye(3, 4), (3, 1, 1)))


def test_a_turned_bone_takes_along_what_hangs_on_it() -> None:
    rotations = still(3)
    rotations[1] = turn((0, 0, 1), np.pi / 2)
    transforms = bone_transforms(rotations, HEADS, PARENTS, bone_levels(PARENTS))
    tip = np.array([3, 0, 0, 1], np.float32)
    assert np.allclose(transforms[2] @ tip, (1, 2, 0), atol=1e-6)
    assert np.allclose(transforms[0] @ tip, (3, 0, 0))


def test_a_vertex_between_bones_goes_half_the_way() -> None:
    transforms = np.tile(np.eye(3, 4, dtype=np.float32), (2, 1, 1))
    transforms[1, 0, 3] = 1
    moved = skin(
        np.zeros((1, 3), np.float32),
        np.array([[0, 1]], np.int32),
        np.array([[0.5, 0.5]], np.float32),
        transforms,
    )
    assert moved.tolist() == [[0.5, 0, 0]]


def test_skinning_of_the_rest_pose_is_the_identity(assets: Assets) -> None:
    rig, vertices = assets.rig, assets.base.vertices
    heads = np.stack([vertices[rows].mean(axis=0) for rows in rig.head_vertices])
    transforms = bone_transforms(still(len(heads)), heads, rig.parents, assets.levels)
    moved = skin(vertices, rig.weight_bones, rig.weights, transforms)
    assert np.abs(moved - vertices).max() < 1e-5
