# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The command line."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from importlib import import_module
import os
import signal
import sys
import threading

COMMANDS = {
    'demo': 'skeletons and identities on a clip or a camera, through the real nodes',
    'process': 'skeletons and identities of bags, videos and folders, offline and without ROS',
    'replay': 'play a bag into live nodes, and check that no image is lost',
    'record': 'record topics of live nodes into a bag',
    'bench': 'measure networks, transport, messages and the pipeline on this machine',
    'evaluate': 'accuracy of joints, of trackers and of models, and latency of a recorded run',
    'train': 'train a pose network by a recipe',
    'label': 'label photographs with whole bodies by teachers, to train on',
    'synthesize': 'render people with exact whole-body joints, to train on',
    'weights': 'list, fetch, inspect, convert and export model files',
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; return the exit code."""
    # As in the executables of the nodes: threads that wait leave their core to others.
    os.environ.setdefault('OMP_WAIT_POLICY', 'PASSIVE')
    # To be ended is to be interrupted: files are finished, and processes that were started end.
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        code: int = _run(argv)
        return code
    except ModuleNotFoundError as err:
        what = f'{err.name} is missing: source ROS 2 and the built package, . "$(make -s env)"'
        print(f'alphapose_ros: error: {what}', file=sys.stderr)
        return 1
    except (ImportError, ValueError) as err:
        print(f'alphapose_ros: error: {err}', file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0


def _run(argv: Sequence[str] | None) -> int:
    parser = argparse.ArgumentParser(prog='alphapose_ros', description=__doc__)
    commands = parser.add_subparsers(dest='command', required=True)
    arguments = list(sys.argv[1:] if argv is None else argv)
    for name, summary in COMMANDS.items():
        command = commands.add_parser(name, help=summary, description=summary)
        if name in arguments[:1]:  # the others' libraries may be missing
            module = import_module(f'alphapose_ros.tools.{name}')
            module.add_arguments(command)
            command.set_defaults(run=module.run)
    options = vars(parser.parse_args(arguments))
    del options['command']
    code: int = options.pop('run')(**options)
    return code
