# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of workers that are processes, some of which are killed."""

from collections.abc import Callable
from dataclasses import replace
import multiprocessing
import os
from pathlib import Path
import signal
from typing import Any

import cv2
import pytest

from alphapose_ros.offline.earlier import RunOptions
from alphapose_ros.offline.job import Job
from alphapose_ros.offline.job import Progress
from alphapose_ros.offline.job import run_job
from alphapose_ros.offline.schedule import Result
from alphapose_ros.offline.schedule import run_jobs
from alphapose_ros.offline.schedule import WorkerError
from alphapose_ros.offline.workers import ProcessCrew
from alphapose_ros.params import PipelineParams
from alphapose_ros.pipeline import Pipeline

from .conftest import walker

IMAGES = 120  # two flushes and a rest
FATAL = 'crash'


@pytest.fixture
def jobs(tmp_path: Path, params: PipelineParams) -> list[Job]:
    """Return a job that somebody kills, and two others."""
    found = []
    for number, name in enumerate((FATAL, 'walk', 'run')):
        folder = tmp_path / name
        folder.mkdir()
        for i in range(IMAGES if name == FATAL else 10):
            cv2.imwrite(str(folder / f'{i:04d}.png'), walker(i + number))
        found.append(Job(str(folder), tmp_path / 'output' / name, (), params, RunOptions()))
    return found


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob('*')
        if path.is_file()
    }


def expected(jobs: list[Job], pipeline: Pipeline, folder: Path) -> dict[str, bytes]:
    """Return the files of a run that nothing disturbed, in this process."""
    for job in jobs:
        run_job(replace(job, folder=folder / job.folder.name), pipeline)
    return files(folder)


def run(jobs: list[Job], size: int, on_progress: Callable[..., None]) -> dict[str, Result]:
    results: dict[str, Result] = {}

    def on_result(result: Result) -> None:
        results[Path(result.job.source).name] = result

    crew = ProcessCrew(jobs[0].params, size)
    run_jobs(jobs, crew, on_progress=on_progress, on_result=on_result)
    return results


def ignore(*_: Any) -> None:
    """Do nothing."""


def kill(worker: int) -> None:
    for process in multiprocessing.active_children():
        if process.name == f'worker-{worker}':
            assert process.pid is not None
            os.kill(process.pid, signal.SIGKILL)


def test_two_workers_give_the_files_of_one_process(
    jobs: list[Job], pipeline: Pipeline, tmp_path: Path
) -> None:
    results = run(jobs, 2, ignore)
    assert all(not result.finished.error for result in results.values())
    assert files(tmp_path / 'output') == expected(jobs, pipeline, tmp_path / 'expected')
    assert multiprocessing.active_children() == []


def test_nothing_is_lost_when_a_worker_is_killed(
    jobs: list[Job], pipeline: Pipeline, tmp_path: Path
) -> None:
    begun: list[int] = []

    def on_progress(worker: int, job: Job, progress: Progress) -> None:
        if job is jobs[0] and progress.done == 70:
            kill(worker)
        if Path(job.source).name == FATAL and job.options.resume:
            begun.append(progress.done)

    results = run(jobs, 2, on_progress)
    assert {name: result.attempts for name, result in results.items()} == {
        FATAL: 2,
        'walk': 1,
        'run': 1,
    }
    assert begun[0] >= 50  # what was flushed was kept
    assert files(tmp_path / 'output') == expected(jobs, pipeline, tmp_path / 'expected')


def test_a_job_that_always_kills_its_worker_fails_and_the_others_are_done(
    jobs: list[Job],
) -> None:
    def on_progress(worker: int, job: Job, progress: Progress) -> None:
        if Path(job.source).name == FATAL:
            kill(worker)

    results = run(jobs, 1, on_progress)
    assert results[FATAL].attempts == 3
    assert 'its worker died 3 times: killed by SIGKILL' in results[FATAL].finished.error
    for name in ('walk', 'run'):
        (outcome,) = results[name].finished.outcomes
        assert outcome.journal.is_done


def test_an_interruption_lets_workers_finish_their_files(
    jobs: list[Job], pipeline: Pipeline, tmp_path: Path
) -> None:
    def on_progress(worker: int, job: Job, progress: Progress) -> None:
        if progress.done == 60:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(jobs, 1, on_progress)
    assert (jobs[0].folder / 'metadata.yaml').is_file()
    for job in jobs:
        run_job(replace(job, options=RunOptions(resume=True)), pipeline)
    assert files(tmp_path / 'output') == expected(jobs, pipeline, tmp_path / 'expected')


def test_a_model_that_is_not_there_ends_the_run_with_its_line(jobs: list[Job]) -> None:
    params = replace(jobs[0].params, pose_model='nothing')
    with pytest.raises(WorkerError, match='nothing'):
        run([replace(job, params=params) for job in jobs], 1, ignore)
