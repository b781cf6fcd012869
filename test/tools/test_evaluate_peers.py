# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the peers of a model card."""

from pathlib import Path

import numpy as np
import pytest

from alphapose_ros.evaluation.card import find_people
from alphapose_ros.evaluation.card import LabelledImages
from alphapose_ros.evaluation.report_keypoints import KeypointRun
from alphapose_ros.inference.options import NetworkOptions
from alphapose_ros.io.keypoint_truth import read_keypoint_truth
from alphapose_ros.structures import Detections
from alphapose_ros.tools.evaluate_peers import find_size
from alphapose_ros.tools.evaluate_peers import load_network


def test_movenet_reaches_its_accuracy(shared_dir: Path) -> None:
    pytest.importorskip('openvino')
    pytest.importorskip('pycocotools')
    network = load_network('movenet', shared_dir / 'weights', NetworkOptions())
    folder = shared_dir / 'annotated' / 'coco_mini'
    data = LabelledImages(read_keypoint_truth(folder / 'person_keypoints.json'), folder / 'images')
    run = KeypointRun.measure(data.truth, find_people(network, None, data))
    assert run.numbers['oks.whole.ap'] == pytest.approx(0.325, abs=0.01)


@pytest.mark.parametrize(('model', 'num_keypoints'), [('movenet', 17), ('teacher', 136)])
def test_peers_find_nobody_where_nobody_is(
    shared_dir: Path, model: str, num_keypoints: int
) -> None:
    pytest.importorskip('openvino')
    network = load_network(model, shared_dir / 'weights', NetworkOptions())
    poses = network.estimate(np.zeros((90, 120, 3), np.uint8), Detections.empty())
    assert poses.keypoints.shape == (0, num_keypoints, 2)


@pytest.mark.parametrize('model', ['movenet', 'teacher'])
def test_a_peer_that_is_not_there_is_said_to_be_missing(
    tmp_path: Path, model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match=r'tinypose|tflite'):
        load_network(model, tmp_path, NetworkOptions())


def test_the_size_of_movenet_is_that_of_its_file(shared_dir: Path) -> None:
    pytest.importorskip('openvino')
    assert find_size('movenet', shared_dir / 'weights', '').file_bytes == 2894840
