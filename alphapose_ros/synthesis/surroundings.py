# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Light and background."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from alphapose_ros.synthesis.assets import Assets
from alphapose_ros.synthesis.assets import Texture
from alphapose_ros.synthesis.lights import Light
from alphapose_ros.synthesis.lights import light_of
from alphapose_ros.synthesis.renderer import Backdrop

_LAMP_ODDS = 0.4
_SUFFIXES = ('.jpg', '.jpeg', '.png')


class Surroundings:
    """Where people can be."""

    def __init__(self, assets: Assets, backgrounds: Path | None) -> None:
        """
        Look for pictures.

        :raises ValueError: if there are none.
        """
        self._assets = assets
        self._panoramas = assets.panorama_paths()
        self._pictures = assets.material_paths()
        self._photos: list[Path] = []
        if backgrounds is not None:
            files = sorted(backgrounds.rglob('*'))
            self._photos = [path for path in files if path.suffix.lower() in _SUFFIXES]
            if not self._photos:
                raise ValueError(f'backgrounds must hold pictures, {backgrounds} has none')
        if not self._panoramas:
            raise ValueError('the assets must hold panoramas, hdri/*.hdr')

    def sample(self, rng: np.random.Generator) -> tuple[Light, Backdrop, bool]:
        """Return light, background, and whether a floor shall be drawn."""
        path = self._panoramas[int(rng.integers(len(self._panoramas)))]
        yaw = float(rng.uniform(0, 2 * np.pi))
        light = light_of(self._assets.panorama(Texture(path)), yaw)
        if rng.random() < _LAMP_ODDS:
            light = _add_lamp(rng, light)
        exposure = float(rng.lognormal(np.log(1.15), 0.3)) / light.strength
        light = light.scaled(exposure)
        odds = rng.random()
        if self._photos and odds < 0.7:
            photo = self._photos[int(rng.integers(len(self._photos)))]
            return light, _flat(rng, photo), False
        if odds < 0.85 or not self._pictures:
            blur = max(rng.uniform(-2, 2.5), 0)
            field = float(rng.uniform(0.35, 0.8))
            backdrop = Backdrop(Texture(path), yaw, blur=blur, exposure=exposure, field=field)
            return light, backdrop, bool(rng.random() < 0.5)
        picture = self._pictures[int(rng.integers(len(self._pictures)))]
        return light, _flat(rng, picture), bool(rng.random() < 0.5)


def _flat(rng: np.random.Generator, picture: Path) -> Backdrop:
    across, up, size = rng.uniform((0, 0, 0.35), 1).tolist()
    blur = max(rng.uniform(-2, 2), 0)
    return Backdrop(Texture(picture, 640), part=(across, up, size), blur=blur)


def _add_lamp(rng: np.random.Generator, light: Light) -> Light:
    """Return the light with its sun, if any, replaced by a lamp somewhere above."""
    height, around = np.radians(rng.uniform(15, 80)), rng.uniform(-np.pi, np.pi)
    level = np.cos(height)
    direction = np.array([level * np.sin(around), np.sin(height), level * np.cos(around)])
    strength = rng.uniform(0.8, 3) * float(light.harmonics[0].mean())
    color = strength * rng.uniform((0.9, 0.8, 0.6), 1)
    sky = light.harmonics * rng.uniform(0.4, 1)
    return Light(*(np.asarray(a, np.float32) for a in (sky, direction, color)))
