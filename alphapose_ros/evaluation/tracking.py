# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
How good and how fast a tracker is, by the measures that papers report.

The measures are those of motmetrics and trackeval, so that numbers can be compared with others'.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
import time
from typing import Any
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from alphapose_ros.core.boxes import box_iou
from alphapose_ros.io.mot import MotRows
from alphapose_ros.structures import FloatArray
from alphapose_ros.structures import Poses
from alphapose_ros.structures import Tracks
from alphapose_ros.structures import TrackState

# A pair of boxes that overlap less is no pair, except for HOTA, which takes the mean over many.
MIN_IOU = 0.5
HINT = 'pip install alphapose_ros[eval]'


class AnyTracker(Protocol):
    """What can be compared."""

    def update(self, poses: Poses, stamp_ns: int) -> Tracks:
        """Take the people of the next image and return them with identities."""


@dataclass(frozen=True)
class TrackingScores:
    """
    Measures of a sequence; 1 is perfect unless said otherwise.

    :param idf1: share of people who have the one id that fits them best (Ristani et al. 2016).
    :param hota: geometric mean of `deta` and `assa` (Luiten et al. 2021).
    :param deta: detection accuracy: how many are found, and nothing else.
    :param assa: association accuracy: how well ids fit those who are found.
    :param mota: 1 - (misses + false positives + switches) / people (Bernardin et al. 2008).
    :param motp: mean of 1 - IoU of the pairs; 0 is perfect, NaN without pairs.
    :param precision: share of given boxes that are people; NaN if none is given.
    :param recall: share of people that are found.
    :param id_switches: how often somebody's id changes.
    :param fragmentations: how often somebody is lost and found again.
    """

    idf1: float
    hota: float
    deta: float
    assa: float
    mota: float
    motp: float
    precision: float
    recall: float
    id_switches: int
    fragmentations: int


@dataclass(frozen=True, eq=False)
class TrackedSequence:
    """
    What a tracker made of a sequence.

    :param rows: people given out as TRACKED.
    :param update_ms: median time of an update, in milliseconds.
    """

    rows: MotRows
    update_ms: float


def track_sequence(
    tracker: AnyTracker, people: Sequence[Poses], stamps_ns: Sequence[int]
) -> TrackedSequence:
    """
    Run a tracker over a sequence.

    :param people: of every image.
    :param stamps_ns: when each was taken.
    :raises ValueError: if there is not one stamp per image.
    """
    if len(people) != len(stamps_ns) or not len(people):
        raise ValueError(
            f'people and stamps_ns must be as many, at least 1, got {len(people)} and '
            f'{len(stamps_ns)}'
        )
    seen: list[Tracks] = []
    times_ms = []
    for poses, stamp_ns in zip(people, stamps_ns, strict=True):
        start_s = time.perf_counter()
        tracks = tracker.update(poses, stamp_ns)
        times_ms.append((time.perf_counter() - start_s) * 1e3)
        seen.append(tracks[tracks.states == TrackState.TRACKED])
    rows = MotRows(
        frames=np.repeat(np.arange(1, len(seen) + 1), [len(tracks) for tracks in seen]),
        ids=np.concatenate([tracks.track_ids for tracks in seen]).astype(np.int64),
        boxes=np.concatenate([tracks.poses.boxes for tracks in seen]),
        scores=np.concatenate([tracks.poses.box_scores for tracks in seen]),
    )
    return TrackedSequence(rows, float(np.median(times_ms)))


def evaluate_tracking(truth: MotRows, found: MotRows) -> TrackingScores:
    """
    Compare the result of a tracker with what is true.

    :param truth: everybody, in every image.
    :param found: what the tracker gave.
    :raises ValueError: if truth is empty, or an id is twice in an image.
    :raises ImportError: if a library is missing; says how to install it.
    """
    if not len(truth):
        raise ValueError('truth must have rows, got none')
    for name, rows in (('truth', truth), ('found', found)):
        if np.unique(np.stack([rows.frames, rows.ids]), axis=1).shape[1] != len(rows):
            raise ValueError(f'{name} must have an id at most once in an image')
    return TrackingScores(**_clear_and_identity(truth, found), **_hota(truth, found))


def match_people(
    truth: MotRows, found: MotRows
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """
    Return who is taken for whom, as it is counted for MOTA.

    :return: number of the image, true and found id of every row of the truth; -1 where missed.
    :raises ImportError: if a library is missing; says how to install it.
    """
    events = _accumulate(truth, found).mot_events.reset_index()
    events = events[events.Type.isin(['MATCH', 'SWITCH', 'MISS'])]
    columns = (events[name].fillna(-1).to_numpy(np.int64) for name in ('FrameId', 'OId', 'HId'))
    frames, true_ids, found_ids = columns
    return frames, true_ids, found_ids


def _motmetrics() -> Any:
    try:
        import motmetrics
    except ImportError as err:
        raise ImportError(f'comparing needs motmetrics: {HINT}') from err
    return motmetrics


def _accumulate(truth: MotRows, found: MotRows) -> Any:
    accumulator = _motmetrics().MOTAccumulator()
    for frame, true_ids, found_ids, iou in _frames(truth, found):
        distances = np.where(iou >= MIN_IOU, 1 - iou, np.nan)
        accumulator.update(true_ids, found_ids, distances, frameid=frame)
    return accumulator


def _clear_and_identity(truth: MotRows, found: MotRows) -> dict[str, Any]:
    shares = ('idf1', 'mota', 'motp', 'precision', 'recall')
    counts = ('num_switches', 'num_fragmentations')
    values = (
        _motmetrics()
        .metrics.create()
        .compute(_accumulate(truth, found), [*shares, *counts], return_dataframe=False)
    )
    return {
        **{name: float(values[name]) for name in shares},
        'id_switches': int(values['num_switches']),
        'fragmentations': int(values['num_fragmentations']),
    }


def _hota(truth: MotRows, found: MotRows) -> dict[str, Any]:
    try:
        from trackeval.metrics import HOTA
    except ImportError as err:
        raise ImportError(f'comparing needs trackeval: {HINT}') from err
    truth, found = _with_counted_ids(truth), _with_counted_ids(found)
    _, true_ids, found_ids, similarities = zip(*_frames(truth, found), strict=True)
    results = HOTA().eval_sequence(
        {
            'num_gt_dets': len(truth),
            'num_tracker_dets': len(found),
            'num_gt_ids': len(np.unique(truth.ids)),
            'num_tracker_ids': len(np.unique(found.ids)),
            'gt_ids': true_ids,
            'tracker_ids': found_ids,
            'similarity_scores': similarities,
        }
    )
    return {name.lower(): float(results[name].mean()) for name in ('HOTA', 'DetA', 'AssA')}


def _with_counted_ids(rows: MotRows) -> MotRows:
    """Return the rows with ids 0, 1, 2 ..."""
    return replace(rows, ids=np.unique(rows.ids, return_inverse=True)[1].astype(np.int64))


def _frames(
    truth: MotRows, found: MotRows
) -> Iterator[tuple[int, NDArray[np.int64], NDArray[np.int64], FloatArray]]:
    """Give number, ids of both and (true, found) IoU of every image with somebody."""
    for frame in np.union1d(truth.frames, found.frames):
        true, given = truth[truth.frames == frame], found[found.frames == frame]
        yield int(frame), true.ids, given.ids, box_iou(true.boxes, given.boxes)
