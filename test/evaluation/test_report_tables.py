# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the numbers of a report as HTML."""

import math

import pytest

from alphapose_ros.evaluation.report import NumberTable
from alphapose_ros.evaluation.report_tables import format_difference
from alphapose_ros.evaluation.report_tables import format_number
from alphapose_ros.evaluation.report_tables import render_cards
from alphapose_ros.evaluation.report_tables import render_table

MINUS = '\N{MINUS SIGN}'


@pytest.mark.parametrize(
    ('measure', 'value', 'text'),
    [
        ('ap', 0.65541, '0.655'),
        ('mota', -0.5, f'{MINUS}0.500'),
        ('p50_ms', 1234.56, '1234.6'),
        ('people', 68, '68'),
        ('ap_large', math.nan, '\N{EN DASH}'),
        ('ap', None, '\N{EN DASH}'),
    ],
    ids=['share', 'negative', 'time', 'count', 'undefined', 'missing'],
)
def test_numbers_have_the_digits_that_say_something(
    measure: str, value: float | None, text: str
) -> None:
    assert format_number(measure, value) == text


@pytest.mark.parametrize(
    ('measure', 'value', 'other', 'text', 'tone'),
    [
        ('ap', 0.6, 0.5, '+0.100', 'better'),
        ('ap', 0.5, 0.6, f'{MINUS}0.100', 'worse'),
        ('error_px', 3.0, 2.0, '+1.00', 'worse'),
        ('id_switches', 2, 7, f'{MINUS}5', 'better'),
        ('images', 39, 40, f'{MINUS}1', ''),
        ('ap', 0.50001, 0.5, '±0', ''),
    ],
    ids=['more', 'less', 'more-error', 'fewer-switches', 'neutral', 'equal'],
)
def test_differences_have_a_sign_and_a_tone(
    measure: str, value: float, other: float, text: str, tone: str
) -> None:
    html = format_difference(measure, value, other)
    assert f'>{text}<' in html
    assert [word for word in ('better', 'worse') if word in html] == ([tone] if tone else [])


def test_without_one_of_both_there_is_no_difference() -> None:
    assert format_difference('ap', math.nan, 0.5) == format_difference('ap', 0.5, None) == ''


def test_cards_without_a_number_are_left_out() -> None:
    html = render_cards((('AP', 'oks.whole.ap'), ('PCKh', 'pckh_0.5')), [{'oks.whole.ap': 0.5}])
    assert '0.500' in html and 'PCKh' not in html


def test_a_card_of_two_runs_shows_both() -> None:
    html = render_cards((('median', '/t.p50_ms'),), [{'/t.p50_ms': 20.0}, {'/t.p50_ms': 50.0}])
    assert '20.0' in html and 'B 50.0' in html
    assert f'{MINUS}30.0' in html and 'better' in html


def test_a_table_has_a_row_for_each_prefix_and_three_columns_for_two_runs() -> None:
    table = NumberTable('T', 'part', (('a', 'a.'), ('b', 'b.')), ('ap', 'ar'))
    html = render_table(table, [{'a.ap': 0.5, 'b.ap': 0.6}, {'a.ap': 0.25}])
    assert html.count('<tr>') == 4
    assert html.count('<td') == 6
    assert '+0.250' in html and 'AR' not in html


def test_a_single_row_is_shown_as_a_column() -> None:
    table = NumberTable('T', 'part', (('whole', 'oks.whole.'),), ('ap', 'ar'))
    html = render_table(table, [{'oks.whole.ap': 0.5, 'oks.whole.ar': 0.6}])
    assert html.count('<tr>') == html.count('scope="row"') == 2


def test_a_table_without_numbers_is_left_out() -> None:
    assert render_table(NumberTable('T', 'part', (('whole', 'oks.whole.'),), ('ap',)), [{}]) == ''


def test_labels_are_escaped() -> None:
    table = NumberTable('<b>', '<i>', (('<u>', 'x.'), ('y', 'y.')), ('a<b',))
    html = render_table(table, [{'x.a<b': 1}])
    assert not any(tag in html for tag in ('<b>', '<i>', '<u>', 'a<b'))
