# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
The records of an MCAP file, also of a damaged one.

A file is a row of records: opcode, length, body (mcap.dev/spec), and a chunk holds such a row
again. What a record says about the length of its parts must fill it exactly; where that fails, the
next place where it holds is searched.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
import re
import struct
from typing import Any
from typing import BinaryIO

from alphapose_ros.io.bag_message import DamageError

HEADER, FOOTER, SCHEMA, CHANNEL, MESSAGE, CHUNK, CHUNK_INDEX, STATISTICS = 1, 2, 3, 4, 5, 6, 8, 11
HEAD = struct.Struct('<BQ')
MESSAGE_HEAD = struct.Struct('<HIQQ')
MAX_RECORD_BYTES = 2**28  # that are read into memory

# The body of a kind of record: numbers of bytes, and parts with a prefix of 4 or 8 bytes that
# tells their length. A message is not among them: all but its head is data.
_LAYOUTS: dict[int, tuple[int | str, ...]] = {
    HEADER: ('4', '4'),
    FOOTER: (20,),
    SCHEMA: (2, '4', '4', '4'),
    CHANNEL: (4, '4', '4', '4'),
    CHUNK: (28, '4', '8'),
    7: (2, '4'),  # message index
    CHUNK_INDEX: (32, '4', 8, '4', 16),
    9: (16, '4', '4', '8', 4),  # attachment
    10: (40, '4', '4'),  # attachment index
    STATISTICS: (42, '4'),
    12: ('4', '4'),  # metadata
    13: (16, '4'),  # metadata index
    14: (17,),  # summary offset
    15: (4,),  # end of data
}
_PRIVATE = 0x80
# An opcode with a length below 2**40.
_RECORD_START = re.compile(rb'[\x01-\x0f\x80-\xff](?=.{5}\x00{3})', re.DOTALL)
_SEARCH_BYTES = (2**12, 2**20)


@dataclass(frozen=True)
class Record:
    """A record whose body is the bytes `start` to `end`."""

    opcode: int
    start: int
    end: int


class RecordStream:
    """
    Records in a file, or in a chunk of it.

    :param file: open for reading.
    :param report: takes what is damaged, in words.
    """

    def __init__(self, file: BinaryIO, report: Callable[[str], None]) -> None:
        self._file = file
        self._report = report
        self.size = file.seek(0, 2)

    def read(self, start: int, end: int) -> bytes:
        """Return bytes; fewer where the file ends."""
        if start >= self.size:
            return b''
        self._file.seek(start)
        return self._file.read(end - start)

    def record_at(self, offset: int) -> Record | None:
        """Return the record at an offset, or None if there is none or it is damaged."""
        head = self.read(offset, offset + HEAD.size)
        if len(head) < HEAD.size:
            return None
        opcode, length = HEAD.unpack(head)
        start = offset + HEAD.size
        record = Record(opcode, start, start + length)
        if record.end > self.size:
            return None
        is_whole = self._is_filled if opcode in _LAYOUTS else self._is_followed
        return record if is_whole(record) else None

    def records(self, start: int, end: int) -> Iterator[Record]:
        """Yield the records between two places, leaving out what is damaged."""
        while start < end:
            record = self.record_at(start)
            if record is None:
                found = self._find(start + 1, end)
                self._report(f'bytes {start} to {found} are damaged')
                start = found
                continue
            yield record
            start = record.end

    def parse(self, kind: Any, record: Record) -> Any:
        """
        Return a record as the class of `mcap.records` has it.

        :raises DamageError: if it cannot be read.
        """
        from mcap.data_stream import ReadDataStream
        from mcap.exceptions import McapError

        if record.end - record.start > MAX_RECORD_BYTES:
            raise DamageError(f'has {record.end - record.start} bytes')
        body = self.read(record.start, record.end)
        try:
            return kind.read(ReadDataStream(BytesIO(body)))
        except (McapError, struct.error, ValueError) as err:
            raise DamageError(str(err)) from err

    def _is_filled(self, record: Record) -> bool:
        """Tell if the parts of a record end where it ends."""
        offset = record.start
        for part in _LAYOUTS[record.opcode]:
            if isinstance(part, str):
                prefix = self.read(offset, offset + int(part))
                offset += int(part) + int.from_bytes(prefix, 'little')
            else:
                offset += part
        return offset == record.end

    def _is_followed(self, record: Record) -> bool:
        """Tell if a message or a private record has another one behind it."""
        length = record.end - record.start
        if record.opcode == MESSAGE and not MESSAGE_HEAD.size <= length <= MAX_RECORD_BYTES:
            return False
        behind = self.read(record.end, record.end + HEAD.size)
        is_known = record.opcode == MESSAGE or record.opcode >= _PRIVATE
        return is_known and (len(behind) < HEAD.size or bool(_RECORD_START.match(behind)))

    def _find(self, offset: int, end: int) -> int:
        """Return where the next record starts, or `end`."""
        length, max_length = _SEARCH_BYTES
        while offset < end:
            block = self.read(offset, offset + length + HEAD.size - 1)
            for match in _RECORD_START.finditer(block):
                if self.record_at(offset + match.start()) is not None:
                    return min(offset + match.start(), end)
            offset += length
            length = min(2 * length, max_length)
        return end
