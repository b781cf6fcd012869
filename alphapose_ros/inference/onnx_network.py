# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Networks from ONNX files, run by onnxruntime."""

from __future__ import annotations

from pathlib import Path
import time
from typing import Any

import numpy as np
import torch
from torch import Tensor

from alphapose_ros.inference.network import DeviceError
from alphapose_ros.inference.network import ModelFileError
from alphapose_ros.io.weights import cache_folder
from alphapose_ros.structures import FloatArray

PROVIDERS = {'cuda': 'CUDAExecutionProvider', 'tensorrt': 'TensorrtExecutionProvider'}


class OnnxNetwork:
    """
    A network from an ONNX file with one image input (N, 3, H, W).

    Files exported for one image at a time are rewritten in memory for any batch size if that
    provably gives the same results; otherwise their images run one after the other.

    :param path: the file.
    :param device: 'auto' (GPU if onnxruntime has one, else CPU), 'cpu', 'cuda', 'cuda:N',
        'tensorrt' or 'tensorrt:N'.
    :param threads: CPU threads; 0 takes all cores.
    :param input_size_wh: width and height of the images, for a file that leaves them open.
    :raises ModelFileError: if the file cannot be read, has another kind of input, or an input of
        another size.
    :raises DeviceError: if the device is unknown or not there; never falls back silently.
    """

    def __init__(
        self,
        path: Path,
        *,
        device: str = 'auto',
        threads: int = 0,
        input_size_wh: tuple[int, int] | None = None,
    ) -> None:
        self._providers = choose_providers(device)
        self._threads = threads
        self._session = self._open(path, path.read_bytes())
        image = self._session.get_inputs()[0]
        self._input_name, shape = image.name, image.shape
        self.size_wh = _choose_size(path, shape, input_size_wh)
        self.elapsed_s = 0.0
        self.device = self._check_device(device)
        self.tensor_device = torch.device('cpu')  # onnxruntime copies by itself
        self.memory_format = torch.contiguous_format
        self._max_batch: int | None = None
        if isinstance(shape[0], int):
            self._max_batch = shape[0]
            self._free_batch_size(path)

    def __call__(self, batch: Tensor) -> list[Tensor]:
        """Run the network; see `Network`."""
        start_s = time.perf_counter()
        outputs = self._run_all(batch.numpy())
        self.elapsed_s = time.perf_counter() - start_s
        return [torch.from_numpy(output) for output in outputs]

    def _run_all(self, batch: FloatArray) -> list[FloatArray]:
        step = self._max_batch or len(batch)
        parts = [self._run(batch[i : i + step]) for i in range(0, len(batch), step)]
        return [np.concatenate(p) if len(p) > 1 else p[0] for p in zip(*parts, strict=True)]

    def _run(self, batch: FloatArray) -> list[Any]:
        """Run a part of the batch; a file of fixed batch size gets its rest filled up."""
        count = len(batch)
        if self._max_batch is not None and count < self._max_batch:
            fill = np.zeros((self._max_batch - count, *batch.shape[1:]), np.float32)
            batch = np.concatenate([batch, fill])
        outputs: list[Any] = self._session.run(None, {self._input_name: batch})
        return [output[:count] for output in outputs]

    def _open(self, path: Path, model: bytes) -> Any:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self._threads
        options.log_severity_level = 3
        # Threads that spin between frames would take the cores from the camera and from ROS.
        options.add_session_config_entry('session.intra_op.allow_spinning', '0')
        try:
            return onnxruntime.InferenceSession(model, options, providers=self._providers)
        except Exception as err:  # onnxruntime's own exceptions share no public base class
            raise ModelFileError(f'{path} cannot be loaded as ONNX: {err}') from err

    def _check_device(self, device: str) -> str:
        """Return the device that is really used; refuse another one than was asked for."""
        used = self._session.get_providers()[0]
        if device not in ('auto', 'cpu') and used != self._providers[0][0]:
            raise DeviceError(
                f"device '{device}' was asked for, but onnxruntime could not start "
                f'{self._providers[0][0]} and would run on {used}; check the CUDA libraries, '
                "or set device to 'cpu'"
            )
        name = next((name for name, provider in PROVIDERS.items() if provider == used), 'cpu')
        return name if name == 'cpu' else f'{name}:{self._providers[0][1]["device_id"]}'

    def _free_batch_size(self, path: Path) -> None:
        """Make a file of fixed batch size accept any, if two images then give what they gave."""
        try:
            import onnx
        except ImportError:
            return
        model = onnx.load(path)
        for value in (*model.graph.input, *model.graph.output):
            value.type.tensor_type.shape.dim[0].dim_param = 'batch'
        del model.graph.value_info[:]
        width, height = self.size_wh
        images = np.random.default_rng(0).normal(size=(2, 3, height, width)).astype(np.float32)
        fixed, fixed_batch = self._session, self._max_batch
        expected = self._run_all(images)
        try:
            self._session, self._max_batch = self._open(path, model.SerializeToString()), None
            got = self._run_all(images)
        except Exception:  # the graph depends on its batch size: onnxruntime says so in many ways
            got = []
        is_equal = len(got) == len(expected) and all(
            a.shape == b.shape and np.allclose(a, b, rtol=1e-3, atol=1e-4)
            for a, b in zip(expected, got, strict=True)
        )
        if not is_equal:
            self._session, self._max_batch = fixed, fixed_batch


def _choose_size(
    path: Path, shape: list[Any], given_wh: tuple[int, int] | None
) -> tuple[int, int]:
    """Return width and height of the input: the file's own, or those given where it is open."""
    if len(shape) != 4 or shape[1] != 3:
        raise ModelFileError(
            f'{path}: the input must have shape (N, 3, height, width), got {tuple(shape)}'
        )
    size_wh = [n if isinstance(n, int) else None for n in (shape[3], shape[2])]
    if given_wh is None and None in size_wh:
        raise ModelFileError(
            f'{path} takes images of any size, {tuple(shape)}: name one as input_size_wh in '
            f'{path.with_suffix(".json").name}'
        )
    width, height = (n or g for n, g in zip(size_wh, given_wh or size_wh, strict=True))
    if given_wh is not None and (width, height) != tuple(given_wh):
        raise ModelFileError(
            f'{path} takes images of {width} x {height}, its record says '
            f'{given_wh[0]} x {given_wh[1]}'
        )
    return width, height  # type: ignore[return-value]


def choose_providers(device: str) -> list[Any]:
    """
    Return onnxruntime's providers for a device, best first.

    :raises DeviceError: if the device is unknown or onnxruntime was built without it.
    """
    import onnxruntime

    available = onnxruntime.get_available_providers()
    if device == 'auto':
        device = 'cuda' if PROVIDERS['cuda'] in available else 'cpu'
    kind, _, index = device.partition(':')
    if device == 'cpu':
        return [('CPUExecutionProvider', {})]
    if kind not in PROVIDERS or not (index or '0').isdigit():
        raise DeviceError(
            f"unknown device '{device}'; allowed are auto, cpu, cuda, cuda:N, tensorrt, tensorrt:N"
        )
    if PROVIDERS[kind] not in available:
        raise DeviceError(
            f"device '{device}' needs onnxruntime with {PROVIDERS[kind]}, this one has "
            f"{', '.join(available)}; install onnxruntime-gpu, or set device to 'cpu'"
        )
    gpu = {'device_id': int(index or 0)}
    chosen: list[Any] = [(PROVIDERS['cuda'], gpu), ('CPUExecutionProvider', {})]
    if kind == 'tensorrt':
        # Engines take minutes to build: keep them.
        cache = {
            'trt_engine_cache_enable': True,
            'trt_engine_cache_path': str(cache_folder() / 'engines'),
            'trt_fp16_enable': True,
        }
        chosen.insert(0, (PROVIDERS['tensorrt'], {**gpu, **cache}))
    return chosen
