# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""What is known of a weights file: where it comes from, what it expects, what its numbers mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from alphapose_ros.core.decoding import Method
from alphapose_ros.core.heatmaps import Normalize
from alphapose_ros.models.architecture import Architecture

IMAGENET_MEAN_RGB = (123.675, 116.28, 103.53)
IMAGENET_STD_RGB = (58.395, 57.12, 57.375)
# The published AlphaPose models subtract ImageNet's means in BGR order from RGB images and divide
# by nothing else; they need exactly this.
ALPHAPOSE_MEAN_RGB = (0.406 * 255, 0.457 * 255, 0.480 * 255)
BYTE_STD = (255.0, 255.0, 255.0)
HYBRIK_STD_RGB = (0.225 * 255, 0.224 * 255, 0.229 * 255)

ColorOrder = Literal['rgb', 'bgr']
DetectorDecode = Literal['yolox', 'rtmdet', 'yolov3', 'boxes']


@dataclass(frozen=True, kw_only=True)
class ModelRecord:
    """
    What every record has.

    :param name: name in the catalog.
    :param file_names: names its file goes by, the first found is taken.
    :param input_size_wh: width and height of the input; None takes them from the file.
    :param color_order: order of the channels that the network expects.
    :param mean: subtracted from each channel, in [0, 255], in `color_order`.
    :param std: each channel is divided by it afterwards.
    :param architecture: the network of a checkpoint; None finds it from the keys.
    :param licence: of the weights.
    :param source: the page that describes them.
    :param url: the file, or a .zip that holds it; '' if it cannot be fetched by address.
    :param drive_id: of the file in Google Drive, otherwise.
    :param sha256: of what is fetched, in hexadecimal digits, or the beginning of it; '' if its
        publisher tells none.
    :param accuracy: as reported by the publisher, with the data set.
    """

    name: str
    file_names: tuple[str, ...]
    input_size_wh: tuple[int, int] | None = None
    color_order: ColorOrder = 'rgb'
    mean: tuple[float, float, float] = IMAGENET_MEAN_RGB
    std: tuple[float, float, float] = IMAGENET_STD_RGB
    architecture: Architecture | None = None
    licence: str = 'unknown'
    source: str = ''
    url: str = ''
    drive_id: str = ''
    sha256: str = ''
    accuracy: str = ''


@dataclass(frozen=True, kw_only=True)
class DetectorRecord(ModelRecord):
    """
    A person detector.

    :param decode: 'yolox' (raw head: grid offsets, log sizes, classes), 'rtmdet' (class logits
        and distances per level), 'yolov3' (boxes by centre and size, 80 classes) or 'boxes' (xyxy
        and score after the network's own non-maximum suppression, and labels).
    :param person: label of a person among 'boxes'.
    """

    decode: DetectorDecode
    person: int = 0
    color_order: ColorOrder = 'bgr'
    mean: tuple[float, float, float] = (0.0, 0.0, 0.0)
    std: tuple[float, float, float] = (1.0, 1.0, 1.0)


@dataclass(frozen=True, kw_only=True)
class PoseRecord(ModelRecord):
    """
    A top-down pose network.

    :param keypoint_set: name of its skeleton; '' finds it from the number of joints.
    :param decode: 'argmax' (highest cell, quarter offset), 'integral' (expectation), 'combined'
        (body and feet by argmax, face and hands by integral), 'simcc' or 'regression'.
    :param normalize: of the expectation.
    """

    keypoint_set: str = ''
    decode: Method = 'argmax'
    normalize: Normalize = 'sigmoid'


@dataclass(frozen=True, kw_only=True)
class ReidRecord(ModelRecord):
    """A network that tells people apart: crops in, identity vectors out."""
