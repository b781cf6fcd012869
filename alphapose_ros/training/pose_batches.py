# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Batches of crops with their joints, made by processes beside the one that trains.

N people, K keypoints. Each batch is a function of the seed and of its draw alone, so that it does
not matter which process makes it, or whether the training was interrupted.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
import signal
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
import torch
from torch import Tensor
from torch.utils.data import DataLoader
from torch.utils.data import Dataset
from torch.utils.data import Sampler

from alphapose_ros.io.training_labels import read_training_image
from alphapose_ros.io.training_labels import TrainingLabels
from alphapose_ros.structures import FloatArray
from alphapose_ros.training.augmentation import Augmentation
from alphapose_ros.training.augmentation import CropView
from alphapose_ros.training.augmentation import draw_view
from alphapose_ros.training.augmentation import plain_view
from alphapose_ros.training.augmentation import view_joints
from alphapose_ros.training.datasets import Drawing
from alphapose_ros.training.datasets import IntArray
from alphapose_ros.training.distributed import Group
from alphapose_ros.training.loop import Batches
from alphapose_ros.training.patches import mix_crops
from alphapose_ros.training.patches import paste_patches
from alphapose_ros.training.pixels import augment_pixels
from alphapose_ros.training.pixels import ByteArray
from alphapose_ros.training.pixels import PixelAugmentation
from alphapose_ros.training.proposals import ProposalModel
from alphapose_ros.training.proposals import propose
from alphapose_ros.training.truncation import cut_off
from alphapose_ros.training.truncation import is_within
from alphapose_ros.training.truncation import whole_image

# Apart from the numbers of crops, which are of the seed and the number of a draw.
_PAIRS = 1


@dataclass(frozen=True, eq=False)
class PoseBatch:
    """
    Crops of N people.

    :param crops: (N, 3, H, W) uint8 BGR, channels last in memory.
    :param points: (N, K, 2) x, y in pixels of the crop.
    :param weights: (N, K) in [0, 1], 0 where not labelled or not in the crop.
    :param absent: (N, K) in [0, 1], how sure it is that a joint is not in the crop.
    :param identities: (N,) int64, -1 where unknown.
    :param box_sizes: (N,) longer side of the person's box, pixels of the crop.
    :param areas: (N,) square pixels of the crop that the person covers.
    """

    crops: Tensor
    points: Tensor
    weights: Tensor
    absent: Tensor
    identities: Tensor
    box_sizes: Tensor
    areas: Tensor

    def to(self, device: torch.device) -> PoseBatch:
        """Return it on a device."""
        return PoseBatch(**{k: v.to(device, non_blocking=True) for k, v in vars(self).items()})

    def pin_memory(self) -> PoseBatch:
        """Return it in memory that a GPU reads by itself."""
        return PoseBatch(**{name: value.pin_memory() for name, value in vars(self).items()})


@dataclass(frozen=True, eq=False)
class Draw:
    """
    Who is in a batch.

    :param people: (N,) numbers in the data set.
    :param numbers: (N,) of the draws since the training began.
    :param epoch: the batch is of.
    """

    people: IntArray
    numbers: IntArray
    epoch: int


class PoseDataset(Dataset[PoseBatch]):
    """
    Makes the batch of a draw.

    :param labels: the people.
    :param size_wh: width and height of the crops.
    :param geometry: how crops vary; None for the crops of inference.
    :param pixels: how pixels vary.
    :param proposals: how boxes are displaced from `geometry.proposals_from_epoch` on.
    :param seed: of all that is random.
    :param is_cached: keep all images in memory, decoded.
    """

    def __init__(
        self,
        labels: TrainingLabels,
        size_wh: tuple[int, int],
        *,
        geometry: Augmentation | None = None,
        pixels: PixelAugmentation | None = None,
        proposals: ProposalModel | None = None,
        seed: int = 0,
        is_cached: bool = False,
    ) -> None:
        self.labels = labels
        self._size_wh, self._geometry, self._pixels = size_wh, geometry, pixels
        self._proposals, self._seed = proposals, seed
        self._images: dict[int, ByteArray] = {}
        if is_cached:
            used = np.unique(labels.images).tolist()
            self._images = {i: read_training_image(labels.paths[i]) for i in used}

    def __getitem__(self, draw: Draw) -> PoseBatch:
        """Return the batch of a draw."""
        rows = [
            self._make(person, np.random.default_rng([self._seed, number]), draw.epoch)
            for person, number in zip(draw.people.tolist(), draw.numbers.tolist(), strict=True)
        ]
        crops, points, weights, absent, box_sizes, areas = (
            np.stack(column) for column in zip(*rows, strict=True)
        )
        options, identities = self._geometry, self.labels.identities[draw.people]
        if options is not None:
            rng = np.random.default_rng([self._seed, int(draw.numbers[0]), _PAIRS])
            crops, weights = paste_patches(
                crops, points, weights, probability=options.patch_probability, rng=rng
            )
            crops, is_mixed = mix_crops(crops, probability=options.mix_probability, rng=rng)
            weights[is_mixed], absent[is_mixed] = 0, 0
            identities = np.where(is_mixed, -1, identities)
        return PoseBatch(
            crops=torch.from_numpy(crops).permute(0, 3, 1, 2),
            points=torch.from_numpy(points),
            weights=torch.from_numpy(weights),
            absent=torch.from_numpy(absent),
            identities=torch.from_numpy(identities),
            box_sizes=torch.from_numpy(box_sizes),
            areas=torch.from_numpy(areas),
        )

    def _make(self, person: int, rng: np.random.Generator, epoch: int) -> tuple[Any, ...]:
        labels = self.labels
        image_index = int(labels.images[person])
        image = self._images.get(image_index)
        if image is None:
            image = read_training_image(labels.paths[image_index])
        edges, box = self._cut(person, (image.shape[1], image.shape[0]), rng)
        view = self._view(person, box, edges, rng, epoch)
        crop = _warp(image, view, self._size_wh, edges)
        if self._pixels is not None:
            crop = augment_pixels(crop, self._pixels, rng)
        joints = labels.keypoints[person], labels.weights[person], labels.skeleton
        points, weights, absent = view_joints(view, *joints, self._size_wh, edges)
        size = labels.boxes[person, 2:] - labels.boxes[person, :2]
        box_size = np.float32(max(size) * view.scale)
        area = np.float32(labels.areas[person] * view.scale**2)
        return crop, points, weights, absent, box_size, area

    def _cut(
        self, person: int, image_size_wh: tuple[int, int], rng: np.random.Generator
    ) -> tuple[NDArray[np.int64], FloatArray]:
        """Return the edges of what is shown of an image, and the box of a person in it."""
        labels, options, box = self.labels, self._geometry, self.labels.boxes[person]
        if options is None or rng.random() >= options.cut_probability:
            return whole_image(image_size_wh), box
        is_labelled = labels.weights[person] > 0
        return cut_off(box, labels.keypoints[person], is_labelled, image_size_wh, rng)

    def _view(
        self,
        person: int,
        box: FloatArray,
        edges: NDArray[np.int64],
        rng: np.random.Generator,
        epoch: int,
    ) -> CropView:
        labels, options = self.labels, self._geometry
        if options is None:
            return plain_view(box, self._size_wh)
        keypoints = labels.keypoints[person]
        weights = labels.weights[person] * is_within(keypoints, edges)
        if self._proposals is not None and 0 <= options.proposals_from_epoch <= epoch:
            box = propose(box, keypoints, weights, self._proposals, edges=edges, rng=rng)
        return draw_view(
            box, keypoints, weights, labels.skeleton, options, size_wh=self._size_wh, rng=rng
        )


def _warp(
    image: ByteArray, view: CropView, size_wh: tuple[int, int], edges: NDArray[np.int64]
) -> ByteArray:
    """Return a crop of the part of an image within edges, black outside."""
    x0, y0, x1, y1 = edges.tolist()
    matrix = view.matrix.copy()
    matrix[:, 2] += matrix[:, :2] @ edges[:2]
    return np.asarray(cv2.warpAffine(image[y0:y1, x0:x1], matrix, size_wh), np.uint8)


def make_batches(
    dataset: PoseDataset, drawing: Drawing, *, batch_size: int, group: Group, workers: int
) -> tuple[Batches, int]:
    """
    Return the batches of this process, without end, and the steps of an epoch.

    :param batch_size: people per batch and process.
    :param workers: processes that make batches; 0 makes them in between.
    :raises ValueError: if an epoch has fewer people than a batch.
    """
    steps_per_epoch = drawing.epoch_size // (batch_size * group.size)
    if not steps_per_epoch:
        raise ValueError(
            f'batch_size must be at most {drawing.epoch_size // group.size}, the people of an '
            f'epoch for each process, got {batch_size}'
        )

    def draws(start: int) -> Iterator[Draw]:
        step, size = start, batch_size * group.size
        while True:
            epoch, first = divmod(step, steps_per_epoch)
            order = drawing.epoch(epoch)
            for i in range(first, steps_per_epoch):
                mine = slice(i * size + group.rank, (i + 1) * size, group.size)
                numbers = np.arange(size)[group.rank :: group.size] + step * size
                yield Draw(order[mine], numbers, epoch)
                step += 1

    return lambda start: _load(dataset, _Sampler(draws(start)), workers), steps_per_epoch


def validation_batches(
    dataset: PoseDataset, *, batch_size: int, workers: int
) -> Iterable[PoseBatch]:
    """Return everybody once, in order."""
    people = np.arange(len(dataset.labels))
    parts = np.split(people, range(batch_size, len(people), batch_size))
    return _load(dataset, [Draw(part, part, 0) for part in parts], workers)


class _Sampler(Sampler[Draw]):
    def __init__(self, draws: Iterator[Draw]) -> None:
        self._draws = draws

    def __iter__(self) -> Iterator[Draw]:
        return self._draws


def _load(
    dataset: PoseDataset, draws: _Sampler | Sequence[Draw], workers: int
) -> Iterable[PoseBatch]:
    """Return batches in the order of the draws."""
    return DataLoader(
        dataset,
        batch_size=None,  # a draw is a batch
        sampler=draws,
        num_workers=workers,
        pin_memory=torch.cuda.is_available(),
        worker_init_fn=_start_worker,
        prefetch_factor=4 if workers else None,
    )


def _start_worker(number: int) -> None:
    """Keep to one core: there is a process for each."""
    cv2.setNumThreads(0)
    torch.set_num_threads(1)
    # The handlers of the process that trains are inherited; it alone decides when to end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
