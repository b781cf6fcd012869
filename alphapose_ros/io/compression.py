# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Decompression of data that may be damaged: it ends at a limit, whatever the data claims."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

ZSTD_START = b'\x28\xb5\x2f\xfd'
_BLOCK = 2**20


class CompressionError(ValueError):
    """Data that cannot be decompressed."""


def decompress_zstd(data: bytes, max_bytes: int) -> bytes:
    """
    Return what a zstd frame holds.

    :raises CompressionError: if it is damaged or holds more than `max_bytes`.
    """
    import zstandard

    try:
        with zstandard.ZstdDecompressor().stream_reader(BytesIO(data)) as reader:
            content: bytes = reader.read(max_bytes + 1)
    except zstandard.ZstdError as err:
        raise CompressionError(f'zstd: {err}') from err
    return _check_length(content, max_bytes)


def decompress_lz4(data: bytes, max_bytes: int) -> bytes:
    """
    Return what an lz4 frame holds.

    :raises CompressionError: if it is damaged or holds more than `max_bytes`.
    """
    import lz4.frame

    try:
        content: bytes = lz4.frame.LZ4FrameDecompressor().decompress(data, max_bytes + 1)
    except (EOFError, RuntimeError) as err:
        raise CompressionError(f'lz4: {err}') from err
    return _check_length(content, max_bytes)


def decompress_zstd_file(path: Path, output: Path, max_bytes: int) -> None:
    """
    Write what a zstd file holds, as far as it can be read.

    :raises CompressionError: if it is damaged or holds more than `max_bytes`.
    """
    import zstandard

    left = max_bytes
    with path.open('rb') as source, output.open('wb') as target:
        reader = zstandard.ZstdDecompressor().stream_reader(source, read_across_frames=True)
        try:
            while block := reader.read(min(_BLOCK, left + 1)):
                left -= target.write(block)
                if left < 0:
                    raise CompressionError(f'holds more than {max_bytes} bytes')
        except zstandard.ZstdError as err:
            raise CompressionError(f'zstd: {err}') from err


def _check_length(content: bytes, max_bytes: int) -> bytes:
    if len(content) > max_bytes:
        raise CompressionError(f'holds more than {max_bytes} bytes')
    return content
