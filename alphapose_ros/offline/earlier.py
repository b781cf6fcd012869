# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
What an earlier run left in a folder of results, and what is to be done with it.

To go on, the folder is moved aside, and what it holds is written into a new one; when that is
done, the old one is removed. So whenever a run ends, one of the two holds everything.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
import shutil

from alphapose_ros.io.journal import Journal
from alphapose_ros.io.journal import read_journal


class RunError(ValueError):
    """A folder of results that cannot be written or continued."""


@dataclass(frozen=True)
class RunOptions:
    """
    How results are written.

    :param with_images: copy the images into the bag.
    :param resume: go on with what an earlier run left.
    :param overwrite: remove what an earlier run left.
    """

    with_images: bool = False
    resume: bool = False
    overwrite: bool = False


def previous_of(folder: Path) -> Path:
    """Return where the folder is moved to."""
    return folder.with_name(f'{folder.name}.previous')


def take_earlier(folder: Path, journal: Journal, options: RunOptions) -> Journal | None:
    """
    Make room for a run, and return the journal of the earlier one that it goes on with, if any.

    A finished one stays where it is; another is then in `previous_of(folder)`.

    :param journal: of the run that is to begin.
    :raises RunError: if there is an earlier run, or something else, that must not be touched.
    """
    previous = previous_of(folder)
    earlier = read_journal(previous) or read_journal(folder)
    if earlier is None:
        if folder.exists() and any(folder.iterdir()):
            raise RunError(
                f'{folder} is no output of an earlier run, and not empty: choose another'
            )
        return None
    if options.overwrite:
        for path in (folder, previous):
            shutil.rmtree(path, ignore_errors=True)
        return None
    if not options.resume:
        raise RunError(f'{folder} holds an earlier run: --resume goes on, --overwrite replaces it')
    _check_same(folder, earlier, journal)
    if earlier.is_done and not previous.exists():
        return earlier
    if previous.exists():  # interrupted while it was written anew
        shutil.rmtree(folder, ignore_errors=True)
    else:
        folder.rename(previous)
    return earlier


def _check_same(folder: Path, earlier: Journal, journal: Journal) -> None:
    """Results of two settings in one bag would be those of none."""
    for name, now in {
        'source': journal.source,
        'topic': journal.topic,
        **journal.settings,
    }.items():
        then = {'source': earlier.source, 'topic': earlier.topic, **earlier.settings}.get(name)
        if now != then:
            raise RunError(
                f'{folder} was begun with {name} {then!r}, and this is {now!r}: take the same, or '
                '--overwrite'
            )
