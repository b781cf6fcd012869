# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Floors, seats, and things that hide parts of people."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alphapose_ros.structures import FloatArray
from alphapose_ros.synthesis.assets import Assets
from alphapose_ros.synthesis.assets import Texture
from alphapose_ros.synthesis.cameras import Camera
from alphapose_ros.synthesis.keypoints import SKELETON
from alphapose_ros.synthesis.parts import Part
from alphapose_ros.synthesis.renderer import Figure
from alphapose_ros.synthesis.rotations import turn
from alphapose_ros.synthesis.shaders import NUM_BONES
from alphapose_ros.synthesis.stage import Actor

Array = NDArray[Any]
_FLOOR_SIZE = 40.0
_HIP = SKELETON.index('hip')
_NECK = SKELETON.index('neck')
_KNEES = (SKELETON.index('left_knee'), SKELETON.index('right_knee'))
_NUM_BODY_JOINTS = 26


def place_props(
    rng: np.random.Generator,
    actors: list[Actor],
    camera: Camera,
    assets: Assets,
    *,
    has_floor: bool,
) -> list[Figure]:
    """Return floor and boxes that cover parts of people."""
    materials = assets.material_paths()
    props = []
    if has_floor and materials:
        picture = materials[int(rng.integers(len(materials)))]
        tiles = float(rng.choice([0.5, 1, 2]))
        props.append(make_floor(picture, tiles))
    for actor in actors if materials else ():
        picture = materials[int(rng.integers(len(materials)))]
        if _sits(actor) and rng.random() < 0.8:
            props.append(_seat(rng, actor, picture))
        if rng.random() < 0.15:
            props.append(_occluder(rng, actor, camera, picture))
    return props


def _sits(actor: Actor) -> bool:
    """Return whether the thighs are level and the trunk upright, well above the floor."""
    hip, neck, *knees = actor.joints[[_HIP, _NECK, *_KNEES], 1].tolist()
    is_level = max(abs(knee - hip) for knee in knees) < 0.22
    return bool(is_level and neck - hip > 0.25 and hip > 0.3)


def _seat(rng: np.random.Generator, actor: Actor, picture: Path) -> Figure:
    """Return a box to sit on."""
    hip = actor.joints[_HIP]
    ahead = actor.joints[list(_KNEES)].mean(axis=0) - hip
    heading = float(np.arctan2(ahead[0], ahead[2]))
    height = float(hip[1]) - 0.12
    size = np.array([rng.uniform(0.45, 1.6), height * rng.choice([1, 0.3]), 0.5])
    center = hip + turn((0, 1, 0), heading) @ np.array([0, 0, rng.uniform(-0.1, 0.05)])
    center[1] = height - size[1] / 2
    return _placed_box(picture, turn((0, 1, 0), heading), size, center)


def make_floor(picture: Path, tiles_per_metre: float) -> Figure:
    """Return the plane y = 0, paved with a picture."""
    size, reach = _FLOOR_SIZE, _FLOOR_SIZE * tiles_per_metre
    corners = np.array([[-size, 0, size], [size, 0, size], [size, 0, -size], [-size, 0, -size]])
    uvs = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * reach
    normals = np.tile((0, 1, 0), (4, 1))
    part = _static_part(corners, normals, uvs, np.array([[0, 1, 2], [0, 2, 3]]), picture)
    center = np.zeros(3, np.float32)
    return Figure(
        ('floor', picture, tiles_per_metre),
        (part,),
        _rigid(np.eye(3, dtype=np.float32), center),
        center,
        size,
        0,
        casts_shadow=False,
    )


def _occluder(rng: np.random.Generator, actor: Actor, camera: Camera, picture: Path) -> Figure:
    """Return a box between the camera and some joint."""
    joint = actor.joints[int(rng.integers(_NUM_BODY_JOINTS))]
    share = float(rng.uniform(0.5, 0.85))
    center = (camera.eye + (joint - camera.eye) * share).astype(np.float32)
    size = rng.uniform(0.05, 0.28, 3) * share
    if rng.random() < 0.3:  # a pole
        size[1] = 3.0
    return _placed_box(picture, turn((0, 1, 0), float(rng.uniform(0, np.pi))), size, center)


def _placed_box(picture: Path, rotation: FloatArray, size: Array, center: Array) -> Figure:
    return Figure(
        ('box', picture),
        (_box(picture),),
        _rigid((rotation * size).astype(np.float32), center.astype(np.float32)),
        center.astype(np.float32),
        float(np.linalg.norm(size)) / 2,
        0,
    )


def _box(picture: Path) -> Part:
    """Return a cube of edge 1 about the origin."""
    corners, normals = [], []
    for axis in range(3):
        for sign in (-1, 1):
            normal = np.zeros(3)
            normal[axis] = sign
            u, v = np.roll(np.eye(3), axis, axis=1)[1:]
            u = u * sign
            corners += [
                (normal + a * u + b * v) / 2 for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1))
            ]
            normals += [normal] * 4
    uvs = np.tile([[0, 0], [1, 0], [1, 1], [0, 1]], (6, 1))
    triangles = (np.arange(6)[:, None, None] * 4 + [[0, 1, 2], [0, 2, 3]]).reshape(-1, 3)
    return _static_part(np.array(corners), np.array(normals), uvs, triangles, picture)


def _static_part(
    vertices: Array,
    normals: Array,
    uvs: Array,
    triangles: Array,
    picture: Path,
) -> Part:
    count = len(vertices)
    return Part(
        vertices=vertices.astype(np.float32),
        normals=normals.astype(np.float32),
        uvs=uvs.astype(np.float32),
        bones=np.zeros((count, 4), np.int32),
        weights=np.tile(np.array([1, 0, 0, 0], np.float32), (count, 1)),
        triangles=triangles.astype(np.int32),
        texture=Texture(picture),
    )


def _rigid(rotation: FloatArray, shift: FloatArray) -> FloatArray:
    transforms = np.zeros((NUM_BONES, 3, 4), np.float32)
    transforms[0, :, :3] = rotation
    transforms[0, :, 3] = shift
    return transforms
