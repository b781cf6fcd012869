# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The parts of a report about results without labels, of one run or of A and B. I images."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alphapose_ros.evaluation.figures import Figure
from alphapose_ros.evaluation.figures import make_figure
from alphapose_ros.evaluation.figures import RUNS
from alphapose_ros.evaluation.figures_people import draw_joint_scores
from alphapose_ros.evaluation.figures_people import draw_people
from alphapose_ros.evaluation.figures_people import draw_timeline
from alphapose_ros.evaluation.figures_people import find_switches
from alphapose_ros.evaluation.figures_people import MAX_ROWS
from alphapose_ros.evaluation.figures_people import NOBODY
from alphapose_ros.evaluation.figures_people import Timeline
from alphapose_ros.evaluation.figures_people import timeline_height_px
from alphapose_ros.evaluation.latency import evaluate_latency
from alphapose_ros.evaluation.latency import name_clock_trouble
from alphapose_ros.evaluation.report import join_notes
from alphapose_ros.evaluation.report import Picture
from alphapose_ros.evaluation.report import Report
from alphapose_ros.evaluation.report import RunFacts
from alphapose_ros.evaluation.report import Section
from alphapose_ros.evaluation.report_latency import is_recorded_live
from alphapose_ros.evaluation.report_latency import latency_section
from alphapose_ros.evaluation.report_latency import Topics
from alphapose_ros.evaluation.report_pictures import draw_found
from alphapose_ros.evaluation.report_pictures import NUM_PICTURES
from alphapose_ros.evaluation.report_pictures import ReadImages
from alphapose_ros.evaluation.report_pictures import to_jpeg
from alphapose_ros.evaluation.summary import latency_numbers
from alphapose_ros.evaluation.summary import Numbers
from alphapose_ros.io.keypoint_results import KeypointResults
from alphapose_ros.structures import FloatArray
from alphapose_ros.structures import TrackState

_CARDS = (
    ('images', 'images'),
    ('seconds', 'duration_s'),
    ('people per image', 'people_per_image'),
    ('at most', 'max_people'),
    ('identities', 'identities'),
    ('median length of a track, s', 'track_s'),
    ('median score of a joint', 'joint_score'),
)


def image_times(results: KeypointResults) -> tuple[NDArray[np.float64], str]:
    """Return (I,) seconds, or numbers of images that have no stamps, and which of the two."""
    if not results.stamps_ns:
        return np.arange(len(results.people), dtype=np.float64), 'image'
    stamps_ns = np.array(results.stamps_ns, np.int64)
    return (stamps_ns - stamps_ns[0]) / 1e9, 'seconds'


def make_timeline(results: KeypointResults) -> Timeline:
    """Return the identities over time, with NOBODY where one is only predicted."""
    times, unit = image_times(results)
    ids = _joined([tracks.track_ids for tracks in results.people]).astype(np.int64)
    states = _joined([tracks.states for tracks in results.people])
    owners = np.repeat(np.arange(len(times)), [len(tracks) for tracks in results.people])
    has_id = ids >= 0
    known, rows = np.unique(ids[has_id], return_inverse=True)
    is_hidden = states[has_id] == TrackState.PREDICTED
    return Timeline(
        names=tuple(str(i) for i in known.tolist()),
        rows=rows.astype(np.int64),
        times=times[owners[has_id]],
        ids=np.where(is_hidden, NOBODY, ids[has_id]),
        unit=unit,
        step=float(np.median(np.diff(times))) if len(times) > 1 else 1.0,
    )


def people_counts(results: KeypointResults) -> NDArray[np.int64]:
    """Return (I,) people in each image; those who are only predicted do not count."""
    counts = [int((tracks.states != TrackState.PREDICTED).sum()) for tracks in results.people]
    return np.array(counts, np.int64)


def people_numbers(results: KeypointResults) -> Numbers:
    """Return what can be said without labels; `track_s` only of results with stamps."""
    times, unit = image_times(results)
    counts = people_counts(results)
    timeline = make_timeline(results)
    numbers: Numbers = {
        'images': len(counts),
        'people': int(counts.sum()),
        'people_per_image': float(counts.mean()) if len(counts) else float('nan'),
        'max_people': int(counts.max(initial=0)),
        'joint_score': _median(_joint_scores(results)),
    }
    if len(timeline.names):
        numbers['identities'] = len(timeline.names)
    if unit == 'seconds' and len(times):
        numbers['duration_s'] = float(times[-1])
        if len(timeline.names):
            numbers['track_s'] = _median(_lengths(timeline))
    return numbers


def people_report(
    described: tuple[RunFacts, ...],
    runs: Sequence[KeypointResults],
    numbers: Sequence[Numbers],
    read_images: ReadImages,
    topics: Sequence[Topics] = (),
) -> Report:
    """
    Return a report.

    :param topics: times of the bags that the results are from, if they are from bags.
    """
    is_live = bool(topics) and all(map(is_recorded_live, topics))
    notes: tuple[str, ...] = ()
    if is_live:
        notes = join_notes([name_clock_trouble(times) for times in topics])
        latencies = [latency_numbers(evaluate_latency(times)) for times in topics]
        numbers = [own | more for own, more in zip(numbers, latencies, strict=True)]
    return Report(
        title='Found people',
        facts={},
        runs=described,
        numbers=tuple(numbers),
        cards=_CARDS,
        notes=notes,
        sections=(
            *people_sections(runs, read_images),
            *([latency_section(topics)] if is_live else []),
        ),
    )


def people_sections(
    runs: Sequence[KeypointResults], read_images: ReadImages
) -> tuple[Section, ...]:
    """Return the parts of the report."""
    if not runs[0].people:
        return ()
    times, units = zip(*(image_times(results) for results in runs), strict=True)
    counts = [people_counts(results) for results in runs]
    labels = RUNS[: len(runs)]
    figures = [
        make_figure(
            'people',
            'People in every image',
            f'People in every image over time, {counts[0].mean():.1f} on average.',
            lambda axes: draw_people(axes, times, counts, labels, units[0]),
            height_px=240,
        ),
        make_figure(
            'joint_scores',
            'Scores of joints',
            f'Histogram of the scores of all joints, {_median(_joint_scores(runs[0])):.2f} in '
            'the middle.',
            lambda axes: draw_joint_scores(axes, [_joint_scores(results) for results in runs]),
            height_px=240,
        ),
    ]
    bars = timeline_figures([make_timeline(results) for results in runs], 'identities')
    return (
        Section(
            'People and identities',
            'A bar for every identity, where it was seen; thin where it was only predicted.',
            figures=(*bars[:1], *figures, *bars[1:]),
        ),
        *_example_section(runs[0], times[0], units[0], read_images),
    )


def timeline_figures(timelines: Sequence[Timeline], name: str) -> tuple[Figure, ...]:
    """Return a figure for each run that has identities; `name` begins the names of the files."""
    figures = []
    for i, timeline in enumerate(timelines):
        count, num_switches = len(timeline.names), find_switches(timeline.sorted()).sum()
        if not count:
            continue
        switches = f' Switches of identity: {num_switches}.' if num_switches else ''
        is_single = len(timelines) == 1
        shown = f', the {MAX_ROWS} of {count} seen longest' if count > MAX_ROWS else ''
        figures.append(
            make_figure(
                name if is_single else f'{name}_{RUNS[i].lower()}',
                ('Identities' if is_single else f'Identities of {RUNS[i]}') + shown,
                f'People over time, a bar each: {count}.{switches}',
                partial(draw_timeline, timeline=timeline),
                height_px=timeline_height_px(timeline),
            )
        )
    return tuple(figures)


def _example_section(
    results: KeypointResults, times: NDArray[np.float64], unit: str, read_images: ReadImages
) -> list[Section]:
    """Return images evenly spread over time, as far as they can be read."""
    spread = np.linspace(0, len(times) - 1, NUM_PICTURES + 2)[1:-1]
    counts = people_counts(results)
    pictures = []
    for i, image in read_images(np.unique(spread.round().astype(int)).tolist()).items():
        jpeg, size_wh = to_jpeg(draw_found(image, results.people[i], results.skeleton))
        place = f'{times[i]:.1f} s' if unit == 'seconds' else f'image {i}'
        name = results.file_names[i] if results.file_names else place
        caption = f'{name}, people: {counts[i]}'
        pictures.append(Picture(jpeg, size_wh, caption, f'Found people of {name}'))
    return [Section('Examples', pictures=tuple(pictures))] if pictures else []


def _joint_scores(results: KeypointResults) -> FloatArray:
    return _joined([tracks.poses.keypoint_scores.ravel() for tracks in results.people])


def _lengths(timeline: Timeline) -> FloatArray:
    """Return how long each identity lasts, from first to last sighting."""
    ordered = timeline.sorted()
    starts = np.searchsorted(ordered.rows, np.arange(len(timeline.names) + 1))
    spans = [ordered.times[a:b][[0, -1]] for a, b in pairwise(starts.tolist())]
    return np.array([last - first for first, last in spans], np.float32)


def _joined(parts: Sequence[NDArray[Any]]) -> NDArray[Any]:
    return np.concatenate(parts) if parts else np.zeros(0, np.float32)


def _median(values: FloatArray) -> float:
    return float(np.median(values)) if len(values) else float('nan')
