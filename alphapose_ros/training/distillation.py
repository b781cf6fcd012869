# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Multi-domain knowledge distillation (Fang et al. 2022, section 3.5).

A data set of faces has no feet, and one of bodies no fingers. Networks that were trained for one
of these label, in every crop, the joints that its data set lacks. N crops, K keypoints.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from contextlib import contextmanager
from contextlib import ExitStack
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from functools import partial

import torch
from torch import nn
from torch import Tensor
from torch.nn import functional
from torch.nn.parallel import DistributedDataParallel

from alphapose_ros.core.decoding import HeatmapDecoder
from alphapose_ros.inference.pose_estimator import PoseEstimator
from alphapose_ros.structures import Skeleton
from alphapose_ros.training.losses import heatmap_loss
from alphapose_ros.training.losses import unexplained_variance
from alphapose_ros.training.pose_batches import PoseBatch


@dataclass(frozen=True, kw_only=True)
class TeacherOptions:
    """
    A network that labels what the data lack.

    :param model: name in the catalog or path, of any back end.
    :param groups: of joints that it knows well; empty for all that it has.
    :param min_score: of joints that are taken over; above 1, none are.
    :param heatmap_factor: of the distance to its heat maps, but for joints whose label is outside
        of the crop; 0 takes over the joints alone.
    :param hints: what the network shall know of what the teacher knows inside, on every crop and
        whoever is in it: by the name of a part of the network, whose input is meant, the name of a
        tensor of the teacher, which OpenVINO runs then (device: cpu).
    :param hint_factor: of each of these, see `unexplained_variance`.
    :param device: that it runs on; '' is that of the training.
    """

    model: str
    groups: tuple[str, ...] = ()
    min_score: float = 0.3
    heatmap_factor: float = 0.0
    hints: Mapping[str, str] = field(default_factory=dict)
    hint_factor: float = 1.0
    device: str = ''


class Teacher:
    """
    A network that is no longer trained.

    :param estimator: the network, on any device; with the tensors that are hints after its
        outputs. Crops of another size than it takes are scaled for it.
    :param skeleton: the K joints that are to be labelled.
    :param options: which of them.
    :ivar hinted: names of the parts of the network whose inputs it wants to see.
    :raises ValueError: if there are none, or there shall be heat maps and it has none.
    """

    def __init__(
        self, estimator: PoseEstimator, skeleton: Skeleton, options: TeacherOptions
    ) -> None:
        self.hinted = tuple(options.hints)
        if options.heatmap_factor and not isinstance(estimator.decoder, HeatmapDecoder):
            raise ValueError(f'heatmap_factor must be 0: {options.model} has no heat maps')
        self._estimator, self._options = estimator, options
        mine, theirs = common_joints(estimator.skeleton, skeleton, options.groups)
        self._mine, self._theirs = torch.tensor(mine), torch.tensor(theirs)

    def teach(
        self, batch: PoseBatch, heatmaps: Tensor, features: Mapping[str, Tensor]
    ) -> tuple[PoseBatch, Tensor]:
        """
        Label the joints that are not labelled.

        :param heatmaps: (N, K, H, W) of the student.
        :param features: (N, C, h, w) what the `hinted` parts of the student got.
        :return: the batch with the labels; the distances of maps and features, times their
            factors.
        :raises ValueError: if the crops have another shape than it takes, or there shall be heat
            maps and its own have another size.
        """
        device = batch.crops.device
        mine, theirs = self._mine.to(device), self._theirs.to(device)
        outputs, inner, points, scores = self._see(batch.crops)
        points, scores = points[:, mine], scores[:, mine].clamp(0, 1)
        is_unknown = batch.weights[:, theirs] + batch.absent[:, theirs] == 0
        is_taken = is_unknown & (scores >= self._options.min_score)
        labels, weights = batch.points.clone(), batch.weights.clone()
        labels[:, theirs] = torch.where(is_taken[..., None], points, labels[:, theirs])
        weights[:, theirs] = torch.where(is_taken, scores, weights[:, theirs])
        distance = heatmaps.new_zeros(())
        if self._options.heatmap_factor:
            maps = outputs[0]
            if maps.shape[2:] != heatmaps.shape[2:]:
                raise ValueError(
                    f'heatmap_factor needs heat maps of {_size(heatmaps)}, as the network has, '
                    f'{self._options.model} gives {_size(maps)}; set it to 0, or input_size_wh to '
                    'what the teacher takes'
                )
            distance = self._options.heatmap_factor * heatmap_loss(
                heatmaps[:, theirs], maps[:, mine], 1 - batch.absent[:, theirs]
            )
        for name, known in zip(self.hinted, inner, strict=True):
            unknown = unexplained_variance(features[name], known)
            distance = distance + self._options.hint_factor * unknown
        return replace(batch, points=labels, weights=weights), distance

    def _see(self, crops: Tensor) -> tuple[list[Tensor], list[Tensor], Tensor, Tensor]:
        """Return outputs, inner ones, points in pixels of the crops, and scores, at the crops."""
        network = self._estimator.network
        width, height = network.size_wh
        factor = crops.shape[3] / width
        if abs(crops.shape[2] - factor * height) > 0.5:
            raise ValueError(
                f'crops of {_size(crops)} have not the shape of those of {self._options.model}, '
                f'{width} x {height}'
            )
        images = crops.to(network.tensor_device)
        if factor != 1:
            images = functional.interpolate(
                images.float(), (height, width), mode='bilinear', antialias=True
            )
        # Copied: what was made in inference mode cannot be learned from.
        outputs = self._estimator.outputs(images)
        outputs = [output.to(crops.device, copy=True) for output in outputs]
        num_own = len(outputs) - len(self.hinted)
        outputs, inner = outputs[:num_own], outputs[num_own:]
        points, scores = self._estimator.decoder(outputs, network.size_wh)
        return outputs, inner, (points + 0.5) * factor - 0.5, scores


@contextmanager
def watch_inputs(module: nn.Module, names: Sequence[str]) -> Iterator[dict[str, Tensor]]:
    """
    Lend a dictionary of what parts of a network get while it runs.

    :param module: the network, wrapped or not.
    :param names: of its parts, as `nn.Module.named_modules` tells them.
    :raises ValueError: if it lacks one.
    """
    network = module.module if isinstance(module, DistributedDataParallel) else module
    parts = dict(network.named_modules())
    inputs: dict[str, Tensor] = {}
    with ExitStack() as stack:
        for name in names:
            if name not in parts:
                raise ValueError(f'hints: the network has no part {name!r}')
            watch = partial(_keep_input, inputs, name)
            stack.callback(parts[name].register_forward_pre_hook(watch).remove)
        yield inputs


def _keep_input(
    inputs: dict[str, Tensor], name: str, part: nn.Module, arguments: tuple[Tensor, ...]
) -> None:
    inputs[name] = arguments[0]


def _size(images: Tensor) -> str:
    return f'{images.shape[3]} x {images.shape[2]}'


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
