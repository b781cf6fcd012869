# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The jobs of many sources."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from alphapose_ros.offline.job import Job
from alphapose_ros.offline.job import unique_names


class JobError(ValueError):
    """Sources that cannot be processed together."""


def make_jobs(sources: Sequence[str], output: Path, template: Job) -> list[Job]:
    """
    Return a job for each source, with a folder of its own in `output`.

    A source that is named twice, by whatever path, gets one.

    :raises JobError: if two have the same name.
    """
    distinct: dict[Path, str] = {}
    for source in sources:
        distinct.setdefault(Path(source).resolve(), source)
    names = unique_names(list(distinct.values()))
    name, count = Counter(names).most_common(1)[0]
    if count > 1:
        raise JobError(f'{count} sources have the name {name}: process them one by one')
    return [
        replace(template, source=source, folder=output / name)
        for source, name in zip(distinct.values(), names, strict=True)
    ]


def largest_first(jobs: Sequence[Job]) -> list[Job]:
    """Return the jobs by the size of their files, so that no long one is begun last."""
    return sorted(jobs, key=lambda job: _size_bytes(Path(job.source)), reverse=True)


def _size_bytes(path: Path) -> int:
    files = path.rglob('*') if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file())
