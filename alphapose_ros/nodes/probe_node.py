# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Sends or receives empty images of a size, to measure the transport alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from rclpy.clock import Clock
from rclpy.clock import ClockType
from rclpy.node import Node

from alphapose_ros.io.messages import Header
from alphapose_ros.io.messages import Image
from alphapose_ros.io.messages import image_to_message
from alphapose_ros.io.messages import stamp_to_ns
from alphapose_ros.nodes.parameters import Parameters
from alphapose_ros.nodes.qos import qos
from alphapose_ros.nodes.run import run
from alphapose_ros.params import ProbeParams

SETTLE_TICKS = 5


class ProbeNode(Node):
    """
    One end of a measured connection; the sender ends by itself.

    :param node_options: for rclpy.node.Node.
    """

    def __init__(self, **node_options: Any) -> None:
        super().__init__('probe', **node_options)
        self._params = Parameters(self, ProbeParams).value
        profile = qos(1, reliable=self._params.reliability != 'best_effort')
        self._latencies_ms: list[float] = []
        self._sent = 0
        self._ticks_matched = 0
        if self._params.role == 'receive':
            self._subscription = self.create_subscription(Image, 'image', self._on_image, profile)
            return
        size_hwc = (self._params.probe_height, self._params.probe_width, 3)
        self._image = np.zeros(size_hwc, np.uint8)
        self._publisher = self.create_publisher(Image, 'image', profile)
        self._timer = self.create_timer(
            1 / self._params.probe_rate_hz,
            self._send,
            clock=Clock(clock_type=ClockType.STEADY_TIME),
        )

    def _send(self) -> None:
        # The two ends learn of each other at different times: wait until both have.
        self._ticks_matched += self._publisher.get_subscription_count() > 0
        if self._ticks_matched < SETTLE_TICKS:
            return
        if self._sent == self._params.probe_count:
            self._timer.cancel()
            self.context.try_shutdown()
            return
        self._sent += 1
        header = Header(stamp=self.get_clock().now().to_msg())
        self._publisher.publish(image_to_message(self._image, header))

    def _on_image(self, message: Image) -> None:
        age_ns = self.get_clock().now().nanoseconds - stamp_to_ns(message.header.stamp)
        self._latencies_ms.append(age_ns * 1e-6)

    def destroy_node(self) -> None:
        """Write the result, then end."""
        if self._params.probe_output:
            Path(self._params.probe_output).write_text(json.dumps(self._latencies_ms))
        super().destroy_node()


def main(args: list[str] | None = None) -> int:
    """Run the node; return the exit code."""
    return run(lambda: [ProbeNode()], args)
