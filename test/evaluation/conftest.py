# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Labelled and found people for the tests of their comparison."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.io.json_arrays import poses_without_boxes
from alphapose_ros.io.keypoint_results import KeypointResults
from alphapose_ros.io.keypoint_truth import KeypointTruth
from alphapose_ros.structures import Poses
from alphapose_ros.structures import Tracks
from alphapose_ros.structures import TrackState


@pytest.fixture
def make_truth() -> Callable[..., KeypointTruth]:
    """Return what labels (P, K, 2) joints, all visible; one person per image unless told."""

    def make(
        keypoints: np.ndarray,
        *,
        images: Sequence[int] | None = None,
        file_names: Sequence[str] = (),
        keypoint_set: str = 'coco_17',
    ) -> KeypointTruth:
        keypoints = np.asarray(keypoints, np.float32)
        owners = np.array(range(len(keypoints)) if images is None else images, np.int64)
        n = max(len(file_names), int(owners.max(initial=-1)) + 1)
        boxes = np.concatenate([keypoints.min(axis=1), keypoints.max(axis=1)], axis=1)
        return KeypointTruth(
            skeleton=get_skeleton(keypoint_set),
            image_ids=np.arange(10, 10 + n),
            file_names=tuple(file_names) or tuple(f'{i}.jpg' for i in range(n)),
            stamps_ns=np.full(n, -1),
            has_labels=np.ones(n, bool),
            images=owners,
            keypoints=keypoints,
            is_labelled=np.ones(keypoints.shape[:2], bool),
            boxes=boxes,
            areas=np.prod(boxes[:, 2:] - boxes[:, :2], axis=1),
            is_crowd=np.zeros(len(keypoints), bool),
            head_sizes=np.full(len(keypoints), np.nan, np.float32),
            track_ids=np.arange(len(keypoints)),
        )

    return make


@pytest.fixture
def make_tracks() -> Callable[..., Tracks]:
    """Return what makes TRACKED people of (N, K, 2) joints, with ids 0, 1, ... unless told."""

    def make(keypoints: np.ndarray, ids: Sequence[int] | None = None) -> Tracks:
        keypoints = np.asarray(keypoints, np.float32)
        n = len(keypoints)
        scores = np.ones(n, np.float32)
        poses: Poses = poses_without_boxes(keypoints, np.ones(keypoints.shape[:2], 'f4'), scores)
        return Tracks(
            poses=poses,
            track_ids=np.array(range(n) if ids is None else ids, np.int32),
            states=np.full(n, TrackState.TRACKED, np.uint8),
            ages=np.zeros(n, np.uint32),
        )

    return make


@pytest.fixture
def make_results(make_tracks: Callable[..., Tracks]) -> Callable[..., KeypointResults]:
    """Return what makes results of one (N, K, 2) per image; by id from 10 unless told."""

    def make(
        *images: np.ndarray, keypoint_set: str = 'coco_17', **names: Sequence[object]
    ) -> KeypointResults:
        names = names or {'image_ids': tuple(range(10, 10 + len(images)))}
        people = tuple(make_tracks(image) for image in images)
        return KeypointResults(get_skeleton(keypoint_set), people, **names)

    return make


@pytest.fixture
def axes() -> Any:
    """Return empty axes to draw into."""
    figure = pytest.importorskip('matplotlib.figure')
    return figure.Figure().subplots()


@pytest.fixture
def people() -> np.ndarray:
    """Return (3, 17, 2) joints of people who stand apart, 100 wide and 200 high."""
    rng = np.random.default_rng(0)
    joints = rng.uniform(0, (100, 200), (3, 17, 2))
    joints[:, 0], joints[:, 1] = (0, 0), (100, 200)
    return joints + np.array([0, 500, 1000])[:, None, None]
