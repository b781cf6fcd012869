# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
The network of HybrIK (Li et al. 2021): 3-D keypoints, and what a body needs besides them.

Every keypoint has a volume of depth x height x width cells; its place is the expectation of the
volume's softmax. The pooled features give the shape of the body, the twist of its bones and the
camera. Solving the pose from these and making the SMPL mesh are not done here: they need the files
of the SMPL model, which only registered users get. Its buffers are here, all zero, so that a
weights file, which holds them, loads completely. N crops, K keypoints, D x H x W the volume. Names
of parameters and their order are those of AlphaPose's weights files.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import NamedTuple

import torch
from torch import nn
from torch import Tensor
from torchvision.models import resnet34  # type: ignore[import-untyped]

DEPTH_CELLS = 64
HEAD_CHANNELS = 256
HIDDEN_UNITS = 1024
NUM_BONES = 23
NUM_BETAS = 10
NUM_VERTICES = 6890


class HybrIKOutput(NamedTuple):
    """
    What the network says of each crop.

    :param keypoints_uvd: (N, K, 3) x, y and depth in [-0.5, 0.5), fractions of the crop.
    :param keypoint_scores: (N, K) highest cell of each softmax volume, in (0, 1].
    :param betas: (N, 10) shape of the SMPL body.
    :param twists: (N, 23, 2) cosine and sine of each bone's twist, not normalised.
    :param camera: (N, 3) scale and shift of the weak-perspective camera.
    """

    keypoints_uvd: Tensor
    keypoint_scores: Tensor
    betas: Tensor
    twists: Tensor
    camera: Tensor


class HybrIK(nn.Module):
    """
    Crops to 3-D keypoints and the parameters of the body.

    :param num_keypoints: 29 in the weights file: the 24 joints of SMPL and 5 ends of limbs.
    """

    init_shape: Tensor
    init_cam: Tensor

    def __init__(self, num_keypoints: int = 29) -> None:
        super().__init__()
        self.num_keypoints = num_keypoints
        # The mean shape of people comes with the weights file.
        self.register_buffer('init_shape', torch.zeros(NUM_BETAS))
        self.register_buffer('init_cam', torch.tensor([0.9, 0.0, 0.0]))
        self.preact, channels = _backbone()
        self.deconv_layers = nn.Sequential(
            *_upsampling_layers(channels),
            *_upsampling_layers(HEAD_CHANNELS),
            *_upsampling_layers(HEAD_CHANNELS),
        )
        self.final_layer = nn.Conv2d(HEAD_CHANNELS, num_keypoints * DEPTH_CELLS, 1)
        self.smpl = _empty_smpl()
        self.fc1 = nn.Linear(channels, HIDDEN_UNITS)
        self.drop1 = nn.Dropout(0.5)
        self.fc2 = nn.Linear(HIDDEN_UNITS, HIDDEN_UNITS)
        self.drop2 = nn.Dropout(0.5)
        self.decshape = nn.Linear(HIDDEN_UNITS, NUM_BETAS)
        self.decphi = nn.Linear(HIDDEN_UNITS, 2 * NUM_BONES)
        self.deccam = nn.Linear(HIDDEN_UNITS, 3)

    def forward(self, crops: Tensor) -> HybrIKOutput:
        """
        Return keypoints, shape, twists and camera.

        :param crops: (N, 3, H, W) normalised; 256 x 256 in the weights file.
        """
        features = self.preact(crops)
        volumes = self.final_layer(self.deconv_layers(features))
        volumes = volumes.unflatten(1, (self.num_keypoints, DEPTH_CELLS))
        keypoints, scores = expected_uvd(volumes)
        hidden = self.drop1(self.fc1(features.mean(dim=(2, 3))))
        hidden = self.drop2(self.fc2(hidden))
        return HybrIKOutput(
            keypoints_uvd=keypoints,
            keypoint_scores=scores,
            betas=self.decshape(hidden) + self.init_shape,
            twists=self.decphi(hidden).unflatten(1, (NUM_BONES, 2)),
            camera=self.deccam(hidden) + self.init_cam,
        )


def expected_uvd(volumes: Tensor) -> tuple[Tensor, Tensor]:
    """
    Return the expectation and the maximum of the softmax of each volume (Sun et al. 2018).

    A cell's index, not its middle, is its coordinate: cell i of n is at i / n - 0.5.

    :param volumes: (N, K, D, H, W) logits.
    :return: (N, K, 3) x, y, depth in [-0.5, 0.5); (N, K) maxima.
    """
    # Half precision is too coarse for shares of 64^3 cells.
    shares = volumes.flatten(2).softmax(dim=2, dtype=torch.float32)
    maxima = shares.amax(dim=2)
    shares = shares.view_as(volumes)
    marginals = (shares.sum(dim=(2, 3)), shares.sum(dim=(2, 4)), shares.sum(dim=(3, 4)))
    expectations = []
    for marginal in marginals:
        size = marginal.shape[2]
        cells = torch.arange(size, dtype=marginal.dtype, device=marginal.device)
        expectations.append(marginal @ cells / size - 0.5)
    return torch.stack(expectations, dim=2), maxima


def _backbone() -> tuple[nn.Sequential, int]:
    """Return a ResNet-34 without pooling and classifier, and its output channels."""
    layers = dict(resnet34().named_children())
    del layers['avgpool']
    channels: int = layers.pop('fc').in_features
    return nn.Sequential(OrderedDict(layers)), channels


def _upsampling_layers(in_channels: int) -> tuple[nn.Module, ...]:
    return (
        nn.ConvTranspose2d(in_channels, HEAD_CHANNELS, 4, stride=2, padding=1, bias=False),
        nn.BatchNorm2d(HEAD_CHANNELS),
        nn.ReLU(inplace=True),
    )


def _empty_smpl() -> nn.Module:
    """Return the buffers of an SMPL body, all zero."""
    smpl = nn.Module()
    smpl.register_buffer('faces_tensor', torch.zeros(13776, 3, dtype=torch.int64))
    smpl.register_buffer('v_template', torch.zeros(NUM_VERTICES, 3))
    smpl.register_buffer('shapedirs', torch.zeros(NUM_VERTICES, 3, NUM_BETAS))
    smpl.register_buffer('posedirs', torch.zeros(9 * NUM_BONES, 3 * NUM_VERTICES))
    smpl.register_buffer('J_regressor', torch.zeros(24, NUM_VERTICES))
    smpl.register_buffer('J_regressor_h36m', torch.zeros(17, NUM_VERTICES))
    smpl.register_buffer('children_map', torch.zeros(29, dtype=torch.int64))
    smpl.register_buffer('parents', torch.zeros(29, dtype=torch.int64))
    smpl.register_buffer('lbs_weights', torch.zeros(NUM_VERTICES, 24))
    return smpl
