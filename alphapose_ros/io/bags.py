# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Recordings of messages as MCAP files, which rosbag2, rosbags and Foxglove read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alphapose_ros.io.message_types import BagError as BagError
from alphapose_ros.io.message_types import check_libraries
from alphapose_ros.io.message_types import describe_type as describe_type
from alphapose_ros.io.message_types import hash_type
from alphapose_ros.io.message_types import KEYPOINT_SET_TYPE


class McapWriter:
    """
    Writes serialised messages to one .mcap file, with the definitions of their types.

    :param path: ends in .mcap; an existing file is replaced.
    :raises BagError: if a library is missing.
    """

    def __init__(self, path: Path) -> None:
        check_libraries()
        from mcap.writer import Writer

        self._file = path.open('wb')
        self._writer: Any = Writer(self._file)
        self._writer.start(profile='ros2', library='alphapose_ros')
        self._channels: dict[str, int] = {}

    def write(self, topic: str, type_name: str, serialized: bytes, stamp_ns: int) -> None:
        """
        Append a message.

        :param topic: absolute name.
        :param type_name: such as alphapose_ros/msg/Pose2DArray.
        :param serialized: the message in CDR, as rclpy.serialization gives it.
        :param stamp_ns: its time.
        :raises BagError: if there is no such type.
        """
        if topic not in self._channels:
            definition = describe_type(type_name).encode()
            schema = self._writer.register_schema(type_name, 'ros2msg', definition)
            about = {
                'offered_qos_profiles': describe_qos(type_name),
                'topic_type_hash': hash_type(type_name),
            }
            self._channels[topic] = self._writer.register_channel(topic, 'cdr', schema, about)
        self._writer.add_message(self._channels[topic], stamp_ns, serialized, stamp_ns)

    def flush(self) -> None:
        """Hand all messages so far to the operating system, so that they outlive the process."""
        self._writer.flush()

    def close(self) -> None:
        """Finish the file; without it the index is missing. A second call changes nothing."""
        if self._file.closed:
            return
        self._writer.finish()
        self._file.close()

    def __enter__(self) -> McapWriter:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def describe_qos(type_name: str) -> str:
    """Return what our nodes offer for topics of a type, as bags have it (YAML)."""
    is_latched = type_name == KEYPOINT_SET_TYPE
    forever = '{sec: 9223372036, nsec: 854775807}'
    return (
        f'- history: 1\n  depth: {1 if is_latched else 5}\n  reliability: 1\n'
        f'  durability: {1 if is_latched else 2}\n  deadline: {forever}\n  lifespan: {forever}\n'
        f'  liveliness: 1\n  liveliness_lease_duration: {forever}\n'
        '  avoid_ros_namespace_conventions: false'
    )
