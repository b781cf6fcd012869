# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""What the set-up script says where it cannot work. Programs that it asks are replaced."""

import os
from pathlib import Path
import subprocess

import pytest

SCRIPT = Path(__file__).resolve().parents[1] / 'scripts' / 'setup.sh'


@pytest.mark.parametrize(
    ('program', 'script', 'message'),
    [
        pytest.param(
            'python3', 'echo 3.8', 'Python 3.10 or newer is needed, python3 is 3.8', id='old'
        ),
        pytest.param(
            'python3', 'echo 3.99', 'exists for Python 3.10 to 3.14, python3 is 3.99', id='new'
        ),
        pytest.param(
            'python3',
            'case "$*" in *ensurepip*) exit 1 ;; esac; echo 3.11',
            'has no venv module; on Debian and Ubuntu: apt install python3.11-venv',
            id='no-venv',
        ),
        pytest.param(
            'uname',
            'echo Linux aarch64',
            'for Linux on x86-64 only, this is Linux aarch64',
            id='arm',
        ),
        pytest.param(
            'getconf',
            'echo glibc 2.17',
            'needs glibc 2.28 or newer, this system has 2.17',
            id='libc',
        ),
        pytest.param(
            'df',
            'printf "head\\n/dev/x 1 1 1048576 1%% /\\n"',
            'has 1 GiB free, 9 GiB are needed; set ALPHAPOSE_CACHE',
            id='disk',
        ),
    ],
)
def test_it_fails_with_one_clear_line(
    tmp_path: Path, program: str, script: str, message: str
) -> None:
    stub = tmp_path / 'bin' / program
    stub.parent.mkdir()
    stub.write_text(f'#!/bin/sh\n{script}\n')
    stub.chmod(0o755)
    environment = {
        'HOME': str(tmp_path),
        'PATH': f'{stub.parent}{os.pathsep}{os.environ["PATH"]}',
        'ALPHAPOSE_ROS': '',
        'ALPHAPOSE_CACHE': str(tmp_path / 'cache'),
    }
    result = subprocess.run([SCRIPT], env=environment, capture_output=True, text=True, timeout=60)
    assert result.returncode == 1
    assert result.stdout == ''
    errors = [line for line in result.stderr.splitlines() if 'error' in line]
    assert len(errors) == 1
    assert message in errors[0]
    assert errors == result.stderr.splitlines()
