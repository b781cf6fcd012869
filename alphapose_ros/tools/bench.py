# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Measures networks, transport, messages, the pipeline and trackers on this machine.

Prints a table and merges the numbers into bench.json, a flat object. Machines are noisy: compare
ratios within one run, not times between runs.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from collections.abc import Mapping
import json
import os
from pathlib import Path
import tempfile
import time
from types import MappingProxyType
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from alphapose_ros.inference.gpu import read_gpu_name
from alphapose_ros.io.messages import Header
from alphapose_ros.io.messages import tracks_from_message
from alphapose_ros.io.messages import tracks_to_message
from alphapose_ros.io.weights import find_model
from alphapose_ros.io.weights import WeightsError
from alphapose_ros.models.catalog import DETECTORS
from alphapose_ros.models.catalog import POSE_NETWORKS
from alphapose_ros.structures import Poses
from alphapose_ros.structures import Tracks
from alphapose_ros.structures import TrackState
from alphapose_ros.tools.bench_bundled import measure_bundled
from alphapose_ros.tools.bench_networks import BenchError
from alphapose_ros.tools.bench_networks import measure_decode
from alphapose_ros.tools.bench_networks import measure_models
from alphapose_ros.tools.bench_networks import measure_network
from alphapose_ros.tools.bench_networks import measure_pose_nms
from alphapose_ros.tools.bench_networks import Numbers
from alphapose_ros.tools.bench_process import measure_process
from alphapose_ros.tools.bench_process import measure_process_memory
from alphapose_ros.tools.bench_smoothing import measure_smoothing
from alphapose_ros.tools.bench_tracking import DEFAULT_SEQUENCES
from alphapose_ros.tools.bench_tracking import measure_tracking
from alphapose_ros.tools.demo import DEMO_CLIP
from alphapose_ros.tools.processes import NodeProcesses

DEFAULT_CLIP = Path('..') / 'shared' / 'media' / 'video' / 'openpose_video.avi'
SIZES_WH = {'720p': (1280, 720), '1080p': (1920, 1080)}
PROBE_IMAGES = 60
PIPELINE_IMAGES = 500
MEMORY_IMAGES = 2000
CAMERA_FPS = 30.0
# Of the pipeline, whose own cost is measured beside networks that do not change.
PEERS = MappingProxyType({'detector_model': 'yolox_nano', 'pose_model': 'ultralight_simplepose'})
BUNDLED = MappingProxyType({'detector_model': 'bundled_detector', 'pose_model': 'bundled'})
THREE_NODES = ('detector_node', 'pose_node', 'tracker_node')
DRAIN_S = 1.5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument(
        '--section', default='', help=f'one of {", ".join(SECTIONS)}; all if empty'
    )
    parser.add_argument('--output', default='bench_output', help='folder of bench.json')
    parser.add_argument('--source', default=str(DEFAULT_CLIP), help='clip for the pipeline')
    parser.add_argument(
        '--sequences', default=str(DEFAULT_SEQUENCES), help='folder of MOT sequences for trackers'
    )
    parser.add_argument('--weights-dir', default='', help='folder searched first for model files')
    parser.add_argument('--device', default='auto', help='auto, cpu, cuda or cuda:N')


def run(
    *,
    section: str,
    output: str,
    source: str,
    weights_dir: str,
    device: str,
    sequences: str = str(DEFAULT_SEQUENCES),
) -> int:
    """
    Measure; return the exit code.

    :raises BenchError: if there is no such section; lists those that exist.
    """
    if section and section not in SECTIONS:
        raise BenchError(f'unknown section {section!r}; known are {", ".join(SECTIONS)}')
    common = {
        'source': source,
        'sequences': sequences,
        'weights_dir': weights_dir,
        'device': device,
    }
    numbers: Numbers = {'machine.cpus': os.cpu_count() or 0}
    console = Console()
    for name in [section] if section else SECTIONS:
        console.print(f'measuring {name} ...')
        try:
            numbers |= SECTIONS[name](**common)
        except (BenchError, ImportError, WeightsError) as err:  # what it needs is not there
            console.print(f'{name} skipped: {err}')
    names: dict[str, str] = {}
    if device.startswith(('cuda', 'tensorrt')):
        numbers = {f'cuda.{key}': value for key, value in numbers.items()}
        names['device.name'] = read_gpu_name(device)
    _write(Path(output) / 'bench.json', {**numbers, **names})
    table = Table('key', 'value', title=f'{output}/bench.json')
    for key, value in numbers.items():
        table.add_row(key, f'{value:.3f}'.rstrip('0').rstrip('.'))
    console.print(table)
    return 0


def measure_transport(**_: Any) -> Numbers:
    """Send images from one process to another, with our Fast DDS profile."""
    numbers: Numbers = {}
    for size, (width, height) in SIZES_WH.items():
        for reliability in ('best_effort', 'reliable'):
            with tempfile.TemporaryDirectory() as folder:
                result = Path(folder) / 'latencies.json'
                common = {
                    'reliability': reliability,
                    'probe_width': width,
                    'probe_height': height,
                    'probe_count': PROBE_IMAGES,
                }
                with NodeProcesses(Path(folder), 'bench') as nodes:
                    received = {'role': 'receive', 'probe_output': str(result)}
                    nodes.start('probe_node', {**common, **received})
                    nodes.start('probe_node', {**common, 'role': 'send'}, alias='sender')
                    nodes.wait('sender')
                    time.sleep(0.5)
                    nodes.stop()
                latencies_ms = json.loads(result.read_text())
            key = f'transport.{size}_{reliability}'
            numbers[f'{key}_received'] = len(latencies_ms)
            if latencies_ms:
                numbers[f'{key}_ms_p50'] = float(np.median(latencies_ms))
    return numbers


def measure_messages(**_: Any) -> Numbers:
    """Build and read the message of 10 people with 136 joints."""
    rng = np.random.default_rng(0)
    n, k = 10, 136

    def random(*shape: int) -> Any:
        return rng.random(shape).astype(np.float32)

    poses = Poses(random(n, 4), random(n), random(n, k, 2), random(n, k), random(n), random(n, 0))
    tracks = Tracks(
        poses,
        np.arange(n, dtype=np.int32),
        np.full(n, TrackState.TRACKED, np.uint8),
        np.ones(n, np.uint32),
    )
    times_ms = []
    for _i in range(500):
        start = time.perf_counter()
        tracks_from_message(tracks_to_message(tracks, Header(), (1280, 720), 'halpe_136'))
        times_ms.append((time.perf_counter() - start) * 1e3)
    return {'messages.build_read_ms_10x136': float(np.median(times_ms))}


def measure_pipeline(**common: Any) -> Numbers:
    """Run the real nodes on the clip: one process, three processes, and as beside a camera."""
    one = _run_nodes(('alphapose',), **common)
    three = _run_nodes(THREE_NODES, **common)
    live = _run_nodes(('alphapose',), pace='fps', **common)
    two_people = _run_nodes(('alphapose',), pace='fps', max_people=2, **common)
    detector = _diagnostics(one, 'detector')
    return {
        'pipeline.one_process_overhead_ratio': detector['overhead_ratio_p50'],
        'pipeline.three_process_overhead_ratio': _sum(three, 'total') / _sum(three, 'network'),
        'pipeline.latency_ms_p50': one['latency_ms_p50'],
        'pipeline.latency_ms_p95': one['latency_ms_p95'],
        'pipeline.three_process_latency_ms_p50': three['latency_ms_p50'],
        'pipeline.fps': one['fps'],
        'pipeline.live_fps': live['fps'],
        'pipeline.live_latency_ms_p95': live['latency_ms_p95'],
        'pipeline.two_people_fps': two_people['fps'],
        'pipeline.two_people_overhead_ratio': _diagnostics(two_people, 'detector')[
            'overhead_ratio_p50'
        ],
        'pipeline.people': one['people_per_frame'],
        'pipeline.peak_rss_mib': detector['peak_rss_mib'],
    }


def measure_defaults(**common: Any) -> Numbers:
    """Measure the networks of the package, alone and in the pipeline on the clip of the demo."""
    summary = _run_nodes(('alphapose',), **{**common, 'source': str(DEMO_CLIP), 'models': BUNDLED})
    return {
        **measure_bundled(**common),
        'bundled.pipeline_fps': summary['fps'],
        'bundled.pipeline_latency_ms_p50': summary['latency_ms_p50'],
        'bundled.pipeline_people': summary['people_per_frame'],
    }


def measure_memory(**common: Any) -> Numbers:
    """Run one process for many images and compare its memory with that after the first 200."""
    summary = _run_nodes(('alphapose',), images=MEMORY_IMAGES, max_people=2, **common)
    return {'pipeline.rss_growth_mib': _diagnostics(summary, 'detector')['rss_growth_mib']}


def _run_nodes(
    names: tuple[str, ...],
    *,
    source: str,
    weights_dir: str,
    device: str,
    pace: str = 'consumed',
    images: int = PIPELINE_IMAGES,
    max_people: int = 100,
    models: Mapping[str, str] = PEERS,
    **_: Any,
) -> dict[str, Any]:
    """Run the pipeline over the clip, again and again; return the recorder's summary."""
    find_model(models['detector_model'], DETECTORS, weights_dir)
    find_model(models['pose_model'], POSE_NETWORKS, weights_dir)
    if not Path(source).exists():
        raise BenchError(f'there is no clip {source}; name one with --source')
    parameters = {
        'weights_dir': weights_dir,
        'device': device,
        'max_people': max_people,
        **models,
    }
    video = {
        'source': source,
        'loop': True,
        'image_limit': images,
        'pace': pace,
        'fps': CAMERA_FPS,
        'min_subscribers': min(len(names), 2),
    }
    with tempfile.TemporaryDirectory() as folder:
        with NodeProcesses(Path(folder), 'bench') as nodes:
            nodes.start('recorder_node', {'output_dir': folder, 'video': False})
            for name in names:
                nodes.start(name, parameters)
            nodes.start('video_node', video)
            nodes.wait('video_node')
            time.sleep(DRAIN_S)
            nodes.stop()
        summary: dict[str, Any] = json.loads((Path(folder) / 'summary.json').read_text())
    return summary


def _diagnostics(summary: dict[str, Any], node: str) -> Numbers:
    """Return the numbers that a node last told of itself."""
    values = summary['diagnostics'].get(f'bench/{node}')
    if values is None:
        raise BenchError(f'the node {node} told nothing on /diagnostics')
    return {k: float(v) for k, v in values.items() if v.replace('.', '').lstrip('-').isdigit()}


def _sum(summary: dict[str, Any], stage: str) -> float:
    """Return the sum of a stage's medians over the three nodes."""
    nodes = ('detector', 'pose', 'tracker')
    return sum(_diagnostics(summary, node).get(f'{stage}_ms_p50', 0.0) for node in nodes)


def _write(path: Path, numbers: Mapping[str, float | str]) -> None:
    """Merge the numbers into the file, so that a section can be measured anew alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    known = json.loads(path.read_text()) if path.is_file() else {}
    path.write_text(json.dumps({**known, **numbers}, indent=2, sort_keys=True) + '\n')


SECTIONS: dict[str, Callable[..., Numbers]] = {
    'transport': measure_transport,
    'messages': measure_messages,
    'pipeline': measure_pipeline,
    'memory': measure_memory,
    'process': measure_process,
    'process_memory': measure_process_memory,
    'pose_nms': measure_pose_nms,
    'decode': measure_decode,
    'network': measure_network,
    'models': measure_models,
    'bundled': measure_defaults,
    'tracking': measure_tracking,
    'smoothing': measure_smoothing,
}
