# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Multi-domain knowledge distillation (Fang et al. 2022, section 3.5).

A data set of faces has no feet, and one of bodies no fingers. Networks that were trained for one
of these label, in every crop, the joints that its data set lacks. N crops, K keypoints.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace

import torch
from torch import nn
from torch import Tensor

from alphapose_ros.core.decoding import HeatmapDecoder
from alphapose_ros.inference.network import Normalization
from alphapose_ros.structures import Skeleton
from alphapose_ros.training.losses import heatmap_loss
from alphapose_ros.training.pose_batches import PoseBatch


@dataclass(frozen=True, kw_only=True)
class TeacherOptions:
    """
    A network that labels what the data lack.

    :param model: name in the catalog or path of a checkpoint that gives heat maps.
    :param groups: of joints that it knows well; empty for all that it has.
    :param min_score: of joints that are taken over.
    :param heatmap_factor: of the distance to its heat maps; 0 takes over the joints alone.
    """

    model: str
    groups: tuple[str, ...] = ()
    min_score: float = 0.3
    heatmap_factor: float = 0.0


class Teacher:
    """
    A network that is no longer trained.

    :param module: the network, on the device of the batches.
    :param normalization: what it expects of its pixels.
    :param decoder: of its heat maps.
    :param skeleton: its joints.
    :param student_skeleton: the K joints that are to be labelled.
    :param options: which of them.
    :raises ValueError: if there are none.
    """

    def __init__(
        self,
        module: nn.Module,
        normalization: Normalization,
        decoder: HeatmapDecoder,
        skeleton: Skeleton,
        student_skeleton: Skeleton,
        options: TeacherOptions,
    ) -> None:
        self._module = module.eval().requires_grad_(False)
        self._normalization = normalization
        self._decoder, self._options = decoder, options
        mine, theirs = common_joints(skeleton, student_skeleton, options.groups)
        self._mine, self._theirs = torch.tensor(mine), torch.tensor(theirs)

    def teach(self, batch: PoseBatch, heatmaps: Tensor) -> tuple[PoseBatch, Tensor]:
        """
        Label the joints that are not labelled.

        :param heatmaps: (N, K, H, W) of the student.
        :return: the batch with the labels; the distance of the maps, times its factor.
        """
        device = batch.crops.device
        mine, theirs = self._mine.to(device), self._theirs.to(device)
        with torch.no_grad():
            outputs = self._module(self._normalization(batch.crops))
            maps = (outputs if isinstance(outputs, Tensor) else outputs[0]).float()
            size_wh = batch.crops.shape[3], batch.crops.shape[2]
            points, scores = (values[:, mine] for values in self._decoder([maps], size_wh))
        scores = scores.clamp(0, 1)
        is_unknown = batch.weights[:, theirs] + batch.absent[:, theirs] == 0
        is_taken = is_unknown & (scores >= self._options.min_score)
        labels, weights = batch.points.clone(), batch.weights.clone()
        labels[:, theirs] = torch.where(is_taken[..., None], points, labels[:, theirs])
        weights[:, theirs] = torch.where(is_taken, scores, weights[:, theirs])
        distance = heatmaps.new_zeros(())
        if self._options.heatmap_factor:
            distance = self._options.heatmap_factor * heatmap_loss(
                heatmaps[:, theirs], maps[:, mine], torch.ones_like(scores)
            )
        return replace(batch, points=labels, weights=weights), distance


def common_joints(
    teacher: Skeleton, student: Skeleton, groups: Sequence[str] = ()
) -> tuple[list[int], list[int]]:
    """
    Return the numbers of the joints that both have, in the teacher and in the student.

    :param groups: of the student, empty for all.
    :raises ValueError: if there are none.
    """
    wanted = [
        name
        for group, start, end in student.groups
        if not groups or group in groups
        for name in student.keypoint_names[start:end]
    ]
    common = [name for name in wanted if name in teacher.keypoint_names]
    if not common:
        raise ValueError(f'{teacher.name} and {student.name} have no joint in common in {groups}')
    return [teacher.index(n) for n in common], [student.index(n) for n in common]
