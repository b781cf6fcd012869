# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of reading bags that rosbags wrote, in every way they can be stored."""

from pathlib import Path
import shutil
import sys

import numpy as np
import pytest

pytest.importorskip('mcap', reason='needs mcap')
pytest.importorskip('rosbags', reason='needs rosbags')

from rosbags import rosbag2

from alphapose_ros.io import mcap_storage
from alphapose_ros.io.bag_reader import BagError
from alphapose_ros.io.bag_reader import BagMessage
from alphapose_ros.io.bag_reader import BagReader
from alphapose_ros.io.bag_reader import TopicInfo
from alphapose_ros.io.bags import McapWriter
from alphapose_ros.io.message_fields import image_from_message
from alphapose_ros.io.message_types import make_header
from alphapose_ros.io.message_types import message_store
from alphapose_ros.io.message_types import POSES_TYPE
from alphapose_ros.io.message_types import tracks_from_bag
from alphapose_ros.io.message_types import tracks_to_bag
from alphapose_ros.structures import Tracks

IMAGE_TYPE = 'sensor_msgs/msg/Image'
NUM_IMAGES = 40
WAYS = [
    (plugin, mode)
    for plugin in ('MCAP', 'SQLITE3')
    for mode in ('NONE', 'FILE', 'MESSAGE', 'STORAGE')
    if (plugin, mode) != ('SQLITE3', 'STORAGE')
]


def image_of(number: int) -> np.ndarray:
    return np.random.default_rng(number).integers(0, 256, (6, 8, 3), np.uint8)


def image_data(number: int) -> bytes:
    image = image_of(number)
    message = message_store().types[IMAGE_TYPE](
        make_header(number, 'camera'), 6, 8, 'bgr8', 0, 24, image.ravel()
    )
    return bytes(message_store().serialize_cdr(message, IMAGE_TYPE))


def tracks_data(make_tracks, number: int) -> bytes:
    return tracks_to_bag(make_tracks(2, 17), make_header(number, 'camera'), (8, 6), 'coco_17')


def write(folder: Path, plugin: str, mode: str, make_tracks) -> Path:
    """Write images, every second one followed by tracks."""
    writer = rosbag2.Writer(folder, version=9, storage_plugin=rosbag2.StoragePlugin[plugin])
    writer.set_compression(rosbag2.CompressionMode[mode], rosbag2.CompressionFormat.ZSTD)
    with writer:
        images = writer.add_connection('/image', IMAGE_TYPE, typestore=message_store())
        tracks = writer.add_connection('/tracks', POSES_TYPE, typestore=message_store())
        for number in range(NUM_IMAGES):
            writer.write(images, 10 * number, image_data(number))
            if number % 2:
                writer.write(tracks, 10 * number + 1, tracks_data(make_tracks, number))
    return folder


def read(path: Path, *topics: str) -> list[BagMessage]:
    with BagReader(path) as bag:
        found = list(bag.messages(topics or bag.topics))
        assert bag.problems == []
    return found


def find_file(folder: Path) -> Path:
    (path,) = (path for path in folder.iterdir() if path.name != 'metadata.yaml')
    return path


@pytest.mark.parametrize(('plugin', 'mode'), WAYS)
def test_a_bag_comes_back_however_it_is_stored(tmp_path, make_tracks, plugin, mode) -> None:
    folder = write(tmp_path / 'bag', plugin, mode, make_tracks)
    for path in (folder, find_file(folder)):
        found = read(path)
        assert len(found) == NUM_IMAGES * 3 // 2
        assert [m.log_time_ns for m in found] == sorted(m.log_time_ns for m in found)
        images = [message.data for message in found if message.topic == '/image']
        assert images == [image_data(number) for number in range(NUM_IMAGES)]


@pytest.mark.parametrize('plugin', ['MCAP', 'SQLITE3'])
def test_topics_have_types_and_counts(tmp_path, make_tracks, plugin) -> None:
    with BagReader(write(tmp_path / 'bag', plugin, 'NONE', make_tracks)) as bag:
        assert bag.topics == {
            '/image': TopicInfo(IMAGE_TYPE, NUM_IMAGES),
            '/tracks': TopicInfo(POSES_TYPE, NUM_IMAGES // 2),
        }


@pytest.mark.parametrize('plugin', ['MCAP', 'SQLITE3'])
def test_other_topics_are_left_out(tmp_path, make_tracks, plugin) -> None:
    folder = write(tmp_path / 'bag', plugin, 'NONE', make_tracks)
    assert {message.topic for message in read(folder, '/tracks')} == {'/tracks'}
    assert read(folder, '/nothing') == []


def test_messages_are_understood(tmp_path, make_tracks) -> None:
    with BagReader(write(tmp_path / 'bag', 'MCAP', 'STORAGE', make_tracks)) as bag:
        image, tracks = list(bag.messages(bag.topics))[1:3]
        np.testing.assert_array_equal(image_from_message(bag.deserialize(image)), image_of(1))
        assert tracks_from_bag(bag.deserialize(tracks)).track_ids.tolist() == [-1, 0]


def test_split_bags_are_read_in_the_order_of_their_numbers(tmp_path) -> None:
    for number in range(12):
        with McapWriter(tmp_path / f'bag_{number}.mcap') as part:
            part.write('/image', IMAGE_TYPE, image_data(number), number)
    with BagReader(tmp_path) as bag:
        assert [message.log_time_ns for message in bag.messages(['/image'])] == list(range(12))
        assert bag.topics == {'/image': TopicInfo(IMAGE_TYPE, 12)}
        assert bag.problems == ['metadata.yaml: is missing, as in an unfinished bag']


@pytest.mark.parametrize('limit', [10, mcap_storage.MAX_PENDING_BYTES])
def test_messages_out_of_order_are_sorted_as_far_as_memory_allows(
    tmp_path, monkeypatch, limit
) -> None:
    monkeypatch.setattr(mcap_storage, 'MAX_PENDING_BYTES', limit)
    times_ns = [5, 3, 4, 1, 2, 9, 8]
    with McapWriter(tmp_path / 'a.mcap') as bag:
        for time_ns in times_ns:
            bag.write('/image', IMAGE_TYPE, image_data(time_ns), time_ns)
            bag.flush()
    found = [message.log_time_ns for message in read(tmp_path / 'a.mcap')]
    assert sorted(found) == sorted(times_ns)
    assert (found == sorted(times_ns)) or limit == 10


@pytest.mark.parametrize('text', ['', '\x00\x01', 'relative_file_paths: [', 'a: b\n' * 9])
def test_damaged_metadata_is_told_and_not_needed(tmp_path, make_tracks, text) -> None:
    folder = write(tmp_path / 'bag', 'MCAP', 'NONE', make_tracks)
    (folder / 'metadata.yaml').write_text(text)
    with BagReader(folder) as bag:
        assert len(list(bag.messages(['/image']))) == NUM_IMAGES
        assert bag.problems == ['metadata.yaml: is damaged: files are found by their names']


def test_a_missing_file_of_a_split_bag_is_told(tmp_path, make_tracks) -> None:
    folder = write(tmp_path / 'bag', 'MCAP', 'NONE', make_tracks)
    metadata = folder / 'metadata.yaml'
    files = 'relative_file_paths:\n'
    assert files in metadata.read_text()
    metadata.write_text(metadata.read_text().replace(files, files + '  - bag_9.mcap\n'))
    with BagReader(folder) as bag:
        assert len(list(bag.messages(['/image']))) == NUM_IMAGES
        assert bag.problems == ['bag_9.mcap: is named in metadata.yaml, but missing']


def test_a_damaged_message_is_refused_alone(tmp_path) -> None:
    data = image_data(1)
    with McapWriter(tmp_path / 'a.mcap') as bag:
        for broken in (data[:50], b'', b'\xff' * 60, data):
            bag.write('/image', IMAGE_TYPE, broken, 7)
    with BagReader(tmp_path / 'a.mcap') as bag:
        *damaged, whole = bag.messages(['/image'])
        assert image_from_message(bag.deserialize(whole)).shape == (6, 8, 3)
        for message in damaged:
            with pytest.raises(BagError, match='message of /image at 7 ns is damaged'):
                bag.deserialize(message)


def test_a_type_that_nobody_knows_is_refused(tmp_path) -> None:
    with BagReader(write_empty(tmp_path / 'a.mcap')) as bag:
        message = BagMessage('/a', 'nobody/msg/Nothing', 0, b'')
        with pytest.raises(BagError, match="/a has the unknown type 'nobody/msg/Nothing'"):
            bag.deserialize(message)


def write_empty(path: Path) -> Path:
    with McapWriter(path):
        pass
    return path


def test_a_bag_without_messages_is_a_bag(tmp_path) -> None:
    assert read(write_empty(tmp_path / 'a.mcap')) == []


@pytest.mark.parametrize(
    ('name', 'content', 'text'),
    [
        ('a.mcap', b'\x00' * 5000, 'it is no MCAP file'),
        ('a.mcap', b'', 'it is no MCAP file'),
        ('a.db3', b'SQLite format 3\x00' + b'\x07' * 5000, 'cannot be read'),
        ('a.db3', b'', 'no such table'),
        ('a.mcap.zstd', b'nothing', 'damaged place'),
        ('a.txt', b'hello', r'is no .mcap or .db3 file'),
    ],
)
def test_what_is_no_bag_is_refused(tmp_path, name, content, text) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BagError, match=text):
        BagReader(tmp_path / name)


def test_what_is_not_there_is_refused(tmp_path) -> None:
    with pytest.raises(BagError, match='nowhere does not exist'):
        BagReader(tmp_path / 'nowhere')
    with pytest.raises(BagError, match='is no bag: it holds no'):
        BagReader(tmp_path)


@pytest.mark.parametrize('library', ['mcap.writer', 'rosbags.typesys', 'zstandard'])
def test_a_missing_library_is_named_with_the_remedy(tmp_path, monkeypatch, library) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(BagError, match=r'pip install alphapose_ros\[bags\]'):
        BagReader(tmp_path)


def test_a_database_with_a_log_of_changes_is_read_with_it(tmp_path, make_tracks) -> None:
    import sqlite3

    path = find_file(write(tmp_path / 'bag', 'SQLITE3', 'NONE', make_tracks))
    with sqlite3.connect(path) as database:
        database.execute('PRAGMA journal_mode = WAL')
        database.execute('INSERT INTO messages VALUES (999, 1, 999, ?)', (image_data(9),))
        database.commit()
        copy = tmp_path / 'copy.db3'
        for suffix in ('', '-wal'):
            shutil.copy(f'{path}{suffix}', f'{copy}{suffix}')
    assert read(copy, '/image')[-1].data == image_data(9)


def test_tracks_of_nobody_come_back(tmp_path) -> None:
    data = tracks_to_bag(Tracks.empty(17), make_header(0, ''), (8, 6), 'coco_17')
    with McapWriter(tmp_path / 'a.mcap') as bag:
        bag.write('/tracks', POSES_TYPE, data, 0)
    with BagReader(tmp_path / 'a.mcap') as bag:
        (message,) = bag.messages(['/tracks'])
        assert len(tracks_from_bag(bag.deserialize(message))) == 0
