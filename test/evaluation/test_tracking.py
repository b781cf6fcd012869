# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the measures of trackers, against published values and by hand."""

import csv
from dataclasses import replace
from pathlib import Path
import sys

import numpy as np
import pytest

from alphapose_ros.evaluation.tracking import evaluate_tracking
from alphapose_ros.evaluation.tracking import track_sequence
from alphapose_ros.io.mot import MotRows
from alphapose_ros.io.mot import read_mot
from alphapose_ros.structures import Poses
from alphapose_ros.structures import Tracks
from alphapose_ros.structures import TrackState

IMAGES = 10


def walk(ids: list[int], *, x: float = 0, first: int = 1) -> MotRows:
    """Return one person who stands at x, with an id per image."""
    n = len(ids)
    return MotRows(
        frames=np.arange(first, first + n),
        ids=np.array(ids, np.int64),
        boxes=np.tile(np.array([[x, 0, x + 40, 100]], np.float32), (n, 1)),
        scores=np.ones(n, np.float32),
    )


def together(*rows: MotRows) -> MotRows:
    names = vars(rows[0])
    return MotRows(**{name: np.concatenate([getattr(r, name) for r in rows]) for name in names})


ALONE = walk([7] * IMAGES)
TWO = together(ALONE, walk([3] * IMAGES, x=500))


@pytest.fixture(autouse=True)
def _needs_libraries() -> None:
    pytest.importorskip('motmetrics')
    pytest.importorskip('trackeval')


@pytest.mark.parametrize('name', ['TUD-Campus', 'PETS09-S2L1'])
def test_published_results_have_their_published_scores(shared_dir: Path, name: str) -> None:
    folder = shared_dir / 'tracking' / 'example_results_motchallenge_devkit'
    with (folder / 'expected_motmetrics.csv').open() as file:
        expected = {row['']: row for row in csv.DictReader(file)}[name]
    truth = read_mot(shared_dir / 'tracking' / name / 'gt' / 'gt.txt', drop_ignored=True)
    scores = evaluate_tracking(truth, read_mot(folder / f'{name}.txt'))
    for measure in ('idf1', 'mota', 'motp', 'precision', 'recall'):
        assert getattr(scores, measure) == pytest.approx(float(expected[measure]), abs=1e-3)
    assert scores.id_switches == int(expected['num_switches'])
    assert scores.fragmentations == int(expected['num_fragmentations'])


def test_the_truth_itself_is_perfect() -> None:
    scores = evaluate_tracking(TWO, replace(TWO, ids=TWO.ids * 10))
    assert (scores.idf1, scores.mota, scores.motp) == (1, 1, 0)
    assert (scores.precision, scores.recall) == (1, 1)
    assert (scores.hota, scores.deta, scores.assa) == pytest.approx((1, 1, 1))
    assert (scores.id_switches, scores.fragmentations) == (0, 0)


def test_a_new_id_half_way_halves_identity_but_not_detection() -> None:
    scores = evaluate_tracking(ALONE, walk([1] * 5 + [2] * 5))
    assert scores.id_switches == 1
    assert scores.mota == pytest.approx(0.9)
    assert scores.idf1 == pytest.approx(0.5)
    assert scores.deta == pytest.approx(1)
    assert scores.assa == pytest.approx(0.5)
    assert scores.hota == pytest.approx(0.5**0.5)


def test_somebody_who_is_not_there_costs_precision() -> None:
    scores = evaluate_tracking(ALONE, TWO)
    assert (scores.precision, scores.recall, scores.mota) == (0.5, 1, 0)


def test_nobody_found_scores_zero() -> None:
    scores = evaluate_tracking(ALONE, ALONE[np.zeros(0, np.intp)])
    assert (scores.idf1, scores.hota, scores.mota, scores.recall) == (0, 0, 0, 0)
    assert np.isnan(scores.motp)
    assert np.isnan(scores.precision)


def test_boxes_that_overlap_by_half_are_a_pair_and_by_less_are_none() -> None:
    # 40 wide, moved by d: IoU = (40 - d) / (40 + d).
    near, far = (evaluate_tracking(ALONE, walk([1] * IMAGES, x=x)) for x in (13, 14))
    assert (near.recall, far.recall) == (1, 0)
    assert near.motp == pytest.approx(1 - 27 / 53)


def test_the_order_of_rows_does_not_matter() -> None:
    order = np.random.default_rng(0).permutation(len(TWO))
    found = together(walk([1] * IMAGES, x=3), walk([2] * 4 + [5] * 6, x=490))
    assert evaluate_tracking(TWO[order], found[order]) == evaluate_tracking(TWO, found)


def test_no_truth_is_refused() -> None:
    with pytest.raises(ValueError, match='truth must have rows'):
        evaluate_tracking(ALONE[np.zeros(0, np.intp)], ALONE)


@pytest.mark.parametrize('name', ['truth', 'found'])
def test_an_id_twice_in_an_image_is_refused(name: str) -> None:
    rows = {'truth': ALONE, 'found': ALONE, name: together(ALONE, ALONE)}
    with pytest.raises(ValueError, match=f'{name} must have an id at most once'):
        evaluate_tracking(**rows)


@pytest.mark.parametrize('library', ['motmetrics', 'trackeval.metrics'])
def test_a_missing_library_is_named_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, library: str
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(ImportError, match=rf'{library.split(".")[0]}: pip install'):
        evaluate_tracking(ALONE, ALONE)


class StatesTracker:
    """Gives the people of image i states[i] and id 5."""

    def __init__(self, states: list[TrackState]) -> None:
        self._states = iter(states)
        self.stamps_ns: list[int] = []

    def update(self, poses: Poses, stamp_ns: int) -> Tracks:
        self.stamps_ns.append(stamp_ns)
        n, state = len(poses), next(self._states)
        ids, ages = np.full(n, 5, np.int32), np.zeros(n, np.uint32)
        return Tracks(poses, ids, np.full(n, state, np.uint8), ages)


def people(n: int) -> Poses:
    return replace(
        Poses.empty(2),
        boxes=np.full((n, 4), 7, np.float32),
        box_scores=np.full(n, 0.25, np.float32),
        keypoints=np.zeros((n, 2, 2), np.float32),
        keypoint_scores=np.zeros((n, 2), np.float32),
        scores=np.zeros(n, np.float32),
        embeddings=np.zeros((n, 0), np.float32),
    )


def test_only_tracked_people_are_collected_with_the_number_of_their_image() -> None:
    tracker = StatesTracker(list(TrackState))
    result = track_sequence(tracker, [people(1)] * 4, [0, 10, 20, 30])
    assert tracker.stamps_ns == [0, 10, 20, 30]
    assert result.rows.frames == TrackState.TRACKED + 1
    assert (result.rows.ids, result.rows.scores) == (5, 0.25)
    np.testing.assert_array_equal(result.rows.boxes, [[7, 7, 7, 7]])
    assert result.update_ms > 0


def test_images_without_people_count() -> None:
    tracker = StatesTracker([TrackState.TRACKED] * 3)
    assert track_sequence(tracker, [people(0), people(0), people(1)], [0, 1, 2]).rows.frames == 3


@pytest.mark.parametrize('images', [0, 2], ids=['none', 'one stamp less'])
def test_images_without_stamps_are_refused(images: int) -> None:
    with pytest.raises(ValueError, match=f'got {images} and'):
        track_sequence(StatesTracker([]), [people(1)] * images, [0] * (images // 2))
