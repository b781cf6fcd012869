# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of nodes as processes, with stand-ins that need no ROS graph."""

from collections.abc import Iterator
from pathlib import Path
import signal
import sys
import threading
from types import FrameType
from typing import Any

import pytest

pytest.importorskip('ament_index_python', reason='needs ROS 2')

from alphapose_ros.tools import processes
from alphapose_ros.tools.processes import NodeProcesses
from alphapose_ros.tools.processes import ProcessError

TIMEOUT_S = 20.0
NUM_INSTRUCTIONS = 120  # several rounds of the wait
SLEEPS = 'import time; time.sleep(60)  # {name}'
IS_DEAF = 'import signal, time; signal.signal(signal.SIGINT, signal.SIG_IGN); time.sleep(60)'


class Interrupter:
    """Ctrl-C at one of the instructions of the code that it traces."""

    def __init__(self, instruction: int) -> None:
        self._left = instruction

    def trace(self, frame: FrameType, event: str, _: object) -> Any:
        """Count an instruction."""
        frame.f_trace_opcodes = True
        if event == 'opcode':
            self._left -= 1
            if self._left == 0:
                raise KeyboardInterrupt
        return self.trace


@pytest.fixture
def nodes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[NodeProcesses]:
    monkeypatch.setattr(processes, 'make_environment', dict)
    with NodeProcesses(tmp_path, '') as started:
        yield started


def test_an_interrupt_at_any_instruction_of_the_wait_lets_the_nodes_be_stopped(
    nodes: NodeProcesses, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, 'START', SLEEPS)
    monkeypatch.setattr(processes, 'POLL_S', 0.0)
    monkeypatch.setattr(processes, 'STOP_TIMEOUT_S', 0.1)
    interrupted = 0
    for instruction in range(1, NUM_INSTRUCTIONS + 1):
        nodes.start('sleeper', {})
        sys.settrace(Interrupter(instruction).trace)
        try:
            nodes.wait('sleeper', TIMEOUT_S)
        except KeyboardInterrupt:
            interrupted += 1
        finally:
            sys.settrace(None)
        stopper = threading.Thread(target=nodes.stop, daemon=True)
        stopper.start()
        stopper.join(TIMEOUT_S)
        assert not stopper.is_alive(), f'stop() waits for ever after instruction {instruction}'
    assert interrupted == NUM_INSTRUCTIONS


def test_a_node_that_does_not_listen_is_killed(
    nodes: NodeProcesses, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, 'START', IS_DEAF)
    monkeypatch.setattr(processes, 'STOP_TIMEOUT_S', 0.5)
    nodes.start('deaf', {})
    assert not nodes.wait('deaf', 0.5)
    assert nodes.stop() == {'deaf': -signal.SIGKILL}


def test_a_node_that_fails_is_said_with_its_last_line(
    nodes: NodeProcesses, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, 'START', SLEEPS)
    nodes.start('sleeper', {})
    monkeypatch.setattr(processes, 'START', 'raise SystemExit("no camera")')
    nodes.start('camera', {})
    with pytest.raises(ProcessError, match='camera ended with exit code 1: no camera'):
        nodes.wait('sleeper', TIMEOUT_S)


def test_a_node_that_ends_by_itself_has_ended_in_time(
    nodes: NodeProcesses, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, 'START', '')
    nodes.start('short', {})
    assert nodes.wait('short', TIMEOUT_S)
    assert nodes.stop() == {'short': 0}
