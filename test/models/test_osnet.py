# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""OSNet against measured embeddings, published sizes, and real weights."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch import Tensor

from alphapose_ros.models.osnet import OSNet
from alphapose_ros.models.reid_resnet import ReidResNet50

NETWORKS = {
    'reid_osnet_ain_x1_0': lambda: OSNet(variant='ain'),
    'reid_osnet_x1_0': lambda: OSNet(),
    'reid_osnet_x0_25': lambda: OSNet(width=0.25),
    'reid_resnet50_fc512': lambda: ReidResNet50(),
}


def crops_of(pixels: np.ndarray) -> Tensor:
    images = torch.from_numpy(pixels).repeat_interleave(16, 2).repeat_interleave(16, 3)
    return images.float() / 255 - torch.tensor([0.406, 0.457, 0.480])[:, None, None]


def random_crops(n: int) -> Tensor:
    return torch.randn((n, 3, 256, 128), generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize('name', NETWORKS)
def test_embeddings_equal_the_reference(fixture_model: Any, fill: Any, name: str) -> None:
    network = NETWORKS[name]()
    meta, arrays = fixture_model(name)
    fill(network, meta)
    for size in ('256x192', '256x128'):
        expected = arrays[f'embedding_{size}']
        with torch.inference_mode():
            embeddings = network(crops_of(arrays[f'x_u8_{size}']))
        np.testing.assert_allclose(embeddings, expected, atol=1e-5 * np.abs(expected).max())


@pytest.mark.parametrize(('width', 'millions'), [(1.0, 2.2), (0.75, 1.3), (0.5, 0.6), (0.25, 0.2)])
def test_widths_have_the_published_numbers_of_parameters(width: float, millions: float) -> None:
    network = OSNet(width=width)
    count = sum(p.numel() for n, p in network.named_parameters() if 'classifier' not in n)
    assert round(count / 1e6, 1) == millions


@pytest.mark.parametrize('width', [0.25, 0.5, 0.75, 1.0])
@pytest.mark.parametrize('variant', ['plain', 'ibn', 'ain'])
def test_a_batch_of_two_equals_two_batches_of_one(width: float, variant: Any) -> None:
    torch.manual_seed(0)
    network = OSNet(width=width, variant=variant).eval()
    with torch.inference_mode():
        both = network(random_crops(2))
        alone = torch.cat([network(crop[None]) for crop in random_crops(2)])
    assert both.shape == (2, 512)
    torch.testing.assert_close(both, alone, atol=1e-5, rtol=1e-4)


def test_ibn_normalises_instances_in_the_first_stage_only() -> None:
    state = OSNet(variant='ibn').state_dict()
    assert {key.split('.IN.')[0] for key in state if '.IN.' in key} == {'conv2.0', 'conv2.1'}
    assert 'conv1.bn.running_mean' not in state


@torch.inference_mode()
def test_ibn_normalises_the_sum_with_the_shortcut() -> None:
    block = OSNet(width=0.25, variant='ibn').eval().conv2[0]
    normalised: list[Tensor] = []
    block.IN.register_forward_hook(lambda _module, _inputs, out: normalised.append(out.clone()))
    out = block(torch.randn((1, 16, 8, 4), generator=torch.Generator().manual_seed(0)))
    torch.testing.assert_close(out, torch.relu(normalised[0]))


@pytest.mark.parametrize('network', [OSNet, ReidResNet50])
def test_without_classes_there_is_no_classifier(network: Any) -> None:
    assert not any('classifier' in key for key in network(num_classes=0).state_dict())


@pytest.mark.parametrize(
    ('options', 'message'),
    [({'width': 2.0}, 'width must be one of'), ({'variant': 'x'}, 'plain, ibn or ain')],
)
def test_an_unknown_size_is_refused(options: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        OSNet(**options)


def load_folded(network: OSNet, graph: Any) -> None:
    """Load an exported file; what it folded into a convolution stands in our BatchNorm's bias."""
    from onnx import numpy_helper

    values = {node.name: torch.tensor(numpy_helper.to_array(node)) for node in graph.initializer}
    state = network.state_dict()
    network.load_state_dict({k: v for k, v in values.items() if k in state}, strict=False)
    calls: list[Any] = []
    for module in network.modules():
        if isinstance(module, (nn.Conv2d, nn.BatchNorm2d)):
            module.register_forward_hook(lambda module, *_: calls.append(module))
        if isinstance(module, nn.BatchNorm2d):
            module.eps = 0.0
    with torch.inference_mode():
        network(random_crops(1))
    ours = [pair for pair in pairwise(calls) if isinstance(pair[1], nn.BatchNorm2d)]
    theirs = [n for n in graph.node if n.op_type == 'Conv' and n.input[1] not in state]
    for (convolution, norm), node in zip(ours, theirs, strict=True):
        convolution.weight.data = values[node.input[1]]
        norm.bias.data = values[node.input[2]]


def test_real_weights_give_what_onnxruntime_gives(shared_dir: Path) -> None:
    onnx = pytest.importorskip('onnx', reason='an option')
    runtime = pytest.importorskip('onnxruntime', reason='an option')
    path = shared_dir / 'weights/reid/osnet_x0_25_msmt17.onnx'
    network = OSNet(width=0.25).eval()
    load_folded(network, onnx.load(path).graph)
    crops = random_crops(2)
    session = runtime.InferenceSession(str(path), providers=['CPUExecutionProvider'])
    (expected,) = session.run(None, {session.get_inputs()[0].name: crops.numpy()})
    with torch.inference_mode():
        embeddings = network(crops)
    np.testing.assert_allclose(embeddings, expected, atol=1e-4 * np.abs(expected).max())
