# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Reading of rosbag2 bags without ROS, also of unfinished and damaged ones.

Whatever a bag holds, the outcome is messages, a list of problems, or a BagError.
"""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
import re
import struct
from tempfile import TemporaryDirectory
from typing import Any

from alphapose_ros.io.bag_message import BagMessage as BagMessage
from alphapose_ros.io.bag_message import DamageError
from alphapose_ros.io.bag_message import Problems
from alphapose_ros.io.bag_message import TopicInfo as TopicInfo
from alphapose_ros.io.compression import CompressionError
from alphapose_ros.io.compression import decompress_zstd
from alphapose_ros.io.compression import decompress_zstd_file
from alphapose_ros.io.compression import ZSTD_START
from alphapose_ros.io.mcap_records import MAX_RECORD_BYTES
from alphapose_ros.io.mcap_storage import McapFile
from alphapose_ros.io.message_types import BagError as BagError
from alphapose_ros.io.message_types import check_libraries
from alphapose_ros.io.message_types import message_store
from alphapose_ros.io.sqlite_storage import SqliteFile

_ZSTD = '.zstd'
METADATA = 'metadata.yaml'
_FILE_NAME = re.compile(r'\.(mcap|db3)(\.zstd)?$')
_FILE_LIST = re.compile(r'relative_file_paths:\s*\n((?:\s*- .*\n)+)')
_MAX_FILE_RATIO = 1000  # of the size of a file before and after compression


class BagReader:
    """
    An open bag; a context manager.

    :param path: the folder of a bag, or one .mcap or .db3 file, which may end in .zstd too.
    :raises BagError: if it is no bag, nothing of it can be read, or a library is missing.
    """

    def __init__(self, path: Path) -> None:
        check_libraries()
        self._problems = Problems()
        self._stack = ExitStack()
        self._files: list[McapFile | SqliteFile] = []
        try:
            for file in storage_files(path, self._problems):
                self._open(file)
            if not self._files:
                raise BagError('; '.join([f'{path} cannot be read', *self.problems[:3]]))
        except BaseException:
            self.close()
            raise

    @property
    def topics(self) -> dict[str, TopicInfo]:
        """The topics by name."""
        topics: dict[str, TopicInfo] = {}
        for file in self._files:
            for name, info in file.topics.items():
                earlier = topics.get(name, TopicInfo(info.type_name, 0))
                counts = earlier.count, info.count
                count = None if None in counts else sum(n or 0 for n in counts)
                topics[name] = TopicInfo(earlier.type_name, count)
        return topics

    @property
    def problems(self) -> list[str]:
        """What was found damaged so far, one line each; reading on may find more."""
        return list(self._problems.lines)

    def messages(self, topics: Collection[str]) -> Iterator[BagMessage]:
        """Yield the messages of some topics, file by file in the order of time."""
        for file in self._files:
            for message in file.messages(topics):
                if not message.data.startswith(ZSTD_START):  # CDR starts with 0
                    yield message
                    continue
                try:
                    data = decompress_zstd(message.data, MAX_RECORD_BYTES)
                except CompressionError as err:
                    self._problems.add(file.path, f'{_describe(message)} is left out: {err}')
                    continue
                yield BagMessage(message.topic, message.type_name, message.log_time_ns, data)

    def deserialize(self, message: BagMessage) -> Any:
        """
        Return a message as rosbags has it: an object with the fields of the message's type.

        :raises BagError: if the type is unknown or the message damaged.
        """
        from rosbags.serde import SerdeError

        store = message_store()
        if message.type_name not in store.fielddefs:
            raise BagError(f'{message.topic} has the unknown type {message.type_name!r}')
        try:
            return store.deserialize_cdr(message.data, message.type_name)
        except (AssertionError, LookupError, SerdeError, ValueError, struct.error) as err:
            raise BagError(f'{_describe(message)} is damaged: {err}') from err

    def close(self) -> None:
        """Close all files."""
        self._stack.close()

    def __enter__(self) -> BagReader:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _open(self, path: Path) -> None:
        """Open a file of the bag, or note why that is impossible."""
        try:
            if path.suffix == _ZSTD:
                path = self._decompress(path)
            file = (McapFile if path.suffix == '.mcap' else SqliteFile)(path, self._problems)
        except (DamageError, OSError) as err:
            self._problems.add(path, f'cannot be read: {err}')
            return
        self._files.append(file)
        self._stack.callback(file.close)

    def _decompress(self, path: Path) -> Path:
        """Return the content of a compressed file, as a file for as long as the bag is open."""
        folder = self._stack.enter_context(TemporaryDirectory())
        content = Path(folder, path.stem)
        try:
            decompress_zstd_file(path, content, _MAX_FILE_RATIO * path.stat().st_size)
        except CompressionError as err:
            self._problems.add(path, f'is read up to a damaged place: {err}')
        return content


def is_bag(path: Path) -> bool:
    """Tell whether a path looks like a bag, intact or not."""
    names = [file.name for file in path.iterdir()] if path.is_dir() else [path.name]
    return any(name == METADATA or _FILE_NAME.search(name) for name in names)


def is_storage_file(path: Path) -> bool:
    """Tell by the name if a file holds messages."""
    return _FILE_NAME.search(path.name) is not None


def storage_files(path: Path, problems: Problems) -> list[Path]:
    """
    Return the files of a bag in the order of time.

    :raises BagError: if there are none.
    """
    if path.is_file() and is_storage_file(path):
        return [path]
    if not path.is_dir():
        what = 'is no .mcap or .db3 file' if path.exists() else 'does not exist'
        raise BagError(f'{path} {what}')
    files = _listed_files(path, problems)
    if not files:
        found = [file for file in path.iterdir() if is_storage_file(file)]
        files = sorted(found, key=lambda file: _by_number(file.name))
    if not files:
        raise BagError(f'{path} is no bag: it holds no .mcap or .db3 file')
    return files


def _listed_files(folder: Path, problems: Problems) -> list[Path]:
    """Return those of the files named in metadata.yaml that are there."""
    metadata = folder / METADATA
    try:
        text = metadata.read_text(errors='replace')
    except OSError:
        problems.add(metadata, 'is missing, as in an unfinished bag')
        return []
    block = _FILE_LIST.search(text)
    names = [line.strip()[2:].strip('\'" ') for line in block[1].splitlines()] if block else []
    # Older bags name the folder too.
    files = [folder / Path(name).name for name in names if is_storage_file(Path(name))]
    if not files:
        problems.add(metadata, 'is damaged: files are found by their names')
    for file in files:
        if not file.is_file():
            problems.add(file, 'is named in metadata.yaml, but missing')
    return [file for file in files if file.is_file()]


def _by_number(name: str) -> list[Any]:
    """Return a key that sorts bag_2 before bag_10."""
    return [int(part) if part.isdigit() else part for part in re.split(r'(\d+)', name)]


def _describe(message: BagMessage) -> str:
    return f'message of {message.topic} at {message.log_time_ns} ns'
