# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Where images come from: the cameras of a bag, a video, a folder of images."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from typing import Protocol

import numpy as np

from alphapose_ros.io.bag_message import BagMessage
from alphapose_ros.io.bag_reader import BagReader
from alphapose_ros.io.bag_reader import is_bag
from alphapose_ros.io.images import ImageError
from alphapose_ros.io.message_fields import image_from_message
from alphapose_ros.io.message_types import BagError
from alphapose_ros.io.message_types import make_header
from alphapose_ros.io.video import FrameSource
from alphapose_ros.io.video import VideoError

IMAGE_TYPES = ('sensor_msgs/msg/Image', 'sensor_msgs/msg/CompressedImage')
COMPRESSED = '/compressed'
FILE_FRAME_ID = 'camera'


class SourceError(ValueError):
    """A source without images, or without the topic that is asked for."""


@dataclass(frozen=True)
class Camera:
    """
    One stream of images.

    :param topic: its topic; '' for a file.
    :param frame_count: images to expect, 0 if unknown.
    """

    topic: str
    frame_count: int


@dataclass(frozen=True, eq=False)
class Frame:
    """
    The next image of a camera, or why there is none.

    :param camera: index of the camera.
    :param header: of the image; files count stamps from 0 at their own rate. None if the message
        cannot be read.
    :param log_time_ns: when the bag received it; of files the stamp.
    :param image: (H, W, 3) uint8 BGR; None if it cannot be used.
    :param fault: then the reason.
    :param message: as it lies in the bag; None for a file.
    """

    camera: int
    header: Any
    log_time_ns: int
    image: np.ndarray | None
    fault: str = ''
    message: BagMessage | None = None


class Source(Protocol):
    """Images of one or more cameras, each exactly once and in order."""

    cameras: tuple[Camera, ...]

    def frames(self, skip: Sequence[int]) -> Iterator[Frame]:
        """Give all frames; of each camera without its first `skip` ones."""

    def name_image(self, index: int, stamp_ns: int) -> str:
        """Return the name of a file, or of the image with that number among those written."""

    @property
    def problems(self) -> Sequence[str]:
        """What was met so far that kept something from being read, a line each."""


def open_source(path: str, topics: Sequence[str] = ()) -> Source:
    """
    Open a bag (folder, .mcap, .db3), a video, an image or a folder of images.

    :param topics: of the cameras in a bag; none: all image topics, and of a topic that is there
        raw and compressed the raw one.
    :raises ValueError: SourceError, BagError or VideoError; one line that says what is wrong.
    """
    if is_bag(Path(path)):
        return BagSource(Path(path), topics)
    if topics:
        raise SourceError(f'{path} is no bag and has no topics, got {", ".join(topics)}')
    if path.isdecimal():
        raise SourceError(f'a camera has no end: source must be a file or folder, got {path!r}')
    return FileSource(path)


class FileSource:
    """A video, an image or a folder of images; raises as `FrameSource` does."""

    def __init__(self, path: str) -> None:
        self._source = FrameSource(path)
        self._is_read = False
        self.cameras: tuple[Camera, ...] = (Camera('', self._source.frame_count),)
        self.problems: Sequence[str] = ()

    def frames(self, skip: Sequence[int]) -> Iterator[Frame]:
        """Give all frames; a file of a folder that is no image is given as a fault."""
        if self._is_read:
            self._source.rewind()
        self._is_read = True
        index = 0
        while True:
            stamp_ns = round(index * 1e9 / self._source.fps)
            try:
                image, fault = self._source.read(), ''
            except VideoError as err:
                image, fault = None, str(err)
            if image is None and not fault:
                return
            if index >= skip[0]:
                yield Frame(0, make_header(stamp_ns, FILE_FRAME_ID), stamp_ns, image, fault)
            index += 1

    def name_image(self, index: int, stamp_ns: int) -> str:
        """Return the name of a file, or of an image of the video."""
        return self._source.name_image(round(stamp_ns * self._source.fps / 1e9))


class BagSource:
    """
    The cameras of a bag.

    :raises BagError: if the bag cannot be opened.
    :raises SourceError: if it has no images, or a topic is missing or has no images.
    """

    def __init__(self, path: Path, topics: Sequence[str]) -> None:
        self._path = path
        with BagReader(path) as reader:
            found = {n: t for n, t in reader.topics.items() if t.type_name in IMAGE_TYPES}
            for topic in topics:
                if topic not in reader.topics:
                    raise SourceError(f'{path} has no topic {topic}; {_tell_images(list(found))}')
                if topic not in found:
                    type_name = reader.topics[topic].type_name
                    raise SourceError(
                        f'{path}: {topic} is {type_name}, no image; {_tell_images(list(found))}'
                    )
        chosen = list(topics) or [name for name in found if not _is_second(name, list(found))]
        if not chosen:
            raise SourceError(f'{path} has no topic with images')
        self.cameras = tuple(Camera(name, found[name].count or 0) for name in chosen)
        self._reader: BagReader | None = None

    @property
    def problems(self) -> Sequence[str]:
        """See `Source`."""
        return self._reader.problems if self._reader is not None else ()

    def name_image(self, index: int, stamp_ns: int) -> str:
        """Return a number."""
        return f'{index}.jpg'

    def frames(self, skip: Sequence[int]) -> Iterator[Frame]:
        """Give all frames; an image that cannot be decoded is given as a fault."""
        index_of = {camera.topic: i for i, camera in enumerate(self.cameras)}
        left = list(skip)
        with BagReader(self._path) as reader:
            self._reader = reader
            for message in reader.messages(list(index_of)):
                camera = index_of[message.topic]
                if left[camera]:
                    left[camera] -= 1
                    continue
                yield _decode(reader, message, camera)


def _decode(reader: BagReader, message: BagMessage, camera: int) -> Frame:
    header = image = None
    fault = ''
    try:
        content = reader.deserialize(message)
        header = content.header
        image = image_from_message(content)
    except (BagError, ImageError) as err:
        fault = str(err)
    return Frame(camera, header, message.log_time_ns, image, fault, message)


def _is_second(name: str, names: list[str]) -> bool:
    """Tell whether a topic repeats another one, compressed."""
    return name.endswith(COMPRESSED) and name.removesuffix(COMPRESSED) in names


def _tell_images(names: list[str]) -> str:
    return f'its image topics are {", ".join(names)}' if names else 'it has no image topics'
