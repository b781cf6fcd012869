# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of what is drawn of latency."""

from typing import Any

import numpy as np
import pytest

from alphapose_ros.evaluation.figures_latency import draw_latency_histogram
from alphapose_ros.evaluation.figures_latency import draw_latency_over_time
from alphapose_ros.evaluation.figures_latency import MAX_POINTS
from alphapose_ros.io.bag_stamps import TopicTimes
from alphapose_ros.io.message_types import POSES_TYPE


def make_times(latencies_ms: np.ndarray) -> TopicTimes:
    stamps_ns = 10**12 + np.arange(len(latencies_ms)) * 10**8
    log_times_ns = stamps_ns + (latencies_ms * 1e6).astype(np.int64)
    return TopicTimes(POSES_TYPE, stamps_ns, log_times_ns)


def test_the_line_goes_through_every_message(axes: Any) -> None:
    draw_latency_over_time(axes, [make_times(np.array([20, 50, 30]))])
    (line,) = axes.lines
    np.testing.assert_allclose(line.get_xdata(), [0, 0.13, 0.21])
    np.testing.assert_allclose(line.get_ydata(), [20, 50, 30])


def test_of_many_messages_the_extremes_are_shown(axes: Any) -> None:
    latencies_ms = np.full(10 * MAX_POINTS, 20.0)
    latencies_ms[777] = 90
    draw_latency_over_time(axes, [make_times(latencies_ms)])
    assert len(axes.lines[0].get_xdata()) == MAX_POINTS
    assert axes.lines[0].get_ydata().max() == 20
    assert axes.collections[0].get_datalim(axes.transData).y1 == 90


def test_percentiles_are_marked(axes: Any) -> None:
    draw_latency_histogram(axes, [make_times(np.arange(101.0))])
    assert [line.get_xdata()[0] for line in axes.lines] == pytest.approx([50, 95, 99])
    labels = [text.get_text() for text in axes.get_legend().get_texts()]
    assert labels == ['p50 50 ms', 'p95 95 ms', 'p99 99 ms']


def test_bars_are_shares_of_the_messages_of_their_run(axes: Any) -> None:
    draw_latency_histogram(axes, [make_times(np.arange(9.0)), make_times(np.arange(200.0))])
    sums = [patch.get_data().values.sum() for patch in axes.patches]
    assert sums == pytest.approx([100, 100])
