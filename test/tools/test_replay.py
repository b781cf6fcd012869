# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Replay and record as commands, with the real nodes as processes."""

from collections.abc import Callable
from collections.abc import Iterator
from pathlib import Path
import signal
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
pytest.importorskip('alphapose_ros.msg', reason='needs the built messages')
pytest.importorskip('mcap', reason='needs mcap')
pytest.importorskip('rosbags', reason='needs rosbags')

from rclpy.serialization import serialize_message

from alphapose_ros.io.bag_reader import BagReader
from alphapose_ros.io.bag_writer import BagWriter
from alphapose_ros.io.messages import Header
from alphapose_ros.io.messages import image_to_message
from alphapose_ros.io.messages import ns_to_stamp

NUM_IMAGES = 8

Start = Callable[..., 'subprocess.Popen[str]']


@pytest.fixture
def bag(tmp_path: Path) -> Path:
    """Return a bag in which somebody walks."""
    image = np.full((480, 640, 3), 20, np.uint8)
    image[120:360, 260:360] = 250
    with BagWriter(tmp_path / 'bag') as writer:
        for i in range(NUM_IMAGES):
            time_ns = 10**18 + i * 40_000_000
            message = image_to_message(
                np.roll(image, 6 * i, axis=1), Header(stamp=ns_to_stamp(time_ns))
            )
            data = serialize_message(message)
            writer.write('/eye/image', 'sensor_msgs/msg/Image', data, time_ns)
    return tmp_path / 'bag'


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Return what starts a command; whatever still runs in the end is interrupted."""
    processes: list[subprocess.Popen[str]] = []

    def start_command(*arguments: object) -> 'subprocess.Popen[str]':
        command = [sys.executable, '-m', 'alphapose_ros', *map(str, arguments)]
        process = subprocess.Popen(
            command,
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            # Where the tests run in the background, SIGINT is ignored, and that is inherited.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        processes.append(process)
        return process

    yield start_command
    for process in processes:
        if process.poll() is None:
            end(process, interrupted=True)


def end(process: Any, *, interrupted: bool = False) -> str:
    """Return the output; a process that does not end is interrupted, so that its nodes end."""
    if interrupted:
        process.send_signal(signal.SIGINT)
    try:
        output: str = process.communicate(timeout=90)[0]
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGINT)
        output = process.communicate(timeout=30)[0]
    return output


def test_nodes_lose_no_image_of_a_bag(
    start: Start, tmp_path: Path, bag: Path, tiny_weights: Path
) -> None:
    options = ('--run', '--check', '--rate', 0, '--weights-dir', tiny_weights)
    player = start('replay', bag, *options)
    output = end(player)
    assert player.returncode == 0, output
    assert '8 / 8' in output


def test_what_live_nodes_send_is_recorded(
    start: Start, tmp_path: Path, bag: Path, tiny_weights: Path
) -> None:
    # The bag is played until the recorder has found the tracker, however long that takes.
    options = ('--run', '--check', '--rate', 0, '--loop', '--clock', '--weights-dir', tiny_weights)
    player = start('replay', bag, *options)
    topics = ('--topics', '/eye/image', 'tracks', '--max-images', NUM_IMAGES)
    recorder = start('record', '--output', 'again', *topics)
    recorded_output, played_output = end(recorder), end(player, interrupted=True)
    assert recorder.returncode == 0, recorded_output
    assert player.returncode == 0, played_output
    with BagReader(bag) as sent, BagReader(tmp_path / 'again') as recorded:
        played = {message.data for message in sent.messages(sent.topics)}
        images = {message.data for message in recorded.messages(['/eye/image'])}
        tracks = [recorded.deserialize(m) for m in recorded.messages(['/tracks'])]
    assert images
    assert images <= played
    assert [len(message.poses) for message in tracks] == [1] * NUM_IMAGES


def test_without_nodes_a_check_has_exit_code_1(start: Start, bag: Path) -> None:
    player = start('replay', bag, '--check', '--timeout', 0.5)
    output = end(player)
    assert player.returncode == 1
    assert 'error: no tracks of the first image within 0.5 s' in output
    assert 'Traceback' not in output


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM], ids=['SIGINT', 'SIGTERM'])
def test_a_signal_ends_a_recording_with_code_0_and_a_whole_bag(
    start: Start, tmp_path: Path, number: signal.Signals
) -> None:
    recorder = start('record', '--output', 'out')
    assert recorder.stdout is not None
    assert 'recording' in recorder.stdout.readline()
    recorder.send_signal(number)
    output = end(recorder)
    assert recorder.returncode == 0, output
    assert '0 messages' in output
    assert 'Traceback' not in output
    assert (tmp_path / 'out' / 'metadata.yaml').is_file()


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        pytest.param(['nowhere'], 'nowhere does not exist', id='missing'),
        pytest.param(
            ['{bag}', '--run', '--set', 'nms_iou=7'], 'nms_iou must be in', id='parameter'
        ),
        pytest.param(['{bag}', '--run', '--topics', '/a'], '--run needs one topic', id='topic'),
    ],
)
def test_what_cannot_be_played_is_said_in_one_line(
    start: Start, bag: Path, tiny_weights: Path, arguments: list[str], message: str
) -> None:
    given = [argument.format(bag=bag) for argument in arguments]
    player = start('replay', *given, '--weights-dir', tiny_weights)
    output = end(player)
    assert player.returncode == 1
    assert len([line for line in output.splitlines() if 'error' in line]) == 1
    assert message in output
    assert 'Traceback' not in output
