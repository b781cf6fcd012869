# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the pose suppression that repeats AlphaPose's results, against measured ones."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alphapose_ros.core.pose_nms_compat import choose_constants
from alphapose_ros.core.pose_nms_compat import HEATMAP_CONSTANTS
from alphapose_ros.core.pose_nms_compat import proposal_scores
from alphapose_ros.core.pose_nms_compat import REGRESSION_CONSTANTS
from alphapose_ros.core.pose_nms_compat import suppress_by_similarity
from alphapose_ros.core.pose_nms_compat import suppress_poses_compat
from alphapose_ros.core.skeletons import find_skeleton
from alphapose_ros.structures import Poses


def poses_of(
    keypoints: np.ndarray, keypoint_scores: np.ndarray, boxes: np.ndarray, box_scores: np.ndarray
) -> Poses:
    n = len(keypoints)
    return Poses(
        boxes=boxes.astype(np.float32),
        box_scores=box_scores.astype(np.float32),
        keypoints=keypoints.astype(np.float32),
        keypoint_scores=keypoint_scores.astype(np.float32),
        scores=np.zeros(n, np.float32),
        embeddings=np.zeros((n, 0), np.float32),
    )


def person(k: int, n: int = 1, score: float = 0.9) -> Poses:
    """Return n copies of one person of 100 x 200 pixels."""
    joints = np.random.default_rng(0).uniform(0, 1, (1, k, 2)) * [100, 200]
    boxes = np.tile([0, 0, 100, 200], (n, 1))
    return poses_of(joints.repeat(n, axis=0), np.full((n, k), score), boxes, np.ones(n))


@pytest.fixture(scope='module')
def cases(shared_dir: Path) -> tuple[list[dict[str, Any]], dict[str, np.ndarray]]:
    folder = shared_dir / 'fixtures' / 'pose_nms'
    with np.load(folder / 'cases.npz') as arrays:
        return json.loads((folder / 'index.json').read_text())['cases'], dict(arrays)


def test_all_measured_scenes_come_out_equal(cases: Any) -> None:
    rows, arrays = cases
    assert len(rows) == 30
    for row in rows:
        case = {
            name.split('_', 1)[1]: values
            for name, values in arrays.items()
            if name.startswith(f'c{row["case"]:02d}_')
        }
        people = poses_of(
            case['poses'], case['scores'][..., 0], case['boxes'], case['box_scores'][:, 0]
        )
        constants = choose_constants(row['joints'], is_heatmap_loss=row['use_heatmap_loss'])
        result = suppress_poses_compat(people, constants, min_area=row['area_thr'])
        np.testing.assert_array_equal(result.picks, case['out_pick'], err_msg=str(row))
        np.testing.assert_array_equal(result.is_member, case['out_merged'])
        np.testing.assert_array_equal(result.poses.boxes, case['out_boxes'])
        np.testing.assert_array_equal(result.poses.box_scores, case['out_box_scores'])
        for ours, measured in (
            (result.poses.keypoints, case['out_poses']),
            (result.poses.keypoint_scores, case['out_scores'][..., 0]),
            (proposal_scores(result.poses), case['out_proposal_score']),
        ):
            np.testing.assert_allclose(ours, measured, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize('k', [17, 26, 133, 136])
def test_suppression_by_similarity_equals_the_measured_one(shared_dir: Path, k: int) -> None:
    with np.load(shared_dir / 'fixtures' / 'pose_nms' / 'oks.npz') as arrays:
        case = {name: arrays[f'oks{k}_{name}'] for name in ('kpts', 'area', 'box_score', 'keep')}
        rescored = arrays[f'oks{k}_rescored']
    joints = case['kpts'].reshape(-1, k, 3)
    people = poses_of(joints[..., :2], joints[..., 2], np.zeros((12, 4)), case['box_score'])
    kept, scores = suppress_by_similarity(people, find_skeleton(k), case['area'])
    np.testing.assert_array_equal(kept, case['keep'])
    np.testing.assert_allclose(scores, rescored, rtol=1e-6)


@pytest.mark.parametrize(
    ('k', 'is_heatmap_loss', 'expected'),
    [
        pytest.param(17, True, HEATMAP_CONSTANTS, id='body'),
        pytest.param(26, False, HEATMAP_CONSTANTS, id='body, regression'),
        pytest.param(136, True, HEATMAP_CONSTANTS, id='whole body'),
        pytest.param(133, False, REGRESSION_CONSTANTS, id='whole body, regression'),
    ],
)
def test_constants_go_by_joints_and_loss(k: int, is_heatmap_loss: bool, expected: Any) -> None:
    assert choose_constants(k, is_heatmap_loss=is_heatmap_loss) is expected


@pytest.mark.parametrize(
    ('constants', 'n', 'left'),
    [
        pytest.param(HEATMAP_CONSTANTS, 6, 1, id='few'),
        # One leaves alone, then the match of the other six counts again.
        pytest.param(HEATMAP_CONSTANTS, 7, 2, id='crowd'),
        pytest.param(REGRESSION_CONSTANTS, 22, 1, id='crowd, regression'),
    ],
)
def test_of_whole_bodies_exact_copies_stay_in_a_crowd(constants: Any, n: int, left: int) -> None:
    assert len(suppress_poses_compat(person(136, n), constants).picks) == left


def test_one_model_does_not_change_the_constants_of_the_next() -> None:
    before = suppress_poses_compat(person(17, 3), HEATMAP_CONSTANTS).picks
    suppress_poses_compat(person(136, 3), REGRESSION_CONSTANTS)
    after = suppress_poses_compat(person(17, 3), HEATMAP_CONSTANTS).picks
    np.testing.assert_array_equal(after, before)


@pytest.mark.parametrize('k', [17, 136])
def test_nobody_gives_nobody(k: int) -> None:
    result = suppress_poses_compat(person(k, 0), HEATMAP_CONSTANTS)
    assert (len(result.poses), result.is_member.shape) == (0, (0, 0))


def test_unsure_and_small_people_are_dropped() -> None:
    assert len(suppress_poses_compat(person(17, score=0.29), HEATMAP_CONSTANTS).poses) == 0
    joints = person(17).keypoints[0]
    area = float(2.25 * np.ptp(joints, axis=0).prod())
    for min_area, left in ((area - 10, 1), (area + 10, 0)):
        result = suppress_poses_compat(person(17), HEATMAP_CONSTANTS, min_area=min_area)
        assert len(result.poses) == left


@pytest.mark.filterwarnings('error')
@pytest.mark.parametrize('k', [17, 136])
def test_a_joint_that_is_not_known_is_near_nobodys(k: int) -> None:
    people = person(k, 2)
    people.keypoints[0, 0], people.keypoint_scores[0, 0] = np.nan, 0
    people.keypoint_scores[1] *= 0.5
    result = suppress_poses_compat(people, HEATMAP_CONSTANTS)
    np.testing.assert_array_equal(result.picks, [0])
    assert np.isnan(result.poses.keypoints[0, 0]).all()
    np.testing.assert_allclose(result.poses.keypoints[0, 1:], people.keypoints[1, 1:], rtol=1e-6)
