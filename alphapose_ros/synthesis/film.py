# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
A scripted film: people walk, cross and wave in front of a camera that stands still.

The camera is above the origin and looks along -z; +x is to its right, the floor is y = 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace
from pathlib import Path

import numpy as np

from alphapose_ros.io.bvh import Motion
from alphapose_ros.synthesis.assets import Assets
from alphapose_ros.synthesis.assets import SMOOTH_FPS
from alphapose_ros.synthesis.assets import Texture
from alphapose_ros.synthesis.cameras import Camera
from alphapose_ros.synthesis.cameras import look_at
from alphapose_ros.synthesis.lights import light_of
from alphapose_ros.synthesis.mocap import heading_rad
from alphapose_ros.synthesis.mocap import take_over
from alphapose_ros.synthesis.people import make_person
from alphapose_ros.synthesis.people import Person
from alphapose_ros.synthesis.props import make_floor
from alphapose_ros.synthesis.puppet import Puppet
from alphapose_ros.synthesis.puppet import SIDES
from alphapose_ros.synthesis.renderer import Backdrop
from alphapose_ros.synthesis.rotations import turn
from alphapose_ros.synthesis.rotations import turn_degrees
from alphapose_ros.synthesis.rotations import unit
from alphapose_ros.synthesis.skinning import bone_transforms
from alphapose_ros.synthesis.stage import Actor
from alphapose_ros.synthesis.walk import cut_cycle
from alphapose_ros.synthesis.walk import Walk

FILM_FPS = 15
WAVE_HZ = 1.2
_SWAY_HZ = 0.25
_EYE_M = 1.3
_DOWN_DEGREES = 7.0
_FIELD_DEGREES = 60.0
_PANORAMA, _PANORAMA_YAW = 'workshop.hdr', 2.2
_FLOOR, _TILES_PER_METRE = 'tiles', 0.15
_HEIGHT_M, _MAX_CASTS = (1.55, 1.9), 20
# Separates the random numbers of films from those of images.
_FILM_STREAM = 2_000_003
_RELAXED = np.tile(np.array([20, 24, 15], np.float32), (5, 1))
_OPEN = np.zeros((5, 3), np.float32)
_RAISED = unit(np.array([-0.7, -0.5, 0.35]))
_NOWHERE = np.zeros(3, np.float32)


@dataclass(frozen=True)
class Passage:
    """
    Somebody who walks in a straight line.

    :param motion: name of the walk.
    :param place: x, z in metres where the walker is at `time_s`.
    :param degrees: 0 towards the camera, 90 to its right.
    """

    motion: str
    place: tuple[float, float]
    degrees: float
    time_s: float


CROSSING = (
    Passage('07_03', (0.0, -4.9), 90, 4.5),
    Passage('12_01', (0.0, -5.8), -90, 4.5),
)
PASSAGES = (
    *CROSSING,
    Passage('16_58', (1.75, -3.0), 3, 9.3),
    Passage('43_01', (0.0, -15.0), 90, 6.5),
)
WAVER_PLACE = (-1.15, -3.7)
WAVER = len(PASSAGES)


class Film:
    """All frames of one seed; camera, light and what is behind are the same in all of them."""

    def __init__(self, assets: Assets, seed: int, size_wh: tuple[int, int]) -> None:
        """
        Choose who takes part.

        :raises ValueError: if the assets lack something.
        """
        self.seed = seed
        self._assets = assets
        rngs = [np.random.default_rng([seed, i, _FILM_STREAM]) for i in range(WAVER + 1)]
        self._people = [_cast(rng, assets) for rng in rngs]
        motions = assets.smooth_walks({passage.motion for passage in PASSAGES})
        cycles = [cut_cycle(motions[passage.motion], SMOOTH_FPS) for passage in PASSAGES]
        self._walks = [Walk(self._stride(i, c), SMOOTH_FPS) for i, c in enumerate(cycles)]
        self.camera = _camera(size_wh)
        panorama = Texture(_find(assets.panorama_paths(), _PANORAMA))
        light = light_of(assets.panorama(panorama), _PANORAMA_YAW)
        exposure = 1 / light.strength
        self.light = light.scaled(exposure)
        self.backdrop = Backdrop(panorama, _PANORAMA_YAW, exposure=exposure)
        self.floor = make_floor(_find(assets.material_paths(), _FLOOR), _TILES_PER_METRE)

    def actors(self, frame_index: int) -> list[Actor]:
        """Return everybody, also who is out of view; the place in the list is the identity."""
        time_s = frame_index / FILM_FPS
        actors = [
            _placed(walk.at(time_s - passage.time_s), passage.degrees, passage.place)
            for walk, passage in zip(self._walks, PASSAGES, strict=True)
        ]
        waver = Puppet(self._assets, self._people[WAVER])
        _wave(waver, time_s)
        x, z = WAVER_PLACE
        to_camera = float(np.degrees(np.arctan2(-x, -z)))
        return [*actors, _placed(self._act(WAVER, waver), to_camera, WAVER_PLACE)]

    def _stride(self, identity: int, cycle: Motion) -> list[Actor]:
        """Return somebody in all poses of a cycle, heading for about +z."""
        headings = np.unwrap([heading_rad(cycle, i) for i in range(len(cycle.rotations))])
        actors = []
        for i, swing in enumerate((headings - headings.mean()).tolist()):
            puppet = Puppet(self._assets, self._people[identity])
            take_over(puppet, cycle, i)
            _look_ahead(puppet)
            for side in SIDES:
                puppet.curl(side, _RELAXED)
            actors.append(self._act(identity, puppet).moved(turn((0, 1, 0), swing), _NOWHERE))
        return actors

    def _act(self, identity: int, puppet: Puppet) -> Actor:
        """Return somebody above the origin."""
        person, assets = self._people[identity], self._assets
        transforms = bone_transforms(
            puppet.rotations, person.heads, assets.rig.parents, assets.levels
        )
        return Actor.make((self.seed, identity), person, transforms, assets.joints)


def _cast(rng: np.random.Generator, assets: Assets) -> Person:
    """Return somebody random, if possible of usual height."""
    for _ in range(_MAX_CASTS):
        person = make_person(rng, assets)
        if _HEIGHT_M[0] < np.ptp(person.joint_vertices[:, 1]) < _HEIGHT_M[1]:
            break
    return person


def _placed(actor: Actor, degrees: float, place: tuple[float, float]) -> Actor:
    return actor.moved(
        turn((0, 1, 0), np.radians(degrees)), np.array([place[0], 0, place[1]], np.float32)
    )


def _look_ahead(puppet: Puppet) -> None:
    trunk = puppet.rotation('root') @ np.linalg.matrix_power(puppet.rotation('spine01'), 5)
    puppet.bend_neck(trunk.T)


def _wave(puppet: Puppet, time_s: float) -> None:
    """Stand and wave with the right hand: the forearm swings about the elbow."""
    sway = float(np.sin(2 * np.pi * _SWAY_HZ * time_s))
    for side in SIDES:
        puppet.leg(side, flex=0, spread=-3, twist=12, knee=2, foot=-2)
    puppet.bend_spine(turn_degrees(2, 3 * sway, 1.5 * sway))
    puppet.bend_neck(turn_degrees(1, -3 * sway, 0))
    still = np.eye(3, dtype=np.float32)
    puppet.place_arm('L', still, (unit(np.array([0.2, -1, 0])), unit(np.array([0.1, -1, 0.2]))))
    aside = np.radians(6 + 26 * np.sin(2 * np.pi * WAVE_HZ * time_s))
    forearm = unit(np.array([-np.sin(aside), np.cos(aside), 0.2]))
    puppet.place_arm('R', turn((0, 0, 1), np.radians(-8)), (_RAISED, forearm))
    puppet.curl('L', _RELAXED)
    puppet.curl('R', _OPEN)


def _camera(size_wh: tuple[int, int]) -> Camera:
    width, height = size_wh
    eye = np.array([0, _EYE_M, 0], np.float32)
    down = np.array([0, -np.tan(np.radians(_DOWN_DEGREES)), -1], np.float32)
    focal = width / 2 / np.tan(np.radians(_FIELD_DEGREES) / 2)
    return replace(
        look_at(eye, eye + down),
        focal=float(focal),
        center=((width - 1) / 2, (height - 1) / 2),
        size_wh=size_wh,
    )


def _find(paths: list[Path], name: str) -> Path:
    """Return the file in whose path a folder or file has the name."""
    for path in paths:
        if name in path.parts:
            return path
    raise ValueError(f'the assets must hold {name}')
