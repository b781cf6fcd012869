# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the command `alphapose_ros evaluate card`."""

import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from alphapose_ros.io.results import ResultsError
from alphapose_ros.io.video import FrameSource
from alphapose_ros.tools.evaluate_card import name_in_card
from alphapose_ros.tools.evaluate_card_file import Card
from alphapose_ros.tools.evaluate_card_file import check_card
from alphapose_ros.tools.evaluate_card_file import read_card
from alphapose_ros.tools.evaluate_card_file import write_card
from alphapose_ros.tools.main import main


@pytest.fixture(scope='module')
def card(shared_dir: Path, assets_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the card of two models and one that is missing, on two images of each set."""
    pytest.importorskip('pycocotools')
    pytest.importorskip('openvino')
    folder = tmp_path_factory.mktemp('card')
    assert measure(shared_dir, folder) == 0
    return folder / 'card.json'


def measure(shared_dir: Path, output: Path, *more: object) -> int:
    options: list[object] = ['--data', shared_dir, '--output', output, '--limit', 2]
    options += ['--models', 'ultralight_simplepose', output / 'missing.onnx']
    options += ['--detectors', 'yolox_nano', '--device', 'cpu', *more]
    return main(['evaluate', 'card', *(str(option) for option in options)])


def test_every_data_set_has_its_measures(card: Path) -> None:
    numbers = json.loads(card.read_text())
    pose, detector = 'ultralight_simplepose', 'yolox_nano'
    precision = ('images', 'ap', 'ar', 'ap_own_boxes', 'ar_own_boxes')
    expected = {
        **{f'{name}.{pose}': precision for name in ('coco_mini', 'coco_cc_by_subset')},
        f'lspet_val.{pose}': ('images', 'pck_limbs'),
        f'halpe.{pose}': ('images', 'body', 'body_found'),
        f'rendered.{pose}': ('images', 'pck_body'),
        f'TUD-Campus.{detector}': ('images', 'recall', 'precision'),
        f'PETS09-S2L1.{detector}': ('images', 'recall', 'precision'),
        'TUD-Campus.osnet_x0_25_msmt17': ('images', 'rank1', 'mean_ap'),
        'PETS09-S2L1.osnet_x0_25_msmt17': ('images', 'rank1', 'mean_ap'),
        f'sizes.{pose}': ('parameters', 'file_bytes'),
        f'sizes.{detector}': ('parameters', 'file_bytes'),
    }
    assert set(numbers) == {f'{key}.{name}' for key, names in expected.items() for name in names}
    assert {value for key, value in numbers.items() if key.endswith('images')} == {2}
    for name in ('best', 'worst', 'halpe'):
        assert FrameSource(str(card.with_name(f'{name}.png'))).read() is not None


def test_a_number_that_changed_is_found(
    card: Path, shared_dir: Path, tmp_path: Path, capsys: Any
) -> None:
    numbers = json.loads(card.read_text())
    numbers['TUD-Campus.yolox_nano.recall'] += 0.006
    changed = tmp_path / 'changed.json'
    changed.write_text(json.dumps(numbers))
    assert measure(shared_dir, tmp_path, '--check', changed) == 1
    output = capsys.readouterr().out
    assert 'left out' in output
    differing = output.partition('differs')[2]
    assert [key for key in numbers if key in differing] == ['TUD-Campus.yolox_nano.recall']


def test_a_card_agrees_with_itself(tmp_path: Path, capsys: Any) -> None:
    console = Console()
    card: Card = {'halpe': {'teacher': {'images': 4, 'face': 0.00734, 'feet': float('nan')}}}
    written = write_card(console, tmp_path / 'card.json', card)
    assert check_card(console, read_card(tmp_path / 'card.json'), written) == 0
    assert '3 numbers agree' in capsys.readouterr().out
    assert written['halpe.teacher.face'] == 0.0073


@pytest.mark.parametrize('content', ['[]', '{"a": "b"}'], ids=['list', 'text'])
def test_a_file_without_numbers_is_no_card(tmp_path: Path, content: str) -> None:
    (tmp_path / 'card.json').write_text(content)
    with pytest.raises(ResultsError, match='must hold an object of numbers'):
        read_card(tmp_path / 'card.json')


def test_a_path_is_named_by_its_end() -> None:
    assert name_in_card('tinypose') == 'tinypose'
    assert name_in_card('/somewhere/runs/first/best.pth') == 'first/best'
