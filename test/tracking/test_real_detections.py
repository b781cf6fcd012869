# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The tracker on public detections of real people (boxes only), compared with their true paths."""

from pathlib import Path

import numpy as np
import pytest

from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.evaluation.tracking import evaluate_tracking
from alphapose_ros.evaluation.tracking import track_sequence
from alphapose_ros.io.mot import MotRows
from alphapose_ros.io.mot import read_mot
from alphapose_ros.io.mot import read_sequence_info
from alphapose_ros.structures import Poses
from alphapose_ros.tracking.tracker import Tracker
from alphapose_ros.tracking.tracker import TrackerConfig


def poses_of(rows: MotRows) -> Poses:
    """Return people without joints."""
    n = len(rows)
    return Poses(
        boxes=rows.boxes,
        box_scores=rows.scores,
        keypoints=np.full((n, 17, 2), np.nan, np.float32),
        keypoint_scores=np.zeros((n, 17), np.float32),
        scores=rows.scores,
        embeddings=np.zeros((n, 0), np.float32),
    )


@pytest.mark.parametrize(
    ('name', 'min_idf1', 'min_hota'), [('TUD-Campus', 0.70, 0.49), ('PETS09-S2L1', 0.48, 0.34)]
)
def test_real_people_keep_their_ids(
    shared_dir: Path, name: str, min_idf1: float, min_hota: float
) -> None:
    pytest.importorskip('motmetrics')
    pytest.importorskip('trackeval')
    folder = shared_dir / 'tracking' / name
    info = read_sequence_info(folder / 'seqinfo.ini')
    found = read_mot(folder / 'det' / 'det.txt')
    tracked = track_sequence(
        Tracker(TrackerConfig(), get_skeleton('coco_17')),
        [poses_of(found[found.frames == i + 1]) for i in range(info.length)],
        [int(i / info.fps * 1e9) for i in range(info.length)],
    )
    truth = read_mot(folder / 'gt' / 'gt.txt', drop_ignored=True)
    scores = evaluate_tracking(truth, tracked.rows)
    assert scores.idf1 > min_idf1
    assert scores.hota > min_hota
