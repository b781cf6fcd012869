# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of finding model files and their records."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import alphapose_ros
from alphapose_ros.io.weights import find_model
from alphapose_ros.io.weights import find_weights
from alphapose_ros.io.weights import read_sidecar
from alphapose_ros.io.weights import weights_folders
from alphapose_ros.io.weights import WeightsError
from alphapose_ros.io.weights import write_sidecar


@dataclass(frozen=True)
class Row:
    """A record."""

    name: str
    file_names: tuple[str, ...]
    mean: tuple[float, ...] = ()
    licence: str = ''


CATALOG = {'net': Row('net', ('net.onnx', 'net_2.onnx'))}


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Mapping[str, Path]:
    """Make the four places that are searched, all empty."""
    places = {
        'dir': tmp_path / 'mine',
        'env': tmp_path / 'env',
        'cache': tmp_path / 'cache' / 'alphapose_ros' / 'weights',
        'shared': tmp_path / 'shared' / 'weights',
    }
    for place in places.values():
        (place / 'sub').mkdir(parents=True)
    (tmp_path / 'project').mkdir()
    monkeypatch.chdir(tmp_path / 'project')
    monkeypatch.setenv('ALPHAPOSE_WEIGHTS', str(places['env']))
    monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path / 'cache'))
    return places


def test_folders_are_searched_in_order_and_in_depth(folders: Mapping[str, Path]) -> None:
    for name in reversed(folders):  # the last one first: each further one takes precedence
        (folders[name] / 'sub' / 'net.onnx').touch()
        found = find_weights('net', ['net.onnx'], str(folders['dir']))
        assert found.resolve().is_relative_to(folders[name])


def test_the_folder_of_the_package_is_searched_last() -> None:
    assert weights_folders('mine')[-1] == Path(alphapose_ros.__file__).parent / 'weights'


def test_a_missing_file_is_told_with_all_places_and_what_to_do(folders: Any) -> None:
    with pytest.raises(WeightsError) as err:
        find_weights('net', ['net.onnx', 'net_2.onnx'], 'nowhere')
    text = str(err.value)
    assert '\n' not in text
    places = [str(folders['env']), str(folders['cache']), '../shared/weights', 'nowhere']
    for part in ('net.onnx or net_2.onnx', '--weights-dir', 'ALPHAPOSE_WEIGHTS', *places):
        assert part in text


def test_a_name_gives_its_row_of_the_catalog(folders: Mapping[str, Path]) -> None:
    path = folders['env'] / 'net.onnx'
    path.touch()
    assert find_model('net', CATALOG) == (path, CATALOG['net'])


def test_a_path_with_a_known_file_name_gets_that_row(tmp_path: Path) -> None:
    path = tmp_path / 'net_2.onnx'
    path.touch()
    assert find_model(str(path), CATALOG) == (path, CATALOG['net'])


def test_a_path_with_another_file_name_gets_none(tmp_path: Path) -> None:
    path = tmp_path / 'other.onnx'
    path.touch()
    assert find_model(str(path), CATALOG) == (path, None)


@pytest.mark.parametrize(
    ('model', 'message'),
    [
        pytest.param('yolo', "unknown model 'yolo'; known are net, ", id='name'),
        pytest.param('nowhere/net.onnx', r'there is no model file nowhere/net\.onnx', id='path'),
    ],
)
def test_an_unknown_model_is_refused(model: str, message: str) -> None:
    with pytest.raises(WeightsError, match=message):
        find_model(model, CATALOG)


def test_a_sidecar_describes_a_file(tmp_path: Path) -> None:
    (tmp_path / 'net.json').write_text('{"mean": [1, 2, 3], "licence": "MIT"}')
    assert read_sidecar(tmp_path / 'net.onnx', Row) == {'mean': (1, 2, 3), 'licence': 'MIT'}


def test_without_a_sidecar_nothing_is_known(tmp_path: Path) -> None:
    assert read_sidecar(tmp_path / 'net.onnx', Row) == {}


def test_what_is_written_is_read(tmp_path: Path) -> None:
    values = {'mean': (1.0, 2.0, 3.0), 'licence': 'MIT'}
    write_sidecar(tmp_path / 'net.onnx', values)
    assert read_sidecar(tmp_path / 'net.onnx', Row) == values


@pytest.mark.parametrize(
    ('text', 'message'),
    [
        pytest.param('{', 'is no valid JSON', id='syntax'),
        pytest.param('[1]', 'must hold a JSON object, got list', id='list'),
        pytest.param('{"maen": 1}', "unknown field 'maen'; known are mean, licence", id='field'),
    ],
)
def test_a_wrong_sidecar_is_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / 'net.json').write_text(text)
    with pytest.raises(WeightsError, match=message):
        read_sidecar(tmp_path / 'net.onnx', Row)
