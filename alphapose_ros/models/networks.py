# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Which network a checkpoint belongs to, told from its keys and shapes, and how to build it.

A new network is its file, a row in NETWORKS and a row in RULES. Names and configs of files are
never trusted: published checkpoints exist whose config names another network than they hold.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping
import re
from types import MappingProxyType
from typing import Any

from torch import nn

from alphapose_ros.models.architecture import Architecture
from alphapose_ros.models.fastpose import FastPose
from alphapose_ros.models.fastpose_duc import FastPoseDuc
from alphapose_ros.models.fastpose_duc import FastPoseDucDense
from alphapose_ros.models.fastpose_lite import FastPoseLite
from alphapose_ros.models.hardnet import HarDNetPose
from alphapose_ros.models.hrnet import HRNet
from alphapose_ros.models.hybrik import HybrIK
from alphapose_ros.models.osnet import OSNet
from alphapose_ros.models.reid_resnet import ReidResNet50
from alphapose_ros.models.simplepose import SimplePose
from alphapose_ros.models.torchvision_detector import TorchvisionDetector
from alphapose_ros.models.yolov3 import Yolov3Spp
from alphapose_ros.models.yolox import Yolox

Shapes = Mapping[str, tuple[int, ...]]


class UnknownNetworkError(ValueError):
    """A checkpoint is of no network that is known here."""


NETWORKS: Mapping[str, tuple[str, Callable[..., nn.Module]]] = MappingProxyType(
    {
        'fastpose': ('pose', FastPose),
        'fastpose_duc': ('pose', FastPoseDuc),
        'fastpose_duc_dense': ('pose', FastPoseDucDense),
        'fastpose_lite': ('pose', FastPoseLite),
        'simplepose': ('pose', SimplePose),
        'hrnet': ('pose', HRNet),
        'hardnet': ('pose', HarDNetPose),
        'hybrik': ('pose', HybrIK),
        'osnet': ('reid', OSNet),
        'reid_resnet50': ('reid', ReidResNet50),
        'yolox': ('detector', Yolox),
        'yolov3_spp': ('detector', Yolov3Spp),
        'torchvision_detector': ('detector', TorchvisionDetector),
    }
)


def kind_of(architecture: Architecture) -> str:
    """Return what a network is for: 'pose', 'detector' or 'reid'."""
    return NETWORKS[architecture.network][0]


def build_network(architecture: Architecture) -> nn.Module:
    """Return the network with random parameters."""
    return NETWORKS[architecture.network][1](**architecture.options)


def identify(shapes: Shapes) -> Architecture:
    """
    Return the network that a checkpoint was saved from.

    :param shapes: shape of every entry by its key.
    :raises UnknownNetworkError: if no rule knows it.
    """
    for key, rule in RULES:
        if key in shapes:
            return rule(shapes)
    keys = ', '.join(list(shapes)[:3])
    raise UnknownNetworkError(
        f'a checkpoint of {len(shapes)} entries that begins with {keys or "nothing"} is of no '
        f'known network; known are {", ".join(NETWORKS)}'
    )


def _depth(shapes: Shapes) -> int:
    """Return the depth of a ResNet by the length of its third stage."""
    blocks = {key.split('.')[2] for key in shapes if key.startswith('preact.layer3.')}
    return {6: 50, 23: 101, 36: 152}.get(len(blocks), 50)


def _is_deformable(shapes: Shapes) -> bool:
    return any(re.search(r'conv2_offset|conv_offset', key) for key in shapes)


def _fastpose(shapes: Shapes) -> Architecture:
    num_keypoints, head_width = shapes['conv_out.weight'][:2]
    options = {
        'num_keypoints': num_keypoints,
        'depth': _depth(shapes),
        'head_width': head_width,
        'deformable': _is_deformable(shapes),
    }
    if 'identity.fc.weight' in shapes:
        options['embedding_dim'] = shapes['identity.fc.weight'][0]
    return Architecture('fastpose', options)


def _fastpose_lite(shapes: Shapes) -> Architecture:
    num_keypoints, head_width = shapes['conv_out.weight'][:2]
    options = {
        'num_keypoints': num_keypoints,
        'width': shapes['head.0.weight'][1],
        'head_width': head_width,
    }
    if 'identity.fc.weight' in shapes:
        options['embedding_dim'] = shapes['identity.fc.weight'][0]
    return Architecture('fastpose_lite', options)


def _duc_options(shapes: Shapes) -> dict[str, Any]:
    backbone = 'resnet'
    if 'preact.layer1.0.se.fc.0.weight' in shapes:
        backbone = 'se_resnet'
    if any(key.startswith('preact.layer2.0.conv2.1.') for key in shapes):
        backbone = 'unshuffle'
    return {
        'depth': _depth(shapes),
        'backbone': backbone,
        'deformable': _is_deformable(shapes),
    }


def _fastpose_duc(shapes: Shapes) -> Architecture:
    num_keypoints = shapes['conv_out.weight'][0]
    return Architecture('fastpose_duc', {'num_keypoints': num_keypoints, **_duc_options(shapes)})


def _fastpose_duc_dense(shapes: Shapes) -> Architecture:
    counts = {
        'num_keypoints': shapes['conv_out.weight'][0],
        'num_dense_keypoints': shapes['conv_out_dense.weight'][0],
    }
    return Architecture('fastpose_duc_dense', {**counts, **_duc_options(shapes)})


def _simplepose(shapes: Shapes) -> Architecture:
    num_keypoints = shapes['final_layer.weight'][0]
    return Architecture('simplepose', {'num_keypoints': num_keypoints, 'depth': _depth(shapes)})


def _hrnet(shapes: Shapes) -> Architecture:
    width = shapes['transition1.0.0.weight'][0]
    return Architecture(
        'hrnet', {'num_keypoints': shapes['final_layer.weight'][0], 'width': width}
    )


def _hardnet(shapes: Shapes) -> Architecture:
    depth = 85 if shapes['base.0.conv.weight'][0] == 48 else 68
    return Architecture(
        'hardnet', {'num_keypoints': shapes['conv_out.2.weight'][0], 'depth': depth}
    )


def _hybrik(shapes: Shapes) -> Architecture:
    return Architecture('hybrik', {'num_keypoints': shapes['final_layer.weight'][0] // 64})


def _osnet(shapes: Shapes) -> Architecture:
    is_ain = any(key.startswith('conv2.0.conv2.') for key in shapes)
    has_instance_norm = any('.IN.' in key for key in shapes)
    variant = 'ain' if is_ain else 'ibn' if has_instance_norm else 'plain'
    return Architecture(
        'osnet',
        {
            'width': shapes['conv1.conv.weight'][0] / 64,
            'variant': variant,
            'num_classes': shapes.get('classifier.weight', (0,))[0],
        },
    )


def _reid_resnet50(shapes: Shapes) -> Architecture:
    return Architecture('reid_resnet50', {'num_classes': shapes.get('classifier.weight', (0,))[0]})


def _yolox(shapes: Shapes) -> Architecture:
    blocks = {key.split('.')[3] for key in shapes if key.startswith('backbone.C3_p4.m.')}
    options = {
        'depth': round(len(blocks) / 3, 2),
        'width': shapes['backbone.backbone.stem.conv.conv.weight'][0] / 64,
        'depthwise': 'backbone.backbone.dark2.0.dconv.conv.weight' in shapes,
    }
    return Architecture('yolox', {**options, 'num_classes': shapes['head.cls_preds.0.weight'][0]})


def _yolov3_spp(shapes: Shapes) -> Architecture:
    return Architecture('yolov3_spp')


def _torchvision(network: str) -> Callable[[Shapes], Architecture]:
    size_wh = (320, 320) if network.startswith('ssdlite320') else (1344, 800)
    options = {'network': network, 'size_wh': size_wh}
    return lambda shapes: Architecture('torchvision_detector', options)


# The first key that a checkpoint has decides; more special ones come first.
RULES: tuple[tuple[str, Callable[[Shapes], Architecture]], ...] = (
    ('decshape.weight', _hybrik),
    ('conv_out_dense.weight', _fastpose_duc_dense),
    ('duc1.1.weight', _fastpose_duc),
    ('duc1.conv.weight', _fastpose),
    ('upsample16.conv.weight', _fastpose_lite),
    ('deconv_layers.0.weight', _simplepose),
    ('transition1.0.0.weight', _hrnet),
    ('base.0.conv.weight', _hardnet),
    ('conv2.0.conv1.conv.weight', _osnet),
    ('fc.0.weight', _reid_resnet50),
    ('backbone.backbone.stem.conv.conv.weight', _yolox),
    ('module_list.0.conv_0.weight', _yolov3_spp),
    (
        'roi_heads.keypoint_head.0.weight',
        _torchvision('keypointrcnn_resnet50_fpn'),
    ),
    ('roi_heads.box_head.fc6.weight', _torchvision('fasterrcnn_resnet50_fpn')),
    ('head.regression_head.bbox_ctrness.weight', _torchvision('fcos_resnet50_fpn')),
    ('head.classification_head.cls_logits.weight', _torchvision('retinanet_resnet50_fpn')),
    (
        'head.classification_head.module_list.0.0.0.weight',
        _torchvision('ssdlite320_mobilenet_v3_large'),
    ),
)
