# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""`image` and `tracks` in, to the viewer Rerun or Foxglove; idle while no app is connected."""

from __future__ import annotations

from typing import Any

from rclpy.clock import Clock
from rclpy.clock import ClockType
from rclpy.node import Node

from alphapose_ros.core.marks import mark_people
from alphapose_ros.core.marks import View
from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.io.foxglove_log import FoxgloveLog
from alphapose_ros.io.foxglove_log import serve_foxglove
from alphapose_ros.io.images import encode_jpeg
from alphapose_ros.io.images import ImageError
from alphapose_ros.io.messages import image_from_message
from alphapose_ros.io.messages import Pose2DArray
from alphapose_ros.io.messages import stamp_to_ns
from alphapose_ros.io.messages import tracks_from_message
from alphapose_ros.io.rerun_log import RerunLog
from alphapose_ros.io.rerun_log import SPAWN
from alphapose_ros.nodes.joined_input import JoinedInput
from alphapose_ros.nodes.monitor import Monitor
from alphapose_ros.nodes.parameters import Parameters
from alphapose_ros.nodes.run import on_clock_jump_back
from alphapose_ros.nodes.run import run
from alphapose_ros.params import ViewerParams

VIEWER_CHECK_PERIOD_S = 0.5


class ViewerNode(Node):
    """
    Sends images and people to a viewer.

    :param node_options: for rclpy.node.Node.
    """

    def __init__(self, **node_options: Any) -> None:
        super().__init__('viewer', **node_options)
        self._params = Parameters(self, ViewerParams)
        self._log = _open(self._params.value)
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
        if self._log.is_watched:
            self._input.start()
        else:
            self._input.stop()

    def _on_pair(self, image_message: Any, tracks_message: Pose2DArray) -> None:
        try:
            with self._monitor.stage('show'):
                self._log.write(self._view(image_message, tracks_message))
        except ImageError as err:
            self._monitor.reject(err.reason, str(err))
            return
        except ValueError as err:
            self._monitor.reject('bad_message', str(err))
            return
        self._monitor.finish(image_message.header, len(tracks_message.poses))

    def _view(self, image_message: Any, tracks_message: Pose2DArray) -> View:
        p, header = self._params.value, image_message.header
        skeleton = get_skeleton(tracks_message.keypoint_set)
        tracks = tracks_from_message(tracks_message)
        return View(
            jpeg=encode_jpeg(image_from_message(image_message), p.jpeg_quality),
            people=mark_people(tracks, skeleton, p.min_keypoint_score),
            skeleton=skeleton,
            stamp_ns=stamp_to_ns(header.stamp),
            frame_id=header.frame_id,
        )

    def destroy_node(self) -> None:
        """Leave the viewer, then end."""
        self._log.close()
        super().destroy_node()


def _open(p: ViewerParams) -> RerunLog | FoxgloveLog:
    try:
        if p.viewer == 'foxglove':
            return serve_foxglove(p.viewer_address)
        return RerunLog(p.viewer_address or SPAWN)
    except ImportError as err:
        raise ValueError(f'viewer cannot be {p.viewer}: {err}') from err


def main(args: list[str] | None = None) -> int:
    """Run the node; return the exit code."""
    return run(lambda: [ViewerNode()], args)
