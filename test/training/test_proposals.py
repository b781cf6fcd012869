# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of boxes that are displaced as a detector would."""

import numpy as np
import pytest

from alphapose_ros.training.proposals import learn_proposals
from alphapose_ros.training.proposals import match_boxes
from alphapose_ros.training.proposals import nearest_centres
from alphapose_ros.training.proposals import normalize_poses
from alphapose_ros.training.proposals import ProposalModel
from alphapose_ros.training.proposals import propose
from alphapose_ros.training.proposals import published_model

BOX = np.array([300, 200, 500, 600], np.float32)
IMAGE_WH = (1000, 900)
EDGES = np.array([0, 0, *IMAGE_WH])


def people(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return joints, weights, true and detected boxes: who reaches out loses his arms."""
    rng = np.random.default_rng(seed)
    boxes = np.tile(BOX, (n, 1))
    poses = np.full((n, 3, 2), 0.5) + rng.normal(0, 0.02, (n, 3, 2))
    poses[n // 2 :, 0, 0] = 0.95
    offsets = rng.normal(0, 0.01, (n, 4))
    offsets[n // 2 :, 2] -= 0.2
    size = np.tile(BOX[2:] - BOX[:2], 2)
    keypoints = poses * size[:2] + BOX[:2]
    detected = boxes + offsets * size
    weights = np.ones((n, 3), np.float32)
    return tuple(a.astype(np.float32) for a in (keypoints, weights, boxes, detected))  # type: ignore[return-value]


def test_published_offsets_have_their_mean_and_spread() -> None:
    rng, proposals = np.random.default_rng(0), []
    for _ in range(4000):
        keypoints, weights = np.zeros((17, 2), np.float32), np.zeros(17, np.float32)
        proposals.append(propose(BOX, keypoints, weights, published_model(), edges=EDGES, rng=rng))
    offsets = (np.array(proposals) - BOX) / np.tile(BOX[2:] - BOX[:2], 2)
    is_patch = ((offsets[:, :2] >= 0) & (offsets[:, 2:] <= 0)).all(axis=1)
    sizes = (np.array(proposals)[:, 2:] - np.array(proposals)[:, :2]) / (BOX[2:] - BOX[:2])
    # A patch is as much smaller in width as in height.
    is_patch &= np.abs(sizes[:, 0] - sizes[:, 1]) < 1e-4
    assert is_patch.mean() == pytest.approx(0.15, abs=0.02)
    others = offsets[~is_patch]
    np.testing.assert_allclose(others.std(axis=0), [0.1158, 0.068, 0.1337, 0.0711], rtol=0.06)
    np.testing.assert_allclose(others.mean(axis=0), [-0.0142, 0.0043, 0.0154, -0.0013], atol=8e-3)


@pytest.mark.parametrize('box', [[0, 0, 5, 3], [990, 880, 1200, 1000], [-50, -50, 20, 20]])
def test_proposals_stay_in_the_image_and_have_a_size(box: list[float]) -> None:
    rng = np.random.default_rng(0)
    for _ in range(200):
        x0, y0, x1, y1 = propose(
            np.array(box, np.float32),
            np.zeros((1, 2), np.float32),
            np.zeros(1, np.float32),
            published_model(),
            edges=EDGES,
            rng=rng,
        )
        assert 0 <= x0 <= x1 - 1.999 <= IMAGE_WH[0] - 1
        assert 0 <= y0 <= y1 - 1.999 <= IMAGE_WH[1] - 1


def test_offsets_are_learnt_per_pose() -> None:
    keypoints, weights, boxes, detected = people(200)
    model = learn_proposals(keypoints, weights, boxes, detected, num_clusters=2)
    poses = normalize_poses(keypoints, boxes)
    clusters = nearest_centres(poses, weights, model.centres)
    assert len(set(clusters[:100])) == len(set(clusters[100:])) == 1
    assert clusters[0] != clusters[-1]
    right_edges = model.means[clusters[[0, -1]], 2]
    np.testing.assert_allclose(right_edges, [0, -0.2], atol=0.01)
    np.testing.assert_allclose(np.sqrt(model.covariances[0].diagonal()), 0.01, rtol=0.3)


def test_proposals_of_a_learnt_model_follow_the_pose() -> None:
    keypoints, weights, boxes, detected = people(200)
    model = learn_proposals(keypoints, weights, boxes, detected, num_clusters=2)
    rng = np.random.default_rng(0)
    right = [
        np.median(
            [
                propose(BOX, keypoints[i], weights[i], model, edges=EDGES, rng=rng)[2]
                for _ in range(100)
            ]
        )
        for i in (0, -1)
    ]
    np.testing.assert_allclose(right, [500, 460], atol=5)


def test_joints_without_label_do_not_decide_the_pose() -> None:
    centres = np.array([[[0, 0], [0, 0]], [[1, 1], [0, 0]]], np.float32)
    pose = np.array([[[1, 1], [9, 9]]], np.float32)
    assert nearest_centres(pose, np.array([[1, 0]], np.float32), centres).tolist() == [1]


def test_too_few_people_are_refused() -> None:
    with pytest.raises(ValueError, match='20 people or more, got 5'):
        learn_proposals(*people(5))


def test_people_and_detections_are_paired_one_to_one() -> None:
    boxes = np.array([[0, 0, 10, 10], [1, 0, 11, 10], [50, 50, 60, 60]], np.float32)
    detected = np.array([[0, 0, 10, 11], [80, 80, 90, 90]], np.float32)
    matched, found = match_boxes(boxes, detected)
    assert matched.tolist() == [0]
    np.testing.assert_array_equal(found, detected[:1])


def test_no_detections_give_no_pairs() -> None:
    matched, found = match_boxes(BOX[None], np.zeros((0, 4), np.float32))
    assert len(matched) == len(found) == 0


def test_the_published_model_serves_any_pose() -> None:
    model = published_model()
    assert isinstance(model, ProposalModel)
    poses, weights = np.zeros((3, 136, 2), np.float32), np.ones((3, 136), np.float32)
    assert nearest_centres(poses, weights, model.centres).tolist() == [0, 0, 0]
