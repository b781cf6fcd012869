# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the parts of a report about joints."""

from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from alphapose_ros.evaluation.details import ImageDetails
from alphapose_ros.evaluation.report_keypoints import choose_images
from alphapose_ros.evaluation.report_keypoints import keypoint_sections
from alphapose_ros.evaluation.report_keypoints import KeypointRun
from alphapose_ros.evaluation.report_pictures import no_images

pytest.importorskip('matplotlib')
pytest.importorskip('pycocotools')
Make = Callable[..., Any]


def read_black(wanted: Sequence[int]) -> Mapping[int, np.ndarray]:
    return {i: np.zeros((20, 30, 3), np.uint8) for i in wanted}


def names_of(run: KeypointRun) -> list[str]:
    return [figure.name for figure in keypoint_sections([run], no_images)[0].figures]


@pytest.fixture
def run(make_truth: Make, make_results: Make, people: np.ndarray) -> KeypointRun:
    """Return three images with one person each, of whom the last one is missed."""
    return KeypointRun.measure(make_truth(people), make_results(people[:1], people[1:2] + 5))


def test_figures_and_tables_are_there(run: KeypointRun) -> None:
    assert names_of(run) == ['precision_recall', 'joint_errors', 'similarities']
    tables = keypoint_sections([run], no_images)[0].tables
    assert tables[0].rows == (('whole', 'oks.whole.'),)
    assert ('left knee', 'joint.left_knee.') in tables[2].rows


def test_what_a_figure_shows_is_told_by_the_scores(run: KeypointRun) -> None:
    figure = keypoint_sections([run, run], no_images)[0].figures[0]
    ap = run.numbers['oks.whole.ap']
    assert figure.text == f'Precision over recall. AP: {ap:.3f} in A, {ap:.3f} in B.'


def test_without_constants_of_the_similarity_errors_remain(
    make_truth: Make, make_results: Make, people: np.ndarray
) -> None:
    joints = people[:, :16]
    truth = make_truth(joints, keypoint_set='mpii_16')
    run = KeypointRun.measure(truth, make_results(*joints[:, None], keypoint_set='mpii_16'))
    assert names_of(run) == ['joint_errors']


def test_images_without_people_make_no_figures(make_truth: Make, make_results: Make) -> None:
    nobody = np.zeros((0, 17, 2))
    truth = make_truth(nobody, file_names=['a.jpg'])
    assert names_of(KeypointRun.measure(truth, make_results(nobody))) == []


def test_the_worst_and_the_best_images_are_shown(run: KeypointRun) -> None:
    _, worst, best = keypoint_sections([run], read_black)
    assert [picture.caption for picture in worst.pictures] == [
        '2.jpg: OKS 0.00, 0 of 1 found',
        f'1.jpg: OKS {run.people.oks[1]:.2f}, 1 of 1 found',
    ]
    assert [picture.caption for picture in best.pictures] == ['0.jpg: OKS 1.00, 1 of 1 found']
    assert worst.pictures[0].size_wh == (30, 20)


def test_images_that_are_not_there_are_left_out(run: KeypointRun) -> None:
    assert len(keypoint_sections([run], no_images)) == 1


@pytest.mark.parametrize(
    ('oks', 'worst', 'best'),
    [
        ([], [], []),
        ([0.5], [0], []),
        ([0.5, 0.2, np.nan, 0.9], [1, 0], [3]),
        (np.linspace(0, 1, 20), list(range(6)), [19, 18, 17, 16, 15, 14]),
    ],
    ids=['none', 'one', 'three', 'many'],
)
def test_no_image_is_worst_and_best(oks: Any, worst: list[int], best: list[int]) -> None:
    numbers = np.zeros(len(oks), np.int64)
    details = ImageDetails(
        numbers, ('',) * len(oks), numbers, numbers, numbers, np.array(oks, np.float32)
    )
    assert choose_images(details) == (worst, best)
