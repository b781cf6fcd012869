# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Meshes in the form that graphics cards take, and clothes on bodies.

V vertices, F quads, T triangles, W weights per vertex.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from alphapose_ros.io.makehuman import Fitting
from alphapose_ros.io.makehuman import Rig
from alphapose_ros.io.makehuman import WEIGHTS_PER_VERTEX
from alphapose_ros.structures import FloatArray

_CORNERS = ((0, 1, 2), (0, 2, 3))


@dataclass(frozen=True, eq=False)
class Surface:
    """
    Triangles of a mesh, with a corner for every pair of vertex and texture coordinate.

    :param rows: (C,) int64 vertex of each corner.
    :param uvs: (C, 2) texture coordinate of each corner.
    :param triangles: (T, 3) int32 corners.
    """

    rows: NDArray[np.int64]
    uvs: FloatArray
    triangles: NDArray[np.int32]


def make_surface(
    faces: NDArray[np.int32], face_uvs: NDArray[np.int32], uvs: FloatArray
) -> Surface:
    """Return the surface of quads (F, 4), of which triangles repeat the last corner."""
    pairs = faces.astype(np.int64) * len(uvs) + face_uvs
    unique, corners = np.unique(pairs, return_inverse=True)
    triangles = corners.reshape(-1, 4)[:, _CORNERS].reshape(-1, 3).astype(np.int32)
    is_flat = triangles[:, 1] == triangles[:, 2]
    return Surface(
        rows=unique // len(uvs),
        uvs=uvs[unique % len(uvs)],
        triangles=np.ascontiguousarray(triangles[~is_flat]),
    )


def split_at(
    vertices: FloatArray, faces: NDArray[np.int32], height: float
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return the faces (F,) of pieces that hang above a height, and those of the others."""
    edges = faces[:, ((0, 1), (1, 2), (2, 3))].reshape(-1, 2)
    links = coo_matrix((np.ones(len(edges)), edges.T), (len(vertices), len(vertices)))
    count, pieces = connected_components(links, directed=False)
    sizes = np.bincount(pieces, minlength=count)
    means = np.bincount(pieces, vertices[:, 1], count) / sizes
    is_above = (means > height)[pieces[faces[:, 0]]]
    return is_above, ~is_above


def fit(fitting: Fitting, body: FloatArray) -> FloatArray:
    """Return (V, 3) vertices of clothes on a body."""
    scales = [
        abs(float(body[a, axis] - body[b, axis])) / distance
        for axis, (a, b, distance) in enumerate(fitting.scales)
    ]
    placed = np.einsum('va,vai->vi', fitting.weights, body[fitting.anchors])
    return np.asarray(placed + fitting.offsets * np.array(scales, np.float32), np.float32)


def fitted_weights(fitting: Fitting, rig: Rig) -> tuple[NDArray[np.int32], FloatArray]:
    """Return bones and weights (V, W) of clothes, from those of the body that they hang on."""
    shares = np.clip(fitting.weights, 0, None)
    shares = shares / np.maximum(shares.sum(axis=1, keepdims=True), 1e-6)
    dense = np.zeros((len(shares), len(rig.names)), np.float32)
    rows = np.arange(len(shares))[:, None]
    for anchor in range(3):
        vertices = fitting.anchors[:, anchor]
        added = rig.weights[vertices] * shares[:, anchor, None]
        np.add.at(dense, (rows, rig.weight_bones[vertices]), added)
    top = np.argsort(-dense, axis=1, kind='stable')[:, :WEIGHTS_PER_VERTEX]
    kept = np.take_along_axis(dense, top, axis=1)
    return top.astype(np.int32), kept / np.maximum(kept.sum(axis=1, keepdims=True), 1e-6)


def vertex_normals(vertices: FloatArray, faces: NDArray[np.int32]) -> FloatArray:
    """Return (V, 3) unit normals, averaged over the quads (F, 4) around each vertex."""
    a, b, c, d = (vertices[faces[:, i]] for i in range(4))
    face_normals = np.cross(c - a, d - b)
    columns = [
        np.bincount(faces.ravel(), np.repeat(face_normals[:, i], 4), len(vertices))
        for i in range(3)
    ]
    normals = np.stack(columns, axis=1)
    lengths = np.linalg.norm(normals, axis=1, keepdims=True)
    return np.asarray(normals / np.maximum(lengths, 1e-12), np.float32)
