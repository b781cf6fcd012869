# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Where people stand, and from where they are seen."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace

import numpy as np

from alphapose_ros.structures import FloatArray
from alphapose_ros.synthesis.cameras import Camera
from alphapose_ros.synthesis.cameras import look_at
from alphapose_ros.synthesis.keypoints import JointMap
from alphapose_ros.synthesis.keypoints import SKELETON
from alphapose_ros.synthesis.people import Person
from alphapose_ros.synthesis.renderer import Figure
from alphapose_ros.synthesis.rotations import turn
from alphapose_ros.synthesis.skinning import skin

_UPPER_BODY = tuple(
    i
    for i, name in enumerate(SKELETON.keypoint_names)
    if not name.endswith(('knee', 'ankle', 'toe', 'heel'))
)
_HEAD = tuple(
    i
    for i, name in enumerate(SKELETON.keypoint_names)
    if name.startswith('face-') or name in ('head', 'neck', 'left_shoulder', 'right_shoulder')
)
_TALL_M = 2.0
_APART_M = 0.55


@dataclass(frozen=True, eq=False)
class Actor:
    """
    Somebody in a pose and a place.

    :param key: names the person.
    :param transforms: (J, 3, 4) of the bones.
    :param joints: (K, 3) in the world.
    """

    key: tuple[int, int]
    person: Person
    transforms: FloatArray
    joints: FloatArray

    @staticmethod
    def make(
        key: tuple[int, int], person: Person, transforms: FloatArray, joint_map: JointMap
    ) -> Actor:
        """Return an actor above the origin, who touches the floor y = 0."""
        vertices = skin(
            person.joint_vertices, person.joint_bones, person.joint_weights, transforms
        )
        joints = joint_map.locate(vertices)
        hips = joints[SKELETON.index('hip')]
        lowest = float(vertices[:, 1].min()) - 0.01
        actor = Actor(key, person, transforms, joints)
        shift = np.array([-hips[0], -lowest, -hips[2]], np.float32)
        return actor.moved(np.eye(3, dtype=np.float32), shift)

    def moved(self, rotation: FloatArray, shift: FloatArray) -> Actor:
        """Return the actor turned about the origin, then shifted."""
        transforms = rotation @ self.transforms
        transforms[:, :, 3] += shift
        joints = self.joints @ rotation.T + shift
        return replace(
            self, transforms=transforms.astype(np.float32), joints=joints.astype(np.float32)
        )

    def figure(self, number: int) -> Figure:
        """Return what is drawn."""
        center = self.joints.mean(axis=0)
        radius = float(np.linalg.norm(self.joints - center, axis=1).max()) + 0.2
        return Figure(self.key, self.person.parts, self.transforms, center, radius, number)


def frame_crop(
    rng: np.random.Generator, actors: list[Actor], size_wh: tuple[int, int]
) -> tuple[list[Actor], Camera]:
    """Return the people, the first of whom fills most of the camera's image."""
    distance = float(rng.uniform(1.8, 7))
    placed = []
    for i, actor in enumerate(actors):
        aside = rng.choice([-1, 1]) * rng.uniform(0.3, 0.9)
        nearer = rng.uniform(-1.5, min(0.7, distance - 1.2))
        spot = np.array([aside, 0, nearer], np.float32) * (i > 0)
        placed.append(actor.moved(turn((0, 1, 0), _heading(rng)), spot))
    main = placed[0].joints
    eye = np.array([0, np.clip(rng.normal(1.45, 0.5), 0.4, 3.0), distance], np.float32)
    camera = look_at(eye, main.mean(axis=0), rng.normal(0, np.radians(4)))
    return placed, _zoom(rng, camera, main, size_wh)


def _zoom(
    rng: np.random.Generator, camera: Camera, joints: FloatArray, size_wh: tuple[int, int]
) -> Camera:
    """Return the camera, moved and zoomed so that the person fills the image."""
    kind = rng.random()
    shown = joints
    if kind < 0.2:
        shown = joints[list(_UPPER_BODY)]
    elif kind < 0.26:
        shown = joints[list(_HEAD)]
    pixels, _ = camera.project(shown)
    low, high = pixels.min(axis=0), pixels.max(axis=0)
    extent = np.maximum(high - low, 1e-6)
    fill = rng.uniform(0.5, 0.95)
    scale = fill * float((np.array(size_wh) / extent).min())
    slack = np.array(size_wh) / scale - extent
    corner = low - slack * np.clip(rng.normal(0.5, 0.15, 2), 0.05, 0.95)
    if kind > 0.9:  # cut off somewhere
        corner += rng.uniform(-0.25, 0.25, 2) * extent
    return camera.cropped(float(corner[0]), float(corner[1]), scale, size_wh)


def frame_scene(
    rng: np.random.Generator, actors: list[Actor], size_wh: tuple[int, int]
) -> tuple[list[Actor], Camera]:
    """Return the people spread over the image of a camera."""
    width, height = size_wh
    eye = np.array([0, np.clip(rng.normal(1.7, 0.6), 0.5, 3.0), 0], np.float32)
    down = np.array([0, rng.uniform(-1.2, 0.3), -5], np.float32)
    focal = width / 2 / np.tan(np.radians(rng.uniform(40, 75)) / 2)
    camera = replace(
        look_at(eye, eye + down, rng.normal(0, np.radians(2))),
        focal=float(focal),
        center=((width - 1) / 2, (height - 1) / 2),
        size_wh=size_wh,
    )
    nearest = _TALL_M * focal / height
    spots: list[FloatArray] = []
    for _ in actors:
        spots.append(_free_spot(rng, spots, nearest, width / float(focal)))
    headings = [turn((0, 1, 0), _heading(rng)) for _ in actors]
    placed = [a.moved(h, spot) for a, h, spot in zip(actors, headings, spots, strict=True)]
    return placed, camera


def _free_spot(
    rng: np.random.Generator, taken: list[FloatArray], nearest: float, field: float
) -> FloatArray:
    """Return where nobody stands yet, in the view of a camera at the origin."""
    for _ in range(20):
        ahead = nearest * np.exp(rng.uniform(-0.3, 1.9))
        spot = np.array([rng.uniform(-0.5, 0.5) * field * ahead, 0, -ahead], np.float32)
        if all(np.linalg.norm(spot - other) > _APART_M for other in taken):
            break
    return spot


def _heading(rng: np.random.Generator) -> float:
    """Return by how much somebody is turned away from the camera, in rad."""
    if rng.random() < 0.6:
        return float(rng.normal(0, np.radians(40)))
    return float(rng.uniform(-np.pi, np.pi))
