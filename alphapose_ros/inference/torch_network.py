# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Networks that PyTorch runs."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence
import time
from typing import Any
import warnings

import torch
from torch import nn
from torch import Tensor

from alphapose_ros.inference.network import DeviceError
from alphapose_ros.inference.options import Precision

# On a GPU a batch is filled up to one of these sizes, so that the kernels chosen for a size, and
# later a recorded graph, serve again. On the CPU a filled place costs as much as a real one.
BATCH_SIZES = (1, 2, 4, 8, 16, 32, 64)


class TorchNetwork:
    """
    A module as a `Network`: channels-last and without gradients.

    :param module: takes (N, 3, H, W) float32 and gives a tensor or several.
    :param size_wh: width and height of the images.
    :param device: 'auto' (GPU if there is one, else CPU), 'cpu', 'cuda' or 'cuda:N'.
    :param threads: CPU threads, of all of PyTorch in this process; 0 leaves them.
    :param precision: 'float32', 'half' (float16 on a GPU, bfloat16 on the CPU) or 'auto': half on
        a GPU.
    :param batch_sizes: sizes that batches are filled up to, ascending; larger batches are split.
        Empty for batches as they come; None chooses by the device. Where the memory of the device
        does not suffice, the largest is left out from then on, with a RuntimeWarning.
    :raises DeviceError: if the device is unknown or not there; never falls back silently.
    """

    def __init__(
        self,
        module: nn.Module,
        size_wh: tuple[int, int],
        *,
        device: str = 'auto',
        threads: int = 0,
        precision: Precision = 'auto',
        batch_sizes: Sequence[int] | None = None,
    ) -> None:
        self.size_wh = size_wh
        self.tensor_device = choose_device(device)
        self.device = str(self.tensor_device)
        self.memory_format = torch.channels_last
        self._is_cuda = self.tensor_device.type == 'cuda'
        self._is_half = precision == 'half' or (precision == 'auto' and self._is_cuda)
        if threads and not self._is_cuda:
            torch.set_num_threads(threads)
        self._module = module.eval().requires_grad_(False)
        self._module.to(device=self.tensor_device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        if batch_sizes is None:
            batch_sizes = BATCH_SIZES if self._is_cuda else ()
        self._batch_sizes = tuple(batch_sizes)
        self._events: list[Any] = []
        if self._is_cuda:
            self._events = [torch.cuda.Event(enable_timing=True) for _ in range(2)]  # type: ignore[no-untyped-call]
        self._elapsed_s = 0.0

    @property
    def elapsed_s(self) -> float:
        """See `Network`."""
        if self._events:
            self._events[1].synchronize()
            return float(self._events[0].elapsed_time(self._events[1])) * 1e-3
        return self._elapsed_s

    def warm_up(self) -> None:
        """Run every batch size once, so that no real image is the slow one."""
        width, height = self.size_wh
        for size in self._batch_sizes or (1,):
            self(torch.zeros((size, 3, height, width), device=self.tensor_device))

    @torch.inference_mode()
    def __call__(self, batch: Tensor) -> list[Tensor]:
        """See `Network`."""
        start_s = time.perf_counter()
        if self._events:
            self._events[0].record()
        parts = self._run_parts(batch)
        outputs = [torch.cat(o)[: len(batch)] for o in zip(*parts, strict=True)]
        if self._events:
            self._events[1].record()
        self._elapsed_s = time.perf_counter() - start_s
        return outputs

    def _run_parts(self, batch: Tensor) -> list[list[Tensor]]:
        """Run a batch in parts; in smaller ones from now on if the memory does not suffice."""
        while True:
            try:
                return [self._run(part) for part in self._split(batch)]
            except torch.cuda.OutOfMemoryError:
                if len(self._batch_sizes) < 2:
                    raise
                self._batch_sizes = self._batch_sizes[:-1]
            # Here, since the exception holds on to what was allocated.
            torch.cuda.empty_cache()
            warnings.warn(
                f'the memory of {self.device} does not suffice: batches of at most '
                f'{self._batch_sizes[-1]} from now on',
                RuntimeWarning,
                stacklevel=2,
            )

    def _run(self, batch: Tensor) -> list[Tensor]:
        half = torch.float16 if self._is_cuda else torch.bfloat16
        with torch.autocast(self.tensor_device.type, half, enabled=self._is_half):
            outputs = self._module(batch)
        return [o.float() for o in ([outputs] if isinstance(outputs, Tensor) else outputs)]

    def _split(self, batch: Tensor) -> Iterator[Tensor]:
        """Cut a batch into parts of the largest size, and fill the last one up."""
        if not self._batch_sizes:
            yield batch
            return
        for part in torch.split(batch, self._batch_sizes[-1]):
            size = next(s for s in self._batch_sizes if s >= len(part))
            if size > len(part):
                fill = part.new_zeros((size - len(part), *part.shape[1:]))
                part = torch.cat([part, fill])
            yield part.contiguous(memory_format=self.memory_format)


def choose_device(device: str) -> torch.device:
    """
    Return PyTorch's device.

    :raises DeviceError: if it is unknown or not there.
    """
    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if device == 'auto':
        device = 'cuda' if count else 'cpu'
    kind, _, index = device.partition(':')
    if device == 'cpu':
        return torch.device('cpu')
    if kind == 'tensorrt':
        raise DeviceError(
            f"device '{device}' runs ONNX files only: export this model with "
            '`alphapose_ros weights export`, or set device to cuda'
        )
    if kind != 'cuda' or not (index or '0').isdigit():
        raise DeviceError(f"unknown device '{device}'; allowed are auto, cpu, cuda, cuda:N")
    if int(index or 0) >= count:
        raise DeviceError(
            f"device '{device}' is not there, PyTorch sees {count} GPUs; check the driver, or set "
            "device to 'cpu'"
        )
    return torch.device('cuda', int(index or 0))
