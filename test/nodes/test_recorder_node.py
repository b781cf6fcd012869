# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The recorder, and the demo that uses it."""

import json
from pathlib import Path
import subprocess
import sys
from typing import Any

import cv2
import numpy as np
import pytest

from alphapose_ros.io.video import VideoWriter


@pytest.fixture
def clip(tmp_path: Path, person_image: np.ndarray) -> Path:
    """Return a clip of 12 images in which somebody walks."""
    writer = VideoWriter(tmp_path / 'clip.mp4', 25.0)
    for i in range(12):
        writer.write(np.roll(person_image, 6 * i, axis=1))
    writer.close()
    return tmp_path / 'clip.mp4'


def run_demo(*arguments: str, cwd: Path) -> 'subprocess.CompletedProcess[str]':
    command = [sys.executable, '-m', 'alphapose_ros', 'demo', *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=90)


@pytest.mark.parametrize('composed', [True, False], ids=['one_process', 'three_processes'])
def test_the_demo_writes_all_files_and_tells_what_it_measured(
    tmp_path: Path, clip: Path, tiny_weights: Path, composed: bool
) -> None:
    result = run_demo(
        f'--source={clip}',
        f'--weights-dir={tiny_weights}',
        f'--output={tmp_path / "out"}',
        *(['--composed'] if composed else []),
        cwd=tmp_path,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert '12 / 12' in result.stdout
    out = tmp_path / 'out'
    summary = json.loads((out / 'summary.json').read_text())
    assert (summary['frames'], summary['ids']) == (12, 1)
    assert 0 < summary['latency_ms_p50'] <= summary['latency_ms_p95']
    video = cv2.VideoCapture(str(out / 'overlay.mp4'))
    assert int(video.get(cv2.CAP_PROP_FRAME_COUNT)) == 12
    assert cv2.imread(str(out / 'contact_sheet.png')).shape == (1440, 1920, 3)
    assert read_tracks(out / 'tracks.mcap') == [[1]] * 12


def read_tracks(path: Path) -> list[list[int]]:
    highlevel = pytest.importorskip('rosbags.highlevel')
    with highlevel.AnyReader([path]) as reader:
        messages: list[Any] = [
            reader.deserialize(data, connection.msgtype)
            for connection, _, data in reader.messages()
            if connection.topic.endswith('/tracks')
        ]
    return [[person.track_id for person in message.poses] for message in messages]


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        pytest.param(['--source=nowhere.mp4'], "'nowhere.mp4' is no file", id='missing-source'),
        pytest.param(
            ['--source={clip}', '--weights-dir=/nowhere', '--detector=yolox_nano'],
            'no weights for yolox_nano',
            id='weights',
        ),
        pytest.param(
            ['--source={clip}', '--weights-dir={weights}', '--device=gpu'],
            "unknown device 'gpu'",
            id='device',
        ),
    ],
)
def test_what_the_demo_cannot_do_it_says_in_one_line(
    tmp_path: Path,
    clip: Path,
    tiny_weights: Path,
    monkeypatch: Any,
    arguments: list[str],
    message: str,
) -> None:
    monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path))
    monkeypatch.delenv('ALPHAPOSE_WEIGHTS', raising=False)
    given = [a.format(clip=clip, weights=tiny_weights) for a in arguments]
    result = run_demo(*given, cwd=tmp_path)
    assert result.returncode == 1
    errors = [line for line in result.stderr.splitlines() if 'error' in line]
    assert len(errors) == 1
    assert message in errors[0]
    assert 'Traceback' not in result.stderr
