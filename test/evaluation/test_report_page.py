# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the page of a report."""

from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
import re

import pytest

from alphapose_ros.evaluation.figures import Figure
from alphapose_ros.evaluation.figures import THEME
from alphapose_ros.evaluation.report import join_notes
from alphapose_ros.evaluation.report import NumberTable
from alphapose_ros.evaluation.report import Picture
from alphapose_ros.evaluation.report import Report
from alphapose_ros.evaluation.report import RunFacts
from alphapose_ros.evaluation.report import Section
from alphapose_ros.evaluation.report_page import render_page

HOSTILE = '"><script>alert(1)</script>&amp;\'.jpg'
FIGURE = Figure('one', 'One', 'A figure.', '<svg role="img" aria-label="A figure."></svg>', b'')
REPORT = Report(
    title='Accuracy',
    facts={'labels': 'truth.json'},
    runs=(RunFacts('a', {'results': 'a.json'}, {'threads': '1', 'device': 'cpu'}),),
    numbers=({'ap': 0.5},),
    cards=(('AP', 'ap'),),
    notes=('a note',),
    sections=(
        Section(
            'First',
            'Some text.',
            tables=(NumberTable('T', 'all', (('all', ''),), ('ap',)),),
            figures=(FIGURE,),
            pictures=(Picture(b'\xff\xd8', (64, 48), 'a.jpg', 'people in a.jpg'),),
        ),
    ),
)
TWO_RUNS = replace(
    REPORT,
    runs=(*REPORT.runs, RunFacts('b', {}, {'threads': '2', 'device': 'cpu'})),
    numbers=({'ap': 0.5}, {'ap': 0.25}),
)
VOID = {'meta', 'img', 'link', 'br'}


class Page(HTMLParser):
    """Collects the elements of a page, and checks that they are closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def named(self, *tags: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.elements if tag in tags]


@pytest.mark.parametrize('report', [REPORT, TWO_RUNS], ids=['one', 'two'])
def test_nothing_is_loaded_from_outside(report: Report) -> None:
    text = render_page(report)
    page = Page(text)
    assert page.named('script', 'link', 'iframe', 'object', 'embed', 'video', 'audio') == []
    assert all(image['src'].startswith('data:image/') for image in page.named('img'))
    assert not any({'href', 'srcset', 'background'} & set(a) for _, a in page.elements)
    assert not re.search(r'url\(|@import', text)


def test_headings_are_nested_below_a_single_one() -> None:
    tags = [tag for tag, _ in Page(render_page(REPORT)).elements]
    levels = [int(tag[1]) for tag in tags if re.fullmatch(r'h\d', tag)]
    assert levels.count(1) == 1 and levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_images_have_a_text_and_a_size() -> None:
    (image,) = Page(render_page(REPORT)).named('img')
    assert (image['alt'], image['width'], image['height']) == ('people in a.jpg', '64', '48')


def test_ids_are_unique_and_known_to_those_who_refer_to_them() -> None:
    page = Page(render_page(TWO_RUNS))
    ids = [attributes['id'] for _, attributes in page.elements if 'id' in attributes]
    assert len(set(ids)) == len(ids)
    assert {s['aria-labelledby'] for s in page.named('section')} <= set(ids)


def test_the_page_fits_phones_and_has_tables_that_scroll_in_themselves() -> None:
    text = render_page(REPORT)
    page = Page(text)
    assert {'name': 'viewport', 'content': 'width=device-width, initial-scale=1'} in page.named(
        'meta'
    )
    assert text.count('<div class="scroll"') == len(page.named('table'))


def test_texts_from_files_are_escaped() -> None:
    section = replace(
        REPORT.sections[0],
        title=HOSTILE,
        text=HOSTILE,
        tables=(NumberTable(HOSTILE, HOSTILE, ((HOSTILE, ''), ('b', 'b')), ('ap',)),),
        pictures=(Picture(b'', (1, 1), HOSTILE, HOSTILE),),
        figures=(replace(FIGURE, title=HOSTILE),),
    )
    report = Report(
        title=HOSTILE,
        facts={HOSTILE: HOSTILE},
        runs=(RunFacts(HOSTILE, {HOSTILE: HOSTILE}, {HOSTILE: HOSTILE}),),
        numbers=({'ap': 0.5, HOSTILE: 1},),
        cards=((HOSTILE, HOSTILE),),
        notes=(HOSTILE,),
        sections=(section,),
    )
    page = Page(render_page(report))
    assert page.named('script') == []
    (image,) = page.named('img')
    assert image['alt'] == HOSTILE


def test_scripts_are_forbidden_whatever_comes_in() -> None:
    (policy,) = [m for m in Page(render_page(REPORT)).named('meta') if 'http-equiv' in m]
    assert policy['http-equiv'] == 'Content-Security-Policy'
    assert "default-src 'none'" in (policy['content'] or '')


def test_settings_that_differ_are_emphasised() -> None:
    text = render_page(TWO_RUNS)
    assert '<tr class="differs"><th scope="row">threads</th><td>1</td><td>2</td></tr>' in text
    assert '<tr><th scope="row">device</th><td>cpu</td><td>cpu</td></tr>' in text


def test_a_report_about_nothing_is_a_page() -> None:
    empty = Report('Empty', {}, (RunFacts('a', {}),), ({},), (), (), ())
    assert len(Page(render_page(empty)).named('h1')) == 1


def test_notes_that_are_not_of_both_name_their_run() -> None:
    assert join_notes([['x', 'y']]) == ('x', 'y')
    assert join_notes([['x', 'y'], ['z', 'y']]) == ('y', 'A: x', 'B: z')


def luminance(color: str) -> float:
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize('ground', ['paper', 'ground'])
@pytest.mark.parametrize('name', ['ink', 'soft', *'abcdef', 'better', 'worse'])
@pytest.mark.parametrize('mode', [0, 1], ids=['light', 'dark'])
def test_texts_and_lines_stand_out(ground: str, name: str, mode: int) -> None:
    style = render_page(REPORT)
    low, high = sorted(
        luminance(re.findall(rf'--{key}: (#\w+);', style)[mode]) for key in (ground, name)
    )
    assert THEME[ground][mode] in style
    assert (high + 0.05) / (low + 0.05) >= 4.5
