# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""What `process` shows: a bar per job that is worked on, a line per camera that is done."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn
from rich.progress import MofNCompleteColumn
from rich.progress import Progress as Bar
from rich.progress import ProgressColumn
from rich.progress import Task
from rich.progress import TaskID
from rich.progress import TextColumn
from rich.progress import TimeRemainingColumn
from rich.text import Text

from alphapose_ros.offline.job import Job
from alphapose_ros.offline.job import Outcome
from alphapose_ros.offline.job import Progress
from alphapose_ros.offline.schedule import Result


class Display:
    """
    Follows the jobs; a context manager.

    :param count: of jobs.
    """

    def __init__(self, console: Console, count: int) -> None:
        self._console = console
        self._bar = Bar(
            TextColumn('{task.description}', markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            _Rate(),
            TimeRemainingColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self._all = self._bar.add_task('all', total=count, visible=count > 1, unit='jobs')
        self._task_of: dict[str, TaskID] = {}

    def __enter__(self) -> Display:
        self._bar.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._bar.stop()

    def follow(self, worker: int, job: Job, progress: Progress) -> None:
        """Show how far a job is."""
        if job.source not in self._task_of:
            name = Path(job.source).name
            self._task_of[job.source] = self._bar.add_task(name, total=None, unit='images')
        self._bar.update(
            self._task_of[job.source], completed=progress.done, total=progress.total or None
        )

    def tell(self, result: Result) -> None:
        """Print what came of a job."""
        if result.job.source in self._task_of:
            self._bar.remove_task(self._task_of.pop(result.job.source))
        self._bar.advance(self._all)
        if result.finished.error:
            text = f'alphapose_ros: error: {result.finished.error}'
            self._console.print(text, markup=False, highlight=False, soft_wrap=True)
        for outcome in result.finished.outcomes:
            self._tell_camera(outcome)

    def _tell_camera(self, outcome: Outcome) -> None:
        """Print a line for a camera, and one for each thing that went wrong."""
        journal = outcome.journal
        lines = [
            f'{outcome.folder}: {journal.written} of {journal.read} images'
            + (f' of {journal.topic}' if journal.topic else '')
            + f', {journal.people / max(journal.written, 1):.1f} people each'
        ]
        lines += [f'  warning: {problem}' for problem in journal.problems]
        lines += [f'  warning: {n} images not used: {why}' for why, n in journal.faults.items()]
        lines += [f'  note: {n} images: {why}' for why, n in journal.oddities.items()]
        self._console.print('\n'.join(lines), markup=False, highlight=False, soft_wrap=True)


class _Rate(ProgressColumn):
    """Images per second."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        text = f'{speed:.1f} images/s' if speed and task.fields['unit'] == 'images' else ''
        return Text(text, style='progress.data.speed')
