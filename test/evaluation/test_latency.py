# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of latency, by hand."""

import numpy as np
import pytest

from alphapose_ros.evaluation.latency import evaluate_latency
from alphapose_ros.evaluation.latency import name_clock_trouble
from alphapose_ros.io.bag_stamps import IMAGE_TYPES
from alphapose_ros.io.bag_stamps import TopicTimes
from alphapose_ros.io.message_types import POSES_TYPE

IMAGE = IMAGE_TYPES[0]
START_MS = 5_000


def times(stamps_ms: list[float], latencies_ms: object, type_name: str = POSES_TYPE) -> TopicTimes:
    stamps_ns = ((START_MS + np.array(stamps_ms)) * 1e6).astype(np.int64)
    late_ns = np.broadcast_to(np.asarray(latencies_ms) * 1e6, stamps_ns.shape)
    return TopicTimes(type_name, stamps_ns, stamps_ns + late_ns.astype(np.int64))


def test_latency_is_the_time_of_recording_minus_the_stamp() -> None:
    scores = evaluate_latency({'/tracks': times([*range(0, 1010, 10)], np.arange(101))})
    tracks = scores['/tracks']
    assert tracks.count == 101
    assert (tracks.p50_ms, tracks.p95_ms, tracks.p99_ms, tracks.max_ms) == (50, 95, 99, 100)


def test_rate_and_jitter_are_those_of_the_recording() -> None:
    tracks = evaluate_latency({'/tracks': times([0, 100, 200, 300], [0, 20, 0, 20])})['/tracks']
    assert tracks.rate_hz == pytest.approx(3 / 0.320)
    assert tracks.jitter_ms == pytest.approx(np.std([120, 80, 120]))


def test_a_single_message_has_a_latency_but_no_rate() -> None:
    tracks = evaluate_latency({'/tracks': times([0], 7)})['/tracks']
    assert (tracks.p99_ms, tracks.num_dropped) == (7, 0)
    assert np.isnan([tracks.rate_hz, tracks.jitter_ms]).all()


def test_dropped_are_images_without_tracks() -> None:
    topics = {
        '/cam/image': times([0, 40, 80, 120, 160], 1, IMAGE),
        '/cam/overlay': times([0, 120], 9, IMAGE),
        '/other/image': times([7, 47, 87, 127, 167, 207], 1, IMAGE),
        '/cam/tracks': times([0, 120, 160], 30),
    }
    tracks = evaluate_latency(topics)['/cam/tracks']
    assert (tracks.image_topic, tracks.num_dropped) == ('/cam/image', 2)


def test_without_images_dropped_are_the_gaps_of_the_stamps() -> None:
    tracks = evaluate_latency({'/tracks': times([0, 40, 80, 200, 205, 245], 30)})['/tracks']
    assert (tracks.image_topic, tracks.num_dropped) == ('', 2)


def test_every_second_with_messages_has_its_row() -> None:
    topics = {
        '/image': times([0], 0, IMAGE),
        '/tracks': times([100, 900, 3500], [10, 30, 5]),
    }
    tracks = evaluate_latency(topics)['/tracks']
    assert tracks.seconds.tolist() == [0, 3]
    assert tracks.counts.tolist() == [2, 1]
    assert tracks.p50s_ms.tolist() == [20, 5]
    assert tracks.maxima_ms.tolist() == [30, 5]


def test_the_order_of_a_bag_does_not_matter() -> None:
    both = times([0, 40, 80, 1200], [30, 31, 90, 33])
    order = [2, 0, 3, 1]
    mixed = TopicTimes(POSES_TYPE, both.stamps_ns[order], both.log_times_ns[order])
    for name, value in vars(evaluate_latency({'/t': both})['/t']).items():
        np.testing.assert_array_equal(vars(evaluate_latency({'/t': mixed})['/t'])[name], value)


@pytest.mark.parametrize(
    ('tracks', 'trouble'),
    [
        (times([0, 40], 30), ''),
        (
            times([0, 40, 80], [30, -2.5, -1]),
            '/t: 2 of 3 messages were recorded before their stamp, by up to 2.5 ms',
        ),
        (times([0, 40], 0), '/t: recorded at the times of the stamps, so not live'),
        (times([0, 40], 9e7), '/t: stamps are 90000 s older than the recording'),
        (times([0, 40, 20], 30), '/t: stamps step back 1 times'),
    ],
    ids=['none', 'early', 'offline', 'old', 'back'],
)
def test_trouble_with_clocks_is_named(tracks: TopicTimes, trouble: str) -> None:
    lines = name_clock_trouble({'/t': tracks})
    assert len(lines) == bool(trouble)
    assert ''.join(lines).startswith(trouble)
