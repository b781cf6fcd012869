# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Reading of SQLite bags that may be unfinished or damaged.

SQLite stops at a damaged page. So messages are asked for one by one, in the order of time if no
page of the table is damaged, else by number, and those that cannot be read are left out.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection
from collections.abc import Iterator
from pathlib import Path
import sqlite3

from alphapose_ros.io.bag_message import BagMessage
from alphapose_ros.io.bag_message import DamageError
from alphapose_ros.io.bag_message import Problems
from alphapose_ros.io.bag_message import TopicInfo

_MAX_SINGLE_STEPS = 10_000
# A message of SQLite may quote damaged text.
_ERRORS = (sqlite3.Error, OverflowError, UnicodeDecodeError)


class SqliteFile:
    """
    An open .db3 file.

    :param problems: takes what is damaged.
    :raises DamageError: if it is no bag.
    """

    def __init__(self, path: Path, problems: Problems) -> None:
        self.path = path
        self._problems = problems
        # Without a log of changes beside it the file is complete, and nothing is written beside
        # it while it is read.
        wal = path.with_name(path.name + '-wal')
        mode = 'mode=ro' if wal.exists() else 'immutable=1'
        self._database = sqlite3.connect(f'{path.resolve().as_uri()}?{mode}', uri=True)
        self._database.text_factory = lambda text: text.decode(errors='replace')
        try:
            self._database.execute('PRAGMA cell_size_check = ON')
            # Nothing can be written; this lets files be read that are cut off.
            self._database.execute('PRAGMA writable_schema = ON')
            self._topics = self._read_topics()
        except _ERRORS as err:
            self._database.close()
            raise DamageError(str(err)) from err
        self._counts = self._count()

    @property
    def topics(self) -> dict[str, TopicInfo]:
        """The topics by name."""
        return {
            name: TopicInfo(type_name, self._counts.get(topic_id, 0) if self._counts else None)
            for topic_id, (name, type_name) in self._topics.items()
        }

    def messages(self, topics: Collection[str]) -> Iterator[BagMessage]:
        """Yield the messages of topics in the order of time, or of number if that is lost."""
        for number in self._numbers_by_time() or self._numbers():
            message = self._read_message(number, topics)
            if message is not None:
                yield message

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def _read_topics(self) -> dict[int, tuple[str, str]]:
        rows = self._database.execute('SELECT id, name, type FROM topics')
        return {
            topic_id: (name, type_name)
            for topic_id, name, type_name in rows
            if isinstance(topic_id, int) and isinstance(name, str) and isinstance(type_name, str)
        }

    def _count(self) -> dict[int, int] | None:
        """Return the number of messages by topic, or None if not all can be read."""
        query = 'SELECT topic_id, count(*) FROM messages GROUP BY topic_id'
        try:
            return dict(self._database.execute(query))
        except _ERRORS as err:
            self._problems.add(self.path, f'not all messages can be counted: {err}')
            return None

    def _numbers_by_time(self) -> array[int] | None:
        """Return the numbers of all messages, or None if some page of the table is damaged."""
        # The index of times may be damaged without notice.
        query = 'SELECT rowid FROM messages NOT INDEXED ORDER BY timestamp, rowid'
        try:
            return array('q', (number for (number,) in self._database.execute(query)))
        except _ERRORS as err:
            self._problems.add(self.path, f'messages are read by number, not by time: {err}')
            return None

    def _numbers(self) -> Iterator[int]:
        """Yield the numbers of the messages, leaving out those of damaged pages."""
        last = self._last_numbers()
        number, end, failed = 0, last[-1] if last else 2**63 - 1, 0
        query = 'SELECT rowid FROM messages WHERE rowid BETWEEN ? AND ? ORDER BY rowid'
        while number < end:
            try:
                for (found,) in self._database.execute(query, (number, end - 1)):
                    if found >= number:  # a damaged page may lead back
                        yield found
                        number, failed = found + 1, 0
                break
            except _ERRORS:
                step = 1 if failed < _MAX_SINGLE_STEPS else failed // 8
                number, failed = number + step, failed + step
        yield from reversed(last)

    def _last_numbers(self) -> array[int]:
        """Return the numbers of the messages behind all damaged pages, the last one first."""
        numbers = array('q')
        try:
            query = 'SELECT rowid FROM messages ORDER BY rowid DESC'
            numbers.extend(number for (number,) in self._database.execute(query))
        except _ERRORS as err:
            self._problems.add(self.path, f'messages of damaged pages are left out: {err}')
        return numbers

    def _read_message(self, number: int, topics: Collection[str]) -> BagMessage | None:
        query = 'SELECT topic_id, timestamp, data FROM messages WHERE rowid = ?'
        try:
            row = self._database.execute(query, (number,)).fetchone()
        except _ERRORS as err:
            self._problems.add(self.path, f'message {number} is left out: {err}')
            return None
        if row is None:
            return None
        topic_id, log_time_ns, data = row
        is_valid = isinstance(log_time_ns, int) and isinstance(data, bytes)
        if not is_valid or topic_id not in self._topics:
            self._problems.add(self.path, f'message {number} is damaged, left out')
            return None
        topic, type_name = self._topics[topic_id]
        return BagMessage(topic, type_name, log_time_ns, data) if topic in topics else None
