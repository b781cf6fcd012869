# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Viewers of results, each with a file in the folder `view` of the results of a camera."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np

from alphapose_ros.core.drawing import draw_tracks
from alphapose_ros.core.marks import mark_people
from alphapose_ros.core.marks import View
from alphapose_ros.io.foxglove_log import import_foxglove
from alphapose_ros.io.foxglove_log import save_foxglove
from alphapose_ros.io.images import encode_jpeg
from alphapose_ros.io.message_fields import stamp_to_ns
from alphapose_ros.io.rerun_log import CONNECT
from alphapose_ros.io.rerun_log import import_rerun
from alphapose_ros.io.rerun_log import RerunLog
from alphapose_ros.io.rerun_log import SPAWN
from alphapose_ros.io.video import DEFAULT_FPS
from alphapose_ros.io.video import VideoWriter
from alphapose_ros.offline.camera_run import Viewer
from alphapose_ros.offline.job import ViewerMaker
from alphapose_ros.offline.sources import Camera
from alphapose_ros.offline.sources import Frame
from alphapose_ros.structures import Skeleton
from alphapose_ros.structures import Tracks

JPEG_QUALITY = 80
MIN_KEYPOINT_SCORE = 0.3
# Images by whose stamps the rate of a video is found.
RATE_IMAGES = 10
MAX_FPS = 240.0


class ViewLog(Protocol):
    """Takes views of images, one after the other."""

    def write(self, view: View) -> None:
        """Take the next one."""

    def close(self) -> None:
        """Finish; nothing comes any more."""


class LogViewer:
    """
    Shows images in a log, which is opened with the first one.

    :param open_log: opens it.
    :param skeleton: of all people.
    """

    def __init__(self, open_log: Callable[[], ViewLog], skeleton: Skeleton) -> None:
        self._open_log = open_log
        self._skeleton = skeleton
        self._log: ViewLog | None = None

    def show(self, frame: Frame, tracks: Tracks) -> None:
        """See `Viewer`."""
        assert frame.image is not None
        if self._log is None:
            self._log = self._open_log()
        people = mark_people(tracks, self._skeleton, MIN_KEYPOINT_SCORE)
        jpeg = encode_jpeg(frame.image, JPEG_QUALITY)
        self._log.write(
            View(jpeg, people, self._skeleton, _stamp_ns(frame), frame.header.frame_id)
        )

    def close(self) -> None:
        """See `Viewer`."""
        if self._log is not None:
            self._log.close()


class VideoViewer:
    """
    Draws people into a video, at the rate of the first images.

    :param path: of the video.
    :param skeleton: of all people.
    """

    def __init__(self, path: Path, skeleton: Skeleton) -> None:
        self._path = path
        self._skeleton = skeleton
        self._stamps_ns: list[int] = []
        self._waiting: list[np.ndarray] = []
        self._writer: VideoWriter | None = None

    def show(self, frame: Frame, tracks: Tracks) -> None:
        """See `Viewer`."""
        assert frame.image is not None
        image = draw_tracks(
            frame.image, tracks, self._skeleton, min_keypoint_score=MIN_KEYPOINT_SCORE
        )
        if self._writer is not None:
            self._writer.write(image)
            return
        self._waiting.append(image)
        self._stamps_ns.append(_stamp_ns(frame))
        if len(self._waiting) == RATE_IMAGES:
            self._open()

    def close(self) -> None:
        """See `Viewer`."""
        if self._waiting:
            self._open()
        if self._writer is not None:
            self._writer.close()

    def _open(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._writer = VideoWriter(self._path, _rate(self._stamps_ns))
        for image in self._waiting:
            self._writer.write(image)
        self._waiting = []


def make_viewer_maker(views: Sequence[str], skeleton: Skeleton) -> ViewerMaker:
    """
    Return what makes the viewers of a camera.

    :param views: some of `VIEWS`.
    :raises ImportError: if a library is missing.
    """
    for view in views:
        if view.startswith('rerun'):
            import_rerun()
        elif view == 'foxglove':
            import_foxglove()

    def make(folder: Path, camera: Camera) -> tuple[Viewer, ...]:
        return tuple(VIEWS[view](folder, skeleton) for view in views)

    return make


def _rerun_file(folder: Path, skeleton: Skeleton) -> Viewer:
    path = folder / 'view' / f'{folder.name}.rrd'
    return LogViewer(lambda: RerunLog(str(path)), skeleton)


def _rerun_spawn(folder: Path, skeleton: Skeleton) -> Viewer:
    return LogViewer(lambda: RerunLog(SPAWN), skeleton)


def _rerun_connect(folder: Path, skeleton: Skeleton) -> Viewer:
    return LogViewer(lambda: RerunLog(CONNECT), skeleton)


def _foxglove_file(folder: Path, skeleton: Skeleton) -> Viewer:
    # Not beside the bag: an unfinished bag is made of all .mcap files of its folder.
    path = folder / 'view' / f'{folder.name}.mcap'
    return LogViewer(lambda: save_foxglove(path), skeleton)


def _video_file(folder: Path, skeleton: Skeleton) -> Viewer:
    return VideoViewer(folder / 'view' / 'overlay.mp4', skeleton)


VIEWS: dict[str, Callable[[Path, Skeleton], Viewer]] = {
    'rerun': _rerun_file,
    'rerun:spawn': _rerun_spawn,
    'rerun:connect': _rerun_connect,
    'foxglove': _foxglove_file,
    'video': _video_file,
}


def _stamp_ns(frame: Frame) -> int:
    """Return the stamp of the image; where it is zero, the time of the bag."""
    return stamp_to_ns(frame.header.stamp) or frame.log_time_ns


def _rate(stamps_ns: Sequence[int]) -> float:
    """Return images per second."""
    step_ns = float(np.median(np.diff(stamps_ns))) if len(stamps_ns) > 1 else 0.0
    return min(1e9 / step_ns, MAX_FPS) if step_ns > 0 else DEFAULT_FPS
