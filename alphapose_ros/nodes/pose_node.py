# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""`image` and `detections` in, `poses` out: the joints of the people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from rclpy.node import Node

from alphapose_ros.core.pose_nms import PoseNmsConfig
from alphapose_ros.core.pose_nms import suppress_poses
from alphapose_ros.inference.load import load_pose_estimator
from alphapose_ros.inference.load import load_reid
from alphapose_ros.io.images import ImageError
from alphapose_ros.io.messages import detections_from_message
from alphapose_ros.io.messages import image_from_message
from alphapose_ros.io.messages import KeypointSet
from alphapose_ros.io.messages import MessageError
from alphapose_ros.io.messages import PersonBoxArray
from alphapose_ros.io.messages import Pose2DArray
from alphapose_ros.io.messages import poses_to_message
from alphapose_ros.io.messages import skeleton_to_message
from alphapose_ros.nodes.joined_input import JoinedInput
from alphapose_ros.nodes.monitor import Monitor
from alphapose_ros.nodes.monitor import OK
from alphapose_ros.nodes.monitor import Report
from alphapose_ros.nodes.parameters import Parameters
from alphapose_ros.nodes.qos import create_output
from alphapose_ros.nodes.run import on_clock_jump_back
from alphapose_ros.nodes.run import run
from alphapose_ros.params import PoseParams
from alphapose_ros.structures import Detections
from alphapose_ros.structures import Poses

# Header, image, people and the name of their keypoint set go on to the next stage.
Forward = Callable[[Any, np.ndarray, Poses, str], None]


class PoseNode(Node):
    """
    Finds the joints of everybody who was detected.

    :param forward: the next stage, if it lives in this process; then `process` is called by the
        previous one and nothing is subscribed.
    :param node_options: for rclpy.node.Node.
    """

    def __init__(self, forward: Forward | None = None, **node_options: Any) -> None:
        super().__init__('pose', **node_options)
        self._forward = forward
        self._params = Parameters(self, PoseParams)
        p = self._params.value
        self._estimator = load_pose_estimator(
            p.pose_model, p.network_options(), flip_test=p.flip_test
        )
        self._reid = load_reid(p.reid_model, p.network_options()) if p.reid_model else None
        self._publisher = create_output(self, Pose2DArray, 'poses')
        self._set_publisher = create_output(
            self, KeypointSet, 'keypoint_set', depth=1, latched=True
        )
        self._set_publisher.publish(skeleton_to_message(self._estimator.skeleton))
        self._input: JoinedInput | None = None
        if forward is None:
            self._input = JoinedInput(
                self, PersonBoxArray, 'detections', self._on_pair, lambda: self._params.value
            )
            self._input.start()
        self._monitor = Monitor(self, self._report, self._estimator.network.device)
        self._jump = on_clock_jump_back(self, self._reset)
        self.get_logger().info(
            f'{p.pose_model} ({self._estimator.skeleton.name}) on '
            f'{self._estimator.network.device}, licence of the weights: {self._estimator.licence}'
        )
        if self._reid is not None:
            self.get_logger().info(
                f'{p.reid_model} on {self._reid.network.device}, '
                f'licence of the weights: {self._reid.licence}'
            )

    def process(self, header: Any, image: np.ndarray, detections: Detections) -> float:
        """Estimate, suppress, embed, publish, hand on; return the networks' milliseconds."""
        with self._monitor.stage('estimate'):
            found = self._estimator.estimate(image, detections)
        with self._monitor.stage('suppress'):
            config = PoseNmsConfig(max_similarity=self._params.value.pose_nms_similarity)
            poses = suppress_poses(found, self._estimator.skeleton, config)
        network_ms = self._estimator.network.elapsed_s * 1e3 if len(found) else 0.0
        if self._reid is not None:
            with self._monitor.stage('embed'):
                poses = replace(poses, embeddings=self._reid.embed(image, poses.boxes))
            network_ms += self._reid.network.elapsed_s * 1e3 if len(found) else 0.0
        self._monitor.record('network_ms', network_ms)
        size_wh, keypoint_set = (image.shape[1], image.shape[0]), self._estimator.skeleton.name
        self._publisher.publish(poses_to_message(poses, header, size_wh, keypoint_set))
        if self._forward is not None:
            self._forward(header, image, poses, keypoint_set)
        self._monitor.finish(header, len(poses))
        return network_ms

    def _on_pair(self, image_message: Any, detections_message: PersonBoxArray) -> None:
        try:
            image = image_from_message(image_message)
            detections = detections_from_message(detections_message)
        except ImageError as err:
            self._monitor.reject(err.reason, str(err))
            return
        except MessageError as err:
            self._monitor.reject('bad_message', str(err))
            return
        with self._monitor.stage('total'):
            self.process(image_message.header, image, detections)

    def _report(self) -> Report:
        level, text, values = self._input.report() if self._input else (OK, '', {})
        skeleton = self._estimator.skeleton.name
        return (
            level,
            text,
            {'model': self._params.value.pose_model, 'keypoint_set': skeleton, **values},
        )

    def _reset(self) -> None:
        self._monitor.reset()
        if self._input is not None:
            self._input.reset()


def main(args: list[str] | None = None) -> int:
    """Run the node; return the exit code."""
    return run(lambda: [PoseNode()], args)
