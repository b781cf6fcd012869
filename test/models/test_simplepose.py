# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of SimplePose; test_resnet.py compares its heat maps with measured ones."""

from collections.abc import Callable

import pytest
import torch

from alphapose_ros.models.simplepose import SimplePose


def test_keys_and_shapes_are_those_of_the_weights_file(
    check_layout: Callable[[torch.nn.Module, str], None],
) -> None:
    with torch.device('meta'):
        network = SimplePose(17)
    check_layout(network, 'coco__resnet__256x192_res50_lr1e-3_1x-simple')


@torch.inference_mode()
@pytest.mark.parametrize('depth', [34, 50])
def test_a_batch_of_two_is_two_batches_of_one(depth: int) -> None:
    torch.manual_seed(0)
    network = SimplePose(5, depth=depth).eval()
    crops = torch.randn(2, 3, 64, 96)
    heatmaps = network(crops)
    assert heatmaps.shape == (2, 5, 16, 24)
    alone = torch.cat([network(crops[:1]), network(crops[1:])])
    torch.testing.assert_close(heatmaps, alone, rtol=0, atol=1e-4 * float(heatmaps.std()))


def test_the_last_convolution_starts_near_zero() -> None:
    torch.manual_seed(0)
    conv = SimplePose(17).final_layer
    assert conv.weight.std().item() == pytest.approx(0.001, rel=0.05)
    assert conv.get_parameter('bias').count_nonzero() == 0
