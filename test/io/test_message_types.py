# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of messages without ROS: the bytes are those of ROS, and come back as they were."""

from collections.abc import Callable
import json
import os
from pathlib import Path
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

pytest.importorskip('rosbags', reason='needs rosbags')
pytest.importorskip('mcap', reason='needs mcap')

from alphapose_ros.core.skeletons import SKELETONS
from alphapose_ros.io import message_types as types
from alphapose_ros.io.message_types import BagError
from alphapose_ros.structures import Detections
from alphapose_ros.structures import Poses
from alphapose_ros.structures import Tracks

ROOT = Path(__file__).resolve().parents[2]
STAMP_NS = 1_700_000_000_123_456_789
SIZE_WH = (1280, 720)
HEADER = types.make_header(STAMP_NS, 'camera_optical')
PEOPLE = [(0, 17), (1, 26), (5, 136)]


def with_embeddings(poses: Poses) -> Poses:
    embeddings = np.arange(4 * len(poses), dtype=np.float32).reshape(-1, 4)
    return Poses(**{**vars(poses), 'embeddings': embeddings})


def read(data: bytes, type_name: str) -> Any:
    return types.message_store().deserialize_cdr(data, type_name)


def assert_same_message(ours: bytes, message: Any, type_name: str) -> None:
    """Compare bytes, but for padding: Fast CDR leaves there what happened to be in memory."""
    serialization = pytest.importorskip('rclpy.serialization', reason='needs rclpy')
    theirs = serialization.serialize_message(message)
    assert len(ours) == len(theirs)
    assert bytes(types.message_store().serialize_cdr(read(theirs, type_name), type_name)) == ours
    differing = np.flatnonzero(np.frombuffer(ours, np.uint8) != np.frombuffer(theirs, np.uint8))
    assert not np.frombuffer(ours, np.uint8)[differing].any()
    back = serialization.deserialize_message(ours, type(message))
    assert repr(back) == repr(message)


@pytest.fixture
def messages() -> Any:
    pytest.importorskip('alphapose_ros.msg', reason='needs the built messages')
    return pytest.importorskip('alphapose_ros.io.messages', reason='needs ROS 2')


@pytest.mark.parametrize(('n', 'k'), PEOPLE)
def test_people_are_serialised_as_ros_does_it(messages, make_tracks, n, k) -> None:
    tracks = make_tracks(n, k)
    poses = with_embeddings(tracks.poses)
    detections = Detections(poses.boxes, poses.box_scores)
    header = messages.Header(stamp=messages.ns_to_stamp(STAMP_NS), frame_id='camera_optical')
    ours = types.tracks_to_bag(tracks, HEADER, SIZE_WH, 'a_set')
    theirs = messages.tracks_to_message(tracks, header, SIZE_WH, 'a_set')
    assert_same_message(ours, theirs, types.POSES_TYPE)
    ours = types.poses_to_bag(poses, HEADER, SIZE_WH, 'a_set')
    theirs = messages.poses_to_message(poses, header, SIZE_WH, 'a_set')
    assert_same_message(ours, theirs, types.POSES_TYPE)
    ours = types.detections_to_bag(detections, HEADER, SIZE_WH)
    theirs = messages.detections_to_message(detections, header, SIZE_WH)
    assert_same_message(ours, theirs, types.BOXES_TYPE)


@pytest.mark.parametrize('name', sorted(SKELETONS))
def test_keypoint_sets_are_serialised_as_ros_does_it(messages, name) -> None:
    ours = types.skeleton_to_bag(SKELETONS[name])
    theirs = messages.skeleton_to_message(SKELETONS[name])
    assert_same_message(ours, theirs, types.KEYPOINT_SET_TYPE)


@pytest.mark.parametrize(('n', 'k'), PEOPLE)
def test_tracks_come_back_as_they_were(
    make_tracks: Callable[[int, int], Tracks], n: int, k: int
) -> None:
    tracks = make_tracks(n, k)
    message = read(types.tracks_to_bag(tracks, HEADER, SIZE_WH, 'a_set'), types.POSES_TYPE)
    back = types.tracks_from_bag(message)
    assert (message.header.stamp.sec, message.header.frame_id) == (1_700_000_000, 'camera_optical')
    for name in ('track_ids', 'states', 'ages'):
        np.testing.assert_array_equal(getattr(back, name), getattr(tracks, name))
    np.testing.assert_array_equal(back.poses.keypoints, tracks.poses.keypoints)
    np.testing.assert_allclose(back.poses.boxes, tracks.poses.boxes, atol=1e-3)


def test_poses_come_back_with_their_embeddings(make_tracks) -> None:
    poses = with_embeddings(make_tracks(3, 17).poses)
    message = read(types.poses_to_bag(poses, HEADER, SIZE_WH, 'a_set'), types.POSES_TYPE)
    back = types.poses_from_bag(message)
    np.testing.assert_array_equal(back.embeddings, poses.embeddings)
    assert back.keypoints.flags.writeable


def test_detections_come_back_as_they_were() -> None:
    detections = Detections(np.array([[1, 2, 30, 40]], np.float32), np.ones(1, np.float32))
    message = read(types.detections_to_bag(detections, HEADER, SIZE_WH), types.BOXES_TYPE)
    np.testing.assert_array_equal(types.detections_from_bag(message).boxes, detections.boxes)


@pytest.mark.parametrize('name', sorted(SKELETONS))
def test_keypoint_sets_come_back_equal(name: str) -> None:
    message = read(types.skeleton_to_bag(SKELETONS[name]), types.KEYPOINT_SET_TYPE)
    assert types.skeleton_from_bag(message) == SKELETONS[name]


def test_hashes_are_those_of_the_ros_build() -> None:
    index = pytest.importorskip('ament_index_python.packages', reason='needs ROS 2')
    try:
        folder = Path(index.get_package_share_directory('alphapose_ros'), 'msg')
    except index.PackageNotFoundError:
        pytest.skip('needs the built messages')
    for path in folder.glob('*.json'):
        name = f'alphapose_ros/msg/{path.stem}'
        hashes = {
            row['type_name']: row['hash_string']
            for row in json.loads(path.read_text())['type_hashes']
        }
        assert types.hash_type(name) == hashes[name]


def test_an_unknown_type_is_named() -> None:
    with pytest.raises(BagError, match="no message type 'nobody/msg/Nothing'"):
        types.describe_type('nobody/msg/Nothing')


def test_bags_need_no_ros(tmp_path: Path) -> None:
    code = f"""
import sys
for name in ('ament_index_python', 'builtin_interfaces', 'rclpy', 'sensor_msgs', 'std_msgs'):
    sys.modules[name] = None
from pathlib import Path
from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.io.bag_reader import BagReader
from alphapose_ros.io.bag_writer import BagWriter
from alphapose_ros.io.message_fields import image_from_message
from alphapose_ros.io.message_types import KEYPOINT_SET_TYPE, skeleton_from_bag, skeleton_to_bag
skeleton = get_skeleton('coco_17')
with BagWriter(Path({str(tmp_path / 'bag')!r})) as bag:
    bag.write('/keypoint_set', KEYPOINT_SET_TYPE, skeleton_to_bag(skeleton), 1)
with BagReader(Path({str(tmp_path / 'bag')!r})) as bag:
    message, = bag.messages(bag.topics)
    assert skeleton_from_bag(bag.deserialize(message)) == skeleton
assert 'alphapose_ros.msg' not in sys.modules
"""
    environment = {**os.environ, 'PYTHONPATH': str(ROOT)}
    environment.pop('AMENT_PREFIX_PATH', None)
    subprocess.run([sys.executable, '-c', code], env=environment, cwd=tmp_path, check=True)
