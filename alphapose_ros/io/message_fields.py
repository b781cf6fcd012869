# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Between the fields of messages and our structures, whoever made the messages; needs no ROS.

N people, K keypoints, D embedding values. ROS has one class per message type and a bag reader has
another, of the same fields: what reads takes either, what writes is given the classes. Numbers
cross as buffers, never value by value, which is 10 to 30 times slower. What is read is a copy (of
images see `image_from_message`), so a message may be reused or dropped at once. Headers are passed
on as the object they are: stamp and frame_id cannot change on the way.

All values arrive bit by bit as they were sent, except boxes: they are xyxy here and x, y, width,
height in messages. x0 and y0 are exact; x1 and y1 are exact for coordinates on a grid of 1/256 px
below 2**15 px, and otherwise off by at most the sum of half a float32 step of the width and of
x1 itself (of the height and of y1): below 1e-4 px up to 1024 px, 2.5e-4 px up to 4096 px.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from alphapose_ros.core.boxes import xywh_to_xyxy
from alphapose_ros.core.boxes import xyxy_to_xywh
from alphapose_ros.io.images import ByteArray
from alphapose_ros.io.images import decode_compressed
from alphapose_ros.io.images import decode_image
from alphapose_ros.structures import Detections
from alphapose_ros.structures import FloatArray
from alphapose_ros.structures import Poses
from alphapose_ros.structures import Skeleton
from alphapose_ros.structures import Tracks
from alphapose_ros.structures import TrackState

_BOX_FIELDS = ('bbox_x', 'bbox_y', 'bbox_width', 'bbox_height')
_NS_PER_S = 10**9


class MessageError(ValueError):
    """A message contradicts itself."""


@dataclass(frozen=True)
class MessageClasses:
    """
    What makes our messages; their fields are set one by one, which ROS is fastest with.

    :param float32s: makes a float32[] from the memory of its values.
    :param uint16s: makes a uint16[] from a list.
    """

    boxes: Callable[[], Any]
    poses: Callable[[], Any]
    person: Callable[[], Any]
    keypoint_set: Callable[[], Any]
    float32s: Callable[[bytes], Any]
    uint16s: Callable[[list[int]], Any]


def build_boxes(
    classes: MessageClasses, detections: Detections, header: Any, image_size_wh: tuple[int, int]
) -> Any:
    """Return the PersonBoxArray of the people found in an image; the header is the image's."""
    message = classes.boxes()
    message.header = header
    message.image_width, message.image_height = image_size_wh
    message.boxes = classes.float32s(xyxy_to_xywh(detections.boxes).tobytes())
    message.scores = classes.float32s(detections.scores.tobytes())
    return message


def build_poses(
    classes: MessageClasses,
    tracks: Tracks,
    header: Any,
    image_size_wh: tuple[int, int],
    keypoint_set: str,
    *,
    has_embeddings: bool,
) -> Any:
    """Return the Pose2DArray of people with identities, with their embeddings or without."""
    poses = tracks.poses
    embeddings = poses.embeddings if has_embeddings else poses.embeddings[:, :0]
    message = classes.poses()
    message.header, message.keypoint_set = header, keypoint_set
    message.image_width, message.image_height = image_size_wh
    message.num_keypoints = poses.num_keypoints
    rows = zip(
        tracks.track_ids.tolist(),
        tracks.states.tolist(),
        tracks.ages.tolist(),
        poses.scores.tolist(),
        xyxy_to_xywh(poses.boxes).tolist(),
        poses.box_scores.tolist(),
        _row_bytes(poses.keypoints),
        _row_bytes(poses.keypoint_scores),
        _row_bytes(embeddings),
        strict=True,
    )
    message.poses = [_build_person(classes, *row) for row in rows]
    return message


def _build_person(
    classes: MessageClasses,
    track_id: int,
    state: int,
    age: int,
    score: float,
    box_xywh: list[float],
    box_score: float,
    keypoints: bytes,
    keypoint_scores: bytes,
    embedding: bytes,
) -> Any:
    """Return the PersonPose2D of one person; the arguments are in the order of its fields."""
    person = classes.person()
    person.track_id, person.track_state, person.track_age = track_id, state, age
    person.score, person.bbox_score = score, box_score
    person.bbox_x, person.bbox_y, person.bbox_width, person.bbox_height = box_xywh
    person.keypoints = classes.float32s(keypoints)
    person.keypoint_scores = classes.float32s(keypoint_scores)
    person.embedding = classes.float32s(embedding)
    return person


def build_keypoint_set(classes: MessageClasses, skeleton: Skeleton) -> Any:
    """Return the KeypointSet that names the joints."""
    message = classes.keypoint_set()
    message.name, message.keypoint_names = skeleton.name, list(skeleton.keypoint_names)
    message.skeleton = classes.uint16s([joint for limb in skeleton.limbs for joint in limb])
    message.flip_pairs = classes.uint16s([joint for pair in skeleton.flip_pairs for joint in pair])
    message.sigmas = classes.float32s(np.array(skeleton.sigmas, np.float32).tobytes())
    message.group_names = [name for name, _, _ in skeleton.groups]
    message.group_starts = classes.uint16s([start for _, start, _ in skeleton.groups])
    message.group_ends = classes.uint16s([end for _, _, end in skeleton.groups])
    return message


def detections_from_message(message: Any) -> Detections:
    """
    Return the people of a message.

    :raises MessageError: if there is not one score per box.
    """
    n = len(message.scores)
    if len(message.boxes) != 4 * n:
        raise MessageError(
            f'boxes must have {4 * n} values, 4 for each of {n} scores, got {len(message.boxes)}'
        )
    boxes_xywh = np.frombuffer(message.boxes, np.float32).reshape(n, 4)
    return Detections(
        boxes=xywh_to_xyxy(boxes_xywh), scores=np.frombuffer(message.scores, np.float32).copy()
    )


def poses_from_message(message: Any) -> Poses:
    """
    Return the people of a message without their identities.

    :raises MessageError: if the arrays of a person do not have K, 2 K or the same D values.
    """
    people, k = message.poses, message.num_keypoints
    num_embedding = len(people[0].embedding) if people else 0
    return Poses(
        boxes=xywh_to_xyxy(_gather_numbers(people, _BOX_FIELDS)),
        box_scores=_gather_numbers(people, ('bbox_score',))[:, 0],
        keypoints=_gather_arrays(people, 'keypoints', 2 * k).reshape(len(people), k, 2),
        keypoint_scores=_gather_arrays(people, 'keypoint_scores', k),
        scores=_gather_numbers(people, ('score',))[:, 0],
        embeddings=_gather_arrays(people, 'embedding', num_embedding),
    )


def tracks_from_message(message: Any) -> Tracks:
    """
    Return the people of a message with their identities.

    :raises MessageError: as in `poses_from_message`, or if a state is none of TrackState.
    """
    people = message.poses
    states = [p.track_state for p in people]
    if states and max(states) > max(TrackState):
        raise MessageError(f'track_state must be 0 to {max(TrackState):d}, got {max(states)}')
    return Tracks(
        poses=poses_from_message(message),
        track_ids=np.array([p.track_id for p in people], np.int32),
        states=np.array(states, np.uint8),
        ages=np.array([p.track_age for p in people], np.uint32),
    )


def skeleton_from_message(message: Any) -> Skeleton:
    """
    Return the keypoint set of a message.

    :raises MessageError: if its arrays do not fit the number of joints or each other.
    """
    k = len(message.keypoint_names)
    if len(message.sigmas) not in (0, k):
        raise MessageError(f'sigmas must have 0 or {k} values, got {len(message.sigmas)}')
    return Skeleton(
        name=message.name,
        keypoint_names=tuple(message.keypoint_names),
        limbs=_pairs('skeleton', message.skeleton, k),
        flip_pairs=_pairs('flip_pairs', message.flip_pairs, k),
        # The shortest decimal of a float32 is the constant that was written down.
        sigmas=tuple(float(str(np.float32(sigma))) for sigma in message.sigmas),
        groups=_groups(message, k),
    )


def _pairs(name: str, joints: Any, num_keypoints: int) -> tuple[tuple[int, int], ...]:
    """Return the pairs of a flattened field, after checking that they are joints."""
    if len(joints) % 2:
        raise MessageError(f'{name} must have an even number of values, got {len(joints)}')
    if len(joints) and max(joints) >= num_keypoints:
        raise MessageError(f'{name} must be joints below {num_keypoints}, got {max(joints)}')
    return tuple((int(a), int(b)) for a, b in zip(joints[::2], joints[1::2], strict=True))


def _groups(message: Any, num_keypoints: int) -> tuple[tuple[str, int, int], ...]:
    """Return the groups of a keypoint set, after checking that they are ranges of joints."""
    names, starts, ends = message.group_names, message.group_starts, message.group_ends
    if not len(names) == len(starts) == len(ends):
        raise MessageError(
            'group_names, group_starts and group_ends must have the same length, '
            f'got {len(names)}, {len(starts)} and {len(ends)}'
        )
    for name, start, end in zip(names, starts, ends, strict=True):
        if not start <= end <= num_keypoints:
            raise MessageError(
                f'group {name} must be a range within 0 to {num_keypoints}, got {start} to {end}'
            )
    return tuple((n, int(s), int(e)) for n, s, e in zip(names, starts, ends, strict=True))


def image_from_message(message: Any) -> ByteArray:
    """
    Return (H, W, 3) uint8 BGR; of unpadded bgr8 a view of the message, not a copy.

    :param message: a message of ROS, or one of the same fields as a bag reader has it.
    :raises ImageError: see `images.decode_image`.
    """
    if hasattr(message, 'format'):
        return decode_compressed(message.data, message.format)
    return decode_image(
        message.data,
        height=message.height,
        width=message.width,
        encoding=message.encoding,
        step=message.step,
        is_bigendian=bool(message.is_bigendian),
    )


def stamp_to_ns(stamp: Any) -> int:
    """Return the nanoseconds of a builtin_interfaces/Time."""
    return int(stamp.sec) * _NS_PER_S + int(stamp.nanosec)


def split_ns(stamp_ns: int) -> tuple[int, int]:
    """
    Return sec and nanosec of a builtin_interfaces/Time; inverse of `stamp_to_ns`.

    :raises ValueError: if the seconds do not fit into 32 bits.
    """
    sec, nanosec = divmod(stamp_ns, _NS_PER_S)
    if not -(2**31) <= sec < 2**31:
        raise ValueError(f'stamp must be within 2**31 s of 1970, got {stamp_ns} ns')
    return sec, nanosec


def _row_bytes(values: FloatArray) -> list[bytes]:
    """Return the memory of every row of (N, ...) values."""
    content = values.tobytes()
    size = len(content) // max(len(values), 1)
    return [content[i * size : (i + 1) * size] for i in range(len(values))]


def _gather_numbers(people: list[Any], names: tuple[str, ...]) -> FloatArray:
    """Return (N, len(names)) of scalar fields."""
    rows = [[getattr(person, name) for name in names] for person in people]
    return np.array(rows, np.float32).reshape(len(people), len(names))


def _gather_arrays(people: list[Any], name: str, length: int) -> FloatArray:
    """Return (N, length) of an array field, copied once and writable."""
    arrays = [getattr(person, name) for person in people]
    for i, array in enumerate(arrays):
        if len(array) != length:
            raise MessageError(f'poses[{i}].{name} must have {length} values, got {len(array)}')
    return np.frombuffer(bytearray().join(arrays), np.float32).reshape(len(people), length)
