# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of labelled joints."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.io.keypoint_truth import read_keypoint_truth
from alphapose_ros.io.results import ResultsError
from alphapose_ros.io.results_posetrack import POSETRACK_NAMES

IMAGES = [{'id': 7, 'file_name': 'a.jpg'}, {'id': 3, 'file_name': 'b.jpg'}]
PERSON = {'image_id': 3, 'keypoints': [5, 6, 2, 25, 46, 1, *[0] * 45]}


def write(folder: Path, *people: dict[str, Any], **content: Any) -> Path:
    path = folder / 'truth.json'
    path.write_text(json.dumps({'images': IMAGES, 'annotations': people, **content}))
    return path


@pytest.mark.parametrize(
    ('name', 'keypoint_set', 'num_people'),
    [
        ('coco_mini/person_keypoints.json', 'coco_17', 118),
        ('mmpose_tests/coco/test_coco_wholebody.json', 'coco_wholebody_133', 14),
        ('mmpose_tests/halpe/test_halpe.json', 'halpe_136', 14),
        ('mmpose_tests/mpii/test_mpii.json', 'mpii_16', 5),
        ('mmpose_tests/crowdpose/test_crowdpose.json', '14 joints', 5),
    ],
    ids=['coco', 'wholebody', 'halpe', 'mpii', 'crowdpose'],
)
def test_public_data_sets_are_read(
    shared_dir: Path, name: str, keypoint_set: str, num_people: int
) -> None:
    truth = read_keypoint_truth(shared_dir / 'annotated' / name)
    assert truth.skeleton.name == keypoint_set
    assert truth.keypoints.shape == (num_people, truth.skeleton.num_keypoints, 2)
    assert truth.is_labelled.any(axis=1).sum() > 0
    assert (truth.areas[truth.is_labelled.any(axis=1)] > 0).all()


def test_a_person_is_in_its_image_with_its_joints(tmp_path: Path) -> None:
    truth = read_keypoint_truth(write(tmp_path, PERSON))
    assert truth.images.tolist() == [1]
    assert truth.is_labelled[0].tolist() == [True, True, *[False] * 15]
    np.testing.assert_array_equal(truth.keypoints[0, :2], [[5, 6], [25, 46]])


def test_a_missing_box_is_the_extent_of_the_joints_and_its_area_about_half(
    tmp_path: Path,
) -> None:
    truth = read_keypoint_truth(write(tmp_path, PERSON))
    np.testing.assert_array_equal(truth.boxes, [[5, 6, 25, 46]])
    assert truth.areas == pytest.approx(0.53 * 20 * 40)


def test_what_is_not_said_is_unknown(tmp_path: Path) -> None:
    truth = read_keypoint_truth(write(tmp_path, PERSON))
    assert (truth.stamps_ns.tolist(), truth.track_ids.tolist()) == ([-1, -1], [-1])
    assert not truth.is_crowd.any()
    assert np.isnan(truth.head_sizes).all()


def test_the_head_of_posetrack_is_part_of_the_diagonal_of_its_box(tmp_path: Path) -> None:
    truth = read_keypoint_truth(
        write(tmp_path, {**PERSON, 'bbox_head': [9, 9, 30, 40]}, {**PERSON, 'bbox_head': []})
    )
    np.testing.assert_allclose(truth.head_sizes, [30, np.nan])


def test_a_person_of_mpii_is_200_pixels_high_times_the_scale(tmp_path: Path) -> None:
    person = {'joints': [[1, 2]] * 16, 'joints_vis': [1, *[0] * 15], 'image': 'a.jpg'}
    (tmp_path / 'a.json').write_text(json.dumps([{**person, 'center': [300, 500], 'scale': 2}]))
    truth = read_keypoint_truth(tmp_path / 'a.json')
    np.testing.assert_array_equal(truth.boxes, [[100, 300, 500, 700]])
    assert truth.is_labelled[0].nonzero()[0].tolist() == [0]


def test_images_of_posetrack_may_have_no_labels(tmp_path: Path) -> None:
    images = [{**IMAGES[0], 'is_labeled': False}, {**IMAGES[1], 'is_labeled': True}]
    truth = read_keypoint_truth(write(tmp_path, PERSON, images=images))
    assert truth.has_labels.tolist() == [False, True]


def test_joints_are_told_by_their_names(tmp_path: Path) -> None:
    for names, expected in (
        (get_skeleton('coco_17').keypoint_names, 'coco_17'),
        (POSETRACK_NAMES, '17 joints'),
    ):
        truth = read_keypoint_truth(write(tmp_path, PERSON, categories=[{'keypoints': names}]))
        assert (truth.skeleton.name, truth.skeleton.keypoint_names) == (expected, names)


@pytest.mark.parametrize(
    ('people', 'message'),
    [
        ([{'image_id': 9, 'keypoints': [0] * 51}], r'images that are not listed: \[9\]'),
        ([{'keypoints': [0] * 51}], 'image_id is missing'),
        ([{'image_id': 3}], 'keypoints are missing'),
        ([{'image_id': 3, 'keypoints': [0] * 33}], 'no keypoint set has 11 joints'),
        ([PERSON, {'image_id': 3, 'keypoints': [0] * 48}], 'keypoints'),
        ([{**PERSON, 'bbox': [1, 2]}], 'bbox must have shape'),
        ([5], 'image_id cannot be read'),
    ],
    ids=['image', 'no-image', 'no-joints', 'number', 'unequal', 'box', 'no-object'],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, people: list[Any], message: str) -> None:
    with pytest.raises(ResultsError, match=f'truth.json.*{message}'):
        read_keypoint_truth(write(tmp_path, *people))


@pytest.mark.parametrize('text', ['5', '{}', '{"images": 3}', '[', '[5]'])
def test_another_file_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / 'a.json').write_text(text)
    with pytest.raises(ResultsError, match=r'a\.json'):
        read_keypoint_truth(tmp_path / 'a.json')


def test_two_images_with_one_id_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match='an id of their own'):
        read_keypoint_truth(write(tmp_path, PERSON, images=[IMAGES[0], IMAGES[0]]))
