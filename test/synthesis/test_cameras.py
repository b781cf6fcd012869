# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Pixels of known points, in numpy and in OpenGL."""

from dataclasses import replace

import numpy as np
import pytest

from alphapose_ros.synthesis.cameras import Camera
from alphapose_ros.synthesis.cameras import depths_of
from alphapose_ros.synthesis.cameras import FAR
from alphapose_ros.synthesis.cameras import look_at
from alphapose_ros.synthesis.cameras import NEAR


@pytest.fixture
def camera() -> Camera:
    """Return a camera 4 m before the origin, which sees it in the middle of 101 x 81 pixels."""
    seen = look_at(np.array([0, 0, 4.0]), np.zeros(3))
    return replace(seen, focal=200.0, center=(50.0, 40.0), size_wh=(101, 81))


def test_what_the_camera_looks_at_is_in_the_centre(camera: Camera) -> None:
    pixel, distance = camera.project(np.zeros(3, np.float32))
    assert pixel.tolist() == [50, 40]
    assert distance == 4


@pytest.mark.parametrize(
    ('point', 'pixel'),
    [((1, 0, 0), (100, 40)), ((0, 0.5, 0), (50, 15)), ((0.5, 0, 2), (100, 40))],
    ids=['left of a body is right in the image', 'up is up', 'near is large'],
)
def test_known_points_are_projected(
    camera: Camera, point: tuple[float, ...], pixel: tuple[int, int]
) -> None:
    found, _ = camera.project(np.array(point, np.float32))
    assert found.tolist() == pytest.approx(pixel, abs=1e-3)


def test_opengl_draws_a_point_where_it_is_projected(camera: Camera) -> None:
    point = np.array([0.31, -0.2, 0.7, 1], np.float32)
    clip = camera.matrix() @ point
    screen = clip[:2] / clip[3]
    # The pixel whose centre is the origin reaches from -0.5 to 0.5.
    x, y = (screen[0] + 1) / 2 * 101 - 0.5, (1 - screen[1]) / 2 * 81 - 0.5
    pixel, _ = camera.project(point[:3])
    assert (x, y) == pytest.approx(tuple(pixel), abs=1e-3)


def test_a_ray_leads_to_what_is_seen_there(camera: Camera) -> None:
    point = np.array([0.31, -0.2, 0.7, 1], np.float32)
    clip = camera.matrix() @ point
    ray = camera.rays() @ (clip[0] / clip[3], clip[1] / clip[3], 1)
    wanted = point[:3] - camera.eye
    assert np.allclose(ray / np.linalg.norm(ray), wanted / np.linalg.norm(wanted), atol=1e-5)


def test_a_cropped_camera_sees_a_part_enlarged(camera: Camera) -> None:
    point = np.array([0.1, 0.1, 0], np.float32)
    pixel, _ = camera.project(point)
    cropped, _ = camera.cropped(10, 20, 3.0, (60, 60)).project(point)
    assert cropped.tolist() == pytest.approx(((pixel - (10, 20)) * 3).tolist(), abs=1e-3)


def test_the_depth_buffer_tells_metres() -> None:
    assert depths_of(np.array([0, 1], np.float32)).tolist() == pytest.approx([NEAR, FAR], rel=1e-3)
