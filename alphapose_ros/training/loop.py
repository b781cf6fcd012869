# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
The loop that trains a network, whatever it is for.

What is trained is given by three values: a module, a loss, and batches. Every step depends on its
number alone, so that a training that was interrupted goes on exactly as it would have.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from typing import Protocol
from typing import TypeVar

import torch
from torch import nn
from torch import Tensor
from torch.nn.parallel import DistributedDataParallel

from alphapose_ros.training.distributed import Group
from alphapose_ros.training.optimization import is_bfloat16
from alphapose_ros.training.optimization import learning_rate
from alphapose_ros.training.optimization import make_optimizer
from alphapose_ros.training.optimization import Optimization
from alphapose_ros.training.optimization import RunningMean
from alphapose_ros.training.optimization import State

B = TypeVar('B', bound='Batch')


class Batch(Protocol):
    """What a step is made from: a tensor, or a record of tensors."""

    def to(self: B, device: torch.device) -> B:
        """Return it on a device."""
        ...


class Loss(Protocol):
    """What is made small."""

    def __call__(self, module: nn.Module, batch: Any) -> Tensor:
        """
        Run the module on a batch; return the loss, a scalar.

        :param module: call it, rather than its parts: it may be wrapped.
        :param batch: on the device of the module.
        """
        ...


# From the number of a step: the batches of this process from that step on.
Batches = Callable[[int], Iterable[Any]]


@dataclass(frozen=True)
class Step:
    """
    What a step did.

    :param number: of steps that are done.
    :param epoch: that are done, with the fraction.
    :param loss: before the step, of the batch of this process.
    :param rate: learning rate.
    :param gradient_norm: before it was clipped; 0 if it is not.
    """

    number: int
    epoch: float
    loss: Tensor
    rate: float
    gradient_norm: Tensor


class Trainer:
    """
    A network under training.

    :param module: the network; trained in place.
    :param loss: what is made small.
    :param options: how.
    :param steps_per_epoch: over all processes.
    :param group: the processes that train together.
    :param device: that the network is moved to.
    :param seed: of what is random in the network.
    """

    def __init__(
        self,
        module: nn.Module,
        loss: Loss,
        options: Optimization,
        *,
        steps_per_epoch: int,
        group: Group,
        device: torch.device,
        seed: int = 0,
    ) -> None:
        self.module = module.to(device)
        if options.channels_last:
            self.module.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.step_number = 0
        self._loss, self._options, self._device, self._seed = loss, options, device, seed
        self._is_half = is_bfloat16(options.precision, device)
        self._steps_per_epoch, self._rank = steps_per_epoch, group.rank
        self._wrapped: nn.Module = self.module
        if group.size > 1:
            device_ids = [device] if device.type == 'cuda' else None
            self._wrapped = DistributedDataParallel(self.module, device_ids=device_ids)
        self._optimizer = make_optimizer(self.module, options)
        self._mean = (
            RunningMean(self.module, options.average_decay) if options.average_decay else None
        )

    @property
    def epoch(self) -> float:
        """Epochs that are done, with the fraction."""
        return self.step_number / self._steps_per_epoch

    @property
    def num_steps(self) -> int:
        """Steps of the whole training."""
        return round(self._options.epochs * self._steps_per_epoch)

    def run(self, batches: Batches) -> Iterator[Step]:
        """Go through the steps that are left; stop taking them to stop earlier."""
        set_training(self.module)
        for batch in batches(self.step_number):
            if self.step_number >= self.num_steps:
                return
            yield self.step(batch)

    def step(self, batch: Batch) -> Step:
        """Do one step."""
        torch.manual_seed(self._seed + self.step_number * 4096 + self._rank)
        rate = learning_rate(self._options, (self.step_number + 0.5) / self._steps_per_epoch)
        for group in self._optimizer.param_groups:
            group['lr'] = rate
        with torch.autocast(self._device.type, torch.bfloat16, enabled=self._is_half):
            loss = self._loss(self._wrapped, batch.to(self._device))
        self._optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        norm = loss.new_zeros(())
        if self._options.clip_norm:
            norm = nn.utils.clip_grad_norm_(self.module.parameters(), self._options.clip_norm)
        self._optimizer.step()
        self.step_number += 1
        if self._mean is not None:
            self._mean.update(self.module, self.step_number)
        return Step(self.step_number, self.epoch, loss.detach(), rate, norm)

    @contextmanager
    def evaluating(self) -> Iterator[nn.Module]:
        """Lend the network as it would be shipped: the mean, in evaluation mode."""
        self.module.eval()
        try:
            if self._mean is None:
                yield self.module
            else:
                with self._mean.applied_to(self.module):
                    yield self.module
        finally:
            set_training(self.module)

    def weights(self) -> State:
        """Return the parameters to ship: their running mean if there is one."""
        state = self.module.state_dict() if self._mean is None else self._mean.state_dict()
        return {key: value.detach().cpu().contiguous() for key, value in state.items()}

    def state(self) -> dict[str, Any]:
        """Return all that is needed to go on, of tensors and plain values only."""
        state = {
            'step': self.step_number,
            'module': self.module.state_dict(),
            'optimizer': self._optimizer.state_dict(),
        }
        return state if self._mean is None else {**state, 'mean': self._mean.state_dict()}

    def load_state(self, state: Mapping[str, Any]) -> None:
        """
        Go on from a state.

        :raises ValueError: if it is of another network or recipe.
        """
        if ('mean' in state) != (self._mean is not None):
            raise ValueError('average_decay must be 0 or not as in the state that is resumed')
        try:
            self.module.load_state_dict(state['module'])
            self._optimizer.load_state_dict(state['optimizer'])
        except (KeyError, RuntimeError, ValueError) as err:
            raise ValueError(f'the state that is resumed is of another network: {err}') from err
        if self._mean is not None:
            self._mean.load_state_dict(state['mean'])
        self.step_number = int(state['step'])


def set_training(module: nn.Module) -> None:
    """Set training mode, except for parts that are frozen: they keep their statistics."""
    module.train()
    for part in module.modules():
        parameters = list(part.parameters())
        if parameters and not any(p.requires_grad for p in parameters):
            part.eval()
