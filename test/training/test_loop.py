# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the training loop, on a network that learns a line."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn
from torch import Tensor

from alphapose_ros.io.checkpoints import read_checkpoint
from alphapose_ros.io.training_files import read_log
from alphapose_ros.training.distributed import Group
from alphapose_ros.training.loop import Trainer
from alphapose_ros.training.optimization import Optimization
from alphapose_ros.training.session import Report
from alphapose_ros.training.session import Session
from alphapose_ros.training.session import STOP_STEPS
from alphapose_ros.training.session import train

CPU = torch.device('cpu')
OPTIONS = Optimization(epochs=4, learning_rate=0.05, average_decay=0.9, clip_norm=1, steps=())


def make_module() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(1, 4, 1), nn.BatchNorm2d(4), nn.Dropout(0.2), nn.Conv2d(4, 1, 1)
    )


def loss(module: nn.Module, batch: Tensor) -> Tensor:
    outputs: Tensor = module(batch)
    return (outputs.float() - 3 * batch).square().mean()


def batches(start: int) -> Iterator[Tensor]:
    for step in range(start, 1000):
        yield torch.randn((8, 1, 2, 2), generator=torch.Generator().manual_seed(step))


def make_trainer(options: Optimization = OPTIONS, **more: Any) -> Trainer:
    module = more.pop('module', None) or make_module()
    given = {'steps_per_epoch': 5, 'group': Group(), 'device': CPU, **more}
    return Trainer(module, loss, options, **given)


def run(trainer: Trainer, folder: Path, **more: Any) -> list[Report]:
    session = more.pop('session', Session(report_steps=1))
    given = {'folder': folder, 'group': Group(), **more}
    return list(train(trainer, batches, session, **given))


def test_the_loss_falls() -> None:
    losses = [float(step.loss) for step in make_trainer().run(batches)]
    assert len(losses) == 20
    assert sum(losses[-5:]) < 0.5 * sum(losses[:5])


def test_a_training_that_was_interrupted_goes_on_exactly_as_it_would_have(tmp_path: Path) -> None:
    whole = run(make_trainer(), tmp_path / 'whole')
    steps = iter([False] * 6 + [True])
    first = run(make_trainer(), tmp_path / 'parts', is_stopped=lambda: next(steps))
    assert len(first) == 7
    rest = run(make_trainer(), tmp_path / 'parts', resume=True)
    assert [r.loss for r in first + rest] == [r.loss for r in whole]
    states = [read_checkpoint(tmp_path / name / 'model.pth') for name in ('whole', 'parts')]
    assert all(torch.equal(states[0][key], states[1][key]) for key in states[0])
    rows = read_log(tmp_path / 'parts' / 'log.jsonl')
    assert [row['step'] for row in rows] == list(range(1, 21))


def test_a_stop_is_heard_between_reports_and_written_before_anything_else(tmp_path: Path) -> None:
    def evaluate(module: nn.Module) -> dict[str, float]:
        raise AssertionError('the time of what was stopped is short')

    session = Session(report_steps=1000, evaluate_epochs=1000)
    asked = iter([False, True])
    stopped = run(
        make_trainer(),
        tmp_path,
        session=session,
        evaluate=evaluate,
        is_stopped=lambda: next(asked),
    )
    assert [report.step.number for report in stopped] == [2 * STOP_STEPS]
    assert (tmp_path / 'model.pth').is_file()
    rest = run(make_trainer(), tmp_path, session=session, resume=True)
    assert rest[-1].step.number == 20


def test_the_best_network_by_the_watched_score_is_kept(tmp_path: Path) -> None:
    scores = iter([0.3, 0.9, 0.5, 0.1])
    seen = []

    def evaluate(module: nn.Module) -> dict[str, float]:
        assert not module.training
        seen.append({k: v.clone() for k, v in module.state_dict().items()})
        return {'pck': next(scores)}

    reports = run(make_trainer(), tmp_path, evaluate=evaluate, session=Session(report_steps=7))
    assert [r.step.number for r in reports if r.scores] == [5, 10, 15, 20]
    best = read_checkpoint(tmp_path / 'best.pth')
    assert all(torch.equal(best[key], seen[1][key]) for key in best)
    last = read_checkpoint(tmp_path / 'model.pth')
    assert all(torch.equal(last[key], seen[3][key]) for key in last)


def test_what_is_evaluated_is_lent_and_given_back() -> None:
    trainer = make_trainer()
    trainer.step(next(batches(0)))
    before = {k: v.clone() for k, v in trainer.module.state_dict().items()}
    with trainer.evaluating() as module:
        assert not torch.equal(module.state_dict()['0.weight'], before['0.weight'])
    after = trainer.module.state_dict()
    assert trainer.module.training
    assert all(torch.equal(before[key], after[key]) for key in before)


def test_frozen_parts_keep_their_statistics() -> None:
    module = make_module()
    module[1].requires_grad_(False)
    trainer = make_trainer(module=module)
    list(trainer.run(batches))
    assert torch.equal(module.state_dict()['1.running_mean'], torch.zeros(4))


def test_a_loss_that_is_not_finite_stops_the_training(tmp_path: Path) -> None:
    module = make_module()
    nn.init.constant_(module[0].weight, float('nan'))
    with pytest.raises(ValueError, match='the loss is nan at step 1; lower learning_rate'):
        run(make_trainer(module=module), tmp_path)


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        (Optimization(average_decay=0), 'average_decay must be 0 or not'),
        (Optimization(average_decay=0.9, optimizer='sgd'), 'another network'),
    ],
    ids=['no running mean', 'another network'],
)
def test_the_state_of_another_training_is_refused(options: Optimization, message: str) -> None:
    state = make_trainer().state()
    module = nn.Conv2d(1, 1, 1)
    with pytest.raises(ValueError, match=message):
        make_trainer(options, module=module).load_state(state)


def test_there_is_nothing_to_resume_in_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match='there is no training to resume'):
        run(make_trainer(), tmp_path, resume=True)


def test_the_time_limit_stops_a_training_that_can_be_resumed(tmp_path: Path) -> None:
    session = Session(report_steps=1, limit_minutes=1e-9)
    assert len(run(make_trainer(), tmp_path, session=session)) == 1
    assert len(run(make_trainer(), tmp_path, resume=True)) == 19
