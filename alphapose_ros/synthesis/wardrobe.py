# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""What people look like: skin, clothes, eyes and hair."""

from __future__ import annotations

from collections.abc import Sequence
import colorsys

import numpy as np
from numpy.typing import NDArray

from alphapose_ros.structures import FloatArray
from alphapose_ros.synthesis.assets import Assets
from alphapose_ros.synthesis.assets import Garment
from alphapose_ros.synthesis.assets import Texture
from alphapose_ros.synthesis.faces import NUM_BROWS
from alphapose_ros.synthesis.meshes import fit
from alphapose_ros.synthesis.meshes import make_surface
from alphapose_ros.synthesis.meshes import vertex_normals
from alphapose_ros.synthesis.parts import Look
from alphapose_ros.synthesis.parts import make_part
from alphapose_ros.synthesis.parts import Part
from alphapose_ros.synthesis.patterns import NUM_PATTERNS
from alphapose_ros.synthesis.shapes import BodyShape
from alphapose_ros.synthesis.tailor import Cloth

# How often clothes are cut from the base mesh, instead of those of artists.
_SEWN_ODDS = 0.5
_HAT_ODDS = 0.05


def dress(
    rng: np.random.Generator, assets: Assets, shape: BodyShape, body: FloatArray
) -> list[Part]:
    """
    Return skin, clothes, eyes and hair.

    :param body: (V, 3) vertices of the base mesh in this shape.
    """
    sex = 'female' if shape.femaleness > 0.5 else 'male'
    clothes = assets.garments('clothes')
    worn = [_choose(rng, clothes, 'shoes')]
    is_hidden = np.zeros(len(body), np.bool_)
    sewn: list[Part] = []
    if rng.random() < _SEWN_ODDS:
        cut = assets.tailor.sample_cut(rng, shape.femaleness)
        is_hidden = assets.tailor.hidden(cut)
        shirt = assets.tailor.shirt(rng, cut, body)
        trousers = assets.tailor.trousers(rng, cut, body)
        sewn = [_cloth_part(rng, assets, shirt, 0.5), _cloth_part(rng, assets, trousers, 0.12)]
    else:
        worn.append(_choose(rng, clothes, sex))
    if rng.random() < _HAT_ODDS:
        worn.append(_choose(rng, clothes, 'fedora'))
    for garment in worn:
        is_hidden[garment.fitting.hidden] = True
    parts = [_skin_part(rng, assets, shape, sex, body, is_hidden), *sewn]
    for garment in worn:
        parts += _garment_parts(garment, body, [_dye(rng, garment) for _ in garment.surfaces])
    parts += _eye_parts(rng, assets, shape, body)
    return parts + _hair_parts(rng, assets, shape, body)


def _choose(rng: np.random.Generator, garments: Sequence[Garment], prefix: str) -> Garment:
    fitting = [garment for garment in garments if garment.name.startswith(prefix)]
    return fitting[int(rng.integers(len(fitting)))]


def _cloth_part(
    rng: np.random.Generator, assets: Assets, cloth: Cloth, pattern_odds: float
) -> Part:
    rig = assets.rig
    number = int(rng.integers(1, NUM_PATTERNS)) if rng.random() < pattern_odds else 0
    look: Look = {
        'texture': Texture(None, pattern=number),
        'color': _cloth_color(rng),
        'second_color': _cloth_color(rng),
        'gloss': float(rng.uniform(0.01, 0.05)),
    }
    return make_part(
        cloth.vertices, cloth.normals, rig.weight_bones, rig.weights, cloth.surface, look
    )


def _cloth_color(rng: np.random.Generator) -> tuple[float, float, float]:
    """Return linear RGB: dark, middle or light, seldom vivid."""
    value = rng.choice([rng.uniform(0.01, 0.08), rng.uniform(0.1, 0.4), rng.uniform(0.5, 0.8)])
    is_blue = rng.random() < 0.3
    hue = rng.normal(0.6, 0.04) if is_blue else rng.random()
    return colorsys.hsv_to_rgb(hue % 1, rng.beta(1, 2), value)


def _dye(rng: np.random.Generator, garment: Garment) -> Look:
    """Return how a piece of clothes is coloured: as it is, or in a colour of its own."""
    look: Look = {'texture': garment.texture, 'gloss': float(rng.uniform(0.01, 0.06))}
    if rng.random() < 0.3 and garment.texture is not None:
        light = float(rng.uniform(0.7, 1.3))
        return {**look, 'color': (light, light, light), 'hue': float(rng.normal(0, 0.2))}
    gain = 1 / max(garment.brightness, 0.12)
    return {**look, 'color': tuple(gain * c for c in _cloth_color(rng)), 'saturation': 0.0}


def _eye_parts(
    rng: np.random.Generator, assets: Assets, shape: BodyShape, body: FloatArray
) -> list[Part]:
    colors = assets.eye_colors()
    is_brown = np.array([path.name.startswith('brown') for path in colors], float)
    odds = 1 + is_brown * (5 + 60 * (shape.african + shape.asian))
    iris = Texture(colors[rng.choice(len(colors), p=odds / odds.sum())])
    eyes = {'texture': iris, 'gloss': 0.3, 'is_cut_out': True}
    return _garment_parts(assets.garments('eyes')[-1], body, [eyes] * 2)


def _hair_parts(
    rng: np.random.Generator, assets: Assets, shape: BodyShape, body: FloatArray
) -> list[Part]:
    styles = [g for g in assets.garments('hair') if g.texture is not None]
    is_short = np.array([g.name.startswith(('short', 'afro')) for g in styles], float)
    odds = 0.15 + is_short if shape.femaleness < 0.5 else 1 - 0.6 * is_short
    if rng.random() < (0.15 if shape.femaleness < 0.5 else 0.03):
        return []
    style = styles[rng.choice(len(styles), p=odds / odds.sum())]
    grey = np.clip((shape.age - 45) / 30, 0, 1) * rng.random()
    color = (1 - grey) * rng.uniform(0.15, 1.2) + grey * 2.0
    look = {
        'texture': style.texture,
        'color': (color, color * rng.uniform(0.85, 1), color * rng.uniform(0.75, 1)),
        'saturation': float((1 - grey) * rng.uniform(0.6, 1.2)),
        'gloss': 0.1,
        'is_cut_out': True,
    }
    return _garment_parts(style, body, [look] * 2)


def _skin_part(
    rng: np.random.Generator,
    assets: Assets,
    shape: BodyShape,
    sex: str,
    body: FloatArray,
    is_hidden: NDArray[np.bool_],
) -> Part:
    age = 'young' if shape.age < 35 else 'middleage' if shape.age < 60 else 'old'
    tone = 'dark' if shape.african > 0.45 else 'light'
    fitting = [p for p in assets.skins() if p.name.startswith(f'{age}_{tone}skinned_{sex}')]
    base, rig = assets.base, assets.rig
    is_body = base.groups == 'body'
    is_shown = is_body & ~is_hidden[base.faces].all(axis=1)
    light = float(rng.uniform(0.75, 1.15))
    look: Look = {
        'texture': Texture(
            fitting[rng.integers(len(fitting))], brows=int(rng.integers(1, NUM_BROWS + 1))
        ),
        'saturation': float(rng.uniform(0.6, 0.95)),
        'color': (light, light * rng.uniform(0.95, 1.05), light * rng.uniform(0.9, 1.1)),
    }
    normals = vertex_normals(body, base.faces[is_body])
    surface = make_surface(base.faces[is_shown], base.face_uvs[is_shown], base.uvs)
    return make_part(body, normals, rig.weight_bones, rig.weights, surface, look)


def _garment_parts(garment: Garment, body: FloatArray, looks: Sequence[Look]) -> list[Part]:
    vertices = fit(garment.fitting, body)
    normals = vertex_normals(vertices, garment.faces)
    return [
        make_part(vertices, normals, garment.bones, garment.weights, surface, look)
        for surface, look in zip(garment.surfaces, looks, strict=False)
    ]
