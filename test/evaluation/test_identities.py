# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the measures of identity vectors."""

import math
from pathlib import Path

import numpy as np
import pytest

from alphapose_ros.evaluation.identities import evaluate_identities
from alphapose_ros.evaluation.identities import score_identities
from alphapose_ros.io.mot_sequences import sequence_images


def scores_of(angles_deg: list[float], identities: list[int], times_s: list[float]) -> list[float]:
    angles = np.radians(angles_deg)
    vectors = 3 * np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    scores = score_identities(vectors, np.array(identities), np.array(times_s))
    return [scores.rank1, scores.mean_ap]


def test_who_always_looks_the_same_is_always_found() -> None:
    assert scores_of([0, 90, 1, 91], [1, 2, 1, 2], [0, 0, 5, 5]) == [1, 1]


def test_a_stranger_who_looks_more_alike_comes_first() -> None:
    # 1 at 0 is asked for: a stranger is nearest, then his own; his own is never misled.
    assert scores_of([0, 30, 10], [1, 1, 2], [0, 5, 5]) == [pytest.approx(0.5), 0.75]


def test_what_was_seen_just_before_is_not_asked() -> None:
    assert scores_of([0, 1, 90], [1, 1, 1], [0, 0.9, 5]) == [1, 1]
    alone = scores_of([0, 1], [1, 1], [0, 0.9])
    assert all(math.isnan(score) for score in alone)


def test_people_of_a_real_clip_are_known_by_their_place_in_the_truth(shared_dir: Path) -> None:
    folder = shared_dir / 'tracking' / 'TUD-Campus'
    images = list(sequence_images(folder, every=10))
    assert [round(image.time_s, 2) for image in images[:3]] == [0, 0.4, 0.8]
    names = {image.truth.boxes.tobytes(): image.truth.ids for image in images}

    def know(_: np.ndarray, boxes: np.ndarray) -> np.ndarray:
        return np.eye(100, dtype=np.float32)[names[boxes.tobytes()]]

    perfect = evaluate_identities(images, know)
    assert (perfect.rank1, perfect.mean_ap) == (1, 1)
    rng = np.random.default_rng(0)
    guess = evaluate_identities(images, lambda _, boxes: rng.normal(size=(len(boxes), 8)))
    assert guess.mean_ap < 0.5
