# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of pose-guided attention: what it looks at, and that it learns."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn
from torch import Tensor
from torch.nn import functional

from alphapose_ros.core.crops import boxes_to_crop_boxes
from alphapose_ros.core.crops import extract_crops
from alphapose_ros.io.video import FrameSource
from alphapose_ros.models.fastpose import FastPose
from alphapose_ros.models.identity_branch import IdentityBranch
from alphapose_ros.models.identity_branch import PartIdentityBranch

CROP_WH = (96, 128)


def random_features(n: int) -> Tensor:
    return torch.rand((n, 8, 8, 6), generator=torch.Generator().manual_seed(0))


def blob(x: int, n: int = 1) -> Tensor:
    heatmaps = torch.zeros((n, 3, 64, 48))
    heatmaps[..., 16:48, x : x + 8] = 1.0
    return heatmaps


Branch = IdentityBranch | PartIdentityBranch


@pytest.fixture(params=[IdentityBranch, PartIdentityBranch])
def branch(request: pytest.FixtureRequest) -> Branch:
    torch.manual_seed(0)
    module: Branch = request.param(8, 3, embedding_dim=16)
    return module.eval()


def vectors_of(branch: Branch, features: Tensor, heatmaps: Tensor) -> Tensor:
    """Return the vectors; of parts, features are as large as heat maps."""
    if isinstance(branch, PartIdentityBranch):
        features = functional.interpolate(features, heatmaps.shape[2:])
    vectors: Tensor = branch(features, heatmaps)
    return vectors


def test_vectors_have_unit_length(branch: Branch) -> None:
    vectors = vectors_of(branch, random_features(5), torch.randn(5, 3, 64, 48))
    assert vectors.shape == (5, 16)
    torch.testing.assert_close(vectors.norm(dim=1), torch.ones(5))


def test_the_attention_of_a_constant_heat_map_is_constant() -> None:
    branch = IdentityBranch(8, 3).eval()
    attention = branch.attention(torch.full((1, 3, 8, 6), 0.7))
    assert attention.shape == (1, 1, 8, 6)
    torch.testing.assert_close(attention, attention[:, :, :1, :1].expand_as(attention))
    assert 0 < attention[0, 0, 0, 0] < 1


def test_the_vector_depends_on_where_the_joints_are(branch: Branch) -> None:
    left, right = (vectors_of(branch, random_features(1), blob(x)) for x in (0, 40))
    assert not torch.allclose(left, right, atol=1e-4)


def test_gradients_reach_attention_and_features(branch: Branch) -> None:
    features = random_features(2).requires_grad_()
    branch.train()
    vectors_of(branch, features, torch.cat([blob(0), blob(24)]))[:, 0].sum().backward()
    assert features.grad is not None
    assert features.grad.count_nonzero() > 0
    assert [k for k, p in branch.named_parameters() if p.grad is None or not p.grad.any()] == []


def train(branch: Branch, features: Tensor, heatmaps: Tensor, labels: Tensor) -> None:
    """Learn to tell the people apart, in 60 steps with a classifier that is then dropped."""
    classifier = nn.Linear(branch.fc.out_features, int(labels.max()) + 1)
    parameters = [*branch.parameters(), *classifier.parameters()]
    optimizer = torch.optim.Adam(parameters, lr=1e-3)
    branch.train()
    for _ in range(60):
        logits = 10 * classifier(vectors_of(branch, features, heatmaps))
        optimizer.zero_grad()
        functional.cross_entropy(logits, labels).backward()
        optimizer.step()
    branch.eval()


@pytest.mark.parametrize('is_told', [True, False], ids=['heat_maps', 'constant_heat_maps'])
def test_of_two_people_in_a_crop_it_learns_the_one_with_the_joints(
    branch: Branch, is_told: bool
) -> None:
    generator = torch.Generator().manual_seed(0)
    colors = torch.multinomial(torch.ones(200, 4), 2, generator=generator)  # (N, 2) left, right
    sides = torch.randint(2, (200,), generator=generator)
    people = functional.one_hot(colors, 8).float()  # (N, 2, C)
    features = people.permute(0, 2, 1)[:, :, None].repeat_interleave(3, dim=3)
    features = features.expand(-1, -1, 8, -1)
    heatmaps = torch.where(sides[:, None, None, None] == 1, blob(32), blob(8)) * is_told
    labels = colors.gather(1, sides[:, None])[:, 0]
    train(branch, features[:100], heatmaps[:100], labels[:100])
    with torch.no_grad():
        known, asked = vectors_of(branch, features, heatmaps).split(100)
    is_right = labels[(asked @ known.T).argmax(dim=1)] == labels[100:]
    assert (is_right.float().mean() > 0.9) == is_told


@pytest.fixture(scope='module')
def walkers(shared_dir: Path) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return features and heat maps of a random FastPose, identities, and frames of a clip."""
    folder = shared_dir / 'tracking' / 'TUD-Campus'
    rows = np.loadtxt(folder / 'gt' / 'gt.txt', delimiter=',', usecols=range(6))
    frames = FrameSource(str(folder / 'TUD-Campus.mp4'))
    crops = []
    for frame in range(1, 72):
        image, boxes = frames.read(), rows[rows[:, 0] == frame, 2:6].astype(np.float32)
        boxes[:, 2:] += boxes[:, :2]
        if frame % 3 == 1:
            crop_boxes = boxes_to_crop_boxes(boxes, size_wh=CROP_WH)
            crops.append(extract_crops(image, crop_boxes, CROP_WH))
    batch = torch.from_numpy(np.concatenate(crops)).permute(0, 3, 1, 2) / 255 - 0.45
    torch.manual_seed(0)
    network = FastPose(17).eval()
    features: list[Tensor] = []
    network.preact.register_forward_hook(lambda _module, _inputs, out: features.append(out))
    with torch.no_grad():
        heatmaps = torch.cat([network(part) for part in batch.split(16)])
    rows = rows[rows[:, 0] % 3 == 1]
    return torch.cat(features), heatmaps, *torch.from_numpy(rows[:, 1::-1].copy()).long().T


def test_it_learns_who_is_who_in_a_real_clip(walkers: tuple[Tensor, ...]) -> None:
    features, heatmaps, labels, frames = walkers
    is_known = frames % 2 == 1
    torch.manual_seed(1)
    branch = IdentityBranch(2048, 17).eval()

    def rank_1() -> float:
        with torch.no_grad():
            vectors = branch(features, heatmaps)
        nearest = (vectors[~is_known] @ vectors[is_known].T).argmax(dim=1)
        return float((labels[is_known][nearest] == labels[~is_known]).float().mean())

    before = rank_1()
    train(branch, features[is_known], heatmaps[is_known], labels[is_known])
    assert rank_1() > before + 0.1
