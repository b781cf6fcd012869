# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of what is drawn of people over time."""

from typing import Any

import numpy as np
import pytest

from alphapose_ros.evaluation.figures_people import draw_joint_scores
from alphapose_ros.evaluation.figures_people import draw_people
from alphapose_ros.evaluation.figures_people import draw_timeline
from alphapose_ros.evaluation.figures_people import find_switches
from alphapose_ros.evaluation.figures_people import MAX_ROWS
from alphapose_ros.evaluation.figures_people import NOBODY
from alphapose_ros.evaluation.figures_people import Timeline


def make_timeline(*rows: list[int | None]) -> Timeline:
    """Return rows of ids at times 0, 1 ...; None is no sighting."""
    sightings = [
        (row, time, i)
        for row, ids in enumerate(rows)
        for time, i in enumerate(ids)
        if i is not None
    ]
    columns = np.array(sightings, np.int64).reshape(-1, 3).T
    names = tuple(f'p{i}' for i in range(len(rows)))
    return Timeline(names, columns[0], columns[1].astype(float), columns[2], 'image', 1.0)


def bars_of(axes: Any) -> list[list[tuple[float, float, float]]]:
    """Return start, end and row of the thin and of the thick bars."""
    return [
        [(s[0][0], s[1][0], s[0][1]) for s in lines.get_segments()]
        for lines in axes.collections[:2]
    ]


def test_a_bar_ends_where_the_id_changes_or_nobody_is_seen(axes: Any) -> None:
    draw_timeline(axes, make_timeline([4, 4, 7, None, 7], [NOBODY, 5, 5, 5, 5]))
    thin, thick = bars_of(axes)
    assert thin == [(0, 1, 1)]
    assert thick == [(0, 2, 0), (2, 3, 0), (4, 5, 0), (1, 5, 1)]


@pytest.mark.parametrize(
    ('ids', 'switches'),
    [
        ([1, 1, 1], []),
        ([1, 2, 2], [1]),
        ([1, NOBODY, 1], []),
        ([1, NOBODY, 2], [2]),
        ([1, None, 2, 1], [1, 2]),
        ([NOBODY, 1], []),
    ],
    ids=['none', 'one', 'hidden', 'after-hidden', 'back', 'born'],
)
def test_a_switch_is_another_id_than_the_last_one(
    ids: list[int | None], switches: list[int]
) -> None:
    timeline = make_timeline(ids, [9] * len(ids)).sorted()
    assert np.flatnonzero(find_switches(timeline)).tolist() == switches


def test_switches_are_marked(axes: Any) -> None:
    draw_timeline(axes, make_timeline([1, 2], [3, 3]))
    assert axes.collections[2].get_offsets().tolist() == [[1, 0]]


def test_of_many_identities_the_longest_are_shown(axes: Any) -> None:
    rows: list[list[int | None]] = [[i, i] for i in range(MAX_ROWS)]
    draw_timeline(axes, make_timeline([99], *rows))
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert labels == [f'p{i}' for i in range(1, MAX_ROWS + 1)]


def test_a_timeline_of_nobody_can_be_drawn(axes: Any) -> None:
    draw_timeline(axes, make_timeline())
    assert bars_of(axes) == [[], []]


def test_people_are_counted_by_label(axes: Any) -> None:
    times = np.arange(3.0)
    draw_people(axes, [times, times], [np.array([1, 2, 0]), np.array([1, 1, 1])], 'AB', 'seconds')
    assert [line.get_ydata().tolist() for line in axes.lines] == [[1, 2, 0], [1, 1, 1]]


def test_scores_of_joints_are_shares(axes: Any) -> None:
    draw_joint_scores(axes, [np.array([0.1, 0.1, 0.9], np.float32), np.zeros(0, np.float32)])
    sums = [patch.get_data().values.sum() for patch in axes.patches]
    assert sums == pytest.approx([100, 0])
