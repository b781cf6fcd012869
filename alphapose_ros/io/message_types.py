# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Our messages in bags, without ROS: serialised messages to structures and back.

The counterpart of `messages`, for machines that have rosbags instead of ROS. Bytes are CDR, equal
to those that ROS sends.
"""

from __future__ import annotations

from functools import lru_cache
from functools import partial
from importlib import import_module
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from alphapose_ros.io.message_fields import build_boxes
from alphapose_ros.io.message_fields import build_keypoint_set
from alphapose_ros.io.message_fields import build_poses
from alphapose_ros.io.message_fields import detections_from_message as detections_from_bag
from alphapose_ros.io.message_fields import MessageClasses
from alphapose_ros.io.message_fields import poses_from_message as poses_from_bag
from alphapose_ros.io.message_fields import skeleton_from_message as skeleton_from_bag
from alphapose_ros.io.message_fields import split_ns
from alphapose_ros.io.message_fields import tracks_from_message as tracks_from_bag
from alphapose_ros.structures import Detections
from alphapose_ros.structures import Poses
from alphapose_ros.structures import Skeleton
from alphapose_ros.structures import Tracks

__all__ = [
    'BOXES_TYPE',
    'COMPRESSED_IMAGE_TYPE',
    'KEYPOINT_SET_TYPE',
    'POSES_TYPE',
    'BagError',
    'check_libraries',
    'describe_type',
    'detections_from_bag',
    'detections_to_bag',
    'hash_type',
    'jpeg_to_bag',
    'make_header',
    'message_store',
    'poses_from_bag',
    'poses_to_bag',
    'skeleton_from_bag',
    'skeleton_to_bag',
    'tracks_from_bag',
    'tracks_to_bag',
]

BOXES_TYPE = 'alphapose_ros/msg/PersonBoxArray'
COMPRESSED_IMAGE_TYPE = 'sensor_msgs/msg/CompressedImage'
KEYPOINT_SET_TYPE = 'alphapose_ros/msg/KeypointSet'
POSES_TYPE = 'alphapose_ros/msg/Pose2DArray'

_CLASSES = MessageClasses(
    boxes=SimpleNamespace,
    poses=SimpleNamespace,
    person=SimpleNamespace,
    keypoint_set=SimpleNamespace,
    float32s=partial(np.frombuffer, dtype=np.float32),
    uint16s=partial(np.array, dtype=np.uint16),
)


class BagError(ValueError):
    """A bag or a message that cannot be read or written, or a library that is missing."""


def check_libraries() -> None:
    """
    Make sure that bags can be read and written.

    :raises BagError: if a library is missing.
    """
    try:
        for name in ('mcap.writer', 'rosbags.typesys', 'zstandard'):
            import_module(name)
    except ModuleNotFoundError as err:
        raise BagError('bags need libraries: pip install alphapose_ros[bags]') from err


@lru_cache(maxsize=1)
def message_store() -> Any:
    """
    Return the types of rosbags, the standard ones and ours.

    :raises BagError: if rosbags is missing, or the definitions of our messages.
    """
    check_libraries()
    from rosbags.typesys import get_types_from_msg
    from rosbags.typesys import get_typestore
    from rosbags.typesys import Stores

    store = get_typestore(Stores.ROS2_HUMBLE)
    for path in _definitions():
        store.register(get_types_from_msg(path.read_text(), f'alphapose_ros/msg/{path.stem}'))
    return store


def _definitions() -> list[Path]:
    """Return our .msg files: of the wheel, of the source tree or of a workspace of ROS."""
    package = Path(__file__).resolve().parents[1]
    prefixes = os.environ.get('AMENT_PREFIX_PATH', '').split(os.pathsep)
    shares = [Path(prefix, 'share', 'alphapose_ros', 'msg') for prefix in prefixes if prefix]
    for folder in (package / 'msg_definitions', package.parent / 'msg', *shares):
        paths = sorted(folder.glob('*.msg'))
        if paths:
            return paths
    raise BagError(f'the .msg files of alphapose_ros are missing beside {package}')


def describe_type(type_name: str) -> str:
    """
    Return the definition of a message type and of all it contains, as MCAP stores it.

    :param type_name: such as alphapose_ros/msg/Pose2DArray.
    :raises BagError: if there is no such type.
    """
    store = message_store()
    if type_name not in store.fielddefs:
        raise BagError(f'there is no message type {type_name!r}')
    definition: str = store.generate_msgdef(type_name, ros_version=2)[0]
    return definition


def hash_type(type_name: str) -> str:
    """Return the hash by which ROS compares definitions of a type (REP 2011)."""
    hashed: str = message_store().hash_rihs01(type_name)
    return hashed


def make_header(stamp_ns: int, frame_id: str) -> Any:
    """Return a std_msgs/Header for the functions below."""
    sec, nanosec = split_ns(stamp_ns)
    return SimpleNamespace(stamp=SimpleNamespace(sec=sec, nanosec=nanosec), frame_id=frame_id)


def detections_to_bag(
    detections: Detections, header: Any, image_size_wh: tuple[int, int]
) -> bytes:
    """Return the PersonBoxArray of an image; the header is that of the image's message."""
    return _serialize(build_boxes(_CLASSES, detections, header, image_size_wh), BOXES_TYPE)


def poses_to_bag(
    poses: Poses, header: Any, image_size_wh: tuple[int, int], keypoint_set: str
) -> bytes:
    """Return the Pose2DArray of people without identities, embeddings included."""
    tracks = Tracks.untracked(poses)
    message = build_poses(
        _CLASSES, tracks, header, image_size_wh, keypoint_set, has_embeddings=True
    )
    return _serialize(message, POSES_TYPE)


def tracks_to_bag(
    tracks: Tracks, header: Any, image_size_wh: tuple[int, int], keypoint_set: str
) -> bytes:
    """Return the Pose2DArray of people with identities; their embeddings stay out of it."""
    message = build_poses(
        _CLASSES, tracks, header, image_size_wh, keypoint_set, has_embeddings=False
    )
    return _serialize(message, POSES_TYPE)


def jpeg_to_bag(content: bytes, header: Any) -> bytes:
    """Return the CompressedImage of a JPEG file."""
    message = SimpleNamespace(
        header=header,
        format='bgr8; jpeg compressed bgr8',
        data=np.frombuffer(content, np.uint8),
    )
    return _serialize(message, COMPRESSED_IMAGE_TYPE)


def skeleton_to_bag(skeleton: Skeleton) -> bytes:
    """Return the KeypointSet that names the joints."""
    return _serialize(build_keypoint_set(_CLASSES, skeleton), KEYPOINT_SET_TYPE)


def _serialize(message: Any, type_name: str) -> bytes:
    return bytes(message_store().serialize_cdr(message, type_name, little_endian=True))
