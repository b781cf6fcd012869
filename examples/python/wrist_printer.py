#!/usr/bin/env python3
# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Prints where the right wrist of everybody is."""

import numpy as np
import rclpy
from rclpy.executors import ExternalShutdownException
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy
from rclpy.qos import QoSProfile

from alphapose_ros.msg import KeypointSet
from alphapose_ros.msg import Pose2DArray


class WristPrinter(Node):
    """Learns the joints from the latched keypoint set, then reads the tracks."""

    def __init__(self) -> None:
        super().__init__('wrist_printer')
        self._wrist = -1
        latched = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
        self.create_subscription(KeypointSet, 'keypoint_set', self._on_keypoint_set, latched)
        self.create_subscription(Pose2DArray, 'tracks', self._on_tracks, 1)

    def _on_keypoint_set(self, message: KeypointSet) -> None:
        self._wrist = message.keypoint_names.index('right_wrist')

    def _on_tracks(self, message: Pose2DArray) -> None:
        if self._wrist < 0:
            return
        for person in message.poses:
            x, y = np.frombuffer(person.keypoints, np.float32).reshape(-1, 2)[self._wrist]
            score = person.keypoint_scores[self._wrist]
            if person.track_id >= 0 and not np.isnan(x):
                print(
                    f'person {person.track_id}: right wrist at ({x:.1f}, {y:.1f}), '
                    f'score {score:.2f}',
                    flush=True,
                )


def main() -> None:
    """Run until Ctrl-C."""
    rclpy.init()
    try:
        rclpy.spin(WristPrinter())
    except (KeyboardInterrupt, ExternalShutdownException):
        pass
    finally:
        rclpy.try_shutdown()


if __name__ == '__main__':
    main()
