# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Which jobs are through already, by the manifest of earlier runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
import hashlib
import json

from alphapose_ros.io.manifest import Entry
from alphapose_ros.io.manifest import State
from alphapose_ros.offline.job import Job
from alphapose_ros.offline.runner import Finished
from alphapose_ros.offline.schedule import Result

DIGEST_DIGITS = 16


def make_entry(result: Result) -> Entry:
    """Return the line of a job that ended."""
    journals = [outcome.journal for outcome in result.finished.outcomes]
    return Entry(
        source=result.job.source,
        folder=str(result.job.folder),
        settings=digest_settings(result.job),
        state=tell_state(result.finished),
        attempts=result.attempts,
        images=sum(journal.written for journal in journals),
        people=sum(journal.people for journal in journals),
        seconds=round(result.seconds, 3),
        error=result.finished.error,
    )


def tell_state(finished: Finished) -> State:
    """Return whether all images, some or none could be used."""
    if finished.error:
        return 'failed'
    journals = [outcome.journal for outcome in finished.outcomes]
    return 'incomplete' if any(j.faults or j.problems for j in journals) else 'done'


def find_entry(job: Job, entries: Mapping[str, Entry]) -> Entry | None:
    """Return the entry of a job that is through, with these settings; None if it is not."""
    entry = entries.get(str(job.folder))
    if entry is None or entry.state == 'failed' or not job.folder.is_dir():
        return None
    same = (entry.source, entry.settings) == (job.source, digest_settings(job))
    return entry if same else None


def digest_settings(job: Job) -> str:
    """Return a digest of all that the results of a job depend on, its source aside."""
    values = {
        **asdict(job.params),
        'topics': job.topics,
        'with_images': job.options.with_images,
        'exports': job.exports,
    }
    text = json.dumps(values, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:DIGEST_DIGITS]
