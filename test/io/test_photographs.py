# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of lists of photographs."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alphapose_ros.io.photographs import list_photographs
from alphapose_ros.io.photographs import PhotographError

ROW = {
    'file': 'a.jpg',
    'licence': 'CC BY 2.0',
    'width': 200,
    'height': 100,
    'detected_person_boxes_xywhs': [[20, 10, 100, 50, 0.75]],
}


def write_list(folder: Path, row: dict[str, Any], image: str = 'a.jpg') -> Path:
    (folder / image).parent.mkdir(exist_ok=True)
    (folder / image).touch()
    path = folder / 'list.jsonl'
    path.write_text(json.dumps(row) + '\n')
    return path


def test_a_folder_gives_its_images_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name in ('b.JPG', 'a.png', 'notes.txt'):
        (tmp_path / name).touch()
    photographs = list_photographs(tmp_path)
    assert [photograph.path.name for photograph in photographs] == ['a.png', 'b.JPG']
    assert photographs[0].people is None


def test_a_list_tells_licence_and_people_in_parts_of_the_image(tmp_path: Path) -> None:
    (photograph,) = list_photographs(write_list(tmp_path, ROW))
    assert photograph.licence == 'CC BY 2.0'
    assert photograph.people is not None
    np.testing.assert_allclose(photograph.people.boxes, [[0.1, 0.1, 0.6, 0.6]])
    np.testing.assert_allclose(photograph.people.scores, [0.75])


def test_the_images_of_a_list_may_be_in_a_folder_beside_it(tmp_path: Path) -> None:
    (photograph,) = list_photographs(write_list(tmp_path, ROW, 'images/a.jpg'))
    assert photograph.path == tmp_path / 'images' / 'a.jpg'


def test_an_image_in_which_nobody_was_found_differs_from_one_not_looked_at(
    tmp_path: Path,
) -> None:
    row = {**ROW, 'detected_person_boxes_xywhs': []}
    (photograph,) = list_photographs(write_list(tmp_path, row))
    assert photograph.people is not None
    assert len(photograph.people) == 0


@pytest.mark.parametrize(
    ('row', 'what'),
    [
        ({**ROW, 'file': 'c.jpg'}, 'there is no file c.jpg'),
        ({'licence': ''}, 'file'),
        ({**ROW, 'detected_person_boxes_xywhs': [[1, 2, 3, 4]]}, 'detected_person_boxes_xywhs'),
    ],
    ids=['missing image', 'no name', 'short box'],
)
def test_a_wrong_line_is_named(tmp_path: Path, row: dict[str, Any], what: str) -> None:
    with pytest.raises(PhotographError, match=rf'list\.jsonl, line 1: .*{what}'):
        list_photographs(write_list(tmp_path, row))


@pytest.mark.parametrize('name', ['', 'nothing'], ids=['empty folder', 'missing'])
def test_no_photographs_are_an_error(tmp_path: Path, name: str) -> None:
    with pytest.raises(PhotographError):
        list_photographs(tmp_path / name)
