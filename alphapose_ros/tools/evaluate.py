# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Accuracy of joints, of trackers and of models, and latency of a recorded run.

Prints tables and, with --output, writes metrics.json, one flat object of numbers; with --report a
page with figures.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from collections.abc import Sequence
import json
import math
from pathlib import Path
from typing import Any

from rich.console import Console

from alphapose_ros.evaluation.alignment import with_sigmas
from alphapose_ros.evaluation.details import score_images
from alphapose_ros.evaluation.latency import evaluate_latency
from alphapose_ros.evaluation.latency import name_clock_trouble
from alphapose_ros.evaluation.report import join_notes
from alphapose_ros.evaluation.report import RunFacts
from alphapose_ros.evaluation.report_keypoints import keypoint_report
from alphapose_ros.evaluation.report_keypoints import KeypointRun
from alphapose_ros.evaluation.report_latency import latency_report
from alphapose_ros.evaluation.report_latency import main_topics
from alphapose_ros.evaluation.report_people import people_numbers
from alphapose_ros.evaluation.report_people import people_report
from alphapose_ros.evaluation.summary import latency_numbers
from alphapose_ros.evaluation.summary import Numbers
from alphapose_ros.io.bag_reader import is_bag
from alphapose_ros.io.bag_stamps import read_times
from alphapose_ros.io.files import replace_file
from alphapose_ros.io.keypoint_results import read_keypoint_results
from alphapose_ros.io.keypoint_truth import read_keypoint_truth
from alphapose_ros.tools.evaluate_report import describe_labels
from alphapose_ros.tools.evaluate_report import describe_runs
from alphapose_ros.tools.evaluate_report import found_images
from alphapose_ros.tools.evaluate_report import true_images
from alphapose_ros.tools.evaluate_report import write_report
from alphapose_ros.tools.evaluate_tables import LATENCY_MEASURES
from alphapose_ros.tools.evaluate_tables import print_images
from alphapose_ros.tools.evaluate_tables import print_keypoints
from alphapose_ros.tools.evaluate_tables import print_numbers
from alphapose_ros.tools.evaluate_tables import print_seconds
from alphapose_ros.tools.evaluate_tracking import evaluate_trackers

METRICS = 'metrics.json'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the actions of the command."""
    actions = parser.add_subparsers(dest='action', required=True)
    keypoints = actions.add_parser('keypoints', help='joints against labelled ones')
    tracking = actions.add_parser('tracking', help='identities against true ones')
    latency = actions.add_parser('latency', help='how late the messages of a live bag are')
    model = actions.add_parser('model', help='a pose network over labelled images')
    report = actions.add_parser('report', help='a page about results without labels')
    _add_card(actions.add_parser('card', help='the bundled models beside others'))
    for action in (keypoints, tracking):
        action.add_argument('results', type=Path, help='file, folder or bag; any known format')
        action.add_argument('--truth', type=Path, required=True, help='labels; see the manual')
    report.add_argument('results', type=Path, help='file, folder or bag; any known format')
    for action in (keypoints, tracking, report):
        action.add_argument('--topic', default='', help='of a bag; default: its tracks, or poses')
    tracking.add_argument(
        '--min-joint-score', type=float, default=0.0, help='PoseTrack: leave out joints below'
    )
    latency.add_argument('results', type=Path, metavar='bag', help='folder, .mcap or .db3')
    model.add_argument('--model', required=True, help='name in the catalog, or path')
    model.add_argument('--data', type=Path, required=True, help='labels, as COCO has them')
    keypoints.add_argument(
        '--images', type=Path, help='for --report: folder, bag or video; default: as for a model'
    )
    model.add_argument('--images', type=Path, help="folder; default: the labels', or images in it")
    report.add_argument(
        '--images', type=Path, help='bag, video or folder; default: those of the results'
    )
    model.add_argument('--boxes', default='truth', choices=('truth', 'detector'))
    model.add_argument(
        '--detector', default='bundled_detector', help='name in the catalog, or path'
    )
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
    for action in (keypoints, tracking, latency, model, report):
        action.add_argument('--compare', type=Path, help='other results, to show differences to')
        action.add_argument('--output', type=Path, help=f'folder for {METRICS}')
        action.add_argument('--report', type=Path, help='folder for a page with figures')
    report.set_defaults(report=Path('report_output'))


def _add_card(card: argparse.ArgumentParser) -> None:
    card.add_argument('--data', type=Path, required=True, help='folder with annotated, tracking')
    card.add_argument(
        '--output', type=Path, default=Path('card_output'), help='default: %(default)s'
    )
    card.add_argument(
        '--models',
        nargs='+',
        default=['bundled', 'tinypose', 'ultralight_simplepose', 'movenet', 'teacher'],
        help='names or paths; pictures are of the first (default: %(default)s)',
    )
    card.add_argument(
        '--detectors',
        nargs='*',
        default=['bundled_detector', 'yolox_nano', 'rtmdet_nano_person'],
        help='names or paths (default: %(default)s)',
    )
    card.add_argument(
        '--reid',
        nargs='*',
        default=['osnet_x0_25_msmt17'],
        help='re-ID networks beside the vectors of the models (default: %(default)s)',
    )
    card.add_argument('--limit', type=int, default=0, help='images of each set; default: all')
    card.add_argument('--check', type=Path, help='card.json that must agree within 0.005')
    card.add_argument(
        '--weights-dir', default='', help='searched first; default: weights in --data'
    )
    card.add_argument('--device', default='auto', help='auto, cpu, cuda or cuda:N')


def run(*, action: str, output: Path | None, **options: Any) -> int:
    """
    Evaluate; return the exit code.

    :raises ValueError: if a file cannot be read or does not fit; one line that says why.
    :raises ImportError: if a library is missing; says how to install it.
    """
    actions: dict[str, Callable[..., Sequence[Numbers]]] = {
        'keypoints': evaluate_keypoints,
        'tracking': evaluate_trackers,
        'latency': evaluate_bags,
        'model': evaluate_model,
        'report': evaluate_people,
    }
    console = Console()
    if action in ('model', 'card'):
        options['output'] = output
    if action == 'card':
        from alphapose_ros.tools.evaluate_card import evaluate_card  # torch, as below

        return evaluate_card(console, **options)
    numbers, *others = actions[action](console, **options)
    if output is not None:
        numbers |= {f'other.{key}': value for other in others for key, value in other.items()}
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
    images: Path | None,
    report: Path | None,
) -> Sequence[Numbers]:
    """Print and return the accuracy of joints."""
    labels = with_sigmas(read_keypoint_truth(truth), sigmas)
    paths = _given(results, compare)
    runs = [KeypointRun.measure(labels, read_keypoint_results(p, topic)) for p in paths]
    show_keypoints(console, runs, joints)
    if report is not None:
        page = keypoint_report(
            'Accuracy of joints',
            describe_labels(truth, labels),
            describe_runs(paths),
            runs,
            true_images(labels, truth, images),
        )
        write_report(console, report, page)
    return [run.numbers for run in runs]


def show_keypoints(console: Console, runs: Sequence[KeypointRun], lists_all: bool) -> None:
    """Print the accuracy of joints that is measured, and differences to the second run."""
    run, numbers = runs[0], runs[0].numbers
    other = runs[1].numbers if len(runs) > 1 else {}
    skeleton = run.comparison.truth.skeleton
    for note in run.comparison.notes:
        console.print(note)
    console.print(
        f'{numbers["images"]} images, {numbers["people"]} people, {numbers["found"]} of them found'
    )
    if not skeleton.sigmas:
        console.print(f'{skeleton.name} has no constants of the OKS: no AP')
    print_keypoints(console, numbers, other, lists_all)
    print_images(console, score_images(run.comparison, run.people))


def evaluate_bags(
    console: Console, *, results: Path, compare: Path | None, report: Path | None
) -> Sequence[Numbers]:
    """Print and return the latency of a bag that was recorded live."""
    paths = _given(results, compare)
    runs, problems = zip(*(read_times(path) for path in paths), strict=True)
    topics = runs[0]
    scores = [evaluate_latency(topics) for topics in runs]
    numbers, *others = (latency_numbers(values) for values in scores)
    other = others[0] if others else {}
    rows = [(topic, f'{topic}.') for topic in topics]
    print_numbers(console, 'topic', numbers, rows, LATENCY_MEASURES, other)
    for topic, values in scores[0].items():
        counted = f'images on {values.image_topic}' if values.image_topic else 'gaps of stamps'
        console.print(f'{topic}: dropped are counted by {counted}')
    for topic in main_topics(topics):
        print_seconds(console, topic, scores[0][topic])
    notes = [(*name_clock_trouble(t), *lines) for t, lines in zip(runs, problems, strict=True)]
    for line in join_notes(notes):
        console.print(line)
    if report is not None:
        page = latency_report(describe_runs(paths), runs, (numbers, *others), notes)
        write_report(console, report, page)
    return numbers, *others


def evaluate_model(
    console: Console,
    *,
    data: Path,
    output: Path | None,
    sigmas: str,
    joints: bool,
    compare: Path | None,
    report: Path | None,
    images: Path | None,
    **options: Any,
) -> Sequence[Numbers]:
    """Run a pose network over labelled images; print and return its accuracy."""
    from alphapose_ros.tools.evaluate_model import run_model  # torch, which others do without

    labels = with_sigmas(read_keypoint_truth(data), sigmas)
    others = [read_keypoint_results(path) for path in _given(compare)]
    found = run_model(labels, data.parent, output, images=images, **options)
    runs = [KeypointRun.measure(labels, results) for results in (found, *others)]
    show_keypoints(console, runs, joints)
    if report is not None:
        settings = {name: str(value) for name, value in options.items()}
        described = RunFacts(str(options['model']), {'boxes': settings['boxes']}, settings)
        page = keypoint_report(
            'Accuracy of a pose network',
            describe_labels(data, labels),
            (described, *describe_runs(_given(compare))),
            runs,
            true_images(labels, data, images),
        )
        write_report(console, report, page)
    return [run.numbers for run in runs]


def evaluate_people(
    console: Console,
    *,
    results: Path,
    compare: Path | None,
    topic: str,
    images: Path | None,
    report: Path,
) -> Sequence[Numbers]:
    """Print and return what can be said without labels, and write a page about it."""
    paths = _given(results, compare)
    runs = [read_keypoint_results(path, topic) for path in paths]
    numbers, *others = (people_numbers(run) for run in runs)
    other = others[0] if others else {}
    print_numbers(console, 'people', numbers, [('all', '')], list(numbers), other)
    live = [read_times(path)[0] for path in paths if is_bag(path)]
    page = people_report(
        describe_runs(paths),
        runs,
        (numbers, *others),
        found_images(runs[0], results, images),
        live if len(live) == len(paths) else (),
    )
    write_report(console, report, page)
    return numbers, *others


def _given(*paths: Path | None) -> list[Path]:
    return [path for path in paths if path is not None]
