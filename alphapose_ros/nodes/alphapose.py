# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
The whole pipeline in one process: `image` in, `tracks` out.

The three nodes are those of the separate executables, with their names, parameters and topics;
what goes from one to the next is handed over by a function call. The image is taken from DDS once.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rclpy.node import Node

from alphapose_ros.nodes.detector_node import DetectorNode
from alphapose_ros.nodes.pose_node import PoseNode
from alphapose_ros.nodes.run import run
from alphapose_ros.nodes.tracker_node import TrackerNode


def make_nodes(**node_options: Any) -> Iterator[Node]:
    """Make the connected nodes, the last stage first."""
    yield (tracker := TrackerNode(subscribe=False, **node_options))
    yield (pose := PoseNode(forward=tracker.process_image, **node_options))
    yield DetectorNode(forward=pose.process, **node_options)


def main(args: list[str] | None = None) -> int:
    """Run the nodes; return the exit code."""
    return run(make_nodes, args)
