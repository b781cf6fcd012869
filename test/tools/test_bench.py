# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The bench: which sections there are, what is written, what is skipped. Nothing is timed here."""

import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip('ament_index_python', reason='needs ROS 2')
pytest.importorskip('alphapose_ros.msg', reason='needs the built messages')

from alphapose_ros.models.catalog import DETECTORS
from alphapose_ros.models.catalog import POSE_NETWORKS
from alphapose_ros.tools import bench
from alphapose_ros.tools.main import main


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a working folder from which no clip and no weights are found."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path / 'cache'))
    monkeypatch.delenv('ALPHAPOSE_WEIGHTS', raising=False)
    monkeypatch.setattr(
        'alphapose_ros.io.weights.weights_folders', lambda weights_dir='': [Path(weights_dir)]
    )
    (tmp_path / 'weights').mkdir()
    return tmp_path


def run_bench(section: str, **changes: str) -> int:
    options = {'source': 'no.avi', 'weights_dir': 'weights', 'device': 'cpu', 'output': 'out'}
    return bench.run(section=section, **{**options, **changes})


def read_numbers() -> dict[str, Any]:
    numbers: dict[str, Any] = json.loads(Path('out/bench.json').read_text())
    return numbers


def make_summary(**nodes: dict[str, str]) -> dict[str, Any]:
    return {
        'fps': 10.0,
        'people_per_frame': 2.0,
        'latency_ms_p50': 30.0,
        'latency_ms_p95': 50.0,
        'diagnostics': {f'bench/{name}': values for name, values in nodes.items()},
    }


def all_nodes() -> dict[str, dict[str, str]]:
    return {
        'detector': {
            'total_ms_p50': '17.0',
            'network_ms_p50': '15.0',
            'overhead_ratio_p50': '1.110',
            'peak_rss_mib': '300',
            'rss_growth_mib': '-0.5',
            'model': 'yolox_nano',
        },
        'pose': {'total_ms_p50': '40.0', 'network_ms_p50': '35.0'},
        'tracker': {'total_ms_p50': '3.0'},
    }


def test_an_unknown_section_is_refused_with_the_names_of_all(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(['bench', '--section', 'transprot']) == 1
    error = capsys.readouterr().err
    assert "unknown section 'transprot'" in error
    assert all(name in error for name in bench.SECTIONS)
    assert not Path('bench_output').exists()


def test_the_messages_of_ten_people_are_measured(folder: Path) -> None:
    assert run_bench('messages') == 0
    assert 0 < read_numbers()['messages.build_read_ms_10x136'] < float('inf')


def test_a_section_alone_keeps_the_numbers_of_the_others(folder: Path) -> None:
    Path('out').mkdir()
    earlier = {'pipeline.fps': 12.5, 'messages.build_read_ms_10x136': -1.0}
    Path('out/bench.json').write_text(json.dumps(earlier))
    run_bench('messages')
    numbers = read_numbers()
    assert numbers['pipeline.fps'] == 12.5
    assert numbers['messages.build_read_ms_10x136'] > 0


def test_the_file_is_a_flat_object_of_numbers(folder: Path) -> None:
    run_bench('messages')
    assert all(type(value) in (int, float) for value in read_numbers().values())


def test_without_weights_the_pipeline_is_skipped_and_says_so(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_bench('pipeline') == 0
    assert 'pipeline skipped: no weights for yolox_nano' in ' '.join(
        capsys.readouterr().out.split()
    )
    assert not any(key.startswith('pipeline.') for key in read_numbers())


def test_without_a_clip_the_pipeline_is_skipped_and_says_so(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for record in (DETECTORS['yolox_nano'], POSE_NETWORKS['ultralight_simplepose']):
        Path('weights', record.file_names[0]).touch()
    assert run_bench('pipeline') == 0
    assert 'pipeline skipped: there is no clip no.avi' in ' '.join(capsys.readouterr().out.split())


def test_the_overhead_of_three_processes_is_the_sum_of_totals_over_that_of_networks(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench, '_run_nodes', lambda *_, **__: make_summary(**all_nodes()))
    run_bench('pipeline')
    numbers = read_numbers()
    assert numbers['pipeline.three_process_overhead_ratio'] == pytest.approx(60 / 50)
    assert numbers['pipeline.one_process_overhead_ratio'] == 1.11


def test_a_shrinking_process_has_negative_growth(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench, '_run_nodes', lambda *_, **__: make_summary(**all_nodes()))
    run_bench('memory')
    assert read_numbers()['pipeline.rss_growth_mib'] == -0.5


def test_a_silent_node_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bench, '_run_nodes', lambda *_, **__: make_summary())
    run_bench('memory')
    assert 'the node detector told nothing' in capsys.readouterr().out
