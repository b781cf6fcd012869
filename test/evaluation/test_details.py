# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of who is taken for whom."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.evaluation.alignment import align
from alphapose_ros.evaluation.details import pair_people
from alphapose_ros.evaluation.details import precision_recall
from alphapose_ros.evaluation.details import score_images
from alphapose_ros.evaluation.keypoints import evaluate_oks

Make = Callable[..., Any]


def test_everybody_is_paired_with_the_nearest(
    make_truth: Make, make_results: Make, people: np.ndarray
) -> None:
    truth = make_truth(people, images=[0, 0, 0])
    details = pair_people(align(truth, make_results(people[[2, 0, 1]] + 1)))
    assert details.found.tolist() == [1, 2, 0]
    np.testing.assert_allclose(details.errors, 2**0.5, rtol=1e-4)
    assert (details.oks > 0.9).all()


def test_of_two_for_one_the_more_similar_is_taken(
    make_truth: Make, make_results: Make, people: np.ndarray
) -> None:
    found = np.concatenate([people[:1] + 5, people[:1] + 1])
    details = pair_people(align(make_truth(people[:1]), make_results(found)))
    assert details.found.tolist() == [1]


def test_a_missed_person_has_no_similarity_and_no_errors(
    make_truth: Make, make_results: Make, people: np.ndarray
) -> None:
    details = pair_people(align(make_truth(people[:2]), make_results(people[:1])))
    assert details.found.tolist() == [0, -1]
    assert details.oks.tolist() == [1, 0]
    assert np.isnan(details.errors[1]).all()


@pytest.mark.parametrize(('offset', 'found'), [(78, 0), (85, -1)], ids=['22-of-178', '15-of-185'])
def test_boxes_that_hardly_overlap_are_no_pair(
    make_truth: Make, make_results: Make, people: np.ndarray, offset: float, found: int
) -> None:
    moved = people[:1] + np.array([offset, 0])
    assert pair_people(align(make_truth(people[:1]), make_results(moved))).found == found


def test_without_constants_boxes_decide(make_truth: Make, make_results: Make) -> None:
    joints = np.random.default_rng(0).uniform(0, 100, (2, 16, 2))
    joints[1, :, 0] += 70
    truth = make_truth(joints, images=[0, 0], keypoint_set='mpii_16')
    results = make_results(joints[::-1], keypoint_set='mpii_16')
    details = pair_people(align(truth, results))
    assert details.found.tolist() == [1, 0]
    assert np.isnan(details.oks).all()


def test_crowds_and_people_without_labels_do_not_count(
    make_truth: Make, make_results: Make, people: np.ndarray
) -> None:
    truth = make_truth(people)
    is_labelled = truth.is_labelled.copy()
    is_labelled[1] = False
    truth = replace(truth, is_crowd=np.array([True, False, False]), is_labelled=is_labelled)
    details = pair_people(align(truth, make_results(*people[:, None])))
    assert details.images.tolist() == [2]


def test_a_joint_that_was_not_estimated_has_no_error_but_lowers_the_similarity(
    make_truth: Make, make_results: Make, people: np.ndarray
) -> None:
    found = people[:1].copy()
    found[0, 5] = np.nan
    details = pair_people(align(make_truth(people[:1]), make_results(found)))
    assert np.isnan(details.errors[0]).nonzero()[0].tolist() == [5]
    assert details.oks == pytest.approx(16 / 17)


def test_images_are_ranked_by_the_similarity_of_their_people(
    make_truth: Make, make_results: Make, people: np.ndarray
) -> None:
    truth = make_truth(people, images=[0, 0, 2])
    comparison = align(truth, make_results(people[:1], people, people[2:]))
    images = score_images(comparison, pair_people(comparison))
    np.testing.assert_allclose(images.oks, [0.5, np.nan, 1])
    assert images.worst_first().tolist() == [0, 2]
    counts = (images.num_true, images.num_found, images.num_paired)
    assert [c.tolist() for c in counts] == [[2, 0, 1], [1, 3, 1], [1, 0, 1]]


def test_a_curve_falls_where_a_stranger_is_ranked_first(
    make_truth: Make, make_results: Make, people: np.ndarray
) -> None:
    pytest.importorskip('pycocotools')
    comparison = align(make_truth(people[:1]), make_results(people[:2]))
    curve = precision_recall(comparison)
    assert curve.precisions.shape == (len(curve.similarities), len(curve.recalls)) == (10, 101)
    np.testing.assert_allclose(curve.precisions, 1)
    poses = comparison.found[0].poses
    ranked = replace(poses, scores=np.array([0.4, 0.9], np.float32))
    found = (replace(comparison.found[0], poses=ranked),)
    np.testing.assert_allclose(precision_recall(replace(comparison, found=found)).precisions, 0.5)


def test_the_mean_of_the_curves_is_the_ap(
    make_truth: Make, make_results: Make, people: np.ndarray
) -> None:
    pytest.importorskip('pycocotools')
    from alphapose_ros.evaluation.alignment import coco_found
    from alphapose_ros.evaluation.alignment import coco_truth

    moved = people + np.array([2, 8, 14])[:, None, None]
    comparison = align(make_truth(people, images=[0, 0, 0]), make_results(moved))
    scores = evaluate_oks(
        coco_truth(comparison.truth), coco_found(comparison), get_skeleton('coco_17')
    )
    assert 0 < scores.ap < 1
    assert precision_recall(comparison).precisions.mean() == pytest.approx(scores.ap)
