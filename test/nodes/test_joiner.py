# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of both joiners."""

import importlib.util
from typing import Any

import pytest
from std_msgs.msg import Header

from alphapose_ros.msg import Pose2DArray
from alphapose_ros.nodes.joiner import ExactStampJoiner
from alphapose_ros.nodes.joiner import make_joiner
from alphapose_ros.nodes.joiner import MessageFiltersJoiner

has_message_filters = importlib.util.find_spec('message_filters') is not None
both_joiners = pytest.mark.parametrize(
    'joiner_type',
    [
        pytest.param(ExactStampJoiner, id='own'),
        pytest.param(
            MessageFiltersJoiner,
            id='message_filters',
            marks=pytest.mark.skipif(not has_message_filters, reason='needs message_filters'),
        ),
    ],
)


def at(stamp: int) -> Pose2DArray:
    header = Header()
    header.stamp.sec = stamp
    return Pose2DArray(header=header)


def feed(joiner: Any, *messages: tuple[int, int]) -> None:
    for topic, stamp in messages:
        joiner.add(topic, at(stamp))


def collecting(joiner_type: Any, queue_size: int = 4) -> tuple[Any, list[tuple[int, int]]]:
    pairs: list[tuple[int, int]] = []
    joiner = joiner_type(
        lambda a, b: pairs.append((a.header.stamp.sec, b.header.stamp.sec)), queue_size
    )
    return joiner, pairs


@both_joiners
def test_equal_stamps_meet_in_either_order(joiner_type: Any) -> None:
    joiner, pairs = collecting(joiner_type)
    feed(joiner, (0, 1), (1, 1), (1, 2), (0, 2))
    assert pairs == [(1, 1), (2, 2)]


@both_joiners
def test_different_stamps_never_meet(joiner_type: Any) -> None:
    joiner, pairs = collecting(joiner_type)
    feed(joiner, (0, 1), (1, 2), (0, 3), (1, 4))
    assert pairs == []


@both_joiners
def test_images_without_a_result_are_skipped(joiner_type: Any) -> None:
    joiner, pairs = collecting(joiner_type)
    feed(joiner, (0, 1), (0, 2), (0, 3), (1, 3))
    assert pairs == [(3, 3)]


@both_joiners
def test_the_queue_is_bounded(joiner_type: Any) -> None:
    joiner, pairs = collecting(joiner_type, queue_size=4)
    feed(joiner, *((0, stamp) for stamp in range(1, 11)), (1, 2), (1, 10))
    assert pairs == [(10, 10)]


@both_joiners
def test_after_a_reset_an_older_recording_matches(joiner_type: Any) -> None:
    joiner, pairs = collecting(joiner_type)
    feed(joiner, (0, 100), (1, 100), (0, 101))
    joiner.reset()
    feed(joiner, (0, 1), (1, 1), (0, 2), (1, 2))
    assert pairs == [(100, 100), (1, 1), (2, 2)]


@both_joiners
def test_a_raising_callback_does_not_block_the_next_pair(joiner_type: Any) -> None:
    calls: list[int] = []

    def on_pair(image: Any, result: Any) -> None:
        calls.append(image.header.stamp.sec)
        raise RuntimeError('a fault of the callback')

    joiner = joiner_type(on_pair, 4)
    for stamp in (1, 2):
        joiner.add(0, at(stamp))
        with pytest.raises(RuntimeError, match='a fault'):
            joiner.add(1, at(stamp))
    assert calls == [1, 2]


def test_message_filters_is_taken_where_it_is() -> None:
    expected = MessageFiltersJoiner if has_message_filters else ExactStampJoiner
    assert isinstance(make_joiner(lambda a, b: None, 4), expected)
