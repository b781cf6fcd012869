# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The trackers of `evaluate tracking`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from alphapose_ros.evaluation.alignment import align
from alphapose_ros.evaluation.alignment import Comparison
from alphapose_ros.evaluation.posetrack import evaluate_joint_tracking
from alphapose_ros.evaluation.report_tracking import joint_tracking_report
from alphapose_ros.evaluation.report_tracking import Pairs
from alphapose_ros.evaluation.report_tracking import tracking_report
from alphapose_ros.evaluation.sequences import evaluate_sequences
from alphapose_ros.evaluation.summary import joint_tracking_numbers
from alphapose_ros.evaluation.summary import Numbers
from alphapose_ros.evaluation.summary import tracking_numbers
from alphapose_ros.io.keypoint_results import read_keypoint_results
from alphapose_ros.io.keypoint_truth import read_keypoint_truth
from alphapose_ros.io.mot_sequences import read_sequences
from alphapose_ros.tools.evaluate_report import describe_file
from alphapose_ros.tools.evaluate_report import describe_runs
from alphapose_ros.tools.evaluate_report import write_report
from alphapose_ros.tools.evaluate_tables import print_joint_tracking
from alphapose_ros.tools.evaluate_tables import print_numbers
from alphapose_ros.tools.evaluate_tables import TRACKING_MEASURES


def evaluate_trackers(
    console: Console,
    *,
    results: Path,
    truth: Path,
    compare: Path | None,
    topic: str,
    min_joint_score: float,
    report: Path | None,
) -> Sequence[Numbers]:
    """Print and return how well identities are kept: of joints if truth is PoseTrack's."""
    paths = [path for path in (results, compare) if path is not None]
    facts = {'labels': describe_file(truth)}
    if truth.suffix == '.json':
        labels = read_keypoint_truth(truth)
        compared = [align(labels, read_keypoint_results(path, topic)) for path in paths]
        numbers = [_score_joints(console, run, min_joint_score) for run in compared]
        print_joint_tracking(console, numbers[0], _second(numbers))
        if report is not None:
            page = joint_tracking_report(facts, describe_runs(paths), compared, numbers)
            write_report(console, report, page)
        return numbers
    runs = [_read_tracks(console, path, truth, topic) for path in paths]
    numbers = [tracking_numbers(evaluate_sequences(pairs)) for pairs in runs]
    names = dict.fromkeys(key.rpartition('.')[0] for key in numbers[0])
    rows = [(name, f'{name}.') for name in names]
    print_numbers(console, 'sequence', numbers[0], rows, TRACKING_MEASURES, _second(numbers))
    if report is not None:
        write_report(console, report, tracking_report(facts, describe_runs(paths), runs, numbers))
    return numbers


def _score_joints(console: Console, comparison: Comparison, min_joint_score: float) -> Numbers:
    """Return the scores of tracked joints."""
    for note in comparison.notes:
        console.print(note)
    scores = evaluate_joint_tracking(comparison, min_joint_score=min_joint_score)
    return joint_tracking_numbers(scores)


def _read_tracks(console: Console, results: Path, truth: Path, topic: str) -> Pairs:
    """Return tracked boxes and true ones."""
    pairs, unknown = read_sequences(results, truth, topic)
    if unknown:
        console.print(f'without ground truth, left out: {", ".join(unknown)}')
    for name, pair in pairs.items():
        if pair.note:
            console.print(f'{name}: {pair.note}')
    return pairs


def _second(numbers: Sequence[Numbers]) -> Numbers:
    return numbers[1] if len(numbers) > 1 else {}
