# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Between ROS messages and our structures; the only place that knows the message types.

N people, K keypoints, D embedding values. Numbers cross as buffers: a float32[] field is filled
with one `frombytes` and read with one `frombuffer`, never value by value, which is 10 to 30 times
slower. What is read is a copy (of images see `image_from_message`), so a message may be reused or
dropped at once. Headers are passed on as the object they are: stamp and frame_id cannot change on
the way. Nodes and tools take the message types from here (`import X as X` marks a name as meant
for others).

All values arrive bit by bit as they were sent, except boxes: they are xyxy here and x, y, width,
height in messages. x0 and y0 are exact; x1 and y1 are exact for coordinates on a grid of 1/256 px
below 2**15 px, and otherwise off by at most the sum of half a float32 step of the width and of
x1 itself (of the height and of y1): below 1e-4 px up to 1024 px, 2.5e-4 px up to 4096 px.
"""

from __future__ import annotations

from typing import Any

from builtin_interfaces.msg import Time as Time
from diagnostic_msgs.msg import DiagnosticArray as DiagnosticArray
from diagnostic_msgs.msg import DiagnosticStatus as DiagnosticStatus
from diagnostic_msgs.msg import KeyValue as KeyValue
import numpy as np
from numpy.typing import NDArray
from sensor_msgs.msg import CompressedImage as CompressedImage
from sensor_msgs.msg import Image as Image
from std_msgs.msg import Header as Header

from alphapose_ros.core.boxes import xywh_to_xyxy
from alphapose_ros.core.boxes import xyxy_to_xywh
from alphapose_ros.io.images import ByteArray
from alphapose_ros.io.images import check_bgr
from alphapose_ros.io.images import decode_compressed
from alphapose_ros.io.images import decode_image
from alphapose_ros.io.images import encode_jpeg
from alphapose_ros.msg import KeypointSet as KeypointSet
from alphapose_ros.msg import PersonBoxArray as PersonBoxArray
from alphapose_ros.msg import PersonPose2D as PersonPose2D
from alphapose_ros.msg import Pose2DArray as Pose2DArray
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


def detections_to_message(
    detections: Detections, header: Header, image_size_wh: tuple[int, int]
) -> PersonBoxArray:
    """Return the message of the people found in an image; the header is the image's."""
    message = PersonBoxArray(header=header)
    message.image_width, message.image_height = image_size_wh
    _fill(message.boxes, xyxy_to_xywh(detections.boxes))
    _fill(message.scores, detections.scores)
    return message


def detections_from_message(message: PersonBoxArray) -> Detections:
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


def poses_to_message(
    poses: Poses, header: Header, image_size_wh: tuple[int, int], keypoint_set: str
) -> Pose2DArray:
    """Return the message of people without identities, embeddings included."""
    message = tracks_to_message(Tracks.untracked(poses), header, image_size_wh, keypoint_set)
    if poses.embeddings.shape[1]:
        for person, embedding in zip(message.poses, _row_bytes(poses.embeddings), strict=True):
            person.embedding.frombytes(embedding)
    return message


def tracks_to_message(
    tracks: Tracks, header: Header, image_size_wh: tuple[int, int], keypoint_set: str
) -> Pose2DArray:
    """Return the message of people with identities; their embeddings stay out of it."""
    poses = tracks.poses
    message = Pose2DArray(header=header, keypoint_set=keypoint_set)
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
        strict=True,
    )
    message.poses = [_person(*row) for row in rows]
    return message


def _person(
    track_id: int,
    state: int,
    age: int,
    score: float,
    box_xywh: list[float],
    box_score: float,
    keypoints: bytes,
    keypoint_scores: bytes,
) -> PersonPose2D:
    """Return the message of one person; the arguments are in the order of its fields."""
    person = PersonPose2D()
    person.track_id, person.track_state, person.track_age = track_id, state, age
    person.score, person.bbox_score = score, box_score
    person.bbox_x, person.bbox_y, person.bbox_width, person.bbox_height = box_xywh
    person.keypoints.frombytes(keypoints)
    person.keypoint_scores.frombytes(keypoint_scores)
    return person


def poses_from_message(message: Pose2DArray) -> Poses:
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


def tracks_from_message(message: Pose2DArray) -> Tracks:
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


def skeleton_to_message(skeleton: Skeleton) -> KeypointSet:
    """Return the message that names the joints."""
    return KeypointSet(
        name=skeleton.name,
        keypoint_names=list(skeleton.keypoint_names),
        skeleton=[joint for limb in skeleton.limbs for joint in limb],
        flip_pairs=[joint for pair in skeleton.flip_pairs for joint in pair],
        sigmas=list(skeleton.sigmas),
        group_names=[name for name, _, _ in skeleton.groups],
        group_starts=[start for _, start, _ in skeleton.groups],
        group_ends=[end for _, _, end in skeleton.groups],
    )


def skeleton_from_message(message: KeypointSet) -> Skeleton:
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


def _groups(message: KeypointSet, num_keypoints: int) -> tuple[tuple[str, int, int], ...]:
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


def image_from_message(message: Image | CompressedImage) -> ByteArray:
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


def image_to_message(image: ByteArray, header: Header) -> Image:
    """
    Return the bgr8 message of an image.

    :raises ValueError: if `image` is not (H, W, 3) uint8.
    """
    check_bgr(image)
    height, width = image.shape[:2]
    message = Image(header=header, height=height, width=width, encoding='bgr8', step=3 * width)
    _fill(message.data, image)
    return message


def image_to_compressed_message(image: ByteArray, header: Header, quality: int) -> CompressedImage:
    """
    Return the JPEG message of an image.

    :raises ValueError: if `image` is not (H, W, 3) uint8 or `quality` is not 1 to 100.
    """
    message = CompressedImage(header=header, format='bgr8; jpeg compressed bgr8')
    message.data.frombytes(encode_jpeg(image, quality))
    return message


def stamp_to_ns(stamp: Time) -> int:
    """Return the nanoseconds of a builtin_interfaces/Time."""
    return int(stamp.sec) * _NS_PER_S + int(stamp.nanosec)


def ns_to_stamp(stamp_ns: int) -> Time:
    """
    Return the builtin_interfaces/Time of nanoseconds; inverse of `stamp_to_ns`.

    :raises ValueError: if the seconds do not fit into 32 bits.
    """
    sec, nanosec = divmod(stamp_ns, _NS_PER_S)
    if not -(2**31) <= sec < 2**31:
        raise ValueError(f'stamp must be within 2**31 s of 1970, got {stamp_ns} ns')
    return Time(sec=sec, nanosec=nanosec)


def _fill(field: Any, values: NDArray[Any]) -> None:
    """Append an array to a numeric field, as one block of memory."""
    if values.size:  # memory of length 0 cannot be cast
        field.frombytes(np.ascontiguousarray(values).data.cast('B'))


def _row_bytes(values: FloatArray) -> list[bytes]:
    """Return the memory of every row of (N, ...) values."""
    content = values.tobytes()
    size = len(content) // max(len(values), 1)
    return [content[i * size : (i + 1) * size] for i in range(len(values))]


def _gather_numbers(people: list[PersonPose2D], names: tuple[str, ...]) -> FloatArray:
    """Return (N, len(names)) of scalar fields."""
    rows = [[getattr(person, name) for name in names] for person in people]
    return np.array(rows, np.float32).reshape(len(people), len(names))


def _gather_arrays(people: list[PersonPose2D], name: str, length: int) -> FloatArray:
    """Return (N, length) of an array field, copied once and writable."""
    arrays = [getattr(person, name) for person in people]
    for i, array in enumerate(arrays):
        if len(array) != length:
            raise MessageError(f'poses[{i}].{name} must have {length} values, got {len(array)}')
    return np.frombuffer(bytearray().join(arrays), np.float32).reshape(len(people), length)
