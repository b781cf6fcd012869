# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""From a recipe to all that the training of a pose network needs."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from alphapose_ros.core.decoding import HeatmapDecoder
from alphapose_ros.core.decoding import make_decoder
from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.inference.checkpoint import identify_file
from alphapose_ros.inference.checkpoint import read_state
from alphapose_ros.inference.load import load_pose_estimator
from alphapose_ros.inference.network import Normalization
from alphapose_ros.inference.options import NetworkOptions
from alphapose_ros.io.checkpoints import State
from alphapose_ros.io.training_labels import read_detected_boxes
from alphapose_ros.io.training_labels import read_training_labels
from alphapose_ros.io.training_labels import TrainingLabels
from alphapose_ros.io.weights import find_model
from alphapose_ros.models.architecture import Architecture
from alphapose_ros.models.catalog import POSE_NETWORKS
from alphapose_ros.models.networks import build_network
from alphapose_ros.models.networks import NETWORKS
from alphapose_ros.models.records import ColorOrder
from alphapose_ros.structures import Skeleton
from alphapose_ros.training.datasets import join
from alphapose_ros.training.datasets import make_drawing
from alphapose_ros.training.datasets import map_joints
from alphapose_ros.training.datasets import Source
from alphapose_ros.training.distillation import Teacher
from alphapose_ros.training.distillation import TeacherOptions
from alphapose_ros.training.distributed import Group
from alphapose_ros.training.distributed import use_device
from alphapose_ros.training.loop import Trainer
from alphapose_ros.training.optimization import is_bfloat16
from alphapose_ros.training.pose_batches import make_batches
from alphapose_ros.training.pose_batches import PoseDataset
from alphapose_ros.training.pose_batches import validation_batches
from alphapose_ros.training.pose_loss import PoseLoss
from alphapose_ros.training.proposals import learn_proposals
from alphapose_ros.training.proposals import match_boxes
from alphapose_ros.training.proposals import ProposalModel
from alphapose_ros.training.proposals import published_model
from alphapose_ros.training.recipe import NORMALIZATIONS
from alphapose_ros.training.recipe import Recipe
from alphapose_ros.training.session import Scores
from alphapose_ros.training.session import Training
from alphapose_ros.training.validation import evaluate_pose_network
from alphapose_ros.training.widening import widen_state

# Where a pose network keeps its ResNet.
_BACKBONE = 'preact.'
COLOR_ORDER: ColorOrder = 'rgb'


def prepare(recipe: Recipe, group: Group) -> Training:
    """
    Read the data and build the network.

    :raises ValueError: if anything does not fit; says what.
    """
    device = use_device(recipe.device, recipe.threads, group)
    skeleton = get_skeleton(recipe.keypoint_set)
    decoder = make_decoder(recipe.decode, skeleton, recipe.loss.normalize)
    assert isinstance(decoder, HeatmapDecoder)
    if recipe.geometry.mix_probability and not recipe.teachers:
        raise ValueError('geometry.mix_probability needs teachers: no label is of a mixed crop')
    parts = _read(recipe.train, skeleton)
    drawing = make_drawing(
        parts,
        recipe.train,
        epoch_size=recipe.epoch_size,
        seed=recipe.seed,
        images_per_identity=recipe.images_per_identity,
    )
    dataset = PoseDataset(
        join(parts),
        recipe.input_size_wh,
        geometry=recipe.geometry,
        pixels=recipe.pixels,
        proposals=_proposals(recipe, parts[0]),
        seed=recipe.seed,
        is_cached=recipe.cache_images,
    )
    batches, steps_per_epoch = make_batches(
        dataset, drawing, batch_size=recipe.batch_size, group=group, workers=recipe.workers
    )
    mean, std = NORMALIZATIONS[recipe.normalization]
    normalization = Normalization(COLOR_ORDER, mean, std, device=device)
    teachers = [_open_teacher(options, recipe, device) for options in recipe.teachers]
    trainer = Trainer(
        _build(recipe, skeleton),
        PoseLoss(skeleton, decoder, recipe.loss, normalization, teachers),
        recipe.optimization,
        steps_per_epoch=steps_per_epoch,
        group=group,
        device=device,
        seed=recipe.seed,
    )
    evaluate = None
    if recipe.validation:
        evaluate = _make_evaluation(recipe, skeleton, decoder, normalization, device)
    return Training(trainer, batches, evaluate, _describe(recipe))


def load_matching(module: nn.Module, path: Path, *, widen_seed: int | None = None) -> int:
    """
    Take the entries of a checkpoint that the network has, by name and shape.

    :param path: see `inference.checkpoint.read_state`.
    :param widen_seed: of what is random if entries of narrower layers are widened; None takes
        those of equal shape alone.
    :return: how many there are.
    :raises ValueError: if there is none, or it shall be widened and is another network.
    """
    state = read_state(path)
    state |= {_BACKBONE + key: value for key, value in state.items()}
    own = module.state_dict()
    if widen_seed is not None:
        _check_narrower(path, state, own)
        state = widen_state(state, own, seed=widen_seed)
    matching = {k: v for k, v in state.items() if k in own and own[k].shape == v.shape}
    if not matching:
        raise ValueError(f'start_from: {path} has no entry of the network')
    module.load_state_dict({**own, **matching})
    return len(matching)


def _check_narrower(path: Path, state: State, own: State) -> None:
    """Refuse to copy channels that mean something: joints."""
    start, wanted = identify_file(path, state), identify_file(path, own)
    start_joints, joints = (a.options.get('num_keypoints') for a in (start, wanted))
    if (start.network, start_joints) != (wanted.network, joints):
        raise ValueError(
            f'widen: start_from must be a {wanted.network} of {joints} joints, {path} is a '
            f'{start.network} of {start_joints}'
        )


def _build(recipe: Recipe, skeleton: Skeleton) -> nn.Module:
    pose_networks = [name for name, (kind, _) in NETWORKS.items() if kind == 'pose']
    if recipe.network not in pose_networks:
        raise ValueError(
            f'network must be one of {", ".join(pose_networks)}, got {recipe.network!r}'
        )
    options = {**recipe.network_options, 'num_keypoints': skeleton.num_keypoints}
    torch.manual_seed(recipe.seed)
    try:
        module = build_network(Architecture(recipe.network, options))
    except TypeError as err:
        raise ValueError(f'network_options do not fit {recipe.network}: {err}') from err
    if recipe.widen and not recipe.start_from:
        raise ValueError('widen needs a narrower network to start_from')
    if recipe.start_from:
        path, _ = find_model(recipe.start_from, POSE_NETWORKS)
        load_matching(module, path, widen_seed=recipe.seed if recipe.widen else None)
    for prefix in recipe.frozen:
        parameters = [p for name, p in module.named_parameters() if name.startswith(prefix)]
        if not parameters:
            raise ValueError(f'frozen: no parameter of {recipe.network} begins with {prefix!r}')
        for parameter in parameters:
            parameter.requires_grad_(False)
    return module


def _read(sources: Sequence[Source], skeleton: Skeleton) -> list[TrainingLabels]:
    parts = []
    for source in sources:
        images = Path(source.images) if source.images else None
        labels = map_joints(read_training_labels(Path(source.path), images), skeleton)
        if not len(labels):
            raise ValueError(f'{source.path} has nobody with a labelled joint')
        parts.append(labels)
    if not parts:
        raise ValueError('train must name a data set')
    return parts


def _proposals(recipe: Recipe, labels: TrainingLabels) -> ProposalModel:
    """Return how boxes are displaced: as published, or as a detector does in the first data."""
    if not recipe.geometry.detections:
        return published_model()
    found = read_detected_boxes(Path(recipe.geometry.detections))
    people, boxes = [], []
    for image in np.unique(labels.images).tolist():
        mine = np.flatnonzero(labels.images == image)
        detected = found.get(int(labels.image_ids[image]), np.zeros((0, 4), np.float32))
        matched, matched_boxes = match_boxes(labels.boxes[mine], detected)
        people.append(mine[matched])
        boxes.append(matched_boxes)
    chosen = np.concatenate(people)
    return learn_proposals(
        labels.keypoints[chosen],
        labels.weights[chosen],
        labels.boxes[chosen],
        np.concatenate(boxes),
        seed=recipe.seed,
    )


def _open_teacher(options: TeacherOptions, recipe: Recipe, device: torch.device) -> Teacher:
    is_half = is_bfloat16(recipe.optimization.precision, device)
    network_options = NetworkOptions(
        device=options.device or str(device),
        threads=recipe.threads,
        precision='half' if is_half else 'float32',
        backend='openvino' if options.hints else 'auto',
        inner_outputs=tuple(options.hints.values()),
    )
    estimator = load_pose_estimator(options.model, network_options)
    return Teacher(estimator, get_skeleton(recipe.keypoint_set), options)


def _make_evaluation(
    recipe: Recipe,
    skeleton: Skeleton,
    decoder: HeatmapDecoder,
    normalization: Normalization,
    device: torch.device,
) -> Callable[[nn.Module], Scores]:
    labels = join(_read(recipe.validation, skeleton))
    dataset = PoseDataset(labels, recipe.input_size_wh, is_cached=recipe.cache_images)

    def evaluate(module: nn.Module) -> Scores:
        batches = validation_batches(dataset, batch_size=recipe.batch_size, workers=recipe.workers)
        return evaluate_pose_network(
            module, normalization, batches, decoder=decoder, skeleton=skeleton, device=device
        )

    return evaluate


def _describe(recipe: Recipe) -> dict[str, Any]:
    mean, std = NORMALIZATIONS[recipe.normalization]
    return {
        'input_size_wh': recipe.input_size_wh,
        'color_order': COLOR_ORDER,
        'mean': mean,
        'std': std,
        'licence': recipe.licence,
        'keypoint_set': recipe.keypoint_set,
        'decode': recipe.decode,
        'normalize': recipe.loss.normalize,
    }
