# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Figures of a report: SVG whose colours follow the page, and PNG.

matplotlib draws with the light colours of `THEME`; in the SVG they become the page's variables.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
import io
import re
from typing import Any

HINT = 'reports need matplotlib: pip install alphapose_ros[eval]'
# Variables of the page: on light and on dark ground. Colours of data are Okabe and Ito's, which
# colour-blind people tell apart, dark or light enough for thin lines and small text.
THEME = {
    'paper': ('#ffffff', '#171a1f'),
    'ground': ('#f4f5f7', '#0f1114'),
    'ink': ('#1b2026', '#e8eaed'),
    'soft': ('#56606d', '#a3acb8'),
    'line': ('#dcdfe4', '#2e343c'),
    'a': ('#0072b2', '#56b4e9'),
    'b': ('#b84a00', '#f5a04a'),
    'c': ('#00795a', '#3fc99b'),
    'd': ('#9e4c80', '#dc93bd'),
    'e': ('#8f6b00', '#e0bb3c'),
    'f': ('#5b5fc7', '#9ea2f5'),
}
INK, SOFT, LINE = (THEME[name][0] for name in ('ink', 'soft', 'line'))
# Of identities; the first two are also those of the runs A and B.
SERIES = tuple(THEME[name][0] for name in 'abcdef')
RUNS = ('A', 'B')
WIDTH_PX = 420
PNG_SCALE = 3

_STYLE: Any = {
    'axes.axisbelow': True,
    'axes.edgecolor': LINE,
    'axes.grid': True,
    'axes.labelcolor': SOFT,
    'axes.spines.right': False,
    'axes.spines.top': False,
    'figure.dpi': 72,
    'font.size': 11.5,
    'grid.color': LINE,
    'grid.linewidth': 0.8,
    'legend.borderaxespad': 0.2,
    'legend.fontsize': 11,
    'legend.frameon': False,
    'legend.labelcolor': INK,
    'svg.fonttype': 'none',
    'svg.hashsalt': 'alphapose_ros',
    'text.color': INK,
    'xtick.color': SOFT,
    'xtick.major.pad': 6,
    'xtick.major.size': 0,
    'ytick.color': SOFT,
    'ytick.major.size': 0,
}
_NO_METADATA = dict.fromkeys(('Creator', 'Date', 'Format', 'Type'))


@dataclass(frozen=True)
class Figure:
    """
    A figure of a report.

    :param name: of its file, without suffix; unique in the report.
    :param title: above it.
    :param text: what it shows, for those who do not see it.
    :param svg: an element for the page; its ids start with the name.
    :param png: on white.
    """

    name: str
    title: str
    text: str
    svg: str
    png: bytes


def make_figure(
    name: str, title: str, text: str, draw: Callable[[Any], None], *, height_px: float = 280
) -> Figure:
    """
    Draw a figure.

    :param name: see `Figure`, as `title` and `text`.
    :param draw: gets the axes of matplotlib.
    :raises ImportError: if matplotlib is missing; says how to install it.
    """
    try:
        from matplotlib import rc_context
        from matplotlib.figure import Figure as Drawing
    except ImportError as err:
        raise ImportError(HINT) from err
    with rc_context(_STYLE):
        drawing = Drawing(figsize=(WIDTH_PX / 72, height_px / 72), layout='constrained')
        draw(drawing.subplots())
        svg, png = io.StringIO(), io.BytesIO()
        drawing.savefig(svg, format='svg', transparent=True, metadata=_NO_METADATA)
        drawing.savefig(png, format='png', dpi=72 * PNG_SCALE)
    return Figure(name, title, text, _for_page(svg.getvalue(), name, text), png.getvalue())


def add_legend(axes: Any, columns: int) -> None:
    """Explain the colours above the axes, where nothing is covered."""
    axes.legend(loc='lower left', bbox_to_anchor=(0, 1), ncols=columns, handlelength=1.4)


def plain(text: str) -> str:
    """Return text that matplotlib takes for no formula."""
    return text.replace('$', r'\$')


def _for_page(svg: str, name: str, text: str) -> str:
    """Return the element with the page's colours and font, and ids of its own."""
    svg = svg[svg.index('<svg') :]
    svg = re.sub(r' width="[\d.]+pt" height="[\d.]+pt"', '', svg, count=1)
    svg = svg.replace('<svg', f'<svg role="img" aria-label="{escape(text)}"', 1)
    svg = re.sub(r'(\bid="|url\(#|href="#)', rf'\g<1>{name}-', svg)
    svg = re.sub(r'font: ([\d.]+px) [^;"]*', r'font-size: \1', svg)
    for variable, (color, _) in THEME.items():
        svg = svg.replace(color, f'var(--{variable})')
    return svg.strip()
