# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Writing of rosbag2 bags without ROS, such that nothing that was flushed is lost.

A bag is a folder NAME of NAME_0.mcap, NAME_1.mcap, ... and metadata.yaml, which is written last:
a bag without it is unfinished.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from dataclasses import field
from itertools import count
import json
from pathlib import Path

from alphapose_ros.io.bag_message import Problems
from alphapose_ros.io.bag_reader import BagReader
from alphapose_ros.io.bag_reader import is_storage_file
from alphapose_ros.io.bag_reader import METADATA
from alphapose_ros.io.bag_reader import storage_files
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
    :param resume: go on with the bag that is in the folder, finished or not: see `recover_bag`.
    :raises BagError: if there is a bag and `resume` is not set, or a library is missing.
    """

    def __init__(self, folder: Path, *, resume: bool = False) -> None:
        has_bag = folder.is_dir() and any(is_storage_file(file) for file in folder.iterdir())
        if has_bag and not resume:
            raise BagError(f'there is a bag in {folder} already')
        self._folder = folder
        self._files = _recover_files(folder, Problems()) if has_bag else []
        folder.mkdir(parents=True, exist_ok=True)
        (folder / METADATA).unlink(missing_ok=True)
        self._contents = _Contents(_next_name(folder, {file.name for file in self._files}))
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
        _write_metadata(self._folder, [*self._files, self._contents])

    def __enter__(self) -> BagWriter:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def recover_bag(folder: Path) -> list[str]:
    """
    Finish a bag whose writer was interrupted: damaged files are replaced by what can be read.

    :return: the problems that were found, one line each.
    :raises BagError: if there is nothing to recover.
    """
    problems = Problems()
    _write_metadata(folder, _recover_files(folder, problems))
    return problems.lines


def _next_name(folder: Path, taken: set[str]) -> str:
    names = (f'{folder.resolve().name}_{number}.mcap' for number in count())
    return next(name for name in names if name not in taken)


def _recover_files(folder: Path, problems: Problems) -> list[_Contents]:
    """Rewrite damaged files; return what all hold."""
    files = storage_files(folder, problems)
    if any(path.suffix != '.mcap' for path in files):
        raise BagError(f'only bags of .mcap files can be finished, got {files[0].name}')
    # A writer that was stopped at once has left nothing.
    return [_recover_file(path, problems) for path in files if path.stat().st_size]


def _recover_file(path: Path, problems: Problems) -> _Contents:
    contents = _Contents(path.name)
    with BagReader(path) as reader:
        for message in reader.messages(reader.topics):
            contents.add(message.topic, message.type_name, message.log_time_ns)
        if reader.problems:
            problems.lines += reader.problems
            _rewrite(path, reader)
    return contents


def _rewrite(path: Path, reader: BagReader) -> None:
    """Replace a file by the messages that can be read from it, all at once."""
    copy = path.with_name(path.name + '.tmp')
    try:
        with McapWriter(copy) as writer:
            for message in reader.messages(reader.topics):
                writer.write(message.topic, message.type_name, message.data, message.log_time_ns)
        copy.replace(path)
    finally:
        copy.unlink(missing_ok=True)


def _write_metadata(folder: Path, files: list[_Contents]) -> None:
    """Write metadata.yaml in version 8, which ROS 2 Humble and all later ones read."""
    counts = sum((file.counts for file in files), Counter[tuple[str, str]]())
    times_ns = [time_ns for file in files if file.times_ns for time_ns in file.times_ns]
    lines = [
        'rosbag2_bagfile_information:',
        '  version: 8',
        '  storage_identifier: mcap',
        *_describe_times(times_ns, '  '),
        f'  message_count: {counts.total()}',
        '  topics_with_message_count:' if counts else '  topics_with_message_count: []',
    ]
    for (topic, type_name), number in counts.items():
        lines += [
            '    - topic_metadata:',
            f'        name: {json.dumps(topic)}',
            f'        type: {json.dumps(type_name)}',
            '        serialization_format: cdr',
            f'        offered_qos_profiles: {json.dumps(describe_qos(type_name))}',
            f'        type_description_hash: {hash_type(type_name)}',
            f'      message_count: {number}',
        ]
    lines += ['  compression_format: ""', '  compression_mode: ""', '  relative_file_paths:']
    lines += [f'    - {json.dumps(file.name)}' for file in files]
    lines += ['  files:']
    for file in files:
        lines += [
            f'    - path: {json.dumps(file.name)}',
            *_describe_times(list(file.times_ns or ()), '      '),
            f'      message_count: {file.counts.total()}',
        ]
    lines += ['  custom_data: ~', '  ros_distro: unknown']
    copy = folder / f'{METADATA}.tmp'
    copy.write_text('\n'.join(lines) + '\n')
    copy.replace(folder / METADATA)


def _describe_times(times_ns: list[int], indent: str) -> list[str]:
    start_ns, end_ns = min(times_ns, default=0), max(times_ns, default=0)
    return [
        f'{indent}duration:',
        f'{indent}  nanoseconds: {end_ns - start_ns}',
        f'{indent}starting_time:',
        f'{indent}  nanoseconds_since_epoch: {start_ns}',
    ]
