# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The messages of a bag at the pace at which they were recorded."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator

from alphapose_ros.io.bag_message import BagMessage

# Nobody waits longer for the next message, whatever a damaged time says.
MAX_GAP_S = 600.0


class Playback:
    """
    Hands out messages when their time has come.

    :param read: begins to read the bag.
    :param rate: seconds of the bag per second; 0 hands out at once.
    :param loop: begin again at the end.
    """

    def __init__(
        self, read: Callable[[], Iterator[BagMessage]], *, rate: float, loop: bool
    ) -> None:
        self._read = read
        self._rate = rate
        self._loop = loop
        self._messages = read()
        self._next = next(self._messages, None)
        self._next_due_s: float | None = None
        self._last_due_s = 0.0
        self._last_ns = 0

    @property
    def is_over(self) -> bool:
        """Whether there are no more messages."""
        return self._next is None

    def take(self, now_s: float) -> BagMessage | None:
        """
        Return the next message if it is due; the first one always is.

        :param now_s: of any clock that does not step.
        """
        message = self._next
        if self._next_due_s is None or self._rate == 0:
            self._next_due_s = now_s
        if message is None or self._next_due_s > now_s:
            return None
        self._last_due_s, self._last_ns = self._next_due_s, message.log_time_ns
        gap_s = self._advance()
        if self._rate:
            self._next_due_s += gap_s / self._rate
        return message

    def postpone(self, now_s: float) -> None:
        """Let the time of the bag stand still until now."""
        if self._next_due_s is not None:
            self._next_due_s = max(self._next_due_s, now_s)

    def time_ns(self, now_s: float) -> int:
        """Return the time of the bag; it does not run past the next message."""
        time_ns = self._last_ns + round((now_s - self._last_due_s) * self._rate * 1e9)
        return self._last_ns if self._next is None else min(time_ns, self._next.log_time_ns)

    def _advance(self) -> float:
        """Read on; return the seconds that the next message comes later."""
        self._next = next(self._messages, None)
        if self._next is not None:
            gap_s = (self._next.log_time_ns - self._last_ns) * 1e-9
            return gap_s if abs(gap_s) <= MAX_GAP_S else 0.0
        if self._loop:
            self._messages = self._read()
            self._next = next(self._messages, None)
        return 0.0
