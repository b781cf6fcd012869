# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
The models that are known by name: what a weights file expects and what its numbers mean.

A new model is one row here. A file without a row runs as well: see `io.weights.read_record`.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

IMAGENET_MEAN_RGB = (123.675, 116.28, 103.53)
IMAGENET_STD_RGB = (58.395, 57.12, 57.375)

ColorOrder = Literal['rgb', 'bgr']


@dataclass(frozen=True)
class DetectorRecord:
    """
    A person detector.

    :param name: name in the catalog.
    :param file_names: names its file goes by, the first found is taken.
    :param decode: 'yolox' (raw head: grid offsets, log sizes, 80 classes) or 'rtmdet' (class
        logits and left, top, right, bottom distances per level).
    :param color_order: order of the channels that the network expects.
    :param mean: subtracted from each channel, in [0, 255], in `color_order`.
    :param std: each channel is divided by it afterwards.
    :param licence: of the weights.
    :param source: where the file comes from.
    """

    name: str
    file_names: tuple[str, ...]
    decode: Literal['yolox', 'rtmdet']
    color_order: ColorOrder = 'bgr'
    mean: tuple[float, float, float] = (0.0, 0.0, 0.0)
    std: tuple[float, float, float] = (1.0, 1.0, 1.0)
    licence: str = 'unknown'
    source: str = ''


@dataclass(frozen=True)
class PoseRecord:
    """
    A top-down pose network with heat maps.

    :param name: name in the catalog.
    :param file_names: names its file goes by, the first found is taken.
    :param keypoint_set: name of its skeleton; '' finds it from the number of heat maps.
    :param decode: 'argmax' (highest cell, quarter offset).
    :param color_order: order of the channels that the network expects.
    :param mean: subtracted from each channel, in [0, 255], in `color_order`.
    :param std: each channel is divided by it afterwards.
    :param licence: of the weights.
    :param source: where the file comes from.
    """

    name: str
    file_names: tuple[str, ...]
    keypoint_set: str = ''
    decode: Literal['argmax'] = 'argmax'
    color_order: ColorOrder = 'rgb'
    mean: tuple[float, float, float] = IMAGENET_MEAN_RGB
    std: tuple[float, float, float] = IMAGENET_STD_RGB
    licence: str = 'unknown'
    source: str = ''


DETECTORS = MappingProxyType(
    {
        record.name: record
        for record in (
            DetectorRecord(
                name='yolox_nano',
                file_names=('yolox_nano.onnx', 'yolox_nano_bigisland.onnx'),
                decode='yolox',
                licence='Apache-2.0',
                source='https://github.com/Megvii-BaseDetection/YOLOX/releases/tag/0.1.1rc0',
            ),
            DetectorRecord(
                name='rtmdet_nano_person',
                file_names=('rtmdet_nano_person_320.onnx', 'rtmdet_nano_person.onnx'),
                decode='rtmdet',
                mean=IMAGENET_MEAN_RGB[::-1],
                std=IMAGENET_STD_RGB[::-1],
                licence='Apache-2.0',
                source='https://github.com/open-mmlab/mmpose/tree/main/projects/rtmpose',
            ),
        )
    }
)

POSE_NETWORKS = MappingProxyType(
    {
        record.name: record
        for record in (
            PoseRecord(
                name='ultralight_simplepose',
                file_names=('ultralight_simplepose.onnx',),
                keypoint_set='coco_17',
                licence='none stated',
                source='https://github.com/dog-qiuqiu/Ultralight-SimplePose',
            ),
        )
    }
)
