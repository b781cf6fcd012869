# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""A wider network that begins with the parameters of a narrow one gives the same."""

from pathlib import Path

import pytest
import torch
from torch import nn
from torch import Tensor

from alphapose_ros.io.checkpoints import write_checkpoint
from alphapose_ros.models.fastpose_lite import FastPoseLite
from alphapose_ros.training.pose_training import load_matching
from alphapose_ros.training.widening import widen
from alphapose_ros.training.widening import widen_state


def make_trained(module: nn.Module) -> nn.Module:
    """Return the module as after some training: nothing is 0 or 1, or equal to anything else."""
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for name, value in module.state_dict().items():
            if value.is_floating_point():
                shift = 0.5 if name.endswith('running_var') or value.ndim == 1 else 0
                scale = 0.5 if value.ndim == 1 else (2 / value[0].numel()) ** 0.5
                value.copy_(shift + scale * torch.randn(value.shape, generator=generator))
                if name.endswith('running_var'):
                    value.abs_().add_(0.1)
    return module.eval()


@pytest.mark.parametrize(('width', 'head_width'), [(16, 40), (24, 32), (20, 96)])
def test_it_gives_the_same(tmp_path: Path, width: int, head_width: int) -> None:
    narrow = make_trained(FastPoseLite(17, width=16, head_width=32))
    write_checkpoint(tmp_path / 'narrow.pth', narrow.state_dict())
    wide = FastPoseLite(17, width=width, head_width=head_width).eval()
    assert load_matching(wide, tmp_path / 'narrow.pth', widen_seed=0) == len(wide.state_dict())
    crops = torch.randn((2, 3, 96, 64), generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        expected = narrow(crops)
        torch.testing.assert_close(
            wide(crops), expected, rtol=0, atol=1e-4 * float(expected.std())
        )


def test_copies_of_a_channel_learn_to_differ() -> None:
    narrow = nn.Sequential(nn.Conv2d(3, 2, 1), nn.ReLU(), nn.Conv2d(2, 1, 1))
    wide = nn.Sequential(nn.Conv2d(3, 4, 1), nn.ReLU(), nn.Conv2d(4, 1, 1))
    wide.load_state_dict(widen_state(narrow.state_dict(), wide.state_dict(), seed=0))
    crops = torch.randn((2, 3, 8, 8), generator=torch.Generator().manual_seed(1))
    wide(crops).square().sum().backward()
    first = wide[0]
    assert isinstance(first, nn.Conv2d)
    assert first.weight.grad is not None
    assert torch.equal(first.weight[0], first.weight[2])
    assert not torch.allclose(first.weight.grad[0], first.weight.grad[2])


def test_a_state_for_which_it_is_no_wider_network_is_left_out() -> None:
    state = {'a': torch.zeros(4), 'b': torch.zeros(2), 'c': torch.zeros(1)}
    own = {'a': torch.zeros(2), 'b': torch.zeros(3), 'd': torch.zeros(1)}
    assert set(widen_state(state, own, seed=0)) == {'b'}


def test_joints_are_not_copied(tmp_path: Path) -> None:
    write_checkpoint(tmp_path / 'narrow.pth', FastPoseLite(17, width=16).state_dict())
    with pytest.raises(ValueError, match=r'a fastpose_lite of 26 joints, .*narrow\.pth is a fast'):
        load_matching(FastPoseLite(26, width=24), tmp_path / 'narrow.pth', widen_seed=0)


@pytest.mark.parametrize(
    ('parameter', 'shape'),
    [
        pytest.param(torch.zeros(4, 2), (3, 2), id='narrower'),
        pytest.param(torch.zeros(4, 2, 3, 3), (4, 2, 5, 5), id='larger kernel'),
        pytest.param(torch.zeros(4), (4, 1), id='more axes'),
    ],
)
def test_what_cannot_be_widened_is_named(parameter: Tensor, shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r'\(.*\) cannot be widened to \('):
        widen(parameter, torch.Size(shape), torch.Generator())
