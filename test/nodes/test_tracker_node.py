# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the tracker node, with real DDS around it."""

from typing import Any

import numpy as np
import pytest
from rclpy.parameter import Parameter
from rclpy.qos import ReliabilityPolicy
from std_msgs.msg import Header

from alphapose_ros.io.messages import poses_to_message
from alphapose_ros.msg import PersonPose2D
from alphapose_ros.msg import Pose2DArray
from alphapose_ros.nodes.tracker_node import TrackerNode
from alphapose_ros.structures import Poses


def person_at(x: float) -> Poses:
    box = np.array([[x, 100, x + 80, 300]], np.float32)
    keypoints = np.linspace(box[:, :2], box[:, 2:], 17, axis=1).astype(np.float32)
    ones = np.ones(1, np.float32)
    return Poses(
        box, ones, keypoints, np.ones((1, 17), np.float32), ones, np.zeros((1, 0), np.float32)
    )


class Estimator:
    """Publishes poses, and waits for their tracks."""

    def __init__(self, ros: Any) -> None:
        self._ros = ros
        self._tracks = ros.collect(Pose2DArray, 'tracks')
        self._publisher = ros.peer().create_publisher(Pose2DArray, 'poses', 5)
        assert ros.spin_until(self._publisher.get_subscription_count)

    def send(self, poses: Poses, stamp_s: float, keypoint_set: str = 'coco_17') -> Any:
        header = Header(frame_id='camera')
        header.stamp.sec, header.stamp.nanosec = int(stamp_s), round(stamp_s % 1 * 1e9)
        self._publisher.publish(poses_to_message(poses, header, (640, 480), keypoint_set))
        known = len(self._tracks)
        if not self._ros.spin_until(lambda: len(self._tracks) > known, 2.0):
            return None
        assert self._tracks[-1].header == header
        return self._tracks[-1]


@pytest.fixture
def tracker(ros: Any) -> TrackerNode:
    return ros.make(TrackerNode)


@pytest.fixture
def estimator(ros: Any, tracker: TrackerNode) -> Estimator:
    return Estimator(ros)


def test_a_person_gets_an_identity_that_lasts(estimator: Estimator) -> None:
    messages = [estimator.send(person_at(100 + 4 * i), 10 + 0.04 * i) for i in range(5)]
    assert [[p.track_id for p in m.poses] for m in messages] == [[1]] * 5
    assert [m.poses[0].track_age for m in messages] == [0, 1, 2, 3, 4]
    states = [m.poses[0].track_state for m in messages]
    assert states == [PersonPose2D.TENTATIVE] * 2 + [PersonPose2D.TRACKED] * 3


def test_an_empty_image_gives_a_message_with_the_hidden_person(estimator: Estimator) -> None:
    for i in range(4):
        estimator.send(person_at(100), 10 + 0.04 * i)
    (person,) = estimator.send(Poses.empty(17), 10.2).poses
    assert (person.track_id, person.track_state) == (1, PersonPose2D.PREDICTED)


def test_a_bag_that_begins_anew_gives_new_identities(estimator: Estimator) -> None:
    estimator.send(person_at(100), 50.0)
    message = estimator.send(person_at(100), 10.0)
    assert [p.track_id for p in message.poses] == [2]


def test_images_without_stamps_are_tracked_too(estimator: Estimator) -> None:
    messages = [estimator.send(person_at(100), 0.0) for _ in range(4)]
    assert [m.poses[0].track_id for m in messages] == [1, 1, 1, 1]
    assert messages[-1].poses[0].track_state == PersonPose2D.TRACKED


def test_parameters_change_while_running(estimator: Estimator, tracker: TrackerNode) -> None:
    for i in range(4):
        estimator.send(person_at(100), 10 + 0.04 * i)
    assert tracker.set_parameters([Parameter('predict_s', value=0.0)])[0].successful
    assert estimator.send(Poses.empty(17), 10.2).poses == []


def test_the_quality_of_service_can_be_overridden(ros: Any) -> None:
    topic = f'{ros.namespace}/tracks'
    ros.make(TrackerNode, **{f'qos_overrides.{topic}.publisher.reliability': 'best_effort'})
    observer = ros.peer()
    assert ros.spin_until(lambda: observer.get_publishers_info_by_topic(topic))
    (publisher,) = observer.get_publishers_info_by_topic(topic)
    assert publisher.qos_profile.reliability == ReliabilityPolicy.BEST_EFFORT


def test_poses_that_contradict_themselves_are_counted(
    estimator: Estimator, tracker: TrackerNode
) -> None:
    assert estimator.send(person_at(100), 1.0, keypoint_set='martian_3') is None
    assert tracker._monitor.rejected.total() == 1
    assert estimator.send(person_at(100), 2.0) is not None
