# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the video node."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from sensor_msgs.msg import Image

from alphapose_ros.core.parameters import ParameterError
from alphapose_ros.io.messages import stamp_to_ns
from alphapose_ros.io.video import VideoError
from alphapose_ros.msg import Pose2DArray
from alphapose_ros.nodes.qos import qos
from alphapose_ros.nodes.video_node import VideoNode


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number in (10, 1, 2):
        cv2.imwrite(str(tmp_path / f'{number}.png'), np.full((4, 6, 3), number, np.uint8))
    return tmp_path


def grey_values(received: list[Image]) -> list[int]:
    return [message.data[0] for message in received]


def test_images_come_in_order_with_rising_stamps_then_it_ends(ros: Any, folder: Path) -> None:
    received = ros.collect(Image, 'image', qos(10))
    ros.make(VideoNode, source=str(folder), fps=20.0, frame_id='eye')
    assert ros.spin_until(lambda: not ros.context.ok())
    assert grey_values(received) == [1, 2, 10]
    stamps = [stamp_to_ns(message.header.stamp) for message in received]
    assert stamps == sorted(set(stamps))
    assert {m.header.frame_id for m in received} == {'eye'}
    assert {(m.encoding, m.width, m.height, m.step) for m in received} == {('bgr8', 6, 4, 18)}


def test_a_loop_begins_anew(ros: Any, folder: Path) -> None:
    received = ros.collect(Image, 'image', qos(10))
    ros.make(VideoNode, source=str(folder), fps=50.0, loop=True)
    assert ros.spin_until(lambda: len(received) >= 7)
    assert grey_values(received)[:7] == [1, 2, 10, 1, 2, 10, 1]


def test_pace_consumed_waits_for_the_tracks_of_each_image(ros: Any, folder: Path) -> None:
    tracker = ros.peer().create_publisher(Pose2DArray, 'tracks', 5)
    received = ros.collect(Image, 'image', qos(10))
    ros.make(VideoNode, source=str(folder), pace='consumed')
    for count in (1, 2, 3):
        assert ros.spin_until(lambda wanted=count: len(received) == wanted)
        ros.spin_for(0.2)
        assert len(received) == count
        tracker.publish(Pose2DArray(header=received[-1].header))
    assert ros.spin_until(lambda: not ros.context.ok())


def test_the_first_image_is_sent_again_until_somebody_answers(ros: Any, folder: Path) -> None:
    tracker = ros.peer().create_publisher(Pose2DArray, 'tracks', 5)
    received = ros.collect(Image, 'image', qos(10))
    ros.make(VideoNode, source=str(folder), pace='consumed')
    assert ros.spin_until(lambda: len(received) == 2)
    assert grey_values(received) == [1, 1]
    assert received[0].header.stamp != received[1].header.stamp
    tracker.publish(Pose2DArray(header=received[1].header))
    assert ros.spin_until(lambda: len(received) == 3)
    assert grey_values(received) == [1, 1, 2]


def test_it_waits_for_its_readers(ros: Any, folder: Path) -> None:
    ros.make(VideoNode, source=str(folder), fps=50.0, min_subscribers=2)
    first = ros.collect(Image, 'image', qos(10))
    ros.spin_for(0.5)
    assert first == []
    second = ros.collect(Image, 'image', qos(10))
    assert ros.spin_until(lambda: len(first) == len(second) == 3 or not ros.context.ok())
    assert grey_values(first) == [1, 2, 10]


def test_a_missing_source_refuses_the_start(ros: Any) -> None:
    with pytest.raises(ParameterError, match='parameter source is empty'):
        VideoNode(**ros.options())
    with pytest.raises(VideoError, match=r"'nowhere\.mp4' is no file, no folder"):
        VideoNode(**ros.options(source='nowhere.mp4'))
