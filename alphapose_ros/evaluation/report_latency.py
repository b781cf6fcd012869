# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The part of a report about latency, of one bag or of A and B."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence

from alphapose_ros.evaluation.figures import make_figure
from alphapose_ros.evaluation.figures_latency import draw_latency_histogram
from alphapose_ros.evaluation.figures_latency import draw_latency_over_time
from alphapose_ros.evaluation.figures_latency import latencies_ms
from alphapose_ros.evaluation.report import join_notes
from alphapose_ros.evaluation.report import NumberTable
from alphapose_ros.evaluation.report import Report
from alphapose_ros.evaluation.report import RunFacts
from alphapose_ros.evaluation.report import Section
from alphapose_ros.evaluation.summary import Numbers
from alphapose_ros.io.bag_stamps import TopicTimes
from alphapose_ros.io.message_types import POSES_TYPE

Topics = Mapping[str, TopicTimes]
_CARDS = (
    ('median, ms', 'p50_ms'),
    ('95 % within, ms', 'p95_ms'),
    ('99 % within, ms', 'p99_ms'),
    ('messages per second', 'rate_hz'),
    ('messages', 'count'),
    ('dropped', 'num_dropped'),
)
_MEASURES = (
    'count', 'p50_ms', 'p95_ms', 'p99_ms', 'max_ms', 'rate_hz', 'jitter_ms', 'num_dropped',
)  # fmt: skip


def latency_report(
    described: tuple[RunFacts, ...],
    runs: Sequence[Topics],
    numbers: Sequence[Numbers],
    notes: Sequence[Sequence[str]],
) -> Report:
    """
    Return a report; its cards are of the first of `main_topics`.

    :param notes: of each bag.
    """
    topic = main_topics(runs[0])[0]
    return Report(
        title='Latency',
        facts={},
        runs=described,
        numbers=tuple(numbers),
        cards=tuple((label, f'{topic}.{measure}') for label, measure in _CARDS),
        notes=join_notes(notes),
        sections=(latency_section(runs),),
    )


def main_topics(topics: Topics) -> list[str]:
    """Return the topics of tracks, else of people, else all."""
    people = [topic for topic in topics if topics[topic].type_name == POSES_TYPE]
    tracks = [topic for topic in people if topic.endswith('tracks')]
    return tracks or people or list(topics)


def is_recorded_live(topics: Topics) -> bool:
    """Tell whether messages were recorded later than they were stamped."""
    return any(bool(latencies_ms(topics[topic]).any()) for topic in main_topics(topics))


def latency_section(runs: Sequence[Topics]) -> Section:
    """Return the part of a report, with the figures of the topic that matters most."""
    topic = main_topics(runs[0])[0]
    shown = [topics[topic] for topics in runs if topic in topics]
    figures = []
    if any(map(is_recorded_live, runs)):
        figures = [
            make_figure(
                'latency_over_time',
                f'Latency of {topic} over time',
                f'Latency of {topic} since the first message: median and range.',
                lambda axes: draw_latency_over_time(axes, shown),
            ),
            make_figure(
                'latency_histogram',
                f'Latency of {topic}',
                f'Histogram of the latency of {topic}; the table below has the percentiles.',
                lambda axes: draw_latency_histogram(axes, shown),
            ),
        ]
    rows = tuple((name, f'{name}.') for name in runs[0])
    return Section(
        'Latency',
        'From the stamp of the image to the recording of the message.',
        tables=(NumberTable('Every topic', 'topic', rows, _MEASURES),),
        figures=tuple(figures),
    )
