# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Between ROS messages and our structures; the only place that knows the message types.

N people, K keypoints, D embedding values. Numbers cross as buffers: a float32[] field is filled with
one `frombytes` and read with one `frombuffer`, never value by value, which would be 30 times slower.
Boxes are xyxy here and x, y, width, height in messages; the last bit of an edge may change on the
way (at most 1e-4 px for images of usual size). All other values arrive exactly as they were sent.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from sensor_msgs.msg import CompressedImage
from sensor_msgs.msg import Image

from alphapose_ros.core.boxes import xywh_to_xyxy
from alphapose_ros.core.boxes import xyxy_to_xywh
from alphapose_ros.io.images import decode_compressed
from alphapose_ros.io.images import decode_image
from alphapose_ros.io.images import encode_jpeg
from alphapose_ros.msg import KeypointSet
from alphapose_ros.msg import PersonBoxArray
from alphapose_ros.msg import PersonPose2D
from alphapose_ros.msg import Pose2DArray
from alphapose_ros.structures import Detections
from alphapose_ros.structures import FloatArray
from alphapose_ros.structures import Poses
from alphapose_ros.structures import Skeleton
from alphapose_ros.structures import Tracks

_BOX_FIELDS = ('bbox_x', 'bbox_y', 'bbox_width', 'bbox_height')


class MessageError(ValueError):
    """A message contradicts itself."""


def detections_to_message(
    detections: Detections, header: Any, image_size_wh: tuple[int, int]
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
    boxes_xywh, scores = _read(message.boxes), _read(message.scores)
    if len(boxes_xywh) != 4 * len(scores):
        raise MessageError(
            f'boxes must have 4 values per score, got {len(boxes_xywh)} for {len(scores)}'
        )
    return Detections(xywh_to_xyxy(boxes_xywh.reshape(-1, 4)), scores.copy())


def poses_to_message(
    poses: Poses, header: Any, image_size_wh: tuple[int, int], keypoint_set: str
) -> Pose2DArray:
    """Return the message of people without identities, embeddings included."""
    message = tracks_to_message(Tracks.untracked(poses), header, image_size_wh, keypoint_set)
    if poses.embeddings.shape[1]:
        for person, embedding in zip(message.poses, poses.embeddings, strict=True):
            _fill(person.embedding, embedding)
    return message


def tracks_to_message(
    tracks: Tracks, header: Any, image_size_wh: tuple[int, int], keypoint_set: str
) -> Pose2DArray:
    """Return the message of people with identities; their embeddings stay out of it."""
    poses = tracks.poses
    message = Pose2DArray(header=header, keypoint_set=keypoint_set)
    message.image_width, message.image_height = image_size_wh
    message.num_keypoints = poses.num_keypoints
    keypoints = np.ascontiguousarray(poses.keypoints, np.float32)
    keypoint_scores = np.ascontiguousarray(poses.keypoint_scores, np.float32)
    rows = zip(
        tracks.track_ids.tolist(),
        tracks.states.tolist(),
        tracks.ages.tolist(),
        poses.scores.tolist(),
        xyxy_to_xywh(poses.boxes).tolist(),
        poses.box_scores.tolist(),
        strict=True,
    )
    people = []
    for i, (track_id, state, age, score, box_xywh, box_score) in enumerate(rows):
        person = PersonPose2D()
        person.track_id, person.track_state, person.track_age = track_id, state, age
        person.score, person.bbox_score = score, box_score
        person.bbox_x, person.bbox_y, person.bbox_width, person.bbox_height = box_xywh
        person.keypoints.frombytes(keypoints[i].data.cast('B'))
        person.keypoint_scores.frombytes(keypoint_scores[i].data.cast('B'))
        people.append(person)
    message.poses = people
    return message


def poses_from_message(message: Pose2DArray) -> Poses:
    """
    Return the people of a message without their identities.

    :raises MessageError: if the arrays of a person do not have K, 2 K or the same D values.
    """
    people, k = message.poses, message.num_keypoints
    return Poses(
        boxes=xywh_to_xyxy(_gather_numbers(people, _BOX_FIELDS)),
        box_scores=_gather_numbers(people, ('bbox_score',))[:, 0],
        keypoints=_gather_arrays(people, 'keypoints', 2 * k).reshape(-1, k, 2),
        keypoint_scores=_gather_arrays(people, 'keypoint_scores', k),
        scores=_gather_numbers(people, ('score',))[:, 0],
        embeddings=_gather_arrays(
            people, 'embedding', len(people[0].embedding) if people else 0
        ),
    )


def tracks_from_message(message: Pose2DArray) -> Tracks:
    """
    Return the people of a message with their identities.

    :raises MessageError: as in `poses_from_message`.
    """
    people = message.poses
    return Tracks(
        poses=poses_from_message(message),
        track_ids=np.array([p.track_id for p in people], np.int32),
        states=np.array([p.track_state for p in people], np.uint8),
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
    """Return the keypoint set of a message; sigmas come back with float32 precision."""
    groups = zip(message.group_names, message.group_starts, message.group_ends, strict=True)
    return Skeleton(
        name=message.name,
        keypoint_names=tuple(message.keypoint_names),
        limbs=_pairs(message.skeleton),
        flip_pairs=_pairs(message.flip_pairs),
        sigmas=tuple(message.sigmas),
        groups=tuple((name, int(start), int(end)) for name, start, end in groups),
    )


def image_from_message(message: Image | CompressedImage) -> np.ndarray:
    """
    Return (H, W, 3) uint8 BGR; of unpadded bgr8 a view of the message, not a copy.

    :raises ImageError: see `images.decode_image`.
    """
    if isinstance(message, CompressedImage):
        return decode_compressed(message.data, message.format)
    return decode_image(
        message.data,
        height=message.height,
        width=message.width,
        encoding=message.encoding,
        step=message.step,
        is_bigendian=bool(message.is_bigendian),
    )


def image_to_message(image: np.ndarray, header: Any) -> Image:
    """Return the bgr8 message of a (H, W, 3) uint8 BGR image."""
    height, width = image.shape[:2]
    message = Image(header=header, height=height, width=width, encoding='bgr8', step=3 * width)
    _fill(message.data, image)
    return message


def image_to_compressed_message(image: np.ndarray, header: Any, quality: int) -> CompressedImage:
    """Return the JPEG message of a (H, W, 3) uint8 BGR image; quality 1 to 100."""
    message = CompressedImage(header=header, format='bgr8; jpeg compressed bgr8')
    message.data.frombytes(encode_jpeg(image, quality))
    return message


def stamp_to_ns(stamp: Any) -> int:
    """Return the nanoseconds of a builtin_interfaces/Time."""
    return int(stamp.sec) * 1_000_000_000 + int(stamp.nanosec)


def _fill(field: Any, values: np.ndarray) -> None:
    """Append an array to a numeric field, as one block of memory."""
    if values.size:
        field.frombytes(np.ascontiguousarray(values).data.cast('B'))


def _read(field: Any) -> FloatArray:
    """Return a float32[] field; a view of the message."""
    return np.frombuffer(field, np.float32)


def _gather_numbers(people: list[PersonPose2D], names: tuple[str, ...]) -> FloatArray:
    """Return (N, len(names)) of scalar fields."""
    rows = [[getattr(person, name) for name in names] for person in people]
    return np.array(rows, np.float32).reshape(len(people), len(names))


def _gather_arrays(people: list[PersonPose2D], name: str, length: int) -> FloatArray:
    """Return (N, length) of an array field, copied once."""
    arrays = [getattr(person, name) for person in people]
    for i, array in enumerate(arrays):
        if len(array) != length:
            raise MessageError(
                f'poses[{i}].{name} must have {length} values, got {len(array)}'
            )
    joined = b''.join([memoryview(array) for array in arrays])
    return np.frombuffer(bytearray(joined), np.float32).reshape(len(people), length)


def _pairs(flat: Any) -> tuple[tuple[int, int], ...]:
    values = [int(value) for value in flat]
    return tuple(zip(values[::2], values[1::2], strict=True))
