# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""`image` and `tracks` in, `overlay` and `overlay/compressed` out; idle while nobody looks."""

from __future__ import annotations

from typing import Any

import numpy as np
from rclpy.clock import Clock
from rclpy.clock import ClockType
from rclpy.node import Node

from alphapose_ros.core.drawing import draw_tracks
from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.io.images import ImageError
from alphapose_ros.io.messages import CompressedImage
from alphapose_ros.io.messages import Image
from alphapose_ros.io.messages import image_from_message
from alphapose_ros.io.messages import image_to_compressed_message
from alphapose_ros.io.messages import image_to_message
from alphapose_ros.io.messages import Pose2DArray
from alphapose_ros.io.messages import tracks_from_message
from alphapose_ros.nodes.joined_input import JoinedInput
from alphapose_ros.nodes.monitor import Monitor
from alphapose_ros.nodes.parameters import Parameters
from alphapose_ros.nodes.qos import create_output
from alphapose_ros.nodes.run import on_clock_jump_back
from alphapose_ros.nodes.run import run
from alphapose_ros.params import OverlayParams

VIEWER_CHECK_PERIOD_S = 0.5


class OverlayNode(Node):
    """
    Draws the tracks on their image.

    It subscribes to the images only while someone subscribes to the overlay: a second reader of
    the camera costs as much as the transport of its images.

    :param node_options: for rclpy.node.Node.
    """

    def __init__(self, **node_options: Any) -> None:
        super().__init__('overlay', **node_options)
        self._params = Parameters(self, OverlayParams)
        self._publisher = create_output(self, Image, 'overlay', depth=1)
        # Resolved first, so that a remapping of `overlay` moves its companion too.
        self._jpeg_publisher = create_output(
            self, CompressedImage, self.resolve_topic_name('overlay') + '/compressed', depth=1
        )
        self._input = JoinedInput(
            self, Pose2DArray, 'tracks', self._on_pair, lambda: self._params.value
        )
        self._monitor = Monitor(self, self._input.report)
        self._timer = self.create_timer(
            VIEWER_CHECK_PERIOD_S,
            self._follow_viewers,
            clock=Clock(clock_type=ClockType.STEADY_TIME),
        )
        self._jump = on_clock_jump_back(self, self._input.reset)

    def _follow_viewers(self) -> None:
        viewers = (self._publisher, self._jpeg_publisher)
        if any(publisher.get_subscription_count() for publisher in viewers):
            self._input.start()
        else:
            self._input.stop()

    def _on_pair(self, image_message: Any, tracks_message: Pose2DArray) -> None:
        try:
            image = image_from_message(image_message)
            with self._monitor.stage('draw'):
                drawn = self._draw(image, tracks_message)
        except ImageError as err:
            self._monitor.reject(err.reason, str(err))
            return
        except ValueError as err:
            self._monitor.reject('bad_message', str(err))
            return
        header = image_message.header
        if self._publisher.get_subscription_count():
            self._publisher.publish(image_to_message(drawn, header))
        if self._jpeg_publisher.get_subscription_count():
            self._jpeg_publisher.publish(
                image_to_compressed_message(drawn, header, self._params.value.jpeg_quality)
            )
        self._monitor.finish(header, len(tracks_message.poses))

    def _draw(self, image: np.ndarray, tracks_message: Pose2DArray) -> np.ndarray:
        p = self._params.value
        return draw_tracks(
            image,
            tracks_from_message(tracks_message),
            get_skeleton(tracks_message.keypoint_set),
            color_by=p.color_by,
            min_keypoint_score=p.min_keypoint_score,
            draw_boxes=p.draw_boxes,
        )


def main(args: list[str] | None = None) -> int:
    """Run the node; return the exit code."""
    return run(lambda: [OverlayNode()], args)
