# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Workers that are actors of a Ray cluster, on one machine or on many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
import socket
import threading
import time
from typing import Any

from alphapose_ros.offline.job import Job
from alphapose_ros.offline.job import Progress
from alphapose_ros.offline.runner import Finished
from alphapose_ros.offline.runner import load_runner
from alphapose_ros.offline.schedule import Died
from alphapose_ros.offline.schedule import Message
from alphapose_ros.offline.schedule import Ready
from alphapose_ros.offline.schedule import Refused
from alphapose_ros.offline.schedule import WorkerError
from alphapose_ros.offline.workers import describe_exception
from alphapose_ros.offline.workers import limit_threads
from alphapose_ros.offline.workers import StopError
from alphapose_ros.params import PipelineParams

PROGRESS_S = 0.5
# Ray itself waits for minutes.
CONNECT_S = 5.0
# Calls of an actor that run side by side: `run`, `tell`, `stop`.
CONCURRENCY = 3


class RayCrew:
    """
    Actors that load the networks once each: one per GPU, or each with its part of the cores.

    Sources and results must be on storage that all machines see by the same paths.

    :param params: of the pipeline.
    :param size: number of actors; 0: one per GPU, or per machine if there is none.
    :param address: of the cluster: 'auto', 'local' for one on this machine, or host:port.
    :param views: see `make_viewer_maker`.
    :raises ImportError: if Ray is missing.
    :raises WorkerError: if the cluster is not there, or has no GPUs and they are asked for.
    """

    def __init__(
        self, params: PipelineParams, size: int, address: str, views: Sequence[str] = ()
    ) -> None:
        self._ray = _connect(address)
        resources = self._ray.cluster_resources()
        gpus, cores = int(resources.get('GPU', 0)), int(resources.get('CPU', 1))
        wants_gpu = params.device.startswith(('cuda', 'tensorrt'))
        if wants_gpu and gpus < max(size, 1):
            self._ray.shutdown()
            raise WorkerError(f'{max(size, 1)} workers need as many GPUs, the cluster has {gpus}')
        self._has_gpu = wants_gpu or (params.device == 'auto' and gpus > 0)
        self.size = size or gpus or sum(node['Alive'] for node in self._ray.nodes())
        self._cores = max(cores // self.size, 1)
        # Ray shows an actor no GPU but its own.
        device = params.device.partition(':')[0]
        self._params = replace(params, device=device, threads=params.threads or self._cores)
        self._views = tuple(views)
        self._actors: dict[int, Any] = {}
        self._calls: dict[Any, tuple[int, str]] = {}

    def start(self, worker: int) -> None:
        """Start an actor wherever its resources are free; waits for nothing."""
        resources = {'num_gpus': 1} if self._has_gpu else {'num_cpus': self._cores}
        actor_type = self._ray.remote(max_concurrency=CONCURRENCY, **resources)(_Actor)
        self._actors[worker] = actor_type.remote(self._params, self._views)
        self._call(worker, 'load')

    def give(self, worker: int, job: Job) -> None:
        """Let an actor run a job, and tell how far it is."""
        self._call(worker, 'run', job)
        if (worker, 'tell') not in self._calls.values():
            self._call(worker, 'tell')

    def listen(self) -> list[tuple[int, Message]]:
        """Wait for the first answer."""
        (call,), _ = self._ray.wait(list(self._calls))
        worker, name = self._calls.pop(call)
        try:
            answer = self._ray.get(call)
        except self._ray.exceptions.RayError as err:
            # That of `load` or `run` comes as well.
            return [] if name == 'tell' else [(worker, self._bury(worker, err))]
        if name == 'tell':
            if (worker, 'run') not in self._calls.values():
                return []
            self._call(worker, 'tell')
        return [] if answer is None else [(worker, answer)]

    def stop(self) -> None:
        """End all; those that have a job after the image they are at."""
        busy = [call for call, (_, name) in self._calls.items() if name == 'run']
        try:
            for worker in {self._calls[call][0] for call in busy}:
                self._actors[worker].stop.remote()
            self._ray.wait(busy, num_returns=len(busy)) if busy else None
        finally:
            self._ray.shutdown()

    def _call(self, worker: int, name: str, *arguments: Any) -> None:
        call = getattr(self._actors[worker], name).remote(*arguments)
        self._calls[call] = worker, name

    def _bury(self, worker: int, err: Exception) -> Died:
        """Forget an actor, which may live if it was only its job that failed."""
        self._calls = {call: who for call, who in self._calls.items() if who[0] != worker}
        self._ray.kill(self._actors.pop(worker))
        cause = getattr(err, 'cause', None)
        return Died(describe_exception(cause or err).splitlines()[0])


class _Actor:
    """Runs in a process of the cluster."""

    def __init__(self, params: PipelineParams, views: Sequence[str]) -> None:
        self._params = params
        self._views = views
        self._progress: Progress | None = None
        self._is_stopped = threading.Event()

    def load(self) -> Ready | Refused:
        limit_threads(self._params.threads)
        try:
            self._run = load_runner(self._params, self._views)
        except (ImportError, ValueError) as err:
            return Refused(str(err))
        return Ready()

    def run(self, job: Job) -> Finished:
        self._progress = None

        def on_progress(progress: Progress) -> None:
            if self._is_stopped.is_set():
                raise StopError
            self._progress = progress

        return self._run(job, on_progress)

    def tell(self) -> Progress | None:
        time.sleep(PROGRESS_S)
        return self._progress

    def stop(self) -> None:
        self._is_stopped.set()


def _connect(address: str) -> Any:
    try:
        import ray
    except ImportError as err:
        raise ImportError('--ray needs Ray: pip install alphapose_ros[ray]') from err
    try:
        if address not in ('auto', 'local') and '://' not in address:
            host, _, port = address.rpartition(':')
            socket.create_connection((host, int(port)), CONNECT_S).close()
        ray.init(address=address, include_dashboard=False, log_to_driver=False)
    except (OSError, ValueError, ray.exceptions.RayError) as err:
        raise WorkerError(f'no Ray cluster at {address}: {err}') from err
    return ray
