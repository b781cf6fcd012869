# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of parametric pose non-maximum suppression: scenes with copies, and without."""

from dataclasses import replace
import json
from pathlib import Path

from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import numpy as np
import pytest

from alphapose_ros.core.boxes import box_iou
from alphapose_ros.core.pose_nms import PoseNmsConfig
from alphapose_ros.core.pose_nms import suppress_poses
from alphapose_ros.core.pose_nms_compat import HEATMAP_CONSTANTS
from alphapose_ros.core.pose_nms_compat import suppress_poses_compat
from alphapose_ros.core.skeletons import find_skeleton
from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.structures import Poses

SETS = (17, 26, 133, 136)
COCO = find_skeleton(17)
# Scenes in which every copy repeats its whole person.
COMPLETE_COPIES = (0, 1, 3, 6, 9, 10, 15, 18, 21, 22, 25, 31, 42, 43)
DISTINCT = (7, 13, 16, 24, 30, 33, 39)


def poses_of(keypoints: np.ndarray, rng: np.random.Generator, boxes: np.ndarray) -> Poses:
    n, k = keypoints.shape[:2]
    keypoint_scores = rng.uniform(0.3, 1, (n, k)).astype(np.float32)
    box_scores = rng.uniform(0.5, 1, n).astype(np.float32)
    return Poses(
        boxes=boxes.astype(np.float32),
        box_scores=box_scores,
        keypoints=keypoints.astype(np.float32),
        keypoint_scores=keypoint_scores,
        scores=box_scores * keypoint_scores.mean(axis=1),
        embeddings=np.arange(n, dtype=np.float32)[:, None],
    )


def crowd(n: int, k: int, *, height: float = 200, spacing: float = 0.25, seed: int = 0) -> Poses:
    """Return people in a row; each is 0.4 heights wide and starts `spacing` heights after."""
    rng = np.random.default_rng(seed)
    size = height * np.array([0.4, 1])
    corners = np.arange(n)[:, None] * height * np.array([spacing, 0]) + 50
    boxes = np.concatenate([corners, corners + size], axis=1)
    return poses_of(corners[:, None] + rng.uniform(0, 1, (n, k, 2)) * size, rng, boxes)


def noisy_copy(poses: Poses, noise: float, seed: int = 1) -> Poses:
    """Return everybody again, a little less sure; noise in parts of the longer side."""
    rng = np.random.default_rng(seed)
    size = (poses.boxes[:, 2:] - poses.boxes[:, :2]).max(axis=1)[:, None, None]
    offsets = rng.normal(0, noise, poses.keypoints.shape) * size
    return replace(
        poses,
        keypoints=(poses.keypoints + offsets).astype(np.float32),
        keypoint_scores=poses.keypoint_scores.copy(),
        box_scores=poses.box_scores * np.float32(0.9),
    )


def assert_equal(a: Poses, b: Poses) -> None:
    for name, values in vars(a).items():
        np.testing.assert_array_equal(values, vars(b)[name], err_msg=name)


@pytest.mark.parametrize('k', SETS)
@pytest.mark.parametrize('n', [1, 11, 20])
def test_exact_copies_go_and_change_nobody(n: int, k: int) -> None:
    people = crowd(n, k)
    left = suppress_poses(people.concatenate(people), find_skeleton(k))
    alone = suppress_poses(people, find_skeleton(k))
    assert len(left) == n
    np.testing.assert_array_equal(left.keypoints, alone.keypoints)
    np.testing.assert_allclose(left.keypoint_scores, alone.keypoint_scores, rtol=1e-6)


@pytest.mark.parametrize('height', [40, 200, 2000])
@pytest.mark.parametrize('k', SETS)
def test_noisy_copies_go_at_any_resolution(k: int, height: float) -> None:
    people = crowd(20, k, height=height)
    left = suppress_poses(people.concatenate(noisy_copy(people, 0.025)), find_skeleton(k))
    assert sorted(left.embeddings[:, 0]) == list(range(20))


def test_a_noisy_copy_in_a_crowd_goes_where_the_compatible_method_keeps_it() -> None:
    people = crowd(11, 136)
    scene = people.concatenate(noisy_copy(people, 0.02))
    assert len(suppress_poses_compat(scene, HEATMAP_CONSTANTS).picks) == 20
    assert len(suppress_poses(scene, find_skeleton(136))) == 11


@pytest.mark.parametrize('k', SETS)
def test_a_crowd_of_different_people_stays_as_it_is(k: int) -> None:
    people = crowd(40, k)
    left = suppress_poses(people, find_skeleton(k))
    assert_equal(left, people[np.argsort(-people.scores)])


@pytest.mark.parametrize('k', SETS)
def test_people_whose_boxes_overlap_by_half_stay(k: int) -> None:
    people = crowd(8, k, spacing=0.4 / 3)
    assert box_iou(people.boxes[:1], people.boxes[1:2])[0, 0] == pytest.approx(0.5, abs=0.01)
    assert len(suppress_poses(people, find_skeleton(k))) == 8


def test_people_in_step_stay() -> None:
    people = crowd(2, 17, spacing=0.1)
    first = people.keypoints[0]
    in_step = replace(people, keypoints=np.stack([first, first + np.float32([20, 0])]))
    assert len(suppress_poses(in_step, COCO)) == 2


def test_half_a_body_goes_with_the_whole_one() -> None:
    people = crowd(1, 17)
    noisy = noisy_copy(people, 0.01)
    noisy.keypoints[0, 8:], noisy.keypoint_scores[0, 8:] = np.nan, 0
    left = suppress_poses(people.concatenate(noisy), COCO)
    assert len(left) == 1
    np.testing.assert_array_equal(left.keypoints[0, 8:], people.keypoints[0, 8:])
    assert not np.isnan(left.keypoints).any()


def test_people_of_whom_different_joints_are_known_stay() -> None:
    people = crowd(1, 17).concatenate(crowd(1, 17))
    people.keypoints[0, :9], people.keypoint_scores[0, :9] = np.nan, 0
    people.keypoints[1, 9:], people.keypoint_scores[1, 9:] = np.nan, 0
    left = suppress_poses(people, COCO)
    assert np.isnan(left.keypoints[..., 0]).sum() == 17


def test_people_without_any_joint_stay_with_score_zero() -> None:
    people = crowd(2, 17)
    people.keypoints[:], people.keypoint_scores[:] = np.nan, 0
    np.testing.assert_array_equal(suppress_poses(people, COCO).scores, [0, 0])


@pytest.mark.parametrize('n', [0, 1])
def test_nobody_and_one_person_pass(n: int) -> None:
    assert_equal(suppress_poses(crowd(n, 17), COCO), crowd(n, 17))


def test_merged_joints_are_means_weighted_by_scores() -> None:
    people = crowd(1, 17)
    moved = noisy_copy(people, 0)
    moved.keypoints[:] += 2
    moved.keypoints[0, 0] += 100
    people.keypoint_scores[:], moved.keypoint_scores[:] = 0.9, 0.3
    left = suppress_poses(moved.concatenate(people), COCO)
    np.testing.assert_allclose(left.keypoints[0, 1:], people.keypoints[0, 1:] + 0.5, rtol=1e-5)
    np.testing.assert_array_equal(left.keypoints[0, 0], people.keypoints[0, 0])
    np.testing.assert_allclose(left.keypoint_scores[0, :2], [0.9, 0.75], rtol=1e-6)
    assert left.scores[0] == pytest.approx(left.box_scores[0] * left.keypoint_scores[0].mean())


def test_box_and_embedding_are_the_best_ones() -> None:
    people = crowd(1, 17)
    best = replace(people, box_scores=np.ones(1, np.float32), embeddings=np.float32([[7]]))
    left = suppress_poses(noisy_copy(people, 0.01).concatenate(best), COCO)
    assert (left.box_scores[0], left.embeddings[0, 0]) == (1, 7)


@pytest.mark.parametrize('k', SETS)
def test_the_order_of_the_people_plays_no_part(k: int) -> None:
    people = crowd(20, k)
    scene = people.concatenate(noisy_copy(people, 0.02))
    order = np.random.default_rng(2).permutation(40)
    skeleton = find_skeleton(k)
    assert_equal(suppress_poses(scene[order], skeleton), suppress_poses(scene, skeleton))


def test_hands_and_face_are_found_by_the_groups_of_the_skeleton() -> None:
    skeleton = get_skeleton('coco_wholebody_133')
    people = crowd(2, 133)
    face = slice(23, 91)
    people.keypoints[1, face] = people.keypoints[0, face]
    config = PoseNmsConfig(face_weight=100)
    assert len(suppress_poses(people, skeleton)) == 2
    assert len(suppress_poses(people, skeleton, config)) == 1
    people.keypoints[1, face] += 9  # pixels: 0.045 heights
    assert len(suppress_poses(people, skeleton, replace(config, face_factor=2))) == 1
    assert len(suppress_poses(people, skeleton, config)) == 2


def test_another_number_of_joints_is_refused() -> None:
    with pytest.raises(ValueError, match='must have the 17 joints of coco_17, got 26'):
        suppress_poses(crowd(2, 26), COCO)


@pytest.mark.parametrize(
    ('name', 'value'),
    [('max_similarity', 1.5), ('tolerance', 0), ('hand_factor', np.nan), ('face_weight', -1)],
)
def test_constants_out_of_range_are_refused(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=f'{name} must be .*, got {value}'):
        PoseNmsConfig(**{name: value})


@st.composite
def scenes(draw: st.DrawFn) -> Poses:
    """Return people with near, far, and missing joints, with equal scores among them."""
    n = draw(st.integers(0, 12))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    people = crowd(
        n, 17, spacing=draw(st.sampled_from([0, 0.03, 0.1, 0.3])), seed=int(rng.integers(99))
    )
    mixed = np.where(rng.random((n, 17, 1)) < 0.5, people.keypoints[:1], people.keypoints)
    mixed = np.where(rng.random((n, 17, 1)) < 0.2, np.nan, mixed + rng.normal(0, 4, (n, 17, 2)))
    scores = np.where(np.isnan(mixed[..., 0]), 0, rng.choice([0.1, 0.5, 1], (n, 17)))
    return replace(
        people,
        keypoints=mixed.astype(np.float32),
        keypoint_scores=scores.astype(np.float32),
        box_scores=rng.choice([0.5, 1], n).astype(np.float32),
    )


@pytest.mark.filterwarnings('error')
@settings(deadline=None, max_examples=100, derandomize=True)
@given(scenes())
def test_nobody_is_added_and_a_second_time_changes_nobody(people: Poses) -> None:
    before = {name: values.copy() for name, values in vars(people).items()}
    once = suppress_poses(people, COCO)
    assert_equal(people, Poses(**before))
    assert_equal(suppress_poses(once, COCO), once)
    assert (len(people) > 0) <= len(once) <= len(people)
    assert (np.diff(once.scores) <= 0).all()
    for scores in (once.scores, once.keypoint_scores):
        assert ((scores >= 0) & (scores <= 1)).all()
    low, high = np.nanmin(people.keypoints, initial=9e9), np.nanmax(people.keypoints, initial=0)
    joints = once.keypoints[~np.isnan(once.keypoints)]
    assert ((joints > low - 1e-3) & (joints < high + 1e-3)).all()


def read_scene(shared_dir: Path, case: int) -> Poses:
    with np.load(shared_dir / 'fixtures' / 'pose_nms' / 'cases.npz') as arrays:
        boxes, box_scores, keypoints, scores = (
            arrays[f'c{case:02d}_{name}'] for name in ('boxes', 'box_scores', 'poses', 'scores')
        )
    n = len(boxes)
    return Poses(
        boxes=boxes,
        box_scores=box_scores[:, 0],
        keypoints=keypoints,
        keypoint_scores=scores[..., 0],
        scores=np.zeros(n, np.float32),
        embeddings=np.zeros((n, 0), np.float32),
    )


@pytest.mark.parametrize('case', DISTINCT)
def test_shared_scenes_of_different_people_keep_everybody(shared_dir: Path, case: int) -> None:
    people = read_scene(shared_dir, case)
    assert len(suppress_poses(people, find_skeleton(people.num_keypoints))) == len(people)


def count_people(boxes: np.ndarray) -> int:
    """Copies in the shared scenes have almost the box of their person, others have not."""
    is_same = box_iou(boxes, boxes) > 0.75
    return int((np.argmax(is_same, axis=1) == np.arange(len(boxes))).sum())


@pytest.mark.parametrize('case', COMPLETE_COPIES)
def test_shared_scenes_with_copies_keep_each_person_once(shared_dir: Path, case: int) -> None:
    people = read_scene(shared_dir, case)
    left = suppress_poses(people, find_skeleton(people.num_keypoints))
    assert len(left) == count_people(people.boxes)


def test_shared_scenes_never_lose_a_person(shared_dir: Path) -> None:
    index = json.loads((shared_dir / 'fixtures' / 'pose_nms' / 'index.json').read_text())
    for row in index['cases']:
        people = read_scene(shared_dir, row['case'])
        left = suppress_poses(people, find_skeleton(people.num_keypoints))
        assert (box_iou(people.boxes, left.boxes).max(axis=1) > 0.75).all(), row
