# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Frames through the networks, in threads of their own: reading, detecting, estimating.

While one image is being estimated the next one is searched for people and another one decoded; who
takes the results tracks and writes meanwhile. The order is kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from alphapose_ros.offline.prefetch import Prefetched
from alphapose_ros.offline.sources import Frame
from alphapose_ros.pipeline import Pipeline
from alphapose_ros.structures import Detections
from alphapose_ros.structures import Poses

# Images that wait before and behind the networks.
DECODED, FOUND = 4, 2


@dataclass(frozen=True, eq=False)
class Found:
    """A frame and who was found in it: nobody where there is no image."""

    frame: Frame
    detections: Detections
    poses: Poses


@contextmanager
def find_people(frames: Iterator[Frame], pipeline: Pipeline) -> Iterator[Iterator[Found]]:
    """Give the frames with their people; leaving it ends the threads, also in the middle."""
    with (
        Prefetched(frames, DECODED) as decoded,
        Prefetched(_detect(decoded, pipeline), FOUND) as detected,
        Prefetched(_estimate(detected, pipeline), FOUND) as found,
    ):
        yield found


def _detect(frames: Iterator[Frame], pipeline: Pipeline) -> Iterator[tuple[Frame, Detections]]:
    for frame in frames:
        people = Detections.empty() if frame.image is None else pipeline.detect(frame.image)
        yield frame, people


def _estimate(detected: Iterator[tuple[Frame, Detections]], pipeline: Pipeline) -> Iterator[Found]:
    nobody = Poses.empty(pipeline.pose_estimator.skeleton.num_keypoints)
    for frame, detections in detected:
        image = frame.image
        poses = nobody if image is None else pipeline.estimate(image, detections)
        yield Found(frame, detections, poses)
