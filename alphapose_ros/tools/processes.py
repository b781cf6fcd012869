# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Nodes as processes, for the commands that start them without `ros2 launch`."""

from __future__ import annotations

from collections.abc import Mapping
import json
import os
from pathlib import Path
import signal
import subprocess
import sys
import time
from typing import Any

from ament_index_python.packages import get_package_share_directory

STOP_TIMEOUT_S = 5.0
POLL_S = 0.05
# Ctrl-C while the libraries load is an end like any other.
START = """
import sys
try:
    from alphapose_ros.nodes.{name} import main
except KeyboardInterrupt:
    sys.exit(0)
sys.exit(main())
"""


class ProcessError(ValueError):
    """A node ended that should not have."""


class NodeProcesses:
    """
    Nodes of this package, each in a process of its own, under one namespace.

    Leaving the context ends them, as Ctrl-C would.

    :param log_folder: gets a file NAME.log per node.
    :param namespace: of all names, such as 'demo'.
    """

    def __init__(self, log_folder: Path, namespace: str) -> None:
        self._log_folder = log_folder
        self._namespace = namespace
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._environment = make_environment()
        log_folder.mkdir(parents=True, exist_ok=True)

    def start(
        self,
        name: str,
        parameters: Mapping[str, Any],
        *,
        remaps: Mapping[str, str] | None = None,
        alias: str = '',
        shows: bool = False,
    ) -> None:
        """
        Start a node.

        :param name: of its module in nodes/.
        :param parameters: by name.
        :param remaps: topics by the names that the node has for them.
        :param alias: what it is called here and in the log, if the same node runs twice.
        :param shows: its output goes to the terminal instead of the log.
        """
        alias = alias or name
        code = START.format(name=name)
        command = [sys.executable, '-c', code, '--ros-args', '-r', f'__ns:=/{self._namespace}']
        for key, topic in (remaps or {}).items():
            command += ['-r', f'{key}:={topic}']
        for key, value in parameters.items():
            # JSON is YAML, and its doubles keep their dot.
            command += ['-p', f'{key}:={json.dumps(value)}']
        with self._log_path(alias).open('wb') as log:
            output = None if shows else log
            self._processes[alias] = subprocess.Popen(
                command, env=self._environment, stdout=output, stderr=output
            )

    def wait(self, name: str, timeout_s: float | None = None) -> bool:
        """
        Wait for a node to end by itself.

        :return: whether it ended in time.
        :raises ProcessError: if another one ended meanwhile, or this one failed.
        """
        deadline_s = time.monotonic() + (float('inf') if timeout_s is None else timeout_s)
        while time.monotonic() < deadline_s:
            ended = [other for other, process in self._processes.items() if _has_ended(process)]
            for other in ended:
                code = self._processes[other].wait()
                if other != name or code != 0:
                    raise ProcessError(f'{other} ended with exit code {code}: {self._last(other)}')
            if name in ended:
                return True
            time.sleep(POLL_S)
        return False

    def stop(self) -> dict[str, int]:
        """End all nodes with SIGINT, those that do not listen with SIGKILL; return exit codes."""
        for process in self._processes.values():
            if not _has_ended(process):
                os.kill(process.pid, signal.SIGINT)
        for process in self._processes.values():
            deadline_s = time.monotonic() + STOP_TIMEOUT_S
            while not _has_ended(process) and time.monotonic() < deadline_s:
                time.sleep(POLL_S)
            if not _has_ended(process):
                os.kill(process.pid, signal.SIGKILL)
        codes = {name: process.wait() for name, process in self._processes.items()}
        self._processes.clear()
        return codes

    def __enter__(self) -> NodeProcesses:
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    def _log_path(self, name: str) -> Path:
        return self._log_folder / f'{name}.log'

    def _last(self, name: str) -> str:
        lines = self._log_path(name).read_text(errors='replace').strip().splitlines()
        return lines[-1] if lines else f'it said nothing (see {self._log_path(name)})'


def _has_ended(process: subprocess.Popen[bytes]) -> bool:
    """
    Return whether a process has ended.

    Popen.poll() would do, but for Ctrl-C: where that comes between its lock and its try block,
    the lock is never released, and Popen.wait() waits for it for ever.
    """
    if process.returncode is not None:
        return True
    now = os.WEXITED | os.WNOHANG | os.WNOWAIT
    return os.waitid(os.P_PID, process.pid, now) is not None


def make_environment() -> dict[str, str]:
    """Return our environment, with the Fast DDS profile unless the user has one, on this host."""
    environment = dict(os.environ)
    environment.setdefault('ROS_AUTOMATIC_DISCOVERY_RANGE', 'LOCALHOST')
    if 'FASTRTPS_DEFAULT_PROFILES_FILE' not in environment:
        share = Path(get_package_share_directory('alphapose_ros'))
        profile = str(share / 'config' / 'fastdds_shm.xml')
        environment.setdefault('FASTDDS_DEFAULT_PROFILES_FILE', profile)
    return environment
