# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of how results find their images and joints."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from alphapose_ros.core.skeletons import EVAL_SIGMAS
from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.evaluation.alignment import align
from alphapose_ros.evaluation.alignment import AlignmentError
from alphapose_ros.evaluation.alignment import choose_joints
from alphapose_ros.evaluation.alignment import with_sigmas
from alphapose_ros.structures import TrackState

Make = Callable[..., Any]
NAMES = ('a/1.jpg', 'a/10.jpg', 'a/2.jpg')


@pytest.mark.parametrize(
    'names',
    [
        {'image_ids': (12, 10)},
        {'file_names': ('a/2.jpg', 'a/1.jpg')},
        {'file_names': ('2.jpg', '1.jpg')},
        {'stamps_ns': (30, 10)},
    ],
    ids=['id', 'name', 'last-part', 'stamp'],
)
def test_images_are_found_by_what_names_them(
    make_truth: Make, make_results: Make, people: np.ndarray, names: dict[str, Any]
) -> None:
    truth = make_truth(people, file_names=NAMES)
    if 'stamps_ns' in names:
        truth = replace(truth, stamps_ns=np.array([10, 20, 30]))
    comparison = align(truth, make_results(people[[2]], people[[0]], **names))
    assert [len(tracks) for tracks in comparison.found] == [1, 0, 1]
    np.testing.assert_allclose(comparison.found[2].poses.keypoints, people[[2]], rtol=1e-6)
    assert comparison.notes == ('1 true images are not in the results: a/10.jpg',)


def test_of_a_sequence_with_stamps_only_some_images_need_labels(
    make_truth: Make, make_results: Make, people: np.ndarray
) -> None:
    truth = replace(make_truth(people[:1]), stamps_ns=np.array([20]))
    results = make_results(people[[1]], people[[0]], people[[2]], stamps_ns=(10, 20, 30))
    comparison = align(truth, results)
    np.testing.assert_allclose(comparison.found[0].poses.keypoints, people[:1], rtol=1e-6)
    assert comparison.notes == ('2 images of the results have no labels',)
    with pytest.raises(AlignmentError, match='1 stamps that truth lacks: 10'):
        align(truth, make_results(people[:1], stamps_ns=(10,)))


def test_a_sequence_is_matched_in_the_natural_order_of_file_names(
    make_truth: Make, make_results: Make, people: np.ndarray
) -> None:
    results = make_results(people[[0]], people[[2]], people[[1]], stamps_ns=(1, 2, 3))
    comparison = align(make_truth(people, file_names=NAMES), results)
    for tracks, person in zip(comparison.found, people, strict=True):
        np.testing.assert_allclose(tracks.poses.keypoints, person[None], rtol=1e-6)
    assert comparison.notes[0].startswith('results name no images')


@pytest.mark.parametrize(
    ('names', 'message'),
    [
        ({'image_ids': (10, 77)}, '1 image ids that truth lacks: 77'),
        ({'file_names': ('x.jpg', 'a/1.jpg')}, r'1 file names that truth lacks: x\.jpg'),
        ({'stamps_ns': (1, 2)}, 'results have 2 images and truth 3'),
        ({'image_ids': (10, 10)}, 'image ids more than once: 10'),
    ],
    ids=['id', 'name', 'number', 'twice'],
)
def test_images_that_do_not_fit_are_named(
    make_truth: Make, make_results: Make, people: np.ndarray, names: dict[str, Any], message: str
) -> None:
    with pytest.raises(AlignmentError, match=message):
        align(make_truth(people, file_names=NAMES), make_results(people, people, **names))


def test_another_keypoint_set_is_compared_on_the_joints_of_the_same_name(
    make_truth: Make, make_results: Make, people: np.ndarray
) -> None:
    joints = np.tile(people[:1, :1], (1, 136, 1))
    joints[:, :17] = people[0]
    comparison = align(make_truth(people[:1]), make_results(joints, keypoint_set='halpe_136'))
    assert comparison.truth.skeleton == get_skeleton('coco_17')
    np.testing.assert_allclose(comparison.found[0].poses.keypoints, people[:1], rtol=1e-6)
    assert 'compared on the 17 joints' in comparison.notes[0]


def test_people_are_scored_by_the_joints_that_are_compared(
    make_truth: Make, make_results: Make, people: np.ndarray
) -> None:
    joints = np.tile(people[:2, :1], (1, 136, 1))
    results = make_results(joints, keypoint_set='halpe_136')
    (tracks,) = results.people
    joint_scores = np.zeros((2, 136), np.float32)
    joint_scores[0, :17], joint_scores[0, 17:] = 0.8, 0.1
    scores = np.array([0.5 * joint_scores[0].mean(), 0], np.float32)
    poses = replace(tracks.poses, keypoint_scores=joint_scores, scores=scores)
    results = replace(results, people=(replace(tracks, poses=poses),))
    comparison = align(make_truth(people[:2]), results)
    np.testing.assert_allclose(comparison.found[0].poses.scores, [0.5 * 0.8, 0], rtol=1e-5)


def test_sets_without_a_common_joint_are_refused(
    make_truth: Make, make_results: Make, people: np.ndarray
) -> None:
    hand = np.zeros((1, 21, 2))
    with pytest.raises(AlignmentError, match='share no joint'):
        align(make_truth(people[:1]), make_results(hand, keypoint_set='halpe_21_hand'))


def test_who_is_only_predicted_was_not_found(
    make_truth: Make, make_results: Make, people: np.ndarray
) -> None:
    results = make_results(people[:2])
    (tracks,) = results.people
    states = np.array([TrackState.PREDICTED, TrackState.TRACKED], np.uint8)
    results = replace(results, people=(replace(tracks, states=states),))
    assert align(make_truth(people[:1]), results).found[0].track_ids.tolist() == [1]


def test_images_without_labels_count_nobody(
    make_truth: Make, make_results: Make, people: np.ndarray
) -> None:
    truth = replace(make_truth(people[:1]), has_labels=np.zeros(1, bool))
    assert len(align(truth, make_results(people)).found[0]) == 0


def test_chosen_joints_keep_groups_limbs_and_sigmas() -> None:
    skeleton = get_skeleton('halpe_26')
    names = ('left_hip', 'left_knee', 'left_heel')
    chosen = choose_joints(skeleton, names)
    assert chosen.keypoint_names == names
    assert chosen.limbs == ((0, 1),)
    assert chosen.groups == (('body', 0, 2), ('feet', 2, 3))
    assert chosen.sigmas == tuple(skeleton.sigmas[skeleton.index(name)] for name in names)


@pytest.mark.parametrize(
    ('keypoint_set', 'source', 'is_halpe'),
    [
        ('halpe_136', 'auto', True),
        ('halpe_136', 'set', False),
        ('coco_wholebody_133', 'auto', False),
        ('coco_wholebody_133', 'halpe', True),
    ],
)
def test_the_constants_of_halpe_are_its_own_default(
    make_truth: Make, keypoint_set: str, source: str, is_halpe: bool
) -> None:
    skeleton = get_skeleton(keypoint_set)
    joints = np.zeros((1, skeleton.num_keypoints, 2))
    truth = with_sigmas(make_truth(joints, keypoint_set=keypoint_set), source)
    expected = EVAL_SIGMAS[keypoint_set] if is_halpe else skeleton.sigmas
    assert truth.skeleton.sigmas == expected


def test_constants_of_halpe_for_other_sets_are_refused(
    make_truth: Make, people: np.ndarray
) -> None:
    with pytest.raises(AlignmentError, match='sigmas for halpe_136, coco_wholebody_133'):
        with_sigmas(make_truth(people), 'halpe')
