# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the tracker node, with real DDS around it."""

from typing import Any

import cv2
import numpy as np
import pytest
from rclpy.parameter import Parameter
from rclpy.qos import ReliabilityPolicy
from rclpy.time import Time
from sensor_msgs.msg import Image
from std_msgs.msg import Header

from alphapose_ros.io.messages import image_to_message
from alphapose_ros.io.messages import poses_to_message
from alphapose_ros.io.messages import stamp_to_ns
from alphapose_ros.io.messages import tracks_from_message
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
        self.smoothed = ros.collect(Pose2DArray, 'tracks/smoothed')
        self.predicted = ros.collect(Pose2DArray, 'tracks/predicted')
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
    assert states == [PersonPose2D.TENTATIVE] + [PersonPose2D.TRACKED] * 4


def test_an_empty_image_gives_a_message_with_the_hidden_person(estimator: Estimator) -> None:
    for i in range(4):
        estimator.send(person_at(100), 10 + 0.04 * i)
    (person,) = estimator.send(Poses.empty(17), 10.2).poses
    assert (person.track_id, person.track_state) == (1, PersonPose2D.PREDICTED)


def test_a_bag_that_begins_anew_gives_new_identities(estimator: Estimator) -> None:
    estimator.send(person_at(100), 50.0)
    message = estimator.send(person_at(100), 10.0)
    assert [p.track_id for p in message.poses] == [2]


def test_images_without_stamps_are_tracked_too(ros: Any, estimator: Estimator) -> None:
    messages = []
    for _ in range(3):
        messages.append(estimator.send(person_at(100), 0.0))
        ros.spin_for(0.05)
    assert [m.poses[0].track_id for m in messages] == [1, 1, 1]
    assert messages[-1].poses[0].track_state == PersonPose2D.TRACKED


def test_parameters_change_while_running(estimator: Estimator, tracker: TrackerNode) -> None:
    for i in range(4):
        estimator.send(person_at(100), 10 + 0.04 * i)
    assert tracker.set_parameters([Parameter('publish_lost_s', value=0.0)])[0].successful
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


def walk(ros: Any, estimator: Estimator, num_images: int = 8) -> list[Any]:
    """Send a walker with the stamps of a live camera; return the tracks."""
    begin_s = ros.peer().get_clock().now().nanoseconds * 1e-9 - 0.04 * num_images
    return [estimator.send(person_at(100 + 4 * i), begin_s + 0.04 * i) for i in range(num_images)]


def test_smooth_and_predicted_tracks_are_off_unless_asked_for(
    ros: Any, estimator: Estimator, tracker: TrackerNode
) -> None:
    walk(ros, estimator, 3)
    published = [name for name, _ in tracker.get_topic_names_and_types()]
    publishers = [tracker.count_publishers(name) for name in published if '/tracks/' in name]
    assert not any(publishers)
    assert estimator.smoothed == estimator.predicted == []


def test_smooth_tracks_are_marked_and_the_tracks_stay_as_measured(ros: Any) -> None:
    ros.make(TrackerNode, smoothing=True, min_cutoff_hz=0.1, speed_gain=0.0)
    estimator = Estimator(ros)
    tracks = walk(ros, estimator)
    assert ros.spin_until(lambda: len(estimator.smoothed) == 8)
    states = [m.poses[0].track_state for m in estimator.smoothed]
    assert states == [PersonPose2D.TENTATIVE] + [PersonPose2D.SMOOTHED] * 7
    assert [m.header for m in estimator.smoothed] == [m.header for m in tracks]
    assert [m.poses[0].track_id for m in estimator.smoothed] == [1] * 8
    measured, smooth = (
        tracks_from_message(m[-1]).poses.keypoints for m in (tracks, estimator.smoothed)
    )
    np.testing.assert_array_equal(measured, person_at(128).keypoints)
    assert np.abs(measured - smooth).max() > 0.1


def test_predicted_tracks_are_for_the_time_of_their_stamp(ros: Any) -> None:
    ros.make(TrackerNode, prediction=True, predict_ms=50.0)
    estimator = Estimator(ros)
    tracks = walk(ros, estimator, 12)
    assert ros.spin_until(lambda: len(estimator.predicted) == 12)
    last, seen = estimator.predicted[-1], tracks[-1]
    assert [p.track_state for p in last.poses] == [PersonPose2D.PREDICTED]
    ahead_s = (stamp_to_ns(last.header.stamp) - stamp_to_ns(seen.header.stamp)) * 1e-9
    assert 0.05 <= ahead_s <= 0.5
    moved = last.poses[0].keypoints[0] - seen.poses[0].keypoints[0]
    assert moved == pytest.approx(100 * ahead_s, abs=4)  # he walks 4 pixels per 0.04 s
    assert estimator.smoothed == []


def test_a_prediction_over_years_is_limited(ros: Any) -> None:
    ros.make(TrackerNode, prediction=True)
    estimator = Estimator(ros)
    for i in range(3):
        estimator.send(person_at(100), 10 + 0.04 * i)
    assert ros.spin_until(lambda: len(estimator.predicted) == 3)
    assert stamp_to_ns(estimator.predicted[-1].header.stamp) == round(10.58e9)


@pytest.mark.parametrize('follow', [True, False], ids=['following', 'not following'])
def test_a_camera_that_turns_loses_nobody_if_it_is_followed(ros: Any, follow: bool) -> None:
    tracker = ros.make(TrackerNode, camera_motion=follow)
    estimator = Estimator(ros)
    camera = ros.peer().create_publisher(Image, 'image', 5)
    if follow:
        assert ros.spin_until(camera.get_subscription_count)
    room = np.random.default_rng(0).integers(0, 255, (16, 48, 3), np.uint8)
    room = cv2.resize(room, (1440, 480), interpolation=cv2.INTER_CUBIC)
    ids = []
    for i in range(6):
        header = Header(
            frame_id='camera', stamp=Time(nanoseconds=10**10 + i * 40_000_000).to_msg()
        )
        camera.publish(image_to_message(room[:, 60 * i : 60 * i + 640].copy(), header))
        message = estimator.send(person_at(500 - 60 * i), 10 + i * 0.04)
        ids.append([p.track_id for p in message.poses if p.track_state != 3])
    assert tracker._monitor.rejected.total() == 0
    assert (ids == [[1]] * 6) == follow
