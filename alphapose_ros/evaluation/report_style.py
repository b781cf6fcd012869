# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""How a report looks: one column on phones, two on desks, light or dark as the reader has it."""

from __future__ import annotations

from string import Template

from alphapose_ros.evaluation.figures import THEME

_BETTER = ('#00694f', '#3fc99b')
_WORSE = ('#a83f00', '#f5a04a')

_STYLE = Template("""
:root { color-scheme: light dark; $light }
@media (prefers-color-scheme: dark) { :root { $dark } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0; background: var(--ground); color: var(--ink); overflow-wrap: anywhere;
  font: 16px/1.55 system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif;
}
header, main, footer { max-width: 72rem; margin: 0 auto; padding: 0 1.5rem; }
header { padding-top: 2.5rem; }
h1 {
  font-size: clamp(1.6rem, 4vw, 2.2rem); line-height: 1.2; letter-spacing: -.015em;
  margin: 0 0 .8rem;
}
h2 { font-size: 1.25rem; letter-spacing: -.01em; margin: 0 0 .25rem; }
h3 { font-size: 1rem; margin: 0 0 .5rem; }
p { margin: 0 0 1rem; max-width: 68ch; }
section > p, .kicker, footer { color: var(--soft); }
.kicker { margin: 0 0 .4rem; font-size: .9rem; }
section { margin: 2.75rem 0; }
.facts { display: grid; gap: .15rem 1rem; grid-template-columns: max-content 1fr; margin: 0; }
.facts dt { color: var(--soft); }
.facts dd { margin: 0; }
.runs {
  display: grid; gap: 1rem; margin: 1.25rem 0;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr));
}
.panel, .cards > div, .scroll, figure, details {
  background: var(--paper); border: 1px solid var(--line); border-radius: .6rem;
}
.panel { padding: .9rem 1.1rem; font-size: .92rem; }
.letter {
  display: inline-block; min-width: 1.5em; margin-right: .5em; border-radius: .3em;
  text-align: center; color: var(--paper); background: var(--a);
}
.panel + .panel .letter { background: var(--b); }
.cards {
  display: grid; gap: .75rem; margin: 1.5rem 0 0;
  grid-template-columns: repeat(auto-fit, minmax(7.5rem, 1fr));
}
.cards > div { padding: .8rem 1rem .7rem; }
.cards dt { color: var(--soft); font-size: .85rem; }
.cards dd { margin: 0; font-size: 1.7rem; line-height: 1.25; font-weight: 600; }
.cards .other { font-size: .85rem; font-weight: 400; color: var(--soft); }
.cards, table { font-variant-numeric: tabular-nums; }
.notes { margin: 1.5rem 0 0; list-style: none; }
.scroll { overflow-x: auto; margin: 1rem 0; }
.scroll:focus-visible, summary:focus-visible { outline: 2px solid var(--a); outline-offset: 2px; }
table { border-collapse: collapse; width: 100%; font-size: .88rem; overflow-wrap: normal; }
caption { text-align: left; padding: .8rem 1rem .3rem; font-weight: 600; font-size: .95rem; }
th, td { padding: .34rem .8rem; text-align: right; white-space: nowrap; }
th { font-weight: 500; }
thead th { color: var(--soft); vertical-align: bottom; }
thead tr:last-child > *, th[rowspan] { border-bottom: 1px solid var(--line); }
th[scope=colgroup] { text-align: center; color: var(--ink); }
tbody th, thead tr:first-child th:first-child {
  position: sticky; left: 0; background: var(--paper); text-align: left; padding-left: 1rem;
}
tbody tr + tr > * { border-top: 1px solid var(--line); }
.first { border-left: 1px solid var(--line); }
.better { color: var(--better); }
.worse { color: var(--worse); }
.plain th, .plain td { text-align: left; white-space: normal; }
.differs td { font-weight: 600; }
.figures { columns: 2; column-gap: 1rem; margin: 1rem 0 0; }
.figures > * { break-inside: avoid; margin: 0 0 1rem; }
.pictures {
  display: grid; gap: 1rem; margin: 1rem 0; grid-template-columns: repeat(3, minmax(0, 1fr));
}
figure { padding: 1rem 1.1rem .8rem; min-width: 0; }
figure svg { display: block; width: 100%; height: auto; }
.pictures figure { margin: 0; padding: 0; overflow: hidden; }
.pictures img {
  display: block; width: 100%; height: auto; aspect-ratio: var(--ratio); object-fit: contain;
  background: var(--ground);
}
.pictures figcaption { padding: .5rem .8rem .6rem; font-size: .85rem; color: var(--soft); }
details { margin: 1rem 0; padding: .7rem 1rem; }
details .scroll { border: 0; margin: .5rem -1rem -.7rem; }
summary { cursor: pointer; font-weight: 600; font-size: .95rem; }
footer { padding-bottom: 2.5rem; font-size: .85rem; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
@media (max-width: 700px) {
  header, main, footer { padding-left: 1rem; padding-right: 1rem; }
  header { padding-top: 1.5rem; }
  .figures { columns: 1; }
  .pictures { grid-template-columns: minmax(0, 1fr); }
  .pictures img { aspect-ratio: auto; }
  .cards { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  .cards > :last-child:nth-child(odd) { grid-column: 1 / -1; }
  figure { padding: .8rem .7rem .6rem; }
}
@media print { body { background: none; } section, figure { break-inside: avoid; } }
""")


def page_style() -> str:
    """Return the style sheet."""
    colors = {**THEME, 'better': _BETTER, 'worse': _WORSE}
    light, dark = (
        ' '.join(f'--{name}: {pair[i]};' for name, pair in colors.items()) for i in (0, 1)
    )
    return _STYLE.substitute(light=light, dark=dark)
