# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Train a pose network or a detector by a recipe; with torchrun on several GPUs or machines."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
import signal
import threading
from typing import Any

from rich.console import Console
from rich.progress import BarColumn
from rich.progress import Progress
from rich.progress import TextColumn
from rich.progress import TimeRemainingColumn

from alphapose_ros.io.training_files import parse_yaml
from alphapose_ros.io.training_files import read_recipe
from alphapose_ros.io.training_files import write_recipe
from alphapose_ros.training.detection_training import DetectionRecipe
from alphapose_ros.training.detection_training import prepare_detection
from alphapose_ros.training.distributed import Group
from alphapose_ros.training.distributed import join_group
from alphapose_ros.training.pose_training import prepare
from alphapose_ros.training.recipe import Recipe
from alphapose_ros.training.session import Report
from alphapose_ros.training.session import STATE_NAME
from alphapose_ros.training.session import train
from alphapose_ros.training.session import Training
from alphapose_ros.training.settings import parse_settings
from alphapose_ros.training.settings import replace_settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument('recipe', type=Path, help='YAML file, such as config/training/*.yaml')
    parser.add_argument(
        '--set',
        action='append',
        default=[],
        metavar='KEY=VALUE',
        dest='changes',
        help='another value of a setting, such as optimization.epochs=20',
    )
    parser.add_argument('--output', type=Path, help='folder of the training; runs/NAME if absent')
    parser.add_argument('--resume', action='store_true', help='go on where it was interrupted')


def run(*, recipe: Path, changes: list[str], output: Path | None, resume: bool) -> int:
    """
    Train; return the exit code.

    :raises ValueError: if the recipe or the data cannot be used; one line that says why.
    """
    values = replace_settings(read_recipe(recipe), dict(_parse_change(c) for c in changes))
    settings: Recipe | DetectionRecipe
    if values.get('network') == 'yolox':
        settings = parse_settings(DetectionRecipe, values)
    else:
        settings = parse_settings(Recipe, values)
    folder = output or Path('runs') / recipe.stem
    if not resume and (folder / STATE_NAME).is_file():
        raise ValueError(f'{folder} holds a training; go on with --resume, or name another folder')
    with join_group(settings.device) as group:
        training = _prepare(settings, group)
        if group.is_first:
            write_recipe(folder / 'recipe.yaml', values)
        with _stop_on_signals() as stop:
            reports = train(
                training.trainer,
                training.batches,
                settings.session,
                folder=folder,
                group=group,
                evaluate=training.evaluate,
                description=training.description,
                resume=resume,
                is_stopped=stop.is_set,
            )
            _show(reports, group, training.trainer.num_steps, settings.batch_size, folder)
    return 0


def _prepare(settings: Recipe | DetectionRecipe, group: Group) -> Training:
    if isinstance(settings, DetectionRecipe):
        return prepare_detection(settings, group)
    return prepare(settings, group)


def _parse_change(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition('=')
    if not name or not equals:
        raise ValueError(f'--set takes KEY=VALUE, got {text!r}')
    return name, parse_yaml(value, f'--set {name}')


@contextmanager
def _stop_on_signals() -> Iterator[threading.Event]:
    """Give a flag that Ctrl-C raises; the training then writes its state and ends."""
    stop = threading.Event()
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, lambda *_: stop.set()) for number in numbers]
    try:
        yield stop
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


def _show(
    reports: Iterator[Report], group: Group, num_steps: int, batch_size: int, folder: Path
) -> None:
    """Print what happens, in the first process."""
    console = Console(quiet=not group.is_first)
    columns = (TextColumn('{task.description}'), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task('starting', total=num_steps)
        for report in reports:
            step = report.step
            text = (
                f'epoch {step.epoch:.2f} step {step.number}/{num_steps} loss {report.loss:.4g} '
                f'{report.steps_per_s * batch_size * group.size:.0f} people/s'
            )
            if report.waiting > 0.1:
                text += f', {report.waiting:.0%} of it waiting for data'
            progress.update(task, completed=step.number, description=text)
            if report.scores:
                scores = ' '.join(f'{name} {value:.4f}' for name, value in report.scores.items())
                progress.console.print(f'epoch {step.epoch:.2f} {scores}')
    console.print(f'{folder}: model.pth to use, last.state to go on from')
