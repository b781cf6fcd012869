# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Where the joints of halpe_136 are on MakeHuman's body.

A joint is the mean of some vertices: the corners of the cube that marks it in the base mesh, or a
vertex of the skin; some are then moved to where the annotators of photographs see them. Left is
the person's own.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.io.makehuman import ObjMesh
from alphapose_ros.structures import FloatArray

SKELETON = get_skeleton('halpe_136')
_CUBES = {
    'eye': 'eye',
    'shoulder': 'shoulder',
    'elbow': 'elbow',
    'wrist': 'hand',
    'hip': 'upper-leg',
    'knee': 'knee',
    'ankle': 'ankle',
    'big_toe': 'toe-1-3',
    'small_toe': 'toe-5-4',
}
_SKIN = {'left_ear': 12038, 'right_ear': 5439, 'left_heel': 12815, 'right_heel': 6218}
_MIDDLES = {'neck': ('left_shoulder', 'right_shoulder'), 'hip': ('left_hip', 'right_hip')}
_NOSE = 30
# How far annotators of COCO put a joint from there, in parts of the way between two others, as
# TinyPose, which has no such bias on COCO, finds it on 256 rendered images: shoulders, for
# instance, on top of the joint, by 5 % of the trunk.
_SHIFTS = {
    'left_shoulder': (0.052, 'hip', 'neck'),
    'right_shoulder': (0.052, 'hip', 'neck'),
    'left_ear': (-0.062, 'neck', 'head'),
    'right_ear': (-0.062, 'neck', 'head'),
    'nose': (0.032, 'neck', 'head'),
    'left_ankle': (0.042, 'left_ankle', 'left_knee'),
    'right_ankle': (0.042, 'right_ankle', 'right_knee'),
}
# How far below the visible surface a joint may lie, in metres, and still count as seen.
_DEPTHS = {
    'shoulder': 0.14, 'elbow': 0.09, 'wrist': 0.07, 'hip': 0.20, 'knee': 0.12, 'ankle': 0.10,
    'head': 0.12, 'neck': 0.15, 'big_toe': 0.06, 'small_toe': 0.06, 'heel': 0.05, 'ear': 0.05,
    'eye': 0.04, 'nose': 0.03,
}  # fmt: skip
_FACE_DEPTH = 0.025
_HAND_DEPTH = 0.035


class JointMap:
    """The joints of a body as weighted sums of vertices."""

    def __init__(self, base: ObjMesh, face_vertices: Sequence[int]) -> None:
        """
        Look up the joints.

        :param base: the base mesh, whose groups name the cubes.
        :param face_vertices: of the 68 landmarks of the face.
        :raises ValueError: if there are not 68.
        """
        if len(face_vertices) != 68:
            raise ValueError(f'face_vertices must be 68, got {len(face_vertices)}')
        sources = [_source(name, base, face_vertices) for name in SKELETON.keypoint_names]
        #: (M,) vertices that the joints depend on.
        self.vertices = np.unique(np.concatenate(sources))
        self._matrix = np.zeros((len(sources), len(self.vertices)), np.float32)
        for joint, source in enumerate(sources):
            columns = np.searchsorted(self.vertices, source)
            self._matrix[joint, columns] = 1 / len(source)
        _shift(self._matrix)
        self.depths = np.array([_depth(name) for name in SKELETON.keypoint_names], np.float32)

    def locate(self, vertices: FloatArray) -> FloatArray:
        """Return (136, 3) joints from the vertices (M, 3) named by `self.vertices`."""
        return self._matrix @ vertices


def _shift(matrix: FloatArray) -> None:
    """Move joints, the rows of (136, M), and what is between them to where annotators put them."""
    rows = {name: matrix[SKELETON.index(name)].copy() for name in SKELETON.keypoint_names}
    for name, (share, start, end) in _SHIFTS.items():
        matrix[SKELETON.index(name)] += share * (rows[end] - rows[start])
    for name, ends in _MIDDLES.items():
        matrix[SKELETON.index(name)] = matrix[[SKELETON.index(end) for end in ends]].mean(axis=0)


def _source(name: str, base: ObjMesh, face_vertices: Sequence[int]) -> NDArray[np.intp]:
    """Return the vertices of a joint."""
    if name in _MIDDLES:
        return np.concatenate([_source(side, base, face_vertices) for side in _MIDDLES[name]])
    if name in _SKIN:
        return np.array([_SKIN[name]], np.intp)
    if name == 'nose':
        return np.array([face_vertices[_NOSE]], np.intp)
    if name == 'head':
        return _cube('joint-head-2', base)
    if name.startswith('face-'):
        return np.array([face_vertices[int(name.removeprefix('face-'))]], np.intp)
    side, _, part = name.partition('_')
    return _cube(f'joint-{side[0]}-{_cube_of(part)}', base)


def _cube_of(part: str) -> str:
    """Return the cube of a part of one side."""
    if part in _CUBES:
        return _CUBES[part]
    if part == 'hand_root':
        return 'hand'
    fingers = ('thumb', 'forefinger', 'middle_finger', 'ring_finger', 'pinky_finger')
    return f'finger-{fingers.index(part[:-1]) + 1}-{part[-1]}'


def _cube(group: str, base: ObjMesh) -> NDArray[np.intp]:
    vertices = np.unique(base.faces[base.groups == group]).astype(np.intp)
    if not len(vertices):
        raise ValueError(f'the base mesh has no group {group}')
    return vertices


def _depth(name: str) -> float:
    part = name.partition('_')[2] or name
    if name.startswith('face-'):
        return _FACE_DEPTH
    return _DEPTHS.get(part, _HAND_DEPTH)
