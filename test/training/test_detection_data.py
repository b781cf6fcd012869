# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Batches for training a detector depend on their number alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from alphapose_ros.io.box_labels import BoxLabels
from alphapose_ros.training.detection_data import BoxSource
from alphapose_ros.training.detection_data import load_batches
from alphapose_ros.training.detection_data import make_batch
from alphapose_ros.training.detection_data import read_boxes
from alphapose_ros.training.detection_data import TrainingImages
from alphapose_ros.training.detection_views import LabelledImage
from alphapose_ros.training.detection_views import Views


@pytest.fixture
def labels(make_people: Callable[..., Path]) -> BoxLabels:
    return read_boxes(BoxSource(path=str(make_people(6))))


def make_images(labels: BoxLabels, **options: Any) -> TrainingImages:
    values = {'size_wh': (96, 64), 'views': Views(), 'whole_from': 8, 'seed': 3, **options}
    return TrainingImages([labels], [1.0], **values)


def test_an_image_depends_on_its_number_and_the_seed_alone(labels: BoxLabels) -> None:
    images, cached = make_images(labels), make_images(labels, cached=True)
    there = [images[i] for i in range(4)]
    back = [cached[i] for i in reversed(range(4))][::-1]
    for a, b in zip(there, back, strict=True):
        np.testing.assert_array_equal(a.image, b.image)
        np.testing.assert_array_equal(a.boxes, b.boxes)
    assert not np.array_equal(there[0].image, there[1].image)
    assert not np.array_equal(there[0].image, make_images(labels, seed=4)[0].image)


def test_in_the_last_phase_images_are_whole_and_offsets_exact(labels: BoxLabels) -> None:
    images = make_images(labels, views=Views(mosaic=1.0), whole_from=4)
    assert {len(images[i].boxes) for i in range(4, 12)} == {1}
    assert max(len(images[i].boxes) for i in range(4)) > 1
    assert not images.batch(range(0, 4)).is_exact
    assert images.batch(range(4, 8)).is_exact


def test_data_sets_are_drawn_by_their_weight(labels: BoxLabels) -> None:
    nobody = BoxLabels(labels.paths, labels.images[:0], labels.boxes[:0], labels.scores[:0])
    images = TrainingImages(
        [labels, nobody],
        [3.0, 1.0],
        size_wh=(32, 32),
        views=Views(mosaic=0.0, scales=(1.0, 1.0)),
        whole_from=0,
        seed=0,
        cached=True,
    )
    assert sum(len(images[i].boxes) for i in range(200)) == pytest.approx(150, abs=20)


def test_parts_of_a_data_set_have_no_image_in_common(make_people: Callable[..., Path]) -> None:
    path = str(make_people(10))
    parts = [read_boxes(BoxSource(path=path, part=part)) for part in ((0.0, 0.7), (0.7, 1.0))]
    assert [len(part) for part in parts] == [7, 3]
    assert len({path for part in parts for path in part.paths}) == 10
    with pytest.raises(ValueError, match=r'no images in part \(0\.5, 0\.5\)'):
        read_boxes(BoxSource(path=path, part=(0.5, 0.5)))


def test_fewer_people_than_places_leave_empty_boxes_without_score() -> None:
    image = np.zeros((32, 32, 3), np.uint8)
    image[..., 2] = 9
    box = np.array([[1, 2, 3, 4]], np.float32)
    one = LabelledImage(image, box, np.ones(1, np.float32))
    two = LabelledImage(image, np.repeat(box, 2, axis=0), np.full(2, 0.5, np.float32))
    batch = make_batch([one, two], torch.tensor(False))
    assert batch.images.shape == (2, 3, 32, 32)
    assert batch.images[0, :, 0, 0].tolist() == [0, 0, 9]
    assert batch.scores.tolist() == [[1, 0], [0.5, 0.5]]
    assert batch.boxes[0].tolist() == [[1, 2, 3, 4], [0, 0, 0, 0]]


def test_faint_boxes_of_a_teacher_are_neither_person_nor_background(
    make_people: Callable[..., Path],
) -> None:
    folder = make_people(3, score=lambda i: i / 4)
    labels = read_boxes(BoxSource(path=str(folder), min_score=0.4))
    np.testing.assert_allclose(sorted(labels.scores), [0, 0.5, 0.75])


def test_a_teachers_scores_are_raised_to_a_power(make_people: Callable[..., Path]) -> None:
    folder = make_people(1, score=lambda _: 0.36)
    labels = read_boxes(BoxSource(path=str(folder), score_power=0.5))
    np.testing.assert_allclose(labels.scores, [0.6], rtol=1e-6)


def test_other_processes_make_the_same_batches(labels: BoxLabels) -> None:
    images = make_images(labels)
    here, there = (
        list(load_batches(images, range(1, 7, 2), batch_size=2, num_workers=n)) for n in (0, 1)
    )
    assert len(here) == len(there) == 3
    for a, b in zip(here, there, strict=True):
        for f in fields(a):
            assert torch.equal(getattr(a, f.name), getattr(b, f.name))
