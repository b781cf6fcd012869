# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the parameters."""

from dataclasses import fields
from typing import Any

import pytest
from rclpy.node import Node
from rclpy.parameter import Parameter

from alphapose_ros.core.parameters import ParameterError
from alphapose_ros.core.parameters import select
from alphapose_ros.nodes.parameters import Parameters
from alphapose_ros.params import ALL_PARAMS
from alphapose_ros.params import DetectorParams
from alphapose_ros.params import TrackerParams
from alphapose_ros.tracking.smoothing import SmoothingConfig
from alphapose_ros.tracking.tracker import TrackerConfig


def declare(ros: Any, **overrides: Any) -> tuple[Node, Parameters[DetectorParams], list[Any]]:
    node = ros.add(Node('detector', **ros.options(**overrides)))
    changes: list[Any] = []
    return node, Parameters(node, DetectorParams, changes.append), changes


def test_defaults_and_overrides_arrive(ros: Any) -> None:
    _, params, _ = declare(ros, min_box_score=0.7, device='cpu')
    assert params.value == DetectorParams(min_box_score=0.7, device='cpu')


@pytest.mark.parametrize('config_type', [TrackerConfig, SmoothingConfig])
def test_the_defaults_of_the_tracker_node_are_those_of_its_parts(config_type: Any) -> None:
    assert select(TrackerParams(), config_type) == config_type()


@pytest.mark.parametrize(
    ('overrides', 'message'),
    [
        pytest.param(
            {'min_box_score': 1}, r'min_box_score must be a double .*1\.0.* got int 1', id='int'
        ),
        pytest.param({'min_box_score': 'high'}, 'min_box_score must be a double', id='string'),
        pytest.param(
            {'min_box_score': 1.5},
            r'min_box_score must be in \[0\.0, 1\.0\], got 1\.5',
            id='range',
        ),
        pytest.param(
            {'max_people': 0}, r'max_people must be in \[1, 1000\], got 0', id='integer-range'
        ),
        pytest.param({'max_people': 2.0}, 'max_people must be an integer', id='double'),
        pytest.param({'enabled': 'yes'}, 'enabled must be a boolean', id='boolean'),
        pytest.param(
            {'reliability': 'best'},
            "reliability must be one of auto, best_effort, reliable, got 'best'",
            id='choice',
        ),
        pytest.param({'min_box_scor': 0.5}, 'min_box_scor; did you mean min_box_score', id='name'),
        pytest.param({'zzz': 0.5}, 'unknown parameter zzz; known are ', id='far-name'),
    ],
)
def test_a_wrong_override_is_refused_in_one_line(ros: Any, overrides: Any, message: str) -> None:
    with pytest.raises(ParameterError, match=message) as err:
        declare(ros, **overrides)
    assert '\n' not in str(err.value)


def test_parameters_of_our_other_nodes_are_no_typing_errors(ros: Any) -> None:
    _, params, _ = declare(ros, confirm_s=5.0, jpeg_quality=50)
    assert params.value == DetectorParams()


def test_a_change_is_applied_and_told(ros: Any) -> None:
    node, params, changes = declare(ros)
    results = node.set_parameters([Parameter('min_box_score', value=0.6)])
    assert results[0].successful
    assert params.value.min_box_score == 0.6
    assert changes == [params.value]


@pytest.mark.parametrize(
    ('name', 'value', 'reason'),
    [
        pytest.param('min_box_score', 2.0, '', id='range'),
        pytest.param('min_box_score', float('nan'), '', id='nan'),
        pytest.param('min_box_score', 'high', '', id='type'),
        pytest.param('device', 'cuda', 'read-only', id='read-only'),
    ],
)
def test_a_wrong_change_is_refused(ros: Any, name: str, value: Any, reason: str) -> None:
    node, params, changes = declare(ros)
    result = node.set_parameters([Parameter(name, value=value)])[0]
    assert not result.successful
    assert reason in result.reason
    assert params.value == DetectorParams()
    assert changes == []


def test_of_a_batch_all_or_nothing_is_applied(ros: Any) -> None:
    node, params, changes = declare(ros)
    batch = [Parameter('min_box_score', value=0.6), Parameter('nms_iou', value=7.0)]
    assert not node.set_parameters_atomically(batch).successful
    assert params.value == DetectorParams()
    batch[1] = Parameter('nms_iou', value=0.7)
    assert node.set_parameters_atomically(batch).successful
    assert changes == [DetectorParams(min_box_score=0.6, nms_iou=0.7)]


def test_a_choice_is_checked_on_change(ros: Any) -> None:
    from alphapose_ros.params import OverlayParams

    node = ros.add(Node('overlay', **ros.options()))
    Parameters(node, OverlayParams)
    result = node.set_parameters([Parameter('color_by', value='mood')])[0]
    assert result.reason == "parameter color_by must be one of track, side, got 'mood'"


def test_a_name_has_one_default_type_and_range_in_all_nodes() -> None:
    seen: dict[str, Any] = {}
    for f in (f for params_type in ALL_PARAMS for f in fields(params_type)):
        described = (f.default, f.metadata['bounds'], f.metadata['choices'])
        assert seen.setdefault(f.name, described) == described
        assert f.metadata['doc'].endswith('.')
