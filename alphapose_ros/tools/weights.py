# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Model files: what there is, what a file holds, where to get one, and in which format."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from types import MappingProxyType
from typing import Any

from rich.console import Console
from rich.table import Table

from alphapose_ros.core.skeletons import SKELETONS
from alphapose_ros.inference.checkpoint import build
from alphapose_ros.inference.checkpoint import find_similar
from alphapose_ros.inference.checkpoint import identify_file
from alphapose_ros.inference.checkpoint import open_checkpoint
from alphapose_ros.inference.checkpoint import read_state
from alphapose_ros.inference.export import export_onnx
from alphapose_ros.io import onnx_parameters
from alphapose_ros.io.checkpoints import DARKNET_SUFFIX
from alphapose_ros.io.checkpoints import is_checkpoint
from alphapose_ros.io.checkpoints import write_checkpoint
from alphapose_ros.io.darknet import write_darknet
from alphapose_ros.io.fetch import fetch
from alphapose_ros.io.files import hash_file
from alphapose_ros.io.weights import cache_folder
from alphapose_ros.io.weights import find_model
from alphapose_ros.io.weights import find_weights
from alphapose_ros.io.weights import WeightsError
from alphapose_ros.io.weights import write_sidecar
from alphapose_ros.models.catalog import ALL_MODELS
from alphapose_ros.models.catalog import DETECTORS
from alphapose_ros.models.catalog import POSE_NETWORKS
from alphapose_ros.models.catalog import REID_NETWORKS
from alphapose_ros.models.networks import kind_of
from alphapose_ros.models.records import ModelRecord
from alphapose_ros.models.records import PoseRecord

CATALOGS: Mapping[str, Mapping[str, ModelRecord]] = MappingProxyType(
    {'detector': DETECTORS, 'pose': POSE_NETWORKS, 'reid': REID_NETWORKS}
)
KINDS = {'DetectorRecord': 'detector', 'PoseRecord': 'pose', 'ReidRecord': 're-ID'}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the actions of the command."""
    parser.add_argument('--weights-dir', default='', help='folder searched first for model files')
    actions = parser.add_subparsers(dest='action', required=True)
    actions.add_parser('list', help='all models that are known by name')
    show = actions.add_parser('show', help='everything that is known of a model')
    show.add_argument('model', choices=sorted(ALL_MODELS), metavar='NAME')
    get = actions.add_parser('fetch', help='download a model into the cache')
    get.add_argument('model', choices=sorted(ALL_MODELS), metavar='NAME')
    inspect = actions.add_parser('inspect', help='tell what a checkpoint is, from its contents')
    inspect.add_argument('file', type=Path)
    convert = actions.add_parser('convert', help='to .pth or darknet .weights, also from ONNX')
    convert.add_argument('file', type=Path)
    convert.add_argument('output', type=Path)
    export = actions.add_parser('export', help='write a checkpoint as ONNX, for any batch size')
    export.add_argument('model', help='a name, or a checkpoint')
    export.add_argument('output', type=Path)
    export.add_argument(
        '--half', action='store_true', help='keep the weights in float16: half the size'
    )


def run(*, action: str, weights_dir: str, **options: Any) -> int:
    """
    Do one thing; return the exit code.

    :raises ValueError: if it cannot be done; one line that says why.
    """
    actions: dict[str, Callable[..., None]] = {
        'list': list_models,
        'show': show_model,
        'fetch': fetch_model,
        'inspect': inspect_file,
        'convert': convert_file,
        'export': export_model,
    }
    actions[action](weights_dir=weights_dir, **options)
    return 0


def list_models(*, weights_dir: str) -> None:
    """Print a table of the catalog; a mark tells which files are here."""
    table = Table('name', 'kind', 'joints', 'input', 'accuracy', 'licence', 'here')
    for record in ALL_MODELS.values():
        joints = ''
        if isinstance(record, PoseRecord) and record.keypoint_set:
            joints = str(SKELETONS[record.keypoint_set].num_keypoints)
        size = 'x'.join(str(n) for n in record.input_size_wh or ())
        is_here = 'yes' if _find(record, weights_dir) else ''
        kind = KINDS[type(record).__name__]
        table.add_row(record.name, kind, joints, size, record.accuracy, record.licence, is_here)
    Console().print(table)


def show_model(*, model: str, weights_dir: str) -> None:
    """Print a record, and where its file is."""
    record = ALL_MODELS[model]
    table = Table(show_header=False)
    for key, value in asdict(record).items():
        if value not in ('', None):
            table.add_row(key, str(record.architecture if key == 'architecture' else value))
    path = _find(record, weights_dir)
    table.add_row('file', str(path) if path else 'not here')
    Console().print(table)


def fetch_model(*, model: str, weights_dir: str) -> None:
    """Download a model, unless it is there."""
    record, console = ALL_MODELS[model], Console()
    console.print(f'licence: {record.licence}')
    path = _find(record, weights_dir)
    if path is not None:
        console.print(f'{path} is there')
        return
    path = cache_folder() / 'weights' / record.file_names[0]
    found = fetch(path, url=record.url, drive_id=record.drive_id, sha256=record.sha256)
    checked = 'as expected' if record.sha256 else 'its publisher tells none to compare'
    console.print(f'{path}\nSHA-256 {found}, {checked}')


def inspect_file(*, file: Path, weights_dir: str) -> None:
    """Print what a checkpoint holds."""
    state = read_state(_checkpoint(file))
    architecture = identify_file(file, state)
    module = build(architecture, state, file.name)  # or this says what does not fit
    num_parameters = sum(parameter.numel() for parameter in module.parameters())
    rows = {
        'network': architecture.network,
        **{key: str(value) for key, value in architecture.options.items()},
        'entries': str(len(state)),
        'parameters': f'{num_parameters / 1e6:.2f} million',
        'SHA-256': hash_file(file),
    }
    same = [r.name for r in ALL_MODELS.values() if _is_same(r, architecture)]
    if kind_of(architecture) == 'pose':
        record = find_similar(architecture, POSE_NETWORKS)
        num_keypoints = architecture.options['num_keypoints']
        sets = [s.name for s in SKELETONS.values() if s.num_keypoints == num_keypoints]
        rows['keypoint set'] = ', '.join(sets) or 'none is known with so many joints'
        rows['decode'] = f'{record.decode} (not in the file: taken from {same or "the family"})'
    rows['rows of the catalog'] = ', '.join(same) or 'none has this layout'
    table = Table(show_header=False, title=str(file))
    for key, value in rows.items():
        table.add_row(key, value)
    Console().print(table)


def convert_file(*, file: Path, output: Path, weights_dir: str) -> None:
    """Write the parameters of a file as a plain state dict, or as a darknet file."""
    state = read_state(_checkpoint(file))
    architecture = identify_file(file, state)
    build(architecture, state, file.name)
    if output.suffix == '.pth':
        write_checkpoint(output, state)
    elif output.suffix == DARKNET_SUFFIX and architecture.network == 'yolov3_spp':
        write_darknet(output, state)
    else:
        raise WeightsError(
            f'{output}: a {architecture.network} network can be written as .pth, only yolov3_spp '
            f'also as {DARKNET_SUFFIX}; ONNX is written by `weights export`'
        )
    Console().print(f'{output}: {architecture}')


def export_model(*, model: str, output: Path, half: bool, weights_dir: str) -> None:
    """Write a model as ONNX with a description beside it."""
    if output.suffix != '.onnx':
        raise WeightsError(f'{output} must end in .onnx')
    path, known = find_model(model, ALL_MODELS, weights_dir)
    architecture = identify_file(path, read_state(_checkpoint(path)))
    module, record = open_checkpoint(path, known, CATALOGS[kind_of(architecture)])
    assert record.input_size_wh is not None
    difference = export_onnx(module, record.input_size_wh, output, is_halved=half)
    described = {
        key: value
        for key, value in asdict(record).items()
        if key not in ('name', 'file_names', 'architecture', 'url', 'drive_id', 'sha256')
    }
    write_sidecar(output, described)
    Console().print(f'{output}: runs with equal results (within {difference:.0e} of the spread)')


def _find(record: ModelRecord, weights_dir: str) -> Path | None:
    try:
        return find_weights(record.name, record.file_names, weights_dir)
    except WeightsError:
        return None


def _checkpoint(file: Path) -> Path:
    if not is_checkpoint(file) and file.suffix != onnx_parameters.SUFFIX:
        raise WeightsError(f'{file} is no checkpoint: .pth, .pt, .onnx or {DARKNET_SUFFIX}')
    return file


def _is_same(record: ModelRecord, architecture: Any) -> bool:
    mine = record.architecture
    return (
        mine is not None
        and mine.network == architecture.network
        and dict(mine.options) == dict(architecture.options)
    )
