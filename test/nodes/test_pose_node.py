# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the pose node, with real DDS around it."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sensor_msgs.msg import Image

from alphapose_ros.io.messages import detections_to_message
from alphapose_ros.io.messages import poses_from_message
from alphapose_ros.io.messages import skeleton_from_message
from alphapose_ros.msg import KeypointSet
from alphapose_ros.msg import PersonBoxArray
from alphapose_ros.msg import Pose2DArray
from alphapose_ros.nodes.pose_node import PoseNode
from alphapose_ros.nodes.qos import qos
from alphapose_ros.structures import Detections

BOX = Detections(np.array([[260, 120, 360, 360]], np.float32), np.array([0.9], np.float32))


@pytest.fixture
def pose(ros: Any, tiny_weights: Path) -> PoseNode:
    return ros.make(PoseNode, weights_dir=str(tiny_weights), device='cpu', threads=1)


@pytest.fixture
def camera_and_detector(ros: Any, pose: PoseNode) -> tuple[Any, Any]:
    peer = ros.peer()
    camera = peer.create_publisher(Image, 'image', qos(5))
    detector = peer.create_publisher(PersonBoxArray, 'detections', qos(5))
    assert ros.spin_until(
        lambda: camera.get_subscription_count() and detector.get_subscription_count()
    )
    ros.spin_for(0.7)  # the input becomes reliable
    return camera, detector


def test_image_and_detections_give_one_message_with_their_header(
    ros: Any, camera_and_detector: Any, person_image: Any, image_message: Any
) -> None:
    received = ros.collect(Pose2DArray, 'poses')
    camera, detector = camera_and_detector
    message = image_message(person_image, 3.25)
    camera.publish(message)
    detector.publish(detections_to_message(BOX, message.header, (640, 480)))
    assert ros.spin_until(lambda: received)
    (poses,) = received
    assert poses.header == message.header
    assert (poses.image_width, poses.image_height) == (640, 480)
    assert (poses.keypoint_set, poses.num_keypoints) == ('halpe_136', 136)
    people = poses_from_message(poses)
    np.testing.assert_array_equal(people.boxes, BOX.boxes)
    assert [p.track_id for p in poses.poses] == [-1]


def test_who_was_found_carries_the_vector_of_the_re_id_network(
    ros: Any, tiny_weights: Path, person_image: Any, image_message: Any
) -> None:
    pose = ros.make(
        PoseNode,
        weights_dir=str(tiny_weights),
        device='cpu',
        threads=1,
        reid_model='osnet_x0_25_msmt17',
    )
    received = ros.collect(Pose2DArray, 'poses')
    twice = Detections(np.repeat(BOX.boxes, 2, axis=0), np.array([0.9, 0.8], np.float32))
    assert ros.spin_until(lambda: pose._publisher.get_subscription_count())
    pose.process(image_message(person_image).header, person_image, twice)
    assert ros.spin_until(lambda: received)
    expected = pose._reid.embed(person_image, BOX.boxes)
    np.testing.assert_array_equal(poses_from_message(received[0]).embeddings, expected)
    assert 'embed_ms' in pose._monitor._series


def test_no_detections_give_an_empty_message(
    ros: Any, camera_and_detector: Any, person_image: Any, image_message: Any
) -> None:
    received = ros.collect(Pose2DArray, 'poses')
    camera, detector = camera_and_detector
    message = image_message(person_image)
    detector.publish(detections_to_message(Detections.empty(), message.header, (640, 480)))
    camera.publish(message)
    assert ros.spin_until(lambda: received)
    assert (len(received[0].poses), received[0].num_keypoints) == (0, 136)


def test_a_bag_that_begins_anew_matches_again(
    ros: Any, camera_and_detector: Any, person_image: Any, image_message: Any
) -> None:
    received = ros.collect(Pose2DArray, 'poses')
    camera, detector = camera_and_detector
    for i, stamp_s in enumerate((100.0, 100.1, 5.0, 5.1)):
        message = image_message(person_image, stamp_s)
        camera.publish(message)
        detector.publish(detections_to_message(BOX, message.header, (640, 480)))
        assert ros.spin_until(lambda expected=i + 1: len(received) == expected), stamp_s


def test_detections_that_contradict_themselves_are_counted(
    ros: Any, pose: PoseNode, camera_and_detector: Any, person_image: Any, image_message: Any
) -> None:
    camera, detector = camera_and_detector
    message = image_message(person_image)
    wrong = detections_to_message(BOX, message.header, (640, 480))
    wrong.scores.append(0.5)
    camera.publish(message)
    detector.publish(wrong)
    assert ros.spin_until(lambda: pose._monitor.rejected)
    assert pose._monitor.rejected == {'bad_message': 1}


def test_the_keypoint_set_is_latched(ros: Any, pose: PoseNode) -> None:
    ros.spin_for(0.2)
    received = ros.collect(KeypointSet, 'keypoint_set', qos(1, latched=True))
    assert ros.spin_until(lambda: received)
    skeleton = skeleton_from_message(received[0])
    assert skeleton.keypoint_names[9] == 'left_wrist'


def test_detections_far_behind_the_newest_image_still_find_theirs(
    ros: Any, camera_and_detector: Any, person_image: Any, image_message: Any
) -> None:
    received = ros.collect(Pose2DArray, 'poses')
    camera, detector = camera_and_detector
    messages = [image_message(person_image, 10.0 + 0.5 * i) for i in range(6)]
    for message in messages:
        camera.publish(message)
        ros.spin_for(0.1)
    for i, message in enumerate(messages):
        detector.publish(detections_to_message(BOX, message.header, (640, 480)))
        assert ros.spin_until(lambda expected=i + 1: len(received) == expected), i
    assert [m.header for m in received] == [m.header for m in messages]
