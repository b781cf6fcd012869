# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The bag of results of one camera: what is on which topic."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from alphapose_ros.io.bag_message import BagMessage
from alphapose_ros.io.bag_reader import BagReader
from alphapose_ros.io.bag_writer import BagWriter
from alphapose_ros.io.images import encode_jpeg
from alphapose_ros.io.message_types import BOXES_TYPE
from alphapose_ros.io.message_types import COMPRESSED_IMAGE_TYPE
from alphapose_ros.io.message_types import detections_to_bag
from alphapose_ros.io.message_types import jpeg_to_bag
from alphapose_ros.io.message_types import KEYPOINT_SET_TYPE
from alphapose_ros.io.message_types import poses_to_bag
from alphapose_ros.io.message_types import POSES_TYPE
from alphapose_ros.io.message_types import skeleton_to_bag
from alphapose_ros.io.message_types import tracks_to_bag
from alphapose_ros.offline.stages import Found
from alphapose_ros.structures import Skeleton
from alphapose_ros.structures import Tracks

DETECTIONS, POSES, TRACKS = '/detections', '/poses', '/tracks'
SMOOTHED, KEYPOINT_SET, IMAGE = '/tracks/smoothed', '/keypoint_set', '/image/compressed'
# Images between two moments from which an interrupted run can go on.
FLUSH_IMAGES = 50
JPEG_QUALITY = 90


class ResultsBag:
    """
    Writes image after image: `write_found`, then `write_tracks`.

    :param folder: of the bag.
    :param skeleton: of all people.
    """

    def __init__(self, folder: Path, skeleton: Skeleton) -> None:
        self._bag = BagWriter(folder)
        self._skeleton = skeleton
        self._images = 0

    def write_found(self, found: Found, *, with_image: bool) -> None:
        """Write what needs no memory."""
        frame = found.frame
        assert frame.image is not None
        size_wh = (frame.image.shape[1], frame.image.shape[0])
        header, time_ns = frame.header, frame.log_time_ns
        if with_image and frame.message is not None:
            message = frame.message
            self._bag.write(message.topic, message.type_name, message.data, time_ns)
        elif with_image:
            content = encode_jpeg(frame.image, JPEG_QUALITY)
            self._bag.write(IMAGE, COMPRESSED_IMAGE_TYPE, jpeg_to_bag(content, header), time_ns)
        boxes = detections_to_bag(found.detections, header, size_wh)
        self._bag.write(DETECTIONS, BOXES_TYPE, boxes, time_ns)
        people = poses_to_bag(found.poses, header, size_wh, self._skeleton.name)
        self._bag.write(POSES, POSES_TYPE, people, time_ns)

    def write_again(self, message: BagMessage) -> None:
        """Write a message of an earlier bag in the place of `write_found`."""
        self._bag.write(message.topic, message.type_name, message.data, message.log_time_ns)

    def write_tracks(
        self,
        header: Any,
        log_time_ns: int,
        size_wh: tuple[int, int],
        tracks: Tracks,
        smoothed: Tracks | None,
    ) -> bool:
        """Write who they are, and return whether all of it is in the file now."""
        name = self._skeleton.name
        self._bag.write(
            TRACKS, POSES_TYPE, tracks_to_bag(tracks, header, size_wh, name), log_time_ns
        )
        if smoothed is not None:
            data = tracks_to_bag(smoothed, header, size_wh, name)
            self._bag.write(SMOOTHED, POSES_TYPE, data, log_time_ns)
        if self._images == 0:
            data = skeleton_to_bag(self._skeleton)
            self._bag.write(KEYPOINT_SET, KEYPOINT_SET_TYPE, data, log_time_ns)
        self._images += 1
        if self._images % FLUSH_IMAGES:
            return False
        self._bag.flush()
        return True

    def close(self) -> None:
        """Finish the bag."""
        self._bag.close()


def read_found(folder: Path, images: int) -> Iterator[tuple[BagMessage, Any]]:
    """
    Give what `write_found` wrote for the first images of a bag, finished or not.

    :return: messages in their order; those of POSES with their content, others with None.
    """
    with BagReader(folder) as reader:
        kept = [n for n in reader.topics if n not in (TRACKS, SMOOTHED, KEYPOINT_SET)]
        for message in reader.messages(kept):
            if not images:
                return
            is_pose = message.topic == POSES
            images -= is_pose
            yield message, reader.deserialize(message) if is_pose else None
