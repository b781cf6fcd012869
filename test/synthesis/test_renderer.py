# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Squares drawn by OpenGL."""

from pathlib import Path
import subprocess
import sys

import numpy as np

from alphapose_ros.synthesis.assets import Assets
from alphapose_ros.synthesis.assets import Texture
from alphapose_ros.synthesis.cameras import look_at
from alphapose_ros.synthesis.lights import Light
from alphapose_ros.synthesis.parts import Part
from alphapose_ros.synthesis.people import make_person
from alphapose_ros.synthesis.renderer import Backdrop
from alphapose_ros.synthesis.renderer import Figure
from alphapose_ros.synthesis.renderer import Picture
from alphapose_ros.synthesis.renderer import Renderer
from alphapose_ros.synthesis.renderer import SUPERSAMPLING
from alphapose_ros.synthesis.shaders import NUM_BONES
from alphapose_ros.synthesis.stage import Actor

WIDTH, HEIGHT = 40, 30


def square(name: str, number: int, z: float) -> Figure:
    """Return a red square of 1 m that faces +z."""
    corners = np.array([[-0.5, -0.5, 0], [0.5, -0.5, 0], [0.5, 0.5, 0], [-0.5, 0.5, 0]])
    part = Part(
        vertices=corners.astype(np.float32),
        normals=np.tile(np.array([0, 0, 1], np.float32), (4, 1)),
        uvs=np.zeros((4, 2), np.float32),
        bones=np.zeros((4, 4), np.int32),
        weights=np.tile(np.array([1, 0, 0, 0], np.float32), (4, 1)),
        triangles=np.array([[0, 1, 2], [0, 2, 3]], np.int32),
        texture=None,
        color=(1.0, 0.0, 0.0),
    )
    transforms = np.zeros((NUM_BONES, 3, 4), np.float32)
    transforms[0, :, :3], transforms[0, 2, 3] = np.eye(3), z
    return Figure(name, (part,), transforms, np.array([0, 0, z], np.float32), 1.0, number)


def draw(renderer: Renderer, assets: Assets, figures: list[Figure]) -> Picture:
    """Draw figures seen from 4 m, where 1 m is 10 pixels."""
    camera = look_at(np.array([0, 0, 4.0]), np.zeros(3)).cropped(0, 0, 40.0, (WIDTH, HEIGHT))
    camera = camera.cropped(-(WIDTH - 1) / 2, -(HEIGHT - 1) / 2, 1.0, (WIDTH, HEIGHT))
    return renderer.draw(camera, even_light(), backdrop(assets), figures)


def even_light() -> Light:
    harmonics = np.zeros((9, 3), np.float32)
    harmonics[0] = 2
    return Light(harmonics, np.array([0, 0, 1], np.float32), np.zeros(3, np.float32))


def backdrop(assets: Assets) -> Backdrop:
    return Backdrop(Texture(assets.material_paths()[0]))


def test_a_person_covers_its_pixels_and_no_others(renderer: Renderer, assets: Assets) -> None:
    picture = draw(renderer, assets, [square('a', 3, 0.0)])
    rows, columns = np.nonzero(picture.people == 3)
    assert (picture.people > 0).sum() == len(rows) == (10 * SUPERSAMPLING) ** 2
    assert rows.min() == 10 * SUPERSAMPLING
    assert columns.min() == 15 * SUPERSAMPLING


def test_depths_are_metres_ahead(renderer: Renderer, assets: Assets) -> None:
    picture = draw(renderer, assets, [square('a', 1, 0.0)])
    assert np.abs(picture.depths[picture.people == 1] - 4).max() < 0.01
    assert picture.depths[picture.people == 0].min() > 50


def test_who_is_nearer_hides_who_is_behind(renderer: Renderer, assets: Assets) -> None:
    figures = [square('a', 1, 0.5), square('b', 2, -0.5)]
    for order in (figures, figures[::-1]):
        picture = draw(renderer, assets, order)
        assert picture.people[HEIGHT * SUPERSAMPLING // 2, WIDTH * SUPERSAMPLING // 2] == 1


def test_colours_are_those_of_the_part(renderer: Renderer, assets: Assets) -> None:
    picture = draw(renderer, assets, [square('a', 1, 0.0)])
    red, green, blue = picture.colors[picture.people == 1].mean(axis=0)
    assert red > 100
    assert max(green, blue) < 0.5 * red


def test_landmarks_of_the_face_lie_on_the_drawn_skin(renderer: Renderer, assets: Assets) -> None:
    person = make_person(np.random.default_rng(0), assets)
    rest = np.tile(np.eye(3, 4, dtype=np.float32), (NUM_BONES, 1, 1))
    actor = Actor.make((0, 0), person, rest, assets.joints)
    # From the end of the nose to both corners of the eyes, which no hair covers.
    landmarks = actor.joints[26 + 27 : 26 + 48]
    middle = landmarks.mean(axis=0)
    camera = look_at(middle + np.float32([0, 0, 1.5]), middle).cropped(0, 0, 1500.0, (200, 200))
    camera = camera.cropped(-100, -100, 1.0, (200, 200))
    picture = renderer.draw(camera, even_light(), backdrop(assets), [actor.figure(1)])
    pixels, distances = camera.project(landmarks)
    columns, rows = ((pixels + 0.5) * SUPERSAMPLING).astype(int).T
    assert (picture.people[rows, columns] == 1).all()
    assert np.abs(picture.depths[rows, columns] - distances).max() < 0.01


def test_torch_can_load_its_compiler_after_rendering(assets_dir: Path, renderer: Renderer) -> None:
    program = (
        'import sys; from pathlib import Path\n'
        'from alphapose_ros.synthesis.assets import Assets\n'
        'from alphapose_ros.synthesis.renderer import Renderer\n'
        'Renderer(Assets(Path(sys.argv[1])))\n'
        'import torch._dynamo'
    )
    command = [sys.executable, '-c', program, str(assets_dir)]
    assert subprocess.run(command, check=False, timeout=300).returncode == 0
