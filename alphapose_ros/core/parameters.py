# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""What a parameter is: a field of a dataclass with a default, a help text and limits."""

from __future__ import annotations

from dataclasses import Field
from dataclasses import field
from dataclasses import fields
from typing import Any
from typing import TypeVar

C = TypeVar('C')

TYPE_NAMES = {
    bool: 'a boolean (true or false)',
    int: 'an integer',
    float: 'a double (with a dot: 1.0)',
    str: 'a string',
}


class ParameterError(ValueError):
    """A parameter that cannot be used; the message names it."""


def param(
    default: Any,
    doc: str,
    *,
    bounds: tuple[float, float] | None = None,
    choices: tuple[str, ...] = (),
    read_only: bool = False,
) -> Any:
    """Describe one parameter: default, help text, inclusive bounds or the allowed strings."""
    metadata = {'doc': doc, 'bounds': bounds, 'choices': choices, 'read_only': read_only}
    return field(default=default, metadata=metadata)


def select(params: Any, config_type: type[C]) -> C:
    """Return the configuration of a part of the node: the parameters that have its names."""
    names = [f.name for f in fields(config_type)]  # type: ignore[arg-type]
    return config_type(**{name: getattr(params, name) for name in names if hasattr(params, name)})


def find_fault(described: Field[Any], value: Any) -> str:
    """Return what is wrong with the value of a parameter, or ''."""
    name, default, metadata = described.name, described.default, described.metadata
    if type(value) is not type(default):
        return (
            f'parameter {name} must be {TYPE_NAMES[type(default)]}, '
            f'got {type(value).__name__} {value!r}'
        )
    if metadata['choices'] and value not in metadata['choices']:
        return f'parameter {name} must be one of {", ".join(metadata["choices"])}, got {value!r}'
    if metadata['bounds']:
        low, high = metadata['bounds']
        if not low <= value <= high:
            return f'parameter {name} must be in [{low}, {high}], got {value}'
    return ''
