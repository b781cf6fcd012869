# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of decompression: there and back, damage, and data that claims or holds too much."""

from pathlib import Path
import tracemalloc

import numpy as np
import pytest

pytest.importorskip('zstandard', reason='needs zstandard')
pytest.importorskip('lz4.frame', reason='needs lz4')

import lz4.frame
import zstandard

from alphapose_ros.io.compression import CompressionError
from alphapose_ros.io.compression import decompress_lz4
from alphapose_ros.io.compression import decompress_zstd
from alphapose_ros.io.compression import decompress_zstd_file

CONTENT = b'people ' * 1000
WAYS = pytest.mark.parametrize(
    ('compress', 'decompress'),
    [(zstandard.compress, decompress_zstd), (lz4.frame.compress, decompress_lz4)],
    ids=['zstd', 'lz4'],
)


@WAYS
def test_content_comes_back(compress, decompress) -> None:
    assert decompress(compress(CONTENT), len(CONTENT)) == CONTENT


@WAYS
def test_content_beyond_the_limit_is_refused_before_it_fills_memory(compress, decompress) -> None:
    bomb = compress(bytes(2**26))
    tracemalloc.start()
    with pytest.raises(CompressionError, match='holds more than 1000 bytes'):
        decompress(bomb, 1000)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2**20


@WAYS
def test_what_is_not_compressed_is_refused(compress, decompress) -> None:
    with pytest.raises(CompressionError):
        decompress(b'nothing of that kind', 1000)


def test_a_file_comes_back_as_far_as_it_is_whole(tmp_path: Path) -> None:
    content = np.random.default_rng(0).integers(0, 9, 2_000_000, np.uint8).tobytes()
    packed = zstandard.compress(content)
    source, output = tmp_path / 'a.zstd', tmp_path / 'a'
    source.write_bytes(packed)
    decompress_zstd_file(source, output, len(content))
    assert output.read_bytes() == content
    damaged = bytearray(packed)
    damaged[-1000:-900] = b'\xff' * 100
    source.write_bytes(damaged)
    with pytest.raises(CompressionError, match='zstd'):
        decompress_zstd_file(source, output, len(content))
    assert content.startswith(output.read_bytes())
    assert output.stat().st_size > len(content) // 4


def test_a_file_beyond_the_limit_is_refused(tmp_path: Path) -> None:
    (tmp_path / 'a.zstd').write_bytes(zstandard.compress(bytes(2**26)))
    with pytest.raises(CompressionError, match='holds more than 1000 bytes'):
        decompress_zstd_file(tmp_path / 'a.zstd', tmp_path / 'a', 1000)
    assert (tmp_path / 'a').stat().st_size <= 2**20
