# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""How executables start and end, in this process: what `test_processes` cannot time."""

import signal
from typing import NoReturn

import pytest

from alphapose_ros.nodes.run import run


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM], ids=['SIGINT', 'SIGTERM'])
@pytest.mark.parametrize('error', [ImportError, ValueError, KeyboardInterrupt])
def test_a_signal_while_the_nodes_are_made_ends_it_whatever_a_library_makes_of_it(
    number: int, error: type[BaseException], capfd: pytest.CaptureFixture[str]
) -> None:
    def make_nodes() -> NoReturn:
        try:
            signal.raise_signal(number)
        except KeyboardInterrupt as err:
            raise error('initialization failed') from err
        raise AssertionError

    assert run(make_nodes, []) == 0
    assert capfd.readouterr() == ('', '')


def test_a_wrong_value_is_told_in_one_line_and_any_other_error_is_raised(
    capfd: pytest.CaptureFixture[str],
) -> None:
    def fail(error: Exception) -> NoReturn:
        raise error

    assert run(lambda: fail(ValueError('device: gpu')), []) == 1
    (line,) = ''.join(capfd.readouterr()).splitlines()
    assert line.startswith('[FATAL]')
    assert line.endswith('[alphapose_ros]: device: gpu')
    with pytest.raises(OSError, match='no disk'):
        run(lambda: fail(OSError('no disk')), [])
