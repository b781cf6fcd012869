# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""How every executable starts, spins and ends, and what happens when the clock jumps back."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import contextmanager
import gc
import signal
from typing import Any

import rclpy
from rclpy.clock import JumpThreshold
from rclpy.duration import Duration
from rclpy.executors import ExternalShutdownException
from rclpy.executors import SingleThreadedExecutor
from rclpy.logging import get_logger
from rclpy.node import Node
from rclpy.signals import SignalHandlerOptions

# How often the executor looks up while nothing happens.
WAIT_S = 0.1


def run(make_nodes: Callable[[], Iterable[Node]], args: list[str] | None = None) -> int:
    """
    Run nodes until Ctrl-C or SIGTERM, however often they come.

    The signals are ours: rclpy's handlers invalidate the context under a callback that is about to
    publish, and an interrupt under a library that is being loaded can abort the process. Here the
    callback ends first, or the node that is being made.

    :param make_nodes: makes them; a ValueError is a wrong parameter, model or device.
    :return: exit code: 0, or 1 if the nodes could not start; then one line has said why.
    """
    nodes: list[Node] = []
    with _signals() as signals:
        try:
            rclpy.init(args=args, signal_handler_options=SignalHandlerOptions.NO)
            try:
                for node in make_nodes():
                    nodes.append(node)
                    if signals.has_arrived:
                        return 0
            except ValueError as err:
                get_logger('alphapose_ros').fatal(str(err))
                return 1
            _spin(nodes, signals)
        except ExternalShutdownException:
            pass  # a usual end
        finally:
            for node in nodes:
                node.destroy_node()
            rclpy.try_shutdown()
            # Python's last collections walk through every object of torch, which takes longer than
            # all else of the end; what is frozen they pass over.
            gc.freeze()
    return 0


class _Signals:
    """Whether one has arrived."""

    def __init__(self) -> None:
        self.has_arrived = False

    def handle(self, number: int, frame: Any) -> None:
        self.has_arrived = True


@contextmanager
def _signals() -> Iterator[_Signals]:
    """Take SIGINT and SIGTERM; give them back at the end."""
    signals = _Signals()
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, signals.handle) for number in numbers]
    try:
        yield signals
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


def _spin(nodes: Sequence[Node], signals: _Signals) -> None:
    executor = SingleThreadedExecutor()
    for node in nodes:
        executor.add_node(node)
    while rclpy.ok() and not signals.has_arrived:
        executor.spin_once(timeout_sec=WAIT_S)


def on_clock_jump_back(node: Node, callback: Callable[[], None]) -> object:
    """
    Call back when ROS time goes backward, as when a bag begins anew; keep the result alive.

    :return: the handle; the callback ends with it.
    """
    threshold = JumpThreshold(
        min_forward=None, min_backward=Duration(nanoseconds=-1), on_clock_change=False
    )
    return node.get_clock().create_jump_callback(threshold, post_callback=lambda _: callback())
