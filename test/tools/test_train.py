# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the command that trains."""

from contextlib import suppress
import json
import os
from pathlib import Path
import signal
import subprocess
import sys
import time
from typing import Any

import cv2
import numpy as np
import pytest
import yaml

from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.io.training_files import read_log
from alphapose_ros.tools import train
from alphapose_ros.tools.main import main
from alphapose_ros.training.session import STOP_STEPS


@pytest.fixture(scope='module')
def recipe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a recipe of a small network for eight dots per image."""
    folder = tmp_path_factory.mktemp('data')
    rng = np.random.default_rng(0)
    images, annotations = [], []
    for i in range(1, 9):
        points = rng.uniform(10, 50, (17, 2))
        image = np.zeros((60, 60, 3), np.uint8)
        for point in points:
            cv2.circle(image, tuple(np.rint(point).astype(int).tolist()), 2, (255, 255, 255), -1)
        cv2.imwrite(str(folder / f'{i}.png'), image)
        images.append({'id': i, 'file_name': f'{i}.png'})
        keypoints = np.concatenate([points, np.full((17, 1), 2)], axis=1).ravel().tolist()
        person = {'id': i, 'image_id': i, 'iscrowd': 0, 'bbox': [5, 5, 50, 50], 'area': 1000}
        annotations.append({**person, 'keypoints': keypoints})
    names = list(get_skeleton('coco_17').keypoint_names)
    categories = [{'id': 1, 'name': 'person', 'keypoints': names}]
    content = {'images': images, 'annotations': annotations, 'categories': categories}
    (folder / 'annotations.json').write_text(json.dumps(content))
    values = {
        'network': 'fastpose_lite',
        'network_options': {'width': 16, 'head_width': 16},
        'keypoint_set': 'coco_17',
        'input_size_wh': [64, 64],
        'train': [{'path': str(folder)}],
        'validation': [{'path': str(folder)}],
        'batch_size': 4,
        'workers': 0,
        'device': 'cpu',
        'optimization': {'epochs': 2, 'precision': 'float32'},
        'session': {'report_steps': 1},
    }
    path = folder / 'dots.yaml'
    path.write_text(yaml.safe_dump(values))
    return path


def run(recipe: Path, output: Path, *changes: str, resume: bool = False) -> int:
    return train.run(recipe=recipe, changes=list(changes), output=output, resume=resume)


def test_a_recipe_becomes_weights_and_a_log(recipe: Path, tmp_path: Path, capsys: Any) -> None:
    assert run(recipe, tmp_path, 'optimization.epochs=3', 'seed=4') == 0
    assert {'model.pth', 'model.json', 'best.pth', 'last.state'} <= {
        path.name for path in tmp_path.iterdir()
    }
    rows = read_log(tmp_path / 'log.jsonl')
    assert [row['step'] for row in rows] == list(range(1, 7))
    assert [row['epoch'] for row in rows if 'pck' in row] == [1, 2, 3]
    assert 'epoch 3.00 pck' in capsys.readouterr().out
    used = yaml.safe_load((tmp_path / 'recipe.yaml').read_text())
    assert (used['optimization']['epochs'], used['seed']) == (3, 4)


def test_a_finished_training_goes_on_with_more_epochs(recipe: Path, tmp_path: Path) -> None:
    run(recipe, tmp_path)
    assert run(recipe, tmp_path, 'optimization.epochs=3', resume=True) == 0
    assert read_log(tmp_path / 'log.jsonl')[-1]['step'] == 6


def test_an_interrupt_of_torchrun_loses_nothing(recipe: Path, tmp_path: Path) -> None:
    launch = ['torch.distributed.run', '--nproc-per-node', '2', '--standalone']
    changes = ['optimization.epochs=1000000', 'session.report_steps=1000000', 'batch_size=2']
    changes += ['session.evaluate_epochs=1000000', 'threads=1']
    command = [sys.executable, '-m', *launch, '-m', 'alphapose_ros', 'train', str(recipe)]
    command += ['--output', str(tmp_path)]
    for change in changes:
        command += ['--set', change]
    with subprocess.Popen(command, start_new_session=True) as process:
        try:
            # The last that is written before it listens to signals.
            while not (tmp_path / 'recipe.yaml').is_file():
                assert process.poll() is None
                time.sleep(0.1)
            process.send_signal(signal.SIGINT)
            process.wait(120)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    (row,) = read_log(tmp_path / 'log.jsonl')
    assert row['step'] % STOP_STEPS == 0
    assert run(recipe, tmp_path, 'batch_size=2', 'optimization.epochs=4', resume=True) == 0


def test_a_training_is_not_overwritten(recipe: Path, tmp_path: Path) -> None:
    run(recipe, tmp_path, 'optimization.epochs=1')
    with pytest.raises(ValueError, match='holds a training; go on with --resume'):
        run(recipe, tmp_path)


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (['--set', 'seed'], "--set takes KEY=VALUE, got 'seed'"),
        (['--set', 'sed=1'], 'unknown setting sed'),
        (['--set', 'seed=['], '--set seed is no valid YAML'),
        (['--set', 'batch_size=9'], 'batch_size must be at most 8'),
    ],
    ids=['no value', 'unknown', 'no YAML', 'too large'],
)
def test_what_cannot_be_done_is_one_line(
    recipe: Path, tmp_path: Path, capsys: Any, arguments: list[str], message: str
) -> None:
    assert main(['train', str(recipe), '--output', str(tmp_path), *arguments]) == 1
    error = capsys.readouterr().err
    assert message in error
    assert error.count('\n') == 1
