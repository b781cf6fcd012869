# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
People of several data sets, with the joints of one keypoint set. P people, K keypoints.

Joints go from set to set by their name, never by their number: COCO-WholeBody and Halpe, for
example, order the feet differently. What a data set lacks has weight 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from alphapose_ros.io.training_labels import TrainingLabels
from alphapose_ros.structures import Skeleton

IntArray = NDArray[np.int64]
# The same joints under MPII's names; its upper neck is higher than the neck of Halpe.
_SYNONYMS: Mapping[str, str] = MappingProxyType(
    {'pelvis': 'hip', 'thorax': 'neck', 'head_top': 'head'}
)


@dataclass(frozen=True, kw_only=True)
class Source:
    """
    A data set.

    :param path: of its labels, or of a folder with `annotations.json`.
    :param images: folder of the images; '' is that of the labels.
    :param weight: how much more often its people are drawn than others.
    """

    path: str
    images: str = ''
    weight: float = 1.0


def map_joints(labels: TrainingLabels, skeleton: Skeleton) -> TrainingLabels:
    """
    Return the same people with the joints of another keypoint set.

    :raises ValueError: if the two have no joint in common.
    """
    places = {
        _SYNONYMS.get(name, name): i for i, name in enumerate(labels.skeleton.keypoint_names)
    }
    sources = [places.get(_SYNONYMS.get(n, n), -1) for n in skeleton.keypoint_names]
    if max(sources) < 0:
        raise ValueError(f'{labels.skeleton.name} and {skeleton.name} have no joint in common')
    has_source = np.array(sources) >= 0
    return replace(
        labels,
        skeleton=skeleton,
        keypoints=np.where(has_source[:, None], labels.keypoints[:, sources], np.float32(0)),
        weights=np.where(has_source, labels.weights[:, sources], np.float32(0)),
    )


def join(parts: Sequence[TrainingLabels]) -> TrainingLabels:
    """
    Return the people of all; images and identities of different data sets stay apart.

    :param parts: at least one, with the same joints.
    """
    image_offsets = np.cumsum([0, *(len(part.paths) for part in parts)])
    identity_offsets = np.cumsum([0, *(part.identities.max(initial=-1) + 1 for part in parts)])
    identities = [
        np.where(part.identities >= 0, part.identities + offset, -1)
        for part, offset in zip(parts, identity_offsets, strict=False)
    ]
    images = [p.images + offset for p, offset in zip(parts, image_offsets, strict=False)]
    return TrainingLabels(
        skeleton=parts[0].skeleton,
        paths=tuple(path for part in parts for path in part.paths),
        image_ids=np.concatenate([part.image_ids for part in parts]),
        images=np.concatenate(images),
        boxes=np.concatenate([part.boxes for part in parts]),
        areas=np.concatenate([part.areas for part in parts]),
        keypoints=np.concatenate([part.keypoints for part in parts]),
        weights=np.concatenate([part.weights for part in parts]),
        identities=np.concatenate(identities),
    )


@dataclass(frozen=True, eq=False)
class Drawing:
    """
    Who is drawn when; a function of seed and epoch alone.

    :param lengths: people of every data set; they are numbered through.
    :param counts: people of every data set per epoch.
    :param seed: of the order.
    :param identities: (P,) of everybody, -1 where unknown.
    :param images: (P,) number of the image that everybody is in.
    :param images_per_identity: as many images of one person are drawn in a row, and those of the
        people beside him next: they are not to be told apart by light or camera.
    """

    lengths: tuple[int, ...]
    counts: tuple[int, ...]
    seed: int
    identities: IntArray
    images: IntArray
    images_per_identity: int = 1

    @property
    def epoch_size(self) -> int:
        """People per epoch."""
        return sum(self.counts)

    def epoch(self, number: int) -> IntArray:
        """
        Return the people of an epoch, in order.

        Within a data set nobody comes twice before everybody came once.
        """
        rng = np.random.default_rng([self.seed, number])
        if self.images_per_identity > 1:
            return self._by_identity(rng)
        parts, offset = [], 0
        for length, count in zip(self.lengths, self.counts, strict=True):
            parts.append(offset + self._walk(length, number * count, count))
            offset += length
        return rng.permutation(np.concatenate(parts))

    def _walk(self, length: int, start: int, count: int) -> IntArray:
        """Return places start to start + count of one random order after the other."""
        rounds = range(start // length, (start + count - 1) // length + 1)
        orders = [
            np.random.default_rng([self.seed, length, r]).permutation(length) for r in rounds
        ]
        place = start - rounds[0] * length if orders else 0
        return np.concatenate([*orders, np.zeros(0, np.int64)])[place : place + count]

    def _by_identity(self, rng: np.random.Generator) -> IntArray:
        """Return groups of images of one person each; people of one image follow each other."""
        known, counts = np.unique(self.identities[self.identities >= 0], return_counts=True)
        several = np.flatnonzero(np.isin(self.identities, known[counts > 1]))
        if not len(several):
            raise ValueError('images_per_identity needs people of whom there are two images')
        groups: list[IntArray] = []
        images = self.images[several]
        while len(groups) * self.images_per_identity < self.epoch_size:
            beside = several[images == rng.choice(images)]
            for identity in np.unique(self.identities[beside]):
                places = np.flatnonzero(self.identities == identity)
                is_short = len(places) < self.images_per_identity
                groups.append(rng.choice(places, self.images_per_identity, replace=is_short))
        return np.concatenate(groups)[: self.epoch_size]


def make_drawing(
    labels: Sequence[TrainingLabels],
    sources: Sequence[Source],
    *,
    epoch_size: int,
    seed: int,
    images_per_identity: int = 1,
) -> Drawing:
    """
    Return the order in which the people of data sets are drawn.

    :param epoch_size: people per epoch; 0 is all, as many times as the weights of their sources.
    """
    lengths = tuple(len(part) for part in labels)
    everybody = join(labels)
    masses = [n * source.weight for n, source in zip(lengths, sources, strict=True)]
    factor = epoch_size / sum(masses) if epoch_size else 1.0
    return Drawing(
        lengths=lengths,
        counts=tuple(round(factor * mass) for mass in masses),
        seed=seed,
        identities=everybody.identities,
        images=everybody.images,
        images_per_identity=images_per_identity,
    )


def find_missing_images(labels: TrainingLabels) -> list[Path]:
    """Return the images that somebody is in and that are not there."""
    return [labels.paths[i] for i in np.unique(labels.images) if not labels.paths[i].is_file()]
