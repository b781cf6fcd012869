# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Stories of jobs and of workers that die."""

from collections import Counter
from collections import deque
from collections.abc import Callable
from collections.abc import Mapping
from pathlib import Path

import pytest

from alphapose_ros.offline.earlier import RunOptions
from alphapose_ros.offline.job import Job
from alphapose_ros.offline.job import Progress
from alphapose_ros.offline.runner import Finished
from alphapose_ros.offline.schedule import Died
from alphapose_ros.offline.schedule import Message
from alphapose_ros.offline.schedule import Ready
from alphapose_ros.offline.schedule import Refused
from alphapose_ros.offline.schedule import Result
from alphapose_ros.offline.schedule import run_jobs
from alphapose_ros.offline.schedule import WorkerError
from alphapose_ros.params import PipelineParams

DONE = Finished(())


class ScriptedCrew:
    """
    Workers without networks.

    :param deaths: how many attempts at a source end with the death of the worker.
    :param starts: what each start of a worker leads to, in order; then Ready.
    """

    def __init__(
        self,
        size: int,
        deaths: Mapping[str, int] | None = None,
        starts: tuple[Message, ...] = (),
        *,
        dies_early: bool = False,
    ) -> None:
        self.size = size
        self.given: list[tuple[int, Job]] = []
        self.is_stopped = False
        self._left = Counter(deaths or {})
        self._starts = deque(starts)
        self._dies_early = dies_early
        self._messages: deque[tuple[int, Message]] = deque()

    def start(self, worker: int) -> None:
        self._messages.append((worker, self._starts.popleft() if self._starts else Ready()))

    def give(self, worker: int, job: Job) -> None:
        self.given.append((worker, job))
        dies = self._left[job.source] > 0
        self._left[job.source] -= 1
        if not (dies and self._dies_early):
            self._messages.append((worker, Progress(1, 2)))
        self._messages.append((worker, Died('killed') if dies else DONE))

    def listen(self) -> list[tuple[int, Message]]:
        return [self._messages.popleft()]

    def stop(self) -> None:
        self.is_stopped = True


@pytest.fixture
def jobs() -> list[Job]:
    params = PipelineParams()
    return [Job(name, Path(name), (), params, RunOptions(overwrite=True)) for name in 'abcde']


def run(
    jobs: list[Job], crew: ScriptedCrew, on_progress: Callable[..., None] = lambda *_: None
) -> dict[str, Result]:
    results: dict[str, Result] = {}

    def on_result(result: Result) -> None:
        assert result.job.source not in results
        results[result.job.source] = result

    run_jobs(jobs, crew, on_progress=on_progress, on_result=on_result)
    assert crew.is_stopped
    return results


@pytest.mark.parametrize('size', [1, 2, 9])
def test_each_job_is_done_once_and_workers_share_them(jobs: list[Job], size: int) -> None:
    crew = ScriptedCrew(size)
    assert list(run(jobs, crew)) == list('abcde')
    assert {worker for worker, _ in crew.given} == set(range(min(size, 5)))


def test_no_jobs_need_no_worker() -> None:
    assert run([], ScriptedCrew(2, starts=(Died('at once'),))) == {}


def test_a_job_whose_worker_died_goes_on_with_what_it_left(jobs: list[Job]) -> None:
    crew = ScriptedCrew(1, {'b': 2})
    result = run(jobs, crew)['b']
    assert (result.attempts, result.finished) == (3, DONE)
    attempts = [job.options for _, job in crew.given if job.source == 'b']
    assert [(o.resume, o.overwrite) for o in attempts] == [(False, True)] + [(True, False)] * 2


def test_earlier_results_are_still_replaced_if_the_worker_died_before(jobs: list[Job]) -> None:
    crew = ScriptedCrew(1, {'b': 1}, dies_early=True)
    run(jobs, crew)
    assert all(job.options.overwrite for _, job in crew.given)


@pytest.mark.parametrize('size', [1, 3])
def test_a_job_that_always_kills_fails_after_3_attempts_and_the_others_are_done(
    jobs: list[Job], size: int
) -> None:
    results = run(jobs, ScriptedCrew(size, {'a': 99}))
    assert set(results) == set('abcde')
    assert results['a'].attempts == 3
    assert results['a'].finished.error == 'a: its worker died 3 times: killed'
    assert all(results[name].finished == DONE for name in 'bcde')


def test_workers_that_can_never_be_started_end_the_run(jobs: list[Job]) -> None:
    with pytest.raises(WorkerError, match='no worker can be started: no memory'):
        run(jobs, ScriptedCrew(2, starts=(Died('no memory'),) * 99))


def test_one_worker_that_can_be_started_does_it_all(jobs: list[Job]) -> None:
    crew = ScriptedCrew(2, starts=(Ready(), *[Died('no memory')] * 3))
    assert len(run(jobs, crew)) == 5


def test_networks_that_cannot_be_loaded_end_the_run(jobs: list[Job]) -> None:
    crew = ScriptedCrew(2, starts=(Refused('no such model'),))
    with pytest.raises(WorkerError, match='no such model'):
        run(jobs, crew)
    assert crew.is_stopped


def test_an_interruption_stops_the_workers(jobs: list[Job]) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    crew = ScriptedCrew(2)
    with pytest.raises(KeyboardInterrupt):
        run(jobs, crew, interrupt)
    assert crew.is_stopped
