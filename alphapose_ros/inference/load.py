# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""From the name of a model, or the path of a file, to something that takes images."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from typing import TypeVar

import torch

from alphapose_ros.core.decoding import make_decoder
from alphapose_ros.core.decoding import METHODS
from alphapose_ros.core.decoding import OutputError
from alphapose_ros.core.skeletons import find_skeleton
from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.inference.detector import Decode
from alphapose_ros.inference.detector import decode_rtmdet
from alphapose_ros.inference.detector import decode_yolov3
from alphapose_ros.inference.detector import decode_yolox
from alphapose_ros.inference.detector import make_decode_boxes
from alphapose_ros.inference.detector import PersonDetector
from alphapose_ros.inference.network import ModelFileError
from alphapose_ros.inference.network import Network
from alphapose_ros.inference.network import Normalization
from alphapose_ros.inference.onnx_network import OnnxNetwork
from alphapose_ros.inference.openvino_network import OpenVinoNetwork
from alphapose_ros.inference.options import FlipTest
from alphapose_ros.inference.options import NetworkOptions
from alphapose_ros.inference.pose_estimator import PoseEstimator
from alphapose_ros.inference.reid import ReidEstimator
from alphapose_ros.inference.torch_network import TorchNetwork
from alphapose_ros.io.checkpoints import is_checkpoint
from alphapose_ros.io.files import hash_file
from alphapose_ros.io.weights import cache_folder
from alphapose_ros.io.weights import find_model
from alphapose_ros.io.weights import read_sidecar
from alphapose_ros.io.weights import WeightsError
from alphapose_ros.models.catalog import DETECTORS
from alphapose_ros.models.catalog import POSE_NETWORKS
from alphapose_ros.models.catalog import REID_NETWORKS
from alphapose_ros.models.records import DetectorRecord
from alphapose_ros.models.records import ModelRecord
from alphapose_ros.models.records import PoseRecord
from alphapose_ros.models.records import ReidRecord
from alphapose_ros.structures import Skeleton

R = TypeVar('R', bound=ModelRecord)

DETECTOR_DECODES = ('yolox', 'rtmdet', 'yolov3', 'boxes')
DEFAULT_SIZE_WH = (192, 256)


DEFAULTS = NetworkOptions()


def load_detector(model: str, options: NetworkOptions = DEFAULTS) -> PersonDetector:
    """
    Load a person detector and warm it up.

    :param model: name in the catalog, or path of a file: .onnx, .xml (OpenVINO), .pth or .weights.
    :raises ValueError: WeightsError, CheckpointError, ModelFileError or DeviceError; one line that
        says what to do.
    """
    path, network, record = _open(model, DETECTORS, DetectorRecord, options)
    if record.decode not in DETECTOR_DECODES:
        raise WeightsError(
            f'{path}: unknown decode {record.decode!r}, known are {", ".join(DETECTOR_DECODES)}'
        )
    decodes: dict[str, Decode] = {
        'yolox': decode_yolox,
        'rtmdet': decode_rtmdet,
        'yolov3': decode_yolov3,
        'boxes': make_decode_boxes(record.person),
    }
    detector = PersonDetector(
        network,
        _normalization(record, network),
        decodes[record.decode],
        licence=record.licence,
    )
    detector.warm_up()
    return detector


def load_pose_estimator(
    model: str,
    options: NetworkOptions = DEFAULTS,
    *,
    flip_test: FlipTest = 'off',
) -> PoseEstimator:
    """
    Load a pose network and warm it up; parameters and errors as in `load_detector`.

    :param flip_test: see `PoseEstimator`.
    """
    path, network, record = _open(model, POSE_NETWORKS, PoseRecord, options)
    if record.decode not in METHODS:
        raise WeightsError(
            f'{path}: unknown decode {record.decode!r}, known are {", ".join(METHODS)}'
        )
    normalization = _normalization(record, network)
    width, height = network.size_wh
    blank = torch.zeros((1, 3, height, width), device=network.tensor_device)
    outputs = network(normalization(blank))
    skeleton = _choose_skeleton(path, record.keypoint_set, outputs[0])
    decoder = make_decoder(record.decode, skeleton, record.normalize)
    try:
        decoder(outputs, network.size_wh)
    except OutputError as err:
        raise ModelFileError(f'{path} with decode {record.decode!r}: {err}') from err
    if isinstance(network, TorchNetwork):
        network.warm_up()
    return PoseEstimator(
        network, normalization, decoder, skeleton, licence=record.licence, flip_test=flip_test
    )


def load_reid(model: str, options: NetworkOptions = DEFAULTS) -> ReidEstimator:
    """Load a re-ID network and warm it up; parameters and errors as in `load_detector`."""
    _, network, record = _open(model, REID_NETWORKS, ReidRecord, options)
    reid = ReidEstimator(network, _normalization(record, network), licence=record.licence)
    reid.warm_up()
    if isinstance(network, TorchNetwork):
        network.warm_up()
    return reid


def _open(
    model: str, catalog: Mapping[str, R], record_type: type[R], options: NetworkOptions
) -> tuple[Path, Network, R]:
    """Return the file of a model, the network in it, and what is known of it."""
    if options.inner_outputs and options.backend != 'openvino':
        raise ModelFileError(f'inner_outputs need the backend openvino, got {options.backend!r}')
    path, record = find_model(model, catalog, options.weights_dir)
    if not is_checkpoint(path):
        record = record or describe(path, record_type)
        return path, _open_file(path, record.input_size_wh, options), record
    # Networks in PyTorch come with torchvision: whoever runs ONNX files need not wait for it.
    from alphapose_ros.inference.checkpoint import open_checkpoint
    from alphapose_ros.inference.export import export_onnx

    module, record = open_checkpoint(path, record, catalog)
    size_wh = record.input_size_wh or DEFAULT_SIZE_WH
    if options.backend in ('auto', 'torch'):
        network = TorchNetwork(
            module,
            size_wh,
            device=options.device,
            threads=options.threads,
            precision=options.precision,
        )
        return path, network, record
    exported = cache_folder() / 'exported' / f'{hash_file(path)[:16]}.onnx'
    if not exported.is_file():
        export_onnx(module, size_wh, exported)
    return path, _open_file(exported, size_wh, options), record


def _open_file(path: Path, size_wh: tuple[int, int] | None, options: NetworkOptions) -> Network:
    """Return the network of a file that holds it whole."""
    if options.backend == 'torch':
        raise ModelFileError(f'{path.name} is run by onnxruntime or openvino, not by torch')
    common: dict[str, Any] = {'device': options.device, 'threads': options.threads}
    is_half_on_cpu = options.precision == 'half' and options.device in ('auto', 'cpu')
    backend = options.backend
    if path.suffix == '.xml' or (backend == 'auto' and is_half_on_cpu):
        backend = 'openvino'
    if backend == 'openvino':
        return OpenVinoNetwork(
            path,
            size_wh=size_wh,
            precision=options.precision,
            inner_outputs=options.inner_outputs,
            **common,
        )
    if options.precision == 'half' and not options.device.startswith('tensorrt'):
        raise ModelFileError(
            'onnxruntime runs a file in the precision it has; half precision needs the backend '
            'torch or openvino, or the device tensorrt'
        )
    return OnnxNetwork(path, input_size_wh=size_wh, **common)


def describe(path: Path, record_type: type[R]) -> R:
    """
    Describe a file that the catalog does not list by the JSON file beside it, and defaults.

    :raises WeightsError: if the JSON file cannot be used.
    """
    values: dict[str, Any] = read_sidecar(path, record_type)
    try:
        return record_type(name=path.stem, file_names=(path.name,), **values)
    except TypeError as err:
        sidecar = path.with_suffix('.json')
        raise WeightsError(
            f'{path.name} is not in the catalog; describe it in {sidecar}: {err}'
        ) from err


def _normalization(record: ModelRecord, network: Network) -> Normalization:
    return Normalization(
        record.color_order,
        record.mean,
        record.std,
        device=network.tensor_device,
        memory_format=network.memory_format,
    )


def _choose_skeleton(path: Path, keypoint_set: str, output: torch.Tensor) -> Skeleton:
    """Compare the first output with the keypoint set, or find the set by it."""
    if output.ndim < 3:
        raise ModelFileError(f'{path}: the output must have shape (N, K, ...), got {output.shape}')
    num_keypoints = output.shape[1]
    if not keypoint_set:
        return find_skeleton(num_keypoints)
    skeleton = get_skeleton(keypoint_set)
    if skeleton.num_keypoints != num_keypoints:
        raise ModelFileError(
            f'{path}: {keypoint_set} has {skeleton.num_keypoints} keypoints, the network gives '
            f'{num_keypoints}'
        )
    return skeleton
