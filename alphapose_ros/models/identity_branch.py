# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Pose-guided attention (Fang et al. 2022): identity vectors from the features of a pose network.

Boxes of a crowd show several people. The heat maps tell where in its box the person is, so they
weight the features there, and what the others wear counts less. N crops, K keypoints, C channels
of the features, H x W their size.

`IdentityBranch` is the paper's, for the deep features of large networks. Those of a small network
that was trained for joints alone know little of clothes: `PartIdentityBranch` takes early ones,
and looks at each part of the body by itself.
"""

from __future__ import annotations

from torch import nn
from torch import Tensor
from torch.nn import functional

# The paper gives no widths.
ATTENTION_WIDTH = 64
REID_WIDTH = 256
PART_REID_WIDTH = 64


class IdentityBranch(nn.Module):
    """
    Features and heat maps to identity vectors.

    :param feature_channels: C.
    :param num_keypoints: K.
    :param embedding_dim: length of the vectors.
    """

    def __init__(
        self, feature_channels: int, num_keypoints: int, *, embedding_dim: int = 128
    ) -> None:
        super().__init__()
        self.attention = nn.Sequential(
            # Heat maps are logits or likelihoods, as the pose network was trained.
            nn.BatchNorm2d(num_keypoints),
            # Zeros beyond the border would look like the absence of joints.
            nn.Conv2d(num_keypoints, ATTENTION_WIDTH, 3, padding=1, padding_mode='replicate'),
            nn.ReLU(inplace=True),
            nn.Conv2d(ATTENTION_WIDTH, 1, 1),
            nn.Sigmoid(),
        )
        self.reid = nn.Sequential(
            nn.Conv2d(feature_channels, REID_WIDTH, 1, bias=False),
            nn.BatchNorm2d(REID_WIDTH),
            nn.ReLU(inplace=True),
        )
        self.fc = nn.Linear(REID_WIDTH, embedding_dim)

    def forward(self, features: Tensor, heatmaps: Tensor) -> Tensor:
        """
        Return the vectors, of unit length.

        :param features: (N, C, H, W).
        :param heatmaps: (N, K, h, w), as large as the features or larger.
        :return: (N, embedding_dim).
        """
        height, width = (int(n) for n in features.shape[2:])  # constants to the ONNX export
        attention = self.attention(functional.adaptive_avg_pool2d(heatmaps, (height, width)))
        reid_map = self.reid(features)
        weighted = reid_map * attention + reid_map
        return functional.normalize(self.fc(weighted.mean(dim=(2, 3))))


class PartIdentityBranch(nn.Module):
    """
    Early features and heat maps to identity vectors: what is seen at each part of the body.

    Parts are learnt: every one is a mixture of heat maps, which becomes a distribution over the
    places of the crop.

    :param feature_channels: C.
    :param num_keypoints: K.
    :param embedding_dim: length of the vectors.
    :param num_parts: of the body.
    """

    def __init__(
        self,
        feature_channels: int,
        num_keypoints: int,
        *,
        embedding_dim: int = 128,
        num_parts: int = 6,
    ) -> None:
        super().__init__()
        self.attention = nn.Sequential(
            # Heat maps are logits or likelihoods, as the pose network was trained.
            nn.BatchNorm2d(num_keypoints),
            nn.Conv2d(num_keypoints, num_parts, 1),
        )
        self.reid = nn.Sequential(
            nn.Conv2d(feature_channels, PART_REID_WIDTH, 1, bias=False),
            nn.BatchNorm2d(PART_REID_WIDTH),
            nn.ReLU(inplace=True),
        )
        self.norm = nn.BatchNorm1d(num_parts * PART_REID_WIDTH)
        self.fc = nn.Linear(num_parts * PART_REID_WIDTH, embedding_dim)

    def forward(self, features: Tensor, heatmaps: Tensor) -> Tensor:
        """
        Return the vectors, of unit length.

        :param features: (N, C, H, W).
        :param heatmaps: (N, K, H, W).
        :return: (N, embedding_dim).
        """
        attention = self.attention(heatmaps).flatten(2).softmax(dim=2)
        reid_map = self.reid(features).flatten(2)
        parts = attention @ reid_map.transpose(1, 2)  # (N, num_parts, PART_REID_WIDTH)
        return functional.normalize(self.fc(self.norm(parts.flatten(1))))
