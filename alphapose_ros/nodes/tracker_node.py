# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""`poses` in, `tracks` out: the same people with identities."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rclpy.node import Node

from alphapose_ros.core.parameters import select
from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.io.images import ImageError
from alphapose_ros.io.messages import image_from_message
from alphapose_ros.io.messages import MessageError
from alphapose_ros.io.messages import Pose2DArray
from alphapose_ros.io.messages import poses_from_message
from alphapose_ros.io.messages import stamp_to_ns
from alphapose_ros.io.messages import tracks_to_message
from alphapose_ros.nodes.joined_input import JoinedInput
from alphapose_ros.nodes.monitor import Monitor
from alphapose_ros.nodes.monitor import OK
from alphapose_ros.nodes.monitor import Report
from alphapose_ros.nodes.parameters import Parameters
from alphapose_ros.nodes.qos import create_output
from alphapose_ros.nodes.qos import qos
from alphapose_ros.nodes.run import on_clock_jump_back
from alphapose_ros.nodes.run import run
from alphapose_ros.nodes.signals import SkeletonSignals
from alphapose_ros.params import TrackerParams
from alphapose_ros.structures import Poses
from alphapose_ros.tracking.camera_motion import CameraMotion
from alphapose_ros.tracking.tracker import Tracker
from alphapose_ros.tracking.tracker import TrackerConfig


class TrackerNode(Node):
    """
    Gives people identities.

    :param subscribe: False if `process_image` is called by a stage in this process.
    :param node_options: for rclpy.node.Node.
    """

    def __init__(self, *, subscribe: bool = True, **node_options: Any) -> None:
        super().__init__('tracker', **node_options)
        self._params = Parameters(self, TrackerParams, self._apply)
        self._keypoint_set = ''
        self._tracker: Tracker | None = None
        self._camera = CameraMotion() if self._params.value.camera_motion else None
        self._publisher = create_output(self, Pose2DArray, 'tracks')
        self._signals = SkeletonSignals(self, lambda: self._params.value)
        self._input: JoinedInput | None = None
        if subscribe and self._camera is not None:
            self._input = JoinedInput(
                self,
                Pose2DArray,
                'poses',
                lambda image, poses: self._on_poses(poses, image),
                lambda: self._params.value,
                result_depth=5,
            )
            self._input.start()
        elif subscribe:
            self._subscription = self.create_subscription(
                Pose2DArray, 'poses', self._on_poses, qos(5)
            )
        self._monitor = Monitor(self, self._report)
        self._jump = on_clock_jump_back(self, self._reset)

    def process_image(
        self, header: Any, image: np.ndarray, poses: Poses, keypoint_set: str
    ) -> None:
        """Track the people of an image and publish."""
        motion = None
        if self._camera is not None:
            with self._monitor.stage('camera_motion'):
                motion = self._camera.update(image, poses.boxes)
        self._process(header, (image.shape[1], image.shape[0]), poses, keypoint_set, motion)

    def _process(
        self,
        header: Any,
        size_wh: tuple[int, int],
        poses: Poses,
        keypoint_set: str,
        camera_motion: NDArray[np.float64] | None,
    ) -> None:
        with self._monitor.stage('track'):
            # A camera without stamps is tracked by the time of arrival.
            stamp_ns = stamp_to_ns(header.stamp) or time.monotonic_ns()
            tracks = self._tracker_of(keypoint_set).update(poses, stamp_ns, camera_motion)
        with self._monitor.stage('publish'):
            self._publisher.publish(tracks_to_message(tracks, header, size_wh, keypoint_set))
        self._monitor.finish(header, len(tracks))
        with self._monitor.stage('signals'):
            self._signals.publish(header, size_wh, tracks, keypoint_set)

    def _tracker_of(self, keypoint_set: str) -> Tracker:
        """Return the tracker; a new one when the keypoint set changes."""
        if self._tracker is None or keypoint_set != self._keypoint_set:
            skeleton = get_skeleton(keypoint_set)
            self._tracker = Tracker(select(self._params.value, TrackerConfig), skeleton)
            self._signals.reset(skeleton)
            self._keypoint_set = keypoint_set
        return self._tracker

    def _on_poses(self, message: Pose2DArray, image_message: Any = None) -> None:
        try:
            poses, keypoint_set = poses_from_message(message), message.keypoint_set
            with self._monitor.stage('total'):
                if image_message is not None:
                    image = image_from_message(image_message)
                    self.process_image(message.header, image, poses, keypoint_set)
                else:
                    size_wh = (message.image_width, message.image_height)
                    self._process(message.header, size_wh, poses, keypoint_set, None)
        except ImageError as err:
            self._monitor.reject(err.reason, str(err))
        except MessageError as err:
            self._monitor.reject('bad_message', str(err))
        except ValueError as err:
            self._monitor.reject('bad_poses', str(err))

    def _apply(self, params: TrackerParams) -> None:
        if self._tracker is not None:
            self._tracker.config = select(params, TrackerConfig)

    def _report(self) -> Report:
        return self._input.report() if self._input is not None else (OK, '', {})

    def _reset(self) -> None:
        self._monitor.reset()
        self._signals.reset()
        for part in (self._tracker, self._camera, self._input):
            if part is not None:
                part.reset()


def main(args: list[str] | None = None) -> int:
    """Run the node; return the exit code."""
    return run(lambda: [TrackerNode()], args)
