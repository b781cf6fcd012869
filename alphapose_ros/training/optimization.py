# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""How a step changes the parameters: the optimiser, its rate over time, and the running mean."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
import math
from typing import Literal

import torch
from torch import nn
from torch import Tensor

Precision = Literal['auto', 'float32', 'bfloat16']
State = dict[str, Tensor]


@dataclass(frozen=True, kw_only=True)
class Optimization:
    """
    The part of a recipe that is independent of what is trained.

    :param epochs: after which the training ends.
    :param optimizer: 'adam', 'adamw' or 'sgd' (momentum 0.9).
    :param learning_rate: the highest.
    :param weight_decay: of weights; biases and normalisations have none.
    :param warmup_epochs: the rate rises linearly over these, whatever the schedule.
    :param schedule: 'cosine' from the highest rate to `final_factor` of it, or 'steps'.
    :param final_factor: of the rate, in the end of 'cosine'.
    :param steps: (epoch, factor) in order: from there on, the rate is this part of the highest.
    :param clip_norm: longest gradient over all parameters; 0 for any.
    :param average_decay: of the running mean of the parameters, which is what is evaluated and
        shipped; 0 for none.
    :param precision: of the network under way; parameters are always float32. 'auto' is
        'bfloat16' where the device has instructions for it.
    :param channels_last: how images and features lie in memory.
    """

    epochs: float = 100.0
    optimizer: Literal['adam', 'adamw', 'sgd'] = 'adamw'
    learning_rate: float = 1e-3
    weight_decay: float = 0.0
    warmup_epochs: float = 0.0
    schedule: Literal['cosine', 'steps'] = 'cosine'
    final_factor: float = 0.01
    steps: tuple[tuple[float, float], ...] = ()
    clip_norm: float = 0.0
    average_decay: float = 0.0
    precision: Precision = 'auto'
    channels_last: bool = True


def is_bfloat16(precision: Precision, device: torch.device) -> bool:
    """Tell whether a network runs in bfloat16 on a device."""
    if precision != 'auto':
        return precision == 'bfloat16'
    if device.type == 'cuda':
        return bool(torch.cuda.is_bf16_supported())
    # Older ones than PyTorch 2.6 do not tell.
    is_supported = getattr(torch.cpu, '_is_avx512_bf16_supported', lambda: False)
    return bool(is_supported())


def make_optimizer(module: nn.Module, options: Optimization) -> torch.optim.Optimizer:
    """Return the optimiser of all parameters that are trained."""
    trained = [p for p in module.parameters() if p.requires_grad]
    groups = [
        {'params': [p for p in trained if p.ndim > 1], 'weight_decay': options.weight_decay},
        {'params': [p for p in trained if p.ndim <= 1], 'weight_decay': 0.0},
    ]
    if options.optimizer == 'sgd':
        return torch.optim.SGD(groups, options.learning_rate, momentum=0.9, nesterov=True)
    kind = torch.optim.AdamW if options.optimizer == 'adamw' else torch.optim.Adam
    return kind(groups, options.learning_rate)


def learning_rate(options: Optimization, epoch: float) -> float:
    """
    Return the rate of a step.

    :param epoch: with its fraction; the middle of the step, so that the first rate is not 0.
    """
    factor = 1.0
    if options.schedule == 'cosine':
        progress = min(epoch / options.epochs, 1.0)
        cosine = (1 + math.cos(math.pi * progress)) / 2
        factor = options.final_factor + (1 - options.final_factor) * cosine
    else:
        for start, step_factor in options.steps:
            if epoch >= start:
                factor = step_factor
    if epoch < options.warmup_epochs:
        factor *= epoch / options.warmup_epochs
    return options.learning_rate * factor


class RunningMean:
    """
    Exponential mean of the parameters (Polyak averaging); counts of batches are taken over.

    At first it forgets faster, so that it does not hold on to where the training began.
    """

    def __init__(self, module: nn.Module, decay: float) -> None:
        self._decay = decay
        self._state = {key: value.detach().clone() for key, value in module.state_dict().items()}

    @torch.no_grad()
    def update(self, module: nn.Module, step: int) -> None:
        """Take in the parameters after a step."""
        weight = 1 - min(self._decay, (1 + step) / (10 + step))
        mine, theirs = [], []
        for key, value in module.state_dict().items():
            if value.is_floating_point():
                mine.append(self._state[key])
                theirs.append(value)
            else:
                self._state[key].copy_(value)
        torch._foreach_lerp_(mine, theirs, weight)

    def state_dict(self) -> State:
        """Return the mean of every entry."""
        return dict(self._state)

    def load_state_dict(self, state: State) -> None:
        """Go on from a mean."""
        for key, value in self._state.items():
            value.copy_(state[key])

    @contextmanager
    def applied_to(self, module: nn.Module) -> Iterator[None]:
        """Lend the mean to the module."""
        own = {key: value.detach().clone() for key, value in module.state_dict().items()}
        module.load_state_dict(self._state)
        try:
            yield
        finally:
            module.load_state_dict(own)
