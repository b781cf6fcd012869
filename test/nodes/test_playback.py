# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the pace of a bag, on a clock that is set by hand."""

from alphapose_ros.io.bag_message import BagMessage
from alphapose_ros.nodes.playback import MAX_GAP_S
from alphapose_ros.nodes.playback import Playback


def make(*times_s: float, rate: float = 1.0, loop: bool = False) -> Playback:
    messages = [BagMessage('/a', 'a/msg/A', round(t * 1e9), b'') for t in times_s]
    return Playback(lambda: iter(messages), rate=rate, loop=loop)


def taken(playback: Playback, now_s: float) -> list[float]:
    """Return the times of all messages that are due."""
    times_s = []
    while len(times_s) < 10 and (message := playback.take(now_s)) is not None:
        times_s.append(message.log_time_ns / 1e9)
    return times_s


def test_messages_come_at_their_distances_from_the_first_one() -> None:
    playback = make(100, 100.5, 101)
    assert taken(playback, 7.0) == [100]
    assert taken(playback, 7.4) == []
    assert taken(playback, 7.6) == [100.5]
    assert not playback.is_over
    assert taken(playback, 9.0) == [101]
    assert playback.is_over


def test_rate_two_takes_half_the_time() -> None:
    playback = make(0, 1, 2, rate=2.0)
    assert taken(playback, 0.0) == [0]
    assert taken(playback, 0.6) == [1]
    assert taken(playback, 1.1) == [2]


def test_rate_zero_hands_out_at_once() -> None:
    assert taken(make(0, 100, 200, rate=0.0), 5.0) == [0, 100, 200]


def test_a_loop_begins_anew_at_once() -> None:
    playback = make(50, 51, loop=True)
    assert taken(playback, 0.0) == [50]
    assert taken(playback, 1.0) == [51, 50]
    assert taken(playback, 2.0) == [51, 50]
    assert not playback.is_over


def test_a_gap_that_nobody_can_mean_is_skipped_both_ways() -> None:
    far_s = 10 * MAX_GAP_S
    playback = make(0, far_s, 1, 1.5)
    assert taken(playback, 0.0) == [0, far_s, 1]
    assert taken(playback, 0.5) == [1.5]


def test_after_a_pause_messages_do_not_come_in_a_heap() -> None:
    playback = make(0, 1, 2)
    assert taken(playback, 0.0) == [0]
    playback.postpone(10.0)
    assert taken(playback, 10.0) == [1]
    assert taken(playback, 11.0) == [2]


def test_the_time_of_the_bag_runs_at_the_rate_up_to_the_next_message() -> None:
    playback = make(100, 101, rate=2.0)
    playback.take(0.0)
    assert playback.time_ns(0.25) == 100_500_000_000
    assert playback.time_ns(5.0) == 101_000_000_000


def test_an_empty_bag_is_over_at_once() -> None:
    playback = make(loop=True)
    assert playback.is_over
    assert playback.take(0.0) is None
