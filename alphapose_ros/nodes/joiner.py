# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Two topics joined on exactly equal stamps: an image and what was found in it.

`make_joiner` takes message_filters where it can be imported, else our own joiner. Both do the
same; both are tested.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any
from typing import Protocol

from alphapose_ros.io.messages import stamp_to_ns

OnPair = Callable[[Any, Any], None]


class Joiner(Protocol):
    """Takes messages of two topics, 0 and 1, and hands over the pairs."""

    def add(self, topic: int, message: Any) -> None:
        """Take a message; calls back at once if it completes a pair."""
        ...

    def reset(self) -> None:
        """Forget what waits; for when the clock jumps back."""
        ...


class ExactStampJoiner:
    """
    Our own joiner: bounded, newest first.

    Messages of a topic come in order, so what is older than a pair can never become one and goes
    with it. A message older than the last pair is one of a recording that began anew, or late; it
    waits like any other, and a full queue drops what has waited longest.

    :param on_pair: called with the messages of topic 0 and topic 1.
    :param queue_size: stamps that may wait.
    """

    def __init__(self, on_pair: OnPair, queue_size: int) -> None:
        self._on_pair = on_pair
        self._queue_size = queue_size
        self._waiting: OrderedDict[int, dict[int, Any]] = OrderedDict()

    def add(self, topic: int, message: Any) -> None:
        """See `Joiner`."""
        stamp = stamp_to_ns(message.header.stamp)
        pair = self._waiting.setdefault(stamp, {})
        pair[topic] = message
        if len(pair) == 2:
            while self._waiting.popitem(last=False)[0] != stamp:
                pass  # what arrived before it is older
            self._on_pair(pair[0], pair[1])
        elif len(self._waiting) > self._queue_size:
            self._waiting.popitem(last=False)

    def reset(self) -> None:
        """See `Joiner`."""
        self._waiting.clear()


class MessageFiltersJoiner:
    """
    message_filters.TimeSynchronizer, guarded against two of its faults.

    It holds its lock while it calls back and keeps it if the callback raises, so the pair is
    handed over after it has returned. It drops what is older than what it has seen, so after a
    jump back of the clock nothing would match again: `reset` makes a new one.
    """

    def __init__(self, on_pair: OnPair, queue_size: int) -> None:
        import message_filters

        self._message_filters = message_filters
        self._on_pair = on_pair
        self._queue_size = queue_size
        self._pairs: list[tuple[Any, Any]] = []
        self._filters: list[Any] = []
        self.reset()

    def add(self, topic: int, message: Any) -> None:
        """See `Joiner`."""
        self._filters[topic].signalMessage(message)
        pairs, self._pairs = self._pairs, []
        for pair in pairs:
            self._on_pair(*pair)

    def reset(self) -> None:
        """See `Joiner`."""
        self._pairs.clear()
        self._filters = [self._message_filters.SimpleFilter() for _ in range(2)]
        synchronizer = self._message_filters.TimeSynchronizer(self._filters, self._queue_size)
        synchronizer.registerCallback(lambda a, b: self._pairs.append((a, b)))
        self._synchronizer = synchronizer


def make_joiner(on_pair: OnPair, queue_size: int) -> Joiner:
    """Return a joiner: message_filters' where it can be imported, else our own."""
    try:
        return MessageFiltersJoiner(on_pair, queue_size)
    except ImportError:
        return ExactStampJoiner(on_pair, queue_size)
