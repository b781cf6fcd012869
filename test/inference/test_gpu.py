# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of what the GPU tells of itself."""

import pytest

from alphapose_ros.inference.gpu import read_gpu_memory_mib


def test_the_cpu_has_no_gpu_memory() -> None:
    assert read_gpu_memory_mib('cpu') is None


def test_a_gpu_that_is_not_there_has_no_memory_and_a_present_one_some() -> None:
    torch = pytest.importorskip('torch')
    memory_mib = read_gpu_memory_mib('cuda:0')
    assert (memory_mib is not None and memory_mib > 0) == torch.cuda.is_available()
