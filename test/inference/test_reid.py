# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of identity vectors, with a network of mean colours and with real weights."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from alphapose_ros.inference.load import load_reid
from alphapose_ros.inference.network import ModelFileError
from alphapose_ros.inference.network import Normalization
from alphapose_ros.inference.options import NetworkOptions
from alphapose_ros.inference.reid import ReidEstimator
from alphapose_ros.io.video import FrameSource

RED, GREEN, BLUE = (0, 0, 200), (0, 100, 0), (50, 0, 0)


class MeanColour:
    """Gives the mean colour of every crop."""

    size_wh = (8, 16)
    device = 'cpu'
    tensor_device = torch.device('cpu')
    memory_format = torch.contiguous_format
    elapsed_s = 0.0

    def __init__(self) -> None:
        self.batches: list[int] = []

    def __call__(self, batch: Tensor) -> list[Tensor]:
        self.batches.append(len(batch))
        return [batch.mean(dim=(2, 3))]


@pytest.fixture
def reid() -> ReidEstimator:
    network = MeanColour()
    return ReidEstimator(
        network, Normalization('rgb', (0.0,) * 3, (1.0,) * 3, device=network.tensor_device)
    )


@pytest.fixture
def image() -> np.ndarray:
    """Return a blue wall, a red person at the left border, and a wide green one."""
    image = np.full((60, 90, 3), BLUE, np.uint8)
    image[10:50, 0:10] = RED
    image[20:30, 40:80] = GREEN
    return image


def boxes_of(*boxes: tuple[float, float, float, float]) -> np.ndarray:
    return np.array(boxes, np.float32).reshape(-1, 4)


def test_every_box_gets_the_unit_vector_of_what_is_in_it(
    reid: ReidEstimator, image: np.ndarray
) -> None:
    vectors = reid.embed(image, boxes_of((41, 21, 79, 29), (1, 11, 9, 49), (20, 40, 80, 50)))
    np.testing.assert_allclose(vectors, [[0, 1, 0], [1, 0, 0], [0, 0, 1]], atol=1e-6)
    assert vectors.dtype == np.float32


def test_all_people_go_through_the_network_at_once(reid: ReidEstimator, image: np.ndarray) -> None:
    reid.embed(image, boxes_of((0, 0, 9, 9), (1, 1, 5, 9)))
    assert reid.network.batches == [2]


def test_nobody_does_not_run_the_network(reid: ReidEstimator, image: np.ndarray) -> None:
    reid.warm_up()
    assert reid.embed(image, boxes_of()).shape == (0, 3)
    assert reid.network.batches == [1]


def test_a_box_that_leaves_the_image_is_clipped(reid: ReidEstimator, image: np.ndarray) -> None:
    vectors = reid.embed(image, boxes_of((-30, 11, 9, 49)))
    np.testing.assert_allclose(vectors, [[1, 0, 0]], atol=1e-6)


@pytest.mark.parametrize(
    'box',
    [
        pytest.param((-50, 20, -10, 40), id='left'),
        pytest.param((100, 20, 140, 40), id='right'),
        pytest.param((5, 70, 9, 90), id='below'),
        pytest.param((30, 30, 30, 30), id='empty'),
    ],
)
def test_a_box_without_a_pixel_still_gives_a_unit_vector(
    reid: ReidEstimator, image: np.ndarray, box: tuple[float, float, float, float]
) -> None:
    np.testing.assert_allclose(np.linalg.norm(reid.embed(image, boxes_of(box))), 1, atol=1e-6)


def test_a_pose_network_is_refused(tiny_weights: Path) -> None:
    path = str(tiny_weights / 'ultralight_simplepose.onnx')
    with pytest.raises(ModelFileError, match=r'vectors \(N, D\), got \(1, 17, 64, 48\)'):
        load_reid(path, NetworkOptions(device='cpu', threads=1))


def test_the_nearest_vector_in_a_real_clip_is_of_the_same_person(shared_dir: Path) -> None:
    """Rank 1: of all boxes in other frames, the most alike. Colours in another order: .88."""
    folder = shared_dir / 'tracking' / 'TUD-Campus'
    options = NetworkOptions(weights_dir=str(shared_dir / 'weights'), device='cpu')
    reid = load_reid('osnet_x0_25_msmt17', options)
    rows = np.loadtxt(folder / 'gt' / 'gt.txt', delimiter=',', usecols=range(6))
    images = FrameSource(str(folder / 'TUD-Campus.mp4'))
    vectors = []
    for frame in range(1, 72):
        image, boxes = images.read(), rows[rows[:, 0] == frame, 2:6].astype(np.float32)
        boxes[:, 2:] += boxes[:, :2]
        if frame % 5 == 1:
            vectors.append(reid.embed(image, boxes))
    frames, identities = rows[rows[:, 0] % 5 == 1, :2].T
    cosines = np.concatenate(vectors) @ np.concatenate(vectors).T
    cosines[frames[:, None] == frames] = -1
    assert (identities[cosines.argmax(axis=1)] == identities).mean() >= 0.92
