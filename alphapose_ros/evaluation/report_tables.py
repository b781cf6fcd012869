# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Numbers of a report as HTML: cards and tables, with differences of A to B."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
import math

from alphapose_ros.evaluation.figures import RUNS
from alphapose_ros.evaluation.report import NumberTable
from alphapose_ros.evaluation.summary import Numbers

_LABELS = {
    'ap': 'AP', 'ap50': 'AP .50', 'ap75': 'AP .75', 'ap_medium': 'AP medium',
    'ap_large': 'AP large', 'ar': 'AR', 'error_px': 'error, px', 'error_relative': 'error, rel.',
    'pck_box': 'PCK box', 'pck_torso': 'PCK torso', 'pckh': 'PCKh', 'idf1': 'IDF1',
    'hota': 'HOTA', 'mota': 'MOTA', 'motp': 'MOTP', 'id_switches': 'switches',
    'p50_ms': 'p50, ms', 'p95_ms': 'p95, ms', 'p99_ms': 'p99, ms', 'max_ms': 'max, ms',
    'rate_hz': 'rate, Hz', 'jitter_ms': 'jitter, ms', 'num_dropped': 'dropped',
    'pck_box_0.2': 'PCK box .2', 'pck_torso_0.2': 'PCK torso .2', 'pdj_0.2': 'PDJ .2',
    'pcp_0.5': 'PCP .5', 'pckh_0.5': 'PCKh .5',
}  # fmt: skip
_LOWER_IS_BETTER = frozenset(
    (
        'error_px', 'error_relative', 'motp', 'id_switches', 'fragmentations', 'num_dropped',
        'p50_ms', 'p95_ms', 'p99_ms', 'max_ms', 'jitter_ms',
    )
)  # fmt: skip
# More or less of these is neither good nor bad.
_NEUTRAL = frozenset(
    ('images', 'people', 'labelled', 'count', 'identities', 'people_per_image', 'duration_s')
)
# Of measures that end so; shares have 3.
_DIGITS = {'_ms': 1, '_s': 1, '_hz': 1, '_px': 2, '_per_image': 1}
_MINUS = '\N{MINUS SIGN}'
_DIFFERENCE = f'{RUNS[0]}{_MINUS}{RUNS[1]}'
_NOTHING = '\N{EN DASH}'


def format_number(measure: str, value: float | None) -> str:
    """Return a number with as many digits as say something; a dash for none."""
    if value is None or math.isnan(value):
        return _NOTHING
    return f'{value:.{_digits(measure, value)}f}'.replace('-', _MINUS)


def format_difference(measure: str, value: float | None, other: float | None) -> str:
    """Return the difference to the other's as HTML: signed, coloured and said to be better."""
    if value is None or other is None or math.isnan(value) or math.isnan(other):
        return ''
    digits = max(_digits(measure, value), _digits(measure, other))
    difference = round(value - other, digits)
    text = f'{difference:+.{digits}f}'.replace('-', _MINUS) if difference else '±0'
    if not difference or measure in _NEUTRAL:
        return f'<span class="difference">{text}</span>'
    tone = 'better' if (difference < 0) == (measure in _LOWER_IS_BETTER) else 'worse'
    return f'<span class="difference {tone}">{text}<span class="unseen"> {tone}</span></span>'


def render_cards(cards: Sequence[tuple[str, str]], runs: Sequence[Numbers]) -> str:
    """Return the cards of which the first run has a number."""
    items = ''.join(_card(label, key, runs) for label, key in cards if key in runs[0])
    return f'<dl class="cards">{items}</dl>' if items else ''


def is_narrow(table: NumberTable) -> bool:
    """Tell whether a table has a single row, which is shown as a column."""
    return len(table.rows) == 1


def render_table(table: NumberTable, runs: Sequence[Numbers]) -> str:
    """Return a table that scrolls in itself where the page is narrow; nothing if it is empty."""
    measures = [
        m for m in table.measures if any(prefix + m in runs[0] for _, prefix in table.rows)
    ]
    if not measures:
        return ''
    if is_narrow(table):
        head, rows = _turned(table, measures, runs)
    else:
        head = _head(table.row_title, measures, len(runs))
        rows = ''.join(_row(label, prefix, measures, runs) for label, prefix in table.rows)
    title = escape(table.title)
    unseen = ' class="unseen"' if table.is_folded else ''
    html = (
        f'<div class="scroll" role="region" aria-label="{title}" tabindex="0"><table>'
        f'<caption{unseen}>{title}</caption>'
        f'{head}<tbody>{rows}</tbody></table></div>'
    )
    return f'<details><summary>{title}</summary>{html}</details>' if table.is_folded else html


def _card(label: str, key: str, runs: Sequence[Numbers]) -> str:
    measure = key.rpartition('.')[2]
    value, *others = (numbers.get(key) for numbers in runs)
    html = f'<div><dt>{escape(label)}</dt><dd>{format_number(measure, value)}</dd>'
    for other in others:
        difference = format_difference(measure, value, other)
        text = format_number(measure, other)
        html += f'<dd class="other">{RUNS[1]} {text} {difference}</dd>'
    return html + '</div>'


def _head(row_title: str, measures: Sequence[str], num_runs: int) -> str:
    labels = [_label(measure) for measure in measures]
    if num_runs == 1:
        cells = ''.join(f'<th scope="col">{label}</th>' for label in labels)
        return f'<thead><tr><th scope="col">{escape(row_title)}</th>{cells}</tr></thead>'
    groups = ''.join(f'<th scope="colgroup" colspan="3">{label}</th>' for label in labels)
    subtitles = ''.join(
        f'<th scope="col" class="first">{RUNS[0]}</th>'
        f'<th scope="col">{RUNS[1]}</th><th scope="col">{_DIFFERENCE}</th>'
        for _ in labels
    )
    title = f'<th scope="col" rowspan="2">{escape(row_title)}</th>'
    return f'<thead><tr>{title}{groups}</tr><tr>{subtitles}</tr></thead>'


def _turned(
    table: NumberTable, measures: Sequence[str], runs: Sequence[Numbers]
) -> tuple[str, str]:
    """Return head and rows of a table with a row for each measure."""
    ((_, prefix),) = table.rows
    rows = ''
    for measure in measures:
        cells = _cells(measure, [numbers.get(prefix + measure) for numbers in runs])
        rows += f'<tr><th scope="row">{_label(measure)}</th>{cells}</tr>'
    if len(runs) == 1:
        return '', rows
    heads = ''.join(f'<th scope="col">{title}</th>' for title in (*RUNS, _DIFFERENCE))
    return f'<thead><tr><td></td>{heads}</tr></thead>', rows


def _row(label: str, prefix: str, measures: Sequence[str], runs: Sequence[Numbers]) -> str:
    html = f'<tr><th scope="row">{escape(label)}</th>'
    for measure in measures:
        html += _cells(measure, [numbers.get(prefix + measure) for numbers in runs])
    return html + '</tr>'


def _cells(measure: str, values: Sequence[float | None]) -> str:
    texts = [format_number(measure, value) for value in values]
    if len(values) == 1:
        return f'<td>{texts[0]}</td>'
    difference = format_difference(measure, values[0], values[1])
    return f'<td class="first">{texts[0]}</td><td>{texts[1]}</td><td>{difference}</td>'


def _label(measure: str) -> str:
    return escape(_LABELS.get(measure, measure.replace('_', ' ')))


def _digits(measure: str, value: float) -> int:
    if isinstance(value, int):
        return 0
    return next((digits for end, digits in _DIGITS.items() if measure.endswith(end)), 3)
