# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of what a network is given."""

import pytest
import torch

from alphapose_ros.inference.network import Normalization

CPU = torch.device('cpu')
MEAN, STD = (10.0, 20.0, 30.0), (2.0, 4.0, 8.0)


def bgr_images(dtype: torch.dtype) -> torch.Tensor:
    return torch.tensor([50, 100, 150], dtype=dtype).expand(2, 4, 5, 3).permute(0, 3, 1, 2)


@pytest.mark.parametrize('memory_format', [torch.contiguous_format, torch.channels_last])
@pytest.mark.parametrize('dtype', [torch.uint8, torch.float32])
@pytest.mark.parametrize('color_order', ['rgb', 'bgr'])
def test_normalization_orders_shifts_and_scales(
    color_order: str, dtype: torch.dtype, memory_format: torch.memory_format
) -> None:
    normalize = Normalization(color_order, MEAN, STD, device=CPU, memory_format=memory_format)
    channels = (150, 100, 50) if color_order == 'rgb' else (50, 100, 150)
    expected = [(c - m) / s for c, m, s in zip(channels, MEAN, STD, strict=True)]
    batch = normalize(bgr_images(dtype))
    assert (batch.shape, batch.dtype) == ((2, 3, 4, 5), torch.float32)
    assert batch.is_contiguous(memory_format=memory_format)
    torch.testing.assert_close(batch[1, :, 1, 0], torch.tensor(expected))


def test_normalization_leaves_its_argument_alone() -> None:
    images = bgr_images(torch.float32).contiguous()
    before = images.clone()
    Normalization('bgr', MEAN, STD, device=CPU)(images)
    assert torch.equal(images, before)
