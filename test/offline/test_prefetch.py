# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of items that are made ahead of time."""

from collections.abc import Iterator
import threading

import pytest

from alphapose_ros.offline.prefetch import Prefetched


def test_items_come_in_order() -> None:
    with Prefetched(iter(range(100)), 3) as items:
        assert list(items) == list(range(100))


def test_no_more_items_are_made_than_fit() -> None:
    made = []
    is_full = threading.Event()

    def count() -> Iterator[int]:
        for i in range(10):
            made.append(i)
            if len(made) == 4:  # one is given, two wait, one has no room
                is_full.set()
            yield i

    with Prefetched(count(), 2) as items:
        assert next(items) == 0
        assert is_full.wait(5)
        assert made == [0, 1, 2, 3]


def test_an_error_comes_after_the_items_before_it() -> None:
    def fail() -> Iterator[int]:
        yield 1
        raise ValueError('torn')

    with Prefetched(fail(), 2) as items:
        assert next(items) == 1
        with pytest.raises(ValueError, match='torn'):
            next(items)


def test_leaving_in_the_middle_closes_the_iterator_and_ends_the_thread() -> None:
    closed = []

    def endless() -> Iterator[int]:
        try:
            while True:
                yield 0
        finally:
            closed.append(threading.current_thread().name)

    with Prefetched(endless(), 1) as items:
        next(items)
    assert closed == ['prefetch']
    assert 'prefetch' not in [thread.name for thread in threading.enumerate()]
