# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Qualities of service, and why nothing arrives.

Inputs hold one image, so that a slow network sees the newest. Outputs are reliable, which suits
both kinds of subscribers. Every endpoint can be overridden by parameters
`qos_overrides.<topic>...`.
"""

from __future__ import annotations

from typing import Any

from rclpy.event_handler import PublisherEventCallbacks
from rclpy.event_handler import SubscriptionEventCallbacks
from rclpy.node import Node
from rclpy.publisher import Publisher
from rclpy.qos import DurabilityPolicy
from rclpy.qos import HistoryPolicy
from rclpy.qos import QoSPolicyKind
from rclpy.qos import QoSProfile
from rclpy.qos import ReliabilityPolicy
from rclpy.qos_overriding_options import QoSOverridingOptions

REMEDIES = {
    QoSPolicyKind.RELIABILITY: (
        'one side is best effort and the other wants reliable: set the parameter reliability to '
        "'auto' or 'best_effort' here, or make the publisher reliable"
    ),
    QoSPolicyKind.DURABILITY: 'the subscriber wants latched messages (transient local)',
    QoSPolicyKind.DEADLINE: 'the subscriber asks for a deadline that the publisher does not offer',
}


def qos(depth: int, *, reliable: bool = True, latched: bool = False) -> QoSProfile:
    """Return a profile that keeps the last `depth` messages."""
    return QoSProfile(
        history=HistoryPolicy.KEEP_LAST,
        depth=depth,
        reliability=ReliabilityPolicy.RELIABLE if reliable else ReliabilityPolicy.BEST_EFFORT,
        durability=DurabilityPolicy.TRANSIENT_LOCAL if latched else DurabilityPolicy.VOLATILE,
    )


def create_output(
    node: Node, message_type: Any, topic: str, *, depth: int = 5, latched: bool = False
) -> Publisher:
    """Return a reliable publisher that tells of subscribers it cannot serve."""
    return node.create_publisher(
        message_type,
        topic,
        qos(depth, latched=latched),
        event_callbacks=PublisherEventCallbacks(
            incompatible_qos=lambda event: node.get_logger().warning(
                describe_mismatch(node.resolve_topic_name(topic), 'subscriber', event)
            )
        ),
        qos_overriding_options=QoSOverridingOptions.with_default_policies(),
    )


def subscription_events(**handlers: Any) -> SubscriptionEventCallbacks:
    """Return event callbacks; `matched` exists since Iron and is left out before."""
    try:
        return SubscriptionEventCallbacks(**handlers)
    except TypeError:
        handlers.pop('matched', None)
        return SubscriptionEventCallbacks(**handlers)


def describe_mismatch(topic: str, other: str, event: Any) -> str:
    """Return one line that names the topic, the policy and the remedy."""
    try:
        kind = QoSPolicyKind(event.last_policy_kind)
    except ValueError:
        kind = QoSPolicyKind.INVALID
    remedy = REMEDIES.get(kind, f'make the {kind.name.lower()} of both sides agree')
    return f'{topic}: a {other} has an incompatible {kind.name.lower()} and gets nothing: {remedy}'
