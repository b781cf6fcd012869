# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
A report as one HTML file that needs nothing else: no script, font, style or image from outside.

Whatever comes from files is escaped, and the page forbids itself scripts and loading.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from collections.abc import Sequence
from html import escape
from statistics import median
from string import Template

from alphapose_ros.evaluation.figures import Figure
from alphapose_ros.evaluation.figures import RUNS
from alphapose_ros.evaluation.report import Picture
from alphapose_ros.evaluation.report import Report
from alphapose_ros.evaluation.report import RunFacts
from alphapose_ros.evaluation.report import Section
from alphapose_ros.evaluation.report_style import page_style
from alphapose_ros.evaluation.report_tables import is_narrow
from alphapose_ros.evaluation.report_tables import render_cards
from alphapose_ros.evaluation.report_tables import render_table

_PAGE = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>$title</title>
<style>$style</style>
</head>
<body>
<header>
<p class="kicker">alphapose_ros evaluation</p>
<h1>$title</h1>
$header
</header>
<main>
$sections
</main>
<footer>$footer</footer>
</body>
</html>
""")
_FOOTER = 'Made by <code>alphapose_ros evaluate</code>.'
_DIFFERENCES = (
    f' {RUNS[0]}\N{MINUS SIGN}{RUNS[1]} is the difference of the first run to the second; its '
    'colour tells <span class="better">better</span> from <span class="worse">worse</span>.'
)


def render_page(report: Report) -> str:
    """Return the page."""
    sections = [_section(section, i, report) for i, section in enumerate(report.sections)]
    if any(run.settings for run in report.runs):
        sections.append(_settings(report.runs))
    return _PAGE.substitute(
        title=escape(report.title),
        style=page_style(),
        header=_header(report),
        sections='\n'.join(sections),
        footer=_FOOTER + (_DIFFERENCES if len(report.runs) > 1 else ''),
    )


def _header(report: Report) -> str:
    runs = ''.join(_run(run, i, len(report.runs)) for i, run in enumerate(report.runs))
    notes = ''.join(f'<li>{escape(note)}</li>' for note in report.notes)
    return (
        f'{_facts(report.facts)}<div class="runs">{runs}</div>'
        f'{render_cards(report.cards, report.numbers)}'
        + (f'<ul class="notes panel">{notes}</ul>' if notes else '')
    )


def _run(run: RunFacts, i: int, num_runs: int) -> str:
    letter = f'<span class="letter">{RUNS[i]}</span>' if num_runs > 1 else ''
    return (
        f'<div class="panel"><p class="name">{letter}<strong>{escape(run.name)}</strong></p>'
        f'{_facts(run.facts)}</div>'
    )


def _facts(facts: Mapping[str, str]) -> str:
    rows = ''.join(f'<dt>{escape(k)}</dt><dd>{escape(v)}</dd>' for k, v in facts.items())
    return f'<dl class="facts">{rows}</dl>' if rows else ''


def _section(section: Section, i: int, report: Report) -> str:
    narrow = [table for table in section.tables if is_narrow(table)]
    wide = [table for table in section.tables if not is_narrow(table)]
    figures = ''.join(_figure(figure) for figure in section.figures)
    figures += ''.join(render_table(table, report.numbers) for table in narrow)
    tables = ''.join(render_table(table, report.numbers) for table in wide)
    return (
        f'<section aria-labelledby="section-{i}"><h2 id="section-{i}">{escape(section.title)}</h2>'
        + (f'<p>{escape(section.text)}</p>' if section.text else '')
        + (f'<div class="figures">{figures}</div>' if figures else '')
        + tables
        + _pictures(section.pictures)
        + '</section>'
    )


def _figure(figure: Figure) -> str:
    return f'<figure><h3>{escape(figure.title)}</h3>{figure.svg}</figure>'


def _pictures(pictures: Sequence[Picture]) -> str:
    """Return pictures in frames of one shape."""
    if not pictures:
        return ''
    ratio = median(picture.size_wh[0] / picture.size_wh[1] for picture in pictures)
    items = ''.join(_picture(picture) for picture in pictures)
    return f'<div class="pictures" style="--ratio: {ratio:.3f}">{items}</div>'


def _picture(picture: Picture) -> str:
    width, height = picture.size_wh
    data = base64.b64encode(picture.jpeg).decode('ascii')
    return (
        f'<figure><img src="data:image/jpeg;base64,{data}" alt="{escape(picture.text)}" '
        f'width="{width}" height="{height}">'
        f'<figcaption>{escape(picture.caption)}</figcaption></figure>'
    )


def _settings(runs: tuple[RunFacts, ...]) -> str:
    """Return all settings, with those that differ emphasised."""
    names = dict.fromkeys(name for run in runs for name in run.settings)
    rows = ''
    for name in names:
        values = [run.settings.get(name, '') for run in runs]
        cells = ''.join(f'<td>{escape(value)}</td>' for value in values)
        mark = ' class="differs"' if len(set(values)) > 1 else ''
        rows += f'<tr{mark}><th scope="row">{escape(name)}</th>{cells}</tr>'
    heads = RUNS[: len(runs)] if len(runs) > 1 else ('value',)
    head = ''.join(f'<th scope="col">{text}</th>' for text in ('setting', *heads))
    return (
        '<section aria-labelledby="settings"><h2 id="settings">Settings</h2>'
        '<details><summary>All settings of the run</summary>'
        '<div class="scroll" role="region" aria-label="Settings" tabindex="0">'
        f'<table class="plain"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
        '</details></section>'
    )
