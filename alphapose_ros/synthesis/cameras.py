# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Pinhole cameras. Origin of pixels at the centre of the top-left pixel, x right, y down."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace

import numpy as np

from alphapose_ros.structures import FloatArray

NEAR = 0.1
FAR = 100.0


@dataclass(frozen=True, eq=False)
class Camera:
    """
    A camera in the world.

    :param eye: (3,) metres.
    :param axes: (3, 3) rows: right, down, ahead.
    :param focal: pixels.
    :param center: (2,) where the axis ahead meets the image.
    :param size_wh: of the image.
    """

    eye: FloatArray
    axes: FloatArray
    focal: float
    center: tuple[float, float]
    size_wh: tuple[int, int]

    def project(self, points: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return pixels (..., 2) and distances ahead (...,) of points (..., 3)."""
        seen = (points - self.eye) @ self.axes.T
        depths = np.maximum(seen[..., 2], NEAR)
        pixels = self.focal * seen[..., :2] / depths[..., None] + np.array(self.center, np.float32)
        return pixels.astype(np.float32), seen[..., 2].astype(np.float32)

    def matrix(self) -> FloatArray:
        """Return (4, 4) from the world to OpenGL's clip space."""
        width, height = self.size_wh
        # The corner of the image is half a pixel before the centre of its first pixel.
        x, y = self.center[0] + 0.5, self.center[1] + 0.5
        clip = np.array(
            [
                [2 * self.focal / width, 0, 2 * x / width - 1, 0],
                [0, -2 * self.focal / height, 1 - 2 * y / height, 0],
                [0, 0, (FAR + NEAR) / (FAR - NEAR), -2 * FAR * NEAR / (FAR - NEAR)],
                [0, 0, 1, 0],
            ]
        )
        view = np.eye(4)
        view[:3, :3] = self.axes
        view[:3, 3] = -self.axes @ self.eye
        return np.asarray(clip @ view, np.float32)

    def rays(self) -> FloatArray:
        """Return (3, 3) from (x, y, 1) of OpenGL's screen to directions in the world."""
        width, height = self.size_wh
        x, y = self.center[0] + 0.5, self.center[1] + 0.5
        pixels = np.array(
            [
                [width / 2, 0, width / 2 - x],
                [0, -height / 2, height / 2 - y],
                [0, 0, self.focal],
            ]
        )
        return np.asarray(self.axes.T @ pixels / self.focal, np.float32)

    def cropped(self, x: float, y: float, scale: float, size_wh: tuple[int, int]) -> Camera:
        """Return the camera of a part of the image, whose top-left pixel is x, y, enlarged."""
        center = ((self.center[0] - x) * scale, (self.center[1] - y) * scale)
        return replace(self, focal=self.focal * scale, center=center, size_wh=size_wh)


def depths_of(buffer: FloatArray) -> FloatArray:
    """Return distances ahead, in metres, from values of the depth buffer."""
    return np.asarray(2 * FAR * NEAR / (FAR + NEAR - (2 * buffer - 1) * (FAR - NEAR)), np.float32)


def look_at(eye: FloatArray, target: FloatArray, roll_rad: float = 0.0) -> Camera:
    """Return a camera of focal length 1 pixel that looks at a target."""
    ahead = target - eye
    ahead = ahead / np.linalg.norm(ahead)
    right = np.cross(ahead, (0, 1, 0))
    right = right / np.linalg.norm(right)
    down = np.cross(ahead, right)
    cosine, sine = np.cos(roll_rad), np.sin(roll_rad)
    axes = np.stack((cosine * right + sine * down, cosine * down - sine * right, ahead))
    return Camera(np.asarray(eye, np.float32), axes.astype(np.float32), 1.0, (0.0, 0.0), (1, 1))
