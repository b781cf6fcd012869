# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""What people do in the film."""

from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from alphapose_ros.synthesis.assets import Assets
from alphapose_ros.synthesis.film import CROSSING
from alphapose_ros.synthesis.film import Film
from alphapose_ros.synthesis.film import FILM_FPS
from alphapose_ros.synthesis.film import WAVE_HZ
from alphapose_ros.synthesis.film import WAVER
from alphapose_ros.synthesis.keypoints import SKELETON
from alphapose_ros.synthesis.renderer import Renderer
from alphapose_ros.synthesis.scene import SynthesisConfig
from alphapose_ros.synthesis.scene import Synthesizer
from alphapose_ros.synthesis.walk import SOLES

SECONDS = 10
SIZE_WH = (160, 90)


@pytest.fixture(scope='module')
def film(assets: Assets) -> Film:
    return Film(assets, 8, SIZE_WH)


@pytest.fixture(scope='module')
def joints(film: Film) -> np.ndarray:
    """Return (frames, people, K, 3) of a film."""
    frames = range(SECONDS * FILM_FPS)
    return np.stack([[actor.joints for actor in film.actors(i)] for i in frames])


def test_a_frame_depends_on_seed_and_index_only(assets_dir: Path, renderer: Renderer) -> None:
    config = SynthesisConfig(SIZE_WH, style='film')
    one, other = (Synthesizer(assets_dir, config) for _ in range(2))
    frame = one.render(8, 70)
    other.render(9, 70)
    again = other.render(8, 70)
    assert all(
        np.array_equal(getattr(frame, f.name), getattr(again, f.name)) for f in fields(frame)
    )
    assert not np.array_equal(frame.image, other.render(9, 70).image)
    assert not np.array_equal(frame.image, other.render(8, 71).image)


def test_somebody_who_walks_always_stands_on_a_foot(joints: np.ndarray) -> None:
    soles = joints[:, :WAVER, list(SOLES)]
    slides = np.linalg.norm(np.diff(soles, axis=0), axis=3).min(axis=2)
    assert slides.max() < 0.03
    hips = joints[:, :WAVER, SKELETON.index('hip')]
    assert (np.linalg.norm(np.diff(hips, axis=0), axis=2) > 0.02).all()


def test_nobody_sinks_into_the_floor_or_floats(joints: np.ndarray) -> None:
    lowest = joints[:, :, list(SOLES), 1].min(axis=2)
    assert (lowest > -0.001).all()
    assert (lowest < 0.06).all()


def test_two_people_cross_the_middle_at_different_distances(
    film: Film, joints: np.ndarray
) -> None:
    hips = joints[:, : len(CROSSING), SKELETON.index('hip')]
    pixels, distances = film.camera.project(hips)
    order = np.sign(pixels[:, 0, 0] - pixels[:, 1, 0])
    assert (order[0], order[-1]) == (-1, 1)
    crossing = int(np.flatnonzero(np.diff(order))[0])
    assert np.abs(pixels[crossing, :, 0] - SIZE_WH[0] / 2).max() < 0.1 * SIZE_WH[0]
    assert abs(np.diff(distances[crossing])[0]) > 0.5


def test_people_do_not_walk_through_each_other(joints: np.ndarray) -> None:
    hips = joints[:, :, SKELETON.index('hip')]
    apart = np.linalg.norm(hips[:, :, None] - hips[:, None], axis=3) + 9 * np.eye(WAVER + 1)
    assert apart.min() > 0.7


def test_the_hand_that_waves_swings_above_the_shoulder(joints: np.ndarray) -> None:
    wrist, elbow, shoulder = (
        joints[:, WAVER, SKELETON.index(f'right_{name}')]
        for name in ('wrist', 'elbow', 'shoulder')
    )
    assert (wrist[:, 1] > shoulder[:, 1]).all()
    aside = (wrist - elbow)[:, 0]
    turns = np.count_nonzero(np.diff(np.sign(aside - aside.mean())))
    assert turns == pytest.approx(2 * WAVE_HZ * SECONDS, abs=1)
    assert np.ptp(aside) > 0.15
