# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of writing bags: what was flushed survives, and others can read the result."""

import os
from pathlib import Path
import signal
import subprocess
import sys

import pytest

pytest.importorskip('rosbags', reason='needs rosbags')
pytest.importorskip('mcap', reason='needs mcap')

from rosbags.highlevel import AnyReader
from rosbags.interfaces import QosDurability

from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.io.bag_reader import BagReader
from alphapose_ros.io.bag_writer import BagError
from alphapose_ros.io.bag_writer import BagWriter
from alphapose_ros.io.message_types import hash_type
from alphapose_ros.io.message_types import KEYPOINT_SET_TYPE
from alphapose_ros.io.message_types import make_header
from alphapose_ros.io.message_types import POSES_TYPE
from alphapose_ros.io.message_types import skeleton_to_bag
from alphapose_ros.io.message_types import tracks_to_bag
from alphapose_ros.structures import Tracks

ROOT = Path(__file__).resolve().parents[2]
START_NS = 1_700_000_000_000_000_000


def write(bag: BagWriter, *numbers: int) -> None:
    for number in numbers:
        stamp_ns = START_NS + number
        header = make_header(stamp_ns, 'camera')
        data = tracks_to_bag(Tracks.empty(17), header, (8, 6), 'coco_17')
        bag.write('/tracks', POSES_TYPE, data, stamp_ns)


def write_bag(folder: Path, *numbers: int) -> Path:
    with BagWriter(folder) as bag:
        bag.write('/set', KEYPOINT_SET_TYPE, skeleton_to_bag(get_skeleton('coco_17')), START_NS)
        write(bag, *numbers)
    return folder


def numbers_of(path: Path) -> list[int]:
    with BagReader(path) as bag:
        return [message.log_time_ns - START_NS for message in bag.messages(['/tracks'])]


def numbers_by_rosbags(path: Path) -> list[int]:
    with AnyReader([path]) as bag:
        connections = [c for c in bag.connections if c.topic == '/tracks']
        rows = list(bag.messages(connections))
        for connection, _, data in rows:
            bag.deserialize(data, connection.msgtype)
        assert bag.message_count == sum(1 for _ in bag.messages())
        return [time_ns - START_NS for _, time_ns, _ in rows]


def kill_writer(folder: Path, numbers: list[int], lost: list[int]) -> None:
    """Let another process write, flush, write more and be killed."""
    code = f"""
import os, signal, sys
from pathlib import Path
import importlib.util
spec = importlib.util.spec_from_file_location('this', {__file__!r})
this = importlib.util.module_from_spec(spec)
spec.loader.exec_module(this)
bag = this.BagWriter(Path({str(folder)!r}))
this.write(bag, *{numbers})
bag.flush()
this.write(bag, *{lost})
os.kill(os.getpid(), signal.SIGKILL)
"""
    environment = {**os.environ, 'PYTHONPATH': str(ROOT)}
    done = subprocess.run([sys.executable, '-c', code], env=environment, check=False)
    assert done.returncode == -signal.SIGKILL


def test_a_bag_is_read_by_us_and_by_others(tmp_path) -> None:
    folder = write_bag(tmp_path / 'run', 1, 2, 3)
    assert sorted(path.name for path in folder.iterdir()) == ['metadata.yaml', 'run_0.mcap']
    assert numbers_of(folder) == numbers_by_rosbags(folder) == [1, 2, 3]
    with BagReader(folder) as bag:
        assert bag.problems == []


def test_others_learn_types_times_and_what_is_latched(tmp_path) -> None:
    with AnyReader([write_bag(tmp_path / 'run', 1, 2, 3)]) as bag:
        assert (bag.start_time, bag.end_time) == (START_NS, START_NS + 4)
        found = {c.topic: (c.msgtype, c.msgcount, c.digest) for c in bag.connections}
        qos = {c.topic: c.ext.offered_qos_profiles[0].durability for c in bag.connections}
    assert found == {
        '/set': (KEYPOINT_SET_TYPE, 1, hash_type(KEYPOINT_SET_TYPE)),
        '/tracks': (POSES_TYPE, 3, hash_type(POSES_TYPE)),
    }
    assert qos == {'/set': QosDurability.TRANSIENT_LOCAL, '/tracks': QosDurability.VOLATILE}


def test_the_same_messages_give_the_same_files(tmp_path) -> None:
    one, other = (write_bag(tmp_path / side / 'run', 1, 2) for side in ('one', 'other'))
    for path in one.iterdir():
        assert path.read_bytes() == (other / path.name).read_bytes()


def test_a_bag_without_messages_can_be_read(tmp_path) -> None:
    with BagWriter(tmp_path / 'run'):
        pass
    assert numbers_of(tmp_path / 'run') == numbers_by_rosbags(tmp_path / 'run') == []


def test_what_was_flushed_survives_the_writer(tmp_path) -> None:
    folder = tmp_path / 'run'
    kill_writer(folder, [1, 2, 3], lost=[4])
    assert numbers_of(folder) == [1, 2, 3]
    with BagReader(folder) as bag:
        assert 'run_0.mcap: is unfinished or cut off: it has no index' in bag.problems


def test_a_bag_that_is_there_is_not_overwritten(tmp_path) -> None:
    folder = write_bag(tmp_path / 'run', 1)
    with pytest.raises(BagError, match=r'there is a bag in .*run already'):
        BagWriter(folder)
    assert numbers_of(folder) == [1]


def test_an_unknown_type_is_named_and_the_bag_stays_good(tmp_path) -> None:
    with BagWriter(tmp_path / 'run') as bag:
        write(bag, 1)
        with pytest.raises(BagError, match="no message type 'nonsense'"):
            bag.write('/a', 'nonsense', b'', 0)
    assert numbers_of(tmp_path / 'run') == numbers_by_rosbags(tmp_path / 'run') == [1]


def test_a_closed_bag_takes_no_messages(tmp_path) -> None:
    bag = BagWriter(tmp_path / 'run')
    bag.close()
    bag.close()
    with pytest.raises(BagError, match='is closed'):
        write(bag, 1)
