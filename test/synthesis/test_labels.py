# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""What is seen, from buffers made by hand."""

from dataclasses import replace

import numpy as np
import pytest

from alphapose_ros.synthesis.cameras import Camera
from alphapose_ros.synthesis.cameras import look_at
from alphapose_ros.synthesis.labels import HIDDEN
from alphapose_ros.synthesis.labels import label_people
from alphapose_ros.synthesis.labels import Labels
from alphapose_ros.synthesis.labels import OUTSIDE
from alphapose_ros.synthesis.labels import VISIBLE
from alphapose_ros.synthesis.renderer import Picture
from alphapose_ros.synthesis.renderer import SUPERSAMPLING

WIDTH, HEIGHT = 40, 30


def camera() -> Camera:
    seen = look_at(np.array([0, 0, 4.0]), np.zeros(3))
    return replace(seen, focal=40.0, center=(20.0, 15.0), size_wh=(WIDTH, HEIGHT))


def label(joint: tuple[float, float, float], *, person: int = 1, surface: float = 4.0) -> Labels:
    """Label one joint behind a surface of some person that fills x 10 to 29, y 5 to 24."""
    shape = (HEIGHT * SUPERSAMPLING, WIDTH * SUPERSAMPLING)
    people, depths = np.zeros(shape, np.uint8), np.full(shape, 50, np.float32)
    rows = slice(5 * SUPERSAMPLING, 25 * SUPERSAMPLING)
    columns = slice(10 * SUPERSAMPLING, 30 * SUPERSAMPLING)
    people[rows, columns], depths[rows, columns] = person, surface
    picture = Picture(np.zeros((*shape, 3), np.uint8), people, depths)
    return label_people(
        picture, camera(), np.array([[joint]], np.float32), np.array([0.1], np.float32)
    )


@pytest.mark.parametrize(
    ('joint', 'options', 'visibility'),
    [
        ((0, 0, 0), {}, VISIBLE),
        ((0, 0, -0.05), {}, VISIBLE),
        ((0, 0, -0.5), {}, HIDDEN),
        ((0, 0, 0), {'person': 2}, HIDDEN),
        ((0, 0, 0), {'person': 0, 'surface': 2.0}, HIDDEN),
        ((1.8, 0, 0), {}, HIDDEN),
        ((9, 0, 0), {}, OUTSIDE),
        ((0, 0, 8), {}, OUTSIDE),
    ],
    ids=[
        'on the skin', 'below the skin', 'behind the own arm', 'behind somebody else',
        'behind a thing', 'beside the body', 'outside of the image', 'behind the camera',
    ],
)  # fmt: skip
def test_a_joint_is_seen_if_nothing_is_before_it(
    joint: tuple[float, float, float], options: dict[str, float], visibility: int
) -> None:
    assert label(joint, **options).visibility.tolist() == [[visibility]]


def test_the_box_spans_the_pixels_of_the_person() -> None:
    labels = label((0, 0, 0))
    assert labels.boxes.tolist() == [[9.5, 4.5, 29.5, 24.5]]
    assert labels.areas.tolist() == [400]


def test_who_is_not_seen_has_no_area() -> None:
    labels = label((0, 0, 0), person=0)
    assert labels.boxes.tolist() == [[0, 0, 0, 0]]
    assert labels.areas.tolist() == [0]


def test_nobody_is_a_normal_value() -> None:
    shape = (HEIGHT * SUPERSAMPLING, WIDTH * SUPERSAMPLING)
    picture = Picture(
        np.zeros((*shape, 3), np.uint8), np.zeros(shape, np.uint8), np.zeros(shape, np.float32)
    )
    labels = label_people(
        picture, camera(), np.zeros((0, 5, 3), np.float32), np.zeros(5, np.float32)
    )
    assert labels.keypoints.shape == (0, 5, 2)
    assert labels.boxes.shape == (0, 4)
