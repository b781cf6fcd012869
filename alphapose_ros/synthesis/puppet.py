# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
A body whose limbs can be put somewhere. J bones.

Rotations are relative to the parent, about axes aligned with the world in the rest pose: +x is the
body's left, +y up, +z to the front. Angles of the methods are degrees.
"""

from __future__ import annotations

import numpy as np

from alphapose_ros.structures import FloatArray
from alphapose_ros.synthesis.assets import Assets
from alphapose_ros.synthesis.gestures import ArmGoal
from alphapose_ros.synthesis.people import Person
from alphapose_ros.synthesis.rotations import bend_limb
from alphapose_ros.synthesis.rotations import fraction
from alphapose_ros.synthesis.rotations import frame
from alphapose_ros.synthesis.rotations import turn
from alphapose_ros.synthesis.rotations import turn_degrees
from alphapose_ros.synthesis.rotations import unit
from alphapose_ros.synthesis.rotations import vectors_to_matrices

SIDES = ('L', 'R')
_SPINE = ('spine05', 'spine04', 'spine03', 'spine02', 'spine01')
_NECK = ('neck01', 'neck02', 'neck03', 'head')
_ANCHOR_BONES = {'shoulder': 'upperarm01.{}', 'hip': 'upperleg01.{}', 'chest': 'spine01'}


class Puppet:
    """The rotations of one person's bones."""

    def __init__(self, assets: Assets, person: Person) -> None:
        """Start with the rest pose."""
        self._person = person
        self._index = {name: i for i, name in enumerate(assets.rig.names)}
        self.rotations = np.tile(np.eye(3, dtype=np.float32), (len(self._index), 1, 1))

    def turn(self, bone: str, rotation: FloatArray) -> None:
        """Give a bone a rotation (3, 3)."""
        self.rotations[self._index[bone]] = rotation

    def rotation(self, bone: str) -> FloatArray:
        """Return the rotation (3, 3) of a bone."""
        return np.asarray(self.rotations[self._index[bone]])

    def head(self, bone: str) -> FloatArray:
        """Return (3,) where a bone begins in the rest pose."""
        return np.asarray(self._person.heads[self._index[bone]])

    def tail(self, bone: str) -> FloatArray:
        """Return (3,) where a bone ends in the rest pose."""
        return np.asarray(self._person.tails[self._index[bone]])

    def shake(self, rng: np.random.Generator, degrees: float) -> None:
        """Turn all large bones a little."""
        names = ('upper', 'lower', 'spine', 'neck', 'head', 'clavicle', 'wrist')
        is_large = np.array([name.startswith(names) for name in self._index])
        noise = rng.normal(0, np.radians(degrees), (len(is_large), 3)) * is_large[:, None]
        self.rotations = vectors_to_matrices(noise.astype(np.float32)) @ self.rotations

    def leg(
        self, side: str, *, flex: float, spread: float, twist: float, knee: float, foot: float
    ) -> None:
        """
        Put a leg.

        :param flex: of the hip, forwards.
        :param spread: away from the other leg.
        :param twist: toes outwards.
        :param foot: toes down.
        """
        sign = 1.0 if side == 'L' else -1.0
        half = turn((0, 1, 0), np.radians(sign * twist * 0.5))
        self.turn(f'upperleg01.{side}', turn_degrees(-flex, 0, sign * spread) @ half)
        self.turn(f'upperleg02.{side}', half)
        self.turn(f'lowerleg01.{side}', turn((1, 0, 0), np.radians(knee)))
        self.turn(f'foot.{side}', turn((1, 0, 0), np.radians(foot)))

    def lean(self, degrees: float) -> None:
        """Lean the trunk forwards from the hips; the legs stay where they are."""
        self.turn('root', turn((1, 0, 0), np.radians(degrees)))
        back = turn((1, 0, 0), -np.radians(degrees))
        for side in SIDES:
            self.turn(f'upperleg01.{side}', back @ self.rotation(f'upperleg01.{side}'))

    def bend_spine(self, whole: FloatArray) -> None:
        """Share a rotation (3, 3) among the bones of the spine."""
        share = fraction(whole, 1 / len(_SPINE))
        for bone in _SPINE:
            self.turn(bone, share)

    def bend_neck(self, whole: FloatArray) -> None:
        """Share a rotation (3, 3) among the bones of the neck."""
        share = fraction(whole, 1 / len(_NECK))
        for bone in _NECK:
            self.turn(bone, share)

    def reach(self, side: str, goal: ArmGoal, rng: np.random.Generator) -> None:
        """Put a wrist near a goal, given in the rest pose of the trunk."""
        sign = 1.0 if side == 'L' else -1.0
        mirror = np.array([sign, 1, 1], np.float32)
        joints = [self.head(f'{b}.{side}') for b in ('upperarm01', 'lowerarm01', 'wrist')]
        rest = (joints[1] - joints[0], joints[2] - joints[1])
        upper, lower = (float(np.linalg.norm(bone)) for bone in rest)
        bone = _ANCHOR_BONES.get(goal.anchor)
        anchor = self.head(bone.format(side)) if bone else self.tail('head')
        offset = np.array(goal.offset) + rng.normal(0, goal.spread, 3)
        target = (anchor + offset * mirror * (upper + lower)).astype(np.float32)
        pole = np.array(goal.pole, np.float32) * mirror
        wanted = bend_limb(joints[0], target, pole, upper, lower)
        # The collar bone takes part in lifting the arm.
        lift = np.clip(np.degrees(np.arcsin(np.clip(wanted[0][1], -1, 1))) + 30, 0, 110)
        self.place_arm(side, turn((0, 0, 1), np.radians(sign * lift * 0.18)), wanted)
        roll = np.radians(goal.roll + rng.normal(0, 20)) * sign
        bend = vectors_to_matrices(rng.normal(0, np.radians(14), 3).astype(np.float32))
        self.turn(f'lowerarm02.{side}', turn(unit(rest[1]), roll * 0.6))
        self.turn(f'wrist.{side}', bend @ turn(unit(rest[1]), roll * 0.4))

    def place_arm(
        self, side: str, clavicle: FloatArray, wanted: tuple[FloatArray, FloatArray]
    ) -> None:
        """Turn upper and lower arm to directions (3,), given relative to the trunk."""
        joints = [self.head(f'{b}.{side}') for b in ('upperarm01', 'lowerarm01', 'wrist')]
        rest = (joints[1] - joints[0], joints[2] - joints[1])
        # The elbow is a hinge, so that both directions tell how the upper arm is twisted.
        rest_hinge = unit(np.cross(*rest))
        hinge = np.cross(*wanted)
        if np.linalg.norm(hinge) < 0.1:
            hinge = rest_hinge
        upper = frame(wanted[0], hinge) @ frame(rest[0], rest_hinge).T
        lower = frame(wanted[1], hinge) @ frame(rest[1], rest_hinge).T
        swing = clavicle.T @ upper
        still = np.eye(3, dtype=np.float32)
        self.turn(f'clavicle.{side}', clavicle)
        self.turn(f'shoulder01.{side}', fraction(swing, 0.25))
        self.turn(f'upperarm01.{side}', fraction(swing, 0.75))
        self.turn(f'upperarm02.{side}', still)
        self.turn(f'lowerarm01.{side}', upper.T @ lower)
        self.turn(f'lowerarm02.{side}', still)
        self.turn(f'wrist.{side}', still)

    def curl(self, side: str, curls: FloatArray) -> None:
        """Bend thumb to little finger at their three joints: (5, 3) degrees."""
        axes = np.tile(self._bend_axis(side, (2, 3, 4, 5)), (5, 1))
        axes[0] = self._bend_axis(side, (1,))
        bones = [self._index[f'finger{f}-{j}.{side}'] for f in range(1, 6) for j in range(1, 4)]
        vectors = axes[:, None] * np.radians(curls)[:, :, None]  # (5, 3, 3)
        self.rotations[bones] = vectors_to_matrices(vectors).reshape(15, 3, 3)

    def _bend_axis(self, side: str, fingers: tuple[int, ...]) -> FloatArray:
        """Return the axis about which fingers close: that of their curve at rest."""
        axes = []
        for finger in fingers:
            first = 2 if finger == 1 else 1
            knuckle = self.head(f'finger{finger}-{first}.{side}')
            middle, tip = (f(f'finger{finger}-3.{side}') for f in (self.head, self.tail))
            axes.append(np.cross(middle - knuckle, tip - middle))
        return unit(np.sum(axes, axis=0))
