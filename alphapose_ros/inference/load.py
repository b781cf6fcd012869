# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""From the name of a model, or the path of a file, to something that takes images."""

from __future__ import annotations

from alphapose_ros.inference.detector import decode_rtmdet
from alphapose_ros.inference.detector import decode_yolox
from alphapose_ros.inference.detector import PersonDetector
from alphapose_ros.inference.network import Normalization
from alphapose_ros.inference.onnx_network import OnnxNetwork
from alphapose_ros.inference.pose_estimator import PoseEstimator
from alphapose_ros.io.weights import find_model
from alphapose_ros.io.weights import WeightsError
from alphapose_ros.models.catalog import DetectorRecord
from alphapose_ros.models.catalog import DETECTORS
from alphapose_ros.models.catalog import POSE_NETWORKS
from alphapose_ros.models.catalog import PoseRecord

DETECTOR_DECODERS = {'yolox': decode_yolox, 'rtmdet': decode_rtmdet}


def load_detector(
    model: str, *, weights_dir: str = '', device: str = 'auto', threads: int = 0
) -> PersonDetector:
    """
    Load a person detector and warm it up.

    :param model: name in the catalog, or path of an .onnx file.
    :param weights_dir: folder that is searched first.
    :param device: see `OnnxNetwork`.
    :param threads: CPU threads, 0 for all cores.
    :raises ValueError: WeightsError, ModelFileError or DeviceError; one line that says what to do.
    """
    path, record = find_model(model, DETECTORS, DetectorRecord, weights_dir)
    if record.decode not in DETECTOR_DECODERS:
        raise WeightsError(
            f'{path}: unknown decode {record.decode!r}, known are {", ".join(DETECTOR_DECODERS)}'
        )
    network = OnnxNetwork(path, device=device, threads=threads)
    normalization = Normalization(record.color_order, record.mean, record.std)
    detector = PersonDetector(network, normalization, DETECTOR_DECODERS[record.decode])
    detector.warm_up()
    return detector


def load_pose_estimator(
    model: str, *, weights_dir: str = '', device: str = 'auto', threads: int = 0
) -> PoseEstimator:
    """Load a pose network and warm it up; parameters and errors as in `load_detector`."""
    path, record = find_model(model, POSE_NETWORKS, PoseRecord, weights_dir)
    if record.decode != 'argmax':
        raise WeightsError(f'{path}: unknown decode {record.decode!r}, known is argmax')
    network = OnnxNetwork(path, device=device, threads=threads)
    normalization = Normalization(record.color_order, record.mean, record.std)
    return PoseEstimator(network, normalization, record.keypoint_set)
