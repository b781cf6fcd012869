# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""`poses` in, `tracks` out: the same people with identities."""

from __future__ import annotations

from dataclasses import asdict
import time
from typing import Any

from rclpy.node import Node

from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.io.messages import MessageError
from alphapose_ros.io.messages import Pose2DArray
from alphapose_ros.io.messages import poses_from_message
from alphapose_ros.io.messages import stamp_to_ns
from alphapose_ros.io.messages import tracks_to_message
from alphapose_ros.nodes.monitor import Monitor
from alphapose_ros.nodes.params import Parameters
from alphapose_ros.nodes.params import TrackerParams
from alphapose_ros.nodes.qos import create_output
from alphapose_ros.nodes.qos import qos
from alphapose_ros.nodes.run import on_clock_jump_back
from alphapose_ros.nodes.run import run
from alphapose_ros.structures import Poses
from alphapose_ros.tracking.tracker import Tracker
from alphapose_ros.tracking.tracker import TrackerConfig


class TrackerNode(Node):
    """
    Gives people identities.

    :param subscribe: False if `process` is called by a stage in this process.
    :param node_options: for rclpy.node.Node.
    """

    def __init__(self, *, subscribe: bool = True, **node_options: Any) -> None:
        super().__init__('tracker', **node_options)
        self._params = Parameters(self, TrackerParams, self._apply)
        self._keypoint_set = ''
        self._tracker: Tracker | None = None
        self._publisher = create_output(self, Pose2DArray, 'tracks')
        self._monitor = Monitor(self)
        if subscribe:
            self._subscription = self.create_subscription(
                Pose2DArray, 'poses', self._on_poses, qos(5)
            )
        self._jump = on_clock_jump_back(self, self._reset)

    def process(
        self, header: Any, size_wh: tuple[int, int], poses: Poses, keypoint_set: str
    ) -> None:
        """Track and publish."""
        with self._monitor.stage('track'):
            # A camera without stamps is tracked by the time of arrival.
            stamp_ns = stamp_to_ns(header.stamp) or time.monotonic_ns()
            tracks = self._tracker_of(keypoint_set).update(poses, stamp_ns)
        with self._monitor.stage('publish'):
            self._publisher.publish(tracks_to_message(tracks, header, size_wh, keypoint_set))
        self._monitor.finish(header, len(tracks))

    def _tracker_of(self, keypoint_set: str) -> Tracker:
        """Return the tracker; a new one when the keypoint set changes."""
        if self._tracker is None or keypoint_set != self._keypoint_set:
            skeleton = get_skeleton(keypoint_set)
            self._tracker = Tracker(TrackerConfig(**asdict(self._params.value)), skeleton)
            self._keypoint_set = keypoint_set
        return self._tracker

    def _on_poses(self, message: Pose2DArray) -> None:
        try:
            poses = poses_from_message(message)
            size_wh = (message.image_width, message.image_height)
            with self._monitor.stage('total'):
                self.process(message.header, size_wh, poses, message.keypoint_set)
        except MessageError as err:
            self._monitor.reject('bad_message', str(err))
        except ValueError as err:
            self._monitor.reject('bad_poses', str(err))

    def _apply(self, params: TrackerParams) -> None:
        if self._tracker is not None:
            self._tracker.config = TrackerConfig(**asdict(params))

    def _reset(self) -> None:
        self._monitor.reset()
        if self._tracker is not None:
            self._tracker.reset()


def main(args: list[str] | None = None) -> int:
    """Run the node; return the exit code."""
    return run(lambda: [TrackerNode()], args)
