# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The re-identification ResNet-50 against the measured layout and feature map."""

from __future__ import annotations

from collections.abc import Callable
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from alphapose_ros.models.reid_resnet import ReidResNet50

NAME = 'reid_resnet50_fc512'


def random_crops(n: int) -> Tensor:
    return torch.randn((n, 3, 256, 128), generator=torch.Generator().manual_seed(0))


@pytest.fixture(scope='module')
def network() -> ReidResNet50:
    torch.manual_seed(0)
    return ReidResNet50().eval()


def test_keys_shapes_and_order_are_those_of_checkpoints(
    shared_dir: Path, network: ReidResNet50
) -> None:
    path = shared_dir / 'fixtures/models' / NAME / 'keys.json'
    wanted = [(key, tuple(shape)) for key, shape, _ in json.loads(path.read_text())]
    assert [(key, tuple(value.shape)) for key, value in network.state_dict().items()] == wanted


@torch.inference_mode()
def test_the_feature_map_is_the_one_measured(
    fixture_model: Callable[[str], tuple[dict[str, Any], Any]], fill: Callable[..., None]
) -> None:
    meta, arrays = fixture_model(NAME)
    network = ReidResNet50()
    fill(network, meta)
    pixels = torch.from_numpy(arrays['x_u8_256x192'])
    crops = pixels.repeat_interleave(16, dim=2).repeat_interleave(16, dim=3) / 255
    maps: list[Tensor] = []
    network.layer4.register_forward_hook(lambda _module, _inputs, out: maps.append(out))
    network(crops - torch.tensor([0.406, 0.457, 0.480])[:, None, None])
    expected = arrays['featmap_channel_mean_256x192']
    assert list(maps[0].shape[1:]) == meta['feature_map']
    np.testing.assert_allclose(
        maps[0].mean(dim=1), expected, rtol=0, atol=1e-5 * np.abs(expected).max()
    )


@torch.inference_mode()
def test_a_batch_of_two_equals_two_batches_of_one(network: ReidResNet50) -> None:
    crops = random_crops(2)
    both = network(crops)
    alone = torch.cat([network(crop[None]) for crop in crops])
    assert both.shape == (2, 512)
    assert both.min() >= 0
    torch.testing.assert_close(both, alone, atol=1e-5 * float(both.max()), rtol=0)


@torch.inference_mode()
def test_embeddings_differ_between_crops_and_are_not_normalised(network: ReidResNet50) -> None:
    first, second = network(random_crops(2))
    assert not torch.allclose(first, second, atol=1e-3 * float(first.max()))
    assert abs(float(first.norm()) - 1) > 0.1


@torch.inference_mode()
def test_the_classifier_does_not_change_embeddings(network: ReidResNet50) -> None:
    other = ReidResNet50(num_classes=7).eval()
    backbone = {k: v for k, v in network.state_dict().items() if not k.startswith('classifier.')}
    missing = other.load_state_dict(backbone, strict=False).missing_keys
    assert missing == ['classifier.weight', 'classifier.bias']
    assert other.classifier.weight.shape == (7, 512)
    torch.testing.assert_close(other(random_crops(1)), network(random_crops(1)))


@torch.inference_mode()
def test_the_length_of_embeddings_can_be_chosen() -> None:
    assert ReidResNet50(embedding_size=128).eval()(random_crops(1)).shape == (1, 128)
