# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the bag player."""

from collections.abc import Callable
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rclpy.serialization import serialize_message
from sensor_msgs.msg import Image

pytest.importorskip('mcap', reason='needs mcap')
pytest.importorskip('rosbags', reason='needs rosbags')

from alphapose_ros.core.parameters import ParameterError
from alphapose_ros.io.bag_writer import BagWriter
from alphapose_ros.io.messages import stamp_to_ns
from alphapose_ros.msg import KeypointSet
from alphapose_ros.msg import Pose2DArray
from alphapose_ros.nodes.bag_player_node import BagPlayerNode
from alphapose_ros.nodes.qos import qos
from alphapose_ros.nodes.raw_topics import find_message_class

IMAGE_TYPE = 'sensor_msgs/msg/Image'
POSES_TYPE = 'alphapose_ros/msg/Pose2DArray'
SET_TYPE = 'alphapose_ros/msg/KeypointSet'
PERIOD_S = 0.1


@pytest.fixture
def images(image_message: Any) -> list[Any]:
    """Return six messages, a tenth of a second apart."""
    return [image_message(np.full((4, 6, 3), i, np.uint8), 50.0 + i * PERIOD_S) for i in range(6)]


@pytest.fixture
def bag(ros: Any, tmp_path: Path, images: list[Any]) -> Path:
    """Return a bag of images, and of what our nodes once made of them."""
    with BagWriter(tmp_path / 'bag') as writer:

        def write(name: str, type_name: str, message: Any, time_ns: int) -> None:
            data = serialize_message(message)
            writer.write(f'{ros.namespace}/{name}', type_name, data, time_ns)

        write('keypoint_set', SET_TYPE, KeypointSet(name='old'), 49_000_000_000)
        for message in images:
            time_ns = stamp_to_ns(message.header.stamp)
            write('image', IMAGE_TYPE, message, time_ns)
            write('tracks', POSES_TYPE, Pose2DArray(header=message.header), time_ns)
    return tmp_path / 'bag'


def answer(ros: Any, is_tracked: Callable[[Any], bool]) -> list[Any]:
    """Send empty tracks for some images; return all images as they come."""
    node = ros.peer()
    output = node.create_publisher(Pose2DArray, 'tracks', 10)
    received: list[Any] = []

    def on_image(message: Any) -> None:
        received.append(message)
        if is_tracked(message):
            output.publish(Pose2DArray(header=message.header))

    node.create_subscription(Image, 'image', on_image, qos(10))
    return received


def play(ros: Any, bag: Path, tmp_path: Path, **parameters: Any) -> dict[str, Any]:
    """Play to the end; return the report."""
    path = tmp_path / 'report.json'
    node = ros.make(BagPlayerNode, bag=str(bag), play_report=str(path), **parameters)
    assert ros.spin_until(lambda: not ros.context.ok(), 30.0)
    node.destroy_node()
    report: dict[str, Any] = json.loads(path.read_text())
    return report


def test_messages_come_as_they_were_recorded_and_in_order(
    ros: Any, bag: Path, tmp_path: Path, images: list[Any]
) -> None:
    received = ros.collect(Image, 'image')
    tracks = ros.collect(Pose2DArray, 'tracks')
    report = play(ros, bag, tmp_path)
    assert received == images
    assert [message.header for message in tracks] == [message.header for message in images]
    assert {name.rpartition('/')[2]: count for name, count in report['sent'].items()} == {
        'keypoint_set': 1,
        'image': 6,
        'tracks': 6,
    }


def test_latched_messages_reach_those_who_come_later(ros: Any, bag: Path) -> None:
    received = ros.collect(Image, 'image')
    ros.make(BagPlayerNode, bag=str(bag), loop=True)
    assert ros.spin_until(lambda: received)
    sets = ros.collect(KeypointSet, 'keypoint_set', qos(1, latched=True))
    assert ros.spin_until(lambda: sets)


def test_a_check_sends_no_results_of_the_bag_and_counts_those_of_the_nodes(
    ros: Any, bag: Path, tmp_path: Path, images: list[Any]
) -> None:
    received = answer(ros, lambda message: True)
    report = play(ros, bag, tmp_path, check=True, rate=0.0)
    assert received == images
    assert list(report['sent']) == [f'{ros.namespace}/image']
    assert (report['images'], report['tracks'], report['lost']) == (6, 6, 0)
    assert (report['unexpected'], report['disordered'], report['fault']) == (0, 0, '')


def test_images_that_slow_nodes_miss_are_named(
    ros: Any, bag: Path, tmp_path: Path, images: list[Any]
) -> None:
    missed = [images[2].header.stamp, images[4].header.stamp]
    answer(ros, lambda message: message.header.stamp not in missed)
    report = play(ros, bag, tmp_path, check=True, rate=10.0)
    assert (report['images'], report['tracks'], report['lost']) == (6, 4, 2)
    assert report['lost_stamps_ns'] == [stamp_to_ns(stamp) for stamp in missed]


def test_a_check_without_nodes_fails_in_time(ros: Any, bag: Path, tmp_path: Path) -> None:
    report = play(ros, bag, tmp_path, check=True, check_timeout_s=0.3)
    assert report['fault'] == 'no tracks of the first image within 0.3 s'
    assert report['images'] == 0


def test_a_loop_begins_anew_and_the_clock_jumps_back(ros: Any, bag: Path) -> None:
    clock_class = find_message_class('rosgraph_msgs/msg/Clock')
    clock = ros.collect(clock_class, '/clock', qos(1000))
    received = ros.collect(Image, 'image')
    ros.make(BagPlayerNode, bag=str(bag), loop=True, clock=True, rate=10.0)
    assert ros.spin_until(lambda: len(received) >= 8)
    assert [message.data[0] for message in received[:8]] == [0, 1, 2, 3, 4, 5, 0, 1]
    times_ns = [stamp_to_ns(message.clock) for message in clock]
    assert (min(times_ns), max(times_ns)) == (49_000_000_000, 50_500_000_000)
    assert (np.diff(times_ns) < 0).any()


def test_damaged_messages_are_not_sent(ros: Any, tmp_path: Path, images: list[Any]) -> None:
    topic = f'{ros.namespace}/image'
    with BagWriter(tmp_path / 'bag') as writer:
        for i, message in enumerate(images):
            data = serialize_message(message)
            writer.write(topic, IMAGE_TYPE, data[:50] if i == 1 else data, i)
    received = ros.collect(Image, 'image')
    report = play(ros, tmp_path / 'bag', tmp_path)
    assert received == images[:1] + images[2:]
    assert report['damaged'] == {topic: 1}


def test_an_unfinished_bag_is_played_as_far_as_it_goes(
    ros: Any, bag: Path, tmp_path: Path, images: list[Any]
) -> None:
    (bag / 'metadata.yaml').unlink()
    path = bag / 'bag_0.mcap'
    path.write_bytes(path.read_bytes()[:-60])
    received = ros.collect(Image, 'image')
    report = play(ros, bag, tmp_path)
    assert received == images
    assert report['problems']


@pytest.mark.parametrize(
    ('parameters', 'message'),
    [
        pytest.param({'bag': ''}, 'parameter bag is empty', id='no-bag'),
        pytest.param({'bag': '/nowhere'}, '/nowhere does not exist', id='missing'),
        pytest.param({'play_topics': '/a'}, 'the bag has no topic /a; it has', id='topic'),
        pytest.param({'play_topics': '{ns}/tracks', 'check': True}, 'got none', id='no-images'),
    ],
)
def test_what_cannot_be_played_refuses_the_start(
    ros: Any, bag: Path, parameters: dict[str, Any], message: str
) -> None:
    given = {'bag': str(bag), **parameters}
    if 'play_topics' in given:
        given['play_topics'] = given['play_topics'].format(ns=ros.namespace)
    error = ValueError if message.startswith('/') else ParameterError
    with pytest.raises(error, match=message):
        BagPlayerNode(**ros.options(**given))


@pytest.mark.parametrize('name', ['os/msg/Path', 'antigravity/msg/A', 'std_msgs/msg/No', '', 'a'])
def test_no_class_is_found_outside_of_message_packages(name: str) -> None:
    assert find_message_class(name) is None
