# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of labels to learn from."""

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.io.training_labels import read_detected_boxes
from alphapose_ros.io.training_labels import read_training_image
from alphapose_ros.io.training_labels import read_training_labels


def write(folder: Path, *changes: dict[str, Any]) -> Path:
    """Write one image per person, all alike but for the changes."""
    images, people = [], []
    for i, change in enumerate(changes, 1):
        cv2.imwrite(str(folder / f'{i}.png'), np.full((20, 30, 3), i, np.uint8))
        images.append({'id': i, 'file_name': f'{i}.png'})
        person = {'id': i, 'image_id': i, 'iscrowd': 0, 'bbox': [1, 2, 10, 20], 'area': 50}
        people.append({**person, 'keypoints': 17 * [5, 6, 2], **change})
    category = {'id': 1, 'keypoints': list(get_skeleton('coco_17').keypoint_names)}
    content = {'images': images, 'annotations': people, 'categories': [category]}
    path = folder / 'annotations.json'
    path.write_text(json.dumps(content))
    return path


def test_weights_and_identities_of_our_own_files_are_read(tmp_path: Path) -> None:
    write(tmp_path, {'keypoint_weights': 17 * [0.25], 'identity': 4}, {})
    labels = read_training_labels(tmp_path)
    assert labels.weights[:, 0].tolist() == [0.25, 1]
    assert labels.identities.tolist() == [4, -1]
    assert labels.boxes.tolist() == [[1, 2, 11, 22]] * 2
    assert [path.is_file() for path in labels.paths] == [True, True]


def test_crowds_and_people_without_labels_are_left_out(tmp_path: Path) -> None:
    nobody = {'keypoint_weights': 17 * [0.0]}
    path = write(tmp_path, {'iscrowd': 1}, nobody, {'keypoints': 51 * [0]}, {'area': 0}, {})
    assert read_training_labels(path).images.tolist() == [4]


def test_joints_of_low_confidence_are_not_labelled(tmp_path: Path) -> None:
    values = 17 * [5, 6, 1]
    values[2:9:3] = [0.2, 0.34, 0.36]
    write(tmp_path, {'keypoints': values})
    assert read_training_labels(tmp_path).weights[0, :4].tolist() == [0, 0, 1, 1]


def test_images_may_be_in_another_folder(tmp_path: Path) -> None:
    path = write(tmp_path, {})
    (tmp_path / 'images').mkdir()
    with pytest.raises(ValueError, match=r'there is no image .*1\.png; name the folder'):
        read_training_labels(path, tmp_path / 'images')
    (tmp_path / '1.png').rename(tmp_path / 'images/1.png')
    assert read_training_labels(path, tmp_path / 'images').paths[0].is_file()


@pytest.mark.parametrize(
    'change',
    [{'keypoint_weights': [1.0]}, {'keypoint_weights': 'all'}, {'identity': 0.5}],
    ids=['too few weights', 'no weights', 'half an identity'],
)
def test_values_that_do_not_fit_are_refused(tmp_path: Path, change: dict[str, Any]) -> None:
    path = write(tmp_path, change)
    with pytest.raises(ValueError, match=f'{path.name}: {next(iter(change))}'):
        read_training_labels(path)


def test_pixels_are_read_as_they_are_stored(tmp_path: Path) -> None:
    write(tmp_path, {}, {})
    image = read_training_image(tmp_path / '2.png')
    assert image.shape == (20, 30, 3)
    assert (image == 2).all()


def test_an_image_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / 'a.png'
    path.write_text('no image')
    with pytest.raises(ValueError, match=r'a\.png cannot be read as an image'):
        read_training_image(path)


def test_detected_boxes_are_read_by_image(tmp_path: Path) -> None:
    path = tmp_path / 'found.json'
    rows = [{'image_id': i, 'bbox': [i, 0, 10, 20], 'score': 0.5} for i in (7, 3, 7)]
    path.write_text(json.dumps(rows))
    boxes = read_detected_boxes(path)
    assert boxes[7].tolist() == [[7, 0, 17, 20]] * 2
    assert boxes[3].tolist() == [[3, 0, 13, 20]]


@pytest.mark.parametrize(
    ('text', 'message'),
    [('{}', 'must hold a list, got dict'), ('[{"image_id": 1}]', 'bbox is missing')],
    ids=['no list', 'no box'],
)
def test_detections_that_do_not_fit_are_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / 'found.json'
    path.write_text(text)
    with pytest.raises(ValueError, match=message):
        read_detected_boxes(path)
