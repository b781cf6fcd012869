# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Writing of rosbag2 bags without ROS, such that nothing that was flushed is lost.

A bag is a folder NAME of NAME_0.mcap and metadata.yaml, which is written last: a bag without it
is unfinished.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from dataclasses import field
import json
from pathlib import Path

from alphapose_ros.io.bag_reader import is_storage_file
from alphapose_ros.io.bag_reader import METADATA
from alphapose_ros.io.bags import describe_qos
from alphapose_ros.io.bags import McapWriter
from alphapose_ros.io.message_types import BagError
from alphapose_ros.io.message_types import hash_type


@dataclass
class _Contents:
    """What was written into a file: times, and counts by (topic, type)."""

    name: str
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    times_ns: tuple[int, int] | None = None

    def add(self, topic: str, type_name: str, log_time_ns: int) -> None:
        """Count a message."""
        self.counts[topic, type_name] += 1
        start_ns, end_ns = self.times_ns or (log_time_ns, log_time_ns)
        self.times_ns = min(start_ns, log_time_ns), max(end_ns, log_time_ns)


class BagWriter:
    """
    A bag that is being written; a context manager.

    :param folder: of the bag; it is made.
    :raises BagError: if there is a bag already, or a library is missing.
    """

    def __init__(self, folder: Path) -> None:
        if folder.is_dir() and any(is_storage_file(file) for file in folder.iterdir()):
            raise BagError(f'there is a bag in {folder} already')
        folder.mkdir(parents=True, exist_ok=True)
        (folder / METADATA).unlink(missing_ok=True)
        self._folder = folder
        self._contents = _Contents(f'{folder.resolve().name}_0.mcap')
        self._writer: McapWriter | None = McapWriter(folder / self._contents.name)

    def write(self, topic: str, type_name: str, data: bytes, log_time_ns: int) -> None:
        """
        Append a message; it can be lost until `flush` or `close`.

        :param topic: absolute name.
        :param type_name: such as alphapose_ros/msg/Pose2DArray.
        :param data: in CDR.
        :raises BagError: if there is no such type, or the bag is closed.
        """
        if self._writer is None:
            raise BagError(f'the bag {self._folder} is closed')
        self._writer.write(topic, type_name, data, log_time_ns)
        self._contents.add(topic, type_name, log_time_ns)

    def flush(self) -> None:
        """Hand all messages so far to the operating system."""
        if self._writer is not None:
            self._writer.flush()

    def close(self) -> None:
        """Finish the bag. A second call changes nothing."""
        if self._writer is None:
            return
        self._writer.close()
        self._writer = None
        _write_metadata(self._folder, self._contents)

    def __enter__(self) -> BagWriter:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def _write_metadata(folder: Path, file: _Contents) -> None:
    """Write metadata.yaml in version 8, which ROS 2 Humble and all later ones read."""
    lines = [
        'rosbag2_bagfile_information:',
        '  version: 8',
        '  storage_identifier: mcap',
        *_describe_times(file, '  '),
        f'  message_count: {file.counts.total()}',
        '  topics_with_message_count:' if file.counts else '  topics_with_message_count: []',
    ]
    for (topic, type_name), number in file.counts.items():
        lines += [
            '    - topic_metadata:',
            f'        name: {json.dumps(topic)}',
            f'        type: {json.dumps(type_name)}',
            '        serialization_format: cdr',
            f'        offered_qos_profiles: {json.dumps(describe_qos(type_name))}',
            f'        type_description_hash: {hash_type(type_name)}',
            f'      message_count: {number}',
        ]
    lines += [
        '  compression_format: ""',
        '  compression_mode: ""',
        '  relative_file_paths:',
        f'    - {json.dumps(file.name)}',
        '  files:',
        f'    - path: {json.dumps(file.name)}',
        *_describe_times(file, '      '),
        f'      message_count: {file.counts.total()}',
        '  custom_data: ~',
        '  ros_distro: unknown',
    ]
    copy = folder / f'{METADATA}.tmp'
    copy.write_text('\n'.join(lines) + '\n')
    copy.replace(folder / METADATA)


def _describe_times(file: _Contents, indent: str) -> list[str]:
    start_ns, end_ns = file.times_ns or (0, 0)
    return [
        f'{indent}duration:',
        f'{indent}  nanoseconds: {end_ns - start_ns}',
        f'{indent}starting_time:',
        f'{indent}  nanoseconds_since_epoch: {start_ns}',
    ]
