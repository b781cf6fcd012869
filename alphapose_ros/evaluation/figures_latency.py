# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""How late messages came, drawn: of one run, or of two in the colours of A and B."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alphapose_ros.evaluation.figures import add_legend
from alphapose_ros.evaluation.figures import INK
from alphapose_ros.evaluation.figures import RUNS
from alphapose_ros.evaluation.figures import SERIES
from alphapose_ros.io.bag_stamps import TopicTimes

# More messages are drawn in groups, with their median and their extremes.
MAX_POINTS = 240
# Styles of their lines.
_PERCENTILES = {50: '-', 95: '--', 99: ':'}


def latencies_ms(times: TopicTimes) -> NDArray[np.float64]:
    """Return (N,) time of recording minus stamp."""
    return np.asarray((times.log_times_ns - times.stamps_ns) / 1e6, np.float64)


def draw_latency_over_time(axes: Any, runs: Sequence[TopicTimes]) -> None:
    """Draw latency over the time since the first message."""
    for i, times in enumerate(runs):
        order = np.argsort(times.log_times_ns, kind='stable')
        seconds = (times.log_times_ns[order] - times.log_times_ns[order[0]]) / 1e9
        ordered_ms = latencies_ms(times)[order]
        parts = np.array_split(np.arange(len(order)), min(len(order), MAX_POINTS))
        x = [seconds[part].mean() for part in parts]
        low, high = ([f(ordered_ms[part]) for part in parts] for f in (np.min, np.max))
        axes.fill_between(x, low, high, color=SERIES[i], alpha=0.25, lw=0)
        medians = [np.median(ordered_ms[part]) for part in parts]
        label = RUNS[i] if len(runs) > 1 else None
        axes.plot(x, medians, color=SERIES[i], lw=1.4, label=label)
    axes.set(xlabel='seconds', ylabel='latency, ms', ylim=(_lowest(runs), None))
    axes.margins(x=0)
    if len(runs) > 1:
        add_legend(axes, 2)


def draw_latency_histogram(axes: Any, runs: Sequence[TopicTimes]) -> None:
    """Draw how many messages had which latency; of a single run with its percentiles."""
    together = np.concatenate([latencies_ms(times) for times in runs])
    edges = np.histogram_bin_edges(together, bins=40)
    for i, times in enumerate(runs):
        counts, _ = np.histogram(latencies_ms(times), edges)
        label = RUNS[i] if len(runs) > 1 else None
        shares = 100 * counts / len(times.stamps_ns)
        axes.stairs(
            shares,
            edges,
            fill=i == 0,
            color=SERIES[i],
            alpha=1 - 0.25 * (i == 0),
            lw=2,
            label=label,
        )
    axes.set(xlabel='latency, ms', ylabel='% of messages')
    if len(runs) == 1:
        for percent, style in _PERCENTILES.items():
            value_ms = float(np.percentile(together, percent))
            label = f'p{percent} {value_ms:.0f} ms'
            axes.axvline(value_ms, color=INK, lw=1.2, ls=style, label=label)
    add_legend(axes, 3)


def _lowest(runs: Sequence[TopicTimes]) -> float:
    """Return 0, or less if there are negative latencies."""
    return min(0.0, *(float(latencies_ms(times).min()) for times in runs))
