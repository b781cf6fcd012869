# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The options that choose models and set parameters of the pipeline, without ROS."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from alphapose_ros.core.parameters import find_fault
from alphapose_ros.core.parameters import ParameterError
from alphapose_ros.io.param_files import parse_value
from alphapose_ros.io.param_files import read_params
from alphapose_ros.params import PipelineParams
from alphapose_ros.params import refuse_unknown

# Option of the command line and parameter that it sets.
SHORT = {
    'detector': 'detector_model',
    'model': 'pose_model',
    'reid': 'reid_model',
    'weights_dir': 'weights_dir',
    'device': 'device',
}


def add_pipeline_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    docs = {f.name: f.metadata['doc'] for f in fields(PipelineParams)}
    for option, name in SHORT.items():
        parser.add_argument(f'--{option.replace("_", "-")}', help=docs[name])
    parser.add_argument(
        '--params-file', default='', help='parameters as the nodes take them, YAML of ROS'
    )
    parser.add_argument(
        '--set',
        action='append',
        default=[],
        metavar='NAME=VALUE',
        help='a single parameter of the nodes, such as min_box_score=0.5; may be repeated',
    )


def pipeline_params(
    params_file: str, assignments: Sequence[str], options: Mapping[str, str | None]
) -> PipelineParams:
    """
    Return the parameters: the file's, over them those of --set, over them the short options.

    :param options: by the names of `SHORT`; None where an option was not given.
    :raises ValueError: ParameterError or ParamFileError; names what came and what is allowed.
    """
    values = read_params(Path(params_file)) if params_file else {}
    for assignment in assignments:
        name, equals, text = assignment.partition('=')
        if not equals:
            raise ParameterError(f'--set must be NAME=VALUE, got {assignment!r}')
        values[name] = parse_value(text)
    values |= {SHORT[name]: text for name, text in options.items() if text is not None}
    refuse_unknown(values)
    known = {f.name: f for f in fields(PipelineParams)}
    # The names of other nodes may stand in a file that serves all.
    return PipelineParams(
        **{name: _checked(known[name], value) for name, value in values.items() if name in known}
    )


def _checked(described: Any, value: Any) -> Any:
    if type(value) is int and type(described.default) is float:
        value = float(value)
    fault = find_fault(described, value)
    if fault:
        raise ParameterError(fault)
    return value
