# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of two processes that train one network."""

from __future__ import annotations

import os
from pathlib import Path
import socket
import subprocess
import sys

import torch
from torch import nn
from torch import Tensor

from alphapose_ros.training.distributed import Group
from alphapose_ros.training.distributed import join_group
from alphapose_ros.training.loop import Trainer
from alphapose_ros.training.optimization import Optimization

OPTIONS = Optimization(
    epochs=1, optimizer='sgd', learning_rate=0.1, schedule='steps', precision='float32'
)
STEPS = 3


def square_loss(module: nn.Module, batch: Tensor) -> Tensor:
    outputs: Tensor = module(batch)
    return outputs.square().mean()


def numbers(rank: int) -> Tensor:
    return torch.arange(4.0).reshape(4, 1) + 10 * rank


def make_trainer(group: Group) -> Trainer:
    torch.manual_seed(group.rank)  # the first process decides where to begin
    module = nn.Linear(1, 1)
    return Trainer(
        module,
        square_loss,
        OPTIONS,
        steps_per_epoch=STEPS,
        group=group,
        device=torch.device('cpu'),
    )


def main(output: Path) -> None:
    """Be one of the processes."""
    with join_group('cpu') as group:
        trainer = make_trainer(group)
        is_any = group.any(group.rank == 1) and group.share(group.rank + 7) == 7
        steps = list(trainer.run(lambda start: iter([numbers(group.rank)] * STEPS)))
        group.wait()
        losses = [float(step.loss) for step in steps]
        torch.save([trainer.weights(), losses, is_any], output / f'{group.rank}.pt')


def test_two_processes_average_their_gradients_and_stay_equal(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        port = probe.getsockname()[1]
    environment = {'MASTER_ADDR': '127.0.0.1', 'MASTER_PORT': str(port), 'WORLD_SIZE': '2'}
    processes = []
    for rank in range(2):
        ranks = {'RANK': str(rank), 'LOCAL_RANK': str(rank), 'OMP_NUM_THREADS': '1'}
        command = [sys.executable, __file__, str(tmp_path)]
        environ = {**os.environ, **environment, **ranks, 'PYTHONPATH': os.pathsep.join(sys.path)}
        processes.append(subprocess.Popen(command, env=environ))
    assert [process.wait(timeout=120) for process in processes] == [0, 0]
    results = [torch.load(tmp_path / f'{rank}.pt') for rank in range(2)]
    assert all(torch.equal(results[0][0][k], results[1][0][k]) for k in ('weight', 'bias'))
    assert results[0][1] != results[1][1]
    assert results[0][2] and results[1][2]
    # One process with the batches of both, beginning where the first one began.
    alone = make_trainer(Group())
    everything = torch.cat([numbers(0), numbers(1)])
    list(alone.run(lambda start: iter([everything] * STEPS)))
    for key, value in alone.weights().items():
        torch.testing.assert_close(results[0][0][key], value)


def test_a_process_that_torchrun_did_not_start_is_alone() -> None:
    with join_group('cpu') as group:
        assert group == Group(rank=0, size=1)
        assert group.is_first
        assert not group.any(False)
        assert group.share('own') == 'own'
        group.wait()


if __name__ == '__main__':
    main(Path(sys.argv[1]))
