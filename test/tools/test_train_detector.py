# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The command that trains detectors."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np

from alphapose_ros.tools.main import main

RECIPE = """
network: yolox
network_options: {depth: 0.33, width: 0.125}
input_size_wh: [64, 32]
train: [{path: PATH}]
validation: [{path: PATH}]
epoch_size: 2
batch_size: 2
workers: 0
threads: 1
device: cpu
optimization: {epochs: 2}
session: {watch: ap}
"""


def test_a_detector_is_trained_and_described(tmp_path: Path) -> None:
    data = tmp_path / 'data.json'
    people = [{'image_id': 1, 'bbox': [10, 5, 20, 40]}]
    data.write_text(
        json.dumps({'images': [{'id': 1, 'file_name': 'a.png'}], 'annotations': people})
    )
    cv2.imwrite(str(tmp_path / 'a.png'), np.zeros((50, 60, 3), np.uint8))
    recipe = tmp_path / 'recipe.yaml'
    recipe.write_text(RECIPE.replace('PATH', str(data)))
    assert main(['train', str(recipe), '--output', str(tmp_path / 'run')]) == 0
    row = json.loads((tmp_path / 'run/log.jsonl').read_text().splitlines()[-1])
    assert {'loss', 'ap', 'recall', 'precision'} <= row.keys()
    description = json.loads((tmp_path / 'run/model.json').read_text())
    assert description['decode'] == 'yolox'
    assert description['input_size_wh'] == [64, 32]
