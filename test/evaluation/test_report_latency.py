# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the part of a report about latency."""

import numpy as np
import pytest

from alphapose_ros.evaluation.latency import evaluate_latency
from alphapose_ros.evaluation.report import RunFacts
from alphapose_ros.evaluation.report_latency import latency_report
from alphapose_ros.evaluation.report_latency import main_topics
from alphapose_ros.evaluation.summary import latency_numbers
from alphapose_ros.io.bag_stamps import TopicTimes
from alphapose_ros.io.message_types import BOXES_TYPE
from alphapose_ros.io.message_types import POSES_TYPE

pytest.importorskip('matplotlib')


def make_topics(latency_ms: int, **types: str) -> dict[str, TopicTimes]:
    stamps_ns = 10**12 + np.arange(5) * 10**8
    log_times_ns = stamps_ns + latency_ms * 10**6
    return {
        f'/{name}': TopicTimes(type_, stamps_ns, log_times_ns) for name, type_ in types.items()
    }


@pytest.mark.parametrize(
    ('types', 'topics'),
    [
        ({'detections': BOXES_TYPE}, ['/detections']),
        ({'detections': BOXES_TYPE, 'poses': POSES_TYPE}, ['/poses']),
        ({'poses': POSES_TYPE, 'tracks': POSES_TYPE}, ['/tracks']),
    ],
    ids=['boxes', 'poses', 'tracks'],
)
def test_what_matters_most_is_shown(types: dict[str, str], topics: list[str]) -> None:
    assert main_topics(make_topics(20, **types)) == topics


def test_both_bags_are_in_the_report() -> None:
    runs = [make_topics(ms, tracks=POSES_TYPE, poses=POSES_TYPE) for ms in (20, 50)]
    numbers = [latency_numbers(evaluate_latency(topics)) for topics in runs]
    facts = (RunFacts('a', {}), RunFacts('b', {}))
    report = latency_report(facts, runs, numbers, [['x'], []])
    (section,) = report.sections
    assert report.cards[0] == ('median, ms', '/tracks.p50_ms')
    assert report.notes == ('A: x',)
    assert [figure.name for figure in section.figures] == [
        'latency_over_time',
        'latency_histogram',
    ]
    assert [label for label, _ in section.tables[0].rows] == ['/tracks', '/poses']


def test_a_bag_that_was_not_recorded_live_has_no_figures() -> None:
    topics = make_topics(0, tracks=POSES_TYPE)
    numbers = latency_numbers(evaluate_latency(topics))
    report = latency_report((RunFacts('a', {}),), [topics], [numbers], [[]])
    assert report.sections[0].figures == ()
