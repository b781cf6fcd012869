# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""What the GPU tells of itself."""

from __future__ import annotations


def read_gpu_memory_mib(device: str) -> float | None:
    """
    Return the memory in use on a GPU, by all programs, in MiB.

    :param device: as a network reports it: 'cpu', 'cuda:N' or 'tensorrt:N'.
    :return: None on the CPU, or where PyTorch cannot ask the GPU.
    """
    kind, _, index = device.partition(':')
    if kind not in ('cuda', 'tensorrt'):
        return None
    import torch

    if not torch.cuda.is_available():
        return None
    free, total = torch.cuda.mem_get_info(int(index or 0))
    return float(total - free) / 2**20


def read_gpu_name(device: str) -> str:
    """
    Return what a GPU is called.

    :param device: 'cuda', 'cuda:N', 'tensorrt' or 'tensorrt:N'.
    """
    import torch

    return str(torch.cuda.get_device_name(int(device.partition(':')[2] or 0)))
