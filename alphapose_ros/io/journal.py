# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""How far the processing of a camera has come: process.json beside its results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from dataclasses import dataclass
from dataclasses import field
from dataclasses import fields
import json
from pathlib import Path
from typing import Any

from alphapose_ros.io.files import replace_file

NAME = 'process.json'


class JournalError(ValueError):
    """A journal that cannot be read."""


@dataclass(frozen=True)
class Journal:
    """
    What was done so far.

    :param source: path of the bag, video or folder.
    :param topic: of the camera; '' for a file.
    :param settings: everything that the results depend on.
    :param is_done: nothing is left to do.
    :param read: images of the source that were looked at, good and bad ones.
    :param written: images whose results are in the bag.
    :param people: people in them.
    :param faults: how many images could not be used, by reason.
    :param oddities: how many were odd and used all the same, by reason.
    :param problems: what of the source could not be read, a line each.
    """

    source: str
    topic: str
    settings: Mapping[str, Any]
    is_done: bool = False
    read: int = 0
    written: int = 0
    people: int = 0
    faults: Mapping[str, int] = field(default_factory=dict)
    oddities: Mapping[str, int] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


def write_journal(folder: Path, journal: Journal) -> None:
    """Replace the journal of a folder; whenever the program ends, one of the two is there."""
    with replace_file(folder / NAME) as part:
        part.write_text(json.dumps(asdict(journal), indent=2) + '\n')


def read_journal(folder: Path) -> Journal | None:
    """
    Return the journal of a folder, None if there is none.

    :raises JournalError: if it is there and cannot be read.
    """
    path = folder / NAME
    try:
        values = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as err:
        raise JournalError(f'{path} cannot be read: {err}') from err
    known = {f.name for f in fields(Journal)}
    if not isinstance(values, dict) or set(values) != known:
        raise JournalError(f'{path} must have {", ".join(sorted(known))}')
    return Journal(**{**values, 'problems': tuple(values['problems'])})
