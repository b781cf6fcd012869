# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
The parameters in ONNX files that `inference.export` wrote: kept in half the size, and read again.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch

from alphapose_ros.io.checkpoints import CheckpointError
from alphapose_ros.io.checkpoints import State

SUFFIX = '.onnx'
# PyTorch's names of what is no parameter, among them convolutions with a normalisation in them.
_MADE, _MERGED = '::', 'onnx::Conv'
# ONNX has no use for PyTorch's counters of batches.
_MEAN, _COUNTER = '.running_mean', '.num_batches_tracked'
# Of a tensor that is kept in float16, as the layers see it.
_FULL = '::float32'


def read_onnx_parameters(path: Path) -> State:
    """
    Read the parameters of a network by the names that they have in PyTorch.

    Of those that are equal to the last bit, as before all training, the file holds only one.

    :raises CheckpointError: if the file cannot be read, or its parameters are not those that were
        learnt.
    :raises ImportError: if onnx is missing; says how to install it.
    """
    onnx = _import_onnx(path)
    if not path.is_file():
        raise CheckpointError(f'there is no file {path}')
    try:
        tensors = onnx.load(path).graph.initializer
        arrays = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in tensors}
    except Exception as err:  # protobuf's errors share no public base class
        raise CheckpointError(f'{path} is damaged or no ONNX file: {err}') from err
    if any(name.startswith(_MERGED) for name in arrays):
        raise CheckpointError(
            f'{path} has its normalisation merged into its convolutions, nothing can be learnt '
            'from there; `alphapose_ros weights export` keeps them apart'
        )
    # A copy, for the arrays cannot be written to.
    state = {k: torch.from_numpy(v.copy()) for k, v in arrays.items() if _MADE not in k}
    state = {k: v.float() if v.is_floating_point() else v for k, v in state.items()}
    means = [key for key in state if key.endswith(_MEAN)]
    counters = {key.removesuffix(_MEAN) + _COUNTER: torch.tensor(0) for key in means}
    return {**state, **counters}


def halve_parameters(path: Path) -> None:
    """
    Keep the weights of a file's layers in float16; networks compute in float32 as before.

    What runs the file turns them back once, when it loads it.

    :param path: of the .onnx file, which is changed. Weights that float16 has not are rounded.
    :raises ImportError: if onnx is missing; says how to install it.
    """
    onnx = _import_onnx(path)
    model = onnx.load(path)
    graph, casts, full = model.graph, [], {}
    for tensor in graph.initializer:
        if tensor.data_type == onnx.TensorProto.FLOAT and len(tensor.dims) > 1:
            halves = onnx.numpy_helper.to_array(tensor).astype(np.float16)
            tensor.CopyFrom(onnx.numpy_helper.from_array(halves, tensor.name))
            full[tensor.name] = tensor.name + _FULL
            names = [tensor.name], [full[tensor.name]]
            casts.append(onnx.helper.make_node('Cast', *names, to=onnx.TensorProto.FLOAT))
    for node in graph.node:
        node.input[:] = [full.get(name, name) for name in node.input]
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    onnx.save(model, path)


def _import_onnx(path: Path) -> Any:
    try:
        import onnx
    except ImportError as err:
        raise ImportError(f'{path} needs onnx: pip install alphapose_ros[onnx]') from err
    return onnx
