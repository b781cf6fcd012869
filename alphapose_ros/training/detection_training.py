# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""From a recipe to all that the training of a person detector needs."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import asdict
from dataclasses import dataclass
from dataclasses import field
from typing import Any
from typing import Literal

import torch
from torch import nn

from alphapose_ros.inference.checkpoint import read_state
from alphapose_ros.io.checkpoints import check_layout
from alphapose_ros.io.weights import find_model
from alphapose_ros.models.catalog import DETECTORS
from alphapose_ros.models.yolox import Yolox
from alphapose_ros.training.detection_data import BoxSource
from alphapose_ros.training.detection_data import load_batches
from alphapose_ros.training.detection_data import read_boxes
from alphapose_ros.training.detection_data import TrainingImages
from alphapose_ros.training.detection_loss import DetectionLoss
from alphapose_ros.training.detection_loss import start_detector
from alphapose_ros.training.detection_validation import labelled_images
from alphapose_ros.training.detection_validation import score_module
from alphapose_ros.training.detection_views import LabelledImage
from alphapose_ros.training.detection_views import Views
from alphapose_ros.training.distributed import Group
from alphapose_ros.training.distributed import use_device
from alphapose_ros.training.loop import Batches
from alphapose_ros.training.loop import Trainer
from alphapose_ros.training.session import RunSettings
from alphapose_ros.training.session import Scores
from alphapose_ros.training.session import Session
from alphapose_ros.training.session import Training


@dataclass(frozen=True, kw_only=True)
class DetectionRecipe(RunSettings):
    """
    All that decides what a person detector becomes; `start_from` must be of the same network.

    :param network: only YOLOX, with the one class "person".
    :param network_options: arguments of its constructor: depth, width, depthwise.
    :param input_size_wh: width and height of the images, multiples of 32.
    :param train: data sets to learn from.
    :param validation: data sets to measure with.
    :param epoch_size: images per epoch.
    :param whole_epochs: the last epochs, without mosaics and with exact offsets.
    :param views: how images vary.
    """

    network: Literal['yolox']
    network_options: Mapping[str, Any]
    train: tuple[BoxSource, ...]
    input_size_wh: tuple[int, int] = (320, 320)
    validation: tuple[BoxSource, ...] = ()
    epoch_size: int = 1024
    whole_epochs: float = 0.0
    batch_size: int = 16
    workers: int = 1
    views: Views = field(default_factory=Views)
    session: Session = field(default_factory=lambda: Session(watch='ap'))


def prepare_detection(recipe: DetectionRecipe, group: Group) -> Training:
    """
    Read the data and build the network.

    :raises ValueError: if anything does not fit; says what.
    """
    device = use_device(recipe.device, recipe.threads, group)
    trainer = Trainer(
        build_detector(recipe),
        DetectionLoss(),
        recipe.optimization,
        steps_per_epoch=_steps_per_epoch(recipe, group),
        group=group,
        device=device,
        seed=recipe.seed,
    )
    description = {
        'input_size_wh': recipe.input_size_wh,
        'decode': 'yolox',
        'licence': recipe.licence,
    }
    evaluate = _make_evaluation(recipe) if recipe.validation else None
    return Training(trainer, make_batches(recipe, group), evaluate, description)


def make_batches(recipe: DetectionRecipe, group: Group) -> Batches:
    """Return the batches of this process."""
    steps_per_epoch = _steps_per_epoch(recipe, group)
    epochs = recipe.optimization.epochs
    num_steps = round(epochs * steps_per_epoch)
    exact_step = round((epochs - recipe.whole_epochs) * steps_per_epoch)
    images = _training_images(recipe, exact_step * group.size * recipe.batch_size)
    numbers = range(group.rank, num_steps * group.size, group.size)
    return lambda step: load_batches(
        images, numbers[step:], batch_size=recipe.batch_size, num_workers=recipe.workers
    )


def _steps_per_epoch(recipe: DetectionRecipe, group: Group) -> int:
    count = recipe.epoch_size // (recipe.batch_size * group.size)
    if not count:
        raise ValueError(
            f'epoch_size must be at least {recipe.batch_size * group.size}, the images of a step, '
            f'got {recipe.epoch_size}'
        )
    return count


def build_detector(recipe: DetectionRecipe) -> Yolox:
    """
    Return the network as a training begins.

    :raises ValueError: if the options do not fit, or the checkpoint is of another network.
    """
    if any(n < 32 or n % 32 for n in recipe.input_size_wh):
        raise ValueError(f'input_size_wh must be multiples of 32, got {recipe.input_size_wh}')
    torch.manual_seed(recipe.seed)
    try:
        module = Yolox(**{**recipe.network_options, 'num_classes': 1})
    except TypeError as err:
        raise ValueError(f'network_options do not fit yolox: {err}') from err
    start_detector(module)
    if recipe.start_from:
        path, _ = find_model(recipe.start_from, DETECTORS)
        state = read_state(path)
        check_layout(recipe.start_from, state, module.state_dict())
        module.load_state_dict(state)
    return module


def _training_images(recipe: DetectionRecipe, whole_from: int) -> TrainingImages:
    labels = [read_boxes(source) for source in recipe.train]
    if not labels:
        raise ValueError('train must name a data set')
    return TrainingImages(
        labels,
        [source.weight for source in recipe.train],
        size_wh=recipe.input_size_wh,
        views=recipe.views,
        whole_from=whole_from,
        seed=recipe.seed,
        cached=recipe.cache_images,
    )


def _make_evaluation(recipe: DetectionRecipe) -> Callable[[nn.Module], Scores]:
    labels = [read_boxes(source) for source in recipe.validation]

    def images() -> Iterator[LabelledImage]:
        for part in labels:
            yield from labelled_images(part)

    return lambda module: asdict(score_module(module, recipe.input_size_wh, images()))
