# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the tracker that repeats AlphaPose's results, against measured ones."""

from dataclasses import astuple
from pathlib import Path

import numpy as np
import pytest

from alphapose_ros.structures import Poses
from alphapose_ros.structures import Tracks
from alphapose_ros.structures import TrackState
from alphapose_ros.tracking import compat_kalman as kalman
from alphapose_ros.tracking.compat import assign_up_to
from alphapose_ros.tracking.compat import CompatTracker
from alphapose_ros.tracking.compat import iou_of_pixels
from alphapose_ros.tracking.compat_kalman import BoxMotion

BUFFERS = {0: 240, 1: 240, 4: 8}


def people(boxes: np.ndarray, embeddings: np.ndarray) -> Poses:
    """Return people whose only joint lies at their number."""
    n = len(boxes)
    return Poses(
        boxes=np.asarray(boxes, np.float32),
        box_scores=np.full(n, 0.5, np.float32),
        keypoints=np.arange(n, dtype=np.float32).repeat(2).reshape(n, 1, 2),
        keypoint_scores=np.ones((n, 1), np.float32),
        scores=np.full(n, 0.5, np.float32),
        embeddings=np.asarray(embeddings, np.float32),
    )


def walk(tracker: CompatTracker, *places: float | None, look: int = 0) -> list[Tracks]:
    """Return the tracks of one person who is at x, or whom somebody else stands far from."""
    embedding = np.eye(4)[[look]]
    frames = [Poses.empty(1) if x is None else person(x, embedding) for x in places]
    return [tracker.update(frame, 0) for frame in frames]


def person(x: float, embedding: np.ndarray) -> Poses:
    return people(np.array([[x, 0, x + 40, 100]]), embedding)


def ids(tracks: list[Tracks]) -> list[list[int]]:
    return [t.track_ids.tolist() for t in tracks]


def covariance(motion: BoxMotion, row: int = 0) -> np.ndarray:
    """Return the full (8, 8) matrix, values before rates."""
    value_var, cross, rate_var = motion.covariances[row].T
    return np.block([[np.diag(value_var), np.diag(cross)], [np.diag(cross), np.diag(rate_var)]])


@pytest.mark.parametrize('sequence', BUFFERS)
def test_measured_sequences_come_out_equal(shared_dir: Path, sequence: int) -> None:
    tracker = CompatTracker(track_buffer=BUFFERS[sequence])
    with np.load(shared_dir / 'fixtures' / 'tracker' / 'sequences.npz') as arrays:
        case = {
            name.split('_', 1)[1]: values
            for name, values in arrays.items()
            if name.startswith(f's{sequence}_')
        }
    for state in case['state_frame_tracked_lost_removed_nextid']:
        is_here, is_out = case['frame'] == state[0], case['out_frame'] == state[0]
        tracks = tracker.update(people(case['boxes'][is_here], case['emb_f16'][is_here]), 0)
        order = np.argsort(case['out_id'][is_out])
        np.testing.assert_array_equal(tracks.track_ids, case['out_id'][is_out][order])
        np.testing.assert_array_equal(
            tracks.poses.keypoints[:, 0, 0], case['out_det'][is_out][order]
        )
        np.testing.assert_allclose(
            tracks.poses.boxes, case['out_tlbr'][is_out][order], rtol=0, atol=1e-4
        )
        assert astuple(tracker.counts) == tuple(state[1:])


def test_the_filter_equals_the_measured_one(shared_dir: Path) -> None:
    with np.load(shared_dir / 'fixtures' / 'tracker' / 'kalman.npz') as arrays:
        case = dict(arrays)
    motion = kalman.begin(case['init_meas'][None])
    np.testing.assert_allclose(covariance(motion), case['init_cov'], rtol=1e-12)
    for i, measured in enumerate(case['meas']):
        motion = kalman.predict(motion)
        for name in ('pred', 'upd'):
            mean = np.concatenate([motion.values[0], motion.rates[0]])
            np.testing.assert_allclose(mean, case[f'{name}_mean'][i], rtol=1e-9, atol=1e-12)
            np.testing.assert_allclose(
                covariance(motion), case[f'{name}_cov'][i], rtol=1e-9, atol=1e-12
            )
            if name == 'pred':
                print(kalman.squared_mahalanobis(motion, measured[None]), case['gating'][i])
                motion = kalman.update(motion, measured[None])
