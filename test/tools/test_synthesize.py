# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The command, on a few small images."""

from collections.abc import Callable
import json
import multiprocessing
from pathlib import Path
import subprocess
import sys
import threading
import time

import cv2
import pytest

from alphapose_ros.io.mot import read_mot
from alphapose_ros.io.video import FrameSource
from alphapose_ros.synthesis.film import WAVER
from alphapose_ros.tools.main import main
from alphapose_ros.tools.synthesize import CHUNK


def synthesize(assets: Path, output: Path, count: int, *options: str) -> int:
    common = ['--count', str(count), '--size', '48x64', '--workers', '1', *options]
    return main(['synthesize', '--assets', str(assets), '--output', str(output), *common])


def test_a_data_set_grows_and_keeps_its_images(assets_dir: Path, tmp_path: Path) -> None:
    output, sheet = tmp_path / 'set', tmp_path / 'sheet.png'
    assert synthesize(assets_dir, output, 2) == 0
    first = output / 'images' / '000001.jpg'
    first.write_bytes(b'kept')
    before = json.loads((output / 'annotations.json').read_text())
    assert synthesize(assets_dir, output, 3, '--sheet', str(sheet)) == 0
    after = json.loads((output / 'annotations.json').read_text())
    assert first.read_bytes() == b'kept'
    assert [image['id'] for image in after['images']] == [1, 2, 3]
    assert all(image['background'].endswith(('.hdr', '.jpg')) for image in after['images'])
    assert after['annotations'][: len(before['annotations'])] == before['annotations']
    assert cv2.imread(str(output / 'images' / '000003.jpg')).shape == (64, 48, 3)
    assert cv2.imread(str(sheet)) is not None


class Killer(threading.Thread):
    """Kills processes that render, from when a condition is true."""

    def __init__(self, condition: Callable[[], bool], *, most: int) -> None:
        super().__init__(daemon=True)
        self.killed: set[int] = set()
        self._condition, self._most, self._is_over = condition, most, threading.Event()

    def run(self) -> None:
        while not self._is_over.wait(0.02) and len(self.killed) < self._most:
            if self._condition():
                for process in multiprocessing.active_children():
                    process.kill()
                    self.killed.add(process.pid or 0)

    def stop(self) -> None:
        self._is_over.set()
        self.join()


def test_a_process_that_dies_costs_no_image(
    assets_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / 'set'
    killer = Killer(lambda: any((output / 'images').glob('*.jpg')), most=1)
    killer.start()
    assert synthesize(assets_dir, output, 24) == 0
    killer.stop()
    assert len(killer.killed) == 1
    assert 'warning: a process that renders died; going on with' in capsys.readouterr().err
    assert len(json.loads((output / 'annotations.json').read_text())['images']) == 24
    assert all(cv2.imread(str(path)) is not None for path in (output / 'images').iterdir())


def test_to_be_ended_leaves_what_has_not_begun(assets_dir: Path, tmp_path: Path) -> None:
    output = tmp_path / 'set'
    command = [sys.executable, '-m', 'alphapose_ros', 'synthesize', '--assets', str(assets_dir)]
    options = ['--output', str(output), '--size', '48x64', '--workers', '1']
    with subprocess.Popen([*command, *options, '--count', str(12 * CHUNK)]) as process:
        while not any(output.glob('images/*.jpg')):
            assert process.poll() is None
            time.sleep(0.02)
        process.terminate()
        assert process.wait(60) == 0
    assert len(list((output / 'images').iterdir())) <= 4 * CHUNK
    assert not (output / 'annotations.json').exists()


def test_processes_that_all_die_are_reported(
    assets_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    killer = Killer(lambda: True, most=100)
    killer.start()
    assert synthesize(assets_dir, tmp_path / 'set', 2) == 1
    killer.stop()
    assert 'a process that renders died before it had written an image' in capsys.readouterr().err


def test_a_film_becomes_a_video_with_the_boxes_of_its_people(
    assets_dir: Path, tmp_path: Path
) -> None:
    video = tmp_path / 'film.mp4'
    options = ['--style', 'film', '--size', '160x90', '--video', str(video)]
    assert synthesize(assets_dir, tmp_path / 'set', 2, *options) == 0
    assert FrameSource(str(video)).frame_count == 2
    truth = read_mot(tmp_path / 'film_truth.txt')
    assert truth.frames.tolist() == [1, 2]
    assert (truth.ids == WAVER + 1).all()


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        (['--size', 'small'], 'size must be two numbers such as 2x3'),
        (['--people', '3'], 'people must be two numbers such as 2-3'),
        (['--workers', '0'], 'count and workers must be at least 1'),
        (['--video', 'a.mp4'], 'video needs the style film, got person'),
    ],
    ids=['size', 'people', 'workers', 'video'],
)
def test_impossible_options_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], message: str
) -> None:
    assert synthesize(tmp_path, tmp_path / 'set', 1, *options) == 1
    assert message in capsys.readouterr().err


def test_missing_assets_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert synthesize(tmp_path, tmp_path / 'set', 1) == 1
    assert 'must hold makehuman/base.obj' in capsys.readouterr().err
