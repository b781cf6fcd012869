# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Bones that turn, and the skin that follows. V vertices, J bones.

All rotations are about axes aligned with the world in the rest pose, as in a BVH file.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from alphapose_ros.structures import FloatArray


def bone_levels(parents: NDArray[np.int32]) -> list[NDArray[np.intp]]:
    """Return the bones by their distance from the root, which is level 0."""
    depths = np.zeros(len(parents), np.intp)
    for bone, parent in enumerate(parents.tolist()):
        depths[bone] = depths[parent] + 1 if parent >= 0 else 0
    return [np.flatnonzero(depths == depth) for depth in range(int(depths.max()) + 1)]


def bone_transforms(
    rotations: FloatArray,
    heads: FloatArray,
    parents: NDArray[np.int32],
    levels: Sequence[NDArray[np.intp]],
) -> FloatArray:
    """
    Return how every bone moves what hangs on it, from the rest pose.

    :param rotations: (J, 3, 3) of each bone relative to its parent.
    :param heads: (J, 3) where bones turn, in the rest pose.
    :param levels: from bone_levels.
    :return: (J, 3, 4) rotation and translation.
    """
    turns = rotations.copy()
    places = heads.copy()
    for bones in levels[1:]:
        above = parents[bones]
        turns[bones] = turns[above] @ rotations[bones]
        arms = (heads[bones] - heads[above])[:, :, None]
        places[bones] = places[above] + (turns[above] @ arms)[:, :, 0]
    shifts = places - (turns @ heads[:, :, None])[:, :, 0]
    return np.asarray(np.concatenate((turns, shifts[:, :, None]), axis=2), np.float32)


def skin(
    vertices: FloatArray,
    weight_bones: NDArray[np.int32],
    weights: FloatArray,
    transforms: FloatArray,
) -> FloatArray:
    """
    Return (V, 3) moved vertices by linear blend skinning.

    :param weight_bones: (V, W) bones that move a vertex.
    :param weights: (V, W), sum 1.
    :param transforms: (J, 3, 4) from bone_transforms.
    """
    blended = np.einsum('vw,vwij->vij', weights, transforms[weight_bones])
    moved = np.einsum('vij,vj->vi', blended[:, :, :3], vertices) + blended[:, :, 3]
    return np.asarray(moved, np.float32)
