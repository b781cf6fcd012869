# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the loss of pose networks, and of networks that label what data lack."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch import Tensor

from alphapose_ros.core.decoding import HeatmapDecoder
from alphapose_ros.core.decoding import make_decoder
from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.inference.network import Normalization
from alphapose_ros.inference.pose_estimator import PoseEstimator
from alphapose_ros.training.distillation import common_joints
from alphapose_ros.training.distillation import Teacher
from alphapose_ros.training.distillation import TeacherOptions
from alphapose_ros.training.losses import contrastive_loss
from alphapose_ros.training.losses import heatmap_loss
from alphapose_ros.training.losses import integral_loss
from alphapose_ros.training.losses import triplet_loss
from alphapose_ros.training.losses import unexplained_variance
from alphapose_ros.training.pose_batches import PoseBatch
from alphapose_ros.training.pose_loss import group_factors
from alphapose_ros.training.pose_loss import PoseLoss
from alphapose_ros.training.pose_loss import PoseLossOptions
from alphapose_ros.training.targets import gaussian_targets
from alphapose_ros.training.targets import integral_targets

WHOLE = get_skeleton('halpe_136')
COCO = get_skeleton('coco_17')
NORMALIZATION = Normalization(
    'rgb', (10.0, 20.0, 30.0), (2.0, 4.0, 5.0), device=torch.device('cpu')
)


class Constant(nn.Module):
    """Gives the same outputs for whatever crops."""

    def __init__(self, *outputs: Tensor) -> None:
        super().__init__()
        self.outputs = outputs

    def forward(self, crops: Tensor) -> Any:
        return self.outputs if len(self.outputs) > 1 else self.outputs[0]


class Outputs:
    """A network that gives the same outputs for whatever crops, and keeps them."""

    device = 'cpu'
    tensor_device = torch.device('cpu')
    memory_format = torch.contiguous_format
    elapsed_s = 0.0

    def __init__(self, *outputs: Tensor, size_wh: tuple[int, int] = (48, 64)) -> None:
        self._outputs = outputs
        self.size_wh = size_wh
        self.batches: list[Tensor] = []

    @torch.inference_mode()
    def __call__(self, batch: Tensor) -> list[Tensor]:
        self.batches.append(batch)
        return [output + 0 for output in self._outputs]


def make_teacher(network: Outputs, method: Any = 'argmax', **options: Any) -> Teacher:
    estimator = PoseEstimator(network, NORMALIZATION, make_decoder(method, COCO), COCO)
    return Teacher(estimator, WHOLE, TeacherOptions(model='body.onnx', **options))


def make_batch(num_keypoints: int = 136, *, n: int = 2) -> PoseBatch:
    generator = torch.Generator().manual_seed(0)
    return PoseBatch(
        crops=torch.randint(0, 256, (n, 3, 64, 48), generator=generator, dtype=torch.uint8),
        points=4 * torch.randint(2, 10, (n, num_keypoints, 2), generator=generator).float(),
        weights=torch.ones(n, num_keypoints),
        absent=torch.zeros(n, num_keypoints),
        identities=torch.arange(n) // 2,
        box_sizes=torch.full((n,), 50.0),
        areas=torch.full((n,), 1000.0),
    )


def make_maps(num_keypoints: int = 136, *, n: int = 2) -> Tensor:
    return torch.randn((n, num_keypoints, 16, 12), generator=torch.Generator().manual_seed(1))


def decoder(method: Any, skeleton: Any = WHOLE) -> HeatmapDecoder:
    made = make_decoder(method, skeleton)
    assert isinstance(made, HeatmapDecoder)
    return made


def test_the_combined_loss_is_the_weighted_sum_of_its_parts() -> None:
    batch, maps = make_batch(), make_maps()
    options = PoseLossOptions(
        heatmap_factor=100, integral_factor=0.01, group_factors={'left_hand': 10}
    )
    loss = PoseLoss(WHOLE, decoder('combined'), options, NORMALIZATION)(Constant(maps), batch)
    targets, _ = gaussian_targets(batch.points[:, :26], (16, 12))
    weights = torch.ones(2, 110)
    weights[:, 68:89] = 10
    coordinates = integral_targets(batch.points[:, 26:], (48, 64))
    expected = 100 * heatmap_loss(maps[:, :26], targets, torch.ones(2, 26))
    expected += 0.01 * integral_loss(maps[:, 26:], coordinates, weights)
    torch.testing.assert_close(loss, expected)


@pytest.mark.parametrize('method', ['argmax', 'integral'])
def test_the_decoding_decides_the_loss(method: str) -> None:
    batch, maps = make_batch(), make_maps()
    loss = PoseLoss(WHOLE, decoder(method), PoseLossOptions(), NORMALIZATION)
    if method == 'argmax':
        targets, _ = gaussian_targets(batch.points, (16, 12))
        expected = heatmap_loss(maps, targets, batch.weights)
    else:
        expected = integral_loss(maps, integral_targets(batch.points, (48, 64)), batch.weights)
    torch.testing.assert_close(loss(Constant(maps), batch), expected)


@pytest.mark.parametrize('factor', [0.0, 0.5, 1.0])
def test_a_joint_that_is_not_in_the_crop_shall_have_an_empty_map(factor: float) -> None:
    batch, maps = make_batch(17), make_maps(17)
    batch.weights[0, 3] = 0  # not labelled
    batch.weights[1, 5], batch.absent[1, 5] = 0, 1
    targets, _ = gaussian_targets(batch.points, (16, 12))
    targets[1, 5] = 0
    weights = torch.ones(2, 17)
    weights[0, 3], weights[1, 5] = 0, factor
    options = PoseLossOptions(absent_factor=factor)
    loss = PoseLoss(COCO, decoder('argmax', COCO), options, NORMALIZATION)
    found = loss(Constant(maps), batch)
    torch.testing.assert_close(found, heatmap_loss(maps, targets, weights))


def test_weights_of_136_joints_equal_the_reference(shared_dir: Path) -> None:
    fixture = np.load(shared_dir / 'fixtures/decode/targets.npz')
    visible = torch.from_numpy(fixture['joints136'][:, 0, 1].astype(np.float32))
    factors = group_factors(WHOLE, {'body': 2.0, 'feet': 2.0})
    expected = fixture['integral_weight136'].reshape(136, 2)[:, 0]
    np.testing.assert_array_equal(visible * factors, expected)


@pytest.mark.parametrize('temperature', [0.0, 0.1])
def test_identity_vectors_are_trained_if_wanted(temperature: float) -> None:
    batch, maps = make_batch(n=4), make_maps(n=4).requires_grad_(False)
    embeddings = nn.functional.normalize(torch.randn(4, 8), dim=1)
    options = PoseLossOptions(
        heatmap_factor=0, integral_factor=0, identity_factor=2, identity_temperature=temperature
    )
    loss = PoseLoss(WHOLE, decoder('combined'), options, NORMALIZATION)
    identity_loss = triplet_loss(embeddings, batch.identities)
    if temperature:
        identity_loss = contrastive_loss(embeddings, batch.identities, temperature=temperature)
    assert identity_loss > 0
    expected = 2 * identity_loss
    torch.testing.assert_close(loss(Constant(maps, embeddings), batch), expected)


def test_a_group_that_the_joints_lack_is_refused() -> None:
    with pytest.raises(ValueError, match="group_factors has 'face'; coco_17 has body"):
        group_factors(COCO, {'face': 1.0})


def test_a_teacher_labels_what_is_not_labelled_and_nothing_else() -> None:
    batch, maps = make_batch(), torch.zeros(2, 17, 16, 12)
    maps[:, :, 5, 3] = 0.8
    maps[:, 10, 5, 3] = 0.1  # not sure of the right wrist
    batch.weights[:, 5:] = 0
    teacher = make_teacher(Outputs(maps), min_score=0.3)
    taught, distance = teacher.teach(batch, make_maps(), {})
    assert distance.item() == 0
    torch.testing.assert_close(taught.points[:, :5], batch.points[:, :5])
    is_new = torch.zeros(136, dtype=torch.bool)
    is_new[5:17] = True
    is_new[10] = False
    torch.testing.assert_close(taught.weights[0, is_new], torch.full((11,), 0.8))
    torch.testing.assert_close(taught.points[0, is_new], torch.tensor([[12.0, 20.0]] * 11))
    assert (taught.weights[:, 17:] == 0).all()
    assert (taught.weights[:, 10] == 0).all()
    assert (batch.weights[:, 5:] == 0).all()


def test_a_teacher_labels_nothing_that_is_known_to_be_outside() -> None:
    batch, maps = make_batch(), torch.zeros(2, 17, 16, 12)
    maps[:, :, 5, 3] = 0.8
    batch.weights[:, 15] = 0
    batch.absent[:, 15] = 1
    teacher = make_teacher(Outputs(maps), min_score=0.3)
    taught, _ = teacher.teach(batch, make_maps(), {})
    assert (taught.weights[:, 15] == 0).all()


def test_a_student_learns_the_heat_maps_of_its_teacher() -> None:
    batch, maps, own = make_batch(), make_maps(17), make_maps().requires_grad_()
    teacher = make_teacher(Outputs(maps), heatmap_factor=3)
    _, distance = teacher.teach(batch, own, {})
    distance.backward()
    assert own.grad is not None
    torch.testing.assert_close(own.grad[:, :17], 3 * (own.detach()[:, :17] - maps) / maps.numel())
    torch.testing.assert_close(distance, 3 * 0.5 * (own[:, :17] - maps).square().mean())
    loss = PoseLoss(WHOLE, decoder('argmax'), PoseLossOptions(), NORMALIZATION, [teacher])
    plain = PoseLoss(WHOLE, decoder('argmax'), PoseLossOptions(), NORMALIZATION)
    torch.testing.assert_close(loss(Constant(own), batch), plain(Constant(own), batch) + distance)


def test_a_teacher_is_not_asked_about_joints_that_are_outside() -> None:
    batch, maps, own = make_batch(), make_maps(17), make_maps()
    batch.absent[:, 3:17] = 1
    _, distance = make_teacher(Outputs(maps), heatmap_factor=3).teach(batch, own, {})
    expected = 1.5 * (own[:, :3] - maps[:, :3]).square().sum() / maps.numel()
    torch.testing.assert_close(distance, expected)


def test_crops_are_scaled_for_a_teacher_and_its_joints_scaled_back() -> None:
    batch, maps = make_batch(), torch.zeros(2, 17, 32, 24)
    maps[:, :, 12, 8] = 0.8
    batch.weights[:] = 0
    network = Outputs(maps, size_wh=(96, 128))
    taught, _ = make_teacher(network).teach(batch, make_maps(), {})
    assert network.batches[0].shape == (2, 3, 128, 96)
    # The pixel 32, 48 of the large crop has its centre at 16.25, 24.25 of the edge of the small.
    expected = torch.tensor([15.75, 23.75]).expand(2, 17, 2)
    torch.testing.assert_close(taught.points[:, :17], expected)
    with pytest.raises(ValueError, match=r'12 x 16, as .* body\.onnx gives 24 x 32; set it to 0'):
        make_teacher(network, heatmap_factor=1.0).teach(batch, make_maps(), {})


def test_crops_are_not_stretched_for_a_teacher() -> None:
    network = Outputs(make_maps(17), size_wh=(64, 64))
    with pytest.raises(ValueError, match=r'crops of 48 x 64 .* body\.onnx, 64 x 64'):
        make_teacher(network).teach(make_batch(), make_maps(), {})


def test_a_teacher_without_heat_maps_labels_too() -> None:
    batch = make_batch()
    batch.weights[:] = 0
    network = Outputs(torch.zeros(2, 17, 2), torch.full((2, 17), 0.9))
    taught, _ = make_teacher(network, 'regression').teach(batch, make_maps(), {})
    torch.testing.assert_close(taught.points[:, :17], torch.tensor([24.0, 32.0]).expand(2, 17, 2))
    torch.testing.assert_close(taught.weights[:, :17], torch.full((2, 17), 0.9))
    with pytest.raises(ValueError, match=r'heatmap_factor must be 0: body\.onnx has no'):
        make_teacher(network, 'regression', heatmap_factor=1.0)


def test_a_teacher_supplies_only_the_groups_that_it_knows_well() -> None:
    mine, theirs = common_joints(get_skeleton('coco_wholebody_133'), WHOLE, ['feet'])
    assert mine == [17, 20, 18, 21, 19, 22]
    assert theirs == list(range(20, 26))


def test_a_teacher_without_a_joint_in_common_is_refused() -> None:
    with pytest.raises(ValueError, match='coco_17 and halpe_136 have no joint in common'):
        common_joints(COCO, WHOLE, ['face'])


def test_hints_compare_what_a_part_gets_with_what_the_teacher_has_inside() -> None:
    batch, inner = make_batch(), make_maps(5)
    module = nn.Sequential(nn.Conv2d(3, 7, 4, stride=4), nn.ReLU(), nn.Conv2d(7, 136, 1))
    teacher = make_teacher(
        Outputs(make_maps(17), inner), hints={'2': 'inner'}, hint_factor=3.0, min_score=2.0
    )
    options = PoseLossOptions()
    with torch.no_grad():
        loss = PoseLoss(WHOLE, decoder('argmax'), options, NORMALIZATION, [teacher])(module, batch)
        plain = PoseLoss(WHOLE, decoder('argmax'), options, NORMALIZATION)(module, batch)
        features = module[:2](NORMALIZATION(batch.crops))
    torch.testing.assert_close(loss, plain + 3 * unexplained_variance(features, inner))
    assert not module[2]._forward_pre_hooks


def test_hints_of_a_part_that_is_not_there_are_an_error() -> None:
    teacher = make_teacher(Outputs(make_maps(17), make_maps(5)), hints={'head': 'inner'})
    loss = PoseLoss(WHOLE, decoder('argmax'), PoseLossOptions(), NORMALIZATION, [teacher])
    with pytest.raises(ValueError, match="hints: the network has no part 'head'"):
        loss(nn.Sequential(nn.Conv2d(3, 136, 4, stride=4)), make_batch())
