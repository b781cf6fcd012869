# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of fingerprints."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from alphapose_ros.training.provenance import fingerprint_distance
from alphapose_ros.training.provenance import image_fingerprint
from alphapose_ros.training.provenance import MAX_COPY_DISTANCE


def test_an_image_that_gets_brighter_to_the_right_has_all_bits_set() -> None:
    row = np.linspace(0, 250, 90).astype(np.uint8)
    image = np.broadcast_to(row[None, :, None], (60, 90, 3)).copy()
    assert image_fingerprint(image) == 2**64 - 1
    assert image_fingerprint(image[:, ::-1]) == 0


def test_the_distance_is_the_number_of_bits_that_differ() -> None:
    assert fingerprint_distance(0b1011, 0b0001) == 2


@pytest.mark.parametrize('shape', [(9, 9), (9, 9, 4), (0, 9, 3)], ids=str)
def test_what_is_no_image_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match='image must have shape'):
        image_fingerprint(np.zeros(shape, np.uint8))


def test_copies_are_near_and_other_photographs_far(shared_dir: Path) -> None:
    paths = sorted((shared_dir / 'annotated' / 'coco_mini' / 'images').glob('*.jpg'))
    prints = []
    for path in paths:
        image = cv2.imread(str(path))
        prints.append(image_fingerprint(image))
        small = cv2.resize(image, None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA)
        content = cv2.imencode('.jpg', small, [cv2.IMWRITE_JPEG_QUALITY, 50])[1]
        copy = image_fingerprint(cv2.imdecode(content, cv2.IMREAD_COLOR))
        assert fingerprint_distance(prints[-1], copy) <= MAX_COPY_DISTANCE
    distances = [fingerprint_distance(a, b) for i, a in enumerate(prints) for b in prints[:i]]
    assert min(distances) > MAX_COPY_DISTANCE
