# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Arrays of people as JSON, one record per person: N people, K keypoints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alphapose_ros.structures import FloatArray
from alphapose_ros.structures import Poses


def column(
    records: Sequence[Any],
    name: str,
    dtype: type[Any],
    shape: tuple[int, ...] = (),
    *,
    has_gaps: bool = False,
) -> NDArray[Any]:
    """
    Return a field of all records as one array.

    :param records: N objects of a JSON file, not trusted.
    :param dtype: of the result; a type of integer refuses fractions and what it cannot hold.
    :param shape: of the field in one record.
    :param has_gaps: allow null, which becomes NaN.
    :return: (N, *shape).
    :raises ValueError: if the field is missing in a record or holds anything else; names it.
    """
    if not records:
        return np.zeros((0, *shape), dtype)
    try:
        values = np.array([record[name] for record in records], np.float64)
    except KeyError as err:
        raise ValueError(f'{name} is missing') from err
    except (TypeError, ValueError) as err:
        raise ValueError(f'{name} cannot be read: {err}') from err
    if values.shape[1:] != shape:
        raise ValueError(f'{name} must have shape {shape}, got {values.shape[1:]}')
    if np.isinf(values).any() or not (has_gaps or np.isfinite(values).all()):
        raise ValueError(f'{name} must be finite{" or null" if has_gaps else ", not null"}')
    if np.issubdtype(dtype, np.integer):
        limits = np.iinfo(dtype)
        is_wrong = (values % 1 != 0) | (values < limits.min) | (values > limits.max)
        if is_wrong.any():
            raise ValueError(f'{name} must be {limits.dtype}, got {values[is_wrong][0]}')
    return values.astype(dtype)


def nulls_for_nan(array: FloatArray) -> list[Any]:
    """Return an array as nested lists with None in place of NaN, which JSON lacks."""
    values = array.astype(object)
    values[np.isnan(array)] = None
    listed: list[Any] = values.tolist()
    return listed


def flat_triples(keypoints: NDArray[Any], scores: NDArray[Any]) -> list[list[float]]:
    """
    Return x, y, score of every joint in a row, as COCO, OpenPose and PoseTrack have them.

    :param keypoints: (N, K, 2), NaN where a joint is missing; these become 0, 0, 0.
    :param scores: (N, K).
    :return: N lists of 3 K.
    """
    triples = np.concatenate([keypoints, scores[..., None]], axis=2)
    triples[np.isnan(keypoints).any(axis=2)] = 0
    rows: list[list[float]] = triples.reshape(len(triples), 3 * keypoints.shape[1]).tolist()
    return rows


def split_triples(triples: FloatArray) -> tuple[FloatArray, FloatArray]:
    """
    Return (N, K, 2) keypoints and (N, K) scores; inverse of `flat_triples`.

    :param triples: (N, 3 K); 0, 0, 0 is a joint that is missing.
    """
    joints = triples.reshape(len(triples), triples.shape[1] // 3, 3)
    is_missing = (joints == 0).all(axis=2, keepdims=True)
    return np.where(is_missing, np.float32(np.nan), joints[..., :2]), joints[..., 2]


def poses_without_boxes(
    keypoints: FloatArray, keypoint_scores: FloatArray, scores: FloatArray
) -> Poses:
    """Return people whose box is the extent of their joints, with the person's score."""
    is_known = ~np.isnan(keypoints)
    low = np.where(is_known, keypoints, np.inf).min(axis=1)
    high = np.where(is_known, keypoints, -np.inf).max(axis=1)
    boxes = np.concatenate([low, high], axis=1)
    return Poses(
        boxes=np.where(np.isfinite(boxes), boxes, 0).astype(np.float32),
        box_scores=scores,
        keypoints=keypoints,
        keypoint_scores=keypoint_scores,
        scores=scores,
        embeddings=np.zeros((len(scores), 0), np.float32),
    )
