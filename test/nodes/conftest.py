# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Nodes under test live in a context of their own, with an executor that is spun by hand."""

from collections.abc import Callable
from collections.abc import Iterator
import itertools
import time
from typing import Any

import numpy as np
import pytest

rclpy = pytest.importorskip('rclpy', reason='needs ROS 2')
pytest.importorskip('alphapose_ros.msg', reason='needs the built messages')

from rclpy.context import Context  # noqa: E402
from rclpy.executors import SingleThreadedExecutor  # noqa: E402
from rclpy.node import Node  # noqa: E402
from rclpy.parameter import Parameter  # noqa: E402
from std_msgs.msg import Header  # noqa: E402

from alphapose_ros.io.messages import image_to_message  # noqa: E402

_numbers = itertools.count()


class Ros:
    """A context, an executor, and what tests do with them."""

    def __init__(self) -> None:
        self.context = Context()
        rclpy.init(context=self.context)
        self.executor = SingleThreadedExecutor(context=self.context)
        # Nodes of earlier tests may linger in the graph: a namespace each.
        self.namespace = f'/test_{next(_numbers)}'
        self.nodes: list[Node] = []

    def options(self, **parameters: Any) -> dict[str, Any]:
        return {
            'context': self.context,
            'namespace': self.namespace,
            'parameter_overrides': [Parameter(k, value=v) for k, v in parameters.items()],
        }

    def add(self, node: Node) -> Node:
        self.nodes.append(node)
        self.executor.add_node(node)
        return node

    def make(
        self, node_type: Callable[..., Node], *, node_args: Any = None, **params: Any
    ) -> Node:
        """Make a node with parameters; `node_args` are arguments of its own."""
        return self.add(node_type(**(node_args or {}), **self.options(**params)))

    def peer(self) -> Node:
        """Make the node of somebody else: a camera, a controller."""
        return self.add(Node(f'peer_{next(_numbers)}', **self.options()))

    def collect(self, message_type: Any, topic: str, qos: Any = 10) -> list[Any]:
        """Subscribe; the list fills while spinning."""
        received: list[Any] = []
        self.peer().create_subscription(message_type, topic, received.append, qos)
        return received

    def spin_until(self, condition: Callable[[], Any], timeout_s: float = 10.0) -> bool:
        deadline_s = time.monotonic() + timeout_s
        while not condition():
            if time.monotonic() > deadline_s:
                return False
            self.executor.spin_once(timeout_sec=0.05)
        return True

    def spin_for(self, seconds: float) -> None:
        self.spin_until(lambda: False, seconds)

    def close(self) -> None:
        for node in self.nodes:
            self.executor.remove_node(node)
            node.destroy_node()
        self.executor.shutdown()
        self.context.try_shutdown()


@pytest.fixture
def ros() -> Iterator[Ros]:
    harness = Ros()
    yield harness
    harness.close()


@pytest.fixture
def person_image() -> np.ndarray:
    """Return a bright upright rectangle on dark ground: somebody, to the tiny networks."""
    image = np.full((480, 640, 3), 20, np.uint8)
    image[120:360, 260:360] = 250
    return image


@pytest.fixture
def image_message() -> Callable[..., Any]:
    def make(image: np.ndarray, stamp_s: float = 1.0, frame_id: str = 'camera') -> Any:
        header = Header(frame_id=frame_id)
        header.stamp.sec, header.stamp.nanosec = int(stamp_s), round(stamp_s % 1 * 1e9)
        return image_to_message(image, header)

    return make
