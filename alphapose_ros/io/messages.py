# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Between ROS messages and our structures; the only place that knows the message types of ROS.

What does not need them is in `message_fields`, and nodes and tools take all of it from here
(`import X as X` marks a name as meant for others).
"""

from __future__ import annotations

from array import array
from functools import partial

from builtin_interfaces.msg import Time as Time
from diagnostic_msgs.msg import DiagnosticArray as DiagnosticArray
from diagnostic_msgs.msg import DiagnosticStatus as DiagnosticStatus
from diagnostic_msgs.msg import KeyValue as KeyValue
import numpy as np
from sensor_msgs.msg import CompressedImage as CompressedImage
from sensor_msgs.msg import Image as Image
from std_msgs.msg import Header as Header

from alphapose_ros.io.images import ByteArray
from alphapose_ros.io.images import check_bgr
from alphapose_ros.io.images import encode_jpeg
from alphapose_ros.io.message_fields import build_boxes
from alphapose_ros.io.message_fields import build_keypoint_set
from alphapose_ros.io.message_fields import build_poses
from alphapose_ros.io.message_fields import detections_from_message as detections_from_message
from alphapose_ros.io.message_fields import image_from_message as image_from_message
from alphapose_ros.io.message_fields import MessageClasses
from alphapose_ros.io.message_fields import MessageError as MessageError
from alphapose_ros.io.message_fields import poses_from_message as poses_from_message
from alphapose_ros.io.message_fields import skeleton_from_message as skeleton_from_message
from alphapose_ros.io.message_fields import split_ns
from alphapose_ros.io.message_fields import stamp_to_ns as stamp_to_ns
from alphapose_ros.io.message_fields import tracks_from_message as tracks_from_message
from alphapose_ros.msg import KeypointSet as KeypointSet
from alphapose_ros.msg import PersonBoxArray as PersonBoxArray
from alphapose_ros.msg import PersonPose2D as PersonPose2D
from alphapose_ros.msg import Pose2DArray as Pose2DArray
from alphapose_ros.structures import Detections
from alphapose_ros.structures import Poses
from alphapose_ros.structures import Skeleton
from alphapose_ros.structures import Tracks

_CLASSES = MessageClasses(
    boxes=PersonBoxArray,
    poses=Pose2DArray,
    person=PersonPose2D,
    keypoint_set=KeypointSet,
    float32s=partial(array, 'f'),
    uint16s=partial(array, 'H'),
)


def detections_to_message(
    detections: Detections, header: Header, image_size_wh: tuple[int, int]
) -> PersonBoxArray:
    """Return the message of the people found in an image; the header is the image's."""
    return build_boxes(_CLASSES, detections, header, image_size_wh)


def poses_to_message(
    poses: Poses, header: Header, image_size_wh: tuple[int, int], keypoint_set: str
) -> Pose2DArray:
    """Return the message of people without identities, embeddings included."""
    tracks = Tracks.untracked(poses)
    return build_poses(_CLASSES, tracks, header, image_size_wh, keypoint_set, has_embeddings=True)


def tracks_to_message(
    tracks: Tracks, header: Header, image_size_wh: tuple[int, int], keypoint_set: str
) -> Pose2DArray:
    """Return the message of people with identities; their embeddings stay out of it."""
    return build_poses(_CLASSES, tracks, header, image_size_wh, keypoint_set, has_embeddings=False)


def skeleton_to_message(skeleton: Skeleton) -> KeypointSet:
    """Return the message that names the joints."""
    return build_keypoint_set(_CLASSES, skeleton)


def image_to_message(image: ByteArray, header: Header) -> Image:
    """
    Return the bgr8 message of an image.

    :raises ValueError: if `image` is not (H, W, 3) uint8.
    """
    check_bgr(image)
    height, width = image.shape[:2]
    message = Image(header=header, height=height, width=width, encoding='bgr8', step=3 * width)
    message.data.frombytes(np.ascontiguousarray(image).data.cast('B'))
    return message


def image_to_compressed_message(image: ByteArray, header: Header, quality: int) -> CompressedImage:
    """
    Return the JPEG message of an image.

    :raises ValueError: if `image` is not (H, W, 3) uint8 or `quality` is not 1 to 100.
    """
    message = CompressedImage(header=header, format='bgr8; jpeg compressed bgr8')
    message.data.frombytes(encode_jpeg(image, quality))
    return message


def ns_to_stamp(stamp_ns: int) -> Time:
    """
    Return the builtin_interfaces/Time of nanoseconds; inverse of `stamp_to_ns`.

    :raises ValueError: if the seconds do not fit into 32 bits.
    """
    sec, nanosec = split_ns(stamp_ns)
    return Time(sec=sec, nanosec=nanosec)
