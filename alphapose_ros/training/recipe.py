# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""All that decides what a pose network becomes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from types import MappingProxyType
from typing import Any
from typing import Literal
from typing import TypeAlias

from alphapose_ros.models.records import ALPHAPOSE_MEAN_RGB
from alphapose_ros.models.records import BYTE_STD
from alphapose_ros.models.records import IMAGENET_MEAN_RGB
from alphapose_ros.models.records import IMAGENET_STD_RGB
from alphapose_ros.training.augmentation import Augmentation
from alphapose_ros.training.datasets import Source
from alphapose_ros.training.distillation import TeacherOptions
from alphapose_ros.training.pixels import PixelAugmentation
from alphapose_ros.training.pose_loss import PoseLossOptions
from alphapose_ros.training.session import RunSettings

Statistics: TypeAlias = tuple[float, float, float]
# Mean and standard deviation of the channels, by name.
NORMALIZATIONS: Mapping[str, tuple[Statistics, Statistics]] = MappingProxyType(
    {
        'alphapose': (ALPHAPOSE_MEAN_RGB, BYTE_STD),
        'imagenet': (IMAGENET_MEAN_RGB, IMAGENET_STD_RGB),
    }
)


@dataclass(frozen=True, kw_only=True)
class Recipe(RunSettings):
    """
    All that decides what a pose network becomes.

    `start_from` takes entries of equal name and shape, also those of a plain ResNet.

    :param network: its name in `models.networks`.
    :param network_options: arguments of its constructor, but for the number of joints.
    :param keypoint_set: that it learns.
    :param input_size_wh: width and height of the crops.
    :param normalization: of the pixels, 'alphapose' or 'imagenet'.
    :param decode: of its heat maps: 'argmax', 'integral' or 'combined'; they are trained for it.
    :param widen: `start_from` is a narrower network of the same kind: give its channels to several
        of the wider one, see `training.widening`.
    :param frozen: beginnings of the names of parameters that are not trained.
    :param train: data sets to learn from.
    :param validation: data sets to measure with.
    :param teachers: networks that label what the data lack.
    :param epoch_size: people per epoch; 0 for all, as many times as the weights of their sources.
    :param images_per_identity: images of one person in a batch, for the identity vectors.
    :param geometry: how crops vary.
    :param pixels: how their pixels vary.
    :param loss: what is made small.
    """

    network: str
    train: tuple[Source, ...]
    network_options: Mapping[str, Any] = field(default_factory=dict)
    keypoint_set: str = 'halpe_136'
    input_size_wh: tuple[int, int] = (192, 256)
    normalization: Literal['alphapose', 'imagenet'] = 'imagenet'
    decode: Literal['argmax', 'integral', 'combined'] = 'argmax'
    widen: bool = False
    frozen: tuple[str, ...] = ()
    validation: tuple[Source, ...] = ()
    teachers: tuple[TeacherOptions, ...] = ()
    epoch_size: int = 0
    images_per_identity: int = 1
    geometry: Augmentation = field(default_factory=Augmentation)
    pixels: PixelAugmentation = field(default_factory=PixelAugmentation)
    loss: PoseLossOptions = field(default_factory=PoseLossOptions)
