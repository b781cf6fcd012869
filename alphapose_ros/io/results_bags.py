# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""People from bags that the nodes or `process` wrote."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.io.bag_reader import BagReader
from alphapose_ros.io.message_fields import stamp_to_ns
from alphapose_ros.io.message_fields import tracks_from_message
from alphapose_ros.io.message_types import BagError
from alphapose_ros.io.message_types import POSES_TYPE
from alphapose_ros.io.results import ImageResults
from alphapose_ros.structures import Skeleton


def find_skeleton_of(path: Path, topic: str) -> Skeleton:
    """
    Return the keypoint set of a topic, by its first message.

    :raises BagError: if the bag cannot be read, or there is no such topic or message.
    """
    with BagReader(path) as reader:
        _check_topic(reader, path, topic)
        for message in reader.messages([topic]):
            return get_skeleton(reader.deserialize(message).keypoint_set)
    raise BagError(f'{path}: {topic} has no message')


def read_bag_results(path: Path, topic: str) -> Iterator[ImageResults]:
    """
    Give the people of each image of a topic: /tracks, /poses or another of the same type.

    :raises BagError: if the bag cannot be read, there is no such topic, or it is of another type.
    :raises MessageError: if a message contradicts itself.
    """
    with BagReader(path) as reader:
        _check_topic(reader, path, topic)
        for message in reader.messages([topic]):
            content = reader.deserialize(message)
            yield ImageResults(
                stamp_ns=stamp_to_ns(content.header.stamp),
                frame_id=content.header.frame_id,
                size_wh=(content.image_width, content.image_height),
                tracks=tracks_from_message(content),
            )


def _check_topic(reader: BagReader, path: Path, topic: str) -> None:
    people = [name for name, t in reader.topics.items() if t.type_name == POSES_TYPE]
    if topic not in people:
        listed = ', '.join(sorted(people)) or 'none'
        raise BagError(f'{path} has no people on {topic}; topics with people: {listed}')
