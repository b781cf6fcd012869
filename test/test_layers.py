# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Imports point one way, and every file carries its licence."""

import ast
from pathlib import Path
import subprocess

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / 'alphapose_ros'
MODULES = sorted(PACKAGE.rglob('*.py'))

BELOW = {
    'structures': set(),
    'core': {'structures'},
    'io': {'structures', 'core', 'msg'},
    'models': {'structures', 'core'},
    'tracking': {'structures', 'core'},
    'inference': {'structures', 'core', 'io', 'models', 'tracking'},
    'params': {'core', 'inference'},
    'pipeline': {'structures', 'core', 'io', 'models', 'tracking', 'inference', 'params'},
}
ALLOWED = {
    **BELOW,
    'nodes': set(BELOW),
    'evaluation': set(BELOW) - {'pipeline'},
    'training': {*BELOW, 'evaluation'} - {'pipeline', 'params'},
    'offline': set(BELOW),
    'synthesis': {'structures', 'core', 'io'},
    'tools': {*BELOW, 'offline', 'evaluation', 'synthesis', 'training'},
    '__main__': {'tools'},
    '__init__': set(),
}


def layer_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix('.py')


def imports_of(path: Path) -> set[str]:
    imported = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f'{path}: relative import'
            imported.add(node.module or '')
    return imported


@pytest.mark.parametrize('path', MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_down(path: Path) -> None:
    layer = layer_of(path)
    for name in imports_of(path):
        if name.startswith('alphapose_ros.'):
            other = name.split('.')[1]
            assert other == layer or other in ALLOWED[layer], f'{layer} imports {name}'


@pytest.mark.parametrize(
    ('package', 'layers'),
    [
        ('rclpy', {'nodes'}),
        ('argparse', {'tools'}),
        ('sensor_msgs', {'io'}),
        ('std_msgs', {'io'}),
        ('diagnostic_msgs', {'io'}),
        ('alphapose_ros.msg', {'io'}),
        ('onnxruntime', {'inference'}),
        ('rerun', {'io'}),
        ('foxglove', {'io'}),
        ('motmetrics', {'evaluation'}),
        ('pycocotools', {'evaluation'}),
        ('matplotlib', {'evaluation'}),
        ('trackers', {'evaluation'}),
        ('moderngl', {'synthesis'}),
        ('logging', {'nodes', 'tools'}),
    ],
)
def test_a_library_is_known_only_where_it_belongs(package: str, layers: set[str]) -> None:
    users = {
        layer_of(path)
        for path in MODULES
        if any(name == package or name.startswith(package + '.') for name in imports_of(path))
    }
    assert users <= layers


def test_nothing_prints_below_nodes_and_tools() -> None:
    for path in MODULES:
        if layer_of(path) in ('nodes', 'tools'):
            continue
        calls = [n.func for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Call)]
        assert not any(isinstance(f, ast.Name) and f.id == 'print' for f in calls), path


def test_every_source_file_names_its_licence() -> None:
    suffixes = ('.cpp', '.hpp', '.in', '.msg', '.py', '.sh', '.toml', '.xml', '.yaml', '.yml')
    try:
        listed = subprocess.run(
            ['git', 'ls-files'], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout
    except (FileNotFoundError, subprocess.CalledProcessError):
        pytest.skip('needs a git checkout')
    files = [ROOT / name for name in listed.splitlines()]
    missing = [
        str(path)
        for path in files
        if (path.suffix in suffixes or path.name in ('Makefile', 'CMakeLists.txt'))
        and path.name != 'ruff.toml'
        and path.is_file()
        and 'SPDX-License-Identifier: Apache-2.0' not in path.read_text()[:600]
    ]
    assert missing == []
