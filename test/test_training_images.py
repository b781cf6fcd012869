# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The photographs that the bundled networks have seen: whose they are, and what they are not."""

from collections.abc import Iterator
import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from alphapose_ros.training.provenance import image_fingerprint
from alphapose_ros.training.provenance import MAX_COPY_DISTANCE

LIST = Path(__file__).parents[1] / 'alphapose_ros' / 'weights' / 'training_images.jsonl'
IMAGES, VIDEOS = ('.jpg', '.jpeg', '.png'), ('.mp4', '.avi')


@pytest.fixture(scope='module')
def rows() -> list[dict[str, Any]]:
    return [json.loads(line) for line in LIST.read_text().splitlines()]


def read_images(folder: Path) -> Iterator[tuple[str, np.ndarray]]:
    """Return every image below a folder, and every image of its videos."""
    for path in sorted(folder.rglob('*')):
        if path.suffix.lower() in IMAGES:
            yield path.name, cv2.imread(str(path))
        elif path.suffix.lower() in VIDEOS:
            video = cv2.VideoCapture(str(path))
            while (image := video.read()[1]) is not None:
                yield path.name, image


def test_every_photograph_has_a_licence_that_allows_it_and_a_place_it_is_from(
    rows: list[dict[str, Any]],
) -> None:
    allowed = ('CC BY ', 'CC BY-SA ', 'Public domain', 'No known copyright restrictions')
    assert len(rows) > 400
    for row in rows:
        assert row['licence'].startswith(allowed), row
        assert row['repository'] and row['commit'] and row['path'], row
        assert row.get('flickr_url') or not row['file'].startswith('coco_'), row


def test_the_list_is_of_the_photographs_that_are_there(
    rows: list[dict[str, Any]], shared_dir: Path
) -> None:
    folder = shared_dir / 'training' / 'people_cc' / 'images'
    for row in rows:
        image = cv2.imread(str(folder / row['file']))
        assert f'{image_fingerprint(image):016x}' == row['fingerprint'], row['file']


@pytest.mark.parametrize('name', ['annotated', 'tracking'])
def test_no_photograph_is_one_that_is_measured_on(
    rows: list[dict[str, Any]], shared_dir: Path, name: str
) -> None:
    seen = np.array([int(row['fingerprint'], 16) for row in rows], np.uint64)
    images = 0
    for file, image in read_images(shared_dir / name):
        images += 1
        bits = np.unpackbits((seen ^ np.uint64(image_fingerprint(image))).view(np.uint8))
        distances = bits.reshape(len(seen), 64).sum(axis=1)
        nearest = int(distances.argmin())
        assert distances[nearest] > MAX_COPY_DISTANCE, (file, rows[nearest]['file'])
    assert images > 300
