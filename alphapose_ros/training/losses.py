# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Losses of pose networks. N people, K keypoints, H x W the size of heat maps, D values of identity.

A weight of 0 tells that a joint is not labelled; then its target may be anything.
"""

from __future__ import annotations

from typing import Any
from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional

# Slope of the symmetric gradient. The paper derives heat map size / 8 (Fang et al. 2022, section
# 3.1); with 2 the published networks were trained.
AMPLITUDE = 2.0

# Of the mean variance of the features; and what keeps a constant from being divided by.
_RIDGE, _TINY = 1e-3, 1e-12

IntegralNormalize = Literal['sigmoid', 'softmax']


class _WeightByIndex(torch.autograd.Function):
    """
    Multiply probabilities by their index, with a gradient of equal amplitude everywhere.

    The true slope of an expectation is the index itself, so what is far to the right or below
    would be pulled harder. Here it is +A at and beyond the expectation and -A before it.
    """

    @staticmethod
    def forward(ctx: Any, probabilities: Tensor) -> Tensor:
        length = probabilities.shape[-1]
        indices = torch.arange(length, device=probabilities.device, dtype=probabilities.dtype)
        weighted = probabilities * indices
        expectation = weighted.sum(dim=-1, keepdim=True)
        ctx.save_for_backward((indices >= expectation) | (expectation > length))
        return weighted

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:
        (is_beyond,) = ctx.saved_tensors
        return torch.where(is_beyond, AMPLITUDE, -AMPLITUDE) * gradients[0]


def weight_by_index(probabilities: Tensor) -> Tensor:
    """Return (..., L) each probability times its index; the gradient is symmetric."""
    weighted: Tensor = _WeightByIndex.apply(probabilities)  # type: ignore[no-untyped-call]
    return weighted


def integral_coordinates(heatmaps: Tensor, normalize: IntegralNormalize = 'sigmoid') -> Tensor:
    """
    Return the expectation of every map, as `decode_integral`, with the symmetric gradient.

    :param heatmaps: (N, K, H, W) logits.
    :param normalize: of the values, before they are divided by their sum.
    :return: (N, K, 2) x, y in parts of the map, from its centre.
    """
    if normalize == 'sigmoid':
        maps = heatmaps.sigmoid()
    else:
        maps = heatmaps.flatten(2).softmax(dim=2).view_as(heatmaps)
    marginals = maps.sum(dim=2), maps.sum(dim=3)  # (N, K, W), (N, K, H)
    total = marginals[0].sum(dim=2, keepdim=True)
    means = [weight_by_index(m / total).sum(dim=2) / m.shape[2] for m in marginals]
    return torch.stack(means, dim=2) - 0.5


def integral_loss(
    heatmaps: Tensor,
    targets: Tensor,
    weights: Tensor,
    *,
    normalize: IntegralNormalize = 'sigmoid',
) -> Tensor:
    """
    Return the sum of the distances along both axes, mean over people (symmetric SIKR).

    :param heatmaps: (N, K, H, W) logits.
    :param targets: (N, K, 2) from `integral_targets`.
    :param weights: (N, K).
    """
    distances = (integral_coordinates(heatmaps, normalize) - targets).abs().sum(dim=2)
    return torch.where(weights > 0, distances * weights, 0).sum() / len(heatmaps)


def heatmap_loss(heatmaps: Tensor, targets: Tensor, weights: Tensor) -> Tensor:
    """
    Return half the mean squared error.

    :param heatmaps: (N, K, H, W).
    :param targets: (N, K, H, W), from `gaussian_targets` or another network.
    :param weights: (N, K); a weight multiplies the squared error of the map.
    """
    errors = (heatmaps - targets).square().sum(dim=(2, 3))
    return 0.5 * (errors * weights).sum() / heatmaps.numel()


def unexplained_variance(features: Tensor, targets: Tensor) -> Tensor:
    """
    Return the share of the variance of targets that no linear map of the features gives, 1 - R^2.

    Hints (Romero et al., FitNets, ICLR 2015) need a layer that turns the features of one network
    into those of another; here it is the best one for the batch, by ridge regression over all
    places of all crops, so that there is nothing to be trained beside the network. As it is the
    best, it counts as constant: its own change would not change the loss.

    :param features: (N, C, h, w).
    :param targets: (N, D, H, W), scaled to h x w if these differ.
    """
    if features.shape[2:] != targets.shape[2:]:
        targets = functional.interpolate(targets, features.shape[2:], mode='bilinear')
    rows, wanted = (m.float().movedim(1, 3).flatten(0, 2) for m in (features, targets))
    rows, wanted = rows - rows.mean(dim=0), wanted - wanted.mean(dim=0)
    with torch.autocast(features.device.type, enabled=False):
        with torch.no_grad():
            products = rows.T @ rows
            products.diagonal().add_(_RIDGE * products.diagonal().mean() + _TINY)
            linear_map = torch.linalg.solve(products, rows.T @ wanted)
        errors = wanted - rows @ linear_map
    share: Tensor = errors.square().sum() / (wanted.square().sum() + _TINY)
    return share


def triplet_loss(embeddings: Tensor, identities: Tensor, *, margin: float = 0.3) -> Tensor:
    """
    Return the batch-hard triplet loss (Hermans et al. 2017), mean over the anchors there are.

    Everybody is compared with the least similar of his own images and the most similar of
    somebody else's.

    :param embeddings: (N, D) of unit length.
    :param identities: (N,) int, -1 where unknown.
    :param margin: by how much the others must be farther away.
    """
    distances = torch.cdist(embeddings[None], embeddings[None])[0]
    is_same = identities[:, None] == identities
    is_known = (identities >= 0)[:, None] & (identities >= 0)
    is_self = torch.eye(len(identities), dtype=torch.bool, device=identities.device)
    positives = distances.masked_fill(~(is_same & is_known & ~is_self), -torch.inf).amax(dim=1)
    negatives = distances.masked_fill(~(~is_same & is_known), torch.inf).amin(dim=1)
    is_anchor = positives.isfinite() & negatives.isfinite()
    excess = torch.where(is_anchor, positives - negatives + margin, 0).clamp(min=0)
    return excess.sum() / is_anchor.sum().clamp(min=1)


def contrastive_loss(embeddings: Tensor, identities: Tensor, *, temperature: float) -> Tensor:
    """
    Return the supervised contrastive loss (Khosla et al. 2020), mean over the anchors there are.

    Everybody shall be told by his other images among all images; each of these counts the same.

    :param embeddings: (N, D) of unit length.
    :param identities: (N,) int, -1 where unknown.
    :param temperature: of the softmax over the cosines, more than 0; with less, the most similar
        of the others count more.
    """
    is_known = identities >= 0
    is_self = torch.eye(len(identities), dtype=torch.bool, device=identities.device)
    is_other = is_known & is_known[:, None] & ~is_self
    is_same = (identities[:, None] == identities) & is_other
    # A matrix product would be rounded by autocast; infinity has no gradient without others.
    cosines = functional.cosine_similarity(embeddings[:, None], embeddings, dim=2)
    logits = (cosines / temperature).masked_fill(~is_other, torch.finfo(cosines.dtype).min)
    surprises = (logits.logsumexp(dim=1, keepdim=True) - logits).masked_fill(~is_same, 0)
    counts = is_same.sum(dim=1)
    means = surprises.sum(dim=1) / counts.clamp(min=1)
    return means.sum() / counts.count_nonzero().clamp(min=1)
