# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""A bag as live topics; if asked, counts which of its images come back as `tracks`."""

from __future__ import annotations

from collections import Counter
import json
from pathlib import Path
import time
from typing import Any

from rclpy.clock import Clock
from rclpy.clock import ClockType
from rclpy.duration import Duration
from rclpy.node import Node

from alphapose_ros.core.parameters import ParameterError
from alphapose_ros.io.bag_message import BagMessage
from alphapose_ros.io.bag_reader import BagReader
from alphapose_ros.io.bag_stamps import IMAGE_TYPES
from alphapose_ros.io.messages import ns_to_stamp
from alphapose_ros.io.messages import Pose2DArray
from alphapose_ros.nodes.parameters import Parameters
from alphapose_ros.nodes.playback import Playback
from alphapose_ros.nodes.qos import qos
from alphapose_ros.nodes.raw_topics import choose_topics
from alphapose_ros.nodes.raw_topics import CLOCK_TYPE
from alphapose_ros.nodes.raw_topics import create_outputs
from alphapose_ros.nodes.raw_topics import find_message_class
from alphapose_ros.nodes.raw_topics import is_intact
from alphapose_ros.nodes.replay_check import read_stamp_ns
from alphapose_ros.nodes.replay_check import ReplayCheck
from alphapose_ros.nodes.run import run
from alphapose_ros.params import BagPlayerParams

TICK_S = 0.005
# Messages that are sent before tracks are looked for.
BURST = 20
# Readers need a moment to match; the first messages would be lost to them.
SETTLE_S = 1.0
# The last messages need a moment to be read; only reliable ones are acknowledged.
LINGER_S = 0.3


class BagPlayerNode(Node):
    """
    Publishes the messages of a bag as they are; ends with the last one.

    :param node_options: for rclpy.node.Node.
    """

    def __init__(self, **node_options: Any) -> None:
        super().__init__('bag_player', **node_options)
        p = self._params = Parameters(self, BagPlayerParams).value
        if not p.bag:
            raise ParameterError('parameter bag is empty: give a folder, .mcap or .db3')
        self._bag = BagReader(Path(p.bag))
        self._awaits_tracks = p.check or p.rate == 0
        topics = choose_topics(
            self._bag.topics,
            p.play_topics.split(),
            for_nodes=self._awaits_tracks,
            without=[CLOCK_TYPE] if p.clock else [],
        )
        self._outputs, unknown = create_outputs(self, Path(p.bag), topics)
        if unknown:
            self.get_logger().warning(f'not played, of unknown type: {", ".join(unknown)}')
        self._images = [n for n in self._outputs if topics[n].type_name in IMAGE_TYPES]
        self._playback = Playback(
            lambda: self._bag.messages(list(self._outputs)), rate=p.rate, loop=p.loop
        )
        self._check = ReplayCheck(paced=p.rate == 0)
        self._sent: Counter[str] = Counter()
        self._damaged: Counter[str] = Counter()
        self._fault = ''
        self._first: BagMessage | None = None
        self._is_started = False
        self._created_s = self._alone_until_s = self._sent_s = time.monotonic()
        self._connect()

    def _connect(self) -> None:
        if self._params.clock:
            self._clock_type = find_message_class(CLOCK_TYPE)
            self._clock_output = self.create_publisher(self._clock_type, '/clock', 10)
        if self._awaits_tracks:
            self.create_subscription(Pose2DArray, 'tracks', self._on_tracks, qos(100), raw=True)
        # Steady time: this node may be the source of ROS time.
        self._timer = self.create_timer(
            TICK_S, self._on_tick, clock=Clock(clock_type=ClockType.STEADY_TIME)
        )

    def _on_tick(self) -> None:
        now_s = time.monotonic()
        limit_s = self._params.check_timeout_s
        is_silent = self._params.check and not self._check.is_answered
        if is_silent and now_s - self._created_s >= limit_s:
            self._fault = f'no tracks of the first image within {limit_s:g} s'
            self._finish()
            return
        if not self._is_started:
            self._is_started = self._has_listeners(now_s)
            return
        if self._first is not None and self._check.needs_repeat(now_s):
            self._outputs[self._first.topic].publish(self._first.data)
        self._play(now_s)
        is_over = self._playback.is_over and now_s - self._sent_s >= LINGER_S
        if is_over and self._check.is_settled(now_s):
            self._finish()

    def _has_listeners(self, now_s: float) -> bool:
        """Tell whether everybody has been there for a while who should see the first image."""
        outputs = [self._outputs[name] for name in self._images or self._outputs]
        readers = max((output.get_subscription_count() for output in outputs), default=0)
        is_tracked = not self._awaits_tracks or self.count_publishers('tracks') > 0
        if readers < self._params.min_subscribers or not is_tracked:
            self._alone_until_s = now_s
        return now_s - self._alone_until_s >= SETTLE_S

    def _play(self, now_s: float) -> None:
        """Send what is due, unless tracks have to come first."""
        for _ in range(BURST):
            if self._check.holds(now_s):
                self._playback.postpone(now_s)
                break
            message = self._playback.take(now_s)
            if message is None:
                break
            self._send(message, now_s)
        if self._params.clock:
            self._publish_clock(self._playback.time_ns(now_s))

    def _send(self, message: BagMessage, now_s: float) -> None:
        output = self._outputs[message.topic]
        if not is_intact(output.msg_type, message.data):
            self._damaged[message.topic] += 1
            return
        if self._params.clock:
            self._publish_clock(message.log_time_ns)
        if self._awaits_tracks and message.topic in self._images:
            self._first = self._first or message
            self._check.add_image(read_stamp_ns(message.data), now_s)
        output.publish(message.data)
        self._sent[message.topic] += 1
        self._sent_s = now_s

    def _publish_clock(self, time_ns: int) -> None:
        self._clock_output.publish(self._clock_type(clock=ns_to_stamp(time_ns)))

    def _on_tracks(self, data: bytes) -> None:
        now_s = time.monotonic()
        self._check.add_tracks(read_stamp_ns(data), now_s)
        self._play(now_s)

    def _finish(self) -> None:
        self._timer.cancel()
        for output in self._outputs.values():
            output.wait_for_all_acked(Duration(seconds=2))
        self.context.try_shutdown()

    def _report(self) -> dict[str, Any]:
        return {
            'fault': self._fault,
            'sent': dict(self._sent),
            'damaged': dict(self._damaged),
            'problems': self._bag.problems,
            **(self._check.report(time.monotonic()) if self._awaits_tracks else {}),
        }

    def destroy_node(self) -> None:
        """Write the report, then end."""
        if self._params.play_report:
            Path(self._params.play_report).write_text(json.dumps(self._report()))
        self._bag.close()
        super().destroy_node()


def main(args: list[str] | None = None) -> int:
    """Run the node; return the exit code."""
    return run(lambda: [BagPlayerNode()], args)
