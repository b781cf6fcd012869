# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of damaged bags: no error but BagError, and what is not damaged is kept."""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
import random
import sqlite3
import struct
import tracemalloc

import numpy as np
import pytest

pytest.importorskip('mcap', reason='needs mcap')
pytest.importorskip('rosbags', reason='needs rosbags')

from mcap.reader import make_reader
from mcap.writer import CompressionType
from mcap.writer import Writer
from rosbags import rosbag2

from alphapose_ros.io.bag_message import MAX_PROBLEMS
from alphapose_ros.io.bag_reader import BagError
from alphapose_ros.io.bag_reader import BagReader
from alphapose_ros.io.bags import McapWriter
from alphapose_ros.io.message_types import make_header
from alphapose_ros.io.message_types import message_store

IMAGE_TYPE = 'sensor_msgs/msg/Image'
NUM_IMAGES = 60
CHUNK_IMAGES = 6
PAGE = 4096
SEEDS = range(100)


@dataclass(frozen=True)
class Bag:
    """
    A file, and for every message the bytes whose damage may take it away.

    :param places: (start, end) of every message.
    :param needed: bytes from the start without which there is nothing.
    """

    content: bytes
    messages: list[bytes]
    places: list[tuple[int, int]]
    needed: int = 0

    def count_untouched(self, start: int, end: int) -> int:
        """Return how many messages must survive damage of some bytes."""
        if start < self.needed:
            return 0
        return sum(not (start < b and a < end) for a, b in self.places)


def make_images() -> list[bytes]:
    rng = np.random.default_rng(0)
    store = message_store()
    images = []
    for number in range(NUM_IMAGES):
        pixels = np.repeat(rng.integers(0, 256, (12, 4, 3), np.uint8), 4, axis=1)
        header = make_header(number, 'camera')
        message = store.types[IMAGE_TYPE](header, 12, 16, 'bgr8', 0, 48, pixels.ravel())
        images.append(bytes(store.serialize_cdr(message, IMAGE_TYPE)))
    return images


@pytest.fixture(scope='module')
def mcap(tmp_path_factory: pytest.TempPathFactory) -> Bag:
    """Return a file of ten chunks."""
    path, images = tmp_path_factory.mktemp('mcap') / 'a.mcap', make_images()
    with McapWriter(path) as bag:
        for number, image in enumerate(images):
            bag.write('/image', IMAGE_TYPE, image, number)
            if number % CHUNK_IMAGES == CHUNK_IMAGES - 1:
                bag.flush()
    with path.open('rb') as file:
        chunks = make_reader(file).get_summary().chunk_indexes
    assert len(chunks) == NUM_IMAGES // CHUNK_IMAGES
    ranges = [(c.chunk_start_offset, c.chunk_start_offset + c.chunk_length) for c in chunks]
    return Bag(path.read_bytes(), images, [r for r in ranges for _ in range(CHUNK_IMAGES)])


@pytest.fixture(scope='module')
def db3(tmp_path_factory: pytest.TempPathFactory) -> Bag:
    """Return a database; what comes before its messages is needed to find them."""
    folder, images = tmp_path_factory.mktemp('db3') / 'a', make_images()
    plugin = rosbag2.StoragePlugin.SQLITE3
    with rosbag2.Writer(folder, version=9, storage_plugin=plugin) as bag:
        connection = bag.add_connection('/image', IMAGE_TYPE, typestore=message_store())
        for number, image in enumerate(images):
            bag.write(connection, number, image)
    content = (folder / 'a.db3').read_bytes()
    pages = [content.index(image) // PAGE for image in images]
    places = [(page * PAGE, (page + 1) * PAGE) for page in pages]
    return Bag(content, images, places, needed=min(pages) * PAGE)


def read(path: Path) -> tuple[list[bytes], list[str]]:
    """Return messages and problems; a BagError is one of the latter."""
    found = []
    try:
        with BagReader(path) as bag:
            for message in bag.messages(bag.topics):
                found.append(message.data)
                with suppress(BagError):
                    bag.deserialize(message)
            return found, bag.problems
    except BagError as err:
        return found, [str(err)]


def mutate(content: bytes, seed: int) -> tuple[bytes, int, int]:
    """Return damaged content, and from where to where it is damaged."""
    rng = random.Random(seed)
    start = rng.randrange(len(content))
    if seed % 4 == 0:
        return content[:start], start, len(content)
    if seed % 4 == 1:
        end = min(start + rng.randrange(1, 300), len(content))
        return content[:start] + rng.randbytes(end - start) + content[end:], start, end
    flipped = bytes([content[start] ^ 1 << rng.randrange(8)])
    return content[:start] + flipped + content[start + 1 :], start, start + 1


@pytest.mark.parametrize('seed', SEEDS)
@pytest.mark.parametrize('storage', ['mcap', 'db3'])
def test_what_is_not_damaged_is_kept(tmp_path, request, storage, seed) -> None:
    bag: Bag = request.getfixturevalue(storage)
    content, start, end = mutate(bag.content, seed)
    path = tmp_path / f'a.{storage}'
    path.write_bytes(content)
    found, problems = read(path)
    kept = set(found) & set(bag.messages)
    assert len(kept) >= bag.count_untouched(start, end)
    # SQLite has no checksums.
    assert len(kept) == NUM_IMAGES or problems or storage == 'db3'
    assert len(problems) <= MAX_PROBLEMS + 1
    assert all('\n' not in line for line in problems)


@pytest.mark.parametrize('seed', range(20))
def test_many_damages_are_no_other_error(tmp_path, mcap, db3, seed) -> None:
    rng = random.Random(seed)
    for name, bag in (('a.mcap', mcap), ('a.db3', db3)):
        content = bytearray(bag.content)
        for _ in range(30):
            content[rng.randrange(len(content))] = rng.randrange(256)
        (tmp_path / name).write_bytes(content)
        read(tmp_path / name)


def write_unusual(path: Path, **options: object) -> list[bytes]:
    """Write a file as other programs do: without chunks, checksums or compression."""
    images = make_images()
    with path.open('wb') as file:
        writer = Writer(file, chunk_size=4000, compression=CompressionType.NONE, **options)
        writer.start('ros2')
        schema = writer.register_schema(IMAGE_TYPE, 'ros2msg', b'')
        channel = writer.register_channel('/image', 'cdr', schema)
        for number, image in enumerate(images):
            writer.add_message(channel, number, image, number)
        writer.finish()
    return images


@pytest.mark.parametrize('options', [{'use_chunking': False}, {'enable_crcs': False}], ids=str)
def test_without_checksums_a_flip_costs_two_messages_at_most(tmp_path, options) -> None:
    images = write_unusual(tmp_path / 'a.mcap', **options)
    content = (tmp_path / 'a.mcap').read_bytes()
    length_at = content.index(images[30]) - struct.calcsize('<QHIQQ')
    for place in (length_at, length_at + 5, length_at + 40):
        damaged = content[:place] + b'\x99' + content[place + 1 :]
        (tmp_path / 'b.mcap').write_bytes(damaged)
        found, _ = read(tmp_path / 'b.mcap')
        assert len(set(found) & set(images)) >= NUM_IMAGES - 2


def test_damage_between_chunks_costs_nothing(tmp_path, mcap) -> None:
    (_, first), (second, _) = mcap.places[0], mcap.places[CHUNK_IMAGES]
    content = mcap.content[:first] + b'\xaa' * 5000 + mcap.content[second:]
    (tmp_path / 'a.mcap').write_bytes(content)
    found, problems = read(tmp_path / 'a.mcap')
    assert found == mcap.messages
    assert f'a.mcap: bytes {first} to {first + 5000} are damaged' in problems


def test_a_length_beyond_reason_costs_no_memory(tmp_path, mcap) -> None:
    content = bytearray(mcap.content)
    start = mcap.places[CHUNK_IMAGES][0]
    for offset, value in ((25, 2**60), (1, 2**62)):  # size of the content, length of the record
        struct.pack_into('<Q', content, start + offset, value)
    (tmp_path / 'a.mcap').write_bytes(content)
    tracemalloc.start()
    found, _ = read(tmp_path / 'a.mcap')
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(found) == NUM_IMAGES - CHUNK_IMAGES
    assert peak < 10_000_000


def test_any_page_of_messages_may_be_lost(tmp_path, db3) -> None:
    """Also with numbers so far apart that they cannot be tried one by one."""
    path = tmp_path / 'a.db3'
    path.write_bytes(db3.content)
    with sqlite3.connect(path) as database:
        database.execute('UPDATE messages SET id = id + (1 << 60) WHERE id > 30')
    database.close()
    content = path.read_bytes()
    for start in range(db3.needed, len(content), PAGE):
        path.write_bytes(content[:start] + bytes(PAGE) + content[start + PAGE :])
        found, _ = read(path)
        assert len(set(found)) >= NUM_IMAGES - 12


def test_problems_are_told_once_and_not_without_end(tmp_path) -> None:
    image = make_images()[0]
    with McapWriter(tmp_path / 'b.mcap') as bag:
        for number in range(2 * MAX_PROBLEMS):
            bag.write('/image', IMAGE_TYPE, image, number)
            bag.flush()
    with (tmp_path / 'b.mcap').open('rb') as file:
        chunks = make_reader(file).get_summary().chunk_indexes
    content = bytearray((tmp_path / 'b.mcap').read_bytes())
    for chunk in chunks:
        content[chunk.chunk_start_offset + 40] ^= 1
    (tmp_path / 'b.mcap').write_bytes(content)
    found, problems = read(tmp_path / 'b.mcap')
    assert found == []
    assert len(problems) == MAX_PROBLEMS + 1
    assert problems[-1] == 'there are more problems'
