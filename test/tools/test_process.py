# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the command, as its users type it."""

from collections.abc import Sequence
import io
from pathlib import Path
import subprocess
import sys

import cv2
import numpy as np
import pytest

pytest.importorskip('rosbags', reason='needs rosbags')

from alphapose_ros.io.journal import read_journal
from alphapose_ros.io.manifest import read_manifest
from alphapose_ros.tools.main import main


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    folder = tmp_path / 'walk'
    folder.mkdir()
    for i in range(4):
        image = np.full((240, 320, 3), 20, np.uint8)
        image[60:180, 100 + 2 * i : 150 + 2 * i] = 250
        cv2.imwrite(str(folder / f'{i}.png'), image)
    return folder


@pytest.fixture
def arguments(tiny_weights: Path, tmp_path: Path) -> list[str]:
    return [
        f'--weights-dir={tiny_weights}',
        f'--output={tmp_path / "output"}',
        '--device=cpu',
        '--set=threads=1',
    ]


def test_a_clip_becomes_a_bag_and_the_exit_code_is_0(
    clip: Path, arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(['process', str(clip), *arguments, '--export=mot']) == 0
    assert 'walk: 4 of 4 images, 1.0 people each' in capsys.readouterr().out
    names = sorted(path.name for path in (tmp_path / 'output' / 'walk').iterdir())
    assert names == ['metadata.yaml', 'mot.txt', 'process.json', 'walk_0.mcap']


def test_viewers_leave_their_files_in_a_folder_of_their_own(
    clip: Path, arguments: list[str], tmp_path: Path
) -> None:
    pytest.importorskip('rerun', reason='needs rerun-sdk')
    pytest.importorskip('foxglove', reason='needs foxglove-sdk')
    views = ['--view=rerun', '--view=foxglove', '--view=video']
    assert main(['process', str(clip), *arguments, *views]) == 0
    names = sorted(path.name for path in (tmp_path / 'output' / 'walk' / 'view').iterdir())
    assert names == ['overlay.mp4', 'walk.mcap', 'walk.rrd']


def test_images_that_cannot_be_used_give_exit_code_3(
    clip: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    (clip / '2.png').write_bytes(b'torn')
    assert main(['process', str(clip), *arguments]) == 3
    out = capsys.readouterr().out
    assert '3 of 4 images' in out
    assert 'warning: 1 images not used' in out


def test_a_source_that_fails_gives_exit_code_1_and_the_others_are_done(
    clip: Path, arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(['process', str(tmp_path / 'nowhere'), str(clip), *arguments]) == 1
    out = capsys.readouterr().out
    assert 'error:' in out
    assert 'nowhere' in out
    journal = read_journal(tmp_path / 'output' / 'walk')
    assert journal is not None
    assert journal.is_done


@pytest.mark.parametrize(
    ('given', 'message'),
    [
        (['--set=min_box_score'], "--set must be NAME=VALUE, got 'min_box_score'"),
        (['--set=min_box_score=2'], 'min_box_score must be in [0.0, 1.0], got 2.0'),
        (['--set=min_box_scores=1'], 'did you mean min_box_score?'),
        (['--set=max_people=few'], "max_people must be an integer, got str 'few'"),
        (['--params-file=nowhere.yaml'], 'nowhere.yaml cannot be read'),
        (['--model=nothing'], 'nothing'),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else '',
)
def test_what_cannot_be_used_is_refused_in_one_line(
    clip: Path,
    arguments: list[str],
    given: list[str],
    message: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(['process', str(clip), *arguments, *given]) == 1
    err = capsys.readouterr().err
    assert message in err
    assert err.count('\n') == 1


def test_parameters_come_from_the_files_of_the_nodes(
    clip: Path, arguments: list[str], tmp_path: Path
) -> None:
    file = tmp_path / 'params.yaml'
    file.write_text(
        '/**:\n  ros__parameters:\n    max_people: 7\n    jpeg_quality: 50\n'
        'tracker:\n  ros__parameters:\n    max_lost_s: 2.0\n'
    )
    assert main(['process', str(clip), *arguments, f'--params-file={file}']) == 0
    journal = read_journal(tmp_path / 'output' / 'walk')
    assert journal is not None
    settings = journal.settings
    assert (settings['max_people'], settings['max_lost_s']) == (7, 2.0)


def make_clips(folder: Path, names: Sequence[str], count: int) -> list[str]:
    for name in names:
        (folder / name).mkdir(parents=True)
        for i in range(count):
            image = np.full((240, 320, 3), 20, np.uint8)
            image[60:180, 100 + i % 80 : 150 + i % 80] = 250
            cv2.imwrite(str(folder / name / f'{i:04d}.png'), image)
    return [str(folder / name) for name in names]


def files(folder: Path) -> dict[str, bytes]:
    """Return the results of all sources; the manifest tells times."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob('*')
        if path.is_file() and path.name != 'manifest.jsonl'
    }


def test_a_list_on_two_workers_becomes_the_files_of_one_process(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sources = make_clips(tmp_path, ['walk', 'run', 'jump'], 12)
    (tmp_path / 'jump' / '0003.png').write_bytes(b'torn')
    sources += [str(tmp_path / 'nowhere')]
    (tmp_path / 'list').write_text('\n'.join(sources))
    whole = [*arguments, f'--output={tmp_path / "whole"}']
    assert main(['process', *sources, *whole]) == 1
    listed = [f'--list={tmp_path / "list"}', '--workers=2']
    assert main(['process', *listed, *arguments]) == 1
    assert files(tmp_path / 'output') == files(tmp_path / 'whole')
    assert capsys.readouterr().out.count('error: ') == 2
    for folder in ('output', 'whole'):
        entries = read_manifest(tmp_path / folder).values()
        assert {Path(e.folder).name: (e.state, e.images, e.attempts) for e in entries} == {
            'walk': ('done', 12, 1),
            'run': ('done', 12, 1),
            'jump': ('incomplete', 11, 1),
            'nowhere': ('failed', 0, 1),
        }


def test_what_is_through_is_not_even_loaded_again(
    clip: Path, arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (clip / '2.png').write_bytes(b'torn')
    command = ['process', str(clip), *arguments, '--resume']
    assert main(command) == 3
    monkeypatch.setattr('alphapose_ros.tools.process.load_runner', lambda *_: pytest.fail())
    assert main(command) == 3


def test_a_run_goes_on_after_it_was_killed_with_its_workers(
    arguments: list[str], tmp_path: Path
) -> None:
    sources = make_clips(tmp_path, ['walk', 'run', 'jump', 'climb'], 120)
    command = [sys.executable, '-m', 'alphapose_ros', 'process', *sources, '--workers=2']
    with subprocess.Popen([*command, *arguments], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline()  # the first source is done
        process.kill()
        process.stdout.read()  # ends when the workers have ended too
    assert 0 < len(read_manifest(tmp_path / 'output')) < len(sources)
    assert main(['process', *sources, *arguments, '--resume']) == 0
    assert len(read_manifest(tmp_path / 'output')) == len(sources)
    whole = [*arguments, f'--output={tmp_path / "whole"}']
    assert main(['process', *sources, *whole]) == 0
    assert files(tmp_path / 'output') == files(tmp_path / 'whole')


def test_nothing_to_process_is_refused(
    arguments: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr('sys.stdin', io.StringIO('\n'))
    assert main(['process', '--list=-', *arguments]) == 1
    assert 'there is nothing to process' in capsys.readouterr().err


def test_ros_is_not_needed(clip: Path, arguments: list[str]) -> None:
    program = (
        'import sys\n'
        "for name in ('rclpy', 'sensor_msgs', 'std_msgs', 'ament_index_python'):\n"
        '    sys.modules[name] = None\n'
        'from alphapose_ros.tools.main import main\n'
        'sys.exit(main(sys.argv[1:]))\n'
    )
    command = [sys.executable, '-c', program, 'process', str(clip), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, '')
