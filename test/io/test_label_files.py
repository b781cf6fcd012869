# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of files of labels."""

import json
from pathlib import Path

import numpy as np
import pytest

from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.io.label_files import LabelledImage
from alphapose_ros.io.label_files import write_labels
from alphapose_ros.io.training_labels import read_training_labels
from alphapose_ros.structures import Poses

HALPE = get_skeleton('halpe_136')


@pytest.fixture
def people() -> Poses:
    """Return two people; the second leaves the image, and half of his joints are unknown."""
    rng = np.random.default_rng(0)
    keypoints = rng.uniform(5, 60, (2, 136, 2)).astype(np.float32)
    weights = rng.uniform(0.2, 1, (2, 136)).astype(np.float32)
    keypoints[1, ::2], weights[1, ::2] = np.nan, 0
    return Poses(
        boxes=np.array([[5, 5, 60, 65], [-20, 10, 50, 120]], np.float32),
        box_scores=np.array([0.9, 0.5], np.float32),
        keypoints=keypoints,
        keypoint_scores=weights,
        scores=np.ones(2, np.float32),
        embeddings=np.zeros((2, 0), np.float32),
    )


@pytest.fixture
def folder(tmp_path: Path, people: Poses) -> Path:
    images = [
        LabelledImage('images/000001.jpg', (80, 70), Poses.empty(136), {}),
        LabelledImage('images/000002.jpg', (80, 70), people, {'licence': 'CC BY 2.0'}),
    ]
    write_labels(tmp_path / 'annotations.json', images, HALPE, 'two people')
    (tmp_path / 'images').mkdir()
    (tmp_path / 'images' / '000001.jpg').touch()
    return tmp_path


def test_training_reads_the_labels_that_were_written(folder: Path, people: Poses) -> None:
    labels = read_training_labels(folder)
    assert labels.skeleton == HALPE
    np.testing.assert_array_equal(labels.images, [1, 1])
    np.testing.assert_allclose(labels.weights, people.keypoint_scores, atol=1e-3)
    is_known = people.keypoint_scores > 0
    np.testing.assert_allclose(labels.keypoints[is_known], people.keypoints[is_known], atol=0.01)


def test_boxes_are_cut_to_the_image(folder: Path) -> None:
    labels = read_training_labels(folder)
    np.testing.assert_allclose(labels.boxes, [[5, 5, 60, 65], [-0.5, 10, 50, 69.5]])


def test_an_unknown_joint_is_zero_and_not_counted(folder: Path) -> None:
    content = json.loads((folder / 'annotations.json').read_text())
    person = content['annotations'][1]
    assert person['keypoints'][:3] == [0, 0, 0]
    assert person['keypoints'][5] == 2
    assert person['num_keypoints'] == 68


def test_the_file_tells_what_the_joints_and_where_the_images_are_from(folder: Path) -> None:
    content = json.loads((folder / 'annotations.json').read_text())
    assert content['info']['keypoint_set'] == 'halpe_136'
    assert content['categories'][0]['keypoints'] == list(HALPE.keypoint_names)
    assert content['images'][1]['licence'] == 'CC BY 2.0'
    assert [row['id'] for row in content['annotations']] == [1, 2]
