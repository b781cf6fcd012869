# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""People for the tests of files."""

from collections.abc import Callable

import numpy as np
import pytest

from alphapose_ros.structures import Poses
from alphapose_ros.structures import Tracks


@pytest.fixture
def make_tracks() -> Callable[[int, int], Tracks]:
    """Return what makes N people with K joints: ids -1, 0, 1, ..., the first joint missing."""

    def make(n: int, num_keypoints: int) -> Tracks:
        rng = np.random.default_rng(n)
        top_left = rng.uniform(-20, 900, (n, 2))
        keypoints = rng.uniform(1, 900, (n, num_keypoints, 2)).astype(np.float32)
        keypoint_scores = rng.uniform(0.1, 1, (n, num_keypoints)).astype(np.float32)
        keypoints[:, 0], keypoint_scores[:, 0] = np.nan, 0
        poses = Poses(
            boxes=np.hstack([top_left, top_left + rng.uniform(1, 300, (n, 2))]).astype(np.float32),
            box_scores=rng.uniform(0, 1, n).astype(np.float32),
            keypoints=keypoints,
            keypoint_scores=keypoint_scores,
            scores=rng.uniform(0, 1, n).astype(np.float32),
            embeddings=np.zeros((n, 0), np.float32),
        )
        rows = np.arange(n)
        return Tracks(
            poses, (rows - 1).astype(np.int32), (rows % 5).astype(np.uint8), rows.astype(np.uint32)
        )

    return make
