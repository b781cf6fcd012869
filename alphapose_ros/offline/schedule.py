# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Many jobs on workers that may die: who does what, and what came of each job."""

from __future__ import annotations

from collections import Counter
from collections import deque
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from functools import partial
import time
from typing import Protocol
from typing import TypeAlias

from alphapose_ros.offline.earlier import RunOptions
from alphapose_ros.offline.job import Job
from alphapose_ros.offline.job import Progress
from alphapose_ros.offline.runner import Finished
from alphapose_ros.offline.runner import Runner

# Attempts at a job whose worker dies, and at starting a worker that does not get ready.
MAX_ATTEMPTS = 3


class WorkerError(ValueError):
    """Workers that cannot be started."""


@dataclass(frozen=True)
class Ready:
    """The worker has loaded the networks."""


@dataclass(frozen=True)
class Refused:
    """The worker cannot load the networks, nor can any other."""

    reason: str


@dataclass(frozen=True)
class Died:
    """The worker is gone."""

    reason: str


Message: TypeAlias = Ready | Refused | Progress | Finished | Died


@dataclass(frozen=True)
class Result:
    """
    What came of a job.

    :param finished: the last that was heard of it.
    :param attempts: how often it was begun.
    :param seconds: that its attempts took together.
    """

    job: Job
    finished: Finished
    attempts: int
    seconds: float


OnProgress: TypeAlias = Callable[[int, Job, Progress], None]
OnResult: TypeAlias = Callable[[Result], None]


class Crew(Protocol):
    """Workers, known by number."""

    @property
    def size(self) -> int:
        """How many there can be."""

    def start(self, worker: int) -> None:
        """Start one, or another in the place of one that died; it will tell that it is Ready."""

    def give(self, worker: int, job: Job) -> None:
        """Give a job to one that is ready."""

    def listen(self) -> Iterable[tuple[int, Message]]:
        """Wait until workers tell something."""

    def stop(self) -> None:
        """Let all finish their files, and end."""


def run_jobs_here(
    jobs: Sequence[Job], run: Runner, *, on_progress: OnProgress, on_result: OnResult
) -> None:
    """Run all jobs in this process; an exception that is no ValueError ends it."""
    for job in jobs:
        start_s = time.monotonic()
        finished = run(job, partial(on_progress, 0, job))
        on_result(Result(job, finished, 1, time.monotonic() - start_s))


def run_jobs(
    jobs: Sequence[Job], crew: Crew, *, on_progress: OnProgress, on_result: OnResult
) -> None:
    """
    Run all jobs; whatever ends this ends the workers, who finish their files before.

    A job whose worker dies is tried again, and goes on with what it left.

    :param on_progress: is told the number of the worker.
    :raises WorkerError: if no worker can be started.
    """
    schedule = _Schedule(jobs, crew, on_progress, on_result)
    try:
        schedule.start()
        while schedule.has_work:
            for worker, message in crew.listen():
                schedule.take(worker, message)
    finally:
        crew.stop()


@dataclass
class _Task:
    """A job that is not done yet."""

    job: Job
    attempts: int = 0
    seconds: float = 0.0
    has_begun: bool = False


class _Schedule:
    """Which job waits, which worker has which job, and which has none."""

    def __init__(
        self, jobs: Sequence[Job], crew: Crew, on_progress: OnProgress, on_result: OnResult
    ) -> None:
        self._waiting = deque(_Task(job) for job in jobs)
        self._running: dict[int, tuple[_Task, float]] = {}
        self._idle: set[int] = set()
        self._crew = crew
        self._on_progress = on_progress
        self._on_result = on_result
        self._failed_starts: Counter[int] = Counter()
        self._hired: set[int] = set()

    @property
    def has_work(self) -> bool:
        return bool(self._waiting or self._running)

    def start(self) -> None:
        for worker in range(min(self._crew.size, len(self._waiting))):
            self._hired.add(worker)
            self._crew.start(worker)

    def take(self, worker: int, message: Message) -> None:
        """Do what follows from what a worker tells."""
        if isinstance(message, Refused):
            raise WorkerError(message.reason)
        if isinstance(message, Progress):
            task, _ = self._running[worker]
            task.has_begun = True
            self._on_progress(worker, task.job, message)
            return
        if isinstance(message, Died):
            self._replace(worker, message.reason)
        else:
            if isinstance(message, Finished):
                self._finish(self._end_attempt(worker), message)
            self._failed_starts[worker] = 0
            self._idle.add(worker)
        while self._waiting and self._idle:
            self._give(self._idle.pop(), self._waiting.popleft())

    def _give(self, worker: int, task: _Task) -> None:
        task.attempts += 1
        self._running[worker] = task, time.monotonic()
        self._crew.give(worker, task.job)

    def _end_attempt(self, worker: int) -> _Task:
        task, start_s = self._running.pop(worker)
        task.seconds += time.monotonic() - start_s
        return task

    def _finish(self, task: _Task, finished: Finished) -> None:
        self._on_result(Result(task.job, finished, task.attempts, task.seconds))

    def _replace(self, worker: int, reason: str) -> None:
        self._idle.discard(worker)
        if worker in self._running:
            self._try_again(self._end_attempt(worker), reason)
        else:
            self._failed_starts[worker] += 1
        if self._failed_starts[worker] == MAX_ATTEMPTS:
            self._hired.remove(worker)
            if not self._hired:
                raise WorkerError(f'no worker can be started: {reason}')
        elif self.has_work:
            self._crew.start(worker)

    def _try_again(self, task: _Task, reason: str) -> None:
        if task.attempts < MAX_ATTEMPTS:
            task.job = _to_go_on(task.job, has_begun=task.has_begun)
            self._waiting.appendleft(task)
            return
        error = f'{task.job.source}: its worker died {MAX_ATTEMPTS} times: {reason}'
        self._finish(task, Finished((), error))


def _to_go_on(job: Job, *, has_begun: bool) -> Job:
    """Return the job such that it keeps what its own attempts wrote, and that only."""
    if job.options.overwrite and not has_begun:
        return job
    return replace(job, options=RunOptions(job.options.with_images, resume=True))
