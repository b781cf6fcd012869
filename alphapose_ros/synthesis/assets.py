# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
The folder of CC0 assets that people are made of; the package ships none.

Everything is read when it is first needed, and kept.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from alphapose_ros.io.bvh import Motion
from alphapose_ros.io.bvh import read_bvh
from alphapose_ros.io.bvh import read_bvh_archive
from alphapose_ros.io.makehuman import Fitting
from alphapose_ros.io.makehuman import MorphTargets
from alphapose_ros.io.makehuman import ObjMesh
from alphapose_ros.io.makehuman import read_fitting
from alphapose_ros.io.makehuman import read_json
from alphapose_ros.io.makehuman import read_obj
from alphapose_ros.io.makehuman import read_rig
from alphapose_ros.io.makehuman import Rig
from alphapose_ros.io.textures import read_panorama
from alphapose_ros.io.textures import read_texture
from alphapose_ros.structures import FloatArray
from alphapose_ros.synthesis.faces import paint_brows
from alphapose_ros.synthesis.keypoints import JointMap
from alphapose_ros.synthesis.meshes import fitted_weights
from alphapose_ros.synthesis.meshes import make_surface
from alphapose_ros.synthesis.meshes import split_at
from alphapose_ros.synthesis.meshes import Surface
from alphapose_ros.synthesis.patterns import make_pattern
from alphapose_ros.synthesis.skinning import bone_levels
from alphapose_ros.synthesis.tailor import Tailor

MOCAP_FPS = 120
MOCAP_STEP = 10
SMOOTH_FPS = 30
# Nobody flies.
_ODD_POSTURES = ('fly', 'benchmark')
# Height above which clothes count as jacket or shirt, on the base body.
_WAIST = 0.12
# The files of poses have z up and the front at -y.
_FROM_Z_UP = np.array([[1, 0, 0], [0, 0, 1], [0, -1, 0]], np.float32)


@dataclass(frozen=True)
class Texture:
    """
    A picture on a mesh.

    :param path: of the file; None for a pattern.
    :param max_size: width and height that it is reduced to.
    :param brows: 0 none; else how dark eyebrows are painted on the skin, up to NUM_BROWS.
    :param pattern: number of the pattern.
    """

    path: Path | None
    max_size: int = 512
    brows: int = 0
    pattern: int = 0


@dataclass(frozen=True, eq=False)
class Garment:
    """
    Something to wear, or eyes.

    :param name: of its folder.
    :param faces: (F, 4) int32, see ObjMesh.
    :param surfaces: its pieces, from the top: jacket and trousers may have different colours.
    :param fitting: how it hangs on a body.
    :param bones: (V, W) int32 that move it.
    :param weights: (V, W).
    :param texture: its picture, or None.
    :param brightness: mean linear luminance of the picture.
    """

    name: str
    faces: NDArray[np.int32]
    surfaces: tuple[Surface, ...]
    fitting: Fitting
    bones: NDArray[np.int32]
    weights: FloatArray
    texture: Texture | None
    brightness: float


class Assets:
    """What is in the folder."""

    def __init__(self, folder: Path) -> None:
        """
        Open the folder.

        :raises ValueError: if it has no MakeHuman files.
        """
        self._human = folder / 'makehuman'
        if not (self._human / 'base.obj').is_file():
            raise ValueError(f'{folder} must hold makehuman/base.obj and the other assets')
        self._folder = folder
        self._garments: dict[Path, Garment] = {}
        self._panoramas: dict[Path, FloatArray] = {}

    @cached_property
    def base(self) -> ObjMesh:
        """The body and its helper geometry."""
        return read_obj(self._human / 'base.obj')

    @cached_property
    def rig(self) -> Rig:
        """Bones and weights."""
        return read_rig(
            self._human / 'default.mhskel',
            self._human / 'default_weights.mhw',
            len(self.base.vertices),
        )

    @cached_property
    def levels(self) -> list[NDArray[np.intp]]:
        """Bones by depth."""
        return bone_levels(self.rig.parents)

    @cached_property
    def targets(self) -> MorphTargets:
        """What bodies differ in."""
        return MorphTargets(self._human / 'targets_all.npz')

    @cached_property
    def joints(self) -> JointMap:
        """Where the joints are."""
        face = read_json(self._folder / 'makehuman_face68_vertices.json')
        return JointMap(self.base, face['ibug68_vertex'])

    @cached_property
    def tailor(self) -> Tailor:
        """Who cuts clothes."""
        return Tailor(self.base, self.rig)

    @cached_property
    def walks(self) -> list[Motion]:
        """Motion capture."""
        return [m for path in self._archives() for m in read_bvh_archive(path, MOCAP_STEP)]

    def smooth_walks(self, names: Collection[str]) -> dict[str, Motion]:
        """
        Return some of the walks, with SMOOTH_FPS frames a second.

        :raises ValueError: if one is not there.
        """
        step = MOCAP_FPS // SMOOTH_FPS
        files = [m for path in self._archives() for m in read_bvh_archive(path, step, names)]
        if len(files) != len(names):
            raise ValueError(f'the assets must hold the walks {", ".join(names)}')
        return dict(zip(sorted(names), files, strict=True))

    def _archives(self) -> list[Path]:
        archives = sorted((self._folder / 'mocap').glob('*.tar.xz'))
        if not archives:
            raise ValueError(f'{self._folder} must hold mocap/*.tar.xz')
        return archives

    @cached_property
    def postures(self) -> FloatArray:
        """(P, J, 3, 3) poses that artists made."""
        paths = sorted((self._human / 'poses').glob('*.bvh'))
        kept = [path for path in paths if not path.name.startswith(_ODD_POSTURES)]
        motions = [motion for path in kept if self._fits(motion := read_bvh(path))]
        return np.concatenate([self._for_rig(motion) for motion in motions])

    @cached_property
    def expressions(self) -> FloatArray:
        """(E, J, 3) rotation vectors of the bones of the face."""
        units = self._for_rig(read_bvh(self._human / 'poseunits' / 'face-poseunits.bvh'))
        names = read_json(self._human / 'poseunits' / 'face-poseunits.json')['framemapping']
        vectors = np.stack([[cv2.Rodrigues(r)[0][:, 0] for r in unit] for unit in units])
        mixtures = []
        for path in sorted((self._human / 'expressions').glob('*.mhpose')):
            amounts = read_json(path)['unit_poses']
            mixtures.append(sum(a * vectors[names.index(n)] for n, a in amounts.items()))
        return np.stack(mixtures).astype(np.float32)

    def garments(self, kind: str) -> list[Garment]:
        """Return all of a kind: clothes, hair, eyes, base_teeth ..., sorted by name."""
        paths = sorted((self._human / kind).glob('*/*.mhclo'))
        return [self._garment(path) for path in paths]

    def skins(self) -> list[Path]:
        """Return pictures of skin."""
        return sorted((self._human / 'skins').glob('*_diffuse*.png'))

    def eye_colors(self) -> list[Path]:
        """Return pictures of eyes."""
        return sorted((self._human / 'eyes' / 'materials').glob('*.png'))

    def panorama_paths(self) -> list[Path]:
        """Return surroundings, which are light as well."""
        return sorted((self._folder / 'hdri').glob('*.hdr'))

    def material_paths(self) -> list[Path]:
        """Return pictures of floors and walls."""
        return sorted((self._folder / 'materials').glob('*/*.jpg'))

    def texture(self, texture: Texture) -> NDArray[np.uint8]:
        """Return (H, W, 4) uint8 RGBA, rows from the bottom."""
        if texture.path is None:
            return make_pattern(texture.pattern)
        picture = read_texture(texture.path, texture.max_size)
        if texture.brows:
            picture = paint_brows(picture, self._brow_lines, texture.brows)
        return picture

    @cached_property
    def _brow_lines(self) -> FloatArray:
        """(2, 5, 2) texture coordinates of the landmarks on the brows."""
        face = read_json(self._folder / 'makehuman_face68_vertices.json')['ibug68_vertex']
        base = self.base
        uvs = [base.face_uvs[base.faces == vertex][0] for vertex in face[17:27]]
        return base.uvs[uvs].reshape(2, 5, 2)

    def _brightness(self, texture: Texture | None) -> float:
        if texture is None:
            return 1.0
        picture = self.texture(texture)
        shown = picture[picture[:, :, 3] > 128][:, :3]
        return float(((shown / 255.0) ** 2.2).mean()) if len(shown) else 1.0

    def panorama(self, texture: Texture) -> FloatArray:
        """
        Return (H, W, 3) linear RGB, rows from the top.

        :raises ValueError: if the texture has no file.
        """
        if texture.path is None:
            raise ValueError('texture must have a path, got a pattern')
        if texture.path not in self._panoramas:
            self._panoramas[texture.path] = read_panorama(texture.path)
        return self._panoramas[texture.path]

    def _garment(self, path: Path) -> Garment:
        if path not in self._garments:
            fitting = read_fitting(path)
            mesh = read_obj(path.parent / fitting.mesh_name)
            textures = sorted(path.parent.glob('*_diffuse.png'))
            bones, weights = fitted_weights(fitting, self.rig)
            texture = Texture(textures[0]) if textures else None
            chosen = split_at(mesh.vertices, mesh.faces, _WAIST)
            self._garments[path] = Garment(
                name=path.parent.name,
                faces=mesh.faces,
                surfaces=tuple(
                    make_surface(mesh.faces[rows], mesh.face_uvs[rows], mesh.uvs)
                    for rows in chosen
                    if rows.any()
                ),
                fitting=fitting,
                bones=bones,
                weights=weights,
                texture=texture,
                brightness=self._brightness(texture),
            )
        return self._garments[path]

    def _fits(self, motion: Motion) -> bool:
        return not set(motion.names) - set(self.rig.names)

    def _for_rig(self, motion: Motion) -> FloatArray:
        """Return (F, J, 3, 3) for the bones of the rig, y up."""
        rotations = np.tile(
            np.eye(3, dtype=np.float32), (len(motion.rotations), len(self.rig.names), 1, 1)
        )
        columns = [self.rig.names.index(name) for name in motion.names]
        rotations[:, columns] = _FROM_Z_UP @ motion.rotations @ _FROM_Z_UP.T
        return rotations
