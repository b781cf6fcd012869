# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""How exact a pose network is on people that it does not learn from. N people, K keypoints."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray
import torch
from torch import nn
from torch import Tensor

from alphapose_ros.core.decoding import HeatmapDecoder
from alphapose_ros.core.oks import keypoint_similarity
from alphapose_ros.evaluation.keypoints import pck
from alphapose_ros.structures import FloatArray
from alphapose_ros.structures import Skeleton
from alphapose_ros.training.pose_batches import PoseBatch

ALPHA = 0.05


def evaluate_pose_network(
    module: nn.Module,
    normalization: Callable[[Tensor], Tensor],
    batches: Iterable[PoseBatch],
    *,
    decoder: HeatmapDecoder,
    skeleton: Skeleton,
    device: torch.device,
) -> dict[str, float]:
    """
    Return the scores of a network, with the true boxes.

    :param module: in evaluation mode.
    :param batches: of people who are not mirrored or turned.
    :return: `pck`, the share of joints that are off by at most 0.05 of the longer side of the box,
        the same by group as `pck_face` and so on, the mean `oks`, and of networks that give
        identity vectors `rank1`; NaN where nobody counts.
    """
    rows = []
    for batch in batches:
        outputs = module(normalization(batch.crops.to(device)))
        heatmaps, *others = [outputs] if isinstance(outputs, Tensor) else outputs
        points, _ = decoder([heatmaps.float()], (batch.crops.shape[3], batch.crops.shape[2]))
        embeddings = others[0].float() if others else points.new_zeros((len(points), 0))
        truth = batch.points, batch.weights, batch.box_sizes, batch.areas, batch.identities
        rows.append([values.cpu().numpy() for values in (points, embeddings, *truth)])
    found, vectors, true_points, weights, box_sizes, areas, identities = (
        np.concatenate(column) for column in zip(*rows, strict=True)
    )
    is_labelled = weights > 0
    scores = joint_scores(found, true_points, is_labelled, box_sizes, areas, skeleton)
    if vectors.shape[1]:
        scores['rank1'] = rank1(vectors, identities)
    return scores


def joint_scores(
    found: FloatArray,
    truth: FloatArray,
    is_labelled: NDArray[np.bool_],
    box_sizes: FloatArray,
    areas: FloatArray,
    skeleton: Skeleton,
) -> dict[str, float]:
    """
    Return `pck`, by group too, and `oks` if the joints have sigmas.

    :param found: (N, K, 2) x, y.
    :param truth: (N, K, 2) x, y.
    :param is_labelled: (N, K).
    :param box_sizes: (N,) longer sides.
    :param areas: (N,).
    """
    share = pck(found, truth, is_labelled, scales=box_sizes, alpha=ALPHA)
    counts = is_labelled.sum(axis=0)
    scores = {'pck': _mean(share, counts)}
    for group, start, end in skeleton.groups:
        scores[f'pck_{group}'] = _mean(share[start:end], counts[start:end])
    if skeleton.sigmas:
        sigmas = np.array(skeleton.sigmas, np.float32)
        weights = is_labelled.astype(np.float32)
        similarity = keypoint_similarity(found, truth, weights=weights, areas=areas, sigmas=sigmas)
        scores['oks'] = _mean(similarity, weights.max(axis=1))
    return scores


def rank1(embeddings: FloatArray, identities: NDArray[np.int64]) -> float:
    """
    Return how often the most similar other image is of the same person.

    :param embeddings: (N, D) of unit length.
    :param identities: (N,), -1 where unknown; who has one image only is not asked for.
    """
    known = identities >= 0
    vectors, names = embeddings[known], identities[known]
    if len(names) < 2:
        return float('nan')
    similarity = vectors @ vectors.T
    np.fill_diagonal(similarity, -np.inf)
    is_same = names[:, None] == names
    is_asked = is_same.sum(axis=1) > 1
    is_right = names[similarity.argmax(axis=1)] == names
    return _mean(is_right.astype(np.float32), is_asked.astype(np.float32))


def _mean(values: NDArray[Any], counts: NDArray[Any]) -> float:
    """Return the mean over what counts, NaN if nothing does."""
    total = counts.sum()
    return float(np.where(counts > 0, values * counts, 0).sum() / total) if total else float('nan')
