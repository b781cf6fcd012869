# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the bag recorder."""

import json
from pathlib import Path
import time
from typing import Any

import numpy as np
import pytest
from rclpy.serialization import serialize_message
from sensor_msgs.msg import Image

pytest.importorskip('mcap', reason='needs mcap')
pytest.importorskip('rosbags', reason='needs rosbags')

from alphapose_ros.core.parameters import ParameterError
from alphapose_ros.io.bag_reader import BagMessage
from alphapose_ros.io.bag_reader import BagReader
from alphapose_ros.io.message_types import BagError
from alphapose_ros.msg import KeypointSet
from alphapose_ros.msg import Pose2DArray
from alphapose_ros.nodes.bag_recorder_node import BagRecorderNode
from alphapose_ros.nodes.qos import qos


def record(ros: Any, tmp_path: Path, **parameters: Any) -> Any:
    options = {'record_bag': str(tmp_path / 'bag'), 'record_report': str(tmp_path / 'report')}
    return ros.make(BagRecorderNode, **{**options, **parameters})


def read(path: Path) -> list[BagMessage]:
    with BagReader(path) as bag:
        assert bag.problems == []
        return list(bag.messages(bag.topics))


def publish(ros: Any, publisher: Any, messages: list[Any]) -> None:
    """Publish as soon as the recorder listens."""
    assert ros.spin_until(lambda: publisher.get_subscription_count() == 1)
    for message in messages:
        publisher.publish(message)
        ros.spin_until(lambda: not ros.context.ok(), 0.05)


@pytest.mark.parametrize('reliable', [True, False], ids=['reliable', 'best_effort'])
def test_messages_are_recorded_bit_by_bit_with_the_time_of_arrival(
    ros: Any, tmp_path: Path, image_message: Any, reliable: bool
) -> None:
    # Bytes, as two serialisations may differ where fields are aligned.
    images = [
        serialize_message(image_message(np.full((4, 6, 3), i, np.uint8), 50.0 + i))
        for i in range(3)
    ]
    camera = ros.peer().create_publisher(Image, 'image', qos(5, reliable=reliable))
    start_ns = time.time_ns()
    recorder = record(ros, tmp_path, record_topics='image')
    publish(ros, camera, images)
    recorder.destroy_node()
    recorded = read(tmp_path / 'bag')
    assert [message.data for message in recorded] == images
    assert {m.topic for m in recorded} == {f'{ros.namespace}/image'}
    times_ns = [message.log_time_ns for message in recorded]
    assert times_ns == sorted(times_ns)
    assert start_ns < times_ns[0] < times_ns[-1] < time.time_ns()


def test_what_was_latched_before_the_start_is_recorded(ros: Any, tmp_path: Path) -> None:
    output = ros.peer().create_publisher(KeypointSet, 'keypoint_set', qos(1, latched=True))
    output.publish(KeypointSet(name='mine'))
    recorder = record(ros, tmp_path)
    assert ros.spin_until(lambda: recorder._counts[f'{ros.namespace}/keypoint_set'])
    recorder.destroy_node()
    (message,) = read(tmp_path / 'bag')
    assert message.data == serialize_message(KeypointSet(name='mine'))
    report = json.loads((tmp_path / 'report').read_text())
    assert report['counts'][f'{ros.namespace}/keypoint_set'] == 1
    assert report['counts']['/diagnostics'] == 0


def test_it_ends_after_so_many_tracks(ros: Any, tmp_path: Path) -> None:
    output = ros.peer().create_publisher(Pose2DArray, 'tracks', 5)
    recorder = record(ros, tmp_path, record_topics='poses tracks', record_images=2)
    publish(ros, output, [Pose2DArray(), Pose2DArray()])
    assert ros.spin_until(lambda: not ros.context.ok())
    recorder.destroy_node()
    assert len(read(tmp_path / 'bag')) == 2


def test_it_ends_after_a_while(ros: Any, tmp_path: Path) -> None:
    record(ros, tmp_path, record_s=0.2)
    assert ros.spin_until(lambda: not ros.context.ok())


def test_what_was_recorded_a_second_ago_survives_the_recorder(ros: Any, tmp_path: Path) -> None:
    output = ros.peer().create_publisher(Pose2DArray, 'tracks', 5)
    recorder = record(ros, tmp_path)
    publish(ros, output, [Pose2DArray()])
    ros.spin_for(1.2)
    with BagReader(tmp_path / 'bag') as bag:
        assert len(list(bag.messages(bag.topics))) == 1
    recorder.destroy_node()


def test_a_bag_that_exists_is_not_overwritten(ros: Any, tmp_path: Path) -> None:
    record(ros, tmp_path).destroy_node()
    with pytest.raises(BagError, match='there is a bag in'):
        record(ros, tmp_path)


def test_without_a_folder_it_refuses_the_start(ros: Any, tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match='record_bag and record_topics must not be empty'):
        record(ros, tmp_path, record_bag='')
