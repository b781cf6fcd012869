# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tables of the numbers that `evaluate` measures."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Sequence
import math

import numpy as np
from rich.console import Console
from rich.table import Column
from rich.table import Table

from alphapose_ros.evaluation.details import ImageDetails
from alphapose_ros.evaluation.latency import LatencyScores
from alphapose_ros.evaluation.summary import Numbers

OKS_MEASURES = ('ap', 'ap50', 'ap75', 'ap_medium', 'ap_large', 'ar')
JOINT_MEASURES = (
    'labelled', 'found', 'error_px', 'error_relative', 'pck_box', 'pck_torso', 'pckh',
)  # fmt: skip
JOINT_TRACKING_MEASURES = ('mota', 'motp', 'precision', 'recall', 'id_switches')
TRACKING_MEASURES = (
    'idf1', 'hota', 'mota', 'motp', 'precision', 'recall', 'id_switches', 'fragmentations',
)  # fmt: skip
LATENCY_MEASURES = (
    'count', 'p50_ms', 'p95_ms', 'p99_ms', 'max_ms', 'rate_hz', 'jitter_ms', 'num_dropped',
)  # fmt: skip
# More are listed on request only.
MANY_JOINTS = 30
NUM_IMAGES = 5
MANY_SECONDS = 60


def print_numbers(
    console: Console,
    title: str,
    numbers: Numbers,
    rows: Iterable[tuple[str, str]],
    measures: Sequence[str],
    other: Numbers,
) -> None:
    """
    Print a table of <prefix><measure>, each with the difference to the other's.

    :param rows: labels and prefixes.
    :param measures: columns; those of which there is nothing are left out.
    :param other: numbers to compare with; may be empty.
    """
    rows = list(rows)
    columns = [m for m in measures if any(prefix + m in numbers for _, prefix in rows)]
    if not columns:
        return
    table = Table(Column(title, no_wrap=True), *columns)
    for label, prefix in rows:
        keys = [prefix + column for column in columns]
        table.add_row(label, *(_cell(numbers.get(key), other.get(key)) for key in keys))
    console.print(table)


def print_keypoints(console: Console, numbers: Numbers, other: Numbers, lists_all: bool) -> None:
    """Print the scores of joints."""
    parts = _middles(numbers, 'oks.')
    oks_rows = [(part, f'oks.{part}.') for part in parts]
    print_numbers(console, 'OKS', numbers, oks_rows, OKS_MEASURES, other)
    shares = [key for key in numbers if key.startswith(('pck', 'pdj', 'pcp'))]
    print_numbers(console, 'joints', numbers, [('all', '')], shares, other)
    joints = _middles(numbers, 'joint.')
    if len(joints) > MANY_JOINTS and not lists_all:
        console.print(f'{len(joints)} joints: --joints lists each')
        return
    rows = [(name, f'joint.{name}.') for name in joints]
    print_numbers(console, 'joint', numbers, rows, JOINT_MEASURES, other)


def print_images(console: Console, images: ImageDetails) -> None:
    """Print the images with the lowest OKS."""
    worst = images.worst_first()[:NUM_IMAGES]
    if not len(worst):
        return
    table = Table('worst images', 'OKS', 'people', 'found', 'paired')
    for i in worst:
        counts = (images.num_true[i], images.num_found[i], images.num_paired[i])
        name = images.file_names[i] or str(images.image_ids[i])
        table.add_row(name, f'{images.oks[i]:.3f}', *(str(count) for count in counts))
    console.print(table)


def print_joint_tracking(console: Console, numbers: Numbers, other: Numbers) -> None:
    """Print PoseTrack's scores."""
    rows = [(name, f'joint.{name}.') for name in _middles(numbers, 'joint.')]
    rows.append(('all', ''))
    print_numbers(console, 'joint', numbers, rows, JOINT_TRACKING_MEASURES, other)


def print_seconds(console: Console, topic: str, scores: LatencyScores) -> None:
    """Print the seconds of a topic; of many those with most latency."""
    chosen = np.arange(len(scores.seconds))
    if len(chosen) > MANY_SECONDS:
        console.print(f'{topic}: the {MANY_SECONDS} seconds of {len(chosen)} with most latency')
        chosen = np.sort(np.argsort(-scores.p50s_ms, kind='stable')[:MANY_SECONDS])
    table = Table(f'{topic}, second', 'messages', 'p50 ms', 'max ms')
    for i in chosen:
        counts = str(scores.seconds[i]), str(scores.counts[i])
        table.add_row(*counts, f'{scores.p50s_ms[i]:.1f}', f'{scores.maxima_ms[i]:.1f}')
    console.print(table)


def _middles(numbers: Numbers, prefix: str) -> list[str]:
    """Return what is between the prefix and the last dot, once each."""
    keys = (key for key in numbers if key.startswith(prefix))
    return list(dict.fromkeys(key.removeprefix(prefix).rpartition('.')[0] for key in keys))


def _cell(value: float | None, other: float | None) -> str:
    if value is None or math.isnan(value):
        return ''
    digits = 0 if isinstance(value, int) else 3 if abs(value) < 10 else 1
    text = f'{value:.{digits}f}'
    if other is None or math.isnan(other):
        return text
    return f'{text} ({value - other:+.{digits}f})'
