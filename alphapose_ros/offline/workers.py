# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Workers that are processes of this machine."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import replace
import multiprocessing
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
import os
import signal
import threading
import traceback

import cv2
import torch

from alphapose_ros.offline.job import Job
from alphapose_ros.offline.job import Progress
from alphapose_ros.offline.runner import load_runner
from alphapose_ros.offline.schedule import Died
from alphapose_ros.offline.schedule import Message
from alphapose_ros.offline.schedule import Ready
from alphapose_ros.offline.schedule import Refused
from alphapose_ros.params import PipelineParams


class StopError(Exception):
    """The worker is to finish its files and end."""


@dataclass(frozen=True)
class _Worker:
    process: BaseProcess
    connection: Connection


class ProcessCrew:
    """
    Processes that load the networks once each, and share the cores.

    They end at once if this process is killed.

    :param params: of the pipeline; `threads` 0 gives each its part of the cores.
    :param size: number of processes.
    :param views: see `make_viewer_maker`.
    """

    def __init__(self, params: PipelineParams, size: int, views: Sequence[str] = ()) -> None:
        self.size = size
        self._params = replace(params, threads=params.threads or max(count_cores() // size, 1))
        self._views = tuple(views)
        self._workers: dict[int, _Worker] = {}
        self._loading: set[int] = set()

    def start(self, worker: int) -> None:
        """Start a process."""
        context = multiprocessing.get_context('spawn')
        ours, theirs = context.Pipe()
        params = place(self._params, worker)
        process = context.Process(
            target=_work, args=(theirs, params, self._views), name=f'worker-{worker}'
        )
        with _interrupts_held_back():
            process.start()
        theirs.close()
        self._workers[worker] = _Worker(process, ours)
        self._loading.add(worker)

    def give(self, worker: int, job: Job) -> None:
        """Send a job; one that died meanwhile is met by `listen`."""
        self._send(worker, job)

    def listen(self) -> list[tuple[int, Message]]:
        """Return one message of each that has any."""
        number_of = {worker.connection: i for i, worker in self._workers.items()}
        ready = [number_of[c] for c in wait(list(number_of)) if isinstance(c, Connection)]
        return [(worker, self._receive(worker)) for worker in ready]

    def stop(self) -> None:
        """End all; those that have a job after the image they are at."""
        for number in self._loading:
            self._workers[number].process.kill()
        for number in self._workers:
            self._send(number, None)
        try:
            for worker in self._workers.values():
                _read_to_the_end(worker.connection)
                worker.process.join()
        finally:  # if it is interrupted once more
            for worker in self._workers.values():
                worker.process.kill()

    def _send(self, worker: int, job: Job | None) -> None:
        try:
            self._workers[worker].connection.send(job)
        except OSError:
            return

    def _receive(self, worker: int) -> Message:
        process, connection = self._workers[worker].process, self._workers[worker].connection
        reason = ''
        try:
            message: Message = connection.recv()
            self._loading.discard(worker)
            if not isinstance(message, Died):
                return message
            reason = message.reason
        except (EOFError, OSError):  # in the middle of a message
            pass
        self._loading.discard(worker)
        connection.close()
        process.join()
        del self._workers[worker]
        return Died(reason or _tell_end(process.exitcode))


def count_cores() -> int:
    """Return the number of cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on Linux
        return os.cpu_count() or 1


def place(params: PipelineParams, worker: int) -> PipelineParams:
    """Deal the GPUs of this machine out, if `device` leaves open which."""
    gpus = torch.cuda.device_count()
    if params.device not in ('auto', 'cuda') or gpus < 2:
        return params
    return replace(params, device=f'cuda:{worker % gpus}')


def limit_threads(threads: int) -> None:
    """Keep the libraries that are not told with each network from taking all cores."""
    cv2.setNumThreads(threads)
    torch.set_num_threads(threads)


def _work(connection: Connection, params: PipelineParams, views: Sequence[str]) -> None:
    """Do jobs until None comes."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    limit_threads(params.threads)
    try:
        run = load_runner(params, views)
    except (ImportError, ValueError) as err:
        connection.send(Refused(str(err)))
        return
    connection.send(Ready())

    def on_progress(progress: Progress) -> None:
        if connection.poll():  # only the end comes before the job is done
            raise StopError
        connection.send(progress)

    try:
        while (job := connection.recv()) is not None:
            connection.send(run(job, on_progress))
    except StopError:
        return
    except Exception as err:
        connection.send(Died(describe_exception(err)))
        raise


def describe_exception(err: BaseException) -> str:
    """Return its name and what it says, in a line."""
    return ' '.join(traceback.format_exception_only(err)).strip()


def _end_with_parent() -> None:
    """Die with the parent: the next run may write the same files."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


@contextmanager
def _interrupts_held_back() -> Iterator[None]:
    """Start processes inside: they never see Ctrl-C, which is for this one to handle."""
    resource_tracker.ensure_running()  # would let it through
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def _read_to_the_end(connection: Connection) -> None:
    try:
        while True:
            connection.recv()
    except (EOFError, OSError):
        return


def _tell_end(code: int | None) -> str:
    if code is not None and code < 0:
        return f'killed by {signal.Signals(-code).name}'
    return f'ended with exit code {code}'
