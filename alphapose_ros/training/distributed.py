# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Several processes that train one network, on several GPUs or machines, started by torchrun.

Every process has its share of each batch, gradients are averaged.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
import os
from typing import TypeVar

import cv2
import torch
from torch import distributed

from alphapose_ros.inference.torch_network import choose_device

T = TypeVar('T')


@dataclass(frozen=True)
class Group:
    """
    The processes that train together.

    :param rank: number of this process.
    :param size: how many there are.
    :param local_rank: number of this process on its machine, and of its GPU.
    """

    rank: int = 0
    size: int = 1
    local_rank: int = 0

    @property
    def is_first(self) -> bool:
        """Whether this process evaluates, writes and reports."""
        return self.rank == 0

    def wait(self) -> None:
        """Wait for the others."""
        if self.size > 1:
            distributed.barrier()

    def share(self, value: T | None) -> T | None:
        """Return the value of the first process; all must ask."""
        if self.size == 1:
            return value
        values = [value]
        distributed.broadcast_object_list(values)
        return values[0]

    def any(self, value: bool) -> bool:
        """Tell whether it is so in any process; all must ask."""
        if self.size == 1:
            return value
        values: list[bool] = [False] * self.size
        distributed.all_gather_object(values, value)
        return any(values)


@contextmanager
def join_group(device: str) -> Iterator[Group]:
    """
    Join the processes that torchrun started, or be alone.

    :param device: that is asked for, such as 'auto' or 'cpu'.
    """
    if 'WORLD_SIZE' not in os.environ:
        yield Group()
        return
    rank, size, local_rank = (int(os.environ[k]) for k in ('RANK', 'WORLD_SIZE', 'LOCAL_RANK'))
    is_on_gpu = device != 'cpu' and torch.cuda.is_available()
    distributed.init_process_group('nccl' if is_on_gpu else 'gloo')
    try:
        yield Group(rank, size, local_rank)
    finally:
        distributed.destroy_process_group()


def use_device(device: str, threads: int, group: Group) -> torch.device:
    """
    Return the device of this process, and set its threads.

    :param device: as `choose_device` takes it; of several processes each has a GPU of its own.
    :param threads: on a CPU; 0 for all cores.
    """
    if group.size > 1 and device in ('auto', 'cuda') and torch.cuda.is_available():
        device = f'cuda:{group.local_rank}'
    chosen = choose_device(device)
    if chosen.type == 'cuda':
        torch.cuda.set_device(chosen)
    elif threads:
        torch.set_num_threads(threads)
    cv2.setNumThreads(1)  # batches are made by processes
    return chosen
