# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""A ResNet-50 that tells people apart, as torchreid trains it ("resnet50_fc512")."""

from __future__ import annotations

from torch import nn
from torch import Tensor

from alphapose_ros.models.resnet import ResNet


class ReidResNet50(ResNet):
    """
    Crops to identity vectors.

    :param num_classes: people of the training set, in the layer that only training needs;
        0 for a file without that layer.
    :param embedding_size: length of the vectors.
    """

    def __init__(self, num_classes: int = 1, *, embedding_size: int = 512) -> None:
        super().__init__(50, last_stride=1)
        self.fc = nn.Sequential(
            nn.Linear(self.out_channels, embedding_size),
            nn.BatchNorm1d(embedding_size),
            nn.ReLU(inplace=True),
        )
        if num_classes:
            self.classifier = nn.Linear(embedding_size, num_classes)

    def forward(self, crops: Tensor) -> Tensor:
        """
        Return the vectors, not normalised.

        :param crops: (N, 3, 256, 128) RGB, ImageNet statistics.
        :return: (N, embedding_size), at least 0.
        """
        vectors: Tensor = self.fc(super().forward(crops).mean(dim=(2, 3)))
        return vectors
