# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Parameter files of ROS, read without ROS."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml


class ParamFileError(ValueError):
    """A parameter file that cannot be read."""


def read_params(path: Path) -> dict[str, Any]:
    """
    Return the parameters of a YAML file, of all its nodes together.

    :return: values by name, in the types that YAML gives them.
    :raises ParamFileError: if the file cannot be read or is no parameter file, or if two nodes
        have different values for a name.
    """
    try:
        content = yaml.safe_load(path.read_text())
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as err:
        raise ParamFileError(f'{path} cannot be read: {" ".join(str(err).split())}') from err
    values: dict[str, Any] = {}
    for node, block in content.items() if isinstance(content, dict) else ():
        params = block.get('ros__parameters') if isinstance(block, dict) else None
        if not isinstance(params, dict):
            raise ParamFileError(f'{path}: {node} must have ros__parameters')
        for name, value in params.items():
            if values.setdefault(name, value) != value:
                raise ParamFileError(f'{path}: {name} is both {values[name]!r} and {value!r}')
    return values


def parse_value(text: str) -> Any:
    """Return what YAML takes a text for: a number, true or false, or the text."""
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError:
        return text
