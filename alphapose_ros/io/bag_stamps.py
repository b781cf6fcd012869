# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""When the messages of a bag were stamped and when they were recorded."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
import struct

import numpy as np
from numpy.typing import NDArray

from alphapose_ros.io.bag_reader import BagReader
from alphapose_ros.io.message_types import BagError
from alphapose_ros.io.message_types import BOXES_TYPE
from alphapose_ros.io.message_types import POSES_TYPE

IMAGE_TYPES = ('sensor_msgs/msg/Image', 'sensor_msgs/msg/CompressedImage')
# Their first field is the header, which begins with the stamp, behind the 4 bytes of CDR.
_STAMPED_TYPES = (*IMAGE_TYPES, BOXES_TYPE, POSES_TYPE)
_STAMP_OFFSET = 4


@dataclass(frozen=True, eq=False)
class TopicTimes:
    """
    The messages of a topic, in the order of the bag.

    :param type_name: of the messages.
    :param stamps_ns: (N,) int64, of their headers.
    :param log_times_ns: (N,) int64, when the recorder got them.
    """

    type_name: str
    stamps_ns: NDArray[np.int64]
    log_times_ns: NDArray[np.int64]


def read_times(path: Path) -> tuple[dict[str, TopicTimes], tuple[str, ...]]:
    """
    Read the times of images, boxes, poses and tracks.

    :return: by topic, those without messages left out; and what of the bag could not be read.
    :raises BagError: if it cannot be read, or nothing in it has a stamp.
    """
    with BagReader(path) as bag:
        types = {
            topic: info.type_name
            for topic, info in bag.topics.items()
            if info.type_name in _STAMPED_TYPES
        }
        times: dict[str, list[tuple[int, int]]] = {topic: [] for topic in sorted(types)}
        num_short = 0
        for message in bag.messages(list(types)):
            if len(message.data) < _STAMP_OFFSET + 8:
                num_short += 1
                continue
            times[message.topic].append((_stamp_ns(message.data), message.log_time_ns))
        problems = list(bag.problems)
    if num_short:
        problems.append(f'{path}: {num_short} messages are too short to have a stamp')
    if not any(times.values()):
        raise BagError(f'{path} has no messages of {", ".join(_STAMPED_TYPES)}')
    columns = {topic: np.array(rows, np.int64).T for topic, rows in times.items() if rows}
    return {topic: TopicTimes(types[topic], *both) for topic, both in columns.items()}, tuple(
        problems
    )


def _stamp_ns(data: bytes) -> int:
    sec, nanosec = struct.unpack_from('<iI' if data[1] & 1 else '>iI', data, _STAMP_OFFSET)
    return int(sec * 10**9 + nanosec)
