# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Surfaces, normals and fitted clothes."""

import numpy as np

from alphapose_ros.io.makehuman import Fitting
from alphapose_ros.synthesis.meshes import fit
from alphapose_ros.synthesis.meshes import make_surface
from alphapose_ros.synthesis.meshes import split_at
from alphapose_ros.synthesis.meshes import vertex_normals

SQUARE = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], np.float32)
QUAD = np.array([[0, 1, 2, 3]], np.int32)


def fitting(anchors: list[int], weights: list[float], offset: list[float]) -> Fitting:
    return Fitting(
        anchors=np.array([anchors], np.int32),
        weights=np.array([weights], np.float32),
        offsets=np.array([offset], np.float32),
        scales=((0, 1, 0.5), (0, 3, 1.0), (0, 1, 1.0)),
        hidden=np.zeros(0, np.int32),
        mesh_name='',
    )


def test_a_quad_is_two_triangles_and_a_triangle_one() -> None:
    faces = np.array([[0, 1, 2, 3], [0, 1, 2, 2]], np.int32)
    surface = make_surface(faces, faces, np.zeros((4, 2), np.float32))
    assert surface.rows[surface.triangles].tolist() == [[0, 1, 2], [0, 2, 3], [0, 1, 2]]


def test_a_vertex_on_a_seam_becomes_two_corners() -> None:
    faces = np.array([[0, 1, 2, 3], [0, 1, 2, 3]], np.int32)
    face_uvs = np.array([[0, 1, 2, 3], [4, 1, 2, 3]], np.int32)
    surface = make_surface(faces, face_uvs, np.zeros((5, 2), np.float32))
    assert sorted(surface.rows.tolist()) == [0, 0, 1, 2, 3]


def test_normals_stand_on_the_surface() -> None:
    assert np.allclose(vertex_normals(SQUARE, QUAD), [[0, 0, 1]] * 4)


def test_clothes_lie_between_their_anchors() -> None:
    worn = fitting([0, 1, 2], [0.5, 0.5, 0], [0, 0, 0])
    assert fit(worn, SQUARE).tolist() == [[0.5, 0, 0]]


def test_offsets_grow_with_the_body() -> None:
    # Along x the body is twice as wide as the one that the clothes were made on.
    worn = fitting([0, 0, 0], [1, 0, 0], [0.1, 0.1, 0.1])
    assert np.allclose(fit(worn, SQUARE), [[0.2, 0.1, 0]])


def test_pieces_are_split_by_their_mean_height() -> None:
    vertices = np.concatenate((SQUARE, SQUARE + np.float32([0, 5, 0])))
    above, below = split_at(vertices, np.concatenate((QUAD, QUAD + 4)), 2.0)
    assert above.tolist() == [False, True]
    assert below.tolist() == [True, False]
