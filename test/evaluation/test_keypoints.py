# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the measures of joints, against published values and by hand."""

import copy
from dataclasses import astuple
import json
from pathlib import Path
import sys
from typing import Any

import numpy as np
import pytest

from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.core.skeletons import SKELETONS
from alphapose_ros.evaluation.keypoints import evaluate_oks
from alphapose_ros.evaluation.keypoints import pck
from alphapose_ros.evaluation.keypoints import pcp
from alphapose_ros.evaluation.keypoints import pdj
from alphapose_ros.evaluation.keypoints import segment_lengths
from alphapose_ros.structures import Skeleton

COCO_17 = get_skeleton('coco_17')
WHOLEBODY = get_skeleton('coco_wholebody_133')
HEIGHT = 200
PARTS = [
    pytest.param(skeleton, part, id=f'{skeleton.name}-{part or "whole"}')
    for skeleton in SKELETONS.values()
    if skeleton.sigmas
    for part in ('', *(name for name, *_ in skeleton.groups))
]
needs_pycocotools = pytest.mark.usefixtures('_pycocotools')


@pytest.fixture
def _pycocotools() -> None:
    pytest.importorskip('pycocotools', reason='needs pycocotools')


def people(skeleton: Skeleton, count: int = 1) -> np.ndarray:
    """Return (N, K, 3) visible joints."""
    joints = np.random.default_rng(0).uniform(0, HEIGHT, (count, skeleton.num_keypoints, 3))
    joints[..., 2] = 2
    return joints


def make_truth(joints: np.ndarray) -> dict[str, Any]:
    """Return one person per image."""
    return {
        'images': [{'id': i} for i in range(len(joints))],
        'categories': [{'id': 1, 'name': 'person'}],
        'annotations': [
            {
                'id': i + 1,
                'image_id': i,
                'category_id': 1,
                'iscrowd': 0,
                'area': HEIGHT**2,
                'bbox': [0, 0, HEIGHT, HEIGHT],
                'keypoints': person.ravel().tolist(),
            }
            for i, person in enumerate(joints)
        ],
    }


def make_results(joints: np.ndarray) -> list[dict[str, Any]]:
    return [
        {'image_id': i, 'category_id': 1, 'score': 0.5, 'keypoints': person.ravel().tolist()}
        for i, person in enumerate(joints)
    ]


def moved_to(similarity: float, joints: np.ndarray, skeleton: Skeleton) -> np.ndarray:
    """Return the joints moved so that each has that similarity."""
    moved = joints.copy()
    sigmas = np.array(skeleton.sigmas)
    moved[..., 0] += 2 * sigmas * HEIGHT * np.sqrt(-2 * np.log(similarity))
    return moved


def indices_of(skeleton: Skeleton, part: str) -> np.ndarray:
    ends = {name: (start, end) for name, start, end in skeleton.groups}
    return np.arange(*ends.get(part, (0, skeleton.num_keypoints)))


@needs_pycocotools
@pytest.mark.parametrize(
    ('part', 'name'),
    [
        ('body', 'body'),
        ('feet', 'foot'),
        ('face', 'face'),
        ('left_hand', 'lefthand'),
        ('right_hand', 'righthand'),
        ('', 'wholebody'),
    ],
)
def test_published_results_have_the_scores_of_xtcocotools(
    shared_dir: Path, part: str, name: str
) -> None:
    folder = shared_dir / 'annotated' / 'wholebody_eval_json'
    truth, results, expected = (
        json.loads((folder / f'{file}.json').read_text())
        for file in ('example_wholebody_val', 'example_wholebody_preds', 'expected_xtcocotools')
    )
    scores = evaluate_oks(truth, results, WHOLEBODY, part=part)
    assert astuple(scores) == pytest.approx(expected[f'keypoints_{name}'], abs=1e-4)


@needs_pycocotools
@pytest.mark.parametrize(('skeleton', 'part'), PARTS)
def test_a_similarity_passes_the_thresholds_below_it(skeleton: Skeleton, part: str) -> None:
    joints = people(skeleton)
    found = moved_to(0.72, joints, skeleton)
    scores = evaluate_oks(make_truth(joints), make_results(found), skeleton, part=part)
    assert (scores.ap, scores.ar) == pytest.approx((0.5, 0.5))  # 0.5, 0.55, 0.6, 0.65, 0.7
    assert (scores.ap50, scores.ap75, scores.ap_large) == pytest.approx((1, 0, 0.5))
    assert np.isnan(scores.ap_medium)


@needs_pycocotools
@pytest.mark.parametrize(('skeleton', 'part'), PARTS)
def test_joints_of_other_parts_do_not_count(skeleton: Skeleton, part: str) -> None:
    joints = people(skeleton)
    found = 1e4 + joints
    chosen = indices_of(skeleton, part)
    found[:, chosen] = joints[:, chosen]
    scores = evaluate_oks(make_truth(joints), make_results(found), skeleton, part=part)
    assert (scores.ap, scores.ar) == pytest.approx((1, 1))


@needs_pycocotools
def test_somebody_without_a_labelled_joint_of_the_part_is_ignored() -> None:
    joints = people(WHOLEBODY, 2)
    joints[0, indices_of(WHOLEBODY, 'feet'), 2] = 0
    truth, results = make_truth(joints), make_results(joints)
    for found in (results, results[1:]):
        assert evaluate_oks(truth, found, WHOLEBODY, part='feet').ap == pytest.approx(1)
    assert evaluate_oks(truth, results[1:], WHOLEBODY).ar == 0.5


@needs_pycocotools
def test_half_of_the_people_found_is_half_of_the_recall() -> None:
    joints = people(COCO_17, 2)
    scores = evaluate_oks(make_truth(joints), make_results(joints[:1]), COCO_17)
    assert scores.ar == 0.5
    assert scores.ap == pytest.approx(51 / 101)  # of the recalls 0, 0.01, ... 1


@needs_pycocotools
def test_nobody_found_scores_zero_and_nobody_there_is_not_a_number() -> None:
    joints = people(COCO_17)
    truth = make_truth(joints)
    assert evaluate_oks(truth, [], COCO_17).ap == 0
    alone = {**truth, 'annotations': []}
    assert np.isnan(astuple(evaluate_oks(alone, make_results(joints), COCO_17))).all()


@needs_pycocotools
def test_nothing_is_printed_and_arguments_are_not_modified(
    capsys: pytest.CaptureFixture[str],
) -> None:
    joints = people(COCO_17, 3)
    truth, results = make_truth(joints), make_results(joints)
    before = copy.deepcopy((truth, results))
    evaluate_oks(truth, results, COCO_17)
    assert (truth, results) == before
    assert capsys.readouterr() == ('', '')


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        ({'skeleton': get_skeleton('mpii_16')}, 'mpii_16 has none'),
        ({'skeleton': WHOLEBODY}, r'truth must have 3 x 133 .* got 51'),
        ({'part': 'feet'}, r"part must be one of \['', 'body'\], got 'feet'"),
        ({'results': make_results(people(COCO_17, 2))}, r'images of truth, got \[1\]'),
        ({'results': make_results(people(COCO_17) * np.nan)}, 'results must have finite'),
        ({'results': [{'image_id': 0}]}, 'must have category_id, keypoints, score in'),
    ],
    ids=['no sigmas', 'other joints', 'no such part', 'unknown image', 'NaN', 'missing values'],
)
def test_what_does_not_fit_is_refused(change: dict[str, Any], message: str) -> None:
    joints = people(COCO_17)
    given = {'truth': make_truth(joints), 'results': make_results(joints), 'skeleton': COCO_17}
    with pytest.raises(ValueError, match=message):
        evaluate_oks(**{**given, **change})


def test_a_missing_library_is_named_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, 'pycocotools.coco', None)
    joints = people(COCO_17)
    with pytest.raises(ImportError, match='pycocotools: pip install'):
        evaluate_oks(make_truth(joints), make_results(joints), COCO_17)


# Two people with three joints on a line, 100 apart.
TRUE = np.array(2 * [[[0, 0], [100, 0], [200, 0]]], np.float32)
ALL_VISIBLE = np.ones((2, 3), bool)
SCALES = np.array([50, 100], np.float32)


def shifted(*errors: float) -> np.ndarray:
    """Return the people with each joint of both that much too low."""
    found = TRUE.copy()
    found[..., 1] += np.array(errors, np.float32)
    return found


def test_a_keypoint_is_correct_up_to_its_share_of_the_scale() -> None:
    shares = pck(shifted(10, 11, 21), TRUE, ALL_VISIBLE, scales=SCALES, alpha=0.2)
    np.testing.assert_array_equal(shares, np.array([1, 0.5, 0], np.float32))


def test_invisible_joints_and_people_without_scale_do_not_count() -> None:
    visible = ALL_VISIBLE.copy()
    visible[1, 1:] = False
    found = shifted(0, 0, 0)
    found[1] += 1000
    shares = pck(found, TRUE, visible, scales=SCALES, alpha=0.2)
    np.testing.assert_array_equal(shares, np.array([0.5, 1, 1], np.float32))
    scales = np.array([np.nan, 50], np.float32)
    shares = pck(found, TRUE, visible, scales=scales, alpha=0.2)
    np.testing.assert_array_equal(shares, np.array([0, np.nan, np.nan], np.float32))


@pytest.mark.filterwarnings('error')
def test_joints_that_are_not_estimated_are_never_correct() -> None:
    found = TRUE * np.array([[[np.nan], [1], [1]]], np.float32)
    shares = pck(found, TRUE, ALL_VISIBLE, scales=SCALES, alpha=0.5)
    np.testing.assert_array_equal(shares, np.array([0, 1, 1], np.float32))
    shares = pcp(found, TRUE, ALL_VISIBLE, [(0, 1), (1, 2)])
    np.testing.assert_array_equal(shares, np.array([0, 1], np.float32))


def test_a_limb_is_correct_if_both_ends_are_within_half_its_length() -> None:
    limbs = [(0, 1), (1, 2), (0, 2)]
    shares = pcp(shifted(50, 50, 51), TRUE, ALL_VISIBLE, limbs)
    np.testing.assert_array_equal(shares, np.array([1, 0, 1], np.float32))


def test_limbs_with_an_invisible_end_do_not_count() -> None:
    visible = np.array([[True, True, False], [True, True, False]])
    shares = pcp(shifted(0, 0, 0), TRUE, visible, [(0, 1), (1, 2)])
    np.testing.assert_array_equal(shares, np.array([1, np.nan], np.float32))


def test_detected_joints_are_measured_by_the_torso_of_each_person() -> None:
    names = ('left_shoulder', 'right_shoulder', 'right_hip')
    skeleton = Skeleton('torso', names, (), ())
    found = shifted(40, 41, 39)  # of a torso of 200
    visible = np.array([[True, True, True], [False, True, True]])
    shares = pdj(found, TRUE, visible, skeleton)
    np.testing.assert_array_equal(shares, np.array([1, 0, 1], np.float32))


def test_a_segment_is_as_long_as_its_joints_are_apart_and_unknown_if_one_is_hidden() -> None:
    joints = np.array([[[0, 0], [3, 4]], [[0, 0], [3, 4]]], np.float32)
    visible = np.array([[True, True], [True, False]])
    lengths = segment_lengths(joints, visible, 0, 1)
    np.testing.assert_array_equal(lengths, np.array([5, np.nan], np.float32))
    assert lengths.dtype == np.float32


@pytest.mark.filterwarnings('error')
def test_of_nobody_every_share_is_not_a_number() -> None:
    nobody, visible = TRUE[:0], ALL_VISIBLE[:0]
    shares = pck(nobody, nobody, visible, scales=SCALES[:0], alpha=0.2)
    np.testing.assert_array_equal(shares, np.full(3, np.nan, np.float32))
    shares = pcp(nobody, nobody, visible, COCO_17.limbs[:0])
    assert shares.shape == (0,)


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        ({'truth': TRUE[..., :1]}, r'truth must have shape \(N, K, 2\), got \(2, 3, 1\)'),
        ({'found': TRUE[:1]}, r'found must have shape \(2, 3, 2\), got \(1, 3, 2\)'),
        ({'is_visible': ALL_VISIBLE[:1]}, r'of shape \(2, 3\), got bool of \(1, 3\)'),
        ({'is_visible': np.ones((2, 3))}, r'must be bool .* got float64'),
        ({'scales': SCALES[:1]}, r'scales must have shape \(2,\), got \(1,\)'),
    ],
    ids=['truth', 'found', 'visibility', 'no flags', 'scales'],
)
def test_arrays_of_other_shapes_are_refused(change: dict[str, Any], message: str) -> None:
    given = {'found': TRUE, 'truth': TRUE, 'is_visible': ALL_VISIBLE, 'scales': SCALES}
    with pytest.raises(ValueError, match=message):
        pck(**{**given, **change}, alpha=0.5)
