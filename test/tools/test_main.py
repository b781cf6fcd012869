# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the command line."""

import sys
from typing import Any

import pytest

from alphapose_ros.tools.main import COMMANDS
from alphapose_ros.tools.main import main


@pytest.mark.parametrize('command', COMMANDS)
def test_every_command_explains_itself(command: str, capsys: Any) -> None:
    pytest.importorskip('alphapose_ros.msg', reason='needs the built messages')
    with pytest.raises(SystemExit) as end:
        main([command, '--help'])
    assert end.value.code == 0
    assert capsys.readouterr().out.startswith(f'usage: alphapose_ros {command} ')


def test_without_ros_it_says_what_to_do(monkeypatch: Any, capsys: Any) -> None:
    for name in [
        n for n in sys.modules if n.startswith(('alphapose_ros.io', 'alphapose_ros.tools.'))
    ]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, 'sensor_msgs', None)
    monkeypatch.setitem(sys.modules, 'sensor_msgs.msg', None)
    assert main(['bench']) == 1
    error = capsys.readouterr().err
    assert len(error.splitlines()) == 1
    assert 'sensor_msgs' in error
    assert 'make -s env' in error


def test_an_unknown_section_of_the_bench_is_refused_in_one_line(capsys: Any) -> None:
    pytest.importorskip('alphapose_ros.msg', reason='needs the built messages')
    assert main(['bench', '--section', 'speed']) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("alphapose_ros: error: unknown section 'speed'; known are transport, ")
    assert line.endswith(', tracking, smoothing')
