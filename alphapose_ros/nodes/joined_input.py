# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The subscriptions to the camera and to what was found in its images, joined."""

from __future__ import annotations

from collections.abc import Callable
import time
from typing import Any

from rclpy.clock import Clock
from rclpy.clock import ClockType
from rclpy.node import Node
from rclpy.subscription import Subscription

from alphapose_ros.io.messages import stamp_to_ns
from alphapose_ros.nodes.image_input import ImageInput
from alphapose_ros.nodes.joiner import make_joiner
from alphapose_ros.nodes.monitor import ERROR
from alphapose_ros.nodes.monitor import OK
from alphapose_ros.nodes.monitor import Report
from alphapose_ros.nodes.qos import qos
from alphapose_ros.params import JoinParams

CHECK_PERIOD_S = 0.2
# A stamp that goes back by more begins a new recording.
JUMP_BACK_NS = 1_000_000_000


class JoinedInput:
    """
    Pairs of an image and the result that has exactly its stamp.

    Images are subscribed to only once somebody publishes results: alone they would be lost.

    :param node: the node that owns the subscriptions.
    :param message_type: type of the results.
    :param topic: of the results; images wait for them.
    :param on_pair: called with the image and its result.
    :param params: gives the present parameters; `image_timeout_s` may change, the others not.
    :param result_depth: results that may wait; 1 for the newest only.
    """

    def __init__(
        self,
        node: Node,
        message_type: Any,
        topic: str,
        on_pair: Callable[[Any, Any], None],
        params: Callable[[], JoinParams],
        *,
        result_depth: int = 1,
    ) -> None:
        p = params()
        self._node = node
        self._type = message_type
        self._topic = topic
        self._params = params
        self._result_depth = result_depth
        self._on_pair = on_pair
        self._joiner = make_joiner(self._handle_pair, p.join_queue)
        self._last_stamps_ns = [0, 0]  # of the images, of the results
        self._last_pair_s = time.monotonic()
        self._subscription: Subscription | None = None
        self._input = ImageInput(
            node,
            lambda message: self._add(0, message),
            transport=p.image_transport,
            reliability=p.reliability,
            depth=p.join_queue,
        )
        self._timer = node.create_timer(
            CHECK_PERIOD_S, self._follow_results, clock=Clock(clock_type=ClockType.STEADY_TIME)
        )

    def start(self) -> None:
        """Subscribe to both."""
        if self._subscription is None:
            self._last_pair_s = time.monotonic()
            self._subscription = self._node.create_subscription(
                self._type,
                self._topic,
                lambda message: self._add(1, message),
                qos(self._result_depth),
            )

    def stop(self) -> None:
        """Unsubscribe from both."""
        if self._subscription is not None:
            self._node.destroy_subscription(self._subscription)
            self._subscription = None
            self._input.stop()
            self.reset()

    def reset(self) -> None:
        """Forget what waits."""
        self._joiner.reset()

    def report(self) -> Report:
        """Return what diagnostics tell of the inputs."""
        values, p = self._input.describe(), self._params()
        silence_s = time.monotonic() - self._last_pair_s
        if self._subscription is None or silence_s <= p.image_timeout_s:
            return OK, '', values
        topic = self._subscription.topic_name
        if not self._input.is_started:
            return ERROR, f'{topic} has no publisher: start the node before this one', values
        if self._input.silence_s > p.image_timeout_s:
            return (
                ERROR,
                f'no image for {silence_s:.0f} s: {self._input.explain_silence()}',
                values,
            )
        return (
            ERROR,
            f'images come, but nothing on {topic} has their stamps; if what makes it takes longer '
            f'than {p.join_queue} images, raise join_queue',
            values,
        )

    def _follow_results(self) -> None:
        if self._subscription is None or self._input.is_started:
            return
        if self._node.count_publishers(self._subscription.topic_name):
            self._input.start()

    def _add(self, slot: int, message: Any) -> None:
        stamp_ns = stamp_to_ns(message.header.stamp)
        if stamp_ns < self._last_stamps_ns[slot] - JUMP_BACK_NS:
            self.reset()
            self._last_stamps_ns = [stamp_ns, stamp_ns]
        self._last_stamps_ns[slot] = stamp_ns
        if stamp_ns == 0:
            self._node.get_logger().error(
                'zero stamps cannot be matched: let the camera driver set header.stamp, or run '
                'the executable alphapose (composed:=true)',
                throttle_duration_sec=10.0,
            )
            return
        self._joiner.add(slot, message)

    def _handle_pair(self, image: Any, result: Any) -> None:
        self._last_pair_s = time.monotonic()
        self._on_pair(image, result)
