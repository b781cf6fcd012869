# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""`image`, `tracks` and /diagnostics in; a video, a contact sheet, a bag and a summary out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rclpy.node import Node
from rclpy.serialization import serialize_message
from rich.progress import BarColumn
from rich.progress import MofNCompleteColumn
from rich.progress import Progress
from rich.progress import TextColumn
from rich.progress import TimeElapsedColumn

from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.io.images import ImageError
from alphapose_ros.io.messages import DiagnosticArray
from alphapose_ros.io.messages import image_from_message
from alphapose_ros.io.messages import KeypointSet
from alphapose_ros.io.messages import Pose2DArray
from alphapose_ros.io.messages import stamp_to_ns
from alphapose_ros.io.messages import tracks_from_message
from alphapose_ros.io.recording import Recording
from alphapose_ros.nodes.joined_input import JoinedInput
from alphapose_ros.nodes.parameters import Parameters
from alphapose_ros.nodes.qos import qos
from alphapose_ros.nodes.run import run
from alphapose_ros.params import JoinParams
from alphapose_ros.params import RecorderParams

QUEUE = 100


class RecorderNode(Node):
    """
    Records a run, until it is told to end.

    :param node_options: for rclpy.node.Node.
    """

    def __init__(self, **node_options: Any) -> None:
        super().__init__('recorder', **node_options)
        p = Parameters(self, RecorderParams).value
        self._recording = Recording(
            Path(p.output_dir), fps=p.video_fps, frame_count=p.frame_count, has_video=p.video
        )
        self._progress = Progress(
            TextColumn('{task.description}'),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        self._task = self._progress.add_task('frames', total=p.frame_count or None)
        self._progress.start()
        self._keypoint_set: KeypointSet | None = None
        self._create_inputs(p.video)

    def _create_inputs(self, wants_images: bool) -> None:
        self.create_subscription(Pose2DArray, 'tracks', self._on_tracks, qos(QUEUE))
        self.create_subscription(
            KeypointSet, 'keypoint_set', self._on_keypoint_set, qos(1, latched=True)
        )
        self.create_subscription(DiagnosticArray, '/diagnostics', self._on_diagnostics, qos(QUEUE))
        if wants_images:
            self._input = JoinedInput(
                self, Pose2DArray, 'tracks', self._on_pair, JoinParams, result_depth=QUEUE
            )
            self._input.start()

    def close(self) -> None:
        """Finish the files."""
        self._progress.stop()
        self._recording.close()

    def _on_tracks(self, message: Pose2DArray) -> None:
        age_ns = self.get_clock().now().nanoseconds - stamp_to_ns(message.header.stamp)
        self._recording.add_tracks(tracks_from_message(message), age_ns * 1e-6)
        if self._keypoint_set is not None:
            # It has no stamp of its own: it holds from the first tracks on.
            set_message, self._keypoint_set = self._keypoint_set, None
            set_type = 'alphapose_ros/msg/KeypointSet'
            self._record('keypoint_set', set_type, set_message, message.header.stamp)
        self._record('tracks', 'alphapose_ros/msg/Pose2DArray', message, message.header.stamp)
        self._progress.update(self._task, completed=self._recording.frames)

    def _on_keypoint_set(self, message: KeypointSet) -> None:
        self._keypoint_set = message

    def _on_diagnostics(self, message: DiagnosticArray) -> None:
        for status in message.status:
            values = {item.key: item.value for item in status.values}
            if float(values.get('fps', 'nan')) > 0:  # not the second after the last image
                self._recording.diagnostics[status.name] = values

    def _on_pair(self, image_message: Any, tracks_message: Pose2DArray) -> None:
        try:
            image = image_from_message(image_message)
        except ImageError as err:
            self.get_logger().warning(str(err), throttle_duration_sec=5.0)
            return
        tracks = tracks_from_message(tracks_message)
        self._recording.add_image(image, tracks, get_skeleton(tracks_message.keypoint_set))

    def _record(self, topic: str, type_name: str, message: Any, stamp: Any) -> None:
        self._recording.add_message(
            self.resolve_topic_name(topic),
            type_name,
            serialize_message(message),
            stamp_to_ns(stamp),
        )

    def destroy_node(self) -> None:
        """Finish the files, then end."""
        self.close()
        super().destroy_node()


def main(args: list[str] | None = None) -> int:
    """Run the node; return the exit code."""
    return run(lambda: [RecorderNode()], args)
