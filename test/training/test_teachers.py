# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the teachers, alone and together."""

from dataclasses import replace
import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from alphapose_ros.core.boxes import xywh_to_xyxy
from alphapose_ros.core.skeletons import flip_permutation
from alphapose_ros.inference.network import ModelFileError
from alphapose_ros.structures import Detections
from alphapose_ros.structures import Poses
from alphapose_ros.training.teachers import HALPE
from alphapose_ros.training.teachers import WholeBodyTeacher
from alphapose_ros.training.teachers_body import body_labels
from alphapose_ros.training.teachers_body import COCO
from alphapose_ros.training.teachers_body import ramp
from alphapose_ros.training.teachers_face import anchor_centres
from alphapose_ros.training.teachers_face import FACE_68
from alphapose_ros.training.teachers_face import head_regions
from alphapose_ros.training.teachers_hands import forearm_lengths
from alphapose_ros.training.teachers_network import enclosing_regions
from alphapose_ros.training.teachers_network import Regions
from alphapose_ros.training.teachers_network import TfliteNetwork

GROUPS = {
    'body': range(17),
    'head': [17],
    'toes_and_heels': [20, 21, 24, 25],
    'face': range(26, 94),
    'right_hand': range(115, 136),
}


def standing_person(score: float = 0.9) -> Poses:
    """Return somebody who stands upright and faces the camera."""
    left = [(55, 20), (60, 22), (70, 50), (75, 80), (75, 105), (62, 110), (62, 150), (62, 190)]
    points = [(50.0, 25.0)]
    for x, y in left:
        points += [(x, y), (100 - x, y)]
    return Poses(
        boxes=np.array([[20, 0, 80, 200]], np.float32),
        box_scores=np.ones(1, np.float32),
        keypoints=np.array([points], np.float32),
        keypoint_scores=np.full((1, 17), score, np.float32),
        scores=np.ones(1, np.float32),
        embeddings=np.zeros((1, 0), np.float32),
    )


def test_points_of_a_turned_square_map_to_the_image_as_its_pixels_do() -> None:
    image = np.zeros((120, 160, 3), np.uint8)
    cv2.circle(image, (90, 40), 3, (255, 255, 255), -1)
    square = Regions(
        np.array([[80, 50]], np.float32), np.array([60], np.float32), np.array([0.7], np.float32)
    )
    crop = square.extract(image, 120)[0, :, :, 0]
    y, x = np.nonzero(crop > 128)
    centre = np.array([[[x.mean(), y.mean()]]], np.float32)
    np.testing.assert_allclose(square.to_image(centre, 120)[0, 0], [90, 40], atol=0.3)


def test_an_enclosing_square_holds_its_points_and_its_padding() -> None:
    points = np.array([[[10, 10], [30, 10], [30, 20]]], np.float32)
    square = enclosing_regions(points, np.zeros(1, np.float32), 1.5)
    np.testing.assert_allclose(square.centres, [[20, 15]])
    np.testing.assert_allclose(square.sides, [30])


def test_a_square_turned_with_its_points_stays_as_large() -> None:
    rng = np.random.default_rng(0)
    points = rng.uniform(0, 50, (1, 8, 2)).astype(np.float32)
    turn = np.array([[np.cos(0.5), np.sin(0.5)], [-np.sin(0.5), np.cos(0.5)]], np.float32)
    plain = enclosing_regions(points, np.zeros(1, np.float32), 1.0)
    turned = enclosing_regions(points @ turn, np.full(1, 0.5, np.float32), 1.0)
    np.testing.assert_allclose(turned.sides, plain.sides, rtol=1e-5)
    np.testing.assert_allclose(turned.centres, plain.centres @ turn, rtol=1e-4)


@pytest.mark.parametrize(
    ('start', 'end', 'expected'),
    [(0.2, 0.6, [0, 0, 0.5, 1, 1]), (0.6, 0.2, [1, 1, 0.5, 0, 0])],
    ids=['rising', 'falling'],
)
def test_trust_is_linear_between_two_values(
    start: float, end: float, expected: list[float]
) -> None:
    values = np.array([0, 0.2, 0.4, 0.6, 1], np.float32)
    np.testing.assert_allclose(ramp(values, start, end), expected, atol=1e-6)


def test_neck_hip_and_head_top_follow_from_the_pairs_they_lie_between() -> None:
    points, weights = body_labels(standing_person())
    head, neck, hip = points[0, 17:]
    np.testing.assert_allclose(neck, [50, 50])
    np.testing.assert_allclose(hip, [50, 110])
    np.testing.assert_allclose(head, [50, 22 - 0.7 * 28], atol=1e-4)
    assert weights[0, 17] < weights[0, 18] == weights[0, 19] == 1


@pytest.mark.parametrize(
    ('joint', 'follower'), [('left_shoulder', 'neck'), ('right_hip', 'hip'), ('left_ear', 'head')]
)
def test_what_follows_from_an_unknown_joint_is_unknown(joint: str, follower: str) -> None:
    person = standing_person()
    scores = person.keypoint_scores.copy()
    scores[0, COCO.index(joint)] = 0.1
    _, weights = body_labels(replace(person, keypoint_scores=scores))
    assert weights[0, HALPE.index(follower)] == 0


def test_the_points_of_a_face_are_different_vertices() -> None:
    assert len(set(FACE_68)) == 68


def test_the_detector_of_faces_has_896_anchors_inside_its_image() -> None:
    anchors = anchor_centres()
    assert anchors.shape == (896, 2)
    np.testing.assert_allclose(anchors[[0, 1, 2, -1]] * 32, [[1, 1], [1, 1], [3, 1], [30, 30]])


def test_a_head_is_looked_at_upright_and_a_lying_one_turned() -> None:
    person = standing_person()
    assert head_regions(person).angles_rad[0] == 0
    lying = replace(person, keypoints=person.keypoints[..., ::-1] * np.float32([-1, 1]))
    assert abs(head_regions(lying).angles_rad[0]) == pytest.approx(np.pi / 2, abs=0.1)


def test_a_forearm_that_points_at_the_camera_is_as_long_as_the_arm_tells() -> None:
    person = standing_person()
    keypoints = person.keypoints.copy()
    keypoints[0, COCO.index('left_wrist')] = keypoints[0, COCO.index('left_elbow')]
    length = forearm_lengths(replace(person, keypoints=keypoints), 'left')[0]
    assert length == pytest.approx(0.9 * np.hypot(5, 30), rel=1e-4)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match=r'there is no face_landmark\.tflite in '):
        TfliteNetwork(tmp_path, 'face_landmark.tflite')


@pytest.fixture(scope='module')
def teacher(shared_dir: Path) -> WholeBodyTeacher:
    pytest.importorskip('openvino', reason='needs OpenVINO')
    return WholeBodyTeacher(shared_dir / 'weights')


@pytest.fixture(scope='module')
def errors(teacher: WholeBodyTeacher, shared_dir: Path) -> np.ndarray:
    """Return (N, 136) errors of all labels in sizes of the box; NaN where there are none."""
    folder = shared_dir / 'annotated' / 'mmpose_tests'
    truth = json.loads((folder / 'halpe' / 'test_halpe.json').read_text())
    errors = []
    for image in truth['images']:
        rows = [
            row
            for row in truth['annotations']
            if row['image_id'] == image['id'] and row['num_keypoints']
        ]
        boxes = xywh_to_xyxy(np.array([row['bbox'] for row in rows], np.float32))
        people = Detections(boxes, np.ones(len(boxes), np.float32))
        labels = teacher.label(cv2.imread(str(folder / 'coco' / image['file_name'])), people)
        joints = np.array([row['keypoints'] for row in rows]).reshape(-1, 136, 3)
        for i in range(len(labels)):
            (j,) = np.flatnonzero((boxes == labels.boxes[i]).all(axis=1))
            distances = np.linalg.norm(labels.keypoints[i] - joints[j, :, :2], axis=1)
            distances[joints[j, :, 2] <= 0] = np.nan
            errors.append(distances / np.sqrt(np.prod(boxes[j, 2:] - boxes[j, :2])))
    return np.array(errors)


@pytest.mark.parametrize(
    ('group', 'highest', 'fewest'),
    [
        ('body', 0.022, 160),
        ('head', 0.045, 9),
        ('toes_and_heels', 0.045, 12),
        ('face', 0.008, 140),
        ('right_hand', 0.012, 30),
    ],
)
def test_labels_lie_where_people_have_put_them(
    errors: np.ndarray, group: str, highest: float, fewest: int
) -> None:
    found = errors[:, list(GROUPS[group])]
    found = found[np.isfinite(found)]
    assert len(found) >= fewest
    assert np.median(found) < highest


def test_a_mirrored_photograph_gets_mirrored_labels(
    teacher: WholeBodyTeacher, shared_dir: Path
) -> None:
    path = shared_dir / 'annotated/mmpose_tests/coco/000000000785.jpg'
    image = cv2.imread(str(path))
    box = np.array([[281, 45, 500, 391]], np.float32)
    mirror = np.array([-1, 1, -1, 1], np.float32)
    mirrored_box = (box * mirror + [image.shape[1], 0, image.shape[1], 0])[:, [2, 1, 0, 3]]
    plain, mirrored = (
        teacher.label(i, Detections(b.astype(np.float32), np.ones(1, np.float32)))
        for i, b in ((image, box), (np.ascontiguousarray(image[:, ::-1]), mirrored_box))
    )
    back = mirrored.keypoints[:, flip_permutation(HALPE)]
    back = back * np.float32([-1, 1]) + np.float32([image.shape[1] - 1, 0])
    distances = np.linalg.norm(back - plain.keypoints, axis=2)[0]
    assert np.isfinite(distances[:94]).sum() > 80
    assert np.nanmedian(distances) < 2


def test_an_image_without_people_has_no_labels(teacher: WholeBodyTeacher) -> None:
    image = np.full((90, 120, 3), 90, np.uint8)
    assert teacher.label(image, Detections.empty()).keypoints.shape == (0, 136, 2)
    nobody = Detections(np.array([[10, 10, 50, 80]], np.float32), np.ones(1, np.float32))
    assert len(teacher.label(image, nobody)) == 0
