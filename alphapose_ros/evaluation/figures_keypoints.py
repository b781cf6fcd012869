# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
How exact joints are, drawn: of one run, or of two in the colours of A and B.

K keypoints, P people.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from alphapose_ros.evaluation.details import PersonDetails
from alphapose_ros.evaluation.details import PrecisionRecall
from alphapose_ros.evaluation.figures import add_legend
from alphapose_ros.evaluation.figures import plain
from alphapose_ros.evaluation.figures import RUNS
from alphapose_ros.evaluation.figures import SERIES
from alphapose_ros.structures import FloatArray
from alphapose_ros.structures import Skeleton

# Of a larger skeleton, fine groups are one bar each.
MANY_JOINTS = 30
_NUM_BINS = 20
# Where the bar of missed people is.
_MISSED = (-0.11, -0.06)


def draw_precision_recall(axes: Any, curves: Sequence[PrecisionRecall]) -> None:
    """Draw the mean of all similarities, 0.5 and 0.75, of each run."""
    for i, curve in enumerate(curves):
        shown = {
            'mean': (curve.precisions.mean(axis=0), '-', 2.2),
            'OKS .50': (curve.precisions[_at(curve, 0.5)], '--', 1.3),
            'OKS .75': (curve.precisions[_at(curve, 0.75)], ':', 1.6),
        }
        for label, (precisions, style, width) in shown.items():
            label = f'{RUNS[i]} {label}' if len(curves) > 1 else label
            axes.plot(curve.recalls, precisions, style, color=SERIES[i], lw=width, label=label)
    axes.set(xlim=(0, 1), ylim=(0, 1.03), xlabel='recall', ylabel='precision')
    add_legend(axes, 2 if len(curves) > 1 else 3)


def draw_joint_errors(axes: Any, runs: Sequence[PersonDetails]) -> None:
    """Draw median (bar) and 90th percentile (line) of every joint, in parts of the person."""
    rows = joint_rows(runs[0].skeleton)
    places = np.arange(len(rows)) + np.cumsum([_is_new_group(rows, i) for i in range(len(rows))])
    height = 0.8 / len(runs)
    for i, people in enumerate(runs):
        values = [_percentiles(people, joints) for _, _, joints in rows]
        medians, p90s = np.array(values).reshape(-1, 2).T
        y = places + (i - (len(runs) - 1) / 2) * height
        label = f'{RUNS[i]} ' if len(runs) > 1 else ''
        axes.barh(y, 100 * medians, 0.85 * height, color=SERIES[i], label=f'{label}median')
        axes.hlines(y, 100 * medians, 100 * p90s, color=SERIES[i], lw=1.4, label=f'{label}p90')
    axes.set_yticks(places, [plain(label) for label, _, _ in rows])
    axes.set_ylim(places[-1] + 0.7, -0.7)
    axes.set(xlabel="error, % of the person's size", xlim=(0, None))
    axes.grid(axis='y', visible=False)
    add_legend(axes, 2)


def joint_rows(skeleton: Skeleton) -> list[tuple[str, str, list[int]]]:
    """Return label, group and joints of every bar."""
    rows = []
    for group, start, end in skeleton.groups or (('body', 0, skeleton.num_keypoints),):
        if group == 'body' or skeleton.num_keypoints <= MANY_JOINTS:
            names = skeleton.keypoint_names[start:end]
            rows += [(name.replace('_', ' '), group, [start + i]) for i, name in enumerate(names)]
        else:
            label = f'{group.replace("_", " ")}, {end - start} joints'
            rows.append((label, 'fine', list(range(start, end))))
    return rows


def draw_similarities(axes: Any, runs: Sequence[PersonDetails]) -> None:
    """Draw how many people have which OKS; who was missed has a bar left of 0."""
    edges = np.concatenate([_MISSED, np.linspace(0, 1, _NUM_BINS + 1)])
    for i, people in enumerate(runs):
        missed, *counts = similarity_counts(people)
        axes.stairs(
            [missed, 0, *counts],
            edges,
            fill=i == 0,
            color=SERIES[i],
            alpha=0.75 if i == 0 else 1,
            lw=2,
            label=RUNS[i] if len(runs) > 1 else None,
        )
    ticks = [np.mean(_MISSED), 0, 0.25, 0.5, 0.75, 1]
    axes.set_xticks(ticks, ['missed', *(f'{tick:g}' for tick in ticks[1:])])
    axes.set(xlabel='OKS', ylabel='people', xlim=(_MISSED[0] - 0.03, 1.01))
    axes.yaxis.get_major_locator().set_params(integer=True)
    if len(runs) > 1:
        add_legend(axes, 2)


def similarity_counts(people: PersonDetails) -> np.ndarray:
    """Return how many people were missed, and how many have an OKS in each twentieth."""
    is_found = people.found >= 0
    counts, _ = np.histogram(people.oks[is_found], bins=_NUM_BINS, range=(0, 1))
    return np.concatenate([[(~is_found).sum()], counts])


def relative_errors(people: PersonDetails) -> FloatArray:
    """Return (P, K) errors in parts of the square root of the person's area."""
    sizes = np.sqrt(np.maximum(people.areas, 1))
    return np.asarray(people.errors / sizes[:, None], np.float32)


def _percentiles(people: PersonDetails, joints: Sequence[int]) -> tuple[float, float]:
    errors = relative_errors(people)[:, joints]
    known = errors[~np.isnan(errors)]
    if not len(known):
        return float('nan'), float('nan')
    p50, p90 = np.percentile(known, [50, 90]).tolist()
    return p50, p90


def _at(curve: PrecisionRecall, similarity: float) -> int:
    return int(np.abs(curve.similarities - similarity).argmin())


def _is_new_group(rows: Sequence[tuple[str, str, list[int]]], i: int) -> float:
    return 0.5 * (i > 0 and rows[i][1] != rows[i - 1][1])
