# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Record topics of live nodes into a bag; Ctrl-C ends it."""

from __future__ import annotations

import argparse
from contextlib import suppress
import json
from pathlib import Path
import tempfile
from typing import Any

from rich.console import Console
from rich.table import Table

from alphapose_ros.params import BagRecorderParams
from alphapose_ros.tools.processes import NodeProcesses

RECORDER = 'bag_recorder_node'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    topics = BagRecorderParams().record_topics.split()
    parser.add_argument('--output', default='recorded_bag', help='folder of the bag')
    parser.add_argument('--topics', nargs='+', default=topics, help=f'default: {" ".join(topics)}')
    parser.add_argument('--duration', type=float, default=0.0, help='seconds; 0: until Ctrl-C')
    parser.add_argument(
        '--max-images',
        type=int,
        default=0,
        metavar='N',
        help='counted by tracks, or else by the first topic; 0: until Ctrl-C',
    )
    parser.add_argument('--namespace', default='', help='of the topics without a leading /')
    parser.add_argument('--use-sim-time', action='store_true', help='record the times of /clock')


def run(
    *,
    output: str,
    topics: list[str],
    duration: float,
    max_images: int,
    namespace: str,
    use_sim_time: bool,
) -> int:
    """
    Record; return the exit code.

    :raises ValueError: if there is a bag already, or an option is wrong.
    """
    parameters = {
        'record_bag': output,
        'record_topics': ' '.join(topics),
        'record_s': duration,
        'record_images': max_images,
        'use_sim_time': use_sim_time,
    }
    with tempfile.TemporaryDirectory() as folder, NodeProcesses(Path(folder), namespace) as nodes:
        path = Path(folder, 'report.json')
        nodes.start(RECORDER, {**parameters, 'record_report': str(path)}, shows=True)
        with suppress(KeyboardInterrupt):  # the usual end
            nodes.wait(RECORDER)
        nodes.stop()
        if path.exists():
            _print_report(json.loads(path.read_text()), output)
    return 0


def _print_report(report: dict[str, Any], output: str) -> None:
    table = Table(title=f'recorded in {output}', show_header=False)
    for topic, count in report['counts'].items():
        table.add_row(topic, report['faults'].get(topic, f'{count} messages'))
    Console().print(table)
