# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Boxes of people are read from COCO files and from lists of photographs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from alphapose_ros.io.box_labels import read_box_labels
from alphapose_ros.io.box_labels import read_listed_boxes
from alphapose_ros.io.results import ResultsError

IMAGES = [{'id': 7, 'file_name': 'images/a.png'}, {'id': 3, 'file_name': 'images/b.png'}]


def write(folder: Path, *rows: dict[str, Any], **content: Any) -> Path:
    path = folder / 'annotations.json'
    path.write_text(json.dumps({'images': IMAGES, 'annotations': rows, **content}))
    return path


def test_people_are_read_with_the_place_of_their_image(tmp_path: Path) -> None:
    write(
        tmp_path,
        {'image_id': 3, 'bbox': [1, 2, 10, 20]},
        {'image_id': 7, 'bbox': [5, 6, 7, 8], 'score': 0.25},
    )
    labels = read_box_labels(tmp_path)
    assert labels.paths == (tmp_path / 'images/a.png', tmp_path / 'images/b.png')
    assert labels.images.tolist() == [1, 0]
    np.testing.assert_array_equal(labels.boxes, [[1, 2, 11, 22], [5, 6, 12, 14]])
    np.testing.assert_array_equal(labels.scores, [1, 0.25])


def test_images_with_nobody_are_images(tmp_path: Path) -> None:
    labels = read_box_labels(write(tmp_path), tmp_path / 'elsewhere')
    assert labels.paths[0] == tmp_path / 'elsewhere/images/a.png'
    assert len(labels) == 2
    assert labels.boxes.shape == (0, 4)


@pytest.mark.parametrize(
    ('row', 'scores'),
    [
        pytest.param({'iscrowd': 1}, [0], id='a crowd'),
        pytest.param({'category_id': 18}, [], id='a dog'),
        pytest.param({'bbox': [5, 6, 0, 8]}, [], id='an empty box'),
        pytest.param({'score': 1.5}, [1], id='a score above 1'),
    ],
)
def test_what_is_no_single_person_is_told_apart(
    tmp_path: Path, row: dict[str, Any], scores: list[float]
) -> None:
    person = {'image_id': 7, 'bbox': [5, 6, 7, 8], 'category_id': 4, **row}
    categories = [{'id': 18, 'name': 'dog'}, {'id': 4, 'name': 'person'}]
    labels = read_box_labels(write(tmp_path, person, categories=categories))
    np.testing.assert_array_equal(labels.scores, scores)


@pytest.mark.parametrize(
    ('row', 'message'),
    [
        pytest.param({'image_id': 5, 'bbox': [1, 2, 3, 4]}, '5', id='unknown image'),
        pytest.param({'image_id': 7}, 'bbox is missing', id='no box'),
        pytest.param({'image_id': 7, 'bbox': [1, 2, 3]}, 'bbox must have shape', id='three'),
        pytest.param(4, 'annotations.json is not as COCO', id='no object'),
    ],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, row: Any, message: str) -> None:
    with pytest.raises(ResultsError, match=message):
        read_box_labels(write(tmp_path, row))


def test_images_are_chosen_with_their_people(tmp_path: Path) -> None:
    write(
        tmp_path,
        {'image_id': 3, 'bbox': [1, 2, 10, 20]},
        {'image_id': 7, 'bbox': [5, 6, 7, 8], 'score': 0.25},
    )
    labels = read_box_labels(tmp_path).choose_images(np.array([1]))
    assert labels.paths == (tmp_path / 'images/b.png',)
    assert labels.images.tolist() == [0]
    np.testing.assert_array_equal(labels.boxes, [[1, 2, 11, 22]])


def test_boxes_of_a_list_refer_to_the_images_as_they_are_stored(tmp_path: Path) -> None:
    rows = [
        {'file': 'a.png'},
        {
            'file': 'b.png',
            'width': 80,
            'height': 40,
            'detected_person_boxes_xywhs': [[8, 4, 40, 20, 0.75]],
        },
    ]
    for row in rows:
        cv2.imwrite(str(tmp_path / row['file']), np.zeros((10, 20, 3), np.uint8))
    (tmp_path / 'list.jsonl').write_text('\n'.join(json.dumps(row) for row in rows))
    labels = read_listed_boxes(tmp_path / 'list.jsonl')
    assert [path.name for path in labels.paths] == ['a.png', 'b.png']
    assert labels.images.tolist() == [1]
    np.testing.assert_allclose(labels.boxes, [[2, 1, 12, 6]])
    np.testing.assert_allclose(labels.scores, [0.75])
