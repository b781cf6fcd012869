# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""A video file, a folder of images or a camera as `image`, for demos and tests."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from rclpy.clock import Clock
from rclpy.clock import ClockType
from rclpy.duration import Duration
from rclpy.node import Node

from alphapose_ros.core.parameters import ParameterError
from alphapose_ros.io.messages import Header
from alphapose_ros.io.messages import Image
from alphapose_ros.io.messages import image_to_message
from alphapose_ros.io.messages import Pose2DArray
from alphapose_ros.io.messages import stamp_to_ns
from alphapose_ros.io.video import FrameSource
from alphapose_ros.nodes.parameters import Parameters
from alphapose_ros.nodes.qos import create_output
from alphapose_ros.nodes.qos import qos
from alphapose_ros.nodes.run import run
from alphapose_ros.params import VideoParams

# In pace `consumed`: how often to look, how long to wait for the tracks of an image, and when to
# send the first one again.
POLL_PERIOD_S = 0.05
CONSUMED_TIMEOUT_S = 5.0
FIRST_TIMEOUT_S = 2.0
# Readers need a moment to match our reliability; the first images would be lost to them.
SETTLE_S = 1.0


class VideoNode(Node):
    """
    Publishes images with the time of sending as stamp; ends with the last one.

    :param node_options: for rclpy.node.Node.
    """

    def __init__(self, **node_options: Any) -> None:
        super().__init__('video', **node_options)
        self._params = Parameters(self, VideoParams).value
        if not self._params.source:
            raise ParameterError('parameter source is empty: give a file, a folder or a camera')
        self._frames = FrameSource(self._params.source)
        self._publisher = create_output(self, Image, 'image', depth=1)
        self._sent = 0
        self._sent_at_s = 0.0
        self._alone_until_s = time.monotonic()
        self._awaited_ns: int | None = None
        self._image = np.zeros((0, 0, 3), np.uint8)
        period_s = POLL_PERIOD_S
        if self._params.pace == 'consumed':
            self._subscription = self.create_subscription(
                Pose2DArray, 'tracks', self._on_tracks, qos(5)
            )
        else:
            period_s = 1 / (self._params.fps or self._frames.fps)
        # Steady time: this node is the source of images, so ROS time may not run yet.
        self._timer = self.create_timer(
            period_s, self._on_timer, clock=Clock(clock_type=ClockType.STEADY_TIME)
        )
        self.get_logger().info(
            f'{self._params.source}: {self._frames.frame_count or "endless"} images'
        )

    def _on_timer(self) -> None:
        if self._sent == 0 and not self._has_listeners():
            return
        if self._params.pace == 'consumed' and self._awaited_ns is not None:
            waited_s = time.monotonic() - self._sent_at_s
            if self._sent == 1 and waited_s >= FIRST_TIMEOUT_S:
                # The nodes behind our readers may not have found each other yet.
                self._send(self._image)
            if waited_s < CONSUMED_TIMEOUT_S:
                return
            self.get_logger().warning(f'no tracks for image {self._sent}, going on')
        self._send_next()

    def _has_listeners(self) -> bool:
        """Tell whether everybody has been there for a while who should see the first image."""
        readers = self._publisher.get_subscription_count()
        is_tracked = self._params.pace == 'fps' or self.count_publishers('tracks') > 0
        if readers < self._params.min_subscribers or not is_tracked:
            self._alone_until_s = time.monotonic()
        return time.monotonic() - self._alone_until_s >= SETTLE_S

    def _on_tracks(self, message: Pose2DArray) -> None:
        if stamp_to_ns(message.header.stamp) == self._awaited_ns:
            self._send_next()

    def _send_next(self) -> None:
        image = self._read()
        if image is None:
            self._finish()
            return
        self._sent += 1
        self._image = image
        self._send(image)

    def _send(self, image: np.ndarray) -> None:
        header = Header(stamp=self.get_clock().now().to_msg(), frame_id=self._params.frame_id)
        self._awaited_ns = stamp_to_ns(header.stamp)
        self._sent_at_s = time.monotonic()
        self._publisher.publish(image_to_message(image, header))

    def _read(self) -> np.ndarray | None:
        """Return the next image, or None at the end."""
        if self._params.image_limit and self._sent == self._params.image_limit:
            return None
        image = self._frames.read()
        if image is None and self._params.loop:
            self._frames.rewind()
            image = self._frames.read()
        return image

    def _finish(self) -> None:
        self._timer.cancel()
        self._publisher.wait_for_all_acked(Duration(seconds=2))
        self.get_logger().info(f'sent {self._sent} images')
        self.context.try_shutdown()


def main(args: list[str] | None = None) -> int:
    """Run the node; return the exit code."""
    return run(lambda: [VideoNode()], args)
