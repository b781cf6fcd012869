# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Simulated time: a clock that jumps back, as when a bag is played again."""

from typing import Any

from rclpy.node import Node
from rosgraph_msgs.msg import Clock

from alphapose_ros.nodes.run import on_clock_jump_back


def test_only_a_backward_jump_is_told(ros: Any) -> None:
    node = ros.add(Node('listener', **ros.options(use_sim_time=True)))
    jumps: list[int] = []
    handle = on_clock_jump_back(node, lambda: jumps.append(node.get_clock().now().nanoseconds))
    publisher = ros.peer().create_publisher(Clock, '/clock', 10)
    assert ros.spin_until(lambda: publisher.get_subscription_count() >= 1)
    for seconds, expected in ((100, 0), (101, 0), (200, 0), (5, 1), (6, 1)):
        message = Clock()
        message.clock.sec = seconds
        publisher.publish(message)
        assert ros.spin_until(
            lambda wanted=seconds: node.get_clock().now().nanoseconds == wanted * 10**9
        )
        assert len(jumps) == expected, seconds
    assert handle is not None
