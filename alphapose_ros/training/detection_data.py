# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Batches of images for training a detector, drawn at random but each by its number alone."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import torch
from torch.utils.data import DataLoader
from torch.utils.data import Dataset

from alphapose_ros.inference.load import load_detector
from alphapose_ros.io.box_labels import BoxLabels
from alphapose_ros.io.box_labels import read_box_labels
from alphapose_ros.io.box_labels import read_listed_boxes
from alphapose_ros.io.photographs import list_photographs
from alphapose_ros.io.training_labels import read_training_image
from alphapose_ros.training.detection_loss import DetectionBatch
from alphapose_ros.training.detection_teacher import add_people
from alphapose_ros.training.detection_teacher import label_photographs
from alphapose_ros.training.detection_views import LabelledImage
from alphapose_ros.training.detection_views import mosaic
from alphapose_ros.training.detection_views import random_view
from alphapose_ros.training.detection_views import Views


@dataclass(frozen=True, kw_only=True)
class BoxSource:
    """
    A data set of images with boxes of people.

    :param path: of a COCO file, of a folder with `annotations.json`, of a list of photographs
        (.jsonl, see `io.photographs`) with the boxes of a detector, or of a folder of photographs.
    :param teacher: detector that labels photographs: its name in the catalog, or a file; '' if
        there are labels. To the boxes of a list it adds people who are missing there.
    :param images: folder of the images of a COCO file; '' is that of the file.
    :param part: of the images in a random order that never changes, from where to where, such as
        0 to 0.9 to learn from and 0.9 to 1 to measure with.
    :param weight: share of the images of a training, relative to the other data sets.
    :param min_score: of a box that counts as a person; fainter ones are neither person nor
        background. Only teachers' boxes have scores below 1.
    :param score_power: the objectness to learn is the score to this power. A YOLOX teacher's score
        is already a product with the class probability; 0.5 undoes that.
    """

    path: str
    teacher: str = ''
    images: str = ''
    part: tuple[float, float] = (0.0, 1.0)
    weight: float = 1.0
    min_score: float = 0.3
    score_power: float = 1.0


def read_boxes(source: BoxSource) -> BoxLabels:
    """
    Read the labels of a data set.

    :raises ValueError: if they cannot be read, or there is no image.
    """
    path = Path(source.path)
    if source.teacher:
        paths = [photograph.path for photograph in list_photographs(path)]
        labels = label_photographs(paths, load_detector(source.teacher))
        if path.suffix == '.jsonl':
            labels = add_people(read_listed_boxes(path), labels)
    elif path.suffix == '.jsonl':
        labels = read_listed_boxes(path)
    else:
        labels = read_box_labels(path, Path(source.images) if source.images else None)
    start, end = (round(len(labels) * share) for share in source.part)
    labels = labels.choose_images(np.random.default_rng(0).permutation(len(labels))[start:end])
    if not len(labels):
        raise ValueError(f'{source.path} has no images in part {source.part}')
    is_faint = labels.scores < source.min_score
    scores = np.where(is_faint, 0, labels.scores**source.score_power)
    return replace(labels, scores=scores.astype(np.float32))


class TrainingImages(Dataset[LabelledImage]):
    """
    The images of a training, numbered from its first to its last.

    :param labels: of every data set, none without images.
    :param weights: shares of the data sets.
    :param size_wh: of the images.
    :param views: what is random in them.
    :param whole_from: number of the first image of the last phase, in which there is no mosaic.
    :param seed: another one gives other images.
    :param cached: keep decoded files in memory.
    """

    def __init__(
        self,
        labels: Sequence[BoxLabels],
        weights: Sequence[float],
        *,
        size_wh: tuple[int, int],
        views: Views,
        whole_from: int,
        seed: int,
        cached: bool = False,
    ) -> None:
        self._labels, self._shares = labels, np.array(weights) / sum(weights)
        self._size_wh, self._views = size_wh, views
        self._whole_from, self._seed = whole_from, seed
        self._cache: dict[Path, np.ndarray] | None = {} if cached else None

    def __getitem__(self, index: int) -> LabelledImage:
        """Return an image of the size of the network."""
        rng = np.random.default_rng([self._seed, index])
        views = self._views
        if index < self._whole_from and rng.uniform() < views.mosaic:
            return mosaic([self._draw(rng) for _ in range(4)], self._size_wh, views, rng)
        return random_view(self._draw(rng), self._size_wh, views, rng)

    def batch(self, indices: Sequence[int]) -> DetectionBatch:
        """Return images in one batch; it is exact if its first one is of the last phase."""
        is_exact = torch.tensor(indices[0] >= self._whole_from)
        return make_batch([self[index] for index in indices], is_exact)

    def _draw(self, rng: np.random.Generator) -> LabelledImage:
        labels = self._labels[rng.choice(len(self._labels), p=self._shares)]
        index = int(rng.integers(len(labels)))
        is_here = labels.images == index
        return LabelledImage(
            self._read(labels.paths[index]), labels.boxes[is_here], labels.scores[is_here]
        )

    def _read(self, path: Path) -> np.ndarray:
        if self._cache is None:
            return read_training_image(path)
        if path not in self._cache:
            self._cache[path] = read_training_image(path)
        return self._cache[path]


def make_batch(samples: Sequence[LabelledImage], is_exact: torch.Tensor) -> DetectionBatch:
    """
    Return samples in one batch.

    :param samples: at least one, with images of one size.
    :param is_exact: see `DetectionBatch`.
    """
    places = max(len(sample.scores) for sample in samples)
    boxes = np.zeros((len(samples), places, 4), np.float32)
    scores = np.zeros((len(samples), places), np.float32)
    for i, sample in enumerate(samples):
        boxes[i, : len(sample.boxes)] = sample.boxes
        scores[i, : len(sample.scores)] = sample.scores
    images = torch.from_numpy(np.stack([sample.image for sample in samples])).permute(0, 3, 1, 2)
    return DetectionBatch(images, torch.from_numpy(boxes), torch.from_numpy(scores), is_exact)


class _Batches(Dataset[DetectionBatch]):
    """The batches of a training, numbered from its first to its last."""

    def __init__(self, images: TrainingImages, size: int) -> None:
        self._images, self._size = images, size

    def __getitem__(self, number: int) -> DetectionBatch:
        return self._images.batch(range(number * self._size, (number + 1) * self._size))


def load_batches(
    images: TrainingImages,
    numbers: range,
    *,
    batch_size: int,
    num_workers: int,
) -> Iterable[DetectionBatch]:
    """
    Make batches, in other processes.

    :param numbers: which, in order.
    :param num_workers: processes; 0 for this one.
    """
    return DataLoader(
        _Batches(images, batch_size),
        batch_size=None,
        sampler=numbers,
        num_workers=num_workers,
        worker_init_fn=_start_worker,
        prefetch_factor=4 if num_workers else None,
    )


def _start_worker(_: int) -> None:
    """Leave the other cores to the network."""
    cv2.setNumThreads(0)
