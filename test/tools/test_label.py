# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the command that labels photographs."""

from pathlib import Path
import shutil
from typing import Any

import cv2
import pytest

from alphapose_ros.io.training_labels import read_training_labels
from alphapose_ros.tools.main import main


@pytest.mark.parametrize('detector', ['rtmdet_nano_person', 'yolox_nano'])
def test_the_people_of_a_photograph_are_labelled(
    shared_dir: Path, tmp_path: Path, capsys: Any, detector: str
) -> None:
    pytest.importorskip('openvino', reason='needs OpenVINO')
    pytest.importorskip('onnxruntime', reason='needs onnxruntime')
    images, output, sheet = tmp_path / 'images', tmp_path / 'labels', tmp_path / 'sheet.png'
    images.mkdir()
    shutil.copy(shared_dir / 'annotated/mmpose_tests/coco/000000000785.jpg', images)
    options = {
        '--images': images,
        '--weights-dir': shared_dir / 'weights',
        '--output': output,
        '--detector': detector,
        '--sheet': sheet,
    }
    assert main(['label', *(str(part) for pair in options.items() for part in pair)]) == 0
    labels = read_training_labels(output)
    assert len(labels) == 1
    assert (labels.weights[0, 26:94] > 0).all()
    assert cv2.imread(str(sheet)) is not None
    assert '1 people in 1 images' in capsys.readouterr().out


def test_missing_weights_are_refused_in_one_line(tmp_path: Path, capsys: Any) -> None:
    pytest.importorskip('alphapose_ros.msg', reason='needs the built messages')
    (tmp_path / 'a.jpg').touch()
    options = ['--weights-dir', str(tmp_path), '--images', str(tmp_path), '--output', 'nowhere']
    assert main(['label', *options]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1
