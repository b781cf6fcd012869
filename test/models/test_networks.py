# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""A checkpoint tells its network by its keys and shapes, and by nothing else."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from alphapose_ros.models.architecture import Architecture
from alphapose_ros.models.catalog import ALL_MODELS
from alphapose_ros.models.catalog import POSE_NETWORKS
from alphapose_ros.models.networks import build_network
from alphapose_ros.models.networks import identify
from alphapose_ros.models.networks import kind_of
from alphapose_ros.models.networks import NETWORKS
from alphapose_ros.models.networks import UnknownNetworkError
from alphapose_ros.models.torchvision_detector import BUILDERS
from alphapose_ros.models.torchvision_detector import TorchvisionDetector

LAYOUTS = Path(__file__).resolve().parents[3] / 'shared' / 'fixtures' / 'keys_all'
REID = Path(__file__).resolve().parents[3] / 'shared' / 'fixtures' / 'models'


def layout_files() -> list[Any]:
    files = sorted(p for p in LAYOUTS.glob('*.json') if p.name != 'summary.json')
    files += sorted(p for p in REID.glob('reid_*/keys.json') if 'pga' not in p.parent.name)
    return [pytest.param(f, id=f.stem if f.stem != 'keys' else f.parent.name) for f in files]


def read_shapes(path: Path) -> dict[str, tuple[int, ...]]:
    return {key: tuple(shape) for key, shape, *_ in json.loads(path.read_text())}


def shapes_of(module: torch.nn.Module) -> dict[str, tuple[int, ...]]:
    return {key: tuple(value.shape) for key, value in module.state_dict().items()}


@pytest.mark.parametrize('path', layout_files() or [pytest.param(None, id='none')])
def test_every_official_layout_is_identified_and_built(shared_dir: Path, path: Path) -> None:
    shapes = read_shapes(path)
    with torch.device('meta'):
        module = build_network(identify(shapes))
    assert list(shapes_of(module).items()) == list(shapes.items())


@pytest.mark.parametrize('name', sorted(n for n, r in ALL_MODELS.items() if r.architecture))
def test_the_network_of_a_row_is_identified_from_its_parameters(name: str) -> None:
    architecture = ALL_MODELS[name].architecture
    assert architecture is not None
    with torch.device('meta'):
        shapes = shapes_of(build_network(architecture))
        found = identify(shapes)
        assert found.network == architecture.network
        assert shapes_of(build_network(found)) == shapes


@pytest.mark.parametrize('config', sorted(LAYOUTS.glob('halpe*.json')) or [None])
def test_a_whole_body_config_has_a_row_with_its_network(shared_dir: Path, config: Path) -> None:
    architecture = identify(read_shapes(config))
    if architecture.options['num_keypoints'] != 26:  # of which one file of four was published
        networks = [r.architecture for r in POSE_NETWORKS.values()]
        assert architecture in networks


@pytest.mark.parametrize('network', BUILDERS)
def test_a_torchvision_detector_has_the_layout_of_torchvision(network: str) -> None:
    from torchvision.models import detection

    with torch.device('meta'):
        ours = TorchvisionDetector(network, (320, 320))
        theirs = getattr(detection, network)(weights=None, weights_backbone=None)
    assert shapes_of(ours) == shapes_of(theirs)
    assert identify(shapes_of(ours)).options['network'] == network


@pytest.mark.parametrize(
    ('network', 'options'),
    [
        ('fastpose_lite', {'num_keypoints': 17, 'width': 24, 'head_width': 48}),
        ('fastpose_lite', {'num_keypoints': 5, 'width': 8, 'head_width': 8, 'embedding_dim': 32}),
        ('yolox', {'depth': 0.33, 'width': 0.125, 'depthwise': False, 'num_classes': 1}),
        ('yolox', {'depth': 0.67, 'width': 0.1875, 'depthwise': True, 'num_classes': 2}),
        ('yolox', {'depth': 0.0, 'width': 0.25, 'depthwise': False, 'num_classes': 1}),
    ],
    ids=str,
)
def test_settings_are_told_from_the_shapes(network: str, options: dict[str, Any]) -> None:
    architecture = Architecture(network, options)
    with torch.device('meta'):
        assert identify(shapes_of(build_network(architecture))) == architecture


@pytest.mark.parametrize('embedding_dim', [64, 128])
def test_an_identity_branch_is_told_with_the_length_of_its_vectors(embedding_dim: int) -> None:
    options = {'num_keypoints': 26, 'depth': 50, 'head_width': 256, 'deformable': True}
    architecture = Architecture('fastpose', {**options, 'embedding_dim': embedding_dim})
    with torch.device('meta'):
        assert identify(shapes_of(build_network(architecture))) == architecture


def test_an_unknown_layout_is_refused_with_the_known_networks() -> None:
    with pytest.raises(UnknownNetworkError, match=r'begins with a\.weight is of no known network'):
        identify({'a.weight': (1, 2)})
    with pytest.raises(UnknownNetworkError, match='0 entries that begins with nothing'):
        identify({})


def test_an_architecture_can_be_read() -> None:
    architecture = Architecture('fastpose', {'num_keypoints': 17, 'depth': 50})
    assert str(architecture) == 'fastpose(num_keypoints=17, depth=50)'
    assert kind_of(architecture) == 'pose'


def test_every_network_has_a_kind() -> None:
    assert {kind for kind, _ in NETWORKS.values()} == {'pose', 'detector', 'reid'}
