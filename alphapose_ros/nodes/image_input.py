# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The subscription to the camera."""

from __future__ import annotations

from collections.abc import Callable
import time
from typing import Any

from rclpy.clock import Clock
from rclpy.clock import ClockType
from rclpy.node import Node
from rclpy.qos import QoSPolicyKind
from rclpy.qos import ReliabilityPolicy
from rclpy.qos_overriding_options import QoSOverridingOptions
from rclpy.subscription import Subscription

from alphapose_ros.io.messages import CompressedImage
from alphapose_ros.io.messages import Image
from alphapose_ros.nodes.qos import describe_mismatch
from alphapose_ros.nodes.qos import qos
from alphapose_ros.nodes.qos import subscription_events

CHECK_PERIOD_S = 0.2


class ImageInput:
    """
    A subscription to `image` or `image/compressed` that fits its publisher.

    `auto` waits for a publisher and then is reliable if every publisher is: a best-effort reader
    of large images loses some even from a reliable writer, and a reliable one hears nothing from a
    best-effort writer. It is judged again several times a second, so a camera may start later, or
    restart with another setting.

    :param node: the node that owns the subscription.
    :param callback: called with every message.
    :param transport: 'raw' or 'compressed'.
    :param reliability: 'auto', 'best_effort' or 'reliable'.
    :param depth: messages that may wait; 1 for the newest only.
    """

    def __init__(
        self,
        node: Node,
        callback: Callable[[Any], None],
        *,
        transport: str,
        reliability: str,
        depth: int = 1,
    ) -> None:
        self._node = node
        self._callback = callback
        self._reliability = reliability
        self._depth = depth
        self._type = CompressedImage if transport == 'compressed' else Image
        # Resolved first, so that a remapping of `image` moves its companion too.
        image_topic = node.resolve_topic_name('image')
        self.topic = image_topic + ('/compressed' if transport == 'compressed' else '')
        self._is_wanted = False
        self._subscription: Subscription | None = None
        self._mismatch = ''
        self._last_s = time.monotonic()
        self._timer = node.create_timer(
            CHECK_PERIOD_S, self._follow_publisher, clock=Clock(clock_type=ClockType.STEADY_TIME)
        )

    @property
    def is_started(self) -> bool:
        """Whether images are wanted just now."""
        return self._is_wanted

    @property
    def silence_s(self) -> float:
        """Seconds since the last image, or since the start."""
        return time.monotonic() - self._last_s

    def start(self) -> None:
        """Subscribe, at once or as soon as there is a publisher to follow."""
        if not self._is_wanted:
            self._is_wanted = True
            self._last_s = time.monotonic()
            self._follow_publisher()

    def stop(self) -> None:
        """Unsubscribe; the camera's images then cost nothing."""
        self._is_wanted = False
        self._unsubscribe()

    def describe(self) -> dict[str, str]:
        """Return what diagnostics tell of the input."""
        reliability = 'waiting for a publisher' if self._is_wanted else 'not subscribed'
        if self._subscription is not None:
            reliability = self._subscription.qos_profile.reliability.name.lower()
        return {
            'image_topic': self.topic,
            'image_publishers': str(self._node.count_publishers(self.topic)),
            'image_reliability': reliability,
        }

    def explain_silence(self) -> str:
        """Return the likely cause of no image coming."""
        if self._mismatch:
            return self._mismatch
        if self._node.count_publishers(self.topic) == 0:
            return f'{self.topic} has no publisher: start the camera, or set image:=<its topic>'
        return (
            f'{self.topic} has a publisher but nothing is received: is it running? Images above '
            '512 KB need FASTDDS_DEFAULT_PROFILES_FILE set for the camera driver (see README)'
        )

    def _subscribe(self, reliable: bool) -> None:
        self._subscription = self._node.create_subscription(
            self._type,
            self.topic,
            self._on_message,
            qos(self._depth, reliable=reliable),
            event_callbacks=subscription_events(
                incompatible_qos=self._on_incompatible, matched=self._on_matched
            ),
            # Reliability has a parameter of its own, and a subscription made anew may change it.
            qos_overriding_options=QoSOverridingOptions(
                (QoSPolicyKind.HISTORY, QoSPolicyKind.DEPTH)
            ),
        )

    def _on_message(self, message: Any) -> None:
        self._callback(message)
        self._last_s = time.monotonic()
        self._mismatch = ''

    def _on_incompatible(self, event: Any) -> None:
        # In auto mode the next check mends it.
        if self._reliability != 'auto':
            self._mismatch = describe_mismatch(self.topic, 'publisher', event)
            self._node.get_logger().warning(self._mismatch)

    def _on_matched(self, event: Any) -> None:
        if event.current_count_change > 0:
            self._node.get_logger().info(f'{self.topic}: connected to a publisher')
        elif event.current_count == 0:
            self._node.get_logger().info(f'{self.topic}: the last publisher is gone')

    def _unsubscribe(self) -> None:
        if self._subscription is not None:
            self._node.destroy_subscription(self._subscription)
            self._subscription = None

    def _wants_reliable(self) -> bool | None:
        """Return the reliability to ask for; None: as it is, there is nobody to follow."""
        if self._reliability != 'auto':
            return self._reliability == 'reliable'
        publishers = self._node.get_publishers_info_by_topic(self.topic)
        if not publishers:
            return None
        return all(p.qos_profile.reliability == ReliabilityPolicy.RELIABLE for p in publishers)

    def _follow_publisher(self) -> None:
        """Subscribe as the publishers want it; anew if they changed."""
        wanted = self._wants_reliable()
        if not self._is_wanted or wanted is None:
            return
        if self._subscription is not None:
            present = self._subscription.qos_profile.reliability
            if wanted == (present == ReliabilityPolicy.RELIABLE):
                return
            self._unsubscribe()
        self._subscribe(wanted)
