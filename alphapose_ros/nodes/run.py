# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""How every executable starts, spins and ends, and what happens when the clock jumps back."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence

import rclpy
from rclpy.clock import JumpThreshold
from rclpy.duration import Duration
from rclpy.executors import ExternalShutdownException
from rclpy.executors import SingleThreadedExecutor
from rclpy.logging import get_logger
from rclpy.node import Node


def run(make_nodes: Callable[[], Sequence[Node]], args: list[str] | None = None) -> int:
    """
    Run nodes until Ctrl-C or SIGTERM.

    :param make_nodes: makes them; a ValueError is a wrong parameter, model or device.
    :return: exit code: 0, or 1 if the nodes could not start; then one line has said why.
    """
    nodes: Sequence[Node] = ()
    try:
        rclpy.init(args=args)
        try:
            nodes = make_nodes()
        except ValueError as err:
            get_logger('alphapose_ros').fatal(str(err))
            return 1
        executor = SingleThreadedExecutor()
        for node in nodes:
            executor.add_node(node)
        _spin(executor)
        return 0
    except (KeyboardInterrupt, ExternalShutdownException):
        return 0
    finally:
        for node in nodes:
            node.destroy_node()
        rclpy.try_shutdown()


def _spin(executor: SingleThreadedExecutor) -> None:
    while rclpy.ok():
        executor.spin_once()


def on_clock_jump_back(node: Node, callback: Callable[[], None]) -> object:
    """
    Call back when ROS time goes backward, as when a bag begins anew; keep the result alive.

    :return: the handle; the callback ends with it.
    """
    threshold = JumpThreshold(
        min_forward=None, min_backward=Duration(nanoseconds=-1), on_clock_change=False
    )
    return node.get_clock().create_jump_callback(threshold, post_callback=lambda _: callback())
