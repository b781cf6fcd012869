# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""What runs one job after the other, with networks that are loaded once."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from alphapose_ros.offline.job import Job
from alphapose_ros.offline.job import Outcome
from alphapose_ros.offline.job import Progress
from alphapose_ros.offline.job import run_job
from alphapose_ros.offline.viewers import make_viewer_maker
from alphapose_ros.params import PipelineParams
from alphapose_ros.pipeline import load_pipeline


@dataclass(frozen=True)
class Finished:
    """
    The end of a job.

    :param outcomes: of its cameras; none if it failed.
    :param error: why it cannot be done, in a line.
    """

    outcomes: tuple[Outcome, ...]
    error: str = ''


Runner: TypeAlias = Callable[[Job, Callable[[Progress], None]], Finished]


def load_runner(params: PipelineParams, views: Sequence[str]) -> Runner:
    """
    Load the networks, and return what runs jobs with them.

    :param views: see `make_viewer_maker`.
    :raises ValueError: if a model or the device is not there; one line that says what to do.
    :raises ImportError: if a library is missing.
    """
    pipeline = load_pipeline(params)
    make_viewers = make_viewer_maker(views, pipeline.pose_estimator.skeleton)

    def run(job: Job, on_progress: Callable[[Progress], None]) -> Finished:
        try:
            outcomes = run_job(job, pipeline, on_progress=on_progress, make_viewers=make_viewers)
        except ValueError as err:
            return Finished((), str(err))
        return Finished(tuple(outcomes))

    return run
