# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Reading of MCAP files that may be unfinished or damaged.

The index at the end of a file is used if all it names is there; else a pass over the file makes
one. A damaged chunk is left out, and all others are read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
import heapq
from io import BytesIO
from pathlib import Path
import struct
from typing import Any
import zlib

from alphapose_ros.io.bag_message import BagMessage
from alphapose_ros.io.bag_message import DamageError
from alphapose_ros.io.bag_message import Problems
from alphapose_ros.io.bag_message import TopicInfo
from alphapose_ros.io.compression import CompressionError
from alphapose_ros.io.compression import decompress_lz4
from alphapose_ros.io.compression import decompress_zstd
from alphapose_ros.io.mcap_records import CHANNEL
from alphapose_ros.io.mcap_records import CHUNK
from alphapose_ros.io.mcap_records import CHUNK_INDEX
from alphapose_ros.io.mcap_records import HEAD
from alphapose_ros.io.mcap_records import MAX_RECORD_BYTES
from alphapose_ros.io.mcap_records import MESSAGE
from alphapose_ros.io.mcap_records import MESSAGE_HEAD
from alphapose_ros.io.mcap_records import Record
from alphapose_ros.io.mcap_records import RecordStream
from alphapose_ros.io.mcap_records import SCHEMA
from alphapose_ros.io.mcap_records import STATISTICS

MAX_PENDING_BYTES = 2**26  # of messages that wait for others of an earlier time

_MAGIC = b'\x89MCAP0\r\n'
_FOOTER = struct.Struct('<BQQQI8s')
_FOOTER_HEAD = (2, 20)
_CRC_BYTES = 25  # of the footer that its checksum covers


@dataclass(frozen=True)
class _Section:
    """Messages of a file: one chunk, or a row of records outside of chunks."""

    start_ns: int
    is_chunk: bool
    start: int
    end: int


@dataclass
class _Index:
    """What is where: channels as (topic, schema), schemas as names of types, counts by channel."""

    schemas: dict[int, str] = field(default_factory=dict)
    channels: dict[int, tuple[str, int]] = field(default_factory=dict)
    counts: Counter[int] = field(default_factory=Counter)
    sections: list[_Section] = field(default_factory=list)

    def learn(self, stream: RecordStream, record: Record) -> None:
        """Take the schema or the channel of a record; what is known stays."""
        from mcap.records import Channel
        from mcap.records import Schema

        if record.opcode == SCHEMA:
            schema = stream.parse(Schema, record)
            self.schemas.setdefault(schema.id, schema.name)
        elif record.opcode == CHANNEL:
            channel = stream.parse(Channel, record)
            self.channels.setdefault(channel.id, (channel.topic, channel.schema_id))

    def topic_of(self, channel_id: int) -> tuple[str, str]:
        """Return name and type."""
        topic, schema_id = self.channels[channel_id]
        return topic, self.schemas.get(schema_id, '')


class McapFile:
    """
    An open .mcap file.

    :param problems: takes what is damaged.
    :raises OSError: if the file cannot be read.
    :raises DamageError: if it is no MCAP file.
    """

    def __init__(self, path: Path, problems: Problems) -> None:
        self.path = path
        self._problems = problems
        self._file = path.open('rb')
        self._stream = RecordStream(self._file, self._report)
        self._index = self._read_index() or self._scan()

    @property
    def topics(self) -> dict[str, TopicInfo]:
        """The topics by name."""
        counts: Counter[str] = Counter()
        types: dict[str, str] = {}
        for channel_id in self._index.channels:
            topic, type_name = self._index.topic_of(channel_id)
            types.setdefault(topic, type_name)
            counts[topic] += self._index.counts[channel_id]
        return {topic: TopicInfo(type_name, counts[topic]) for topic, type_name in types.items()}

    def messages(self, topics: Collection[str]) -> Iterator[BagMessage]:
        """Yield the messages of topics in the order of time, as far as MAX_PENDING_BYTES allow."""
        pending: list[tuple[int, int, BagMessage]] = []
        pending_bytes = number = 0
        for section in sorted(self._index.sections, key=lambda section: section.start_ns):
            while pending and pending[0][0] < section.start_ns:
                message = heapq.heappop(pending)[2]
                pending_bytes -= len(message.data)
                yield message
            for message in self._read_section(section, topics):
                heapq.heappush(pending, (message.log_time_ns, number, message))
                number += 1
                pending_bytes += len(message.data)
                while pending_bytes > MAX_PENDING_BYTES:
                    message = heapq.heappop(pending)[2]
                    pending_bytes -= len(message.data)
                    yield message
        while pending:
            yield heapq.heappop(pending)[2]

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _report(self, text: str) -> None:
        self._problems.add(self.path, text)

    def _read_index(self) -> _Index | None:
        """Return the index at the end of the file, or None if it does not fit the file."""
        end = self._stream.size - _FOOTER.size
        if end < 0:
            return None
        footer = self._stream.read(end, self._stream.size)
        *head, start, _, crc, magic = _FOOTER.unpack(footer)
        if magic != _MAGIC or tuple(head) != _FOOTER_HEAD:
            self._report('is unfinished or cut off: it has no index')
            return None
        if not end - MAX_RECORD_BYTES <= start <= end or not start:
            return None
        if crc and zlib.crc32(self._stream.read(start, end) + footer[:_CRC_BYTES]) != crc:
            self._report('the index is damaged')
            return None
        try:
            return self._parse_index(start, end)
        except DamageError as err:
            self._report(f'the index is damaged: {err}')
            return None

    def _parse_index(self, start: int, end: int) -> _Index | None:
        from mcap.records import ChunkIndex
        from mcap.records import Statistics

        index = _Index()
        num_chunks = 0
        for record in self._stream.records(start, end):
            if record.opcode == CHUNK_INDEX:
                index.sections.append(self._to_section(self._stream.parse(ChunkIndex, record)))
            elif record.opcode == STATISTICS:
                statistics = self._stream.parse(Statistics, record)
                num_chunks = statistics.chunk_count
                index.counts.update(statistics.channel_message_counts)
            else:
                index.learn(self._stream, record)
        are_known = index.counts.keys() <= index.channels.keys()
        return index if are_known and num_chunks == len(index.sections) > 0 else None

    def _to_section(self, chunk_index: Any) -> _Section:
        """
        Return the chunk of an entry of the index.

        :raises DamageError: if it is not there.
        """
        start = chunk_index.chunk_start_offset
        record = self._stream.record_at(start)
        length = chunk_index.chunk_length
        if record is None or (record.opcode, record.end - start) != (CHUNK, length):
            raise DamageError(f'there is no chunk at byte {start}')
        return _Section(chunk_index.message_start_time, True, record.start, record.end)

    def _scan(self) -> _Index:
        """Return an index made by a pass over the file."""
        index = _Index()
        size = self._stream.size
        has_start = self._stream.read(0, len(_MAGIC)) == _MAGIC
        start = len(_MAGIC) if has_start else 0
        has_end = self._stream.read(max(size - len(_MAGIC), 0), size) == _MAGIC
        end = size - len(_MAGIC) if has_end else size
        for record in self._stream.records(start, end):
            try:
                if record.opcode == CHUNK:
                    self._add_chunk(index, record)
                elif record.opcode == MESSAGE:
                    self._add_message(index, record)
                else:
                    index.learn(self._stream, record)
            except DamageError as err:
                self._report(f'record at byte {record.start}: {err}')
        if not has_start and not index.sections:
            self._file.close()
            raise DamageError('it is no MCAP file')
        return index

    def _add_chunk(self, index: _Index, record: Record) -> None:
        stream = self._open_chunk(record.start, record.end)
        times = []
        for inner in stream.records(0, stream.size):
            if inner.opcode == MESSAGE:
                channel_id, _, log_time_ns, _ = _message_head(stream, inner)
                index.counts[channel_id] += 1
                times.append(log_time_ns)
            else:
                index.learn(stream, inner)
        if times:
            index.sections.append(_Section(min(times), True, record.start, record.end))

    def _add_message(self, index: _Index, record: Record) -> None:
        """Take a message outside of chunks; one behind the other are one section."""
        channel_id, _, start_ns, _ = _message_head(self._stream, record)
        index.counts[channel_id] += 1
        start = record.start - HEAD.size
        if index.sections and not index.sections[-1].is_chunk and index.sections[-1].end == start:
            last = index.sections.pop()
            start_ns, start = last.start_ns, last.start
        index.sections.append(_Section(start_ns, False, start, record.end))

    def _open_chunk(self, start: int, end: int) -> RecordStream:
        """
        Return the records of a chunk.

        :raises DamageError: if its content cannot be restored.
        """
        from mcap.records import Chunk

        chunk = self._stream.parse(Chunk, Record(CHUNK, start, end))
        size = chunk.uncompressed_size
        if size > MAX_RECORD_BYTES:
            raise DamageError(f'a chunk of {size} bytes')
        decompress = {'zstd': decompress_zstd, 'lz4': decompress_lz4}.get(chunk.compression)
        if decompress is None and chunk.compression:
            raise DamageError(f'a chunk with compression {chunk.compression!r}')
        try:
            data = decompress(chunk.data, size) if decompress else chunk.data
        except CompressionError as err:
            raise DamageError(str(err)) from err
        crc = chunk.uncompressed_crc
        if len(data) != size or (crc and zlib.crc32(data) != crc):
            raise DamageError('a chunk with a wrong checksum')
        return RecordStream(BytesIO(data), lambda text: self._report(f'chunk at {start}: {text}'))

    def _read_section(self, section: _Section, topics: Collection[str]) -> Iterator[BagMessage]:
        stream, start, end = self._stream, section.start, section.end
        if section.is_chunk:
            try:
                stream = self._open_chunk(start, end)
            except DamageError as err:
                self._report(f'chunk at byte {start} is left out: {err}')
                return
            start, end = 0, stream.size
        for record in stream.records(start, end):
            if record.opcode != MESSAGE:
                continue
            channel_id, _, log_time_ns, _ = _message_head(stream, record)
            if channel_id not in self._index.channels:
                self._report(f'messages of channel {channel_id}, which is unknown, are left out')
                continue
            topic, type_name = self._index.topic_of(channel_id)
            if topic in topics:
                data = stream.read(record.start + MESSAGE_HEAD.size, record.end)
                yield BagMessage(topic, type_name, log_time_ns, data)


def _message_head(stream: RecordStream, record: Record) -> tuple[Any, ...]:
    """Return channel, sequence number, log time and publish time."""
    return MESSAGE_HEAD.unpack(stream.read(record.start, record.start + MESSAGE_HEAD.size))
