# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Meshes with a look, ready for the graphics card. V vertices, T triangles, W weights each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alphapose_ros.structures import FloatArray
from alphapose_ros.synthesis.assets import Texture
from alphapose_ros.synthesis.meshes import Surface

# Values of the fields of Part from `texture` on.
Look = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Part:
    """
    A mesh of one texture.

    :param vertices: (V, 3) in the rest pose.
    :param normals: (V, 3).
    :param uvs: (V, 2).
    :param bones: (V, W) int32.
    :param weights: (V, W).
    :param triangles: (T, 3) int32.
    :param texture: picture, or None for plain `color`.
    :param color: linear RGB that the picture is multiplied by.
    :param second_color: linear RGB, where a pattern has it.
    :param hue: rad, how far the picture's colours are turned.
    :param saturation: that the picture's colours are multiplied by.
    :param gloss: share of light that is mirrored.
    :param is_cut_out: whether pixels of low alpha are left out.
    """

    vertices: FloatArray
    normals: FloatArray
    uvs: FloatArray
    bones: NDArray[np.int32]
    weights: FloatArray
    triangles: NDArray[np.int32]
    texture: Texture | None
    color: tuple[float, float, float] = (1.0, 1.0, 1.0)
    second_color: tuple[float, float, float] = (1.0, 1.0, 1.0)
    hue: float = 0.0
    saturation: float = 1.0
    gloss: float = 0.04
    is_cut_out: bool = False


def make_part(
    vertices: FloatArray,
    normals: FloatArray,
    bones: NDArray[np.int32],
    weights: FloatArray,
    surface: Surface,
    look: Look,
) -> Part:
    """Return what of a mesh belongs to a surface."""
    rows = surface.rows
    return Part(
        vertices=vertices[rows],
        normals=normals[rows],
        uvs=surface.uvs,
        bones=bones[rows],
        weights=weights[rows],
        triangles=surface.triangles,
        **look,
    )
