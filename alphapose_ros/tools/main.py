# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The command line."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from importlib import import_module
import sys

COMMANDS = ('demo', 'bench')


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; return the exit code."""
    try:
        code: int = _run(argv)
        return code
    except ModuleNotFoundError as err:
        what = f'{err.name} is missing: source ROS 2 and the built package, . "$(make -s env)"'
        print(f'alphapose_ros: error: {what}', file=sys.stderr)
        return 1
    except ValueError as err:
        print(f'alphapose_ros: error: {err}', file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0


def _run(argv: Sequence[str] | None) -> int:
    parser = argparse.ArgumentParser(prog='alphapose_ros', description=__doc__)
    commands = parser.add_subparsers(dest='command', required=True)
    for name in COMMANDS:
        module = import_module(f'alphapose_ros.tools.{name}')
        summary = (module.__doc__ or '').strip().splitlines()[0]
        command = commands.add_parser(name, help=summary, description=summary)
        module.add_arguments(command)
        command.set_defaults(run=module.run)
    options = vars(parser.parse_args(argv))
    del options['command']
    code: int = options.pop('run')(**options)
    return code
