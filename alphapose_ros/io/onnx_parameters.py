# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The parameters in ONNX files that `inference.export` wrote, to go on learning from there."""

from __future__ import annotations

from pathlib import Path

import torch

from alphapose_ros.io.checkpoints import CheckpointError
from alphapose_ros.io.checkpoints import State

SUFFIX = '.onnx'
# PyTorch's names of what is no parameter, among them convolutions with a normalisation in them.
_MADE, _MERGED = '::', 'onnx::Conv'
# ONNX has no use for PyTorch's counters of batches.
_MEAN, _COUNTER = '.running_mean', '.num_batches_tracked'


def read_onnx_parameters(path: Path) -> State:
    """
    Read the parameters of a network by the names that they have in PyTorch.

    Of those that are equal to the last bit, as before all training, the file holds only one.

    :raises CheckpointError: if the file cannot be read, or its parameters are not those that were
        learnt.
    :raises ImportError: if onnx is missing; says how to install it.
    """
    try:
        import onnx
        from onnx import numpy_helper
    except ImportError as err:
        raise ImportError(f'reading {path} needs onnx: pip install alphapose_ros[onnx]') from err
    if not path.is_file():
        raise CheckpointError(f'there is no file {path}')
    try:
        tensors = onnx.load(path).graph.initializer
        arrays = {tensor.name: numpy_helper.to_array(tensor) for tensor in tensors}
    except Exception as err:  # protobuf's errors share no public base class
        raise CheckpointError(f'{path} is damaged or no ONNX file: {err}') from err
    if any(name.startswith(_MERGED) for name in arrays):
        raise CheckpointError(
            f'{path} has its normalisation merged into its convolutions, nothing can be learnt '
            'from there; `alphapose_ros weights export` keeps them apart'
        )
    # A copy, for the arrays cannot be written to.
    state = {k: torch.from_numpy(v.copy()) for k, v in arrays.items() if _MADE not in k}
    means = [key for key in state if key.endswith(_MEAN)]
    counters = {key.removesuffix(_MEAN) + _COUNTER: torch.tensor(0) for key in means}
    return {**state, **counters}
