# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The files around the code agree with it."""

import ast
from pathlib import Path
import re
import sys
from xml.etree import ElementTree

import pytest

import alphapose_ros
from alphapose_ros.tools.main import COMMANDS

ROOT = Path(__file__).resolve().parents[1]
MESSAGES = sorted((ROOT / 'msg').glob('*.msg'))

# Import name -> name in package.xml or requirements.txt, where they differ.
DECLARED_AS = {
    'builtin_interfaces': 'rclpy',
    'cv2': 'opencv-python-headless',
    'foxglove': 'foxglove-sdk',
    'numpy': 'numpy',
    'rerun': 'rerun-sdk',
    'rosidl_runtime_py': 'rclpy',
    'yaml': 'pyyaml',
}


def test_versions_agree() -> None:
    package = ElementTree.parse(ROOT / 'package.xml').getroot()
    assert package.attrib['format'] == '3'
    version = package.findtext('version')
    assert version == alphapose_ros.__version__
    assert f"version='{version}'" in (ROOT / 'setup.py').read_text()
    assert version in (ROOT / 'CHANGELOG.rst').read_text()


def test_the_manifest_has_what_the_build_tools_need() -> None:
    package = ElementTree.parse(ROOT / 'package.xml').getroot()
    assert package.findtext('license') == 'Apache-2.0'
    assert package.findtext('export/build_type') == 'ament_cmake'
    assert package.findtext('member_of_group') == 'rosidl_interface_packages'
    assert package.find('maintainer') is not None


def test_every_third_party_import_is_declared() -> None:
    package = ElementTree.parse(ROOT / 'package.xml').getroot()
    declared = {e.text for e in package if e.tag.endswith('depend')}
    requirements = (ROOT / 'requirements.txt').read_text()
    declared |= set(re.findall(r'^([\w-]+)', requirements, re.MULTILINE))
    # Options: their absence is told, with a remedy.
    declared |= set(re.findall(r"'([\w-]+)>=", (ROOT / 'setup.py').read_text()))
    undeclared = set()
    for path in (ROOT / 'alphapose_ros').rglob('*.py'):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ''] if isinstance(node, ast.ImportFrom) else []
            for name in (n.split('.')[0] for n in names):
                is_ours = name in sys.stdlib_module_names or name == 'alphapose_ros'
                if not is_ours and DECLARED_AS.get(name, name) not in declared:
                    undeclared.add(name)
    assert undeclared == set()


@pytest.mark.parametrize('path', MESSAGES, ids=lambda path: path.stem)
def test_every_field_of_a_message_is_explained(path: Path) -> None:
    for line in path.read_text().splitlines():
        if line and not line.startswith('#') and '=' not in line.split('#')[0]:
            assert '#' in line or 'image_height' in line or 'bbox_' in line, line


def test_every_executable_is_a_module_with_a_main() -> None:
    cmake = (ROOT / 'CMakeLists.txt').read_text()
    names = re.search(r'foreach\(name\s+([\w\s]+)\)', cmake).group(1).split()
    modules = {p.stem for p in (ROOT / 'alphapose_ros/nodes').glob('*.py')}
    with_main = {
        m for m in modules if 'def main(' in (ROOT / f'alphapose_ros/nodes/{m}.py').read_text()
    }
    assert set(names) == with_main


def test_every_command_is_an_executable_too() -> None:
    (names,) = re.findall(r'foreach\(name (bench [^)]*)\)', (ROOT / 'CMakeLists.txt').read_text())
    assert names.split() == sorted(COMMANDS)
