# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of figures as they are put into a page."""

import re
import struct
from typing import Any
from xml.etree import ElementTree

import pytest

from alphapose_ros.evaluation.figures import Figure
from alphapose_ros.evaluation.figures import make_figure
from alphapose_ros.evaluation.figures import plain
from alphapose_ros.evaluation.figures import PNG_SCALE
from alphapose_ros.evaluation.figures import SERIES
from alphapose_ros.evaluation.figures import WIDTH_PX

pytest.importorskip('matplotlib')


def make_line(name: str = 'line', text: str = 'A line.', label: str = 'x') -> Figure:
    def draw(axes: Any) -> None:
        axes.plot([0, 1], [0, 1], color=SERIES[0])
        axes.set_xlabel(plain(label))

    return make_figure(name, 'Line', text, draw, height_px=200)


def test_the_drawing_is_xml_that_tells_what_it_shows() -> None:
    root = ElementTree.fromstring(make_line(text='<1> & "2"').svg)
    assert root.attrib['role'] == 'img'
    assert root.attrib['aria-label'] == '<1> & "2"'
    assert 'width' not in root.attrib and 'viewBox' in root.attrib


def test_colours_are_those_of_the_page() -> None:
    svg = make_line().svg
    assert 'var(--a)' in svg and 'var(--soft)' in svg
    assert not re.findall(r'(?:fill|stroke): ?#', svg)


def test_two_figures_share_no_id_and_refer_to_their_own() -> None:
    ids = []
    for name in ('one', 'two'):
        svg = make_line(name).svg
        ids.append(set(re.findall(r'\bid="([^"]*)"', svg)))
        assert set(re.findall(r'(?:url\(|href=")#([^)"]*)', svg)) <= ids[-1]
    assert not ids[0] & ids[1]


@pytest.mark.parametrize('label', ['<script>', '$x$', '$', 'a & b'])
def test_labels_stay_as_they_are(label: str) -> None:
    texts = [element.text for element in ElementTree.fromstring(make_line(label=label).svg).iter()]
    assert label in texts


def test_the_same_data_give_the_same_bytes() -> None:
    assert make_line() == make_line()


def test_the_file_has_the_shape_of_the_drawing() -> None:
    width, height = struct.unpack('>II', make_line().png[16:24])
    assert (width, height) == (PNG_SCALE * WIDTH_PX, PNG_SCALE * 200)
