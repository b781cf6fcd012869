# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Data sets: the format, and how they grow."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.io.keypoint_dataset import DatasetError
from alphapose_ros.io.keypoint_dataset import join_dataset
from alphapose_ros.io.keypoint_dataset import open_dataset
from alphapose_ros.io.keypoint_dataset import Part
from alphapose_ros.io.keypoint_dataset import person_annotations
from alphapose_ros.io.keypoint_dataset import read_part
from alphapose_ros.io.keypoint_dataset import write_part

SKELETON = get_skeleton('coco_17')
INFO = {'description': 'test', 'seed': 5}
IMAGE = np.full((20, 30, 3), 90, np.uint8)


def people(count: int) -> list[Part]:
    visibility = np.full((count, 17), 2, np.uint8)
    visibility[:, :3] = 0
    return person_annotations(
        boxes=np.tile(np.array([1, 2, 11, 22], np.float32), (count, 1)),
        keypoints=np.full((count, 17, 2), 5.5, np.float32),
        visibility=visibility,
        areas=np.full(count, 120, np.float32),
        identities=np.arange(count) + 40,
    )


def make(folder: Path, counts: tuple[int, ...]) -> dict[str, list[dict[str, object]]]:
    open_dataset(folder, INFO, len(counts))
    for image_id, count in enumerate(counts, 1):
        write_part(folder, image_id, IMAGE, people(count))
    join_dataset(folder, range(1, len(counts) + 1), SKELETON, INFO)
    return json.loads((folder / 'annotations.json').read_text())


def test_annotations_are_cocos(tmp_path: Path) -> None:
    dataset = make(tmp_path, (2, 0, 1))
    assert [image['id'] for image in dataset['images']] == [1, 2, 3]
    assert [a['id'] for a in dataset['annotations']] == [1, 2, 3]
    assert [a['image_id'] for a in dataset['annotations']] == [1, 1, 3]
    person = dataset['annotations'][1]
    assert person['bbox'] == [1, 2, 10, 20]
    assert person['num_keypoints'] == 14
    assert person['keypoints'][:3] == [0, 0, 0]
    assert person['keypoints'][-3:] == [5.5, 5.5, 2]
    assert person['identity'] == 41
    assert dataset['info']['keypoint_set'] == 'coco_17'
    assert dataset['categories'][0]['keypoints'] == list(SKELETON.keypoint_names)


def test_images_are_where_the_annotations_say(tmp_path: Path) -> None:
    dataset = make(tmp_path, (1,))
    record = dataset['images'][0]
    image = cv2.imread(str(tmp_path / str(record['file_name'])))
    assert image.shape == (record['height'], record['width'], 3)
    assert np.abs(image.astype(int) - 90).max() < 3


def test_nothing_but_images_and_annotations_is_left(tmp_path: Path) -> None:
    make(tmp_path, (1, 1))
    assert sorted(path.name for path in tmp_path.iterdir()) == ['annotations.json', 'images']


def test_a_data_set_can_be_opened_and_joined_again(tmp_path: Path) -> None:
    dataset = make(tmp_path, (2, 0, 1))
    open_dataset(tmp_path, INFO, 3)
    assert read_part(tmp_path, 2) is not None
    join_dataset(tmp_path, range(1, 4), SKELETON, INFO)
    assert json.loads((tmp_path / 'annotations.json').read_text()) == dataset


def test_a_missing_part_is_named(tmp_path: Path) -> None:
    write_part(tmp_path, 1, IMAGE, people(1))
    assert read_part(tmp_path, 2) is None
    with pytest.raises(DatasetError, match=r'lacks what is known of images/000002\.jpg'):
        join_dataset(tmp_path, range(1, 3), SKELETON, {})


def test_images_of_another_kind_are_not_mixed_in(tmp_path: Path) -> None:
    open_dataset(tmp_path, INFO, 1)
    for _ in range(2):  # while it is made, and when it is done
        with pytest.raises(DatasetError, match='holds images of seed 5, not 6'):
            open_dataset(tmp_path, {**INFO, 'seed': 6}, 1)
        make(tmp_path, (1,))


def test_fewer_images_than_there_are_are_refused_and_nothing_is_lost(tmp_path: Path) -> None:
    dataset = make(tmp_path, (1, 1))
    with pytest.raises(DatasetError, match='holds 2 images: count must be at least that, got 1'):
        open_dataset(tmp_path, INFO, 1)
    assert json.loads((tmp_path / 'annotations.json').read_text()) == dataset
    open_dataset(tmp_path, INFO, 2)
    with pytest.raises(DatasetError, match='holds 2 images'):
        open_dataset(tmp_path, INFO, 1)


def test_half_a_file_of_a_killed_process_is_not_in_the_way(tmp_path: Path) -> None:
    open_dataset(tmp_path, INFO, 1)
    (tmp_path / '.parts' / '000001.json.part').touch()
    make(tmp_path, (1,))
    assert not (tmp_path / '.parts').exists()
