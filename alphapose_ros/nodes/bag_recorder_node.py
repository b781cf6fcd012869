# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Live topics of any type into a bag, as they come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial
import json
from pathlib import Path
from typing import Any

from rclpy.clock import Clock
from rclpy.clock import ClockType
from rclpy.node import Node
from rclpy.subscription import Subscription

from alphapose_ros.core.parameters import ParameterError
from alphapose_ros.io.bag_writer import BagWriter
from alphapose_ros.io.message_types import BagError
from alphapose_ros.nodes.parameters import Parameters
from alphapose_ros.nodes.raw_topics import find_message_class
from alphapose_ros.nodes.raw_topics import follow
from alphapose_ros.nodes.run import run
from alphapose_ros.params import BagRecorderParams

SEARCH_PERIOD_S = 0.2
FLUSH_PERIOD_S = 1.0
QUEUE = 100
TRACKS = 'tracks'


class BagRecorderNode(Node):
    """
    Records until it is told to end; the times are those of arrival, on the clock of ROS.

    :param node_options: for rclpy.node.Node.
    """

    def __init__(self, **node_options: Any) -> None:
        super().__init__('bag_recorder', **node_options)
        p = self._params = Parameters(self, BagRecorderParams).value
        names = p.record_topics.split()
        if not p.record_bag or not names:
            raise ParameterError('parameters record_bag and record_topics must not be empty')
        self._topics = {self.resolve_topic_name(name): name for name in names}
        counted = TRACKS if TRACKS in names else names[0]
        self._counted = self.resolve_topic_name(counted)
        self._inputs: dict[str, Subscription] = {}
        self._counts: Counter[str] = Counter(dict.fromkeys(self._topics, 0))
        self._faults: dict[str, str] = {}
        self._bag = BagWriter(Path(p.record_bag))
        self._steady = Clock(clock_type=ClockType.STEADY_TIME)
        self._every(SEARCH_PERIOD_S, self._search)
        self._every(FLUSH_PERIOD_S, self._bag.flush)
        if p.record_s:
            self._every(p.record_s, self.context.try_shutdown)
        self.get_logger().info(f'recording {", ".join(self._topics)} into {p.record_bag}')

    def _every(self, period_s: float, callback: Callable[[], object]) -> None:
        self.create_timer(period_s, callback, clock=self._steady)

    def _search(self) -> None:
        """Subscribe to what is published by now, as the publishers want it."""
        types = dict(self.get_topic_names_and_types())
        for topic in self._topics:
            publishers = self.get_publishers_info_by_topic(topic)
            if topic in self._faults or topic not in types or not publishers:
                continue
            profile = follow(publishers, QUEUE)
            present = self._inputs.get(topic)
            if present is not None:
                if _agree(present.qos_profile, profile):
                    continue
                self.destroy_subscription(present)
            self._subscribe(topic, publishers[0].topic_type, profile)

    def _subscribe(self, topic: str, type_name: str, profile: Any) -> None:
        message_class = find_message_class(type_name)
        if message_class is None:
            self._give_up(topic, f'its type {type_name} is not installed')
            return
        callback = partial(self._on_message, topic, type_name)
        self._inputs[topic] = self.create_subscription(
            message_class, topic, callback, profile, raw=True
        )

    def _on_message(self, topic: str, type_name: str, data: bytes) -> None:
        if topic in self._faults:
            return
        try:
            self._bag.write(topic, type_name, data, self.get_clock().now().nanoseconds)
        except BagError as err:
            self._give_up(topic, str(err))
            return
        self._counts[topic] += 1
        if topic == self._counted and self._counts[topic] == self._params.record_images:
            self.context.try_shutdown()

    def _give_up(self, topic: str, why: str) -> None:
        self._faults[topic] = why
        self.get_logger().warning(f'{topic} is not recorded: {why}')

    def destroy_node(self) -> None:
        """Finish the bag, then end."""
        self._bag.close()
        if self._params.record_report:
            report = {'counts': self._counts, 'faults': self._faults}
            Path(self._params.record_report).write_text(json.dumps(report))
        super().destroy_node()


def _agree(present: Any, wanted: Any) -> bool:
    return (present.reliability, present.durability) == (wanted.reliability, wanted.durability)


def main(args: list[str] | None = None) -> int:
    """Run the node; return the exit code."""
    return run(lambda: [BagRecorderNode()], args)
