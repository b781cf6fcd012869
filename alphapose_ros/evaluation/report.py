# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""What a report says, of one run or of two that are compared, A and B."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field

from alphapose_ros.evaluation.figures import Figure
from alphapose_ros.evaluation.figures import RUNS
from alphapose_ros.evaluation.summary import Numbers


@dataclass(frozen=True)
class RunFacts:
    """
    What a run is.

    :param name: of its file or folder.
    :param facts: what else a reader should know of it, such as its path and date.
    :param settings: all that its results depend on; may be empty.
    """

    name: str
    facts: Mapping[str, str]
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class NumberTable:
    """
    Rows of <prefix><measure>.

    :param title: of the table.
    :param row_title: what the rows are.
    :param rows: labels and prefixes.
    :param measures: columns; those of which no run has a number are left out.
    :param is_folded: shown only on request.
    """

    title: str
    row_title: str
    rows: tuple[tuple[str, str], ...]
    measures: tuple[str, ...]
    is_folded: bool = False


@dataclass(frozen=True)
class Picture:
    """
    An image in a report.

    :param jpeg: the image.
    :param size_wh: its size.
    :param caption: below it.
    :param text: what it shows, for those who do not see it.
    """

    jpeg: bytes
    size_wh: tuple[int, int]
    caption: str
    text: str


@dataclass(frozen=True)
class Section:
    """
    A part of a report; what is empty is left out.

    :param title: of the part.
    :param text: below it.
    :param tables: of the numbers.
    :param figures: drawn from the data.
    :param pictures: images with people.
    """

    title: str
    text: str = ''
    tables: tuple[NumberTable, ...] = ()
    figures: tuple[Figure, ...] = ()
    pictures: tuple[Picture, ...] = ()


def join_notes(runs: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Return the notes of all runs; those that are not of both begin with A or B."""
    shared = set(runs[0]).intersection(*runs)
    own = [
        f'{letter}: {note}'
        for letter, notes in zip(RUNS, runs, strict=False)
        for note in notes
        if note not in shared
    ]
    return (*(note for note in runs[0] if note in shared), *own)


@dataclass(frozen=True)
class Report:
    """
    A page.

    :param title: what was evaluated.
    :param facts: what holds for all runs, such as the labels.
    :param runs: one, or A and B.
    :param numbers: of each run.
    :param cards: labels and keys of the most telling numbers.
    :param notes: what a reader of the numbers should know, a line each.
    :param sections: the parts.
    """

    title: str
    facts: Mapping[str, str]
    runs: tuple[RunFacts, ...]
    numbers: tuple[Numbers, ...]
    cards: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    sections: tuple[Section, ...]
