# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Meshes, clothes, rigs and targets, from small files."""

import json
from pathlib import Path

import numpy as np
import pytest

from alphapose_ros.io.makehuman import MakeHumanError
from alphapose_ros.io.makehuman import MorphTargets
from alphapose_ros.io.makehuman import read_fitting
from alphapose_ros.io.makehuman import read_obj
from alphapose_ros.io.makehuman import read_rig

OBJ = """# a quad and a triangle
v 0 0 0
v 10 0 0
v 10 10 0
v 0 10 5
vt 0 0
vt 1 0
vt 1 1
g body
f 1/1 2/2 3/3 4/1
g helper
f 1/1 2/2 3/3
"""
MHCLO = """# shoes
name shoes
obj_file shoes.obj
x_scale 0 1 2.0
y_scale 0 2 4.0
z_scale 1 3 1.0
verts 0
material shoes.mhmat
3
0 1 2 0.5 0.25 0.25 1 2 3
delete_verts
1 4 - 6
9
"""


def write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def test_meshes_are_quads_in_metres(tmp_path: Path) -> None:
    mesh = read_obj(write(tmp_path / 'a.obj', OBJ))
    assert mesh.vertices[3].tolist() == pytest.approx([0, 1, 0.5])
    assert mesh.faces.tolist() == [[0, 1, 2, 3], [0, 1, 2, 2]]
    assert mesh.face_uvs[0].tolist() == [0, 1, 2, 0]
    assert mesh.groups.tolist() == ['body', 'helper']


def test_clothes_hang_on_vertices_of_the_body(tmp_path: Path) -> None:
    fitting = read_fitting(write(tmp_path / 'a.mhclo', MHCLO))
    assert fitting.anchors.tolist() == [[3, 3, 3], [0, 1, 2]]
    assert fitting.weights.tolist() == [[1, 0, 0], [0.5, 0.25, 0.25]]
    assert fitting.offsets[1].tolist() == pytest.approx([0.1, 0.2, 0.3])
    assert fitting.scales[1] == (0, 2, pytest.approx(0.4))
    assert fitting.hidden.tolist() == [1, 4, 5, 6, 9]
    assert fitting.mesh_name == 'shoes.obj'


def test_rigs_list_parents_first_and_weights_sum_to_one(tmp_path: Path) -> None:
    bones = {
        'arm': {'parent': 'root', 'head': 'a', 'tail': 'b'},
        'root': {'parent': None, 'head': 'b', 'tail': 'a'},
    }
    skeleton = {'bones': bones, 'joints': {'a': [0, 1], 'b': [2]}}
    weights = {'weights': {'arm': [[0, 0.2]], 'root': [[0, 0.2], [1, 3]]}}
    rig = read_rig(
        write(tmp_path / 'a.mhskel', json.dumps(skeleton)),
        write(tmp_path / 'a.mhw', json.dumps(weights)),
        2,
    )
    assert rig.names == ('root', 'arm')
    assert rig.parents.tolist() == [-1, 0]
    assert rig.head_vertices[1].tolist() == [0, 1]
    assert np.allclose(rig.weights.sum(axis=1), 1)
    assert rig.weights[0, :2].tolist() == pytest.approx([0.5, 0.5])


def test_targets_move_their_vertices_only(tmp_path: Path) -> None:
    path = tmp_path / 'targets.npz'
    np.savez(
        path,
        names=['tall', 'wide'],
        offsets=[0, 1, 3],
        vertex=np.array([1, 0, 2], np.uint16),
        delta_milli=np.array([[0, 2000, 0], [1000, 0, 0], [-1000, 0, 0]], np.int16),
    )
    still = np.zeros((3, 3), np.float32)
    moved = MorphTargets(path).apply(still, {'tall': 0.5, 'wide': 1.0})
    assert np.allclose(moved, [[0.1, 0, 0], [0, 0.1, 0], [-0.1, 0, 0]])
    assert not still.any()
    with pytest.raises(MakeHumanError, match="no morph target 'old'"):
        MorphTargets(path).apply(still, {'old': 1.0})


@pytest.mark.parametrize(
    ('reader', 'text'),
    [
        (read_obj, 'v 0 0\nf 1/1 2/2 3/3'),
        (read_obj, 'v 0 0 0\nf 1 2 3'),
        (read_fitting, MHCLO.replace('x_scale 0 1 2.0', '')),
        (read_fitting, MHCLO.replace('0.25 0.25', '0.25')),
    ],
    ids=['short vertex', 'no texture', 'no scale', 'short line'],
)
def test_nonsense_is_refused(tmp_path: Path, reader: object, text: str) -> None:
    assert callable(reader)
    with pytest.raises(MakeHumanError, match='nonsense'):
        reader(write(tmp_path / 'nonsense', text))


@pytest.mark.parametrize('reader', [read_obj, read_fitting, MorphTargets])
def test_a_missing_file_is_named(tmp_path: Path, reader: object) -> None:
    assert callable(reader)
    with pytest.raises(MakeHumanError, match='none cannot be read'):
        reader(tmp_path / 'none')
