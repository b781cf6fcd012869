# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Who is seen when, drawn. M sightings, R rows, I images."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alphapose_ros.evaluation.figures import add_legend
from alphapose_ros.evaluation.figures import INK
from alphapose_ros.evaluation.figures import plain
from alphapose_ros.evaluation.figures import RUNS
from alphapose_ros.evaluation.figures import SERIES
from alphapose_ros.evaluation.figures import SOFT
from alphapose_ros.evaluation.figures import WIDTH_PX

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
# Of more identities those seen longest are shown.
MAX_ROWS = 40
NOBODY = -1


@dataclass(frozen=True, eq=False)
class Timeline:
    """
    Identities over time.

    :param names: of the R rows.
    :param rows: (M,) int64, who it is.
    :param times: (M,) when, in `unit`.
    :param ids: (M,) int64, whom the tracker took it for; NOBODY if missed or hidden.
    :param unit: of times.
    :param step: from one image to the next.
    """

    names: tuple[str, ...]
    rows: IntArray
    times: FloatArray
    ids: IntArray
    unit: str
    step: float

    def sorted(self) -> Timeline:
        """Return the sightings row by row, in the order of time."""
        order = np.lexsort((self.times, self.rows))
        return replace(self, rows=self.rows[order], times=self.times[order], ids=self.ids[order])

    def longest(self, count: int) -> Timeline:
        """Return the rows with most sightings, in their order."""
        totals = np.bincount(self.rows[self.ids != NOBODY], minlength=len(self.names))
        kept = np.sort(np.argsort(-totals, kind='stable')[:count])
        is_kept = np.isin(self.rows, kept)
        return replace(
            self,
            names=tuple(self.names[row] for row in kept),
            rows=np.searchsorted(kept, self.rows[is_kept]),
            times=self.times[is_kept],
            ids=self.ids[is_kept],
        )


def find_switches(timeline: Timeline) -> NDArray[np.bool_]:
    """Return (M,) of a sorted timeline: it has another id than the row had when last seen."""
    seen = np.flatnonzero(timeline.ids != NOBODY)
    rows, ids = timeline.rows[seen], timeline.ids[seen]
    is_switch = np.zeros(len(timeline.rows), bool)
    is_switch[seen[1:]] = (rows[1:] == rows[:-1]) & (ids[1:] != ids[:-1])
    return is_switch


def draw_timeline(axes: Any, timeline: Timeline) -> None:
    """Draw a bar per row, coloured by id, thin where nobody was found; switches are marked."""
    shown = timeline.longest(MAX_ROWS).sorted()
    starts, ends = _segments(shown)
    seen = shown.ids[starts] != NOBODY
    for is_seen, width in ((False, 1.2), (True, 6.5)):
        chosen = starts[seen == is_seen]
        axes.hlines(
            shown.rows[chosen],
            shown.times[chosen],
            shown.times[ends[seen == is_seen]] + shown.step,
            colors=[SERIES[i % len(SERIES)] for i in shown.ids[chosen]] if is_seen else SOFT,
            linewidths=width,
            capstyle='butt',
        )
    is_switch = find_switches(shown)
    axes.scatter(
        shown.times[is_switch], shown.rows[is_switch], s=110, marker='|', color=INK, lw=2, zorder=3
    )
    axes.set_yticks(range(len(shown.names)), [plain(name) for name in shown.names], fontsize=10)
    axes.set_ylim(len(shown.names) - 0.3, -0.7)
    axes.set_xlabel(timeline.unit)
    axes.grid(axis='y', visible=False)


def timeline_height_px(timeline: Timeline) -> float:
    """Return how high the figure should be."""
    return 90 + 14 * max(min(len(timeline.names), MAX_ROWS), 4)


def draw_people(
    axes: Any,
    times: Sequence[FloatArray],
    counts: Sequence[IntArray],
    labels: Sequence[str],
    unit: str,
) -> None:
    """Draw how many people each image has, a line for each label."""
    styles = ('-', '--', ':')
    for i, (x, y) in enumerate(zip(times, counts, strict=True)):
        axes.step(
            x, y, where='post', color=SERIES[i], lw=1.6, ls=styles[i % 3], label=plain(labels[i])
        )
    axes.set(xlabel=unit, ylabel='people', ylim=(0, None))
    axes.margins(x=0)
    axes.yaxis.get_major_locator().set_params(integer=True)
    if len(labels) > 1:
        add_legend(axes, len(labels))


def draw_joint_scores(axes: Any, runs: Sequence[NDArray[np.float32]]) -> None:
    """Draw which part of the joints has which score."""
    edges = np.linspace(0, 1, 41)
    for i, scores in enumerate(runs):
        counts, _ = np.histogram(scores, edges)
        shares = 100 * counts / max(len(scores), 1)
        label = RUNS[i] if len(runs) > 1 else None
        axes.stairs(
            shares,
            edges,
            fill=i == 0,
            color=SERIES[i],
            alpha=0.75 if i == 0 else 1,
            lw=2,
            label=label,
        )
    axes.set(xlabel='score of the joint', ylabel='% of joints', xlim=(0, 1))
    if len(runs) > 1:
        add_legend(axes, 2)


def _segments(timeline: Timeline) -> tuple[IntArray, IntArray]:
    """Return indices of the first and the last sighting of every stretch with one id."""
    if not len(timeline.rows):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    shortest = np.ptp(timeline.times) / (2 * WIDTH_PX)  # that can be seen
    is_new = np.ones(len(timeline.rows), bool)
    is_new[1:] = (
        (np.diff(timeline.rows) != 0)
        | (np.diff(timeline.ids) != 0)
        | (np.diff(timeline.times) > max(1.5 * timeline.step, shortest))
    )
    starts = np.flatnonzero(is_new)
    return starts, np.append(starts[1:], len(timeline.rows)) - 1
