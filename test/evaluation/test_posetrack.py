# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the measures of tracked joints, by hand."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
import sys
from typing import Any

import numpy as np
import pytest

from alphapose_ros.evaluation.alignment import align
from alphapose_ros.evaluation.alignment import Comparison
from alphapose_ros.evaluation.posetrack import evaluate_joint_tracking
from alphapose_ros.io.keypoint_results import read_keypoint_results
from alphapose_ros.io.keypoint_truth import read_keypoint_truth
from alphapose_ros.structures import Tracks

Make = Callable[..., Any]
HEAD = 40
NOSE = 0
IMAGES = 4


@pytest.fixture(autouse=True)
def _needs_library() -> None:
    pytest.importorskip('motmetrics')


@pytest.fixture
def compare(make_truth: Make, people: np.ndarray) -> Callable[..., Comparison]:
    """Return what compares tracks with one person, id 0, who stands still for four images."""

    def make(*found: Tracks, folders: str = 'aaaa') -> Comparison:
        truth = make_truth(
            np.repeat(people[:1], IMAGES, axis=0),
            file_names=[f'{folder}/{i}.jpg' for i, folder in enumerate(folders)],
        )
        truth = replace(
            truth,
            track_ids=np.zeros(IMAGES, np.int64),
            head_sizes=np.full(IMAGES, HEAD, np.float32),
        )
        return Comparison(truth, found, ())

    return make


def test_the_truth_itself_is_perfect(shared_dir: Path) -> None:
    file = shared_dir / 'annotated' / 'mmpose_tests' / 'posetrack18' / 'annotations'
    path = file / 'test_posetrack18_val.json'
    scores = evaluate_joint_tracking(align(read_keypoint_truth(path), read_keypoint_results(path)))
    assert len(scores.names) == 15
    for measure, value in (('mota', 1), ('motp', 0), ('precision', 1), ('recall', 1)):
        np.testing.assert_allclose(getattr(scores, measure), value)
    assert scores.id_switches.sum() == 0


def test_ears_do_not_count(compare: Make, make_tracks: Make, people: np.ndarray) -> None:
    scores = evaluate_joint_tracking(compare(*[make_tracks(people[:1])] * IMAGES))
    assert len(scores.names) == 15
    assert not {'left_ear', 'right_ear'} & set(scores.names)


@pytest.mark.parametrize(('distance', 'is_near'), [(19.9, True), (20.1, False)])
def test_a_joint_belongs_to_one_nearer_than_half_a_head(
    compare: Make, make_tracks: Make, people: np.ndarray, distance: float, is_near: bool
) -> None:
    found = people[:1].copy()
    found[0, NOSE, 0] += distance
    scores = evaluate_joint_tracking(compare(*[make_tracks(found)] * IMAGES))
    # What is too far is missed, and false as well.
    assert scores.mota[NOSE] == (1 if is_near else -1)
    assert scores.recall[NOSE] == is_near
    assert (scores.mota[1:] == 1).all()
    if is_near:
        assert scores.motp[NOSE] == pytest.approx(distance / HEAD, rel=1e-4)


def test_every_joint_has_its_own_identity(
    compare: Make, make_tracks: Make, people: np.ndarray
) -> None:
    # From the third image on, another track has the nose.
    second = people[:1].copy()
    second[0, 1:] = np.nan
    without_nose = people[:1].copy()
    without_nose[0, NOSE] = np.nan
    later = make_tracks(np.concatenate([without_nose, second]), [5, 9])
    first = make_tracks(people[:1], [5])
    scores = evaluate_joint_tracking(compare(first, first, later, later))
    assert scores.id_switches.tolist() == [1, *[0] * 14]
    assert scores.mota[NOSE] == 0.75


def test_joints_that_are_missing_or_scored_low_are_misses(
    compare: Make, make_tracks: Make, people: np.ndarray
) -> None:
    tracks = make_tracks(people[:1])
    scores = tracks.poses.keypoint_scores.copy()
    scores[0, NOSE] = 0.2
    tracks = replace(tracks, poses=replace(tracks.poses, keypoint_scores=scores))
    comparison = compare(tracks, tracks, tracks, make_tracks(people[:0]))
    assert evaluate_joint_tracking(comparison).recall[NOSE] == 0.75
    strict = evaluate_joint_tracking(comparison, min_joint_score=0.3)
    assert (strict.recall[NOSE], strict.recall[1]) == (0, 0.75)


def test_the_ids_of_another_folder_are_other_people(
    compare: Make, make_tracks: Make, people: np.ndarray
) -> None:
    found = [make_tracks(people[:1], [i]) for i in (1, 1, 2, 2)]
    assert evaluate_joint_tracking(compare(*found)).id_switches[NOSE] == 1
    assert evaluate_joint_tracking(compare(*found, folders='aabb')).id_switches[NOSE] == 0


def test_people_without_id_are_left_out(
    compare: Make, make_tracks: Make, people: np.ndarray
) -> None:
    found = make_tracks(np.repeat(people[:1], 3, axis=0), [-1, 4, -1])
    assert (evaluate_joint_tracking(compare(*[found] * IMAGES)).mota == 1).all()


def test_joints_that_are_never_labelled_have_no_score(
    compare: Make, make_tracks: Make, people: np.ndarray
) -> None:
    comparison = compare(*[make_tracks(people[:1])] * IMAGES)
    is_labelled = comparison.truth.is_labelled.copy()
    is_labelled[:, NOSE] = False
    comparison = replace(comparison, truth=replace(comparison.truth, is_labelled=is_labelled))
    scores = evaluate_joint_tracking(comparison)
    assert np.isnan([scores.mota[NOSE], scores.precision[NOSE]]).all()
    assert (scores.mota[1:] == 1).all()


def test_an_id_twice_in_an_image_is_refused(
    compare: Make, make_tracks: Make, people: np.ndarray
) -> None:
    with pytest.raises(ValueError, match=r'results have an id twice in a/0\.jpg'):
        evaluate_joint_tracking(compare(*[make_tracks(people[:2], [3, 3])] * IMAGES))


def test_truth_without_ids_is_refused(
    make_truth: Make, make_results: Make, people: np.ndarray
) -> None:
    truth = replace(make_truth(people), track_ids=np.array([0, -1, 2]))
    with pytest.raises(ValueError, match='truth must have a track_id'):
        evaluate_joint_tracking(align(truth, make_results(*people[:, None])))


def test_a_missing_library_is_named_with_what_to_do(
    compare: Make, make_tracks: Make, people: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, 'motmetrics', None)
    with pytest.raises(ImportError, match=r'pip install alphapose_ros\[eval\]'):
        evaluate_joint_tracking(compare(*[make_tracks(people[:1])] * IMAGES))
