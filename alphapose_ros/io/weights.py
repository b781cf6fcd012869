# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Where model files are found, and what is known of a file that the catalog does not list."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import fields
import json
import os
from pathlib import Path
from typing import Any
from typing import TypeVar

R = TypeVar('R')


class WeightsError(ValueError):
    """A model file is missing, or its record is wrong."""


def cache_folder() -> Path:
    """Return the folder for what can be fetched or built again."""
    base = os.environ.get('XDG_CACHE_HOME') or Path.home() / '.cache'
    return Path(base) / 'alphapose_ros'


def weights_folders(weights_dir: str = '') -> list[Path]:
    """
    Return the folders that are searched for model files, in order.

    :param weights_dir: the user's folder, searched first; '' for none.
    :return: that folder, $ALPHAPOSE_WEIGHTS, the cache, ../shared/weights, and the package's own.
    """
    folders = [weights_dir, os.environ.get('ALPHAPOSE_WEIGHTS', '')]
    return [
        *(Path(folder).expanduser() for folder in folders if folder),
        cache_folder() / 'weights',
        Path('..') / 'shared' / 'weights',
        Path(__file__).resolve().parents[1] / 'weights',
    ]


def find_weights(model: str, file_names: Sequence[str], weights_dir: str = '') -> Path:
    """
    Return the file of a model of the catalog.

    :param model: its name, for the message.
    :param file_names: names the file goes by.
    :param weights_dir: folder to search first.
    :raises WeightsError: if no folder has it; says what was looked for, where, and what to do.
    """
    folders = weights_folders(weights_dir)
    for folder in folders:
        for file_name in file_names:
            for path in sorted(folder.rglob(file_name)) if folder.is_dir() else ():
                return path
    raise WeightsError(
        f'no weights for {model}: {" or ".join(file_names)} is in none of '
        f'{", ".join(str(folder) for folder in folders)}; run `alphapose_ros weights fetch '
        f'{model}`, or put the file into one of them, or name its folder with --weights-dir, the '
        'parameter weights_dir or ALPHAPOSE_WEIGHTS'
    )


def find_model(
    model: str, catalog: Mapping[str, R], weights_dir: str = ''
) -> tuple[Path, R | None]:
    """
    Return the file of a model that is given by name or by path, and its record.

    :param model: a name of the catalog, or the path of a model file.
    :param catalog: the records by name.
    :param weights_dir: folder to search first.
    :return: the path; the record, None if the file is of no row.
    :raises WeightsError: if there is no such model or file.
    """
    if model in catalog:
        record: Any = catalog[model]
        return find_weights(model, record.file_names, weights_dir), record
    path = Path(model).expanduser()
    if not path.suffix:
        raise WeightsError(
            f'unknown model {model!r}; known are {", ".join(catalog)}, or the path of a file'
        )
    if not path.is_file():
        raise WeightsError(f'there is no model file {path}')
    known = [r for r in catalog.values() if path.name in r.file_names]  # type: ignore[attr-defined]
    return path, known[0] if known else None


def read_sidecar(path: Path, record_type: type[Any]) -> dict[str, Any]:
    """
    Return what the JSON file of the same name beside a model file says of it.

    `net.json` beside `net.onnx` may hold the fields of the record, such as
    `{"mean": [0, 0, 0], "std": [255, 255, 255], "keypoint_set": "halpe_26"}`.

    :return: values by field, lists as tuples; empty if there is no such file.
    :raises WeightsError: if the JSON file is no object or has a field that the record lacks.
    """
    sidecar = path.with_suffix('.json')
    if not sidecar.is_file():
        return {}
    given = {'name', 'file_names', 'architecture'}  # what the file itself tells
    return _read_fields(sidecar, [f.name for f in fields(record_type) if f.name not in given])


def write_sidecar(path: Path, values: Mapping[str, Any]) -> None:
    """Describe a model file; inverse of `read_sidecar`."""
    path.with_suffix('.json').write_text(json.dumps(values, indent=2) + '\n')


def _read_fields(sidecar: Path, allowed: list[str]) -> dict[str, Any]:
    """Return the values of a JSON object, lists as tuples."""
    try:
        values = json.loads(sidecar.read_text())
    except ValueError as err:
        raise WeightsError(f'{sidecar} is no valid JSON: {err}') from err
    if not isinstance(values, dict):
        raise WeightsError(f'{sidecar} must hold a JSON object, got {type(values).__name__}')
    unknown = sorted(set(values) - set(allowed))
    if unknown:
        raise WeightsError(
            f'{sidecar} has the unknown field {unknown[0]!r}; known are {", ".join(allowed)}'
        )
    return {k: tuple(v) if isinstance(v, list) else v for k, v in values.items()}
