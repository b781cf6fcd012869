# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""From a checkpoint to a network that holds exactly what the file holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from typing import TypeVar

from torch import nn

from alphapose_ros.io import onnx_parameters
from alphapose_ros.io.checkpoints import check_layout
from alphapose_ros.io.checkpoints import CheckpointError
from alphapose_ros.io.checkpoints import DARKNET_SUFFIX
from alphapose_ros.io.checkpoints import read_checkpoint
from alphapose_ros.io.checkpoints import State
from alphapose_ros.io.darknet import read_darknet
from alphapose_ros.io.weights import read_sidecar
from alphapose_ros.models.architecture import Architecture
from alphapose_ros.models.networks import build_network
from alphapose_ros.models.networks import identify
from alphapose_ros.models.networks import kind_of
from alphapose_ros.models.networks import UnknownNetworkError
from alphapose_ros.models.records import ModelRecord
from alphapose_ros.models.records import ReidRecord

R = TypeVar('R', bound=ModelRecord)


def read_state(path: Path) -> State:
    """
    Read a checkpoint of PyTorch, an ONNX file that `export` wrote, or darknet's yolov3-spp.

    :raises ValueError: CheckpointError or DarknetError; says what is wrong.
    """
    if path.suffix == DARKNET_SUFFIX:
        yolov3 = build_network(Architecture('yolov3_spp'))
        return read_darknet(path, shapes_of(yolov3.state_dict()))
    if path.suffix == onnx_parameters.SUFFIX:
        return onnx_parameters.read_onnx_parameters(path)
    return read_checkpoint(path)


def shapes_of(state: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
    """Return the shape of every entry."""
    return {key: tuple(value.shape) for key, value in state.items()}


def identify_file(path: Path, state: State) -> Architecture:
    """
    Tell the network of a checkpoint.

    :raises CheckpointError: if it is of none that is known, or another than its first keys tell.
    """
    try:
        architecture = identify(shapes_of(state))
    except UnknownNetworkError as err:
        raise CheckpointError(f'{path}: {err}') from err
    except (KeyError, IndexError) as err:
        raise CheckpointError(f'{path} lacks {err}, which its network has') from err
    return architecture


def build(architecture: Architecture, state: State, source: str) -> nn.Module:
    """
    Return the network with the parameters of a checkpoint, every one of them and no other.

    :raises CheckpointError: names the first entry that differs.
    """
    module = build_network(architecture)
    check_layout(f'{source} as {architecture}', state, module.state_dict())
    module.load_state_dict(state, strict=True)
    return module.eval()


def open_checkpoint(path: Path, record: R | None, catalog: Mapping[str, R]) -> tuple[nn.Module, R]:
    """
    Return the network of a checkpoint and its record.

    :param record: the row of the file; None to find one by the network that the file holds.
    :raises ValueError: CheckpointError, DarknetError or WeightsError.
    """
    state = read_state(path)
    if record is None:
        architecture = identify_file(path, state)
        similar = find_similar(architecture, catalog)
        given = read_sidecar(path, type(similar))
        names: dict[str, Any] = {'name': path.stem, 'file_names': (path.name,)}
        record = replace(similar, **names, **given)
    architecture = record.architecture or identify_file(path, state)
    return build(architecture, state, path.name), replace(record, architecture=architecture)


def find_similar(architecture: Architecture, catalog: Mapping[str, R]) -> R:
    """
    Return a record for a file without a row: what networks like it expect.

    The row of the same network if there is one, else of one with as many joints, else of the
    same family; what a file cannot tell, such as how its maps were trained, is taken from there.
    All re-ID networks are one family: they expect the same.

    :raises CheckpointError: if the catalog has no such family.
    """
    is_reid = kind_of(architecture) == 'reid'
    family = [
        row
        for row in catalog.values()
        if (is_reid and isinstance(row, ReidRecord))
        or (row.architecture is not None and row.architecture.network == architecture.network)
    ]
    if not family:
        raise CheckpointError(
            f'a {kind_of(architecture)} network was found, {architecture}, where the catalog '
            f'lists {", ".join(list(catalog)[:2])} and others of another kind'
        )

    # An identity branch says nothing about the joints.
    wanted = {k: v for k, v in architecture.options.items() if k != 'embedding_dim'}

    def distance(row: R) -> tuple[bool, bool]:
        options = row.architecture.options if row.architecture else {}
        same_joints = options.get('num_keypoints') == wanted.get('num_keypoints')
        return dict(options) != wanted, not same_joints

    nearest = min(family, key=distance)
    unknown: dict[str, Any] = {'keypoint_set': '', 'decode': 'argmax'}
    if not distance(nearest)[1] or 'num_keypoints' not in architecture.options:
        unknown = {}
    for name in ('source', 'url', 'drive_id', 'sha256', 'accuracy'):  # of another file
        unknown[name] = ''
    return replace(nearest, architecture=architecture, licence='unknown', **unknown)
