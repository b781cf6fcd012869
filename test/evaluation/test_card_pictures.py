# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the pictures of a model card."""

from collections.abc import Callable
from typing import Any

import numpy as np

from alphapose_ros.evaluation.card_pictures import draw_best_and_worst
from alphapose_ros.evaluation.card_pictures import draw_whole_bodies
from alphapose_ros.evaluation.report_keypoints import KeypointRun

Make = Callable[..., Any]


def test_best_and_worst_images_come_first(
    make_truth: Make, make_results: Make, people: np.ndarray
) -> None:
    joints = np.repeat(people[:1], 14, axis=0)
    found = joints + np.linspace(0, 60, 14)[:, None, None]
    run = KeypointRun.measure(make_truth(joints), make_results(*found[:, None]))
    asked = []

    def read_images(wanted: Any) -> dict[int, np.ndarray]:
        asked.append(list(wanted))
        return {i: np.zeros((48, 64, 3), np.uint8) for i in wanted}

    sheets = draw_best_and_worst(run, read_images)
    assert asked == [list(range(12)), list(range(13, 1, -1))]
    assert sheets['best'].shape == sheets['worst'].shape == (3 * 360, 4 * 480, 3)


def test_whole_bodies_are_drawn_where_they_are(make_truth: Make, make_results: Make) -> None:
    joints = np.random.default_rng(0).uniform((10, 20), (50, 60), (1, 136, 2))
    truth = make_truth(joints, keypoint_set='halpe_136')
    run = KeypointRun.measure(truth, make_results(joints, keypoint_set='halpe_136'))
    sheet = draw_whole_bodies(run, [np.zeros((80, 160, 3), np.uint8)])
    assert sheet.shape == (480, 960, 3)
    rows, columns = np.nonzero(sheet.any(axis=2))
    assert 40 < columns.min() < columns.max() < 320
    assert 90 < rows.min() < rows.max() < 380
