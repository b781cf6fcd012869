# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Play a bag into live nodes, also a damaged one, and check that no image is lost.

Exit code: 0, or 1 if nothing could be played or, with --check, an image gave no tracks.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import asdict
import json
from pathlib import Path
import tempfile
from typing import Any

from rich.console import Console
from rich.table import Table

from alphapose_ros.core.parameters import ParameterError
from alphapose_ros.io.bag_reader import BagReader
from alphapose_ros.io.bag_stamps import IMAGE_TYPES
from alphapose_ros.tools.pipeline_options import add_pipeline_arguments
from alphapose_ros.tools.pipeline_options import pipeline_params
from alphapose_ros.tools.pipeline_options import SHORT
from alphapose_ros.tools.processes import NodeProcesses

PLAYER = 'bag_player_node'
COMPRESSED = '/compressed'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument('bag', type=Path, help='folder, .mcap or .db3')
    parser.add_argument(
        '--rate', type=float, default=1.0, help='speed; 0: the next image when the last is tracked'
    )
    parser.add_argument('--topics', nargs='+', default=[], help='play only these')
    parser.add_argument('--clock', action='store_true', help='publish the time of the bag')
    parser.add_argument('--loop', action='store_true', help='begin again at the end')
    parser.add_argument(
        '--wait-for-subscribers', type=int, metavar='N', help='default: 1 if nodes are to answer'
    )
    parser.add_argument('--check', action='store_true', help='compare `tracks` with the images')
    parser.add_argument(
        '--timeout', type=float, default=60.0, help='seconds until a check without tracks fails'
    )
    parser.add_argument('--namespace', default='', help='of `tracks` and of the nodes')
    parser.add_argument(
        '--run',
        action='store_true',
        dest='starts_nodes',
        help='start the executable alphapose as well, with the options below',
    )
    add_pipeline_arguments(parser)


def run(
    *,
    bag: Path,
    rate: float,
    topics: list[str],
    clock: bool,
    loop: bool,
    wait_for_subscribers: int | None,
    check: bool,
    timeout: float,
    namespace: str,
    starts_nodes: bool,
    **pipeline: Any,
) -> int:
    """
    Play; return the exit code.

    :raises ValueError: if the bag, an option or a node fails; one line that says why.
    """
    answers = starts_nodes or check or rate == 0
    player = {
        'bag': str(bag),
        'play_topics': ' '.join(topics),
        'rate': rate,
        'clock': clock,
        'loop': loop,
        'min_subscribers': int(answers) if wait_for_subscribers is None else wait_for_subscribers,
        'check': check,
        'check_timeout_s': timeout,
    }
    nodes = None
    image_topic = _image_topic(bag, topics)
    if starts_nodes:
        params = pipeline_params(
            pipeline['params_file'], pipeline['set'], {name: pipeline[name] for name in SHORT}
        )
        nodes = {**asdict(params), 'use_sim_time': clock}
    report = _play(namespace, player, nodes, image_topic)
    _print_report(report, Console())
    if check and (report['fault'] or report['lost'] or not report['tracks']):
        return 1
    return 0 if report['sent'] else 1


def _image_topic(bag: Path, topics: Sequence[str]) -> str:
    """Return the images that nodes are to read; '' if the bag does not tell which."""
    with BagReader(bag) as reader:
        names = [
            name
            for name, info in reader.topics.items()
            if info.type_name in IMAGE_TYPES and (name in topics or not topics)
        ]
    return names[0] if len(names) == 1 else ''


def _play(
    namespace: str, player: dict[str, Any], nodes: dict[str, Any] | None, image_topic: str
) -> dict[str, Any]:
    """Run the player, and the nodes if there are parameters for them; return its report."""
    with tempfile.TemporaryDirectory() as folder, NodeProcesses(Path(folder), namespace) as run:
        path = Path(folder, 'report.json')
        if nodes is not None:
            if not image_topic:
                raise ParameterError('--run needs one topic with images: choose it by --topics')
            if image_topic.endswith(COMPRESSED):
                nodes['image_transport'] = 'compressed'
            remaps = {'image': image_topic.removesuffix(COMPRESSED)}
            run.start('alphapose', nodes, remaps=remaps)
        run.start(PLAYER, {**player, 'play_report': str(path)}, shows=True)
        try:
            run.wait(PLAYER)
        except KeyboardInterrupt:  # the usual end of a loop
            run.stop()
            if not path.exists():
                raise
        run.stop()
        report: dict[str, Any] = json.loads(path.read_text())
    return report


def _print_report(report: Mapping[str, Any], console: Console) -> None:
    for problem in report['problems']:
        console.print(f'warning: {problem}', markup=False, soft_wrap=True)
    for topic, count in report['damaged'].items():
        console.print(f'warning: {count} damaged messages of {topic} were not sent', markup=False)
    if report['fault']:
        console.print(f'error: {report["fault"]}', markup=False)
    table = Table(show_header=False)
    for topic, count in report['sent'].items():
        table.add_row(topic, f'{count} sent')
    if 'images' in report:
        lost = str(report['lost'])
        if report['lost']:
            stamps = (f'{stamp_ns / 1e9:.3f}' for stamp_ns in report['lost_stamps_ns'])
            lost += f' (stamps {", ".join(stamps)}{", ..." if report["lost"] > 5 else ""})'
        latencies = (f'p{n} {report[f"latency_ms_p{n}"]:.0f} ms' for n in (50, 95, 99))
        table.add_row('images / their tracks', f'{report["images"]} / {report["tracks"]}')
        table.add_row('lost', lost)
        table.add_row('out of order', str(report['disordered']))
        table.add_row('other tracks', str(report['unexpected']))
        table.add_row('latency, sent to tracks', ', '.join(latencies))
    console.print(table)
