# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of reading how topics were offered."""

from contextlib import closing
from pathlib import Path
import sqlite3
from typing import Any

import pytest

pytest.importorskip('mcap', reason='needs mcap')
pytest.importorskip('rosbags', reason='needs rosbags')

from alphapose_ros.io.bag_qos import default_qos
from alphapose_ros.io.bag_qos import MAX_DEPTH
from alphapose_ros.io.bag_qos import parse_qos
from alphapose_ros.io.bag_qos import read_qos
from alphapose_ros.io.bag_qos import RecordedQos
from alphapose_ros.io.bag_writer import BagWriter
from alphapose_ros.io.message_types import KEYPOINT_SET_TYPE
from alphapose_ros.io.message_types import POSES_TYPE

LATCHED = '- {history: 1, depth: 1, reliability: 1, durability: 1}'
EXPECTED = {'/keypoint_set': RecordedQos(True, True, 1), '/tracks': RecordedQos(True, False, 5)}


@pytest.fixture
def bag(tmp_path: Path) -> Path:
    with BagWriter(tmp_path / 'bag') as writer:
        writer.write('/keypoint_set', KEYPOINT_SET_TYPE, b'', 1)
        writer.write('/tracks', POSES_TYPE, b'', 2)
    return tmp_path / 'bag'


@pytest.mark.parametrize(
    ('offer', 'expected'),
    [
        pytest.param(LATCHED, RecordedQos(True, True, 1), id='numbers'),
        pytest.param(
            [{'history': 'keep_last', 'depth': 3, 'reliability': 'best_effort'}],
            RecordedQos(False, False, 3),
            id='names',
        ),
        pytest.param(
            '- {depth: 3, reliability: 2, durability: 2}\n- {depth: 7, reliability: 1}',
            RecordedQos(True, False, 7),
            id='two-publishers',
        ),
        pytest.param('- {history: keep_all}', RecordedQos(True, False, MAX_DEPTH), id='keep-all'),
        pytest.param('- {depth: 999999999}', RecordedQos(True, False, MAX_DEPTH), id='huge'),
        pytest.param('', None, id='empty'),
        pytest.param('[1, {', None, id='no-yaml'),
        pytest.param('- 7', None, id='no-profile'),
    ],
)
def test_profiles_are_joined_so_that_they_serve_everybody(offer: Any, expected: Any) -> None:
    assert parse_qos(offer) == expected


def test_a_folder_and_its_file_tell_the_same(bag: Path) -> None:
    assert read_qos(bag) == EXPECTED
    assert read_qos(bag / 'bag_0.mcap') == EXPECTED


def test_without_metadata_the_file_is_asked(bag: Path) -> None:
    (bag / 'metadata.yaml').write_text('damaged: [')
    assert read_qos(bag) == EXPECTED


def test_a_sqlite_file_tells_it_too(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / 'a.db3')) as database:
        database.execute('CREATE TABLE topics (name TEXT, offered_qos_profiles TEXT)')
        database.execute('INSERT INTO topics VALUES (?, ?)', ('/keypoint_set', LATCHED))
        database.commit()
    assert read_qos(tmp_path / 'a.db3') == {'/keypoint_set': RecordedQos(True, True, 1)}


@pytest.mark.parametrize('kept', [0, 3, 100, -1])
def test_a_file_that_is_cut_off_tells_nothing(bag: Path, kept: int) -> None:
    path = bag / 'bag_0.mcap'
    path.write_bytes(path.read_bytes()[:kept])
    assert read_qos(path) == {}


def test_keypoint_sets_are_latched_where_nothing_is_told() -> None:
    assert default_qos(KEYPOINT_SET_TYPE).is_latched
    assert not default_qos(POSES_TYPE).is_latched
