# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""How networks are to run; plain values, so that knowing them costs no import of a library."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Backend = Literal['auto', 'torch', 'onnxruntime', 'openvino']
Precision = Literal['auto', 'float32', 'half']
FlipTest = Literal['off', 'outputs', 'coordinates']


@dataclass(frozen=True)
class NetworkOptions:
    """
    Where model files are, and how networks run.

    :param weights_dir: folder that is searched first.
    :param device: 'auto', 'cpu', 'cuda' or 'cuda:N'; with onnxruntime also 'tensorrt'.
    :param threads: CPU threads, 0 for all cores.
    :param backend: 'auto' runs checkpoints with torch and ONNX files with onnxruntime; a
        checkpoint for another one is written as ONNX into the cache first.
    :param precision: 'float32', 'half' or 'auto', which is half on a GPU.
    :param inner_outputs: names of tensors inside of a network that it gives after its own outputs;
        with openvino only.
    """

    weights_dir: str = ''
    device: str = 'auto'
    threads: int = 0
    backend: Backend = 'auto'
    precision: Precision = 'auto'
    inner_outputs: tuple[str, ...] = ()
