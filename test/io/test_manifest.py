# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the manifest and of lists of sources."""

from dataclasses import replace
from pathlib import Path

import pytest

from alphapose_ros.io.manifest import append_entry
from alphapose_ros.io.manifest import Entry
from alphapose_ros.io.manifest import ManifestError
from alphapose_ros.io.manifest import NAME
from alphapose_ros.io.manifest import parse_list
from alphapose_ros.io.manifest import read_list
from alphapose_ros.io.manifest import read_manifest

WALK = Entry('a/walk', 'out/walk', 'f00', 'failed', 3, 0, 0, 1.5, 'no "такой"\nfile')
RUN = replace(WALK, source='a/run', folder='out/run', state='done', images=7, people=9, error='')


def test_entries_come_back_and_of_two_of_a_folder_the_last(tmp_path: Path) -> None:
    again = replace(WALK, state='done', error='')
    for entry in (WALK, RUN, again):
        append_entry(tmp_path / 'new', entry)
    assert read_manifest(tmp_path / 'new') == {'out/walk': again, 'out/run': RUN}
    assert len((tmp_path / 'new' / NAME).read_text().splitlines()) == 3


def test_no_manifest_has_no_entries(tmp_path: Path) -> None:
    assert read_manifest(tmp_path) == {}


@pytest.mark.parametrize('cut', [1, 2, 40, 100])
def test_a_line_that_was_cut_off_harms_no_other(tmp_path: Path, cut: int) -> None:
    for entry in (RUN, WALK):
        append_entry(tmp_path, entry)
    path = tmp_path / NAME
    path.write_bytes(path.read_bytes()[:-cut])
    other = replace(RUN, folder='out/jump')
    append_entry(tmp_path, other)
    entries = read_manifest(tmp_path)
    assert entries['out/run'] == RUN
    assert entries['out/jump'] == other
    assert ('out/walk' in entries) == (cut == 1)


def test_a_manifest_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / NAME).mkdir()
    with pytest.raises(ManifestError, match='cannot be read'):
        read_manifest(tmp_path)


def test_a_list_has_a_source_per_line() -> None:
    assert parse_list('a/walk\n\n  b c \r\n') == ['a/walk', 'b c']


def test_a_list_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match='cannot be read'):
        read_list(tmp_path / 'nowhere')
