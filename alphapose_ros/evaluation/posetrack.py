# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Tracked joints by the measures of PoseTrack (Andriluka et al. 2018). K joints.

Every joint is tracked for itself: a found one belongs to a true one that is nearer than half the
head of the true person. Regions to be ignored are not known here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alphapose_ros.evaluation.alignment import Comparison
from alphapose_ros.evaluation.tracking import HINT
from alphapose_ros.structures import FloatArray

MAX_DISTANCE = 0.5
# Never annotated.
_UNUSED = ('left_ear', 'right_ear')
_MEASURES = ('mota', 'motp', 'precision', 'recall', 'num_switches')


@dataclass(frozen=True, eq=False)
class JointTrackingScores:
    """
    Measures by joint; NaN where no joint is labelled.

    :param names: of the K joints.
    :param mota: (K,) 1 - (misses + false positives + switches) / labelled joints.
    :param motp: (K,) mean distance of the pairs, in heads; 0 is perfect.
    :param precision: (K,) share of found joints that are true.
    :param recall: (K,) share of labelled joints that are found.
    :param id_switches: (K,) int64.
    """

    names: tuple[str, ...]
    mota: FloatArray
    motp: FloatArray
    precision: FloatArray
    recall: FloatArray
    id_switches: NDArray[np.int64]


def evaluate_joint_tracking(
    comparison: Comparison, *, min_joint_score: float = 0.0
) -> JointTrackingScores:
    """
    Compare tracked joints with what is true; people without id are left out.

    :param comparison: images in the order of time; those whose names have one folder are one
        sequence.
    :param min_joint_score: joints scored below are left out.
    :raises ValueError: if truth lacks ids, or an id is twice in an image.
    :raises ImportError: if a library is missing; says how to install it.
    """
    names = comparison.truth.skeleton.keypoint_names
    joints = [i for i, name in enumerate(names) if name not in _UNUSED]
    images = list(_images(comparison, min_joint_score))
    rows = [_score([image.of_joint(joint) for image in images]) for joint in joints]
    columns = {name: [row[name] for row in rows] for name in _MEASURES}
    return JointTrackingScores(
        names=tuple(names[i] for i in joints),
        mota=np.array(columns['mota'], np.float32),
        motp=np.array(columns['motp'], np.float32),
        precision=np.array(columns['precision'], np.float32),
        recall=np.array(columns['recall'], np.float32),
        id_switches=np.array(columns['num_switches'], np.int64),
    )


@dataclass(frozen=True, eq=False)
class _Image:
    """
    An image with T true and F found people.

    :param true_ids: (T,) unlike those of other sequences.
    :param found_ids: (F,) likewise.
    :param is_true: (T, K) bool, labelled.
    :param is_found: (F, K) bool.
    :param distances: (T, F, K) in heads; NaN where too far.
    """

    true_ids: NDArray[np.int64]
    found_ids: NDArray[np.int64]
    is_true: NDArray[np.bool_]
    is_found: NDArray[np.bool_]
    distances: FloatArray

    def of_joint(self, joint: int) -> tuple[NDArray[np.int64], NDArray[np.int64], FloatArray]:
        """Return the ids that have the joint, and the distances between them."""
        true, found = self.is_true[:, joint], self.is_found[:, joint]
        distances = self.distances[true][:, found, joint]
        return self.true_ids[true], self.found_ids[found], distances


def _images(comparison: Comparison, min_joint_score: float) -> Iterator[_Image]:
    truth = comparison.truth
    if (truth.track_ids < 0).any():
        raise ValueError('truth must have a track_id in every annotation')
    folders = [str(PurePath(name).parent) for name in truth.file_names]
    offsets = {folder: i << 32 for i, folder in enumerate(dict.fromkeys(folders))}
    for i in np.flatnonzero(truth.has_labels).tolist():
        people = np.flatnonzero((truth.images == i) & ~np.isnan(truth.head_sizes))
        tracks = comparison.found[i]
        tracks = tracks[tracks.track_ids >= 0]
        ids = truth.track_ids[people], tracks.track_ids.astype(np.int64)
        for name, values in zip(('truth', 'results'), ids, strict=True):
            if len(np.unique(values)) < len(values):
                raise ValueError(f'{name} have an id twice in {truth.file_names[i]}')
        poses = tracks.poses
        offset = truth.keypoints[people][:, None] - poses.keypoints[None]
        distances = np.linalg.norm(offset, axis=3) / truth.head_sizes[people][:, None, None]
        yield _Image(
            true_ids=ids[0] + offsets[folders[i]],
            found_ids=ids[1] + offsets[folders[i]],
            is_true=truth.is_labelled[people],
            is_found=~np.isnan(poses.keypoints[..., 0])
            & (poses.keypoint_scores >= min_joint_score),
            distances=np.where(distances <= MAX_DISTANCE, distances, np.float32(np.nan)),
        )


def _score(images: list[tuple[NDArray[np.int64], NDArray[np.int64], FloatArray]]) -> Any:
    """Return the measures of one joint."""
    try:
        import motmetrics
    except ImportError as err:
        raise ImportError(f'comparing needs motmetrics: {HINT}') from err
    accumulator = motmetrics.MOTAccumulator()
    for frame, image in enumerate(images):
        accumulator.update(*image, frameid=frame)
    values = motmetrics.metrics.create().compute(
        accumulator, list(_MEASURES), return_dataframe=False
    )
    if not any(len(true_ids) for true_ids, *_ in images):
        return dict.fromkeys(_MEASURES, float('nan')) | {'num_switches': 0}
    return values
