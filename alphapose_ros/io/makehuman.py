# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
MakeHuman's files: meshes, clothes, rigs, morph targets and expressions.

V vertices, T texture coordinates, F faces, J bones. Lengths are metres: the files count in
decimetres. +x is the body's left, +y up, +z to the front.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alphapose_ros.structures import FloatArray

METRES_PER_UNIT = 0.1
WEIGHTS_PER_VERTEX = 4

IntArray = NDArray[np.int32]


class MakeHumanError(ValueError):
    """A file that cannot be read as MakeHuman's."""


@dataclass(frozen=True, eq=False)
class ObjMesh:
    """
    A mesh of quads.

    :param vertices: (V, 3).
    :param uvs: (T, 2), origin at the bottom left of the texture.
    :param faces: (F, 4) int32 vertices; a triangle repeats its last one.
    :param face_uvs: (F, 4) int32 rows of uvs.
    :param groups: (F,) names of the groups that the faces belong to.
    """

    vertices: FloatArray
    uvs: FloatArray
    faces: IntArray
    face_uvs: IntArray
    groups: NDArray[np.str_]


@dataclass(frozen=True, eq=False)
class Fitting:
    """
    How a mesh hangs on the body: vertex = sum of weights * body vertices + offset * scale.

    :param anchors: (V, 3) int32 vertices of the body.
    :param weights: (V, 3).
    :param offsets: (V, 3), to be scaled per axis.
    :param scales: x, y, z: two vertices of the body and their distance along the axis for which
        offsets are given.
    :param hidden: int32 vertices of the body that are covered.
    :param mesh_name: file of the mesh.
    """

    anchors: IntArray
    weights: FloatArray
    offsets: FloatArray
    scales: tuple[tuple[int, int, float], ...]
    hidden: IntArray
    mesh_name: str


@dataclass(frozen=True, eq=False)
class Rig:
    """
    Bones, parents before children.

    :param names: J names.
    :param parents: (J,) int32, -1 for the root.
    :param head_vertices: for each bone, the vertices whose mean is its head.
    :param tail_vertices: likewise its tail.
    :param weight_bones: (V, WEIGHTS_PER_VERTEX) int32 bones that move a vertex.
    :param weights: (V, WEIGHTS_PER_VERTEX), sum 1.
    """

    names: tuple[str, ...]
    parents: IntArray
    head_vertices: tuple[IntArray, ...]
    tail_vertices: tuple[IntArray, ...]
    weight_bones: IntArray
    weights: FloatArray


class MorphTargets:
    """Displacements of the body's vertices, by name."""

    def __init__(self, path: Path) -> None:
        """
        Read all targets.

        :raises MakeHumanError: if there is no such file or it lacks an array.
        """
        try:
            with np.load(path, allow_pickle=False) as arrays:
                names = [str(name) for name in arrays['names']]
                self._offsets = arrays['offsets']
                self._vertices = arrays['vertex']
                self._deltas = arrays['delta_milli']
        except (OSError, KeyError, ValueError) as err:
            raise MakeHumanError(f'{path} cannot be read as morph targets: {err}') from err
        self._index = {name: i for i, name in enumerate(names)}

    def apply(self, vertices: FloatArray, amounts: Mapping[str, float]) -> FloatArray:
        """Return (V, 3) displaced by the named targets, each in the given amount."""
        moved: FloatArray = vertices.copy()
        for name, amount in amounts.items():
            if name not in self._index:
                raise MakeHumanError(f'there is no morph target {name!r}')
            i = self._index[name]
            rows = slice(int(self._offsets[i]), int(self._offsets[i + 1]))
            # A target names a vertex once, so that plain indexing adds up.
            step = np.float32(amount * METRES_PER_UNIT / 1000)
            moved[self._vertices[rows]] += self._deltas[rows] * step
        return moved


def read_obj(path: Path) -> ObjMesh:
    """
    Read a Wavefront mesh of triangles and quads with texture coordinates.

    :raises MakeHumanError: if the file cannot be read.
    """
    vertices: list[list[str]] = []
    uvs: list[list[str]] = []
    corners: list[list[str]] = []
    groups: list[str] = []
    group = ''
    for line in _lines(path):
        words = line.split()
        kind = words[0] if words else ''
        if kind == 'v':
            vertices.append(words[1:4])
        elif kind == 'vt':
            uvs.append(words[1:3])
        elif kind == 'g':
            group = words[1] if len(words) > 1 else ''
        elif kind == 'f':
            corners.append((words[1:] + words[-1:])[:4])
            groups.append(group)
    try:
        pairs = np.array(
            [[corner.split('/')[:2] for corner in face] for face in corners], np.int32
        )
        pairs = pairs.reshape(-1, 4, 2) - 1
        return ObjMesh(
            vertices=np.array(vertices, np.float32).reshape(-1, 3) * METRES_PER_UNIT,
            uvs=np.array(uvs, np.float32).reshape(-1, 2),
            faces=pairs[:, :, 0],
            face_uvs=pairs[:, :, 1],
            groups=np.array(groups, np.str_),
        )
    except ValueError as err:
        raise MakeHumanError(f'{path} is no mesh of triangles and quads: {err}') from err


def read_fitting(path: Path) -> Fitting:
    """
    Read a .mhclo file.

    :raises MakeHumanError: if the file cannot be read.
    """
    values: dict[str, str] = {}
    rows: list[list[float]] = []
    hidden: list[int] = []
    section = ''
    for line in _lines(path):
        words = line.split('#')[0].split()
        if not words:
            continue
        if words[0][0].isalpha():
            values[words[0]] = ' '.join(words[1:])
            section = words[0] if words[0] in ('verts', 'delete_verts') else section
        elif section == 'verts':
            rows.append(_fitting_row(words))
        elif section == 'delete_verts':
            hidden += _ranges(words)
    try:
        table = np.array(rows, np.float64).reshape(-1, 9)
        return Fitting(
            anchors=table[:, :3].astype(np.int32),
            weights=table[:, 3:6].astype(np.float32),
            offsets=(table[:, 6:] * METRES_PER_UNIT).astype(np.float32),
            scales=tuple(_scale(values[f'{axis}_scale']) for axis in 'xyz'),
            hidden=np.array(hidden, np.int32),
            mesh_name=values['obj_file'],
        )
    except (KeyError, ValueError) as err:
        raise MakeHumanError(f'{path} is no description of clothes: {err}') from err


def _fitting_row(words: list[str]) -> list[float]:
    """Return anchors, weights and offsets; a single number is a vertex of the body itself."""
    if len(words) == 1:
        return [float(words[0])] * 3 + [1.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    return [float(word) for word in words[:9]]


def _scale(text: str) -> tuple[int, int, float]:
    a, b, distance = text.split()
    return int(a), int(b), float(distance) * METRES_PER_UNIT


def _ranges(words: list[str]) -> list[int]:
    """Return the numbers of a text such as `3 7 - 9`."""
    numbers: list[int] = []
    is_range = False
    for word in words:
        if word == '-':
            is_range = True
        elif is_range:
            numbers += range(numbers[-1] + 1, int(word) + 1)
            is_range = False
        else:
            numbers.append(int(word))
    return numbers


def read_rig(skeleton_path: Path, weights_path: Path, num_vertices: int) -> Rig:
    """
    Read a .mhskel and its .mhw.

    :raises MakeHumanError: if a file cannot be read.
    """
    skeleton, weights = read_json(skeleton_path), read_json(weights_path)
    try:
        bones, joints = skeleton['bones'], skeleton['joints']
        names = _parents_first({name: bone['parent'] for name, bone in bones.items()})
        index = {name: i for i, name in enumerate(names)}
        dense = np.zeros((num_vertices, len(names)), np.float32)
        for name, pairs in weights['weights'].items():
            table = np.array(pairs, np.float64).reshape(-1, 2)
            dense[table[:, 0].astype(np.intp), index[name]] = table[:, 1]
        weight_bones = np.argsort(-dense, axis=1, kind='stable')[:, :WEIGHTS_PER_VERTEX]
        kept = np.take_along_axis(dense, weight_bones, axis=1)
        return Rig(
            names=tuple(names),
            parents=np.array([index.get(bones[name]['parent'], -1) for name in names], np.int32),
            head_vertices=tuple(np.array(joints[bones[n]['head']], np.int32) for n in names),
            tail_vertices=tuple(np.array(joints[bones[n]['tail']], np.int32) for n in names),
            weight_bones=weight_bones.astype(np.int32),
            weights=kept / np.maximum(kept.sum(axis=1, keepdims=True), 1e-6),
        )
    except (KeyError, IndexError, ValueError) as err:
        raise MakeHumanError(f'{skeleton_path} and {weights_path} are no rig: {err}') from err


def _parents_first(parents: Mapping[str, str | None]) -> list[str]:
    names: list[str] = []
    while len(names) < len(parents):
        ready = [n for n, p in parents.items() if n not in names and (not p or p in names)]
        if not ready:
            raise ValueError('bones are their own ancestors')
        names += ready
    return names


def read_json(path: Path) -> Any:
    """
    Read a .mhskel, .mhw, .mhpose or .json file.

    :raises MakeHumanError: if the file cannot be read.
    """
    try:
        return json.loads('\n'.join(_lines(path)))
    except json.JSONDecodeError as err:
        raise MakeHumanError(f'{path} is no JSON: {err}') from err


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding='utf-8').splitlines()
    except (OSError, UnicodeDecodeError) as err:
        raise MakeHumanError(f'{path} cannot be read: {err}') from err
