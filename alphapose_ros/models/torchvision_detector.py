# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
torchvision's detectors with one signature: Faster R-CNN, RetinaNet, FCOS, SSDlite, Keypoint R-CNN.

They normalise, resize and suppress by themselves. N images, M boxes in the image that has most.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import nn
from torch import Tensor
from torchvision.models import detection

BUILDERS = (
    'fasterrcnn_resnet50_fpn',
    'retinanet_resnet50_fpn',
    'fcos_resnet50_fpn',
    'ssdlite320_mobilenet_v3_large',
    'keypointrcnn_resnet50_fpn',
)


class TorchvisionDetector(nn.Module):
    """
    A detector of torchvision; its state dict is that of torchvision's own.

    :param network: one of BUILDERS.
    :param size_wh: width and height of the images; the network then resizes nothing.
    :raises ValueError: if there is no such network.
    """

    def __init__(self, network: str, size_wh: tuple[int, int]) -> None:
        super().__init__()
        if network not in BUILDERS:
            raise ValueError(f'unknown network {network!r}; known are {", ".join(BUILDERS)}')
        sizes = {'min_size': min(size_wh), 'max_size': max(size_wh)}
        if network.startswith('ssdlite320'):
            sizes = {}  # its size is part of its name
        builder = getattr(detection, network)
        self.detector: nn.Module = builder(weights=None, weights_backbone=None, **sizes)

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """
        Return what was found, best first; rows of zeros with label 0 where an image has less.

        :param images: (N, 3, H, W) RGB in [0, 1].
        :return: (N, M, 5) xyxy in pixels and score; (N, M) labels of COCO, 1 is a person.
        """
        found = self.detector(list(images))
        boxes = [torch.cat([f['boxes'], f['scores'][:, None]], dim=1) for f in found]
        labels = [f['labels'] for f in found]
        pad = nn.utils.rnn.pad_sequence
        return pad(boxes, batch_first=True), pad(labels, batch_first=True)

    def state_dict(self, *args: Any, **kwargs: Any) -> Any:
        """Return torchvision's own state dict."""
        return self.detector.state_dict(*args, **kwargs)

    def load_state_dict(self, state_dict: Mapping[str, Any], *args: Any, **kwargs: Any) -> Any:
        """Load torchvision's own state dict."""
        return self.detector.load_state_dict(state_dict, *args, **kwargs)
