# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the times of messages in bags."""

from pathlib import Path
import struct

import pytest

from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.io.bag_stamps import read_times
from alphapose_ros.io.bag_writer import BagWriter
from alphapose_ros.io.message_types import BagError
from alphapose_ros.io.message_types import KEYPOINT_SET_TYPE
from alphapose_ros.io.message_types import make_header
from alphapose_ros.io.message_types import POSES_TYPE
from alphapose_ros.io.message_types import skeleton_to_bag
from alphapose_ros.io.message_types import tracks_to_bag
from alphapose_ros.structures import Tracks

STAMPS_NS = (3_000_000_007, 4_000_000_008)


def write(path: Path, *, has_tracks: bool = True, last: bytes | None = None) -> Path:
    with BagWriter(path) as bag:
        bag.write('/keypoint_set', KEYPOINT_SET_TYPE, skeleton_to_bag(get_skeleton('coco_17')), 0)
        for stamp_ns in STAMPS_NS if has_tracks else ():
            header = make_header(stamp_ns, 'camera')
            data = tracks_to_bag(Tracks.empty(17), header, (64, 48), 'coco_17')
            bag.write('/tracks', POSES_TYPE, data, stamp_ns + 5)
        if last is not None:
            bag.write('/tracks', POSES_TYPE, last, 0)
    return path


def test_stamps_and_times_of_recording_are_read(tmp_path: Path) -> None:
    times, problems = read_times(write(tmp_path / 'bag'))
    assert (list(times), problems) == (['/tracks'], ())
    assert tuple(times['/tracks'].stamps_ns) == STAMPS_NS
    assert tuple(times['/tracks'].log_times_ns - times['/tracks'].stamps_ns) == (5, 5)


def test_stamps_of_big_endian_writers_are_read(tmp_path: Path) -> None:
    data = b'\0\0\0\0' + struct.pack('>iI', 7, 5)
    times, _ = read_times(write(tmp_path / 'bag', has_tracks=False, last=data))
    assert times['/tracks'].stamps_ns.tolist() == [7_000_000_005]


def test_a_message_without_a_stamp_is_a_problem_of_its_own(tmp_path: Path) -> None:
    times, problems = read_times(write(tmp_path / 'bag', last=b'\0\1\0\0\7'))
    assert sorted(times['/tracks'].stamps_ns) == list(STAMPS_NS)
    assert problems == (f'{tmp_path / "bag"}: 1 messages are too short to have a stamp',)


def test_a_bag_without_stamps_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BagError, match='has no messages of'):
        read_times(write(tmp_path / 'bag', has_tracks=False))
