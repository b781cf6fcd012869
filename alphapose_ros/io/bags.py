# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Recordings of messages as MCAP files, which rosbag2, rosbags and Foxglove read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ament_index_python.packages import get_package_share_directory


class BagError(ValueError):
    """A message of an unknown type, or a library that is missing."""


class McapWriter:
    """
    Writes serialised messages to one .mcap file, with the definitions of their types.

    :param path: ends in .mcap; an existing file is replaced.
    :raises BagError: if a library is missing.
    """

    def __init__(self, path: Path) -> None:
        try:
            from mcap.writer import Writer
            import rosbags.typesys  # noqa: F401, needed with the first message
        except ModuleNotFoundError as err:
            raise BagError('recording needs two libraries: pip install mcap rosbags') from err
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
            self._channels[topic] = self._writer.register_channel(topic, 'cdr', schema)
        self._writer.add_message(self._channels[topic], stamp_ns, serialized, stamp_ns)

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


def describe_type(type_name: str) -> str:
    """
    Return the definition of a message type and of all it contains, as MCAP stores it.

    :param type_name: such as alphapose_ros/msg/Pose2DArray.
    :raises BagError: if there is no such type.
    """
    from rosbags.typesys import get_types_from_msg
    from rosbags.typesys import get_typestore
    from rosbags.typesys import Stores
    from rosbags.typesys import TypesysError

    typestore: Any = get_typestore(Stores.ROS2_HUMBLE)
    package = type_name.split('/')[0]
    if package == 'alphapose_ros':
        folder = Path(get_package_share_directory(package)) / 'msg'
        for path in folder.glob('*.msg'):
            text = path.read_text()
            typestore.register(get_types_from_msg(text, f'{package}/msg/{path.stem}'))
    try:
        definition: str = typestore.generate_msgdef(type_name, ros_version=2)[0]
    except TypesysError as err:
        raise BagError(f'there is no message type {type_name!r}') from err
    return definition
