# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""From the nested values of a recipe to frozen dataclasses; whatever is not known is refused."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import fields
from dataclasses import is_dataclass
from dataclasses import MISSING
import re
from typing import Any
from typing import get_args
from typing import get_origin
from typing import get_type_hints
from typing import Literal
from typing import TypeVar

T = TypeVar('T')


def parse_settings(kind: type[T], values: Mapping[str, Any], place: str = '') -> T:
    """
    Return a dataclass.

    :param kind: its fields are numbers, texts, tuples, mappings of plain values, or dataclasses.
    :param values: by the names of the fields; lists for tuples, mappings for dataclasses.
    :param place: of the values in the recipe, such as `loss.`; for messages.
    :raises ValueError: if a name is unknown or missing, or a value of another type; names it.
    """
    known = {f.name: f for f in fields(kind)}  # type: ignore[arg-type]
    for name in values:
        if name not in known:
            raise ValueError(f'unknown setting {place}{name}; known are {", ".join(known)}')
    for name, field in known.items():
        if name not in values and field.default is MISSING and field.default_factory is MISSING:
            raise ValueError(f'the setting {place}{name} is missing')
    types = get_type_hints(kind)
    return kind(**{k: _parse(types[k], value, f'{place}{k}') for k, value in values.items()})


def replace_settings(values: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """
    Return other values in some places.

    :param values: nested.
    :param changes: by place, such as `optimization.epochs`.
    :raises ValueError: if there is a plain value on the way to a place.
    """
    changed = dict(values)
    for place, value in changes.items():
        name, _, rest = place.partition('.')
        if not rest:
            changed[name] = value
            continue
        part = changed.get(name, {})
        if not isinstance(part, Mapping):
            raise ValueError(f'there is no setting {place}: {name} is {part!r}')
        changed[name] = replace_settings(part, {rest: value})
    return changed


def _parse(kind: Any, value: Any, place: str) -> Any:
    arguments = get_args(kind)
    if get_origin(kind) is Literal:
        if value not in arguments:
            raise ValueError(f'{place} must be one of {list(arguments)}, got {value!r}')
        return value
    if _is_mapping(kind) and isinstance(value, Mapping):
        if not arguments:
            return parse_settings(kind, value, f'{place}.')
        return {k: _parse(arguments[1], v, f'{place}.{k}') for k, v in value.items()}
    if get_origin(kind) is tuple and isinstance(value, list | tuple):
        return _parse_tuple(arguments, value, place)
    if kind is Any or type(value) is kind:
        return value
    if kind is float and (type(value) is int or _is_exponential(value)):
        return float(value)
    raise ValueError(f'{place} must be {_describe(kind)}, got {value!r}')


def _is_exponential(value: Any) -> bool:
    """Tell whether this is a number such as 1e-3, which without a dot is a text in YAML 1.1."""
    return isinstance(value, str) and re.fullmatch(r'[-+]?\d+[eE][-+]?\d+', value) is not None


def _is_mapping(kind: Any) -> bool:
    """Tell whether a mapping is wanted in the recipe."""
    return is_dataclass(kind) or get_origin(kind) is Mapping


def _parse_tuple(kinds: tuple[Any, ...], values: Sequence[Any], place: str) -> tuple[Any, ...]:
    if kinds[-1] is Ellipsis:
        kinds = kinds[:1] * len(values)
    if len(kinds) != len(values):
        raise ValueError(f'{place} must have {len(kinds)} values, got {len(values)}')
    return tuple(
        _parse(kind, value, f'{place}[{i}]')
        for i, (kind, value) in enumerate(zip(kinds, values, strict=True))
    )


def _describe(kind: Any) -> str:
    if get_origin(kind) is tuple:
        return 'a list'
    if _is_mapping(kind):
        return 'a mapping'
    return {int: 'an integer', float: 'a number', bool: 'true or false', str: 'a text'}[kind]
