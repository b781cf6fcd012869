# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the whole method."""

from pathlib import Path

import numpy as np

from alphapose_ros.io.video import FrameSource
from alphapose_ros.params import PipelineParams
from alphapose_ros.pipeline import load_pipeline
from alphapose_ros.structures import TrackState


def test_a_walking_rectangle_keeps_its_identity(tiny_weights: Path) -> None:
    pipeline = load_pipeline(
        PipelineParams(weights_dir=str(tiny_weights), device='cpu', threads=1)
    )
    for i in range(6):
        image = np.full((480, 640, 3), 20, np.uint8)
        image[120:360, 200 + 5 * i : 300 + 5 * i] = 250
        tracks = pipeline.process(image, i * 40_000_000)
        assert tracks.track_ids.tolist() == [1]
    assert tracks.states.tolist() == [TrackState.TRACKED]
    assert pipeline.process(np.zeros((480, 640, 3), np.uint8), 10**9).states.tolist() in (
        [],
        [TrackState.PREDICTED],
    )


def test_people_get_the_vectors_of_the_re_id_network(tiny_weights: Path) -> None:
    pipeline = load_pipeline(
        PipelineParams(
            weights_dir=str(tiny_weights), device='cpu', threads=1, reid_model='osnet_x0_25_msmt17'
        )
    )
    image = np.full((480, 640, 3), 20, np.uint8)
    image[120:360, 260:360] = 250
    poses = pipeline.process(image, 0).poses
    assert pipeline.reid is not None
    np.testing.assert_array_equal(poses.embeddings, pipeline.reid.embed(image, poses.boxes))
    assert len(poses) == 1


def test_the_near_walker_of_a_real_clip_keeps_her_identity(shared_dir: Path) -> None:
    pipeline = load_pipeline(PipelineParams(weights_dir=str(shared_dir / 'weights'), device='cpu'))
    frames = FrameSource(str(shared_dir / 'media/video/openpose_video.avi'))
    nearest = []
    for i in range(60):
        image = frames.read()
        assert image is not None
        tracks = pipeline.process(image, i * 40_000_000)
        heights = tracks.poses.boxes[:, 3] - tracks.poses.boxes[:, 1]
        nearest.append(int(tracks.track_ids[heights.argmax()]))
    assert len(set(nearest[3:])) == 1
