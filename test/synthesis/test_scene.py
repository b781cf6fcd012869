# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Rendered images and their labels."""

from dataclasses import fields
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from alphapose_ros.synthesis.labels import VISIBLE
from alphapose_ros.synthesis.renderer import Renderer
from alphapose_ros.synthesis.scene import MIN_VISIBLE_JOINTS
from alphapose_ros.synthesis.scene import SynthesisConfig
from alphapose_ros.synthesis.scene import Synthesizer
from alphapose_ros.synthesis.scene import SyntheticImage

SMALL = (96, 128)


@pytest.fixture(scope='module')
def synthesizer(assets_dir: Path, renderer: Renderer) -> Synthesizer:
    return Synthesizer(assets_dir, SynthesisConfig(SMALL, (1, 3), images_per_identity=2))


def is_equal(a: SyntheticImage, b: SyntheticImage) -> bool:
    return all(np.array_equal(getattr(a, f.name), getattr(b, f.name)) for f in fields(a))


def test_an_image_depends_on_seed_and_index_only(
    synthesizer: Synthesizer, assets_dir: Path
) -> None:
    forwards = [synthesizer.render(7, i) for i in range(3)]
    other = Synthesizer(assets_dir, SynthesisConfig(SMALL, (1, 3), images_per_identity=2))
    backwards = [other.render(7, i) for i in reversed(range(3))]
    assert all(is_equal(a, b) for a, b in zip(forwards, reversed(backwards), strict=True))
    assert not is_equal(forwards[0], synthesizer.render(8, 0))


def test_images_of_one_scene_share_background_and_people(
    assets_dir: Path, renderer: Renderer
) -> None:
    config = SynthesisConfig(SMALL, (2, 3), style='scene', images_per_identity=4, same_scene=True)
    scenes = Synthesizer(assets_dir, config)
    images = [[scenes.render(3, 4 * scene + i) for i in range(4)] for scene in range(5)]
    behind = [{image.background for image in scene} for scene in images]
    assert [len(names) for names in behind] == [1] * 5
    assert len(set.union(*behind)) > 1
    people = [np.unique(np.concatenate([image.identities for image in s])) for s in images]
    everybody = np.concatenate(people)
    assert len(np.unique(everybody)) == len(everybody)
    for scene in images:
        assert not np.array_equal(scene[0].image, scene[1].image)


def test_visible_joints_are_in_the_image_and_those_of_the_body_in_the_box(
    synthesizer: Synthesizer,
) -> None:
    for index in range(6):
        rendered = synthesizer.render(1, index)
        seen = rendered.visibility == VISIBLE
        assert seen.sum() >= MIN_VISIBLE_JOINTS
        inside = (rendered.keypoints >= -0.5) & (rendered.keypoints < np.array(SMALL) - 0.5)
        assert inside[seen].all()
        low, high = rendered.boxes[:, None, :2], rendered.boxes[:, None, 2:]
        in_box = ((rendered.keypoints >= low - 1) & (rendered.keypoints <= high + 1)).all(axis=2)
        assert in_box[seen].all()


def test_every_image_names_the_picture_behind(
    renderer: Renderer, assets_dir: Path, tmp_path: Path
) -> None:
    colours = {'red.png': (0, 0, 250), 'blue.png': (250, 0, 0)}
    for name, colour in colours.items():
        cv2.imwrite(str(tmp_path / name), np.full((64, 64, 3), colour, np.uint8))
    synthesizer = Synthesizer(assets_dir, SynthesisConfig(SMALL, backgrounds=tmp_path))
    counts = dict.fromkeys(colours, 0)
    for index in range(16):
        rendered = synthesizer.render(3, index)
        assert rendered.background
        if rendered.background in colours:
            counts[rendered.background] += 1
            blue, _, red = np.median(rendered.image[:, [0, -1]].astype(float), axis=(0, 1))
            is_red = rendered.background == 'red.png'
            assert (red > blue) == is_red or abs(red - blue) < 5  # without colours
    assert min(counts.values()) > 1
    assert 7 < sum(counts.values()) < 16


def test_a_folder_without_pictures_is_no_background(
    renderer: Renderer, assets_dir: Path, tmp_path: Path
) -> None:
    config = SynthesisConfig(SMALL, backgrounds=tmp_path)
    with pytest.raises(ValueError, match='backgrounds must hold pictures'):
        Synthesizer(assets_dir, config)


def test_shapes_agree(synthesizer: Synthesizer) -> None:
    rendered = synthesizer.render(2, 0)
    count = len(rendered.boxes)
    assert rendered.image.shape == (SMALL[1], SMALL[0], 3)
    assert rendered.image.dtype == np.uint8
    assert rendered.keypoints.shape == (count, 136, 2)
    assert rendered.visibility.shape == (count, 136)
    assert (rendered.areas > 0).all()


def test_people_come_back_in_as_many_images_as_asked_for(synthesizer: Synthesizer) -> None:
    firsts = [synthesizer.render(3, i).identities.min() for i in range(4)]
    assert firsts[0] // 3 == firsts[1] // 3 != firsts[2] // 3


def test_a_scene_may_be_empty(assets_dir: Path, renderer: Renderer) -> None:
    config = SynthesisConfig((64, 48), (0, 0), 'scene')
    rendered = Synthesizer(assets_dir, config).render(0, 0)
    assert rendered.boxes.shape == (0, 4)
    assert rendered.keypoints.shape == (0, 136, 2)
    assert rendered.image.std() > 0


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        ({'size_wh': (8, 100)}, 'size_wh must be at least 16 x 16'),
        ({'people': (2, 1)}, 'people must be two rising numbers'),
        ({'people': (0, 1)}, 'people must be at least 1 in style person'),
        ({'style': 'crowd'}, "style must be one of person, scene, film, got 'crowd'"),
        ({'images_per_identity': 0}, 'images_per_identity must be at least 1'),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else '',
)
def test_an_impossible_configuration_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        SynthesisConfig(**options)


def test_a_folder_without_assets_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r'makehuman/base\.obj'):
        Synthesizer(tmp_path, SynthesisConfig())
