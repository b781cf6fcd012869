# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The Python example, run as a process beside a publisher."""

from pathlib import Path
import subprocess
import sys
import time

import numpy as np
import pytest

rclpy = pytest.importorskip('rclpy', reason='needs ROS 2')
pytest.importorskip('alphapose_ros.msg', reason='needs the built messages')

EXAMPLE = Path(__file__).resolve().parents[2] / 'examples' / 'python' / 'wrist_printer.py'


def test_the_wrists_of_tracked_people_are_printed() -> None:
    from rclpy.context import Context
    from rclpy.executors import SingleThreadedExecutor
    from std_msgs.msg import Header

    from alphapose_ros.core.skeletons import get_skeleton
    from alphapose_ros.io.messages import skeleton_to_message
    from alphapose_ros.io.messages import tracks_to_message
    from alphapose_ros.msg import KeypointSet
    from alphapose_ros.msg import Pose2DArray
    from alphapose_ros.nodes.qos import qos
    from alphapose_ros.structures import Poses
    from alphapose_ros.structures import Tracks

    keypoints = np.full((2, 17, 2), np.nan, np.float32)
    keypoints[:, 10] = (12.5, 34.0)  # right wrist
    ones = np.ones((2, 17), np.float32)
    boxes, none = np.zeros((2, 4), np.float32), np.zeros((2, 0), np.float32)
    poses = Poses(boxes, ones[:, 0], keypoints, 0.75 * ones, ones[:, 0], none)
    ids, states = np.array([7, -1], np.int32), np.array([2, 0], np.uint8)
    tracks = Tracks(poses, ids, states, np.zeros(2, np.uint32))

    context = Context()
    rclpy.init(context=context)
    node = rclpy.create_node('tracker', context=context, namespace='/example')
    executor = SingleThreadedExecutor(context=context)
    executor.add_node(node)
    command = [sys.executable, str(EXAMPLE), '--ros-args', '-r', '__ns:=/example']
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        latched = node.create_publisher(KeypointSet, 'keypoint_set', qos(1, latched=True))
        latched.publish(skeleton_to_message(get_skeleton('coco_17')))
        publisher = node.create_publisher(Pose2DArray, 'tracks', qos(5))
        deadline_s = time.monotonic() + 20
        while publisher.get_subscription_count() == 0 and time.monotonic() < deadline_s:
            executor.spin_once(timeout_sec=0.1)
        for _ in range(10):  # the latched names may arrive after the first tracks
            publisher.publish(tracks_to_message(tracks, Header(), (640, 480), 'coco_17'))
            executor.spin_once(timeout_sec=0.1)
        assert process.stdout is not None
        line = process.stdout.readline()
    finally:
        process.kill()
        process.communicate()
        node.destroy_node()
        context.try_shutdown()
    assert line == 'person 7: right wrist at (12.5, 34.0), score 0.75\n'
