# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The command line."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
import sys

from alphapose_ros.tools import bench
from alphapose_ros.tools import demo


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; return the exit code."""
    parser = argparse.ArgumentParser(prog='alphapose_ros', description=__doc__)
    commands = parser.add_subparsers(dest='command', required=True)
    for name, module in (('demo', demo), ('bench', bench)):
        summary = (module.__doc__ or '').strip().splitlines()[0]
        command = commands.add_parser(name, help=summary, description=summary)
        module.add_arguments(command)
        command.set_defaults(run=module.run)
    options = vars(parser.parse_args(argv))
    del options['command']
    try:
        code: int = options.pop('run')(**options)
        return code
    except ValueError as err:
        print(f'alphapose_ros: error: {err}', file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
