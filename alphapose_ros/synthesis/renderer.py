# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
People drawn by OpenGL without a screen (EGL; on machines without a GPU by Mesa's llvmpipe).

What a person consists of is uploaded once; a pose is only the transforms of the bones.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alphapose_ros.structures import FloatArray
from alphapose_ros.synthesis import shaders
from alphapose_ros.synthesis.assets import Assets
from alphapose_ros.synthesis.assets import Texture
from alphapose_ros.synthesis.cameras import Camera
from alphapose_ros.synthesis.cameras import depths_of
from alphapose_ros.synthesis.lights import Light
from alphapose_ros.synthesis.parts import Part

# Pixels per pixel and axis; they are averaged.
SUPERSAMPLING = 2
SHADOW_SIZE = 512
# As many are kept on the graphics card.
MAX_TEXTURES = 128


class RenderingError(ValueError):
    """There is no OpenGL to draw with."""


@dataclass(frozen=True, eq=False)
class Backdrop:
    """
    What is behind everything.

    :param picture: a panorama, if `yaw_rad` is given, or a flat picture.
    :param yaw_rad: by how much the panorama is turned.
    :param part: where the part of a flat picture is between left and right and between bottom and
        top, and its size, 1 being as large as fits; all in [0, 1].
    :param blur: 0 sharp; each step halves the resolution.
    :param exposure: of a panorama.
    :param field: how much of a panorama is seen at least: tangent of half the angle.
    """

    picture: Texture
    yaw_rad: float | None = None
    part: tuple[float, float, float] = (0.5, 0.5, 1.0)
    blur: float = 0.0
    exposure: float = 1.0
    field: float = 0.0

    @property
    def name(self) -> str:
        """Of the file, '' of a pattern."""
        return '' if self.picture.path is None else self.picture.path.name


@dataclass(frozen=True, eq=False)
class Figure:
    """
    Something to draw.

    :param key: names the parts: equal keys must mean equal parts.
    :param parts: meshes.
    :param transforms: (J, 3, 4) of the bones.
    :param center: (3,) in the world.
    :param radius: of a ball around all of it, in metres.
    :param person: number of the person from 1, or 0.
    :param casts_shadow: false for floors.
    """

    key: object
    parts: Sequence[Part]
    transforms: FloatArray
    center: FloatArray
    radius: float
    person: int
    casts_shadow: bool = True


@dataclass(frozen=True, eq=False)
class Picture:
    """
    What was drawn, SUPERSAMPLING times larger than the camera's image.

    :param colors: (H, W, 3) uint8 RGB.
    :param people: (H, W) uint8, who is seen.
    :param depths: (H, W) metres ahead.
    """

    colors: NDArray[np.uint8]
    people: NDArray[np.uint8]
    depths: FloatArray


class Renderer:
    """An OpenGL context with what was uploaded to it."""

    def __init__(self, assets: Assets, cache_size: int = 16) -> None:
        """
        Open the context.

        :param cache_size: how many figures are kept on the graphics card.
        :raises RenderingError: if moderngl is missing, or EGL.
        """
        context = self._gl = _open_context()
        # What is no longer needed is freed in draw(), where the right context is current.
        self._gl.gc_mode = 'context_gc'
        self._assets = assets
        self._cache_size = cache_size
        self._program = context.program(shaders.PERSON_VERTEX, shaders.PERSON_FRAGMENT)
        self._shadow = context.program(shaders.SHADOW_VERTEX, shaders.SHADOW_FRAGMENT)
        self._behind = context.program(shaders.BACKGROUND_VERTEX, shaders.BACKGROUND_FRAGMENT)
        corners = np.array([[-1, -1], [3, -1], [-1, 3]], np.float32)
        self._screen = context.vertex_array(
            self._behind, [(context.buffer(corners.tobytes()), '2f', 'in_position')]
        )
        self._bones = context.buffer(reserve=shaders.NUM_BONES * 48)
        self._bones.bind_to_uniform_block(0)
        self._shadow_map = context.depth_texture((SHADOW_SIZE, SHADOW_SIZE))
        self._shadow_map.compare_func = '<='
        self._shadow_map.repeat_x = self._shadow_map.repeat_y = False
        self._shadow_target = context.framebuffer(depth_attachment=self._shadow_map)
        self._white = context.texture((1, 1), 4, b'\xff' * 4)
        self._targets: dict[tuple[int, int], Any] = {}
        self._textures: dict[Texture, Any] = {}
        self._figures: dict[object, list[tuple[Part, Any, Any]]] = {}

    def draw(
        self, camera: Camera, light: Light, backdrop: Backdrop, figures: Sequence[Figure]
    ) -> Picture:
        """Return what the camera sees."""
        with self._gl:  # other renderers may live in this process
            self._gl.gc()
            light_projection = _light_projection(light, figures)
            self._draw_shadows(light_projection, figures)
            target = self._target(camera.size_wh)
            target.use()
            target.clear(depth=1.0)
            self._draw_backdrop(camera, backdrop)
            self._gl.enable(self._gl.DEPTH_TEST)
            self._set_scene(camera, light, light_projection)
            for figure in figures:
                self._draw_figure(figure)
            return _read(target)

    def _draw_figure(self, figure: Figure) -> None:
        self._write_bones(figure)
        self._program['person'] = float(figure.person)
        for part, array, _ in self._uploaded(figure):
            self._set_part(part)
            array.render()

    def _draw_shadows(self, projection: FloatArray, figures: Sequence[Figure]) -> None:
        self._shadow_target.use()
        self._shadow_target.clear(depth=1.0)
        self._gl.enable(self._gl.DEPTH_TEST)
        self._shadow['light_projection'].write(projection.T.tobytes())
        for figure in figures:
            if figure.casts_shadow:
                self._write_bones(figure)
                for _, _, shadow_array in self._uploaded(figure):
                    shadow_array.render()

    def _draw_backdrop(self, camera: Camera, backdrop: Backdrop) -> None:
        program = self._behind
        program['is_panorama'] = backdrop.yaw_rad is not None
        program['blur'] = backdrop.blur
        if backdrop.yaw_rad is not None:
            cosine, sine = np.cos(backdrop.yaw_rad), np.sin(backdrop.yaw_rad)
            turned = np.array([[cosine, 0, -sine], [0, 1, 0], [sine, 0, cosine]])
            half = max(camera.size_wh) / 2 / camera.focal
            wider = max(backdrop.field / half, 1.0)
            rays = turned @ camera.rays() @ np.diag([wider, wider, 1.0])
            program['ray'].write(rays.T.astype(np.float32).tobytes())
            program['exposure'] = backdrop.exposure
            self._panorama(backdrop.picture).use(0)
        else:
            texture = self._texture(backdrop.picture)
            program['window'] = _window(backdrop.part, texture.size, camera.size_wh)
            texture.use(0)
        self._gl.disable(self._gl.DEPTH_TEST)
        self._screen.render()

    def _set_scene(self, camera: Camera, light: Light, light_projection: FloatArray) -> None:
        program = self._program
        program['projection'].write(camera.matrix().T.tobytes())
        program['light_projection'].write(light_projection.T.tobytes())
        program['harmonics'].write(light.harmonics.tobytes())
        program['sun_direction'] = tuple(light.sun_direction.tolist())
        program['sun_color'] = tuple(light.sun_color.tolist())
        program['eye'] = tuple(camera.eye.tolist())
        program['picture'] = 0
        program['shadow_map'] = 1
        self._shadow_map.use(1)

    def _set_part(self, part: Part) -> None:
        program = self._program
        program['tint'] = part.color
        program['second_tint'] = part.second_color
        program['is_pattern'] = part.texture is not None and part.texture.path is None
        program['hue'] = (float(np.cos(part.hue)), float(np.sin(part.hue)))
        program['saturation'] = part.saturation
        program['gloss'] = part.gloss
        program['cut_out'] = 0.35 if part.is_cut_out else 0.0
        texture = self._white if part.texture is None else self._texture(part.texture)
        texture.use(0)

    def _write_bones(self, figure: Figure) -> None:
        self._bones.write(np.ascontiguousarray(figure.transforms, np.float32).tobytes())

    def _uploaded(self, figure: Figure) -> list[tuple[Part, Any, Any]]:
        """Return the arrays of a figure, which are uploaded when they are not there."""
        if figure.key not in self._figures:
            while len(self._figures) >= self._cache_size:
                del self._figures[next(iter(self._figures))]
            self._figures[figure.key] = [self._upload(part) for part in figure.parts]
        return self._figures[figure.key]

    def _upload(self, part: Part) -> tuple[Part, Any, Any]:
        gl = self._gl
        surface = np.concatenate((part.normals, part.uvs), axis=1).astype('f4')
        positions = gl.buffer(part.vertices.astype('f4').tobytes())
        bones = gl.buffer(part.bones.astype('u1').tobytes())
        weights = gl.buffer(part.weights.astype('f4').tobytes())
        indices = gl.buffer(part.triangles.astype('i4').tobytes())
        skinning = [
            (positions, '3f', 'in_position'),
            (bones, '4u1', 'in_bones'),
            (weights, '4f', 'in_weights'),
        ]
        look = (gl.buffer(surface.tobytes()), '3f 2f', 'in_normal', 'in_uv')
        array = gl.vertex_array(self._program, [*skinning, look], indices)
        return part, array, gl.vertex_array(self._shadow, skinning, indices)

    def _texture(self, texture: Texture) -> Any:
        if texture not in self._textures:
            while len(self._textures) >= MAX_TEXTURES:
                del self._textures[next(iter(self._textures))]
            picture = self._assets.texture(texture)
            height, width = picture.shape[:2]
            self._textures[texture] = self._gl.texture((width, height), 4, picture.tobytes())
            self._textures[texture].build_mipmaps()
        return self._textures[texture]

    def _panorama(self, texture: Texture) -> Any:
        if texture not in self._textures:
            picture = self._assets.panorama(texture)
            height, width = picture.shape[:2]
            data = np.minimum(picture, np.finfo('f2').max).astype('f2').tobytes()
            self._textures[texture] = self._gl.texture((width, height), 3, data, dtype='f2')
            self._textures[texture].build_mipmaps()
        return self._textures[texture]

    def _target(self, size_wh: tuple[int, int]) -> Any:
        size = (size_wh[0] * SUPERSAMPLING, size_wh[1] * SUPERSAMPLING)
        if size not in self._targets:
            self._targets[size] = self._gl.framebuffer(
                [self._gl.texture(size, 4)], self._gl.depth_texture(size)
            )
        return self._targets[size]


def _open_context() -> Any:
    # The LLVM of Triton, which PyTorch loads at times, crashes if it comes after that of Mesa.
    with suppress(ImportError):
        import_module('triton')
    try:
        import moderngl
    except ImportError as err:
        raise RenderingError('rendering needs moderngl: pip install alphapose_ros[synth]') from err
    create: Any = moderngl.create_standalone_context
    try:
        return create(backend='egl')
    except Exception as err:  # moderngl raises bare Exception
        raise RenderingError(f'rendering needs EGL (libegl1, libgl1-mesa-dri): {err}') from err


def _light_projection(light: Light, figures: Sequence[Figure]) -> FloatArray:
    """Return (4, 4) from the world to the shadow map, which holds all who cast a shadow."""
    casters = [f for f in figures if f.casts_shadow]
    center = np.mean([f.center for f in casters], axis=0) if casters else np.zeros(3)
    reaches = [float(np.linalg.norm(f.center - center)) + f.radius for f in casters]
    radius = max(reaches, default=1.0)
    ahead = -light.sun_direction
    right = np.cross(ahead, (0, 1, 0.01))
    right /= np.linalg.norm(right)
    axes = np.stack((right, np.cross(right, ahead), -ahead))
    matrix = np.eye(4)
    matrix[:3, :3] = axes * np.array([[1], [1], [-0.5]]) / radius
    matrix[:3, 3] = -matrix[:3, :3] @ center
    return matrix.astype(np.float32)


def _window(
    part: tuple[float, float, float], picture_wh: tuple[int, int], size_wh: tuple[int, int]
) -> tuple[float, float, float, float]:
    """Return left, bottom, width and height of a part of a picture that is shaped as an image."""
    across, up, size = part
    scale = size * min(picture_wh[0] / size_wh[0], picture_wh[1] / size_wh[1])
    width, height = scale * size_wh[0] / picture_wh[0], scale * size_wh[1] / picture_wh[1]
    return across * (1 - width), up * (1 - height), width, height


def _read(target: Any) -> Picture:
    width, height = target.size
    pixels = np.frombuffer(target.read(components=4), np.uint8).reshape(height, width, 4)[::-1]
    buffer = np.frombuffer(target.read(components=1, attachment=-1, dtype='f4'), np.float32)
    depths = depths_of(buffer.reshape(height, width)[::-1])
    return Picture(pixels[:, :, :3], pixels[:, :, 3], depths)
