# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Shirts, trousers and skirts cut from the base mesh's layer for tight clothes. V vertices, F quads.

Where a vertex is on the body is measured on the base body: how far along arm or leg, and how high.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from alphapose_ros.io.makehuman import ObjMesh
from alphapose_ros.io.makehuman import Rig
from alphapose_ros.structures import FloatArray
from alphapose_ros.synthesis.meshes import make_surface
from alphapose_ros.synthesis.meshes import Surface
from alphapose_ros.synthesis.meshes import vertex_normals

# Cloth hides the skin below it up to so far from its hem, in lengths of a bone.
_MARGIN = 0.07
_MARGIN_M = 0.03
_WAIST = 0.12
_ARM = ('upperarm', 'lowerarm', 'wrist', 'finger', 'metacarpal')
_LEG = ('upperleg', 'lowerleg', 'foot', 'toe')
_TILE_M = 0.5


@dataclass(frozen=True)
class Cut:
    """
    How clothes are cut.

    :param sleeves: length, 1 to the elbow and 2 to the wrist.
    :param hem: height of the lower end of the shirt, in metres on the base body.
    :param collar: height of its upper end.
    :param legs: length of the trousers, 1 to the knee and 2 to the ankle.
    :param skirt: height of the lower end of a skirt, or None for trousers.
    :param looseness: of shirt and trousers, metres.
    """

    sleeves: float
    hem: float
    collar: float
    legs: float
    skirt: float | None
    looseness: float


@dataclass(frozen=True, eq=False)
class Cloth:
    """
    A piece of clothes on a body.

    :param vertices: (V, 3), as many as the base mesh has.
    :param normals: (V, 3).
    :param surface: the part of the base mesh that it is.
    """

    vertices: FloatArray
    normals: FloatArray
    surface: Surface


class Tailor:
    """Cuts clothes."""

    def __init__(self, base: ObjMesh, rig: Rig) -> None:
        """Measure the base body."""
        self._base = base
        names = np.array(rig.names)
        main = names[rig.weight_bones[:, 0]]
        heads = np.stack([base.vertices[rows].mean(axis=0) for rows in rig.head_vertices])
        places = dict(zip(rig.names, heads, strict=True))
        self._is_arm = np.char.startswith(main[:, None], _ARM).any(axis=1)
        self._is_leg = np.char.startswith(main[:, None], _LEG).any(axis=1)
        arm = _along(
            base.vertices, [places[f'{n}.L'] for n in ('upperarm01', 'lowerarm01', 'wrist')]
        )
        leg = _along(
            base.vertices, [places[f'{n}.L'] for n in ('upperleg01', 'lowerleg01', 'foot')]
        )
        self._along = np.where(self._is_arm, arm, np.where(self._is_leg, leg, 0))
        self._height = base.vertices[:, 1]
        # Collars lie lower in front.
        self._neck = self._height + 0.45 * np.clip(base.vertices[:, 2], 0, None)
        self._leg_length = float(places['upperleg01.L'][1] - places['lowerleg01.L'][1])
        self._is_trunk = ~self._is_arm & ~self._is_leg
        around = np.arctan2(base.vertices[:, 0], base.vertices[:, 2]) * 0.15
        self._uvs = np.stack((around, self._height), axis=1).astype(np.float32) / _TILE_M

    def sample_cut(self, rng: np.random.Generator, femaleness: float) -> Cut:
        """Return a random cut."""
        has_skirt = rng.random() < 0.3 * (femaleness > 0.5)
        return Cut(
            sleeves=float(rng.choice([0.12, rng.uniform(0.3, 0.75), rng.uniform(1.7, 1.97)])),
            hem=float(rng.choice([rng.uniform(-0.12, 0.05), rng.uniform(0.05, 0.14)])),
            collar=float(rng.uniform(0.575, 0.615)),
            legs=float(rng.choice([rng.uniform(0.4, 0.9), 1.97, 1.97, 1.97])),
            skirt=float(rng.uniform(-0.7, -0.15)) if has_skirt else None,
            looseness=float(rng.uniform(0, 0.014)),
        )

    def shirt(self, rng: np.random.Generator, cut: Cut, body: FloatArray) -> Cloth:
        """Return what is worn above."""
        return self._sew(rng, body, 'helper-tights', self._in_shirt(cut), cut.looseness + 0.004)

    def trousers(self, rng: np.random.Generator, cut: Cut, body: FloatArray) -> Cloth:
        """Return what is worn below: trousers or a skirt."""
        if cut.skirt is not None:
            chosen = self._height > cut.skirt
            return self._sew(rng, body, 'helper-skirt', chosen, 0.004)
        return self._sew(rng, body, 'helper-tights', self._in_trousers(cut), cut.looseness * 0.7)

    def hidden(self, cut: Cut) -> NDArray[np.bool_]:
        """Return (V,) whether a vertex of the body is under the clothes."""
        is_up = self._is_arm & (self._along < cut.sleeves - _MARGIN)
        is_up |= self._is_trunk & (self._height > cut.hem) & (self._neck < cut.collar - _MARGIN_M)
        legs = cut.legs if cut.skirt is None else -cut.skirt / self._leg_length - 0.1
        is_down = self._is_leg & (self._along < legs - _MARGIN)
        is_down |= self._is_trunk & (self._height < _WAIST)
        return is_up | is_down

    def _in_shirt(self, cut: Cut) -> NDArray[np.bool_]:
        is_sleeve = self._is_arm & (self._along < cut.sleeves)
        is_high = (self._height > cut.hem) & (self._neck < cut.collar)
        return is_sleeve | (~self._is_arm & is_high)

    def _in_trousers(self, cut: Cut) -> NDArray[np.bool_]:
        is_leg = self._is_leg & (self._along < cut.legs)
        return is_leg | (self._is_trunk & (self._height < _WAIST + 0.03))

    def _sew(
        self,
        rng: np.random.Generator,
        body: FloatArray,
        group: str,
        is_chosen: NDArray[np.bool_],
        distance: float,
    ) -> Cloth:
        """Return the chosen quads of a group, some distance outwards and with folds."""
        base = self._base
        quads = base.faces[base.groups == group]
        normals = vertex_normals(body, quads)
        waves = rng.normal(0, 14, (4, 3))
        folds = np.sin(body @ waves.T + rng.uniform(0, 2 * np.pi, 4)).sum(axis=1) * 0.0015
        moved = body + normals * (distance + folds)[:, None].astype(np.float32)
        shown = quads[is_chosen[quads].all(axis=1)]
        return Cloth(moved, vertex_normals(moved, shown), make_surface(shown, shown, self._uvs))


def _along(vertices: FloatArray, joints: list[FloatArray]) -> FloatArray:
    """Return how far a vertex is along a limb of either side: 1 at the second joint."""
    mirrored = np.abs(vertices * (1, 0, 0)) + vertices * (0, 1, 1)
    total = np.zeros(len(vertices))
    for start, end in pairwise(joints):
        bone = end - start
        share = (mirrored - start) @ bone / float(bone @ bone)
        total += np.clip(share, 0 if start is not joints[0] else -9, 1)
    return np.asarray(total, np.float32)
