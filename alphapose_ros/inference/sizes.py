# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""How large the file of a model is."""

from __future__ import annotations

from dataclasses import dataclass
import math
from pathlib import Path

from alphapose_ros.inference.checkpoint import build
from alphapose_ros.inference.checkpoint import identify_file
from alphapose_ros.inference.checkpoint import read_state
from alphapose_ros.inference.network import ModelFileError
from alphapose_ros.io.checkpoints import is_checkpoint

# Constants of other types are shapes and indices.
_WEIGHT_TYPES = ('f32', 'f16', 'bf16', 'i8', 'u8')


@dataclass(frozen=True)
class ModelSize:
    """
    Size of a model.

    :param parameters: number of its values.
    :param file_bytes: of the file, and of the .bin beside an .xml.
    """

    parameters: int
    file_bytes: int


def measure_size(path: Path) -> ModelSize:
    """
    Count the parameters of a checkpoint, or the values of the constants of an exported network.

    :raises ValueError: CheckpointError or ModelFileError, if the file cannot be read.
    """
    if is_checkpoint(path):
        state = read_state(path)
        module = build(identify_file(path, state), state, path.name)
        parameters = sum(parameter.numel() for parameter in module.parameters())
    else:
        parameters = _count_constants(path)
    files = [path, path.with_suffix('.bin')] if path.suffix == '.xml' else [path]
    return ModelSize(parameters, sum(file.stat().st_size for file in files))


def _count_constants(path: Path) -> int:
    try:
        import openvino
    except ImportError as err:
        raise ModelFileError(
            f'counting the parameters of {path} needs OpenVINO: '
            'pip install alphapose_ros[openvino]'
        ) from err
    try:
        model = openvino.Core().read_model(path)
    except RuntimeError as err:
        raise ModelFileError(f'OpenVINO cannot load {path}: {err}') from err
    constants = [op.output(0) for op in model.get_ops() if op.get_type_name() == 'Constant']
    return sum(
        math.prod(constant.get_shape())
        for constant in constants
        if constant.get_element_type().get_type_name() in _WEIGHT_TYPES
    )
