# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""How executables start and end, in this process: what `test_processes` cannot time."""

from collections.abc import Iterator
import signal

import pytest
import rclpy
from rclpy.node import Node

from alphapose_ros.nodes.run import run


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM], ids=['SIGINT', 'SIGTERM'])
def test_a_signal_waits_for_the_node_that_is_being_made_and_no_other_is_made(number: int) -> None:
    made = []

    def make_nodes() -> Iterator[Node]:
        for name in 'first', 'second', 'third':
            if name == 'second':
                signal.raise_signal(number)
                signal.raise_signal(number)
            made.append(name)
            yield Node(name)

    before = signal.getsignal(number)
    assert run(make_nodes, []) == 0
    assert made == ['first', 'second']
    assert not rclpy.ok()
    assert signal.getsignal(number) is before


def test_a_wrong_value_is_told_in_one_line(capfd: pytest.CaptureFixture[str]) -> None:
    def make_nodes() -> Iterator[Node]:
        yield Node('first')
        raise ValueError('device: gpu')

    assert run(make_nodes, []) == 1
    (line,) = ''.join(capfd.readouterr()).splitlines()
    assert line.startswith('[FATAL]')
    assert line.endswith('[alphapose_ros]: device: gpu')
    assert not rclpy.ok()
