# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the parts of a report about tracked boxes."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.evaluation.alignment import align
from alphapose_ros.evaluation.alignment import Comparison
from alphapose_ros.evaluation.figures_people import find_switches
from alphapose_ros.evaluation.figures_people import NOBODY
from alphapose_ros.evaluation.report import RunFacts
from alphapose_ros.evaluation.report_tracking import joint_tracking_report
from alphapose_ros.evaluation.report_tracking import match_timeline
from alphapose_ros.evaluation.report_tracking import pair_timeline
from alphapose_ros.evaluation.report_tracking import tracking_report
from alphapose_ros.evaluation.sequences import evaluate_sequences
from alphapose_ros.evaluation.summary import tracking_numbers
from alphapose_ros.io.keypoint_results import KeypointResults
from alphapose_ros.io.mot import MotRows
from alphapose_ros.io.mot import read_mot
from alphapose_ros.io.mot_sequences import SequencePair

Make = Callable[..., Any]
for library in ('matplotlib', 'motmetrics', 'trackeval'):
    pytest.importorskip(library)


def make_rows(*ids: int, place: float = 0) -> MotRows:
    """Return a person with an id in every image, 0 is none."""
    given = np.array(ids, np.int64)
    frames = np.flatnonzero(given) + 1
    boxes = np.tile(np.array([place, 0, place + 10, 20], np.float32), (len(frames), 1))
    return MotRows(frames, given[given > 0], boxes, np.ones(len(frames), np.float32))


PAIR = SequencePair(make_rows(7, 7, 7, 7), make_rows(1, 0, 1, 2))


def test_true_people_are_rows_with_the_ids_they_got() -> None:
    timeline = match_timeline(PAIR.truth, PAIR.found)
    assert timeline.names == ('7',)
    assert timeline.times.tolist() == [1, 2, 3, 4]
    assert timeline.ids.tolist() == [1, NOBODY, 1, 2]


def test_switches_in_the_figure_are_those_that_are_counted(shared_dir: Path) -> None:
    folder = shared_dir / 'tracking'
    truth = read_mot(folder / 'TUD-Campus' / 'gt' / 'gt.txt', drop_ignored=True)
    found = read_mot(folder / 'example_results_motchallenge_devkit' / 'TUD-Campus.txt')
    assert find_switches(match_timeline(truth, found).sorted()).sum() == 7


def test_nobody_found_is_all_missed() -> None:
    timeline = match_timeline(PAIR.truth, make_rows(0))
    assert timeline.ids.tolist() == [NOBODY] * 4


def test_every_sequence_has_a_part() -> None:
    pairs = {'x': PAIR, 'y': PAIR}
    numbers = tracking_numbers(evaluate_sequences(pairs))
    report = tracking_report({}, (RunFacts('a', {}),), [pairs], [numbers])
    assert [section.title for section in report.sections] == ['All sequences', 'x', 'y']
    assert report.cards[0] == ('HOTA', 'overall.hota')
    names = [figure.name for section in report.sections for figure in section.figures]
    assert names == ['identities_1', 'people_1', 'identities_2', 'people_2']


def test_two_runs_have_a_figure_of_identities_each() -> None:
    pairs = {'x': PAIR}
    numbers = tracking_numbers(evaluate_sequences(pairs))
    facts = (RunFacts('a', {}), RunFacts('b', {}))
    report = tracking_report({}, facts, [pairs, pairs], [numbers, numbers])
    (section,) = report.sections
    names = [figure.name for figure in section.figures]
    assert names == ['identities_1_a', 'people_1', 'identities_1_b']
    assert section.figures[0].text == 'People over time, a bar each: 1. Switches of identity: 1.'
    assert section.tables[0].rows == (('x', 'x.'),)


@pytest.fixture
def comparison(make_truth: Make, make_tracks: Make, people: np.ndarray) -> Comparison:
    """Return two people over three images: one is named anew, the other missed in the end."""
    names = ['x/0.jpg', 'x/1.jpg', 'y/2.jpg']
    truth = make_truth(people[[0, 1, 0, 1, 0, 1]], images=[0, 0, 1, 1, 2, 2], file_names=names)
    truth = replace(truth, track_ids=np.array([4, 5, 4, 5, 4, 5]))
    images = ((people[:2], [1, 2]), (people[:2], [3, 2]), (people[:1], [3]))
    found = tuple(make_tracks(joints, ids) for joints, ids in images)
    results = KeypointResults(get_skeleton('coco_17'), found, file_names=tuple(names))
    return align(truth, results)


def test_true_people_of_several_folders_are_told_apart(comparison: Comparison) -> None:
    timeline = pair_timeline(comparison)
    assert timeline.names == ('1: 4', '1: 5', '2: 4', '2: 5')
    assert timeline.rows.tolist() == [0, 1, 0, 1, 2, 3]
    assert timeline.times.tolist() == [1, 1, 2, 2, 3, 3]
    assert timeline.ids.tolist() == [1, 2, 3, 2, 3, NOBODY]


def test_tracked_joints_have_a_figure_and_a_table(comparison: Comparison) -> None:
    numbers = {'mota': 0.5, 'joint.left_knee.mota': 0.25}
    report = joint_tracking_report({}, (RunFacts('a', {}),), [comparison], [numbers])
    (figure,) = report.sections[0].figures
    assert figure.text == 'People over time, a bar each: 4. Switches of identity: 1.'
    assert report.cards == (('MOTA', 'mota'),)
    rows = report.sections[0].tables[0].rows
    assert rows == (('left knee', 'joint.left_knee.'), ('all', ''))
