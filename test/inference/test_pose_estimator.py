# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the pose estimator, with tiny and with real networks."""

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import torch
from torch import Tensor

from alphapose_ros.core.boxes import xywh_to_xyxy
from alphapose_ros.core.decoding import HeatmapDecoder
from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.inference.load import load_pose_estimator
from alphapose_ros.inference.network import Normalization
from alphapose_ros.inference.options import NetworkOptions
from alphapose_ros.inference.pose_estimator import PoseEstimator
from alphapose_ros.structures import Detections

IMAGENET = ((123.675, 116.28, 103.53), (58.395, 57.12, 57.375))
COCO = get_skeleton('coco_17')


class FakeNetwork:
    """Gives the same heat maps for every crop, and the further outputs in turn."""

    size_wh = (192, 256)
    device = 'cpu'
    tensor_device = torch.device('cpu')
    memory_format = torch.contiguous_format
    elapsed_s = 0.0

    def __init__(self, heatmaps: np.ndarray, *further: Tensor) -> None:
        self._heatmaps = torch.from_numpy(heatmaps)
        self._further = further
        self.batches: list[int] = []

    def __call__(self, batch: Tensor) -> list[Tensor]:
        self.batches.append(len(batch))
        return [self._heatmaps.expand(len(batch), -1, -1, -1), *self._further]


def estimator_of(network: FakeNetwork, flip_test: Any = 'off') -> PoseEstimator:
    normalization = Normalization('rgb', *IMAGENET, device=network.tensor_device)
    return PoseEstimator(network, normalization, HeatmapDecoder(), COCO, flip_test=flip_test)


def people(*boxes: tuple[float, float, float, float]) -> Detections:
    array = np.array(boxes, np.float32).reshape(-1, 4)
    return Detections(array, np.full(len(array), 0.8, np.float32))


def peaks_at(x: int, y: int, value: float = 0.5) -> np.ndarray:
    heatmaps = np.zeros((17, 64, 48), np.float32)
    heatmaps[:, y, x] = value
    return heatmaps


def test_the_centre_of_the_heat_map_is_the_centre_of_the_box() -> None:
    estimator = estimator_of(FakeNetwork(peaks_at(24, 32)))
    poses = estimator.estimate(np.zeros((480, 640, 3), np.uint8), people((100, 50, 200, 350)))
    np.testing.assert_allclose(poses.keypoints[0], np.full((17, 2), (150, 200)))
    np.testing.assert_allclose(poses.keypoint_scores, 0.5)
    np.testing.assert_allclose(poses.scores, 0.8 * 0.5)


def test_all_people_go_through_the_network_at_once() -> None:
    network = FakeNetwork(peaks_at(24, 32))
    estimator = estimator_of(network)
    estimator.estimate(np.zeros((9, 9, 3), np.uint8), people((0, 0, 4, 8), (2, 0, 6, 8)))
    assert network.batches == [2]


def test_nobody_does_not_run_the_network() -> None:
    network = FakeNetwork(peaks_at(24, 32))
    poses = estimator_of(network).estimate(np.zeros((9, 9, 3), np.uint8), people())
    assert (len(poses), poses.num_keypoints, network.batches) == (0, 17, [])


def test_a_joint_without_a_peak_is_nan_with_score_zero() -> None:
    heatmaps = peaks_at(24, 32)
    heatmaps[3] = -0.1
    poses = estimator_of(FakeNetwork(heatmaps)).estimate(
        np.zeros((9, 9, 3), np.uint8), people((0, 0, 4, 8))
    )
    assert np.isnan(poses.keypoints[0, 3]).all()
    assert poses.keypoint_scores[0, 3] == 0
    assert np.isfinite(poses.keypoints[0, [2, 4]]).all()


def test_scores_above_one_are_reported_as_one() -> None:
    estimator = estimator_of(FakeNetwork(peaks_at(24, 32, 1.3)))
    poses = estimator.estimate(np.zeros((9, 9, 3), np.uint8), people((0, 0, 4, 8)))
    assert poses.keypoint_scores.max() == 1


@pytest.mark.parametrize('flip_test', ['outputs', 'coordinates'])
def test_the_flip_test_averages_a_crop_and_its_mirror_image(flip_test: Any) -> None:
    network = FakeNetwork(peaks_at(20, 32))
    poses = estimator_of(network, flip_test).estimate(
        np.zeros((480, 640, 3), np.uint8), people((100, 50, 200, 350))
    )
    assert network.batches == [2]
    if flip_test == 'coordinates':  # column 20, and 47 - 20 shifted by one
        np.testing.assert_allclose(poses.keypoints[0, :, 0], 150)
        np.testing.assert_allclose(poses.keypoint_scores, 0.5)
    else:  # both peaks of half the height; the first wins
        np.testing.assert_allclose(poses.keypoints[0, :, 0], 150 - 4 * 375 * 0.75 / 48)
        np.testing.assert_allclose(poses.keypoint_scores, 0.25)


TWO_VECTORS = torch.tensor([[3.0, 4.0, 0.0], [0.0, 0.0, 2.0]])


def test_identity_vectors_come_with_the_joints_in_one_copy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    estimator = estimator_of(FakeNetwork(peaks_at(24, 32), TWO_VECTORS))
    copies: list[Tensor] = []
    to_cpu = Tensor.cpu
    monkeypatch.setattr(Tensor, 'cpu', lambda tensor: copies.append(tensor) or to_cpu(tensor))
    poses = estimator.estimate(
        np.zeros((480, 640, 3), np.uint8), people((100, 50, 200, 350), (0, 0, 40, 90))
    )
    np.testing.assert_allclose(poses.embeddings, [[0.6, 0.8, 0], [0, 0, 1]], atol=1e-6)
    np.testing.assert_allclose(poses.keypoints[0], np.full((17, 2), (150, 200)))
    np.testing.assert_allclose(poses.keypoint_scores, 0.5)
    assert len(copies) == 1


@pytest.mark.parametrize('flip_test', ['outputs', 'coordinates'])
def test_the_flip_test_averages_identity_vectors(flip_test: Any) -> None:
    vectors = torch.tensor([[0.6, 0.8, 0.0], [0.0, 0.8, 0.6]])
    estimator = estimator_of(FakeNetwork(peaks_at(24, 32), vectors), flip_test)
    poses = estimator.estimate(np.zeros((9, 9, 3), np.uint8), people((0, 0, 4, 8)))
    expected = np.array([[0.3, 0.8, 0.3]]) / np.sqrt(0.82)
    np.testing.assert_allclose(poses.embeddings, expected, atol=1e-6)


@pytest.mark.parametrize(
    'output',
    [
        pytest.param(torch.ones(1, 2, 64, 48), id='dense'),
        pytest.param(torch.ones(1, 17, dtype=torch.int64), id='cells'),
    ],
)
def test_another_second_output_is_no_identity(output: Tensor) -> None:
    estimator = estimator_of(FakeNetwork(peaks_at(24, 32), output))
    poses = estimator.estimate(np.zeros((9, 9, 3), np.uint8), people((0, 0, 4, 8)))
    assert poses.embeddings.shape == (1, 0)


def test_the_image_is_not_modified() -> None:
    image = np.random.default_rng(0).integers(0, 256, (48, 64, 3), np.uint8)
    before = image.copy()
    estimator_of(FakeNetwork(peaks_at(24, 32))).estimate(image, people((0, 0, 40, 40)))
    np.testing.assert_array_equal(image, before)


def test_two_people_together_equal_each_alone(tiny_weights: Path) -> None:
    estimator = load_pose_estimator(
        'ultralight_simplepose',
        NetworkOptions(weights_dir=str(tiny_weights), device='cpu', threads=1),
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
        'ultralight_simplepose',
        NetworkOptions(weights_dir=str(shared_dir / 'weights'), device='cpu'),
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
