# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""What came of each job of a long run: manifest.jsonl, a line of JSON per job that ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from dataclasses import dataclass
from dataclasses import fields
import json
import os
from pathlib import Path
from typing import Any
from typing import Literal
from typing import TypeAlias

NAME = 'manifest.jsonl'
State: TypeAlias = Literal['done', 'incomplete', 'failed']


class ManifestError(ValueError):
    """A manifest, or a list of sources, that cannot be read."""


@dataclass(frozen=True)
class Entry:
    """
    What came of a job.

    :param source: path of the bag, video or folder.
    :param folder: of its results.
    :param settings: a digest of all that its results depend on.
    :param state: incomplete: done, but for images that could not be used.
    :param attempts: how often it was begun.
    :param images: whose results are in the bags.
    :param people: in them.
    :param seconds: that its attempts took together.
    :param error: why it failed.
    """

    source: str
    folder: str
    settings: str
    state: State
    attempts: int
    images: int
    people: int
    seconds: float
    error: str


def append_entry(folder: Path, entry: Entry) -> None:
    """Add a line; it is on the disk when this returns."""
    folder.mkdir(parents=True, exist_ok=True)
    line = json.dumps(asdict(entry), ensure_ascii=False).encode() + b'\n'
    with (folder / NAME).open('a+b', buffering=0) as file:
        if file.tell():
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b'\n':  # the last one was cut off
                line = b'\n' + line
        file.write(line)
        os.fsync(file.fileno())


def read_manifest(folder: Path) -> Mapping[str, Entry]:
    """
    Return the last entry of each folder of results, none if there is no manifest.

    Lines that were cut off when a run was killed are left out: their jobs are looked at again.

    :raises ManifestError: if it is there and cannot be read.
    """
    path = folder / NAME
    try:
        lines = path.read_bytes().splitlines()
    except FileNotFoundError:
        return {}
    except OSError as err:
        raise ManifestError(f'{path} cannot be read: {err}') from err
    known = {f.name for f in fields(Entry)}
    rows = [row for row in map(_parse, lines) if isinstance(row, dict) and set(row) == known]
    return {row['folder']: Entry(**row) for row in rows}


def read_list(path: Path) -> list[str]:
    """
    Return the sources of a list, see `parse_list`.

    :raises ManifestError: if it cannot be read.
    """
    try:
        return parse_list(path.read_text())
    except (OSError, UnicodeDecodeError) as err:
        raise ManifestError(f'{path} cannot be read: {err}') from err


def parse_list(text: str) -> list[str]:
    """Return the lines that are not empty."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def _parse(line: bytes) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        return None
