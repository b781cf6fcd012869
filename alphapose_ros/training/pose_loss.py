# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""What a pose network is trained for. N crops, K keypoints, H x W the size of the heat maps."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field

import torch
from torch import nn
from torch import Tensor

from alphapose_ros.core.decoding import HeatmapDecoder
from alphapose_ros.inference.network import Normalization
from alphapose_ros.structures import Skeleton
from alphapose_ros.training.distillation import Teacher
from alphapose_ros.training.distillation import watch_inputs
from alphapose_ros.training.losses import contrastive_loss
from alphapose_ros.training.losses import heatmap_loss
from alphapose_ros.training.losses import integral_loss
from alphapose_ros.training.losses import IntegralNormalize
from alphapose_ros.training.losses import triplet_loss
from alphapose_ros.training.pose_batches import PoseBatch
from alphapose_ros.training.targets import gaussian_targets
from alphapose_ros.training.targets import integral_targets


@dataclass(frozen=True, kw_only=True)
class PoseLossOptions:
    """
    How the parts of the loss are weighed.

    :param heatmap_factor: of joints that are decoded by their highest cell.
    :param absent_factor: of the first, if their label is outside of the crop, against the others:
        their map shall be empty. 0, as in AlphaPose, teaches nothing about them.
    :param integral_factor: of joints that are decoded by expectation.
    :param group_factors: of the joints of a group, such as `left_hand: 10`.
    :param normalize: of the expectation: 'sigmoid' or 'softmax'.
    :param identity_factor: of the identity vectors, for networks that give them.
    :param identity_margin: see `triplet_loss`.
    :param identity_temperature: see `contrastive_loss`, which is taken instead if more than 0.
    """

    heatmap_factor: float = 1.0
    absent_factor: float = 0.0
    integral_factor: float = 1.0
    group_factors: Mapping[str, float] = field(default_factory=dict)
    normalize: IntegralNormalize = 'sigmoid'
    identity_factor: float = 0.0
    identity_margin: float = 0.3
    identity_temperature: float = 0.0


class PoseLoss:
    """
    The loss of a pose network, see `training.loop.Loss`.

    :param skeleton: the K joints.
    :param decoder: how the joints will be decoded, which decides how they are trained.
    :param options: weights.
    :param normalization: of the crops.
    :param teachers: networks that label what the data lack.
    """

    def __init__(
        self,
        skeleton: Skeleton,
        decoder: HeatmapDecoder,
        options: PoseLossOptions,
        normalization: Normalization,
        teachers: Sequence[Teacher] = (),
    ) -> None:
        self._options, self._normalization, self._teachers = options, normalization, teachers
        self._hinted = [name for teacher in teachers for name in teacher.hinted]
        k = skeleton.num_keypoints
        self._num_maps = k if decoder.num_argmax is None else decoder.num_argmax
        self._factors = group_factors(skeleton, options.group_factors)

    def __call__(self, module: nn.Module, batch: PoseBatch) -> Tensor:
        """Return the loss of a batch."""
        with watch_inputs(module, self._hinted) as features:
            outputs = module(self._normalization(batch.crops))
        heatmaps, *others = [outputs] if isinstance(outputs, Tensor) else outputs
        heatmaps = heatmaps.float()
        loss = heatmaps.new_zeros(())
        for teacher in self._teachers:
            batch, distance = teacher.teach(batch, heatmaps, features)
            loss = loss + distance
        loss = loss + self._joint_loss(heatmaps, batch)
        if self._options.identity_factor and others:
            identity_loss = self._identity_loss(others[0].float(), batch.identities)
            loss = loss + self._options.identity_factor * identity_loss
        return loss

    def _identity_loss(self, embeddings: Tensor, identities: Tensor) -> Tensor:
        options = self._options
        if options.identity_temperature:
            return contrastive_loss(
                embeddings, identities, temperature=options.identity_temperature
            )
        return triplet_loss(embeddings, identities, margin=options.identity_margin)

    def _joint_loss(self, heatmaps: Tensor, batch: PoseBatch) -> Tensor:
        options, n = self._options, self._num_maps
        size_wh = batch.crops.shape[3], batch.crops.shape[2]
        factors = self._factors.to(heatmaps.device)
        weights, absent = batch.weights * factors, batch.absent * factors
        loss = heatmaps.new_zeros(())
        by_height, by_mean = torch.split(heatmaps, [n, heatmaps.shape[1] - n], dim=1)
        if n:
            size_hw, stride = by_height.shape[2:], size_wh[0] / by_height.shape[3]
            # The map of a joint that is not in the crop is empty.
            points = batch.points[:, :n].masked_fill(weights[:, :n, None] == 0, -torch.inf)
            targets, is_inside = gaussian_targets(points, size_hw, stride=stride)
            map_weights = weights[:, :n] * is_inside + options.absent_factor * absent[:, :n]
            distance = heatmap_loss(by_height, targets, map_weights)
            loss = loss + options.heatmap_factor * distance
        if n < heatmaps.shape[1]:
            coordinates = integral_targets(batch.points[:, n:], size_wh)
            distance = integral_loss(
                by_mean, coordinates, weights[:, n:], normalize=options.normalize
            )
            loss = loss + options.integral_factor * distance
        return loss


def group_factors(skeleton: Skeleton, factors: Mapping[str, float]) -> Tensor:
    """
    Return (K,) the factor of each joint.

    :raises ValueError: if the skeleton lacks a group.
    """
    groups = {name: slice(start, end) for name, start, end in skeleton.groups}
    unknown = sorted(set(factors) - set(groups))
    if unknown:
        raise ValueError(
            f'group_factors has {unknown[0]!r}; {skeleton.name} has {", ".join(groups)}'
        )
    values = torch.ones(skeleton.num_keypoints)
    for name, factor in factors.items():
        values[groups[name]] = factor
    return values
