# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the overlay node, with real DDS around it."""

from typing import Any

import numpy as np
import pytest
from sensor_msgs.msg import CompressedImage
from sensor_msgs.msg import Image

from alphapose_ros.io.messages import image_from_message
from alphapose_ros.io.messages import tracks_to_message
from alphapose_ros.msg import Pose2DArray
from alphapose_ros.nodes.overlay_node import OverlayNode
from alphapose_ros.nodes.qos import qos
from alphapose_ros.structures import Poses
from alphapose_ros.structures import Tracks


def one_person() -> Tracks:
    box = np.array([[260, 120, 360, 360]], np.float32)
    keypoints = np.linspace(box[:, :2], box[:, 2:], 17, axis=1).astype(np.float32)
    ones = np.ones(1, np.float32)
    none = np.zeros((1, 0), np.float32)
    poses = Poses(box, ones, keypoints, np.ones((1, 17), np.float32), ones, none)
    return Tracks.untracked(poses)


@pytest.mark.parametrize('tracks', [one_person(), Tracks.empty(17)], ids=['one', 'nobody'])
@pytest.mark.parametrize(
    ('message_type', 'topic'),
    [
        pytest.param(Image, 'overlay', id='raw'),
        pytest.param(CompressedImage, 'overlay/compressed', id='jpeg'),
    ],
)
def test_the_image_comes_back_drawn_with_its_header(
    ros: Any, person_image: Any, image_message: Any, tracks: Tracks, message_type: Any, topic: str
) -> None:
    ros.make(OverlayNode)
    peer = ros.peer()
    camera = peer.create_publisher(Image, 'image', qos(1))
    tracker = peer.create_publisher(Pose2DArray, 'tracks', qos(5))
    drawn = ros.collect(message_type, topic, qos(1))
    assert ros.spin_until(
        lambda: camera.get_subscription_count() and tracker.get_subscription_count()
    )
    ros.spin_for(0.7)
    message = image_message(person_image, 4.5)
    camera.publish(message)
    tracker.publish(tracks_to_message(tracks, message.header, (640, 480), 'coco_17'))
    assert ros.spin_until(lambda: drawn)
    assert drawn[0].header == message.header
    difference = np.abs(image_from_message(drawn[0]).astype(int) - person_image).max()
    assert (difference > 60) == bool(len(tracks))


def test_without_viewers_it_does_not_touch_the_images(ros: Any) -> None:
    ros.make(OverlayNode)
    peer = ros.peer()
    camera = peer.create_publisher(Image, 'image', qos(1))
    peer.create_publisher(Pose2DArray, 'tracks', qos(5))
    ros.spin_for(1.2)
    assert camera.get_subscription_count() == 0
    ros.collect(Image, 'overlay', qos(1))
    assert ros.spin_until(lambda: camera.get_subscription_count() == 1)
