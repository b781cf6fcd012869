# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Networks that OpenVINO runs on the CPU: its own .xml files, and ONNX files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
import time
from typing import Any

import torch
from torch import Tensor

from alphapose_ros.inference.network import DeviceError
from alphapose_ros.inference.network import ModelFileError
from alphapose_ros.inference.options import Precision


class OpenVinoNetwork:
    """
    A network with one image input (N, 3, H, W).

    :param path: .xml with its .bin beside it, or .onnx.
    :param size_wh: width and height of the images; None takes them from the file.
    :param device: 'auto' or 'cpu'.
    :param threads: CPU threads; 0 takes all cores.
    :param precision: 'half' lets it take bfloat16 where the CPU has it: twice as fast, and a few
        hundredths of the spread of a heat map off. OpenVINO's own default; not ours.
    :param inner_outputs: names of tensors inside, to be given after the outputs.
    :raises ModelFileError: if OpenVINO is missing, the file cannot be read, or its input is of
        another kind.
    :raises DeviceError: if another device is asked for.
    """

    def __init__(
        self,
        path: Path,
        *,
        size_wh: tuple[int, int] | None = None,
        device: str = 'auto',
        threads: int = 0,
        precision: Precision = 'auto',
        inner_outputs: Sequence[str] = (),
    ) -> None:
        if device not in ('auto', 'cpu'):
            raise DeviceError(f"OpenVINO runs on the CPU here, device '{device}' was asked for")
        try:
            import openvino
        except ImportError as err:
            raise ModelFileError(f'{path} needs OpenVINO: python -m pip install openvino') from err
        self.device = 'cpu'
        self.tensor_device = torch.device('cpu')
        self.memory_format = torch.contiguous_format
        self.elapsed_s = 0.0
        core = openvino.Core()
        try:
            model = core.read_model(path)
            if inner_outputs:
                model.add_outputs(list(inner_outputs))
            self.size_wh = self._reshape(path, openvino, model, size_wh)
            # Every process would bind its threads to the first cores, whoever else is there.
            options: dict[str, Any] = {'PERFORMANCE_HINT': 'LATENCY', 'ENABLE_CPU_PINNING': False}
            if precision != 'half':
                options['INFERENCE_PRECISION_HINT'] = 'f32'
            if threads:
                options['INFERENCE_NUM_THREADS'] = threads
            self._request = core.compile_model(model, 'CPU', options).create_infer_request()
        except RuntimeError as err:
            raise ModelFileError(f'OpenVINO cannot load {path}: {err}') from err

    def __call__(self, batch: Tensor) -> list[Tensor]:
        """See `Network`."""
        start_s = time.perf_counter()
        results = self._request.infer([batch.numpy()])
        # The request keeps its outputs for the next call: copied, they are ours.
        outputs = [torch.from_numpy(results[i].copy()) for i in range(len(results))]
        self.elapsed_s = time.perf_counter() - start_s
        return outputs

    @staticmethod
    def _reshape(
        path: Path, openvino: Any, model: Any, size_wh: tuple[int, int] | None
    ) -> tuple[int, int]:
        """Let the batch be of any size; return width and height."""
        shape = model.inputs[0].partial_shape
        if len(model.inputs) != 1 or len(shape) != 4 or shape[1] != 3:
            raise ModelFileError(
                f'{path}: the one input must have shape (N, 3, height, width), got {shape}'
            )
        if size_wh is None:
            if shape[2].is_dynamic or shape[3].is_dynamic:
                raise ModelFileError(f'{path} takes images of any size: name one, input_size_wh')
            size_wh = (shape[3].get_length(), shape[2].get_length())
        model.reshape(openvino.PartialShape([-1, 3, size_wh[1], size_wh[0]]))
        return size_wh
