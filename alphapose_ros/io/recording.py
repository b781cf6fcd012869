# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""What a run leaves behind: a video, a contact sheet, the tracks and a summary."""

from __future__ import annotations

from collections import Counter
import json
from pathlib import Path
import time
from typing import Any

import numpy as np

from alphapose_ros.core.drawing import contact_sheet
from alphapose_ros.core.drawing import draw_tracks
from alphapose_ros.io.bags import McapWriter
from alphapose_ros.io.video import VideoWriter
from alphapose_ros.io.video import write_image
from alphapose_ros.structures import Skeleton
from alphapose_ros.structures import Tracks
from alphapose_ros.structures import TrackState

SHEET_IMAGES = 9


class Recording:
    """
    Takes images with their tracks, and writes files into a folder.

    :param folder: is made; files of an earlier run are replaced.
    :param fps: of the video.
    :param frame_count: images to expect, 0 if unknown; spreads the contact sheet over the run.
    :param has_video: write overlay.mp4 and contact_sheet.png.
    """

    def __init__(self, folder: Path, *, fps: float, frame_count: int, has_video: bool) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._video = VideoWriter(folder / 'overlay.mp4', fps) if has_video else None
        self._bag = McapWriter(folder / 'tracks.mcap')
        self._sheet: list[np.ndarray] = []
        self._sheet_step = max(frame_count // SHEET_IMAGES, 1)
        self._images = 0
        self._latencies_ms: list[float] = []
        self._people: list[int] = []
        self._frames_seen: Counter[int] = Counter()
        self._start_s = self._end_s = 0.0
        self.diagnostics: dict[str, dict[str, str]] = {}

    @property
    def frames(self) -> int:
        """Images with tracks so far."""
        return len(self._people)

    def add_message(self, topic: str, type_name: str, serialized: bytes, stamp_ns: int) -> None:
        """Record a message."""
        self._bag.write(topic, type_name, serialized, stamp_ns)

    def add_tracks(self, tracks: Tracks, latency_ms: float) -> None:
        """Take the tracks of an image, and how old the image was when they came."""
        self._end_s = time.monotonic()
        self._start_s = self._start_s or self._end_s
        self._latencies_ms.append(latency_ms)
        is_seen = (tracks.states != TrackState.PREDICTED) & (tracks.track_ids >= 0)
        self._people.append(int(is_seen.sum()))
        self._frames_seen.update(tracks.track_ids[tracks.states == TrackState.TRACKED].tolist())

    def add_image(self, image: np.ndarray, tracks: Tracks, skeleton: Skeleton) -> None:
        """Draw the tracks on their image and write it."""
        if self._video is None:
            return
        drawn = draw_tracks(image, tracks, skeleton)
        self._video.write(drawn)
        if self._images % self._sheet_step == self._sheet_step // 2:
            self._sheet.append(drawn)
        if len(self._sheet) == 2 * SHEET_IMAGES:  # longer than expected
            self._sheet = self._sheet[1::2]
            self._sheet_step *= 2
        self._images += 1

    def close(self) -> None:
        """Finish all files."""
        self._bag.close()
        if self._video is not None:
            self._video.close()
        if self._sheet:
            evenly = np.linspace(0, len(self._sheet) - 1, min(len(self._sheet), SHEET_IMAGES))
            images = [self._sheet[i] for i in evenly.round().astype(int)]
            write_image(self._folder / 'contact_sheet.png', contact_sheet(images))
        (self._folder / 'summary.json').write_text(json.dumps(self._summary(), indent=2))

    def _summary(self) -> dict[str, Any]:
        latencies = self._latencies_ms or [0.0]  # JSON knows no NaN
        p50, p95 = np.percentile(latencies, (50, 95))
        duration_s = max(self._end_s - self._start_s, 1e-9)
        return {
            'frames': self.frames,
            'fps': (self.frames - 1) / duration_s if self.frames > 1 else 0.0,
            'people_per_frame': float(np.mean(self._people)) if self._people else 0.0,
            'ids': len(self._frames_seen),
            'longest_tracks': dict(self._frames_seen.most_common(5)),
            'latency_ms_p50': float(p50),
            'latency_ms_p95': float(p95),
            'diagnostics': self.diagnostics,
        }
