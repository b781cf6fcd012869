# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the command `alphapose_ros evaluate`."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alphapose_ros.io.bag_writer import BagWriter
from alphapose_ros.io.message_types import make_header
from alphapose_ros.io.message_types import POSES_TYPE
from alphapose_ros.io.message_types import tracks_to_bag
from alphapose_ros.structures import Tracks
from alphapose_ros.tools.main import main

PARTS = {
    'body': 'body',
    'feet': 'foot',
    'face': 'face',
    'left_hand': 'lefthand',
    'right_hand': 'righthand',
    'whole': 'wholebody',
}
PERSON = {
    'id': 1,
    'image_id': 5,
    'category_id': 1,
    'keypoints': [value for i in range(17) for value in (10 * i, 5 * i * i, 2)],
}


@pytest.fixture(autouse=True)
def _wide_console(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip('pycocotools')
    monkeypatch.setenv('COLUMNS', '300')


def evaluate(output: Path, *arguments: object) -> dict[str, Any]:
    """Run the command and return its numbers."""
    assert main(['evaluate', *(str(a) for a in arguments), '--output', str(output)]) == 0
    numbers: dict[str, Any] = json.loads((output / 'metrics.json').read_text())
    return numbers


def write(path: Path, content: object) -> Path:
    path.write_text(json.dumps(content))
    return path


def write_truth(folder: Path, *people: object) -> Path:
    images = [{'id': 5, 'file_name': 'a.jpg'}, {'id': 6, 'file_name': 'b.jpg'}]
    return write(folder / 'truth.json', {'images': images, 'annotations': people})


def test_parts_have_the_scores_of_xtcocotools(tmp_path: Path, shared_dir: Path) -> None:
    folder = shared_dir / 'annotated' / 'wholebody_eval_json'
    truth, results = (folder / f'example_wholebody_{name}.json' for name in ('val', 'preds'))
    numbers = evaluate(tmp_path, 'keypoints', results, '--truth', truth)
    expected = json.loads((folder / 'expected_xtcocotools.json').read_text())
    for part, name in PARTS.items():
        ap, ar = numbers[f'oks.{part}.ap'], numbers[f'oks.{part}.ar']
        assert (ap, ar) == pytest.approx(
            (expected[f'keypoints_{name}'][0], expected[f'keypoints_{name}'][5]), abs=1e-3
        )


def test_published_tracks_have_their_published_scores(
    tmp_path: Path, shared_dir: Path, capsys: Any
) -> None:
    pytest.importorskip('motmetrics')
    pytest.importorskip('trackeval')
    folder = shared_dir / 'tracking' / 'example_results_motchallenge_devkit'
    numbers = evaluate(tmp_path, 'tracking', folder, '--truth', shared_dir / 'tracking')
    assert 'without ground truth, left out: TUD-Stadtmitte' in capsys.readouterr().out
    with (folder / 'expected_motmetrics.csv').open() as file:
        rows = {row['']: row for row in csv.DictReader(file)}
    for name in ('TUD-Campus', 'PETS09-S2L1'):
        for measure in ('idf1', 'mota', 'motp', 'precision', 'recall'):
            expected = float(rows[name][measure])
            assert numbers[f'{name}.{measure}'] == pytest.approx(expected, abs=1e-3)
        assert numbers[f'{name}.id_switches'] == int(rows[name]['num_switches'])
        assert numbers[f'{name}.fragmentations'] == int(rows[name]['num_fragmentations'])
    assert numbers['overall.id_switches'] == 38


@pytest.mark.parametrize(
    ('model', 'known_ap'), [('ultralight_simplepose', 0.508), ('tinypose', 0.655)]
)
def test_a_model_reaches_its_accuracy_with_true_boxes(
    tmp_path: Path, shared_dir: Path, model: str, known_ap: float
) -> None:
    if model == 'tinypose':
        pytest.importorskip('openvino', reason='the file is of OpenVINO')
    data = shared_dir / 'annotated' / 'coco_mini' / 'person_keypoints.json'
    weights = ('--weights-dir', shared_dir / 'weights', '--device', 'cpu')
    numbers = evaluate(tmp_path, 'model', '--model', model, '--data', data, *weights)
    assert numbers['oks.whole.ap'] == pytest.approx(known_ap, abs=0.01)
    again = evaluate(tmp_path / 'b', 'keypoints', tmp_path / 'results.json', '--truth', data)
    assert again['oks.whole.ap'] == pytest.approx(numbers['oks.whole.ap'], abs=1e-3)


def test_posetrack_is_recognised_by_its_truth(tmp_path: Path, shared_dir: Path) -> None:
    pytest.importorskip('motmetrics')
    folder = shared_dir / 'annotated' / 'mmpose_tests' / 'posetrack18' / 'annotations'
    path = folder / 'test_posetrack18_val.json'
    numbers = evaluate(tmp_path, 'tracking', path, '--truth', path)
    assert (numbers['mota'], numbers['joint.left_knee.mota']) == (1, 1)


def test_other_results_are_compared(tmp_path: Path, capsys: Any) -> None:
    truth = write_truth(tmp_path, PERSON)
    good = write(tmp_path / 'good.json', [{**PERSON, 'score': 0.9}])
    bad = write(tmp_path / 'bad.json', [])
    numbers = evaluate(tmp_path, 'keypoints', good, '--truth', truth, '--compare', bad)
    assert numbers['oks.whole.ap'] == pytest.approx(1)
    assert numbers['other.oks.whole.ap'] == 0
    output = capsys.readouterr().out
    assert '1.000 (+1.000)' in output
    assert '1 true images are not in the results: b.jpg' in output


def test_what_has_no_value_is_null(tmp_path: Path) -> None:
    truth = write_truth(tmp_path, {**PERSON, 'area': 50**2})
    results = write(tmp_path / 'a.json', [{**PERSON, 'score': 0.9}])
    numbers = evaluate(tmp_path, 'keypoints', results, '--truth', truth)
    assert numbers['oks.whole.ap_medium'] == pytest.approx(1)
    assert numbers['oks.whole.ap_large'] is None


def test_unknown_images_end_in_one_line_that_names_them(tmp_path: Path, capsys: Any) -> None:
    truth = write_truth(tmp_path, PERSON)
    results = write(tmp_path / 'a.json', [{**PERSON, 'image_id': 77, 'score': 0.9}])
    assert main(['evaluate', 'keypoints', str(results), '--truth', str(truth)]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line == 'alphapose_ros: error: results have 1 image ids that truth lacks: 77'


def test_the_latency_of_a_bag_is_printed_by_topic_and_second(tmp_path: Path, capsys: Any) -> None:
    latencies_ms = np.array([20, 30, 40])
    with BagWriter(tmp_path / 'bag') as bag:
        for i, latency_ms in enumerate(latencies_ms.tolist()):
            stamp_ns = 10**9 + i * 100_000_000
            header = make_header(stamp_ns, 'camera')
            data = tracks_to_bag(Tracks.empty(17), header, (64, 48), 'coco_17')
            bag.write('/tracks', POSES_TYPE, data, stamp_ns + latency_ms * 1_000_000)
    numbers = evaluate(tmp_path, 'latency', tmp_path / 'bag')
    assert (numbers['/tracks.count'], numbers['/tracks.p50_ms']) == (3, 30)
    assert '/tracks, second' in capsys.readouterr().out
