# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Skeletons and identities on a clip or a camera, through the real nodes as separate processes.

Writes overlay.mp4, contact_sheet.png and tracks.mcap, and prints what was measured.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
import time
from typing import Any

from rich.console import Console
from rich.table import Table

from alphapose_ros.io.video import FrameSource
from alphapose_ros.io.weights import find_model
from alphapose_ros.models.catalog import DETECTORS
from alphapose_ros.models.catalog import POSE_NETWORKS
from alphapose_ros.models.catalog import REID_NETWORKS
from alphapose_ros.tools.processes import NodeProcesses

DEMO_CLIP = Path(__file__).resolve().parents[1] / 'media' / 'demo_people.mp4'
# What the last images need to pass through the pipeline and into the files.
DRAIN_S = 1.5
COMPOSED = ('alphapose',)
SEPARATE = ('detector_node', 'pose_node', 'tracker_node')


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument(
        '--source',
        default=str(DEMO_CLIP),
        help='video file, folder of images or camera number; a clip of the package by default',
    )
    parser.add_argument('--output', default='demo_output', help='folder for the files')
    parser.add_argument(
        '--detector', default='bundled_detector', help='name in the catalog, or path'
    )
    parser.add_argument('--model', default='bundled', help='pose network, likewise')
    parser.add_argument('--reid', default='', help='re-ID network, likewise; none if empty')
    parser.add_argument('--weights-dir', default='', help='folder searched first for model files')
    parser.add_argument('--device', default='auto', help='auto, cpu, cuda or cuda:N')
    parser.add_argument(
        '--fps',
        type=float,
        default=0.0,
        help='send at this rate and drop images, '
        'as a camera does; 0: the next image when the last one is processed',
    )
    parser.add_argument('--composed', action='store_true', help='one process instead of three')


def run(
    *,
    source: str,
    output: str,
    detector: str,
    model: str,
    reid: str,
    weights_dir: str,
    device: str,
    fps: float,
    composed: bool,
) -> int:
    """
    Run the demo; return the exit code.

    :raises ValueError: if the source, a model or a node fails; one line that says what to do.
    """
    frames = FrameSource(source)
    find_model(detector, DETECTORS, weights_dir)
    find_model(model, POSE_NETWORKS, weights_dir)
    if reid:
        find_model(reid, REID_NETWORKS, weights_dir)
    folder = Path(output)
    models = {
        'detector_model': detector,
        'pose_model': model,
        'reid_model': reid,
        'weights_dir': weights_dir,
        'device': device,
    }
    video = {
        'source': source,
        'pace': 'fps' if fps or frames.is_live else 'consumed',
        'fps': fps,
        'min_subscribers': 2 if composed else 3,
    }
    recorder = {
        'output_dir': output,
        'video_fps': float(fps or frames.fps),
        'frame_count': frames.frame_count,
    }
    _run_nodes(folder, COMPOSED if composed else SEPARATE, models, video, recorder)
    summary = json.loads((folder / 'summary.json').read_text())
    _print_summary(summary, folder, frames.frame_count)
    return 0 if summary['frames'] else 1


def _run_nodes(
    folder: Path,
    executables: tuple[str, ...],
    models: dict[str, Any],
    video: dict[str, Any],
    recorder: dict[str, Any],
) -> None:
    """Run the nodes until the video ends; the arguments are parameters of theirs."""
    with NodeProcesses(folder / 'logs', 'demo') as nodes:
        nodes.start('recorder_node', recorder, shows=True)
        for name in executables:
            nodes.start(name, models)  # a node takes what it knows
        nodes.start('video_node', video)
        try:
            nodes.wait('video_node')
            time.sleep(DRAIN_S)
        except KeyboardInterrupt:
            pass  # the usual end with a camera
        nodes.stop()


def _print_summary(summary: dict[str, Any], folder: Path, frames_in: int) -> None:
    table = Table(title=f'results in {folder}', show_header=False)
    rows = {
        'images in / processed': f'{frames_in or "-"} / {summary["frames"]}',
        'images per second': f'{summary["fps"]:.1f}',
        'people per image': f'{summary["people_per_frame"]:.1f}',
        'identities': str(summary['ids']),
        'latency, stamp to tracks': f'p50 {summary["latency_ms_p50"]:.0f} ms, '
        f'p95 {summary["latency_ms_p95"]:.0f} ms',
    }
    for node, values in sorted(summary['diagnostics'].items()):
        for key, value in values.items():
            if key.endswith('_ms_p50') and not key.startswith('age'):
                stage = key.removesuffix('_ms_p50')
                rows[f'{node.rpartition("/")[2]}: {stage}'] = f'{float(value):.1f} ms'
    for key, value in rows.items():
        table.add_row(key, value)
    Console().print(table)
