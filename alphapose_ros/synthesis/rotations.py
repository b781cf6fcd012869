# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Rotations as matrices (..., 3, 3) and vectors (..., 3) whose length is the angle in rad."""

from __future__ import annotations

import math

import numpy as np
from scipy.spatial.transform import Rotation

from alphapose_ros.structures import FloatArray

_TINY = 1e-9


def turn(axis: FloatArray | tuple[float, float, float], angle_rad: float) -> FloatArray:
    """Return the rotation about a unit vector, right-handed."""
    x, y, z = axis
    cosine, sine = math.cos(angle_rad), math.sin(angle_rad)
    across = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    rodrigues = cosine * np.eye(3) + sine * across + (1 - cosine) * np.outer(axis, axis)
    return np.asarray(rodrigues, np.float32)


def turn_degrees(x: float, y: float, z: float) -> FloatArray:
    """Return the rotation about z, then x, then y, all axes of the world."""
    return np.asarray(Rotation.from_euler('zxy', [z, x, y], degrees=True).as_matrix(), np.float32)


def vectors_to_matrices(vectors: FloatArray) -> FloatArray:
    """Return (..., 3, 3) of rotation vectors (..., 3)."""
    matrices = Rotation.from_rotvec(vectors.reshape(-1, 3)).as_matrix()
    return np.asarray(matrices.reshape(*vectors.shape, 3), np.float32)


def fraction(rotation: FloatArray, share: float) -> FloatArray:
    """Return the rotation about the same axis by a share of the angle."""
    vector = Rotation.from_matrix(rotation).as_rotvec() * share
    return np.asarray(Rotation.from_rotvec(vector).as_matrix(), np.float32)


def unit(vector: FloatArray) -> FloatArray:
    """Return the vector with length 1."""
    return np.asarray((vector / max(float(np.linalg.norm(vector)), _TINY)), np.float32)


def frame(direction: FloatArray, hinge: FloatArray) -> FloatArray:
    """Return the rotation whose first column is a direction, and whose second is near a hinge."""
    x = unit(direction)
    y = unit(hinge - x * float(hinge @ x))
    return np.asarray(np.stack((x, y, np.cross(x, y)), axis=1), np.float32)


def bend_limb(
    start: FloatArray, target: FloatArray, pole: FloatArray, upper: float, lower: float
) -> tuple[FloatArray, FloatArray]:
    """
    Return the directions of two bones of a limb whose end is at the target, or points to it.

    :param pole: direction towards which elbow or knee is put.
    :param upper: length of the first bone.
    :param lower: length of the second bone.
    """
    reach = target - start
    distance = float(
        np.clip(np.linalg.norm(reach), 1.05 * abs(upper - lower), 0.995 * (upper + lower))
    )
    along = unit(reach)
    aside = unit(pole - along * float(pole @ along))
    cosine = (upper**2 + distance**2 - lower**2) / (2 * upper * distance)
    angle = math.acos(min(max(cosine, -1.0), 1.0))
    first = along * math.cos(angle) + aside * math.sin(angle)
    second = along * distance - first * upper
    return unit(np.asarray(first, np.float32)), unit(np.asarray(second, np.float32))
