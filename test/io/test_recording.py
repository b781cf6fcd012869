# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of what a run leaves behind."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

pytest.importorskip('rosbags', reason='needs rosbags')
pytest.importorskip('mcap', reason='needs mcap')
pytest.importorskip('ament_index_python', reason='needs ROS 2')

from rosbags.highlevel import AnyReader

from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.io import recording as module
from alphapose_ros.io.recording import Recording
from alphapose_ros.io.video import FrameSource
from alphapose_ros.structures import Poses
from alphapose_ros.structures import Tracks
from alphapose_ros.structures import TrackState

SKELETON = get_skeleton('coco_17')
PERIOD_S = 0.05


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every reading of the clock be one period after the last."""
    readings = iter(100 + PERIOD_S * i for i in range(10_000))
    monkeypatch.setattr(module, 'time', SimpleNamespace(monotonic=lambda: next(readings)))


def people(*ids_and_states: tuple[int, TrackState]) -> Tracks:
    n = len(ids_and_states)
    poses = Poses(
        boxes=np.tile(np.array([10, 10, 40, 45], np.float32), (n, 1)),
        box_scores=np.ones(n, np.float32),
        keypoints=np.full((n, 17, 2), 20, np.float32),
        keypoint_scores=np.ones((n, 17), np.float32),
        scores=np.ones(n, np.float32),
        embeddings=np.zeros((n, 0), np.float32),
    )
    ids = np.array([i for i, _ in ids_and_states], np.int32)
    states = np.array([s for _, s in ids_and_states], np.uint8)
    return Tracks(poses, ids, states, np.ones(n, np.uint32))


def seen(*ids: int) -> Tracks:
    return people(*((i, TrackState.TRACKED) for i in ids))


def record(folder: Path, tracks: list[Tracks], latencies_ms: list[float]) -> dict[str, Any]:
    """Record a run without images; return its summary."""
    recording = Recording(folder, fps=20, frame_count=len(tracks), has_video=False)
    for each, latency_ms in zip(tracks, latencies_ms, strict=True):
        recording.add_tracks(each, latency_ms)
    recording.close()
    summary: dict[str, Any] = json.loads((folder / 'summary.json').read_text())
    return summary


def record_images(folder: Path, count: int, expected: int) -> None:
    """Record images that grow brighter, one step each."""
    recording = Recording(folder, fps=20, frame_count=expected, has_video=True)
    for _ in range(count):
        recording.add_tracks(Tracks.empty(17), 1)
    for i in range(count):
        recording.add_image(np.full((48, 64, 3), i, np.uint8), Tracks.empty(17), SKELETON)
    recording.close()


def sheet_of(folder: Path) -> list[int]:
    """Return which images the contact sheet shows, row by row."""
    sheet = FrameSource(str(folder / 'contact_sheet.png')).read()
    assert sheet is not None
    columns, rows = sheet.shape[1] // 640, sheet.shape[0] // 480
    tiles = sheet.reshape(rows, 480, columns, 640, 3)[:, 240, :, 320, 0]
    return [int(value) for value in tiles.ravel()]


def test_frames_rate_and_latency_of_a_run(tmp_path: Path) -> None:
    summary = record(tmp_path, [seen(1)] * 101, [float(ms) for ms in range(101)])
    assert summary['frames'] == 101
    assert summary['fps'] == pytest.approx(1 / PERIOD_S)
    assert summary['latency_ms_p50'] == pytest.approx(50)
    assert summary['latency_ms_p95'] == pytest.approx(95)


def test_people_are_counted_who_are_seen_and_have_an_identity(tmp_path: Path) -> None:
    everybody = people(
        (1, TrackState.TRACKED),
        (2, TrackState.TENTATIVE),
        (3, TrackState.TENTATIVE),
        (4, TrackState.PREDICTED),
        (-1, TrackState.UNTRACKED),
    )
    summary = record(tmp_path, [everybody, seen(1), Tracks.empty(17), seen(1)], [1.0] * 4)
    assert summary['people_per_frame'] == pytest.approx((3 + 1 + 0 + 1) / 4)


def test_identities_are_counted_once_and_only_when_confirmed(tmp_path: Path) -> None:
    noise = [people((i, TrackState.TENTATIVE)) for i in range(20, 30)]
    summary = record(tmp_path, [seen(1, 2), seen(1), seen(1, 7), *noise], [1.0] * 13)
    assert summary['ids'] == 3
    assert summary['longest_tracks'] == {'1': 3, '2': 1, '7': 1}


def test_a_run_without_images_has_a_summary_that_json_allows(tmp_path: Path) -> None:
    summary = record(tmp_path, [], [])
    assert (summary['frames'], summary['fps'], summary['ids']) == (0, 0.0, 0)
    assert 'NaN' not in (tmp_path / 'summary.json').read_text()


def test_a_run_of_one_image_has_no_rate(tmp_path: Path) -> None:
    assert record(tmp_path, [seen(1)], [8.0])['fps'] == 0.0


def test_diagnostics_are_passed_on(tmp_path: Path) -> None:
    recording = Recording(tmp_path, fps=20, frame_count=0, has_video=False)
    recording.diagnostics['/detector'] = {'fps': '20.0'}
    recording.close()
    summary = json.loads((tmp_path / 'summary.json').read_text())
    assert summary['diagnostics'] == {'/detector': {'fps': '20.0'}}


def test_the_folder_is_made_and_holds_all_files(tmp_path: Path) -> None:
    folder = tmp_path / 'new' / 'run'
    record_images(folder, 3, 3)
    assert {path.name for path in folder.iterdir()} == {
        'overlay.mp4', 'contact_sheet.png', 'tracks.mcap', 'summary.json',
    }  # fmt: skip


def test_without_video_no_picture_is_written(tmp_path: Path) -> None:
    recording = Recording(tmp_path, fps=20, frame_count=1, has_video=False)
    recording.add_image(np.zeros((48, 64, 3), np.uint8), Tracks.empty(17), SKELETON)
    recording.close()
    assert {path.name for path in tmp_path.iterdir()} == {'tracks.mcap', 'summary.json'}


def test_the_video_has_every_image_and_shows_the_people(tmp_path: Path) -> None:
    recording = Recording(tmp_path, fps=20, frame_count=2, has_video=True)
    image = np.zeros((96, 128, 3), np.uint8)
    recording.add_image(image, Tracks.empty(17), SKELETON)
    recording.add_image(image, seen(1), SKELETON)
    recording.close()
    source = FrameSource(str(tmp_path / 'overlay.mp4'))
    empty, drawn = source.read(), source.read()
    assert source.read() is None
    assert empty is not None and empty.max() < 30
    assert drawn is not None and drawn.max() > 100
    assert not image.any()


@pytest.mark.parametrize(
    ('count', 'expected', 'shown'),
    [
        (90, 90, [5, 15, 25, 35, 45, 55, 65, 75, 85]),
        (9, 9, [0, 1, 2, 3, 4, 5, 6, 7, 8]),
        (4, 4, [0, 1, 2, 3, 0, 0]),
        (17, 17, [0, 2, 4, 6, 8, 10, 12, 14, 16]),
        (9, 0, [0, 1, 2, 3, 4, 5, 6, 7, 8]),
    ],
    ids=['long', 'nine', 'short', 'no multiple of nine', 'length unknown'],
)
def test_the_contact_sheet_is_spread_over_the_run(
    tmp_path: Path, count: int, expected: int, shown: list[int]
) -> None:
    record_images(tmp_path, count, expected)
    assert sheet_of(tmp_path) == shown


@pytest.mark.parametrize('expected', [0, 20], ids=['length unknown', 'longer than expected'])
def test_a_sheet_of_a_run_of_any_length_is_spread_over_it(tmp_path: Path, expected: int) -> None:
    record_images(tmp_path, 200, expected)
    shown = sheet_of(tmp_path)
    assert len(shown) == 9
    assert shown[0] < 40 and shown[-1] > 160
    assert all(10 <= gap <= 40 for gap in np.diff(shown))


def test_messages_reach_the_bag(tmp_path: Path) -> None:
    text = b'\x00\x01\x00\x00\x06\x00\x00\x00hello\x00'  # std_msgs/String in little-endian CDR
    recording = Recording(tmp_path, fps=20, frame_count=0, has_video=False)
    recording.add_message('/note', 'std_msgs/msg/String', text, 42)
    recording.close()
    with AnyReader([tmp_path / 'tracks.mcap']) as reader:
        ((connection, stamp_ns, data),) = reader.messages()
        message = reader.deserialize(data, connection.msgtype)
    assert (connection.topic, stamp_ns, message.data) == ('/note', 42, 'hello')
