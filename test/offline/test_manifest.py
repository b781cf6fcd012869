# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of which jobs are through already."""

from dataclasses import replace
from pathlib import Path

import pytest

from alphapose_ros.io.journal import Journal
from alphapose_ros.io.manifest import Entry
from alphapose_ros.offline.earlier import RunOptions
from alphapose_ros.offline.job import Job
from alphapose_ros.offline.job import Outcome
from alphapose_ros.offline.manifest import find_entry
from alphapose_ros.offline.manifest import make_entry
from alphapose_ros.offline.runner import Finished
from alphapose_ros.offline.schedule import Result
from alphapose_ros.params import PipelineParams

JOURNAL = Journal('a/walk', '', {}, is_done=True, read=9, written=8, people=20)


@pytest.fixture
def job(tmp_path: Path) -> Job:
    return Job('a/walk', tmp_path, (), PipelineParams(), RunOptions())


def entry_of(job: Job, *journals: Journal, error: str = '') -> Entry:
    outcomes = tuple(Outcome(job.folder, journal) for journal in journals)
    return make_entry(Result(job, Finished(outcomes, error), 2, 1.23456))


def test_an_entry_sums_up_the_cameras(job: Job) -> None:
    entry = entry_of(job, JOURNAL, JOURNAL)
    assert (entry.source, entry.folder) == ('a/walk', str(job.folder))
    assert (entry.state, entry.attempts, entry.seconds) == ('done', 2, 1.235)
    assert (entry.images, entry.people) == (16, 40)


@pytest.mark.parametrize(
    ('journal', 'error', 'state'),
    [
        (replace(JOURNAL, faults={'torn': 1}), '', 'incomplete'),
        (replace(JOURNAL, problems=('cut off',)), '', 'incomplete'),
        (JOURNAL, 'no such file', 'failed'),
    ],
    ids=['faults', 'problems', 'error'],
)
def test_the_state_tells_how_it_ended(job: Job, journal: Journal, error: str, state: str) -> None:
    assert entry_of(job, journal, error=error).state == state


def test_a_job_is_through_if_it_is_the_same(job: Job) -> None:
    entry = entry_of(job, JOURNAL)
    assert find_entry(job, {entry.folder: entry}) == entry
    assert find_entry(replace(job, options=RunOptions(resume=True)), {entry.folder: entry})


@pytest.mark.parametrize(
    'changes',
    [
        {'source': 'b/walk'},
        {'params': PipelineParams(min_box_score=0.7)},
        {'topics': ('/front',)},
        {'options': RunOptions(with_images=True)},
        {'exports': ('mot',)},
        {'folder': Path('nowhere')},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_job_that_differs_is_not_through(job: Job, changes: dict[str, object]) -> None:
    entry = entry_of(job, JOURNAL)
    other = replace(job, **changes)
    assert find_entry(other, {str(other.folder): entry}) is None


def test_a_job_that_failed_is_not_through(job: Job) -> None:
    entry = entry_of(job, error='no such file')
    assert find_entry(job, {entry.folder: entry}) is None
