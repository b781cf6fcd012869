# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""`tracks/smoothed` and `tracks/predicted`: what controllers and displays want of the tracks."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from rclpy.node import Node
from rclpy.time import Time

from alphapose_ros.core.parameters import select
from alphapose_ros.io.messages import Pose2DArray
from alphapose_ros.io.messages import stamp_to_ns
from alphapose_ros.io.messages import tracks_to_message
from alphapose_ros.nodes.qos import create_output
from alphapose_ros.params import TrackerParams
from alphapose_ros.structures import Skeleton
from alphapose_ros.structures import Tracks
from alphapose_ros.tracking.smoothing import Smoother
from alphapose_ros.tracking.smoothing import SmoothingConfig


class SkeletonSignals:
    """
    Publishes the tracks smoothed, and where they will be, as far as the parameters ask for it.

    :param node: the node that owns the publishers.
    :param params: gives the present parameters.
    """

    def __init__(self, node: Node, params: Callable[[], TrackerParams]) -> None:
        self._node = node
        self._params = params
        self._smoother: Smoother | None = None
        # Resolved first, so that a remapping of `tracks` moves its companions too.
        tracks = node.resolve_topic_name('tracks')
        p = params()
        self._smoothed = self._predicted = None
        if p.smoothing:
            self._smoothed = create_output(node, Pose2DArray, f'{tracks}/smoothed')
        if p.prediction:
            self._predicted = create_output(node, Pose2DArray, f'{tracks}/predicted')

    def reset(self, skeleton: Skeleton | None = None) -> None:
        """Forget everybody; go on with another skeleton, if one is given."""
        if skeleton is not None and (self._smoothed or self._predicted):
            self._smoother = Smoother(select(self._params(), SmoothingConfig), skeleton)
        elif self._smoother is not None:
            self._smoother.reset()

    def publish(
        self, header: Any, size_wh: tuple[int, int], tracks: Tracks, keypoint_set: str
    ) -> None:
        """Publish what is asked for, of the tracks of the next image."""
        if self._smoother is None:
            return
        self._smoother.config = select(self._params(), SmoothingConfig)
        now_ns = self._node.get_clock().now().nanoseconds
        stamp_ns = stamp_to_ns(header.stamp) or now_ns
        smoothed = self._smoother.update(tracks, stamp_ns)
        if self._smoothed is not None:
            self._smoothed.publish(tracks_to_message(smoothed, header, size_wh, keypoint_set))
        if self._predicted is not None:
            ahead_ns = self._limited(now_ns - stamp_ns + round(self._params().predict_ms * 1e6))
            predicted = self._smoother.predict(stamp_ns + ahead_ns)
            later = deepcopy(header)
            later.stamp = Time(nanoseconds=stamp_ns + ahead_ns).to_msg()
            self._predicted.publish(tracks_to_message(predicted, later, size_wh, keypoint_set))

    def _limited(self, ahead_ns: int) -> int:
        """Return how far is predicted; less than asked for, with a warning, if that is too far."""
        limit_ns = round(Smoother.MAX_PREDICTION_S * 1e9)
        if not 0 <= ahead_ns <= limit_ns:
            self._node.get_logger().warning(
                f'tracks/predicted was asked for {ahead_ns * 1e-9:.2f} s after the image, and is '
                f'for 0 to {Smoother.MAX_PREDICTION_S} s: lower predict_ms, or the latency; with '
                'a bag or a simulator set use_sim_time',
                throttle_duration_sec=5.0,
            )
        return min(max(ahead_ns, 0), limit_ns)
