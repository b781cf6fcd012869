# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of what is drawn of joints."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.evaluation.alignment import align
from alphapose_ros.evaluation.details import pair_people
from alphapose_ros.evaluation.details import PrecisionRecall
from alphapose_ros.evaluation.figures_keypoints import draw_joint_errors
from alphapose_ros.evaluation.figures_keypoints import draw_precision_recall
from alphapose_ros.evaluation.figures_keypoints import draw_similarities
from alphapose_ros.evaluation.figures_keypoints import joint_rows
from alphapose_ros.evaluation.figures_keypoints import similarity_counts

Make = Callable[..., Any]


@pytest.fixture
def curve() -> PrecisionRecall:
    similarities = np.arange(0.5, 1, 0.05, np.float32)
    precisions = np.linspace(1, 0.1, 10, dtype='f4')[:, None] * np.array([1, 0.5, 0], np.float32)
    return PrecisionRecall(similarities, np.array([0, 0.5, 1], np.float32), precisions)


def test_curves_are_the_mean_and_those_of_two_similarities(
    axes: Any, curve: PrecisionRecall
) -> None:
    draw_precision_recall(axes, [curve])
    ends = {line.get_label(): (line.get_ydata()[0], line.get_ydata()[-1]) for line in axes.lines}
    assert ends['mean'] == pytest.approx((0.55, 0))
    assert ends['OKS .50'] == pytest.approx((1, 0))
    assert ends['OKS .75'] == pytest.approx((0.5, 0))


def test_curves_of_two_runs_are_told_by_letter_and_colour(
    axes: Any, curve: PrecisionRecall
) -> None:
    draw_precision_recall(axes, [curve, curve])
    colors = {line.get_label(): line.get_color() for line in axes.lines}
    assert len(colors) == 6
    assert colors['A mean'] == colors['A OKS .50'] != colors['B mean']


def test_bars_are_medians_in_parts_of_the_person(
    axes: Any, make_truth: Make, make_results: Make, people: np.ndarray
) -> None:
    found = people + np.array([3, 4])
    details = pair_people(align(make_truth(people), make_results(*found[:, None])))
    draw_joint_errors(axes, [details])
    widths = [bar.get_width() for bar in axes.patches]
    np.testing.assert_allclose(widths, np.full(17, 100 * 5 / (100 * 200) ** 0.5), rtol=1e-3)
    assert axes.get_yticklabels()[5].get_text() == 'left shoulder'


def test_joints_of_a_large_set_are_joined_by_group() -> None:
    rows = joint_rows(get_skeleton('coco_wholebody_133'))
    assert len(rows) == 17 + 4
    assert rows[-1][0] == 'right hand, 21 joints'
    assert sorted(joint for _, _, joints in rows for joint in joints) == list(range(133))


def test_everybody_is_in_the_histogram_once(
    axes: Any, make_truth: Make, make_results: Make, people: np.ndarray
) -> None:
    details = pair_people(align(make_truth(people), make_results(people[:1])))
    counts = similarity_counts(details)
    assert (counts[0], counts[-1], counts.sum()) == (2, 1, 3)
    draw_similarities(axes, [details, details])
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ['A', 'B']
