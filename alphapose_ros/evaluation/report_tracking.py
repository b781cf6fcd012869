# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The parts of a report about tracked boxes, of one run or of A and B."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePath

import numpy as np
from numpy.typing import NDArray

from alphapose_ros.evaluation.alignment import Comparison
from alphapose_ros.evaluation.details import pair_people
from alphapose_ros.evaluation.figures import Figure
from alphapose_ros.evaluation.figures import make_figure
from alphapose_ros.evaluation.figures import RUNS
from alphapose_ros.evaluation.figures_people import draw_people
from alphapose_ros.evaluation.figures_people import NOBODY
from alphapose_ros.evaluation.figures_people import Timeline
from alphapose_ros.evaluation.report import join_notes
from alphapose_ros.evaluation.report import NumberTable
from alphapose_ros.evaluation.report import Report
from alphapose_ros.evaluation.report import RunFacts
from alphapose_ros.evaluation.report import Section
from alphapose_ros.evaluation.report_people import timeline_figures
from alphapose_ros.evaluation.sequences import OVERALL
from alphapose_ros.evaluation.summary import Numbers
from alphapose_ros.evaluation.tracking import match_people
from alphapose_ros.io.mot import MotRows
from alphapose_ros.io.mot_sequences import SequencePair

Pairs = Mapping[str, SequencePair]
_CARDS = (
    ('HOTA', 'hota'),
    ('IDF1', 'idf1'),
    ('MOTA', 'mota'),
    ('recall', 'recall'),
    ('precision', 'precision'),
    ('switches of identity', 'id_switches'),
)
_MEASURES = (
    'idf1', 'hota', 'mota', 'motp', 'precision', 'recall', 'id_switches', 'fragmentations',
)  # fmt: skip
_TEXT = (
    'HOTA weighs finding and naming alike, IDF1 rewards one identity per person, MOTA counts '
    'misses, false alarms and switches. MOTP is the mean of 1 - IoU: 0 is perfect.'
)
_BARS = (
    'A bar for every true person: thick where it was found, in the colour of the identity it got, '
    'thin where it was missed. Marks are switches.'
)
_JOINT_MEASURES = ('mota', 'motp', 'precision', 'recall', 'id_switches')


def tracking_report(
    facts: Mapping[str, str],
    described: tuple[RunFacts, ...],
    runs: Sequence[Pairs],
    numbers: Sequence[Numbers],
) -> Report:
    """Return a report: the scores, and every sequence of the first run."""
    names = [*runs[0], *([OVERALL] if len(runs[0]) > 1 else [])]
    table = NumberTable('Scores', 'sequence', tuple((n, f'{n}.') for n in names), _MEASURES)
    sections = [
        _sequence_section(name, i, [pairs[name] for pairs in runs if name in pairs])
        for i, name in enumerate(runs[0], 1)
    ]
    if len(names) == 1:
        sections = [replace(sections[0], text=f'{sections[0].text} {_TEXT}', tables=(table,))]
    else:
        sections.insert(0, Section('All sequences', _TEXT, tables=(table,)))
    return Report(
        title='Accuracy of identities',
        facts=facts,
        runs=described,
        numbers=tuple(numbers),
        cards=tuple((label, f'{names[-1]}.{measure}') for label, measure in _CARDS),
        notes=join_notes(
            [[f'{n}: {pair.note}' for n, pair in pairs.items() if pair.note] for pairs in runs]
        ),
        sections=tuple(sections),
    )


def joint_tracking_report(
    facts: Mapping[str, str],
    described: tuple[RunFacts, ...],
    runs: Sequence[Comparison],
    numbers: Sequence[Numbers],
) -> Report:
    """Return a report about tracked joints, see `joint_tracking_numbers`."""
    names = dict.fromkeys(key.split('.')[1] for key in numbers[0] if key.startswith('joint.'))
    rows = (*((name.replace('_', ' '), f'joint.{name}.') for name in names), ('all', ''))
    scores = Section(
        'Scores',
        'Every joint is tracked for itself: MOTA counts misses, false alarms and switches. The '
        f'figure shows people, paired by their OKS in every image. {_BARS}',
        tables=(NumberTable('Every joint', 'joint', rows, _JOINT_MEASURES),),
        figures=timeline_figures([pair_timeline(run) for run in runs], 'identities'),
    )
    return Report(
        title='Accuracy of tracked joints',
        facts=facts,
        runs=described,
        numbers=tuple(numbers),
        cards=tuple((label, measure) for label, measure in _CARDS if measure in numbers[0]),
        notes=join_notes([run.notes for run in runs]),
        sections=(scores,),
    )


def match_timeline(truth: MotRows, found: MotRows) -> Timeline:
    """Return the true people over time, and whom each was taken for, as MOTA counts it."""
    frames, true_ids, found_ids = match_people(truth, found)
    known, rows = np.unique(true_ids, return_inverse=True)
    return Timeline(
        names=tuple(str(i) for i in known.tolist()),
        rows=rows.astype(np.int64),
        times=frames.astype(np.float64),
        ids=np.where(found_ids < 0, NOBODY, found_ids),
        unit='image',
        step=1.0,
    )


def pair_timeline(comparison: Comparison) -> Timeline:
    """Return the true people over time, sequences behind each other, and whom they got."""
    people = pair_people(comparison)
    folders = [PurePath(name).parent.name for name in comparison.truth.file_names]
    numbers = {name: i for i, name in enumerate(dict.fromkeys(folders))}
    sequences = np.array([numbers[name] for name in folders], np.int64)
    keys = np.stack([sequences[people.images], people.track_ids], axis=1)
    known, rows = np.unique(keys.reshape(-1, 2), axis=0, return_inverse=True)
    ids = [
        NOBODY if found < 0 else int(comparison.found[image].track_ids[found])
        for image, found in zip(people.images.tolist(), people.found.tolist(), strict=True)
    ]
    return Timeline(
        names=tuple(f'{s + 1}: {i}' if len(numbers) > 1 else f'{i}' for s, i in known.tolist()),
        rows=rows.reshape(-1).astype(np.int64),
        times=(people.images + 1).astype(np.float64),
        ids=np.array(ids, np.int64),
        unit='image',
        step=1.0,
    )


def _sequence_section(name: str, number: int, runs: Sequence[SequencePair]) -> Section:
    timelines = [match_timeline(pair.truth, pair.found) for pair in runs]
    figures = timeline_figures(timelines, f'identities_{number}')
    return Section(
        name,
        _BARS,
        figures=(*figures[:1], _people_figure(number, runs), *figures[1:]),
    )


def _people_figure(number: int, runs: Sequence[SequencePair]) -> Figure:
    last = max(int(rows.frames.max(initial=1)) for p in runs for rows in (p.truth, p.found))
    counts = [_counts(runs[0].truth, last), *(_counts(pair.found, last) for pair in runs)]
    labels = ('true', *(RUNS if len(runs) > 1 else ('found',)))
    times = [np.arange(1, last + 1, dtype=np.float64)] * len(counts)
    return make_figure(
        f'people_{number}',
        'People in every image',
        f'True and found people in every image: {len(runs[0].truth)} and {len(runs[0].found)}.',
        lambda axes: draw_people(axes, times, counts, labels, 'image'),
        height_px=240,
    )


def _counts(rows: MotRows, last: int) -> NDArray[np.int64]:
    """Return how many people images 1 to `last` have."""
    return np.bincount(rows.frames, minlength=last + 1)[1:].astype(np.int64)
