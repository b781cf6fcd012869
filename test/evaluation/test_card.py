# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of what a model card tells of pose networks."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.evaluation.alignment import align
from alphapose_ros.evaluation.card import every_nth
from alphapose_ros.evaluation.card import find_people
from alphapose_ros.evaluation.card import LabelledImages
from alphapose_ros.evaluation.card import score_limbs
from alphapose_ros.evaluation.card import score_parts
from alphapose_ros.evaluation.card import score_sized_parts
from alphapose_ros.evaluation.details import pair_people
from alphapose_ros.evaluation.details import PersonDetails
from alphapose_ros.io.keypoint_truth import KeypointTruth
from alphapose_ros.io.lsp import LSP_14
from alphapose_ros.io.video import write_image
from alphapose_ros.structures import Detections
from alphapose_ros.structures import Poses

Make = Callable[..., Any]
HALPE = get_skeleton('halpe_136')
COCO = get_skeleton('coco_17')


@pytest.fixture
def lsp_truth(make_truth: Make, people: np.ndarray) -> KeypointTruth:
    """Return two people in an image each; shoulder and hip are 100 apart."""
    joints = people[:2, :14].copy()
    joints[:, LSP_14.index('left_shoulder')] = 0, 0
    joints[:, LSP_14.index('right_hip')] = 60, 80
    return replace(make_truth(joints), skeleton=LSP_14)


def found_by(
    truth: KeypointTruth, make_results: Make, joints: np.ndarray, keypoint_set: str
) -> PersonDetails:
    """Return what a network with the joints of a set made of them."""
    skeleton = get_skeleton(keypoint_set)
    found = np.zeros((len(joints), skeleton.num_keypoints, 2))
    for i, name in enumerate(truth.skeleton.keypoint_names):
        if name in skeleton.keypoint_names:
            found[:, skeleton.index(name)] = joints[:, i]
    results = make_results(*found[:, None], keypoint_set=keypoint_set)
    return pair_people(align(truth, results))


@pytest.mark.parametrize(('distance', 'limbs', 'all_'), [(19, 1, 1), (21, 23 / 24, 26 / 28)])
def test_joints_are_right_within_a_fifth_of_the_torso(
    lsp_truth: KeypointTruth, make_results: Make, distance: float, limbs: float, all_: float
) -> None:
    joints = lsp_truth.keypoints.copy()
    joints[0, LSP_14.index('left_wrist'), 0] += distance
    joints[1, LSP_14.index('head'), 0] += distance
    numbers = score_limbs(found_by(lsp_truth, make_results, joints, 'halpe_136'))
    assert numbers == pytest.approx({'pck_limbs': limbs, 'pck_all': all_})


def test_networks_without_neck_are_scored_by_their_limbs(
    lsp_truth: KeypointTruth, make_results: Make
) -> None:
    joints = lsp_truth.keypoints.copy()
    joints[0, LSP_14.index('left_wrist'), 0] += 21
    numbers = score_limbs(found_by(lsp_truth, make_results, joints, 'coco_17'))
    assert numbers == pytest.approx({'pck_limbs': 23 / 24})


def test_hidden_joints_and_people_without_a_torso_do_not_count(
    lsp_truth: KeypointTruth, make_results: Make
) -> None:
    is_labelled = np.ones((2, 14), bool)
    is_labelled[0, LSP_14.index('left_wrist')] = False
    is_labelled[1, LSP_14.index('right_hip')] = False
    truth = replace(lsp_truth, is_labelled=is_labelled)
    joints = lsp_truth.keypoints.copy()
    joints[0, LSP_14.index('left_ankle')] += 30
    joints[1] += 30
    numbers = score_limbs(found_by(truth, make_results, joints, 'coco_17'))
    assert numbers == pytest.approx({'pck_limbs': 10 / 11})


@pytest.fixture
def whole_body(make_truth: Make) -> KeypointTruth:
    """Return somebody with 136 joints in a box of 90 x 160."""
    joints = np.random.default_rng(0).uniform(0, (90, 160), (1, 136, 2))
    joints[0, 0], joints[0, 1] = (0, 0), (90, 160)
    return make_truth(joints, keypoint_set='halpe_136')


def test_parts_that_are_shifted_have_that_error(
    whole_body: KeypointTruth, make_results: Make
) -> None:
    joints = whole_body.keypoints.copy()
    shifts = {'body': 0, 'feet': 1, 'face': 2, 'left_hand': 3, 'right_hand': 4}
    for name, start, end in HALPE.groups:
        joints[0, start:end, 0] += 12 * shifts[name]
    joints[0, 17:20] += 50  # head, neck and hip, which networks of 17 joints lack
    joints[0, 26:40] = np.nan
    numbers = score_parts(found_by(whole_body, make_results, joints, 'halpe_136'))
    assert {name: numbers[name] for name in shifts} == pytest.approx(
        {name: shift / 10 for name, shift in shifts.items()}, abs=1e-5
    )
    assert numbers['face_found'] == pytest.approx(54 / 68)
    assert numbers['body_found'] == 1


@pytest.mark.parametrize(('shift', 'share'), [(15.9, 1), (16.1, 0)])
def test_joints_of_a_body_are_right_within_a_tenth_of_the_person(
    whole_body: KeypointTruth, make_results: Make, shift: float, share: int
) -> None:
    joints = whole_body.keypoints.copy()
    joints[0, :26, 0] += shift
    numbers = score_sized_parts(found_by(whole_body, make_results, joints, 'halpe_136'))
    assert (numbers['pck_body'], numbers['pck_feet']) == (share, share)
    assert numbers['pck_face'] == 1


@pytest.mark.parametrize(('shift', 'share'), [(1.9, 1), (2.1, 20 / 21)])
def test_joints_of_a_hand_are_right_within_a_tenth_of_the_hand(
    whole_body: KeypointTruth, make_results: Make, shift: float, share: float
) -> None:
    truth = whole_body.keypoints.copy()
    truth[0, 94:115] = np.linspace((10, 10), (22, 30), 21)  # 12 wide and 20 high
    joints = truth.copy()
    joints[0, 100, 0] += shift
    people = found_by(replace(whole_body, keypoints=truth), make_results, joints, 'halpe_136')
    assert score_sized_parts(people)['pck_left_hand'] == pytest.approx(share)


def test_networks_without_face_and_hands_have_a_body_only(
    whole_body: KeypointTruth, make_results: Make
) -> None:
    people = found_by(whole_body, make_results, whole_body.keypoints, 'coco_17')
    assert score_parts(people) == {'body': 0, 'body_found': 1}


def test_a_thinned_set_keeps_every_nth_image_and_its_people(
    make_truth: Make, people: np.ndarray
) -> None:
    truth = make_truth(people, images=[2, 0, 1], file_names=['0.png', '1.png', '2.png'])
    thin = LabelledImages(truth, Path()).thin_out(2).truth
    assert thin.file_names == ('0.png', '2.png')
    assert thin.images.tolist() == [1, 0]
    np.testing.assert_array_equal(thin.keypoints, truth.keypoints[:2])
    assert LabelledImages(truth, Path()).thin_out(0).truth.file_names == truth.file_names


@pytest.mark.parametrize(('most', 'every'), [(0, 1), (71, 1), (70, 2), (1, 71)])
def test_images_are_spread_over_the_set(most: int, every: int) -> None:
    assert every_nth(71, most) == every
    assert not most or len(range(0, 71, every)) <= most


def test_fewer_than_no_images_are_refused() -> None:
    with pytest.raises(ValueError, match='most must be at least 0, got -1'):
        every_nth(71, -1)


class TruthTeller:
    """A pose network that knows the joints of the true box."""

    skeleton = COCO

    def __init__(self, truth: KeypointTruth) -> None:
        self._truth = truth

    def estimate(self, image: np.ndarray, detections: Detections) -> Poses:
        n = len(detections)
        is_here = (self._truth.boxes[:, None] == detections.boxes).all(axis=2).any(axis=1)
        return replace(
            Poses.empty(17),
            boxes=detections.boxes,
            box_scores=detections.scores,
            keypoints=self._truth.keypoints[is_here],
            keypoint_scores=np.ones((n, 17), np.float32),
            scores=detections.scores,
            embeddings=np.zeros((n, 0), np.float32),
        )


def test_a_network_that_knows_the_truth_is_not_off(
    tmp_path: Path, make_truth: Make, people: np.ndarray
) -> None:
    truth = make_truth(people, images=[0, 1, 1])
    for i in range(2):
        write_image(tmp_path / f'{i}.png', np.zeros((8, 8, 3), np.uint8))
    truth = replace(truth, file_names=('0.png', '1.png'))
    results = find_people(TruthTeller(truth), None, LabelledImages(truth, tmp_path))
    details = pair_people(align(truth, results))
    assert (details.found >= 0).all()
    assert (details.errors == 0).all()
