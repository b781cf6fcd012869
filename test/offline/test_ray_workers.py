# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Two actors on a cluster of one machine, one of which is killed."""

import os
from pathlib import Path
import signal

import cv2
import pytest

pytest.importorskip('ray', reason='needs ray')

import ray

from alphapose_ros.io.journal import read_journal
from alphapose_ros.offline.earlier import RunOptions
from alphapose_ros.offline.job import Job
from alphapose_ros.offline.job import Progress
from alphapose_ros.offline.job import run_job
from alphapose_ros.offline.ray_workers import RayCrew
from alphapose_ros.offline.schedule import Result
from alphapose_ros.offline.schedule import run_jobs
from alphapose_ros.offline.schedule import WorkerError
from alphapose_ros.params import PipelineParams
from alphapose_ros.pipeline import Pipeline

from .conftest import walker

IMAGES = 300


def test_nothing_is_lost_when_an_actor_is_killed(
    tmp_path: Path, params: PipelineParams, pipeline: Pipeline
) -> None:
    for name in ('walk', 'run'):
        (tmp_path / name).mkdir()
        for i in range(IMAGES):
            cv2.imwrite(str(tmp_path / name / f'{i:04d}.png'), walker(i % 80))
    sources = [tmp_path / name for name in ('walk', 'run')]
    jobs = [
        Job(str(source), tmp_path / 'ray' / source.name, (), params, RunOptions())
        for source in sources
    ]
    crew = RayCrew(params, 2, 'local')
    results: dict[str, Result] = {}
    victims: list[str] = []

    def on_progress(worker: int, job: Job, progress: Progress) -> None:
        if not victims:
            victims.append(job.source)
            pid = ray.get(crew._actors[worker].__ray_call__.remote(lambda _: os.getpid()))
            os.kill(pid, signal.SIGKILL)

    def on_result(result: Result) -> None:
        results[result.job.source] = result

    run_jobs(jobs, crew, on_progress=on_progress, on_result=on_result)
    assert victims
    assert not ray.is_initialized()
    for job in jobs:
        assert results[job.source].attempts == 1 + (job.source in victims)
        whole = tmp_path / 'whole' / job.folder.name
        run_job(Job(job.source, whole, (), params, RunOptions()), pipeline)
        assert read_journal(job.folder) == read_journal(whole)
        bag = f'{whole.name}_0.mcap'
        assert (job.folder / bag).read_bytes() == (whole / bag).read_bytes()


def test_a_cluster_that_is_not_there_is_told_in_a_line(params: PipelineParams) -> None:
    with pytest.raises(WorkerError, match=r'no Ray cluster at 127\.0\.0\.1:1: .*refused'):
        RayCrew(params, 2, '127.0.0.1:1')
