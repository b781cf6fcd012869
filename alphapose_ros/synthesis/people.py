# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Somebody: a body and what it wears. J bones, M vertices, W weights per vertex."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alphapose_ros.structures import FloatArray
from alphapose_ros.synthesis.assets import Assets
from alphapose_ros.synthesis.parts import Part
from alphapose_ros.synthesis.shapes import BodyShape
from alphapose_ros.synthesis.shapes import sample_shape
from alphapose_ros.synthesis.wardrobe import dress


@dataclass(frozen=True, eq=False)
class Person:
    """
    Somebody in the rest pose.

    :param heads: (J, 3) heads of the bones.
    :param tails: (J, 3).
    :param joint_vertices: (M, 3) vertices that the joints depend on.
    :param joint_bones: (M, W) int32.
    :param joint_weights: (M, W).
    :param parts: what is drawn.
    """

    shape: BodyShape
    heads: FloatArray
    tails: FloatArray
    joint_vertices: FloatArray
    joint_bones: NDArray[np.int32]
    joint_weights: FloatArray
    parts: tuple[Part, ...]


def make_person(rng: np.random.Generator, assets: Assets) -> Person:
    """Return somebody random, dressed."""
    shape = sample_shape(rng)
    body = assets.targets.apply(assets.base.vertices, shape.amounts)
    rig, rows = assets.rig, assets.joints.vertices
    return Person(
        shape=shape,
        heads=np.stack([body[v].mean(axis=0) for v in rig.head_vertices]),
        tails=np.stack([body[v].mean(axis=0) for v in rig.tail_vertices]),
        joint_vertices=body[rows],
        joint_bones=rig.weight_bones[rows],
        joint_weights=rig.weights[rows],
        parts=tuple(dress(rng, assets, shape, body)),
    )
