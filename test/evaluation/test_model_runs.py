# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of networks over labelled images."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alphapose_ros.evaluation.model_runs import run_over_images
from alphapose_ros.io.video import VideoError
from alphapose_ros.io.video import write_image
from alphapose_ros.structures import Detections
from alphapose_ros.structures import Poses

Make = Callable[..., Any]


class BoxesAsPoses:
    """A pose network that gives back the boxes, and the value of the image's first pixel."""

    def estimate(self, image: np.ndarray, detections: Detections) -> Poses:
        n = len(detections)
        return replace(
            Poses.empty(17),
            boxes=detections.boxes,
            box_scores=detections.scores,
            keypoints=np.full((n, 17, 2), image[0, 0, 0], np.float32),
            keypoint_scores=np.ones((n, 17), np.float32),
            scores=detections.scores,
            embeddings=np.zeros((n, 0), np.float32),
        )


def add_images(folder: Path, count: int) -> Path:
    for i in range(count):
        write_image(folder / f'{i}.png', np.full((8, 8, 3), i, np.uint8))
    return folder


def test_true_boxes_of_labelled_people_go_to_their_image(
    tmp_path: Path, make_truth: Make, people: np.ndarray
) -> None:
    truth = make_truth(people, images=[2, 0, 2], file_names=['0.png', 'far/1.png', '2.png'])
    truth = replace(truth, is_crowd=np.array([False, False, True]))
    runs = dict(run_over_images(BoxesAsPoses(), None, truth, add_images(tmp_path, 3)))
    assert [len(runs[i]) for i in (10, 11, 12)] == [1, 0, 1]
    np.testing.assert_array_equal(runs[12].boxes, truth.boxes[:1])
    assert (runs[12].keypoints == 2).all()


def test_a_missing_image_is_named(tmp_path: Path, make_truth: Make, people: np.ndarray) -> None:
    truth = make_truth(people[:1], file_names=['0.png'])
    with pytest.raises(VideoError, match=r'0\.png'):
        list(run_over_images(BoxesAsPoses(), None, truth, tmp_path))
