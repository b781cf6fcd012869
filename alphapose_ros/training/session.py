# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
A training from its start, or from where it was interrupted, with files to show for it.

In the folder of the training: `last.state` to go on from, `model.pth` and, by the score that is
watched, `best.pth` to use, and `log.jsonl` with what was measured.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
import math
from pathlib import Path
import time
from typing import Any

import torch
from torch import nn

from alphapose_ros.io.checkpoints import write_checkpoint
from alphapose_ros.io.training_files import read_state
from alphapose_ros.io.training_files import TrainingLog
from alphapose_ros.io.training_files import write_state
from alphapose_ros.io.weights import write_sidecar
from alphapose_ros.training.distributed import Group
from alphapose_ros.training.loop import Batches
from alphapose_ros.training.loop import Step
from alphapose_ros.training.loop import Trainer
from alphapose_ros.training.optimization import Optimization

# How often the processes of a group agree on whether to stop.
STOP_STEPS = 5
STATE_NAME, MODEL_NAME, BEST_NAME = 'last.state', 'model.pth', 'best.pth'

Scores = Mapping[str, float]


@dataclass(frozen=True, eq=False)
class Training:
    """
    What `train` needs.

    :param trainer: with the network.
    :param batches: of this process.
    :param evaluate: scores of a network; None if there is nothing to measure with.
    :param description: of the weights, as `io.weights.write_sidecar` takes it.
    """

    trainer: Trainer
    batches: Batches
    evaluate: Callable[[nn.Module], Scores] | None
    description: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Session:
    """
    How often what is done.

    :param report_steps: steps between measurements of loss and speed.
    :param checkpoint_minutes: between checkpoints; there is always one at the end.
    :param evaluate_epochs: epochs between evaluations; there is always one at the end.
    :param watch: name of the score by which the best network is kept; higher is better.
    :param limit_minutes: after which the training stops, to be resumed; 0 for never.
    """

    report_steps: int = 50
    checkpoint_minutes: float = 10.0
    evaluate_epochs: float = 1.0
    watch: str = 'pck'
    limit_minutes: float = 0.0


@dataclass(frozen=True, kw_only=True)
class RunSettings:
    """
    The part of a recipe that is the same for all networks.

    :param start_from: network to begin with: its name in the catalog, a checkpoint, or an ONNX
        file of `weights export`; '' starts from random numbers.
    :param batch_size: examples per step and process.
    :param workers: processes that make batches.
    :param cache_images: keep all images in memory, decoded.
    :param threads: CPU threads of the network; 0 for all cores.
    :param device: 'auto', 'cpu', 'cuda' or 'cuda:N'; several processes take a GPU each.
    :param seed: of all that is random.
    :param licence: of the weights, for those who use them.
    :param optimization: how the loss is made small.
    :param session: how often what is done besides.
    """

    start_from: str = ''
    batch_size: int = 32
    workers: int = 2
    cache_images: bool = False
    threads: int = 0
    device: str = 'auto'
    seed: int = 0
    licence: str = 'unknown'
    optimization: Optimization = field(default_factory=Optimization)
    session: Session = field(default_factory=Session)


@dataclass(frozen=True)
class Report:
    """
    What happened since the last report.

    :param step: the last.
    :param loss: mean.
    :param steps_per_s: with everything.
    :param waiting: share of the time in which the network waited for batches.
    :param scores: of the network as it would be shipped; empty if it was not evaluated.
    """

    step: Step
    loss: float
    steps_per_s: float
    waiting: float
    scores: Scores = field(default_factory=dict)


def train(
    trainer: Trainer,
    batches: Batches,
    options: Session,
    *,
    folder: Path,
    group: Group,
    evaluate: Callable[[nn.Module], Scores] | None = None,
    description: Mapping[str, Any] | None = None,
    resume: bool = False,
    is_stopped: Callable[[], bool] = lambda: False,
) -> Iterator[Report]:
    """
    Train to the end, or until stopped.

    :param folder: of the files.
    :param evaluate: scores of a network.
    :param description: of the weights, written beside them as `io.weights.write_sidecar` does.
    :param resume: go on from `last.state` of the folder.
    :param is_stopped: asked every few steps; any process of the group can stop all. What was
        stopped is written at once and not evaluated: torchrun gives it 30 seconds.
    :return: a report every now and then; take them all.
    :raises ValueError: if it cannot be resumed, or the loss is no longer finite.
    """
    best = _resume(trainer, folder, group) if resume else -math.inf
    files = _Files(trainer, folder, description)
    keeper = _Keeper(trainer, options, files, group, evaluate, best)
    clock = _Clock(options.limit_minutes)
    losses: list[torch.Tensor] = []
    for step in trainer.run(lambda start: clock.watch(batches(start))):
        losses.append(step.loss)
        is_end = step.number == trainer.num_steps
        is_report = is_end or step.number % options.report_steps == 0 or keeper.is_due(step)
        if not is_report and step.number % STOP_STEPS:
            continue
        is_stop = group.any(clock.is_over or is_stopped())
        if not (is_report or is_stop):
            continue
        loss = float(torch.stack(losses).mean())
        if not math.isfinite(loss):
            raise ValueError(f'the loss is {loss} at step {step.number}; lower learning_rate')
        steps_per_s, waiting = clock.measure(len(losses))
        losses.clear()
        scores = keeper.keep(step, loss, waiting, is_end=is_end, is_stop=is_stop)
        yield Report(step, loss, steps_per_s, waiting, scores)
        if is_end or is_stop:
            break
    keeper.close()


def _resume(trainer: Trainer, folder: Path, group: Group) -> float:
    """Load the state of a folder; return the best score until then."""
    # Other machines may not see the folder.
    state = group.share(read_state(folder / STATE_NAME) if group.is_first else None) or {}
    trainer.load_state(state)
    return float(state['best'])


class _Clock:
    """How long steps take, and how long the network waits for batches."""

    def __init__(self, limit_minutes: float) -> None:
        self._end_s = time.monotonic() + limit_minutes * 60 if limit_minutes else math.inf
        self._start_s, self._waited_s = time.monotonic(), 0.0

    @property
    def is_over(self) -> bool:
        return time.monotonic() >= self._end_s

    def watch(self, batches: Iterable[Any]) -> Iterator[Any]:
        """Hand batches on and measure how long they are waited for."""
        iterator = iter(batches)
        while True:
            start_s = time.monotonic()
            batch = next(iterator, None)
            self._waited_s += time.monotonic() - start_s
            if batch is None:
                return
            yield batch

    def measure(self, num_steps: int) -> tuple[float, float]:
        """Return steps per second and the share of waiting since the last call."""
        elapsed_s = max(time.monotonic() - self._start_s, 1e-9)
        result = num_steps / elapsed_s, self._waited_s / elapsed_s
        self._start_s, self._waited_s = time.monotonic(), 0.0
        return result


class _Files:
    """What is written of a trainer."""

    def __init__(
        self, trainer: Trainer, folder: Path, description: Mapping[str, Any] | None
    ) -> None:
        self.folder = folder
        self._trainer, self._description = trainer, description

    def write_weights(self, name: str, scores: Scores) -> None:
        """Write what is to be used."""
        path = self.folder / name
        write_checkpoint(path, self._trainer.weights())
        if self._description is not None:
            accuracy = ', '.join(f'{key} {value:.4f}' for key, value in scores.items())
            write_sidecar(path, {**self._description, 'accuracy': accuracy})

    def write_state(self, best: float) -> None:
        """Write what is needed to go on."""
        write_state(self.folder / STATE_NAME, {**self._trainer.state(), 'best': best})


class _Keeper:
    """Evaluates and writes, in the first process only, while the others wait."""

    def __init__(
        self,
        trainer: Trainer,
        options: Session,
        files: _Files,
        group: Group,
        evaluate: Callable[[nn.Module], Scores] | None,
        best: float,
    ) -> None:
        self._trainer, self._options, self._files, self._group = trainer, options, files, group
        self._evaluate, self._best = evaluate, best
        self._evaluated_epoch = self._last_evaluation(trainer.epoch)
        self._saved_s = time.monotonic()
        self._log = TrainingLog(files.folder, step=trainer.step_number) if group.is_first else None

    def _last_evaluation(self, epoch: float) -> int:
        """Return how many evaluations are due until an epoch."""
        # Steps are counted, not added up: 0.1 + 0.2 is not 0.3.
        return math.floor(epoch / self._options.evaluate_epochs + 1e-9)

    def is_due(self, step: Step) -> bool:
        """Tell whether it is time to evaluate."""
        return self._last_evaluation(step.epoch) > self._evaluated_epoch

    def keep(
        self, step: Step, loss: float, waiting: float, *, is_end: bool, is_stop: bool
    ) -> Scores:
        """Do what is due after a step."""
        is_due = self.is_due(step) or is_end
        self._evaluated_epoch = self._last_evaluation(step.epoch)
        scores: Scores = {}
        if self._log is not None:
            if is_stop:
                self._save(scores)
            if is_due and self._evaluate is not None:
                with self._trainer.evaluating() as module, torch.inference_mode():
                    scores = self._evaluate(module)
                self._keep_best(scores)
            values = {'epoch': step.epoch, 'loss': loss, 'rate': step.rate, 'waiting': waiting}
            self._log.add(step.number, {**values, **scores})
            minutes = (time.monotonic() - self._saved_s) / 60
            if is_due or minutes >= self._options.checkpoint_minutes:
                self._save(scores)
        if is_due or is_stop:
            self._group.wait()
        return scores

    def _keep_best(self, scores: Scores) -> None:
        score = scores.get(self._options.watch, -math.inf)
        if score > self._best:
            self._best = score
            self._files.write_weights(BEST_NAME, scores)

    def _save(self, scores: Scores) -> None:
        self._files.write_state(self._best)
        self._files.write_weights(MODEL_NAME, scores)
        self._saved_s = time.monotonic()

    def close(self) -> None:
        """Close the log."""
        if self._log is not None:
            self._log.close()
