# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of matching in stages."""

from dataclasses import replace

import numpy as np
import pytest

from alphapose_ros.structures import Poses
from alphapose_ros.tracking.stages import Evidence
from alphapose_ros.tracking.stages import list_stages
from alphapose_ros.tracking.stages import match
from alphapose_ros.tracking.stages import Stage
from alphapose_ros.tracking.track import Sightings
from alphapose_ros.tracking.track import TrackTable

NAN = float('nan')


def tracks(*missed_s: float, is_confirmed: bool = True) -> TrackTable:
    """Return tracks that were last seen so long ago."""
    n = len(missed_s)
    people = Poses(
        boxes=np.tile(np.array([0, 0, 40, 100], np.float32), (n, 1)),
        box_scores=np.ones(n, np.float32),
        keypoints=np.zeros((n, 0, 2), np.float32),
        keypoint_scores=np.zeros((n, 0), np.float32),
        scores=np.ones(n, np.float32),
        embeddings=np.zeros((n, 0), np.float32),
    )
    table = TrackTable.empty(0).begin(Sightings.of(people, 0), 1, 0.0 if is_confirmed else 1.0)
    missed = np.array(missed_s)
    return replace(table, missed_s=missed, waited_s=missed, seen=missed == 0)


def matched(
    table: TrackTable,
    *,
    geometry: float = 0.0,
    motion: float = 0.0,
    looks: float = NAN,
    is_strong: bool = True,
) -> bool:
    """Return whether one track and one person become a pair."""
    evidence = Evidence(*(np.array([[v]], np.float32) for v in (geometry, motion, looks)))
    stages = list_stages(table, evidence, np.array([is_strong]), 0.3)
    return bool(match(stages, 1)[0] == 0)


def test_what_a_stage_has_paired_is_not_paired_again() -> None:
    everybody = np.ones(2, bool)
    first = Stage(np.array([[0.5, 0], [0, 0]], np.float32), everybody, everybody, 0.3)
    second = Stage(np.array([[0.9, 0.9], [0.9, 0.4]], np.float32), everybody, everybody, 0.3)
    assert match([first, second], 2).tolist() == [0, 1]


def test_who_takes_no_part_stays_alone() -> None:
    sure = np.ones((2, 2), np.float32)
    stage = Stage(sure, np.array([False, True]), np.array([True, False]), 0.3)
    assert match([stage], 2).tolist() == [1, -1]


def test_nobody_is_a_normal_value() -> None:
    nothing = np.zeros((0, 3), np.float32)
    evidence = Evidence(nothing, nothing, nothing)
    stages = list_stages(TrackTable.empty(0), evidence, np.ones(3, bool), 0.3)
    assert match(stages, 3).tolist() == [-1, -1, -1]


@pytest.mark.parametrize(
    ('missed_s', 'evidence', 'expected'),
    [
        pytest.param(0.1, {'geometry': 0.4}, True, id='resembles'),
        pytest.param(0.1, {'geometry': 0.2}, False, id='resembles too little'),
        pytest.param(0.1, {'geometry': 0.4, 'is_strong': False}, True, id='scores low'),
        pytest.param(0.1, {'geometry': 0.9, 'looks': 0.0}, False, id='looks like a stranger'),
        pytest.param(0.1, {'geometry': 0.1, 'looks': 0.8}, True, id='looks alike, and touches'),
        pytest.param(0.1, {'looks': 0.9}, False, id='looks alike, far away'),
        pytest.param(0.1, {'motion': 0.9}, False, id='just lost, does not touch'),
        pytest.param(1.0, {'motion': 0.9}, True, id='lost, within reach'),
        pytest.param(1.0, {'motion': 0.9, 'looks': 0.2}, False, id='lost, within reach, unlike'),
        pytest.param(1.0, {'motion': 0.1, 'looks': 0.5}, True, id='lost, within reach, alike'),
        pytest.param(2.5, {'geometry': 0.9, 'motion': 0.9}, False, id='forgotten place'),
        pytest.param(2.5, {'motion': 0.1, 'looks': 0.5}, True, id='lost for long, alike'),
        pytest.param(2.5, {'motion': 0.9, 'looks': 0.34}, False, id='lost for long, half alike'),
    ],
)
def test_a_person_takes_a_confirmed_track_that(
    missed_s: float, evidence: dict[str, float], expected: bool
) -> None:
    assert matched(tracks(missed_s), **evidence) is expected


def test_the_place_of_who_is_covered_is_not_forgotten() -> None:
    table = replace(tracks(5.0), waited_s=np.zeros(1))
    assert matched(table, motion=0.9)
    assert not matched(tracks(5.0), motion=0.9)


@pytest.mark.parametrize(
    ('missed_s', 'evidence', 'expected'),
    [
        pytest.param(0.0, {'geometry': 0.4}, True, id='resembles'),
        pytest.param(0.0, {'geometry': 0.4, 'is_strong': False}, False, id='scores low'),
        pytest.param(0.1, {'geometry': 0.9}, False, id='was missed'),
        pytest.param(0.1, {'geometry': 0.4, 'looks': 0.7}, True, id='was missed, looks the same'),
        pytest.param(0.1, {'geometry': 0.4, 'looks': 0.5}, False, id='was missed, half alike'),
    ],
)
def test_a_person_takes_a_tentative_track_that(
    missed_s: float, evidence: dict[str, float], expected: bool
) -> None:
    assert matched(tracks(missed_s, is_confirmed=False), **evidence) is expected


def test_looks_decide_between_two_in_the_same_place() -> None:
    alike = np.array([[0.2, 0.9], [0.9, 0.2]], np.float32)
    evidence = Evidence(np.full((2, 2), 0.5, np.float32), np.zeros((2, 2), np.float32), alike)
    stages = list_stages(tracks(0, 0), evidence, np.ones(2, bool), 0.3)
    assert match(stages, 2).tolist() == [1, 0]


def test_a_well_scored_person_is_served_before_a_low_scored_one() -> None:
    geometry = np.array([[0.9, 0.4]], np.float32)
    evidence = Evidence(
        geometry, np.zeros((1, 2), np.float32), np.full((1, 2), np.nan, np.float32)
    )
    stages = list_stages(tracks(0), evidence, np.array([False, True]), 0.3)
    assert match(stages, 2).tolist() == [-1, 0]
