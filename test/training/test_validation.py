# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the scores of a network under training."""

import math

import numpy as np
import pytest
import torch
from torch import nn
from torch import Tensor

from alphapose_ros.core.decoding import HeatmapDecoder
from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.training.pose_batches import PoseBatch
from alphapose_ros.training.targets import gaussian_targets
from alphapose_ros.training.validation import evaluate_pose_network
from alphapose_ros.training.validation import joint_scores
from alphapose_ros.training.validation import rank1

COCO = get_skeleton('coco_17')


class Truth(nn.Module):
    """Knows the joints of every crop, except the last ones of each person."""

    def __init__(self, points: Tensor, num_wrong: int) -> None:
        super().__init__()
        self.points = points.clone()
        self.points[:, 17 - num_wrong :] += 20
        self.next = 0

    def forward(self, crops: Tensor) -> Tensor:
        rows = slice(self.next, self.next + len(crops))
        self.next += len(crops)
        return gaussian_targets(self.points[rows], (64, 48))[0]


@pytest.mark.parametrize('num_wrong', [0, 3])
def test_the_share_of_right_joints_is_found(num_wrong: int) -> None:
    points = 4 * torch.randint(3, 40, (5, 17, 2)).float()
    batches = [
        PoseBatch(
            crops=torch.zeros((len(part), 3, 256, 192), dtype=torch.uint8),
            points=part,
            weights=torch.ones(len(part), 17),
            absent=torch.zeros(len(part), 17),
            identities=torch.zeros(len(part)),
            box_sizes=torch.full((len(part),), 100.0),
            areas=torch.full((len(part),), 5000.0),
        )
        for part in (points[:3], points[3:])
    ]
    scores = evaluate_pose_network(
        Truth(points, num_wrong),
        lambda crops: crops.float(),
        batches,
        decoder=HeatmapDecoder(),
        skeleton=COCO,
        device=torch.device('cpu'),
    )
    assert scores['pck'] == pytest.approx(1 - num_wrong / 17)
    assert scores['pck_body'] == scores['pck']
    assert (scores['oks'] == pytest.approx(1)) == (num_wrong == 0)
    assert 'rank1' not in scores


def test_joints_that_are_not_labelled_do_not_count() -> None:
    truth = np.zeros((1, 136, 2), np.float32)
    found = truth.copy()
    found[:, 26:] = 100
    is_labelled = np.arange(136)[None] < 30
    sizes = np.array([50], np.float32)
    scores = joint_scores(found, truth, is_labelled, sizes, sizes, get_skeleton('halpe_136'))
    assert scores['pck'] == pytest.approx(26 / 30)
    assert scores['pck_face'] == 0
    assert math.isnan(scores['pck_left_hand'])


def test_people_are_recognised_by_the_nearest_vector() -> None:
    angles = np.array([0.0, 0.1, 1.0, 1.1, 1.2, 3.0, 0.05])
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    # The fifth is nearest to somebody else, the sixth has one image, the last is unknown.
    identities = np.array([0, 0, 1, 2, 1, 3, -1])
    assert rank1(vectors, identities) == pytest.approx(2 / 4)
    assert math.isnan(rank1(vectors[:1], identities[:1]))
