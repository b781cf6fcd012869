# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Skeletons and identities of bags, videos and folders of images: every image once, without ROS.

Writes a bag for each camera, in OUTPUT/NAME or, for several cameras, OUTPUT/NAME/TOPIC. Exit code:
0 all is done, 1 a source could not be processed, 3 all is done but for images that cannot be used.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

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

from alphapose_ros.offline.earlier import RunOptions
from alphapose_ros.offline.exports import FORMATS
from alphapose_ros.offline.job import Job
from alphapose_ros.offline.job import Outcome
from alphapose_ros.offline.job import Progress
from alphapose_ros.offline.job import run_job
from alphapose_ros.offline.job import unique_names
from alphapose_ros.pipeline import load_pipeline
from alphapose_ros.tools.pipeline_options import add_pipeline_arguments
from alphapose_ros.tools.pipeline_options import pipeline_params
from alphapose_ros.tools.pipeline_options import SHORT

DONE, FAILED, INCOMPLETE = 0, 1, 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument('sources', nargs='+', help='bags, videos, images, folders of images')
    parser.add_argument('--output', default='process_output', help='folder for the results')
    parser.add_argument(
        '--topic',
        action='append',
        default=[],
        help='of a camera in the bags, may be repeated; all images if left out',
    )
    parser.add_argument('--with-images', action='store_true', help='copy the images into the bags')
    parser.add_argument(
        '--export',
        action='append',
        default=[],
        choices=list(FORMATS),
        help='write the tracks in this format of files as well, may be repeated',
    )
    earlier = parser.add_mutually_exclusive_group()
    earlier.add_argument(
        '--resume', action='store_true', help='go on with runs that were interrupted'
    )
    earlier.add_argument('--overwrite', action='store_true', help='replace earlier results')
    add_pipeline_arguments(parser)


def run(
    *,
    sources: list[str],
    output: str,
    topic: list[str],
    with_images: bool,
    export: list[str],
    resume: bool,
    overwrite: bool,
    **pipeline: Any,
) -> int:
    """
    Process all sources; return the exit code.

    :raises ValueError: if an option or a model cannot be used; one line that says what to do.
    """
    params = pipeline_params(
        pipeline['params_file'], pipeline['set'], {name: pipeline[name] for name in SHORT}
    )
    distinct = list(dict.fromkeys(sources))
    jobs = [
        Job(
            source,
            Path(output) / name,
            topics=tuple(topic),
            params=params,
            options=RunOptions(with_images, resume, overwrite),
            exports=tuple(dict.fromkeys(export)),
        )
        for source, name in zip(distinct, unique_names(distinct), strict=True)
    ]
    console = Console()
    networks = load_pipeline(params)
    codes = [
        _run_one(job, console, lambda j, p: run_job(j, networks, on_progress=p)) for job in jobs
    ]
    return max(codes, key=(DONE, INCOMPLETE, FAILED).index)


def _run_one(
    job: Job,
    console: Console,
    process: Callable[[Job, Callable[[Progress], None]], list[Outcome]],
) -> int:
    with _make_bar(console) as bar:
        task = bar.add_task(Path(job.source).name, total=None)
        try:
            outcomes = process(job, _follow(bar, task))
        except KeyboardInterrupt:
            console.print(f'interrupted; --resume goes on with {job.folder}')
            raise
        except ValueError as err:
            bar.stop()
            console.print(f'alphapose_ros: error: {err}', markup=False, soft_wrap=True)
            return FAILED
    for outcome in outcomes:
        _tell(outcome, console)
    has_faults = any(o.journal.faults or o.journal.problems for o in outcomes)
    return INCOMPLETE if has_faults else DONE


def _tell(outcome: Outcome, console: Console) -> None:
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
    console.print('\n'.join(lines), markup=False, highlight=False, soft_wrap=True)


class _Rate(ProgressColumn):
    """Images per second."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f'{speed:.1f} images/s' if speed else '', style='progress.data.speed')


def _make_bar(console: Console) -> Bar:
    return Bar(
        TextColumn('{task.description}', markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
    )


def _follow(bar: Bar, task: TaskID) -> Callable[[Progress], None]:
    def follow(progress: Progress) -> None:
        bar.update(task, completed=progress.done, total=progress.total or None)

    return follow
