# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of lists of jobs."""

from pathlib import Path

import pytest

from alphapose_ros.offline.earlier import RunOptions
from alphapose_ros.offline.job import Job
from alphapose_ros.offline.job_list import JobError
from alphapose_ros.offline.job_list import largest_first
from alphapose_ros.offline.job_list import make_jobs
from alphapose_ros.params import PipelineParams

TEMPLATE = Job('', Path(), ('/front',), PipelineParams(), RunOptions())


def test_each_source_gets_a_folder_and_one_that_is_named_twice_one() -> None:
    jobs = make_jobs(['a/walk', 'b/walk', './a/walk'], Path('out'), TEMPLATE)
    assert [(job.source, str(job.folder)) for job in jobs] == [
        ('a/walk', 'out/a-walk'),
        ('b/walk', 'out/b-walk'),
    ]
    assert jobs[0].topics == ('/front',)


def test_two_sources_never_share_a_folder() -> None:
    with pytest.raises(JobError, match='2 sources have the name b-walk'):
        make_jobs(['b-walk', 'b/walk', 'c/walk'], Path('out'), TEMPLATE)


def test_the_largest_source_comes_first(tmp_path: Path) -> None:
    (tmp_path / 'small.mp4').write_bytes(bytes(10))
    (tmp_path / 'bag').mkdir()
    for name in ('a', 'b'):
        (tmp_path / 'bag' / name).write_bytes(bytes(100))
    (tmp_path / 'middle.mp4').write_bytes(bytes(150))
    sources = [str(tmp_path / name) for name in ('nowhere', 'small.mp4', 'bag', 'middle.mp4')]
    ordered = largest_first(make_jobs(sources, Path('out'), TEMPLATE))
    assert [job.folder.name for job in ordered] == ['bag', 'middle', 'small', 'nowhere']
