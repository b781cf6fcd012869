# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
What stands behind the scores: who was taken for whom, how far every joint is off, and where.

I images, P people, K keypoints.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alphapose_ros.core.boxes import box_iou
from alphapose_ros.core.oks import keypoint_similarity
from alphapose_ros.evaluation.alignment import coco_found
from alphapose_ros.evaluation.alignment import coco_truth
from alphapose_ros.evaluation.alignment import Comparison
from alphapose_ros.evaluation.keypoints import run_coco_evaluation
from alphapose_ros.structures import FloatArray
from alphapose_ros.structures import Poses
from alphapose_ros.structures import Skeleton

# Boxes that overlap less are not of one person.
MIN_IOU = 0.1


@dataclass(frozen=True, eq=False)
class PersonDetails:
    """
    True people with at least one labelled joint, crowds left out.

    :param skeleton: the K joints.
    :param images: (P,) int64, index of the image.
    :param track_ids: (P,) int64, the true ones, -1 where unknown.
    :param found: (P,) int64, index of the found person in the image, -1 if missed.
    :param truth: (P, K, 2) x, y; anything where not labelled.
    :param is_labelled: (P, K) bool.
    :param keypoints: (P, K, 2) of the found person, NaN if missed.
    :param boxes: (P, 4) xyxy, the true ones.
    :param areas: (P,) square pixels.
    :param head_sizes: (P,) pixels, NaN where unknown.
    :param oks: (P,) similarity over all joints, 0 if missed, NaN if the skeleton has no sigmas.
    :param errors: (P, K) pixels; NaN where not labelled or not found.
    """

    skeleton: Skeleton
    images: NDArray[np.int64]
    track_ids: NDArray[np.int64]
    found: NDArray[np.int64]
    truth: FloatArray
    is_labelled: NDArray[np.bool_]
    keypoints: FloatArray
    boxes: FloatArray
    areas: FloatArray
    head_sizes: FloatArray
    oks: FloatArray
    errors: FloatArray


@dataclass(frozen=True, eq=False)
class ImageDetails:
    """
    Images of the truth.

    :param image_ids: (I,) int64.
    :param file_names: of the I images, empty where unknown.
    :param num_true: (I,) int64, people with labelled joints.
    :param num_found: (I,) int64.
    :param num_paired: (I,) int64.
    :param oks: (I,) mean over the true people; NaN where nobody is, or without sigmas.
    """

    image_ids: NDArray[np.int64]
    file_names: tuple[str, ...]
    num_true: NDArray[np.int64]
    num_found: NDArray[np.int64]
    num_paired: NDArray[np.int64]
    oks: FloatArray

    def worst_first(self) -> NDArray[np.intp]:
        """Return the indices of the images with an OKS, lowest first."""
        order = np.argsort(self.oks, kind='stable')
        return order[~np.isnan(self.oks[order])]


@dataclass(frozen=True, eq=False)
class PrecisionRecall:
    """
    Precision over recall, as COCO interpolates it.

    :param similarities: (T,) OKS from which a person counts as found: 0.5, 0.55, ... 0.95.
    :param recalls: (R,) 0, 0.01, ... 1.
    :param precisions: (T, R); NaN if nobody is to be found.
    """

    similarities: FloatArray
    recalls: FloatArray
    precisions: FloatArray


def pair_people(comparison: Comparison) -> PersonDetails:
    """
    Find for every true person the found one.

    In each image the most similar pair is taken, then the next of who is left: by OKS, or by the
    overlap of boxes if the skeleton has no sigmas. Who overlaps by less than 0.1 is no pair; the
    box of the found is the extent of the joints.
    """
    truth = comparison.truth
    counted = np.flatnonzero(truth.is_labelled.any(axis=1) & ~truth.is_crowd)
    sigmas = np.array(truth.skeleton.sigmas, np.float32)
    found = np.full(len(counted), -1, np.int64)
    oks = np.full(len(counted), 0 if len(sigmas) else np.nan, np.float32)
    keypoints = np.full((len(counted), *truth.keypoints.shape[1:]), np.nan, np.float32)
    for image in np.unique(truth.images[counted]):
        rows = np.flatnonzero(truth.images[counted] == image)
        people = counted[rows]
        poses = comparison.found[image].poses
        overlaps = box_iou(truth.boxes[people], _extents(poses))  # (true, found)
        similarities = overlaps
        if len(sigmas):
            similarities = keypoint_similarity(
                np.nan_to_num(poses.keypoints, nan=np.inf)[None],
                truth.keypoints[people][:, None],
                weights=truth.is_labelled[people][:, None].astype(np.float32),
                areas=np.maximum(truth.areas[people], 1)[:, None],
                sigmas=sigmas,
            )
        for i, j in _greedy(similarities, overlaps >= MIN_IOU):
            found[rows[i]] = j
            keypoints[rows[i]] = poses.keypoints[j]
            if len(sigmas):
                oks[rows[i]] = similarities[i, j]
    is_labelled = truth.is_labelled[counted]
    errors = np.linalg.norm(keypoints - truth.keypoints[counted], axis=2)
    return PersonDetails(
        skeleton=truth.skeleton,
        images=truth.images[counted],
        track_ids=truth.track_ids[counted],
        found=found,
        truth=truth.keypoints[counted],
        is_labelled=is_labelled,
        keypoints=keypoints,
        boxes=truth.boxes[counted],
        areas=truth.areas[counted],
        head_sizes=truth.head_sizes[counted],
        oks=oks,
        errors=np.where(is_labelled, errors, np.float32(np.nan)),
    )


def score_images(comparison: Comparison, people: PersonDetails) -> ImageDetails:
    """Return what was found in every image."""
    n = len(comparison.found)
    num_true = np.bincount(people.images, minlength=n)
    totals = np.bincount(people.images, weights=people.oks, minlength=n)
    oks = np.where(num_true > 0, totals / np.maximum(num_true, 1), np.nan)
    return ImageDetails(
        image_ids=comparison.truth.image_ids,
        file_names=comparison.truth.file_names,
        num_true=num_true.astype(np.int64),
        num_found=np.array([len(tracks) for tracks in comparison.found], np.int64),
        num_paired=np.bincount(people.images[people.found >= 0], minlength=n).astype(np.int64),
        oks=oks.astype(np.float32),
    )


def precision_recall(comparison: Comparison, part: str = '') -> PrecisionRecall:
    """
    Return the curves of people of all sizes.

    :param part: group of the skeleton; '' is the whole.
    :raises ValueError: as `evaluate_oks`.
    """
    truth = comparison.truth
    run = run_coco_evaluation(coco_truth(truth), coco_found(comparison), truth.skeleton, part=part)
    precisions = run.eval['precision'][:, :, 0, 0, -1]
    return PrecisionRecall(
        similarities=run.params.iouThrs.astype(np.float32),
        recalls=run.params.recThrs.astype(np.float32),
        precisions=np.where(precisions < 0, np.nan, precisions).astype(np.float32),
    )


def _extents(poses: Poses) -> FloatArray:
    """Return (N, 4) xyxy around the joints, empty without any."""
    is_known = ~np.isnan(poses.keypoints)
    low = np.where(is_known, poses.keypoints, np.inf).min(axis=1, initial=np.inf)
    high = np.where(is_known, poses.keypoints, -np.inf).max(axis=1, initial=-np.inf)
    boxes = np.concatenate([low, high], axis=1)
    return np.where(np.isfinite(boxes), boxes, 0).astype(np.float32)


def _greedy(similarities: FloatArray, is_allowed: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return pairs (true, found), each person once, most similar first."""
    pairs: dict[int, int] = {}
    order = np.argsort(-similarities, axis=None, kind='stable')
    for i, j in np.stack(np.unravel_index(order, similarities.shape), axis=1).tolist():
        if is_allowed[i, j] and i not in pairs and j not in pairs.values():
            pairs[i] = j
    return list(pairs.items())
