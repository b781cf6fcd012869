# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the losses and the targets of pose networks."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional

from alphapose_ros.core.heatmaps import decode_argmax
from alphapose_ros.core.heatmaps import decode_integral
from alphapose_ros.training.losses import contrastive_loss
from alphapose_ros.training.losses import heatmap_loss
from alphapose_ros.training.losses import integral_coordinates
from alphapose_ros.training.losses import integral_loss
from alphapose_ros.training.losses import triplet_loss
from alphapose_ros.training.losses import unexplained_variance
from alphapose_ros.training.losses import weight_by_index
from alphapose_ros.training.targets import gaussian_targets
from alphapose_ros.training.targets import integral_targets


def load(shared_dir: Path, name: str) -> dict[str, Tensor]:
    with np.load(shared_dir / f'fixtures/decode/{name}.npz') as arrays:
        return {key: torch.from_numpy(np.array(arrays[key])) for key in arrays}


def random_maps(*shape: int) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize('normalize', ['sigmoid', 'softmax'])
def test_the_integral_loss_and_its_gradient_equal_the_reference(
    shared_dir: Path, normalize: Any
) -> None:
    fixture = load(shared_dir, 'sikr_loss_grad')
    logits = fixture[f'{normalize}_logits'].requires_grad_()
    targets, weights = (fixture[f'{normalize}_{k}'].reshape(3, 5, 2) for k in ('gt', 'w'))
    assert torch.equal(weights[..., 0], weights[..., 1])
    loss = integral_loss(logits, targets, weights[..., 0], normalize=normalize)
    assert loss.item() == pytest.approx(fixture[f'{normalize}_loss'].item(), rel=1e-6)
    loss.backward()
    torch.testing.assert_close(logits.grad, fixture[f'{normalize}_grad_logits'])


def test_the_symmetric_gradient_equals_the_reference(shared_dir: Path) -> None:
    fixture = load(shared_dir, 'sikr_loss_grad')
    values = fixture['fn_in'].requires_grad_()
    weighted = weight_by_index(values)
    torch.testing.assert_close(weighted, fixture['fn_out'])
    weighted.backward(fixture['fn_grad_out'])
    torch.testing.assert_close(values.grad, fixture['fn_grad_in'])


def test_targets_equal_the_reference(shared_dir: Path) -> None:
    fixture = load(shared_dir, 'targets')
    points, visible = fixture['joints'][None, :, :2, 0], fixture['joints'][None, :, 0, 1]
    maps, is_inside = gaussian_targets(points, (64, 48))
    weights = is_inside * visible
    expected = fixture['gauss_target'][None]
    torch.testing.assert_close(weights[0], fixture['gauss_weight'][:, 0, 0])
    shown = weights[..., None, None] > 0
    torch.testing.assert_close(maps * shown, expected * shown)
    coordinates = integral_targets(points, (192, 256))
    given = fixture['integral_weight'].reshape(1, 17, 2)[..., 0] > 0
    expected = fixture['integral_target'].reshape(1, 17, 2)
    torch.testing.assert_close(coordinates[given], expected[given])


def test_coordinates_are_those_of_the_decoder() -> None:
    maps = random_maps(2, 5, 16, 12)
    points, _ = decode_integral(maps)
    expected = integral_targets(points, (12, 16))
    torch.testing.assert_close(integral_coordinates(maps), expected)


def test_a_gaussian_target_is_decoded_near_its_joint() -> None:
    points = torch.tensor([[[40.0, 80.0], [101.5, 33.0], [191.0, 255.0]]])
    maps, is_inside = gaussian_targets(points, (64, 48))
    decoded, scores = decode_argmax(maps)
    assert (4 * decoded - points).abs().max() <= 4
    assert is_inside.all()
    assert scores[0, :2].tolist() == [1, 1]


@pytest.mark.parametrize(
    ('x', 'is_inside'), [(-30.0, False), (-20.0, True), (212.0, True), (220.0, False)]
)
def test_a_joint_far_outside_has_no_target(x: float, is_inside: bool) -> None:
    maps, found = gaussian_targets(torch.tensor([[[x, 100.0]]]), (64, 48))
    assert found.item() is is_inside
    assert bool(maps.any()) is is_inside


@pytest.mark.parametrize('loss', ['heatmaps', 'integral'])
def test_joints_that_are_not_labelled_have_no_gradient(loss: str) -> None:
    maps = random_maps(2, 3, 8, 6).requires_grad_()
    weights = torch.tensor([[1.0, 0.0, 1.0], [0.0, 1.0, 1.0]])
    if loss == 'heatmaps':
        heatmap_loss(maps, torch.zeros(2, 3, 8, 6), weights).backward()
    else:
        targets = torch.where(weights > 0, 0.1, torch.nan)[..., None].expand(-1, -1, 2)
        integral_loss(maps, targets, weights).backward()
    assert maps.grad is not None
    assert maps.grad.isfinite().all()
    assert torch.equal(maps.grad.abs().sum(dim=(2, 3)) > 0, weights > 0)


def test_a_joint_to_the_right_and_one_to_the_left_are_pulled_equally() -> None:
    maps = torch.zeros((1, 2, 9, 9), requires_grad=True)
    targets = torch.tensor([[[-0.5, 0.0], [0.4, 0.0]]])
    integral_loss(maps, targets, torch.ones((1, 2)), normalize='softmax').backward()
    assert maps.grad is not None
    columns = maps.grad.sum(dim=2)[0]
    torch.testing.assert_close(columns[0].abs().sum(), columns[1].abs().sum())


def test_people_apart_and_images_together_cost_nothing() -> None:
    embeddings = torch.tensor([[1.0, 0], [1, 0], [0, 1], [0, 1]])
    assert triplet_loss(embeddings, torch.tensor([5, 5, 7, 7])).item() == 0


def test_the_hardest_triplet_counts() -> None:
    embeddings = torch.tensor([[1.0, 0], [0, 1], [0, 1]])
    loss = triplet_loss(embeddings, torch.tensor([1, 1, 2]), margin=0.5)
    # The first: positive and negative at the same distance; the second: negative at 0.
    assert loss.item() == pytest.approx((0.5 + 2**0.5 + 0.5) / 2)


def test_the_contrast_is_the_cross_entropy_of_the_other_images() -> None:
    embeddings = functional.normalize(torch.randn(5, 8), dim=1)
    identities = torch.tensor([4, 4, 4, 9, -1])  # the fourth is alone, the last unknown
    loss = contrastive_loss(embeddings, identities, temperature=0.2)
    surprises = []
    for anchor in range(3):
        others = [i for i in range(4) if i != anchor]
        logits = embeddings[others] @ embeddings[anchor] / 0.2
        own = [i for i, other in enumerate(others) if identities[other] == 4]
        surprises.append(-logits.log_softmax(0)[own].mean())
    torch.testing.assert_close(loss, torch.stack(surprises).mean())


@pytest.mark.parametrize(
    'identity_loss',
    [triplet_loss, partial(contrastive_loss, temperature=0.1)],
    ids=['triplet', 'contrastive'],
)
@pytest.mark.parametrize('identities', [(-1, -1), (3, -1), (3, 4)])
def test_people_without_another_image_teach_nothing(
    identity_loss: Callable[[Tensor, Tensor], Tensor], identities: tuple[int, int]
) -> None:
    embeddings = torch.tensor([[1.0, 0], [0, 1]], requires_grad=True)
    loss = identity_loss(embeddings, torch.tensor(identities))
    loss.backward()
    assert loss.item() == 0
    assert embeddings.grad is not None
    assert embeddings.grad.isfinite().all()


@pytest.mark.parametrize('scale', [1e-3, 1.0, 1e3])
def test_what_a_linear_map_of_the_features_gives_is_explained(scale: float) -> None:
    features = scale * random_maps(4, 8, 16, 12) + 5 * scale
    turned = functional.conv2d(features, random_maps(5, 8, 1, 1)) + 3
    assert unexplained_variance(features, turned).item() < 1e-4


def test_what_has_nothing_to_do_with_the_features_is_not_explained() -> None:
    features, others = random_maps(8, 9, 16, 12).split([8, 1], dim=1)
    share = unexplained_variance(features, others).item()
    # Of 1536 places, 8 directions are explained by chance.
    assert share == pytest.approx(1 - 8 / 1536, abs=5e-3)


def test_half_of_what_is_half_noise_is_explained() -> None:
    features, noise = random_maps(8, 2, 16, 12).split(1, dim=1)
    assert unexplained_variance(features, features + noise).item() == pytest.approx(0.5, abs=0.06)


def test_features_learn_what_they_do_not_explain() -> None:
    hints = random_maps(4, 6, 8, 6)
    features = torch.randn(4, 6, 8, 6, requires_grad=True)
    optimizer = torch.optim.Adam([features], 0.05)
    first = unexplained_variance(features, hints).item()
    for _ in range(200):
        optimizer.zero_grad()
        unexplained_variance(features, hints).backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    assert unexplained_variance(features, hints).item() < 0.05 < first


def test_hints_of_another_size_are_scaled() -> None:
    hints = functional.interpolate(random_maps(2, 3, 4, 3), scale_factor=4, mode='nearest')
    features = hints[..., 1::4, 1::4]
    assert unexplained_variance(features, hints).item() < 1e-2


def test_features_and_hints_that_do_not_vary_are_no_error() -> None:
    constant = torch.ones(2, 3, 4, 4, requires_grad=True)
    unexplained_variance(constant, constant.detach()).backward()  # type: ignore[no-untyped-call]
    assert constant.grad is not None
    assert constant.grad.isfinite().all()
