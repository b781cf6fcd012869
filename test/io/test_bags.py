# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of recordings, read back by an independent reader that knows only the file."""

from pathlib import Path
import sys
from typing import Any

import numpy as np
import pytest

pytest.importorskip('rosbags', reason='needs rosbags')
pytest.importorskip('mcap', reason='needs mcap')
pytest.importorskip('rclpy', reason='needs ROS 2')
pytest.importorskip('alphapose_ros.msg', reason='needs the built messages')

from rclpy.serialization import serialize_message
from rosbags.highlevel import AnyReader

from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.io import messages
from alphapose_ros.io.bags import BagError
from alphapose_ros.io.bags import describe_type
from alphapose_ros.io.bags import McapWriter
from alphapose_ros.structures import Poses
from alphapose_ros.structures import Tracks
from alphapose_ros.structures import TrackState

POSES_TYPE = 'alphapose_ros/msg/Pose2DArray'
SET_TYPE = 'alphapose_ros/msg/KeypointSet'
START_NS = 1_700_000_000_123_456_789


def tracks_of(n: int, k: int = 136) -> Tracks:
    rng = np.random.default_rng(n)
    poses = Poses(
        boxes=rng.integers(0, 2000, (n, 4)).astype(np.float32),
        box_scores=rng.uniform(size=n).astype(np.float32),
        keypoints=rng.uniform(0, 2000, (n, k, 2)).astype(np.float32),
        keypoint_scores=rng.uniform(size=(n, k)).astype(np.float32),
        scores=rng.uniform(size=n).astype(np.float32),
        embeddings=np.zeros((n, 0), np.float32),
    )
    poses.keypoints[:, 0] = np.nan
    return Tracks(
        poses,
        np.arange(1, n + 1, dtype=np.int32),
        np.full(n, TrackState.TRACKED, np.uint8),
        np.full(n, 7, np.uint32),
    )


def message_of(tracks: Tracks, stamp_ns: int) -> Any:
    stamp = messages.Time(sec=stamp_ns // 10**9, nanosec=stamp_ns % 10**9)
    header = messages.Header(stamp=stamp, frame_id='camera')
    return messages.tracks_to_message(tracks, header, (1280, 720), 'halpe_136')


def write(path: Path, people: list[int]) -> Path:
    """Write a message for each number of people, and one of another type."""
    with McapWriter(path) as bag:
        for i, n in enumerate(people):
            stamp_ns = START_NS + i * 40_000_000
            serialized = serialize_message(message_of(tracks_of(n), stamp_ns))
            bag.write('/robot/tracks', POSES_TYPE, serialized, stamp_ns)
        keypoint_set = messages.skeleton_to_message(get_skeleton('halpe_136'))
        bag.write('/keypoint_set', SET_TYPE, serialize_message(keypoint_set), START_NS)
    return path


def read(path: Path, topic: str) -> list[tuple[int, Any]]:
    with AnyReader([path]) as reader:
        connections = [c for c in reader.connections if c.topic == topic]
        return [
            (stamp_ns, reader.deserialize(data, connection.msgtype))
            for connection, stamp_ns, data in reader.messages(connections)
        ]


def test_messages_come_back_in_order_with_their_time(tmp_path: Path) -> None:
    rows = read(write(tmp_path / 'a.mcap', [2, 0, 1]), '/robot/tracks')
    assert [stamp_ns - START_NS for stamp_ns, _ in rows] == [0, 40_000_000, 80_000_000]
    assert [len(message.poses) for _, message in rows] == [2, 0, 1]
    assert [message.header.frame_id for _, message in rows] == ['camera'] * 3
    assert rows[0][1].header.stamp.sec * 10**9 + rows[0][1].header.stamp.nanosec == START_NS


def test_people_come_back_value_by_value(tmp_path: Path) -> None:
    ((_, message),) = read(write(tmp_path / 'a.mcap', [3]), '/robot/tracks')
    tracks = tracks_of(3)
    assert (message.image_width, message.image_height) == (1280, 720)
    assert (message.keypoint_set, message.num_keypoints) == ('halpe_136', 136)
    for i, person in enumerate(message.poses):
        np.testing.assert_array_equal(person.keypoints, tracks.poses.keypoints[i].ravel())
        np.testing.assert_array_equal(person.keypoint_scores, tracks.poses.keypoint_scores[i])
        assert person.track_id == i + 1
        assert person.track_state == TrackState.TRACKED
        assert person.track_age == 7
        assert np.float32(person.score) == tracks.poses.scores[i]
        corner = (person.bbox_x + person.bbox_width, person.bbox_y + person.bbox_height)
        assert corner == tuple(tracks.poses.boxes[i, 2:])


def test_a_keypoint_set_comes_back(tmp_path: Path) -> None:
    ((_, message),) = read(write(tmp_path / 'a.mcap', [1]), '/keypoint_set')
    skeleton = get_skeleton('halpe_136')
    assert message.name == skeleton.name
    assert tuple(message.keypoint_names) == skeleton.keypoint_names
    np.testing.assert_array_equal(message.skeleton, np.ravel(skeleton.limbs))
    np.testing.assert_allclose(message.sigmas, skeleton.sigmas)


def test_topics_keep_their_types(tmp_path: Path) -> None:
    with AnyReader([write(tmp_path / 'a.mcap', [1, 1])]) as reader:
        found = {c.topic: (c.msgtype, c.msgcount) for c in reader.connections}
    assert found == {'/robot/tracks': (POSES_TYPE, 2), '/keypoint_set': (SET_TYPE, 1)}


def test_a_definition_holds_all_nested_types() -> None:
    definition = describe_type(POSES_TYPE)
    for nested in ('std_msgs/Header', 'builtin_interfaces/Time', 'alphapose_ros/PersonPose2D'):
        assert f'MSG: {nested}' in definition
    assert 'uint8 PREDICTED=3' in definition


def test_a_bag_without_messages_can_be_read(tmp_path: Path) -> None:
    with McapWriter(tmp_path / 'a.mcap'):
        pass
    assert read(tmp_path / 'a.mcap', '/robot/tracks') == []


def test_an_earlier_bag_is_replaced(tmp_path: Path) -> None:
    write(tmp_path / 'a.mcap', [5] * 20)
    assert len(read(write(tmp_path / 'a.mcap', [1]), '/robot/tracks')) == 1


def test_closing_twice_changes_nothing(tmp_path: Path) -> None:
    bag = McapWriter(tmp_path / 'a.mcap')
    bag.close()
    before = (tmp_path / 'a.mcap').read_bytes()
    bag.close()
    assert (tmp_path / 'a.mcap').read_bytes() == before


@pytest.mark.parametrize('library', ['mcap.writer', 'rosbags.typesys'])
def test_a_missing_library_is_named_with_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, library: str
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(BagError, match=r'pip install alphapose_ros\[bags\]'):
        McapWriter(tmp_path / 'a.mcap')
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize('name', ['alphapose_ros/msg/Nobody', 'std_msgs/msg/Nothing', 'nonsense'])
def test_an_unknown_type_is_named_and_the_bag_stays_good(tmp_path: Path, name: str) -> None:
    with (
        McapWriter(tmp_path / 'a.mcap') as bag,
        pytest.raises(BagError, match=f"no message type '{name}'"),
    ):
        bag.write('/a', name, b'', 0)
    assert read(tmp_path / 'a.mcap', '/a') == []
