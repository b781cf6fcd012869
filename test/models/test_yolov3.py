# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""YOLOv3-SPP: layout of the weights file, wiring by darknet's own rules, decoding by hand."""

from __future__ import annotations

from collections.abc import Callable
import math

import numpy as np
import pytest
import torch
from torch import nn
from torch import Tensor
from torch.nn.functional import interpolate
from torch.nn.functional import max_pool2d

from alphapose_ros.inference.detector import decode_yolov3
from alphapose_ros.models.yolov3 import decode_head
from alphapose_ros.models.yolov3 import pool_pyramid
from alphapose_ros.models.yolov3 import Yolov3Spp

# Lines of the configuration that was published with the weights. The others are convolutions,
# or, where there are no parameters, shortcuts from three lines before.
ROUTES = {
    79: (77,),
    81: (77,),
    83: (82, 80, 78, 77),
    90: (86,),
    93: (92, 61),
    102: (98,),
    105: (104, 36),
}
POOLS = {78: 5, 80: 9, 82: 13}
UPSAMPLED = (92, 104)
MASKS = {89: (32, (6, 7, 8)), 101: (16, (3, 4, 5)), 113: (8, (0, 1, 2))}
ANCHORS = (
    *((10, 13), (16, 30), (33, 23)),
    *((30, 61), (62, 45), (59, 119)),
    *((116, 90), (156, 198), (373, 326)),
)


def meta_network() -> Yolov3Spp:
    with torch.device('meta'):
        return Yolov3Spp()


@pytest.fixture(scope='module')
def network() -> Yolov3Spp:
    """Return a network whose features neither fade nor explode, as by default they would."""
    torch.manual_seed(0)
    network = Yolov3Spp().eval()
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            module.weight.data *= math.sqrt(6)
        elif isinstance(module, nn.BatchNorm2d):
            nn.init.constant_(module.weight, 0.7)
            nn.init.normal_(module.bias, std=0.3)
    return network


def run_like_darknet(network: Yolov3Spp, images: Tensor) -> dict[int, Tensor]:
    """Run the lines of the configuration one after the other; return all outputs."""
    outputs = {-1: images}
    for line in range(114):
        below = outputs[line - 1]
        if str(line) in network.module_list:
            outputs[line] = network.module_list[str(line)](below)
        elif line in ROUTES:
            outputs[line] = torch.cat([outputs[source] for source in ROUTES[line]], dim=1)
        elif line in POOLS:
            outputs[line] = max_pool2d(below, POOLS[line], stride=1, padding=POOLS[line] // 2)
        elif line in UPSAMPLED:
            outputs[line] = interpolate(below, scale_factor=2.0, mode='nearest')
        else:
            outputs[line] = below if line in MASKS else below + outputs[line - 3]
    return outputs


def test_layout_is_that_of_the_weights_file(check_layout: Callable[..., None]) -> None:
    check_layout(meta_network(), 'detector__yolov3_spp')


def test_there_are_76_convolutions_and_63_million_values() -> None:
    network = meta_network()
    assert sum(isinstance(m, nn.Conv2d) for m in network.modules()) == 76
    state = network.state_dict()
    assert sum(v.numel() for k, v in state.items() if 'num_batches' not in k) == 63_052_381


@torch.inference_mode()
@pytest.mark.parametrize(('side', 'num_boxes'), [(608, 22743), (416, 10647)])
def test_every_cell_gives_three_boxes(side: int, num_boxes: int) -> None:
    boxes = meta_network()(torch.empty(2, 3, side, side, device='meta'))
    assert boxes.shape == (2, num_boxes, 85)


@torch.inference_mode()
def test_layers_are_connected_as_darknet_does(network: Yolov3Spp) -> None:
    images = torch.rand(1, 3, 96, 160)
    outputs = run_like_darknet(network, images)
    levels = [
        decode_head(outputs[line], torch.tensor([ANCHORS[i] for i in mask]).float(), stride)
        for line, (stride, mask) in MASKS.items()
    ]
    boxes = network(images)
    assert boxes[..., 4].std() > 0.01
    torch.testing.assert_close(boxes, torch.cat(levels, dim=1))


@torch.inference_mode()
def test_images_of_a_batch_do_not_influence_each_other(network: Yolov3Spp) -> None:
    images = torch.rand(2, 3, 64, 32)
    alone = torch.cat([network(images[:1]), network(images[1:])])
    assert torch.max(torch.abs(alone[0, :, 4:] - alone[1, :, 4:])) > 0.01
    torch.testing.assert_close(network(images), alone, rtol=1e-4, atol=1e-4)


def test_a_box_is_decoded_by_its_cell_anchor_and_stride() -> None:
    head = torch.zeros(1, 3, 7, 2, 3)  # image, anchor, value, row, column
    quarter = math.log(1 / 3)  # the logit of 1/4
    values = [quarter, -quarter, math.log(2), math.log(0.5), quarter, -quarter, 0]
    head[0, 1, :, 1, 2] = torch.tensor(values)
    anchors = torch.tensor([[1.0, 2.0], [30.0, 60.0], [5.0, 6.0]])
    boxes = decode_head(head.flatten(1, 2), anchors, 16)
    assert boxes.shape == (1, 2 * 3 * 3, 7)
    expected = torch.tensor([(2 + 0.25) * 16, (1 + 0.75) * 16, 60, 30, 0.25, 0.75, 0.5])
    torch.testing.assert_close(boxes[0, (1 * 3 + 2) * 3 + 1], expected)
    torch.testing.assert_close(boxes[0, 1], torch.tensor([8, 8, 30, 60, 0.5, 0.5, 0.5]))


def test_positions_keep_full_precision_where_the_network_runs_in_half() -> None:
    boxes = decode_head(torch.zeros(1, 3 * 7, 1, 76).half(), torch.ones(3, 2), 8)
    assert boxes.dtype == torch.float32
    assert boxes[0, -1, 0] == 75.5 * 8


@torch.inference_mode()
def test_the_decoder_of_people_takes_the_boxes(network: Yolov3Spp) -> None:
    rows = network(torch.rand(1, 3, 64, 64)).numpy().copy()
    rows[0, 7, 4:6] = 1  # a person
    boxes, scores = decode_yolov3([rows], (64, 64), 0.99)
    centre, size = rows[0, 7, :2], rows[0, 7, 2:4]
    np.testing.assert_allclose(boxes, [[*(centre - size / 2), *(centre + size / 2)]], rtol=1e-5)
    np.testing.assert_array_equal(scores, [1])


def test_the_pyramid_takes_13_9_and_5_cells_then_the_cell() -> None:
    features = torch.zeros(1, 1, 15, 15)
    features[..., 7, 7] = 1
    pooled = pool_pyramid(features)
    assert pooled.sum(dim=(2, 3)).tolist() == [[13**2, 9**2, 5**2, 1]]


def test_the_pyramid_does_not_see_beyond_the_border() -> None:
    features = torch.full((1, 2, 3, 4), -1.0)
    assert torch.all(pool_pyramid(features) == -1)


@pytest.mark.parametrize('size_hw', [(608, 600), (48, 64)])
def test_a_size_that_is_no_multiple_of_the_stride_is_refused(size_hw: tuple[int, int]) -> None:
    message = f'multiples of 32, got {size_hw[0]} x {size_hw[1]}'
    with pytest.raises(ValueError, match=message):
        meta_network()(torch.empty(1, 3, *size_hw, device='meta'))
