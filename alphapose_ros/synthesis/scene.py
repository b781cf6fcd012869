# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Rendered people with exact joints. Read `Synthesizer.render` first. N people, K = 136 joints.

An image depends on its seed and index only. Identities follow the index, so that the same people
are in several images.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from alphapose_ros.structures import FloatArray
from alphapose_ros.synthesis.assets import Assets
from alphapose_ros.synthesis.cameras import Camera
from alphapose_ros.synthesis.effects import add_noise
from alphapose_ros.synthesis.effects import degrade
from alphapose_ros.synthesis.film import Film
from alphapose_ros.synthesis.keypoints import SKELETON
from alphapose_ros.synthesis.labels import label_people
from alphapose_ros.synthesis.labels import Labels
from alphapose_ros.synthesis.labels import VISIBLE
from alphapose_ros.synthesis.lights import Light
from alphapose_ros.synthesis.people import make_person
from alphapose_ros.synthesis.people import Person
from alphapose_ros.synthesis.poses import PoseOdds
from alphapose_ros.synthesis.poses import sample_pose
from alphapose_ros.synthesis.props import place_props
from alphapose_ros.synthesis.renderer import Backdrop
from alphapose_ros.synthesis.renderer import Figure
from alphapose_ros.synthesis.renderer import Renderer
from alphapose_ros.synthesis.skinning import bone_transforms
from alphapose_ros.synthesis.stage import Actor
from alphapose_ros.synthesis.stage import frame_crop
from alphapose_ros.synthesis.stage import frame_scene
from alphapose_ros.synthesis.surroundings import Surroundings

Style = Literal['person', 'scene', 'film']
STYLES = ('person', 'scene', 'film')
# Separate the random numbers of identities and of scenes from those of images.
_IDENTITY_STREAM = 1_000_003
_SCENE_STREAM = 3_000_017
# A crop in which next to nothing is seen of the main person is rendered anew.
MAX_ATTEMPTS = 5
MIN_VISIBLE_JOINTS = 12


@dataclass(frozen=True)
class SynthesisConfig:
    """
    What is rendered.

    :param size_wh: width and height of images.
    :param people: fewest and most people in an image; a film has its own.
    :param style: 'person' crops as for a pose network, 'scene' for a detector; the images of a
        'film' are its frames.
    :param images_per_identity: in how many images the same people appear, but for films.
    :param same_scene: these images have one light, one background, and noise and colours of one
        camera, as a tracker sees people; places, floors and things differ. Or else each image has
        its own.
    :param poses: how often kinds of poses are taken.
    :param backgrounds: folder of further pictures for backgrounds, or None.
    :raises ValueError: if a value is impossible.
    """

    size_wh: tuple[int, int] = (192, 256)
    people: tuple[int, int] = (1, 1)
    style: Style = 'person'
    images_per_identity: int = 4
    same_scene: bool = False
    poses: PoseOdds = field(default_factory=PoseOdds)
    backgrounds: Path | None = None

    def __post_init__(self) -> None:
        if min(self.size_wh) < 16:
            raise ValueError(f'size_wh must be at least 16 x 16, got {self.size_wh}')
        if not 0 <= self.people[0] <= self.people[1] <= 200:
            raise ValueError(f'people must be two rising numbers up to 200, got {self.people}')
        if self.style not in STYLES:
            raise ValueError(f'style must be one of {", ".join(STYLES)}, got {self.style!r}')
        if self.style == 'person' and self.people[0] < 1:
            raise ValueError(f'people must be at least 1 in style person, got {self.people}')
        if self.images_per_identity < 1:
            raise ValueError(
                f'images_per_identity must be at least 1, got {self.images_per_identity}'
            )


@dataclass(frozen=True, eq=False)
class SyntheticImage:
    """
    An image and who is in it.

    :param image: (H, W, 3) uint8 BGR.
    :param boxes: (N, 4) xyxy of what is seen of each.
    :param keypoints: (N, K, 2) x, y, also of hidden joints.
    :param visibility: (N, K) uint8: 2 seen, 1 hidden, 0 outside of the image.
    :param areas: (N,) pixels that are seen of each.
    :param identities: (N,) int64, the same for the same person in other images of the seed.
    :param background: name of the picture behind.
    """

    image: NDArray[np.uint8]
    boxes: FloatArray
    keypoints: FloatArray
    visibility: NDArray[np.uint8]
    areas: FloatArray
    identities: NDArray[np.int64]
    background: str


class Synthesizer:
    """Renders images, one after the other or in any order."""

    def __init__(self, assets: Path, config: SynthesisConfig) -> None:
        """
        Open assets and OpenGL.

        :raises ValueError: if either is not there.
        """
        self._assets = Assets(assets)
        self._config = config
        self._renderer = Renderer(self._assets, cache_size=2 * max(config.people[1], 8))
        self._surroundings = Surroundings(self._assets, config.backgrounds)
        self._people: dict[tuple[int, int], Person] = {}
        self._film: Film | None = None

    def render(self, seed: int, index: int) -> SyntheticImage:
        """Return an image, which depends on seed and index only."""
        if self._config.style == 'film':
            return self._film_frame(seed, index)
        for attempt in range(MAX_ATTEMPTS):
            rendered = self._attempt(seed, index, attempt)
            if self._config.style == 'scene' or _shows(rendered, self._first_identity(index)):
                break
        return rendered

    def _first_identity(self, index: int) -> int:
        """Return the identity of the main person of an image."""
        return index // self._config.images_per_identity * max(self._config.people[1], 1)

    def _attempt(self, seed: int, index: int, attempt: int) -> SyntheticImage:
        """Return an image; the main person may be hidden by others or by things."""
        rng = np.random.default_rng([seed, index, attempt])
        config = self._config
        count = int(rng.integers(config.people[0], config.people[1] + 1))
        first = self._first_identity(index)
        identities = np.arange(first, first + count, dtype=np.int64)
        actors = [self._act(rng, seed, int(identity)) for identity in identities]
        if config.style == 'person':
            actors, camera = frame_crop(rng, actors, config.size_wh)
        else:
            actors, camera = frame_scene(rng, actors, config.size_wh)
        around = rng
        if config.same_scene:
            scene = index // config.images_per_identity
            around = np.random.default_rng([seed, scene, _SCENE_STREAM])
        light, backdrop, has_floor = self._surroundings.sample(around)
        props = place_props(rng, actors, camera, self._assets, has_floor=has_floor)
        colors, labels = self._draw(camera, light, backdrop, actors, props)
        image = degrade(_shrink(colors, config.size_wh), around)
        return _assemble(image, labels, identities, backdrop)

    def _film_frame(self, seed: int, index: int) -> SyntheticImage:
        """Return a frame of the film of a seed."""
        if self._film is None or self._film.seed != seed:
            self._film = Film(self._assets, seed, self._config.size_wh)
        film, actors = self._film, self._film.actors(index)
        colors, labels = self._draw(film.camera, film.light, film.backdrop, actors, [film.floor])
        rng = np.random.default_rng([seed, index])
        image = add_noise(_shrink(colors, self._config.size_wh), rng)
        return _assemble(image, labels, np.arange(len(actors)), film.backdrop)

    def _draw(
        self,
        camera: Camera,
        light: Light,
        backdrop: Backdrop,
        actors: list[Actor],
        props: list[Figure],
    ) -> tuple[NDArray[np.uint8], Labels]:
        """Return the picture, larger than the image, and what is known of the people."""
        figures = [a.figure(i + 1) for i, a in enumerate(actors)]
        picture = self._renderer.draw(camera, light, backdrop, figures + props)
        joints = [actor.joints for actor in actors]
        stacked = np.array(joints, np.float32).reshape(-1, SKELETON.num_keypoints, 3)
        labels = label_people(picture, camera, stacked, self._assets.joints.depths)
        return picture.colors, labels

    def _act(self, rng: np.random.Generator, seed: int, identity: int) -> Actor:
        """Return a person in a random pose, at the origin."""
        person = self._person(seed, identity)
        rotations = sample_pose(rng, self._assets, person, self._config.poses)
        rig = self._assets.rig
        transforms = bone_transforms(rotations, person.heads, rig.parents, self._assets.levels)
        return Actor.make((seed, identity), person, transforms, self._assets.joints)

    def _person(self, seed: int, identity: int) -> Person:
        key = (seed, identity)
        if key not in self._people:
            while len(self._people) >= 2 * max(self._config.people[1], 8):
                del self._people[next(iter(self._people))]
            rng = np.random.default_rng([seed, identity, _IDENTITY_STREAM])
            self._people[key] = make_person(rng, self._assets)
        return self._people[key]


def _shrink(colors: NDArray[np.uint8], size_wh: tuple[int, int]) -> NDArray[np.uint8]:
    """Return BGR in the size of the camera's image."""
    small = cv2.resize(colors, size_wh, interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(small[:, :, ::-1], np.uint8)


def _assemble(
    image: NDArray[np.uint8], labels: Labels, identities: NDArray[np.int64], backdrop: Backdrop
) -> SyntheticImage:
    """Leave out people of whom next to nothing is seen."""
    kept = labels.areas >= 12
    return SyntheticImage(
        image=image,
        boxes=labels.boxes[kept],
        keypoints=labels.keypoints[kept],
        visibility=labels.visibility[kept],
        areas=labels.areas[kept],
        identities=identities[kept],
        background=backdrop.name,
    )


def _shows(rendered: SyntheticImage, identity: int) -> bool:
    """Return whether enough is seen of somebody."""
    visibility = rendered.visibility[rendered.identities == identity]
    return bool((visibility == VISIBLE).sum() >= MIN_VISIBLE_JOINTS)
