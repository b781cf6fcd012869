# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the pose estimator, with tiny and with real networks."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from alphapose_ros.core.boxes import xywh_to_xyxy
from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.inference.load import load_pose_estimator
from alphapose_ros.inference.network import ModelFileError
from alphapose_ros.inference.network import Normalization
from alphapose_ros.inference.pose_estimator import PoseEstimator
from alphapose_ros.structures import Detections

IMAGENET = Normalization('rgb', (123.675, 116.28, 103.53), (58.395, 57.12, 57.375))


class FakeNetwork:
    """Gives the same heat maps for every crop."""

    def __init__(self, heatmaps: np.ndarray) -> None:
        self.size_wh, self.device, self.elapsed_s = (192, 256), 'cpu', 0.0
        self._heatmaps = heatmaps
        self.batches: list[int] = []

    def __call__(self, batch: np.ndarray) -> list[np.ndarray]:
        self.batches.append(len(batch))
        return [np.repeat(self._heatmaps[None], len(batch), axis=0)]


def people(*boxes: tuple[float, float, float, float]) -> Detections:
    array = np.array(boxes, np.float32).reshape(-1, 4)
    return Detections(array, np.full(len(array), 0.8, np.float32))


def peaks_at(x: int, y: int, value: float = 0.5) -> np.ndarray:
    heatmaps = np.zeros((17, 64, 48), np.float32)
    heatmaps[:, y, x] = value
    return heatmaps


def test_the_centre_of_the_heat_map_is_the_centre_of_the_box() -> None:
    estimator = PoseEstimator(FakeNetwork(peaks_at(24, 32)), IMAGENET)
    poses = estimator.estimate(np.zeros((480, 640, 3), np.uint8), people((100, 50, 200, 350)))
    np.testing.assert_allclose(poses.keypoints[0], np.full((17, 2), (150, 200)))
    np.testing.assert_allclose(poses.keypoint_scores, 0.5)
    np.testing.assert_allclose(poses.scores, 0.8 * 0.5)


def test_all_people_go_through_the_network_at_once() -> None:
    network = FakeNetwork(peaks_at(24, 32))
    estimator = PoseEstimator(network, IMAGENET)
    estimator.estimate(np.zeros((9, 9, 3), np.uint8), people((0, 0, 4, 8), (2, 0, 6, 8)))
    assert network.batches == [1, 2]  # the first is the warm-up


def test_nobody_does_not_run_the_network() -> None:
    network = FakeNetwork(peaks_at(24, 32))
    poses = PoseEstimator(network, IMAGENET).estimate(np.zeros((9, 9, 3), np.uint8), people())
    assert (len(poses), poses.num_keypoints, network.batches) == (0, 17, [1])


def test_a_joint_without_a_peak_is_nan_with_score_zero() -> None:
    heatmaps = peaks_at(24, 32)
    heatmaps[3] = -0.1
    poses = PoseEstimator(FakeNetwork(heatmaps), IMAGENET).estimate(
        np.zeros((9, 9, 3), np.uint8), people((0, 0, 4, 8))
    )
    assert np.isnan(poses.keypoints[0, 3]).all()
    assert poses.keypoint_scores[0, 3] == 0
    assert np.isfinite(poses.keypoints[0, [2, 4]]).all()


def test_scores_above_one_are_reported_as_one() -> None:
    estimator = PoseEstimator(FakeNetwork(peaks_at(24, 32, 1.3)), IMAGENET)
    poses = estimator.estimate(np.zeros((9, 9, 3), np.uint8), people((0, 0, 4, 8)))
    assert poses.keypoint_scores.max() == 1


def test_a_keypoint_set_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ModelFileError, match=r'halpe_26 has 26 keypoints, .* gives 17 heat maps'):
        PoseEstimator(FakeNetwork(peaks_at(1, 1)), IMAGENET, 'halpe_26')
    with pytest.raises(ValueError, match='no keypoint set has 5 joints'):
        PoseEstimator(FakeNetwork(peaks_at(1, 1)[:5]), IMAGENET)


def test_two_people_together_equal_each_alone(tiny_weights: Path) -> None:
    estimator = load_pose_estimator(
        'ultralight_simplepose', weights_dir=str(tiny_weights), device='cpu', threads=1
    )
    image = np.random.default_rng(0).integers(0, 256, (480, 640, 3), np.uint8)
    boxes = ((100.0, 50.0, 200.0, 350.0), (300.0, 100.0, 420.0, 400.0))
    together = estimator.estimate(image, people(*boxes))
    for i, box in enumerate(boxes):
        alone = estimator.estimate(image, people(box))
        np.testing.assert_allclose(together.keypoints[i], alone.keypoints[0], atol=1e-3)
        np.testing.assert_allclose(
            together.keypoint_scores[i], alone.keypoint_scores[0], atol=1e-5
        )


def test_a_real_network_finds_the_joints_of_labelled_people(shared_dir: Path) -> None:
    """Mean OKS over labelled people with ground-truth boxes; swapped sides or colours halve it."""
    folder = shared_dir / 'annotated' / 'coco_cc_by_subset'
    annotations = next(iter(sorted(folder.rglob('*.json'))))
    data = json.loads(annotations.read_text())
    names = {image['id']: image['file_name'] for image in data['images']}
    estimator = load_pose_estimator(
        'ultralight_simplepose', weights_dir=str(shared_dir / 'weights'), device='cpu'
    )
    sigmas = np.array(get_skeleton('coco_17').sigmas)
    similarities = []
    for person in data['annotations']:
        labels = np.array(person['keypoints'], float).reshape(-1, 3)
        is_labelled = labels[:, 2] > 0
        if is_labelled.sum() < 8:
            continue
        path = next(folder.rglob(Path(names[person['image_id']]).name))
        box = xywh_to_xyxy(np.array([person['bbox']], np.float32))
        detections = Detections(box, np.ones(1, np.float32))
        (keypoints,) = estimator.estimate(cv2.imread(str(path)), detections).keypoints
        squared = np.square(keypoints - labels[:, :2]).sum(axis=1)[is_labelled]
        exponents = squared / (8 * person['area'] * np.square(sigmas[is_labelled]))
        similarities.append(np.nan_to_num(np.exp(-exponents)).mean())
    assert len(similarities) >= 15
    assert np.mean(similarities) > 0.65
