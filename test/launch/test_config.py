# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The files in config/ are valid and say exactly what the nodes know."""

from dataclasses import fields
import json
from pathlib import Path
import re

import pytest
import yaml

from alphapose_ros.io.foxglove_log import ANNOTATIONS
from alphapose_ros.io.foxglove_log import IMAGE
from alphapose_ros.io.foxglove_log import PEOPLE

CONFIG = Path(__file__).parents[2] / 'config'
# The probe measures for the bench, which sets all its parameters; no user does.
INTERNAL_NODES = ('probe',)
PRESETS = ('cpu.yaml', 'accurate.yaml', 'replay.yaml')
EVERYWHERE = '/**'
PARAMETER_LINE = re.compile(r'^    (?P<name>\w+): (?P<value>.*?)(?:  # (?P<comment>.*))?$')


@pytest.fixture
def nodes():
    """Return the parameters that each node declares: node name -> field name -> field."""
    pytest.importorskip('rclpy', reason='the parameters are declared with rclpy')
    from alphapose_ros.params import ALL_PARAMS

    return {
        params_type.__name__.removesuffix('Params').lower(): {
            f.name: f for f in fields(params_type)
        }
        for params_type in ALL_PARAMS
        if params_type.__name__.removesuffix('Params').lower() not in INTERNAL_NODES
    }


def load(name):
    """Return a parameter file: node pattern -> parameter name -> value."""
    blocks = yaml.safe_load((CONFIG / name).read_text(encoding='utf-8'))
    return {pattern: block['ros__parameters'] for pattern, block in blocks.items()}


def values_for(node, names, blocks):
    """Return what a node takes from a file."""
    given = {**blocks[EVERYWHERE], **blocks.get(f'/**/{node}', {})}
    return {name: value for name, value in given.items() if name in names}


def parameter_lines(name):
    """Return the parsed lines of a file that hold a parameter."""
    lines = (CONFIG / name).read_text(encoding='utf-8').splitlines()
    return [match for line in lines if (match := PARAMETER_LINE.match(line))]


def accepts(field, value):
    """Tell whether a node would take the value: type, choices and range."""
    low, high = field.metadata['bounds'] or (value, value)
    return (
        type(value) is type(field.default)
        and value in (field.metadata['choices'] or (value,))
        and low <= value <= high
    )


def allowed(field):
    """Return the words by which a comment tells the choices or the range of a number."""
    if field.metadata['choices']:
        return field.metadata['choices']
    if isinstance(field.default, float):
        return ['{} to {}'.format(*field.metadata['bounds'])]
    return []


@pytest.mark.parametrize('name', ['params.yaml', *PRESETS])
def test_a_file_holds_only_parameters_of_the_nodes(nodes, name):
    for pattern, values in load(name).items():
        known = {'use_sim_time'}.union(*nodes.values())
        if pattern != EVERYWHERE:
            known = nodes[pattern.removeprefix('/**/')]
        assert set(values) <= set(known)


@pytest.mark.parametrize('name', ['params.yaml', *PRESETS])
def test_every_node_accepts_its_values(nodes, name):
    blocks = load(name)
    for node, declared in nodes.items():
        for key, value in values_for(node, declared, blocks).items():
            assert accepts(declared[key], value), f'{node}: {key}: {value!r}'


def test_the_defaults_are_those_of_the_nodes(nodes):
    blocks = load('params.yaml')
    assert blocks[EVERYWHERE]['use_sim_time'] is False
    for node, declared in nodes.items():
        defaults = {name: field.default for name, field in declared.items()}
        assert values_for(node, declared, blocks) == defaults, node


@pytest.mark.parametrize('name', PRESETS)
def test_a_preset_holds_only_what_differs(name):
    defaults = load('params.yaml')[EVERYWHERE]
    [(pattern, values)] = load(name).items()
    assert pattern == EVERYWHERE
    assert values
    assert all(value != defaults[key] for key, value in values.items())


@pytest.mark.parametrize('name', ['params.yaml', *PRESETS])
def test_every_line_is_explained(name):
    lines = parameter_lines(name)
    assert len(lines) == sum(map(len, load(name).values()))
    assert all(line['comment'] for line in lines)


def test_a_line_tells_whether_it_may_change(nodes):
    declared = {name: field for node in nodes.values() for name, field in node.items()}
    for line in parameter_lines('params.yaml'):
        if line['name'] != 'use_sim_time':
            read_only = declared[line['name']].metadata['read_only']
            mark = '[read-only]' if read_only else '[dynamic]'
            assert line['comment'].startswith(mark), line['name']


def test_a_line_tells_what_is_allowed(nodes):
    for line in parameter_lines('params.yaml'):
        declared = [node[line['name']] for node in nodes.values() if line['name'] in node]
        hints = [allowed(field) for field in declared]
        assert not hints or any(all(word in line['comment'] for word in hint) for hint in hints)


def test_rviz_shows_the_overlay_in_the_frame_of_the_video(nodes):
    layout = yaml.safe_load((CONFIG / 'alphapose.rviz').read_text(encoding='utf-8'))
    manager = layout['Visualization Manager']
    [display] = manager['Displays']
    assert display['Class'] == 'rviz_default_plugins/Image'
    assert display['Topic']['Value'] == '/overlay'
    assert manager['Global Options']['Fixed Frame'] == nodes['video']['frame_id'].default


@pytest.mark.parametrize('name', ['foxglove_layout.json', 'foxglove_view_layout.json'])
def test_foxglove_places_every_panel_once(name):
    layout = json.loads((CONFIG / name).read_text(encoding='utf-8'))

    def panels(tree):
        return [tree] if isinstance(tree, str) else panels(tree['first']) + panels(tree['second'])

    assert sorted(panels(layout['layout'])) == sorted(layout['configById'])


def test_foxglove_shows_topics_that_exist():
    text = (CONFIG / 'foxglove_layout.json').read_text(encoding='utf-8')
    topics = set(re.findall(r'"(?:imageTopic|topicPath|topicToRender)": "(.+?)"', text))
    assert topics == {'/overlay/compressed', '/tracks', '/diagnostics'}
    paths = re.findall(r'"value": "/tracks\.poses\[:\]\.(\w+)"', text)
    message = (CONFIG.parent / 'msg' / 'PersonPose2D.msg').read_text(encoding='utf-8')
    assert paths
    assert all(re.search(rf'^\w+ {field} ', message, re.MULTILINE) for field in paths)


def test_foxglove_shows_what_viewers_write():
    text = (CONFIG / 'foxglove_view_layout.json').read_text(encoding='utf-8')
    assert set(re.findall(r'/view/\w+', text)) == {IMAGE, ANNOTATIONS, PEOPLE}
