# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the way between messages and structures: there and back, and messages that lie."""

from array import array
from dataclasses import fields

import numpy as np
import pytest

pytest.importorskip('sensor_msgs.msg', reason='needs ROS 2')
pytest.importorskip('alphapose_ros.msg', reason='needs the built messages')

from alphapose_ros.core.skeletons import SKELETONS
from alphapose_ros.io import messages
from alphapose_ros.io.images import decode_image
from alphapose_ros.io.images import ImageError
from alphapose_ros.io.messages import Header
from alphapose_ros.io.messages import MessageError
from alphapose_ros.io.messages import Time
from alphapose_ros.structures import Detections
from alphapose_ros.structures import Poses
from alphapose_ros.structures import Skeleton
from alphapose_ros.structures import Tracks

SIZE_WH = (1280, 720)
PEOPLE_AND_JOINTS = [(n, k) for n in (0, 1, 40) for k in (17, 26, 136)]


def header() -> Header:
    return Header(stamp=Time(sec=1_700_000_000, nanosec=123_456_789), frame_id='camera_optical')


def poses_of(n: int, k: int, num_embedding: int = 0) -> Poses:
    """Return people on a grid of 1/256 px, some outside the image, some joints not estimated."""
    rng = np.random.default_rng(n + k)
    corners = rng.integers(-20_000, 400_000, (n, 2, 2)) / 256
    keypoints = rng.uniform(-50, 1300, (n, k, 2)).astype(np.float32)
    keypoint_scores = rng.uniform(0, 1, (n, k)).astype(np.float32)
    is_missing = rng.uniform(size=(n, k)) < 0.2
    keypoints[is_missing], keypoint_scores[is_missing] = np.nan, 0
    return Poses(
        boxes=np.sort(corners, axis=1).reshape(n, 4).astype(np.float32),
        box_scores=rng.uniform(0, 1, n).astype(np.float32),
        keypoints=keypoints,
        keypoint_scores=keypoint_scores,
        scores=rng.uniform(0, 1, n).astype(np.float32),
        embeddings=rng.normal(size=(n, num_embedding)).astype(np.float32),
    )


def tracks_of(n: int, k: int, num_embedding: int = 0) -> Tracks:
    """Return people with ids out of order, to see that the order is left alone."""
    rng = np.random.default_rng(n * k)
    return Tracks(
        poses=poses_of(n, k, num_embedding),
        track_ids=rng.permutation(n).astype(np.int32) - 1,
        states=rng.integers(0, 4, n).astype(np.uint8),
        ages=rng.integers(0, 2**32, n).astype(np.uint32),
    )


def over_the_wire(message):
    serialization = pytest.importorskip('rclpy.serialization', reason='needs rclpy')
    return serialization.deserialize_message(
        serialization.serialize_message(message), type(message)
    )


def assert_same(ours, expected, names=None) -> None:
    """Compare arrays bit by bit, NaN included."""
    for name in names or [f.name for f in fields(expected)]:
        value, wanted = getattr(ours, name), getattr(expected, name)
        assert value.dtype == wanted.dtype, name
        assert value.shape == wanted.shape, name
        assert value.tobytes() == wanted.tobytes(), name


def poses_message(n: int = 2, k: int = 17):
    return messages.poses_to_message(poses_of(n, k, 4), header(), SIZE_WH, 'coco_17')


@pytest.mark.parametrize('n', [0, 1, 40])
def test_detections_come_back_as_they_were(n) -> None:
    poses = poses_of(n, 17)
    detections = Detections(poses.boxes, poses.box_scores)
    message = over_the_wire(messages.detections_to_message(detections, header(), SIZE_WH))
    assert message.header == header()
    assert (message.image_width, message.image_height) == SIZE_WH
    assert_same(messages.detections_from_message(message), detections)


@pytest.mark.parametrize(('n', 'k'), PEOPLE_AND_JOINTS)
@pytest.mark.parametrize('num_embedding', [0, 8])
def test_poses_come_back_with_their_embeddings(n, k, num_embedding) -> None:
    poses = poses_of(n, k, num_embedding if n else 0)
    message = over_the_wire(messages.poses_to_message(poses, header(), SIZE_WH, 'a_set'))
    assert message.header == header()
    assert (message.keypoint_set, message.num_keypoints) == ('a_set', k)
    assert [person.track_id for person in message.poses] == [-1] * n
    assert [person.track_state for person in message.poses] == [0] * n
    assert_same(messages.poses_from_message(message), poses)


@pytest.mark.parametrize(('n', 'k'), PEOPLE_AND_JOINTS)
def test_tracks_come_back_in_their_order_and_without_embeddings(n, k) -> None:
    tracks = tracks_of(n, k, num_embedding=8 if n else 0)
    message = over_the_wire(messages.tracks_to_message(tracks, header(), SIZE_WH, 'a_set'))
    assert message.header == header()
    assert (message.image_width, message.image_height) == SIZE_WH
    assert all(len(person.embedding) == 0 for person in message.poses)
    back = messages.tracks_from_message(message)
    assert_same(back, tracks, ['track_ids', 'states', 'ages'])
    assert_same(back.poses, tracks.poses, [f.name for f in fields(Poses)[:-1]])
    assert back.poses.embeddings.shape == (n, 0)


def test_the_fields_of_a_person_are_those_of_the_message_definition() -> None:
    poses = Poses(
        boxes=np.array([[10, 20, 40, 80]], np.float32),
        box_scores=np.array([0.5], np.float32),
        keypoints=np.array([[[1, 2], [np.nan, np.nan]]], np.float32),
        keypoint_scores=np.array([[0.75, 0]], np.float32),
        scores=np.array([0.25], np.float32),
        embeddings=np.zeros((1, 0), np.float32),
    )
    (person,) = messages.poses_to_message(poses, header(), SIZE_WH, 'two').poses
    box = (person.bbox_x, person.bbox_y, person.bbox_width, person.bbox_height)
    assert (box, person.bbox_score, person.score) == ((10, 20, 30, 60), 0.5, 0.25)
    np.testing.assert_array_equal(person.keypoints, [1, 2, np.nan, np.nan])
    assert person.keypoint_scores.tolist() == [0.75, 0]


def test_a_view_of_other_people_is_written_in_its_own_order() -> None:
    poses = poses_of(5, 17)[::-2]
    message = messages.poses_to_message(poses, header(), SIZE_WH, 'coco_17')
    assert_same(messages.poses_from_message(message), poses)


@pytest.mark.parametrize(('side', 'tolerance'), [(1024, 1e-4), (4096, 2.5e-4)])
def test_any_box_comes_back_within_the_stated_rounding(side, tolerance) -> None:
    rng = np.random.default_rng(side)
    corners = np.sort(rng.uniform(-side / 4, side, (5000, 2, 2)), axis=1)
    boxes = corners.reshape(-1, 4).astype(np.float32)
    detections = Detections(boxes, np.ones(len(boxes), np.float32))
    message = messages.detections_to_message(detections, header(), (side, side))
    back = messages.detections_from_message(message).boxes
    np.testing.assert_array_equal(back[:, :2], boxes[:, :2])
    np.testing.assert_allclose(back, boxes, rtol=0, atol=tolerance)


def test_what_was_read_does_not_change_with_the_message() -> None:
    message = poses_message()
    detections = messages.detections_to_message(
        Detections(np.ones((2, 4), np.float32), np.ones(2, np.float32)), header(), SIZE_WH
    )
    poses, boxes = (
        messages.poses_from_message(message),
        messages.detections_from_message(detections),
    )
    copies = poses.keypoints.copy(), boxes.scores.copy()
    message.poses[0].keypoints[0] = detections.scores[0] = 7.0
    assert poses.keypoints.tobytes() == copies[0].tobytes()
    assert boxes.scores.tobytes() == copies[1].tobytes()
    assert poses.keypoints.flags.writeable


@pytest.mark.parametrize(
    ('name', 'length', 'wanted'), [('keypoints', 33, 34), ('keypoint_scores', 18, 17)]
)
def test_joints_that_do_not_fit_are_refused_by_name(name, length, wanted) -> None:
    message = poses_message()
    setattr(message.poses[1], name, array('f', [0.0] * length))
    for read in (messages.poses_from_message, messages.tracks_from_message):
        with pytest.raises(
            MessageError, match=rf'poses\[1\].{name} must have {wanted} values, got {length}'
        ):
            read(message)


def test_embeddings_of_different_lengths_are_refused() -> None:
    message = poses_message()
    message.poses[1].embedding = array('f')
    with pytest.raises(MessageError, match=r'poses\[1\].embedding must have 4 values, got 0'):
        messages.poses_from_message(message)


def test_a_wrong_number_of_keypoints_is_refused() -> None:
    message = poses_message()
    message.num_keypoints = 0
    with pytest.raises(MessageError, match=r'poses\[0\].keypoints must have 0 values, got 34'):
        messages.poses_from_message(message)


def test_an_unknown_track_state_is_refused() -> None:
    message = poses_message()
    message.poses[0].track_state = 5
    with pytest.raises(MessageError, match='track_state must be 0 to 4, got 5'):
        messages.tracks_from_message(message)


def test_boxes_that_do_not_fit_their_scores_are_refused() -> None:
    message = messages.detections_to_message(Detections.empty(), header(), SIZE_WH)
    message.boxes = array('f', [0.0] * 7)
    message.scores = array('f', [0.0] * 2)
    with pytest.raises(MessageError, match=r'boxes must have 8 values.*got 7'):
        messages.detections_from_message(message)


def test_nobody_without_joints_is_still_a_message() -> None:
    message = messages.tracks_to_message(Tracks.empty(0), header(), SIZE_WH, '')
    assert messages.tracks_from_message(message).poses.keypoints.shape == (0, 0, 2)


@pytest.mark.parametrize('name', sorted(SKELETONS))
def test_every_keypoint_set_comes_back_equal(name) -> None:
    message = over_the_wire(messages.skeleton_to_message(SKELETONS[name]))
    assert messages.skeleton_from_message(message) == SKELETONS[name]


@pytest.mark.parametrize(
    ('name', 'value', 'text'),
    [
        ('skeleton', array('H', [0, 1, 1]), 'skeleton must have an even number of values, got 3'),
        ('flip_pairs', array('H', [0, 2]), 'flip_pairs must be joints below 2, got 2'),
        ('sigmas', array('f', [0.1]), 'sigmas must have 0 or 2 values, got 1'),
        ('group_ends', array('H'), 'must have the same length, got 1, 1 and 0'),
        ('group_ends', array('H', [3]), 'group all must be a range within 0 to 2, got 0 to 3'),
    ],
)
def test_a_keypoint_set_that_does_not_fit_is_refused(name, value, text) -> None:
    skeleton = Skeleton('two', ('a', 'b'), ((0, 1),), ((0, 1),), (), (('all', 0, 2),))
    message = messages.skeleton_to_message(skeleton)
    setattr(message, name, value)
    with pytest.raises(MessageError, match=text):
        messages.skeleton_from_message(message)


def image_of(height: int = 6, width: int = 10) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)


def test_a_raw_image_comes_back_as_it_was() -> None:
    image = image_of()
    message = over_the_wire(messages.image_to_message(image[:, ::-1], header()))
    assert (message.header, message.encoding, message.step) == (header(), 'bgr8', 30)
    np.testing.assert_array_equal(messages.image_from_message(message), image[:, ::-1])


def test_a_compressed_image_comes_back_close_to_what_it_was() -> None:
    image = np.full((16, 24, 3), (200, 30, 90), np.uint8)
    message = messages.image_to_compressed_message(image, header(), 95)
    message = over_the_wire(message)
    assert (message.header, message.format) == (header(), 'bgr8; jpeg compressed bgr8')
    back = messages.image_from_message(message)
    np.testing.assert_allclose(back.astype(int), image.astype(int), atol=4)


def test_all_fields_of_an_image_message_are_honoured() -> None:
    data = np.random.default_rng(1).integers(0, 256, 4 * 20, np.uint8).tobytes()
    message = messages.Image(height=4, width=8, encoding='mono16', step=20, is_bigendian=1)
    message.data.frombytes(data)
    expected = decode_image(data, height=4, width=8, encoding='mono16', step=20, is_bigendian=True)
    np.testing.assert_array_equal(messages.image_from_message(message), expected)
    np.testing.assert_array_equal(expected[1, :2, 0], [data[20], data[22]])


def test_a_truncated_image_message_is_refused() -> None:
    message = messages.image_to_message(image_of(), header())
    message.data.pop()
    with pytest.raises(ImageError, match='must have 180 bytes or more, got 179'):
        messages.image_from_message(message)


def test_what_is_no_bgr_image_is_not_sent() -> None:
    with pytest.raises(ValueError, match=r'image must be \(H, W, 3\) uint8'):
        messages.image_to_message(image_of()[:, :, 0], header())


@pytest.mark.parametrize(
    ('sec', 'nanosec'), [(0, 0), (1_700_000_000, 1), (2**31 - 1, 999_999_999), (-1, 500_000_000)]
)
def test_stamps_and_nanoseconds_are_inverse(sec, nanosec) -> None:
    stamp = Time(sec=sec, nanosec=nanosec)
    assert messages.stamp_to_ns(stamp) == sec * 10**9 + nanosec
    assert messages.ns_to_stamp(messages.stamp_to_ns(stamp)) == stamp


@pytest.mark.parametrize('stamp_ns', [2**31 * 10**9, -(2**31) * 10**9 - 1])
def test_nanoseconds_that_no_stamp_can_hold_are_refused(stamp_ns) -> None:
    with pytest.raises(ValueError, match=f'got {stamp_ns} ns'):
        messages.ns_to_stamp(stamp_ns)
