# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of learning rates, optimisers and the running mean."""

import pytest
import torch
from torch import nn

from alphapose_ros.training.optimization import is_bfloat16
from alphapose_ros.training.optimization import learning_rate
from alphapose_ros.training.optimization import make_optimizer
from alphapose_ros.training.optimization import Optimization
from alphapose_ros.training.optimization import RunningMean

COSINE = Optimization(epochs=10, learning_rate=2.0, final_factor=0.1)
STEPS = Optimization(
    epochs=10, learning_rate=2.0, schedule='steps', steps=((3, 0.1), (6, 0.01), (7, 1.0))
)


@pytest.mark.parametrize(
    ('options', 'epoch', 'rate'),
    [
        (COSINE, 0, 2.0),
        (COSINE, 5, 1.1),
        (COSINE, 10, 0.2),
        (COSINE, 12, 0.2),
        (STEPS, 2.9, 2.0),
        (STEPS, 3, 0.2),
        (STEPS, 6.5, 0.02),
        (STEPS, 8, 2.0),
        (Optimization(learning_rate=2.0, schedule='steps', warmup_epochs=4), 1, 0.5),
    ],
)
def test_the_rate_follows_the_schedule(options: Optimization, epoch: float, rate: float) -> None:
    assert learning_rate(options, epoch) == pytest.approx(rate)


@pytest.mark.parametrize('name', ['adam', 'adamw', 'sgd'])
def test_only_weights_decay(name: str) -> None:
    module = nn.Sequential(nn.Conv2d(1, 1, 1), nn.BatchNorm2d(1))
    module[0].bias.requires_grad_(False)
    optimizer = make_optimizer(module, Optimization(optimizer=name, weight_decay=0.1))
    weights, others = optimizer.param_groups
    assert (weights['weight_decay'], others['weight_decay']) == (0.1, 0.0)
    assert [len(group['params']) for group in (weights, others)] == [1, 2]


def test_the_running_mean_is_between_what_was_and_what_is() -> None:
    module = nn.BatchNorm1d(1)
    mean = RunningMean(module, 0.9)
    nn.init.constant_(module.weight, 3.0)
    module.num_batches_tracked += 5
    mean.update(module, 1000)
    assert mean.state_dict()['weight'].item() == pytest.approx(0.9 * 1 + 0.1 * 3)
    assert mean.state_dict()['num_batches_tracked'].item() == 5


def test_at_first_the_running_mean_forgets_faster() -> None:
    module = nn.BatchNorm1d(1)
    mean = RunningMean(module, 0.9999)
    nn.init.constant_(module.weight, 2.0)
    mean.update(module, 1)
    assert torch.allclose(mean.state_dict()['weight'], torch.tensor(1 + 9 / 11))


@pytest.mark.parametrize(('precision', 'expected'), [('float32', False), ('bfloat16', True)])
def test_the_precision_that_is_asked_for_is_taken(precision: str, expected: bool) -> None:
    assert is_bfloat16(precision, torch.device('cpu')) is expected


@pytest.mark.parametrize('has_it', [False, True])
def test_the_device_decides_the_precision_otherwise(
    has_it: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cpu, '_is_avx512_bf16_supported', lambda: has_it, raising=False)
    assert is_bfloat16('auto', torch.device('cpu')) is has_it
