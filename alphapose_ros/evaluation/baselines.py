# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Well-kept trackers of others, from the package `trackers`, to compare with. N people."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from alphapose_ros.structures import Poses
from alphapose_ros.structures import Tracks
from alphapose_ros.structures import TrackState


class _Baseline:
    def __init__(self, tracker: Any) -> None:
        self._tracker = tracker

    def update(self, poses: Poses, stamp_ns: int) -> Tracks:
        import supervision
        n = len(poses)
        given = supervision.Detections(xyxy=poses.boxes.copy(), confidence=poses.box_scores.copy(), data={'row': np.arange(n)})
        found = self._tracker.update(given)
        ids = np.full(n, -1, np.int32)
        if len(found):
            ids[found.data['row']] = found.tracker_id
        ids[ids >= 0] += 1
        tracks = Tracks(poses, ids, np.where(ids > 0, TrackState.TRACKED, TrackState.UNTRACKED).astype(np.uint8), np.zeros(n, np.uint32))
        return tracks[np.argsort(ids.astype(np.uint32), kind='stable')]


class ByteTrackBaseline(_Baseline):
    def __init__(self, fps: float, **k) -> None:
        from trackers import ByteTrackTracker
        super().__init__(ByteTrackTracker(frame_rate=fps, **k))


class SortBaseline(_Baseline):
    def __init__(self, fps: float, **k) -> None:
        from trackers import SORTTracker
        super().__init__(SORTTracker(frame_rate=fps, **k))
