# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the parts of a report about results without labels."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.evaluation.figures_people import NOBODY
from alphapose_ros.evaluation.report import RunFacts
from alphapose_ros.evaluation.report_people import make_timeline
from alphapose_ros.evaluation.report_people import people_numbers
from alphapose_ros.evaluation.report_people import people_report
from alphapose_ros.evaluation.report_people import people_sections
from alphapose_ros.evaluation.report_pictures import no_images
from alphapose_ros.io.bag_stamps import TopicTimes
from alphapose_ros.io.keypoint_results import KeypointResults
from alphapose_ros.io.message_types import POSES_TYPE
from alphapose_ros.structures import Tracks
from alphapose_ros.structures import TrackState

pytest.importorskip('matplotlib')
Make = Callable[..., Any]


@pytest.fixture
def results(make_tracks: Make, people: np.ndarray) -> KeypointResults:
    """Return ids 3 and 5, then 5 alone and hidden, then nobody, at 0, 1 and 2 s."""
    hidden = make_tracks(people[:1], [5])
    hidden = replace(hidden, states=np.full(1, TrackState.PREDICTED, np.uint8))
    images = (make_tracks(people[:2], [3, 5]), hidden, Tracks.empty(17))
    return KeypointResults(
        get_skeleton('coco_17'), images, stamps_ns=(10**9, 2 * 10**9, 3 * 10**9)
    )


def test_identities_are_rows_and_hidden_people_nobody(results: KeypointResults) -> None:
    timeline = make_timeline(results)
    assert timeline.names == ('3', '5')
    assert timeline.rows.tolist() == [0, 1, 1]
    assert timeline.times.tolist() == [0, 0, 1]
    assert timeline.ids.tolist() == [3, 5, NOBODY]
    assert (timeline.unit, timeline.step) == ('seconds', 1)


def test_numbers_count_who_is_seen(results: KeypointResults) -> None:
    assert people_numbers(results) == pytest.approx(
        {
            'images': 3,
            'people': 2,
            'people_per_image': 2 / 3,
            'max_people': 2,
            'joint_score': 1,
            'identities': 2,
            'duration_s': 2,
            'track_s': 0.5,
        }
    )


def test_without_stamps_images_are_counted(results: KeypointResults) -> None:
    results = replace(results, stamps_ns=())
    assert make_timeline(results).unit == 'image'
    assert 'duration_s' not in people_numbers(results)


@pytest.mark.parametrize('count', [0, 1], ids=['no-image', 'one-image'])
def test_nobody_can_be_reported(count: int) -> None:
    images = (Tracks.empty(17),) * count
    results = KeypointResults(get_skeleton('coco_17'), images, stamps_ns=(5,) * count)
    assert people_numbers(results)['people'] == 0
    sections = people_sections([results], no_images)
    assert [len(section.figures) for section in sections] == [2] * count


def test_a_figure_for_each_run(results: KeypointResults) -> None:
    (section,) = people_sections([results, results], no_images)
    names = [figure.name for figure in section.figures]
    assert names == ['identities_a', 'people', 'joint_scores', 'identities_b']


def test_examples_are_spread_over_time(results: KeypointResults) -> None:
    image = np.zeros((20, 30, 3), np.uint8)
    *_, examples = people_sections([results], lambda wanted: {i: image for i in wanted})
    assert [p.caption for p in examples.pictures] == [
        '0.0 s, people: 2',
        '1.0 s, people: 0',
        '2.0 s, people: 0',
    ]


@pytest.mark.parametrize(('latency_ms', 'is_live'), [(0, False), (30, True)], ids=['not', 'live'])
def test_latency_is_shown_of_what_was_recorded_live(
    results: KeypointResults, latency_ms: int, is_live: bool
) -> None:
    stamps_ns = np.array(results.stamps_ns)
    times = TopicTimes(POSES_TYPE, stamps_ns, stamps_ns + latency_ms * 10**6)
    report = people_report(
        (RunFacts('a', {}),), [results], [people_numbers(results)], no_images, [{'/tracks': times}]
    )
    assert ('Latency' in [section.title for section in report.sections]) == is_live
    assert ('/tracks.p50_ms' in report.numbers[0]) == is_live
