# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Topics of any type, whose messages stay serialised."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from ament_index_python import has_resource
from rclpy.node import Node
from rclpy.publisher import Publisher
from rclpy.qos import DurabilityPolicy
from rclpy.qos import QoSProfile
from rclpy.qos import ReliabilityPolicy
from rclpy.serialization import deserialize_message
from rclpy.topic_endpoint_info import TopicEndpointInfo

from alphapose_ros.core.parameters import ParameterError
from alphapose_ros.io.bag_message import TopicInfo
from alphapose_ros.io.bag_qos import default_qos
from alphapose_ros.io.bag_qos import read_qos
from alphapose_ros.io.bag_stamps import IMAGE_TYPES
from alphapose_ros.io.message_types import BOXES_TYPE
from alphapose_ros.io.message_types import KEYPOINT_SET_TYPE
from alphapose_ros.io.message_types import POSES_TYPE
from alphapose_ros.nodes.qos import qos

CLOCK_TYPE = 'rosgraph_msgs/msg/Clock'
_RESULT_TYPES = (BOXES_TYPE, KEYPOINT_SET_TYPE, POSES_TYPE)


def find_message_class(type_name: str) -> Any:
    """Return the class of a message type, or None; nothing but message packages is imported."""
    package, _, name = type_name.partition('/msg/')
    if not package.isidentifier() or not has_resource('rosidl_interfaces', package):
        return None
    try:
        return getattr(import_module(f'{package}.msg'), name, None)
    except ImportError:
        return None


def is_intact(message_class: Any, data: bytes) -> bool:
    """Tell whether subscribers can read a message; one that they cannot would end them."""
    try:
        deserialize_message(data, message_class)
    except RuntimeError:  # of the middleware
        return False
    return True


def choose_topics(
    topics: Mapping[str, TopicInfo],
    wanted: Sequence[str],
    *,
    for_nodes: bool,
    without: Sequence[str],
) -> dict[str, TopicInfo]:
    """
    Return the topics of a bag to play.

    :param wanted: their names; all if empty.
    :param for_nodes: our nodes are to answer: what a bag holds of their results stays out of it,
        and there must be one topic with images.
    :param without: types to leave out.
    :raises ParameterError: if a topic is missing, or it is not one topic with images.
    """
    for name in wanted:
        if name not in topics:
            raise ParameterError(f'the bag has no topic {name}; it has {", ".join(topics)}')
    left_out = [*without, *(_RESULT_TYPES if for_nodes and not wanted else ())]
    chosen = {
        name: info
        for name, info in topics.items()
        if info.type_name not in left_out and (name in wanted or not wanted)
    }
    images = [name for name, info in chosen.items() if info.type_name in IMAGE_TYPES]
    if for_nodes and len(images) != 1:
        raise ParameterError(
            'the nodes can answer to one topic with images, choose it by play_topics; '
            f'got {", ".join(images) or "none"}'
        )
    return chosen


def create_outputs(
    node: Node, bag: Path, topics: Mapping[str, TopicInfo]
) -> tuple[dict[str, Publisher], list[str]]:
    """
    Make publishers as those that were recorded.

    :return: by topic; and the topics whose type is not installed, with its name.
    """
    recorded = read_qos(bag)
    outputs, unknown = {}, []
    for name, info in topics.items():
        message_class = find_message_class(info.type_name)
        if message_class is None:
            unknown.append(f'{name} ({info.type_name})')
            continue
        offer = recorded.get(name) or default_qos(info.type_name)
        profile = qos(offer.depth, reliable=offer.is_reliable, latched=offer.is_latched)
        outputs[name] = node.create_publisher(message_class, name, profile)
    return outputs, unknown


def follow(publishers: Sequence[TopicEndpointInfo], depth: int) -> QoSProfile:
    """Return the strongest profile that all publishers of a topic can serve."""
    profiles = [publisher.qos_profile for publisher in publishers]
    return qos(
        depth,
        reliable=all(p.reliability == ReliabilityPolicy.RELIABLE for p in profiles),
        latched=all(p.durability == DurabilityPolicy.TRANSIENT_LOCAL for p in profiles),
    )
