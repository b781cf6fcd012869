# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Light from panoramas: spherical harmonics for the sky, and one sun. H, W rows and columns."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from alphapose_ros.structures import FloatArray

_SMALL_WH = (64, 32)
# Pixels so many times brighter than the mean are the sun or a lamp.
_SUN_CONTRAST = 8.0
# The sun is at most so many times as strong as the sky, or shadows would be black.
_MAX_SUN = 2.5


@dataclass(frozen=True, eq=False)
class Light:
    """
    Light from all around.

    :param harmonics: (9, 3) RGB coefficients of radiance.
    :param sun_direction: (3,) unit vector to the sun.
    :param sun_color: (3,) RGB irradiance.
    """

    harmonics: FloatArray
    sun_direction: FloatArray
    sun_color: FloatArray

    def scaled(self, factor: float) -> Light:
        """Return brighter or darker light."""
        return Light(self.harmonics * factor, self.sun_direction, self.sun_color * factor)

    @property
    def strength(self) -> float:
        """Mean irradiance of upright surfaces, over pi."""
        return float((0.886227 * self.harmonics[0].mean() + 0.3 * self.sun_color.mean()) / np.pi)


def light_of(panorama: FloatArray, yaw_rad: float) -> Light:
    """
    Return the light of a panorama that is turned about the vertical.

    :param panorama: (H, W, 3) linear RGB; its middle column is towards +z, and +x left of it.
    """
    small = cv2.resize(panorama, _SMALL_WH, interpolation=cv2.INTER_AREA)
    width, height = _SMALL_WH
    polar = (np.arange(height) + 0.5) / height * np.pi
    around = yaw_rad - ((np.arange(width) + 0.5) / width - 0.5) * 2 * np.pi
    directions = np.stack(
        np.broadcast_arrays(
            np.sin(polar)[:, None] * np.sin(around),
            np.cos(polar)[:, None],
            np.sin(polar)[:, None] * np.cos(around),
        ),
        axis=2,
    ).reshape(-1, 3)
    areas = np.repeat(np.sin(polar), width) * (2 * np.pi / width) * (np.pi / height)
    radiance = small.reshape(-1, 3).astype(np.float64)
    luminance = radiance.mean(axis=1)
    is_sun = luminance > _SUN_CONTRAST * np.median(luminance)
    sky = np.where(is_sun[:, None], _SUN_CONTRAST * np.median(luminance), radiance)
    harmonics = (_basis(directions) * areas[:, None]).T @ sky
    beams = np.clip(radiance - sky, 0, None) * areas[:, None]
    direction = (directions * beams.mean(axis=1)[:, None]).sum(axis=0)
    color = beams.sum(axis=0)
    limit = _MAX_SUN * 0.886227 * harmonics[0].mean()
    color *= min(1.0, limit / max(color.mean(), 1e-6))
    length = np.linalg.norm(direction)
    direction = direction / length if length > 1e-6 else np.array([0.3, 0.9, 0.3])
    return Light(*(a.astype(np.float32) for a in (harmonics, direction, color)))


def _basis(directions: FloatArray) -> FloatArray:
    """Return (..., 9) real spherical harmonics, as in Ramamoorthi and Hanrahan 2001."""
    x, y, z = np.moveaxis(directions, -1, 0)
    return np.stack(
        [
            np.full_like(x, 0.282095),
            0.488603 * y,
            0.488603 * z,
            0.488603 * x,
            1.092548 * x * y,
            1.092548 * y * z,
            0.315392 * (3 * z * z - 1),
            1.092548 * x * z,
            0.546274 * (x * x - y * y),
        ],
        axis=-1,
    )
