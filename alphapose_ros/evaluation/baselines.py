# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Well-kept trackers of others to compare with, from the package `trackers`: boxes only. N people.

Each has one setting, among the best of those tried, by the mean of IDF1, HOTA and MOTA over
TUD-Campus and PETS09-S2L1 with public detections, YOLOX-nano and RTMDet-nano, whose scores lie in
[0.5, 1] or start at 0.3. Images come at a fixed rate: stamps are not looked at.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from alphapose_ros.structures import Poses
from alphapose_ros.structures import Tracks
from alphapose_ros.structures import TrackState

HINT = 'comparing needs trackers and supervision: pip install alphapose_ros[eval]'
# In images at 30 per second, whatever the rate is: 2 s.
LOST_TRACK_BUFFER = 60


class ByteTrackBaseline:
    """
    ByteTrack (Zhang et al. 2022).

    :param fps: images per second.
    :raises ImportError: if a library is missing; says how to install it.
    """

    def __init__(self, fps: float) -> None:
        self._tracker = _make(
            'ByteTrackTracker',
            frame_rate=fps,
            track_activation_threshold=0.55,
            high_conf_det_threshold=0.5,
            minimum_iou_threshold=0.05,
        )

    def update(self, poses: Poses, stamp_ns: int) -> Tracks:
        """Take the people of the next image; ages are not known: 0."""
        return _update(self._tracker, poses)


class SortBaseline:
    """SORT (Bewley et al. 2016); parameters and errors as in `ByteTrackBaseline`."""

    def __init__(self, fps: float) -> None:
        self._tracker = _make(
            'SORTTracker',
            frame_rate=fps,
            track_activation_threshold=0.6,
            minimum_iou_threshold=0.1,
        )

    def update(self, poses: Poses, stamp_ns: int) -> Tracks:
        """Take the people of the next image; ages are not known: 0."""
        return _update(self._tracker, poses)


def _make(class_name: str, **settings: float) -> Any:
    """Return a tracker of the package `trackers`."""
    try:
        import trackers
        from trackers.utils.state_representations import XCYCSRStateEstimator
    except ImportError as err:
        raise ImportError(HINT) from err
    return getattr(trackers, class_name)(
        lost_track_buffer=LOST_TRACK_BUFFER,
        minimum_consecutive_frames=2,
        state_estimator_class=XCYCSRStateEstimator,
        **settings,
    )


def _update(tracker: Any, poses: Poses) -> Tracks:
    """Return each of the people once, TRACKED or untracked, sorted by id, untracked last."""
    from supervision import Detections

    n = len(poses)
    given = Detections(poses.boxes, confidence=poses.box_scores)
    given.data['row'] = np.arange(n)  # they change the order
    found = tracker.update(given)
    track_ids = np.full(n, -1, np.int32)
    if len(found):
        track_ids[found.data['row']] = found.tracker_id
    is_tracked = track_ids >= 0
    track_ids[is_tracked] += 1  # theirs start at 0
    states = np.where(is_tracked, TrackState.TRACKED, TrackState.UNTRACKED).astype(np.uint8)
    tracks = Tracks(poses, track_ids, states, np.zeros(n, np.uint32))
    return tracks[np.argsort(track_ids.astype(np.uint32), kind='stable')]  # -1 last
