# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Accuracy of joints, of trackers and of models, and latency of a recorded run.

Prints tables and, with --output, writes metrics.json, one flat object of numbers.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
import json
import math
from pathlib import Path
from typing import Any

from rich.console import Console

from alphapose_ros.evaluation.alignment import align
from alphapose_ros.evaluation.alignment import with_sigmas
from alphapose_ros.evaluation.details import pair_people
from alphapose_ros.evaluation.details import score_images
from alphapose_ros.evaluation.latency import evaluate_latency
from alphapose_ros.evaluation.latency import name_clock_trouble
from alphapose_ros.evaluation.posetrack import evaluate_joint_tracking
from alphapose_ros.evaluation.sequences import evaluate_sequences
from alphapose_ros.evaluation.summary import joint_tracking_numbers
from alphapose_ros.evaluation.summary import keypoint_numbers
from alphapose_ros.evaluation.summary import latency_numbers
from alphapose_ros.evaluation.summary import Numbers
from alphapose_ros.evaluation.summary import tracking_numbers
from alphapose_ros.io.bag_stamps import read_times
from alphapose_ros.io.files import replace_file
from alphapose_ros.io.keypoint_results import KeypointResults
from alphapose_ros.io.keypoint_results import read_keypoint_results
from alphapose_ros.io.keypoint_truth import KeypointTruth
from alphapose_ros.io.keypoint_truth import read_keypoint_truth
from alphapose_ros.io.message_types import POSES_TYPE
from alphapose_ros.io.mot_sequences import read_sequences
from alphapose_ros.tools.evaluate_tables import LATENCY_MEASURES
from alphapose_ros.tools.evaluate_tables import print_images
from alphapose_ros.tools.evaluate_tables import print_joint_tracking
from alphapose_ros.tools.evaluate_tables import print_keypoints
from alphapose_ros.tools.evaluate_tables import print_numbers
from alphapose_ros.tools.evaluate_tables import print_seconds
from alphapose_ros.tools.evaluate_tables import TRACKING_MEASURES

METRICS = 'metrics.json'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the actions of the command."""
    actions = parser.add_subparsers(dest='action', required=True)
    keypoints = actions.add_parser('keypoints', help='joints against labelled ones')
    tracking = actions.add_parser('tracking', help='identities against true ones')
    latency = actions.add_parser('latency', help='how late the messages of a live bag are')
    model = actions.add_parser('model', help='a pose network over labelled images')
    for action in (keypoints, tracking):
        action.add_argument('results', type=Path, help='file, folder or bag; any known format')
        action.add_argument('--truth', type=Path, required=True, help='labels; see the manual')
        action.add_argument('--topic', default='', help='of a bag; default: its tracks, or poses')
        action.add_argument('--compare', type=Path, help='other results, to show differences to')
    tracking.add_argument(
        '--min-joint-score', type=float, default=0.0, help='PoseTrack: leave out joints below'
    )
    latency.add_argument('results', type=Path, metavar='bag', help='folder, .mcap or .db3')
    model.add_argument('--model', required=True, help='name in the catalog, or path')
    model.add_argument('--data', type=Path, required=True, help='labels, as COCO has them')
    model.add_argument('--images', type=Path, help="folder; default: the labels', or images in it")
    model.add_argument('--boxes', default='truth', choices=('truth', 'detector'))
    model.add_argument('--detector', default='yolox_nano', help='name in the catalog, or path')
    model.add_argument(
        '--flip-test', default='off', choices=('off', 'outputs', 'coordinates'), help='see docs'
    )
    model.add_argument('--weights-dir', default='', help='folder searched first for model files')
    model.add_argument('--device', default='auto', help='auto, cpu, cuda or cuda:N')
    for action in (keypoints, model):
        action.add_argument(
            '--sigmas',
            default='auto',
            choices=('auto', 'set', 'halpe'),
            help="constants of the OKS: the keypoint set's, or those of the Halpe evaluation",
        )
        action.add_argument('--joints', action='store_true', help='list every joint of many')
    for action in (keypoints, tracking, latency, model):
        action.add_argument('--output', type=Path, help=f'folder for {METRICS}')


def run(*, action: str, output: Path | None, **options: Any) -> int:
    """
    Evaluate; return the exit code.

    :raises ValueError: if a file cannot be read or does not fit; one line that says why.
    :raises ImportError: if a library is missing; says how to install it.
    """
    actions: dict[str, Callable[..., Numbers]] = {
        'keypoints': evaluate_keypoints,
        'tracking': evaluate_trackers,
        'latency': evaluate_bag,
        'model': evaluate_model,
    }
    console = Console()
    if action == 'model':
        options['output'] = output
    numbers = actions[action](console, **options)
    if output is not None:
        values = {k: None if math.isnan(v) else v for k, v in numbers.items()}
        with replace_file(output / METRICS) as part:
            part.write_text(json.dumps(values, indent=1) + '\n')
        console.print(f'{output / METRICS}: {len(values)} numbers')
    return 0


def evaluate_keypoints(
    console: Console,
    *,
    results: Path,
    truth: Path,
    topic: str,
    compare: Path | None,
    sigmas: str,
    joints: bool,
) -> Numbers:
    """Print and return the accuracy of joints."""
    labels = with_sigmas(read_keypoint_truth(truth), sigmas)
    other = {}
    if compare is not None:
        comparison = align(labels, read_keypoint_results(compare, topic))
        other = keypoint_numbers(comparison, pair_people(comparison))
    found = read_keypoint_results(results, topic)
    numbers = show_keypoints(console, labels, found, other, joints)
    return numbers | {f'other.{key}': value for key, value in other.items()}


def show_keypoints(
    console: Console,
    truth: KeypointTruth,
    results: KeypointResults,
    other: Numbers,
    lists_all: bool,
) -> Numbers:
    """Print and return the accuracy of joints that are read."""
    comparison = align(truth, results)
    people = pair_people(comparison)
    numbers = keypoint_numbers(comparison, people)
    for note in comparison.notes:
        console.print(note)
    console.print(
        f'{numbers["images"]} images, {numbers["people"]} people, {numbers["found"]} of them found'
    )
    if not comparison.truth.skeleton.sigmas:
        console.print(f'{comparison.truth.skeleton.name} has no constants of the OKS: no AP')
    print_keypoints(console, numbers, other, lists_all)
    print_images(console, score_images(comparison, people))
    return numbers


def evaluate_trackers(
    console: Console, *, results: Path, truth: Path, compare: Path | None, **options: Any
) -> Numbers:
    """Print and return how well identities are kept: of joints if truth is PoseTrack's."""
    measure = measure_joint_tracks if truth.suffix == '.json' else measure_tracks
    other = measure(console, compare, truth, **options) if compare is not None else {}
    numbers = measure(console, results, truth, **options)
    if measure is measure_joint_tracks:
        print_joint_tracking(console, numbers, other)
    else:
        names = dict.fromkeys(key.rpartition('.')[0] for key in numbers)
        rows = [(name, f'{name}.') for name in names]
        print_numbers(console, 'sequence', numbers, rows, TRACKING_MEASURES, other)
    return numbers | {f'other.{key}': value for key, value in other.items()}


def measure_joint_tracks(
    console: Console, results: Path, truth: Path, *, topic: str, min_joint_score: float
) -> Numbers:
    """Return the scores of tracked joints."""
    comparison = align(read_keypoint_truth(truth), read_keypoint_results(results, topic))
    for note in comparison.notes:
        console.print(note)
    scores = evaluate_joint_tracking(comparison, min_joint_score=min_joint_score)
    return joint_tracking_numbers(scores)


def measure_tracks(
    console: Console, results: Path, truth: Path, *, topic: str, **_: float
) -> Numbers:
    """Return the scores of tracked boxes."""
    pairs, unknown = read_sequences(results, truth, topic)
    if unknown:
        console.print(f'without ground truth, left out: {", ".join(unknown)}')
    for name, pair in pairs.items():
        if pair.note:
            console.print(f'{name}: {pair.note}')
    return tracking_numbers(evaluate_sequences(pairs))


def evaluate_bag(console: Console, *, results: Path) -> Numbers:
    """Print and return the latency of a bag that was recorded live."""
    topics, problems = read_times(results)
    scores = evaluate_latency(topics)
    numbers = latency_numbers(scores)
    rows = [(topic, f'{topic}.') for topic in scores]
    print_numbers(console, 'topic', numbers, rows, LATENCY_MEASURES, {})
    for topic, values in scores.items():
        counted = f'images on {values.image_topic}' if values.image_topic else 'gaps of stamps'
        console.print(f'{topic}: dropped are counted by {counted}')
    people = [topic for topic in topics if topics[topic].type_name == POSES_TYPE]
    tracks = [topic for topic in people if topic.endswith('tracks')]
    for topic in tracks or people or topics:
        print_seconds(console, topic, scores[topic])
    for line in (*name_clock_trouble(topics), *problems):
        console.print(line)
    return numbers


def evaluate_model(
    console: Console,
    *,
    data: Path,
    output: Path | None,
    sigmas: str,
    joints: bool,
    **options: Any,
) -> Numbers:
    """Run a pose network over labelled images; print and return its accuracy."""
    from alphapose_ros.tools.evaluate_model import run_model  # torch, which others do without

    truth = with_sigmas(read_keypoint_truth(data), sigmas)
    results = run_model(truth, data.parent, output, **options)
    return show_keypoints(console, truth, results, {}, joints)
