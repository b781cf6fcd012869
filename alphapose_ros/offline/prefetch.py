# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Items of an iterator, made ahead of time by a thread."""

from __future__ import annotations

from collections.abc import Iterator
from queue import Full
from queue import Queue
import threading
from typing import Generic
from typing import TypeVar

T = TypeVar('T')
POLL_S = 0.1


class _End:
    """No more items; `error` is why, if something went wrong."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


class Prefetched(Generic[T]):
    """
    The items of an iterator, in order; up to `depth` of them wait.

    An exception of the iterator is raised after the items before it. Use it as a context manager:
    leaving it ends the thread, also in the middle.

    :param items: is run in the thread, and closed there.
    :param depth: at least 1.
    """

    def __init__(self, items: Iterator[T], depth: int) -> None:
        self._items = items
        self._queue: Queue[T | _End] = Queue(depth)
        self._is_stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name='prefetch', daemon=True)

    def __enter__(self) -> Iterator[T]:
        self._thread.start()
        return self._give()

    def __exit__(self, *exception: object) -> None:
        self._is_stopped.set()
        self._thread.join()

    def _give(self) -> Iterator[T]:
        while True:
            item = self._queue.get()
            if not isinstance(item, _End):
                yield item
                continue
            if item.error is not None:
                raise item.error
            return

    def _run(self) -> None:
        error = None
        try:
            for item in self._items:
                if not self._put(item):
                    return
        except BaseException as err:  # handed over to the thread that waits for items
            error = err
        finally:
            getattr(self._items, 'close', lambda: None)()
        self._put(_End(error))

    def _put(self, item: T | _End) -> bool:
        """Wait for room; return False if nobody wants items any more."""
        while not self._is_stopped.is_set():
            try:
                self._queue.put(item, timeout=POLL_S)
                return True
            except Full:
                continue
        return False
