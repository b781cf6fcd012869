# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the subscription to the camera: who hears whom, and what is said if not."""

from typing import Any

import pytest
from rclpy.node import Node
from rclpy.qos import ReliabilityPolicy
from sensor_msgs.msg import CompressedImage
from sensor_msgs.msg import Image

from alphapose_ros.nodes.image_input import ImageInput
from alphapose_ros.nodes.qos import qos


def make_input(ros: Any, **options: Any) -> tuple[ImageInput, list[Any], Node]:
    received: list[Any] = []
    node = ros.add(Node('listener', **ros.options()))
    settings = {'transport': 'raw', 'reliability': 'auto', **options}
    image_input = ImageInput(node, received.append, **settings)
    image_input.start()
    return image_input, received, node


def is_reliable(image_input: ImageInput) -> bool:
    subscription = image_input._subscription
    if subscription is None:
        return False
    return subscription.qos_profile.reliability == ReliabilityPolicy.RELIABLE


@pytest.mark.parametrize('reliable', [True, False], ids=['reliable', 'best_effort'])
@pytest.mark.parametrize('camera_first', [True, False], ids=['camera_first', 'camera_later'])
def test_auto_follows_the_camera(ros: Any, reliable: bool, camera_first: bool) -> None:
    peer = ros.peer()
    if camera_first:
        camera = peer.create_publisher(Image, 'image', qos(1, reliable=reliable))
        assert ros.spin_until(lambda: peer.count_publishers('image') == 1)
    image_input, received, _ = make_input(ros)
    if not camera_first:
        camera = peer.create_publisher(Image, 'image', qos(1, reliable=reliable))
    assert ros.spin_until(lambda: is_reliable(image_input) == reliable)
    assert ros.spin_until(lambda: camera.get_subscription_count() == 1)
    ros.spin_for(0.7)
    camera.publish(Image(width=7))
    assert ros.spin_until(lambda: received)
    assert is_reliable(image_input) == reliable


def test_auto_follows_a_camera_that_restarts_with_another_reliability(ros: Any) -> None:
    image_input, received, _ = make_input(ros)
    peer = ros.peer()
    for reliable in (True, False, True):
        camera = peer.create_publisher(Image, 'image', qos(1, reliable=reliable))
        assert ros.spin_until(lambda wanted=reliable: is_reliable(image_input) == wanted)
        assert ros.spin_until(lambda publisher=camera: publisher.get_subscription_count() == 1)
        ros.spin_for(0.2)
        camera.publish(Image())
        assert ros.spin_until(lambda: received)
        received.clear()
        peer.destroy_publisher(camera)


@pytest.mark.parametrize(
    ('camera_is_reliable', 'wanted', 'is_heard'),
    [
        pytest.param(True, 'best_effort', True, id='reliable-best_effort'),
        pytest.param(True, 'reliable', True, id='reliable-reliable'),
        pytest.param(False, 'best_effort', True, id='best_effort-best_effort'),
        pytest.param(False, 'reliable', False, id='best_effort-reliable'),
    ],
)
def test_a_fixed_reliability_hears_what_dds_allows(
    ros: Any, camera_is_reliable: bool, wanted: str, is_heard: bool
) -> None:
    image_input, received, _ = make_input(ros, reliability=wanted)
    camera = ros.peer().create_publisher(Image, 'image', qos(1, reliable=camera_is_reliable))
    ros.spin_for(1.0)
    camera.publish(Image())
    assert ros.spin_until(lambda: received, 1.0) == is_heard
    if not is_heard:
        assert 'incompatible reliability' in image_input.explain_silence()
        assert "'best_effort'" in image_input.explain_silence()


def test_silence_is_explained_by_the_missing_publisher(ros: Any) -> None:
    image_input, _, _ = make_input(ros)
    assert 'has no publisher: start the camera' in image_input.explain_silence()


def test_silence_of_a_publisher_is_explained_by_the_profile(ros: Any) -> None:
    image_input, _, node = make_input(ros)
    ros.peer().create_publisher(Image, 'image', qos(1))
    assert ros.spin_until(lambda: node.count_publishers('image') == 1)
    assert 'FASTDDS_DEFAULT_PROFILES_FILE' in image_input.explain_silence()


def test_the_compressed_topic_follows_a_remapping_of_image(ros: Any) -> None:
    options = ros.options()
    options['cli_args'] = ['--ros-args', '-r', 'image:=/front/image_raw']
    node = ros.add(Node('listener', **options))
    image_input = ImageInput(node, print, transport='compressed', reliability='auto')
    image_input.start()
    assert image_input.topic == '/front/image_raw/compressed'
    camera = ros.peer().create_publisher(CompressedImage, '/front/image_raw/compressed', qos(1))
    assert ros.spin_until(lambda: camera.get_subscription_count() == 1)


def test_stopped_it_costs_the_camera_nothing(ros: Any) -> None:
    image_input, _, _ = make_input(ros)
    camera = ros.peer().create_publisher(Image, 'image', qos(1))
    assert ros.spin_until(lambda: camera.get_subscription_count() == 1)
    image_input.stop()
    assert ros.spin_until(lambda: camera.get_subscription_count() == 0)
    assert not image_input.is_started


def test_a_slow_reader_sees_the_newest_image(ros: Any) -> None:
    _, received, _ = make_input(ros)
    camera = ros.peer().create_publisher(Image, 'image', qos(1))
    assert ros.spin_until(lambda: camera.get_subscription_count() == 1)
    ros.spin_for(0.7)
    for width in range(10):  # the reader is not spun meanwhile: it is slow
        camera.publish(Image(width=width))
    ros.spin_for(0.5)
    assert [message.width for message in received] == [9]
