# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Measures what lies between boxes and joints: networks, decoding, pose NMS."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping
from functools import partial
from pathlib import Path
import tempfile
import time
from typing import Any

import numpy as np
import torch
from torch import Tensor

from alphapose_ros.core.crops import boxes_to_crop_boxes
from alphapose_ros.core.decoding import HeatmapDecoder
from alphapose_ros.core.heatmaps import decode_argmax
from alphapose_ros.core.heatmaps import decode_integral
from alphapose_ros.core.pose_nms import suppress_poses
from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.inference.export import export_onnx
from alphapose_ros.inference.load import load_detector
from alphapose_ros.inference.load import load_pose_estimator
from alphapose_ros.inference.network import ModelFileError
from alphapose_ros.inference.network import Network
from alphapose_ros.inference.network import Normalization
from alphapose_ros.inference.onnx_network import OnnxNetwork
from alphapose_ros.inference.openvino_network import OpenVinoNetwork
from alphapose_ros.inference.options import NetworkOptions
from alphapose_ros.inference.pose_estimator import PoseEstimator
from alphapose_ros.inference.torch_network import TorchNetwork
from alphapose_ros.io.weights import WeightsError
from alphapose_ros.models.catalog import ALL_MODELS
from alphapose_ros.models.fastpose import FastPose
from alphapose_ros.models.networks import build_network
from alphapose_ros.models.records import ALPHAPOSE_MEAN_RGB
from alphapose_ros.models.records import BYTE_STD
from alphapose_ros.models.records import DetectorRecord
from alphapose_ros.models.records import ModelRecord
from alphapose_ros.structures import Detections
from alphapose_ros.structures import FloatArray
from alphapose_ros.structures import Poses

Numbers = dict[str, float]
CROPS = (1, 4, 16)
CROP_WH = (192, 256)


class BenchError(ValueError):
    """A section cannot be measured here."""


def measure_pose_nms(**_: Any) -> Numbers:
    """Merge 20 candidates of 10 people with 136 joints."""
    poses, skeleton = _two_of_everybody(10), get_skeleton('halpe_136')
    return {
        'pose_nms.ms_20x136': median_ms({'': lambda: suppress_poses(poses, skeleton)}, 200)['']
    }


def measure_decode(**_: Any) -> Numbers:
    """Decode 20 people with 136 joints, and the same one person and one joint at a time."""
    heatmaps = torch.randn((20, 136, 64, 48), generator=torch.Generator().manual_seed(0))
    arrays = heatmaps.numpy()
    times_ms = median_ms(
        {
            'argmax': lambda: decode_argmax(heatmaps),
            'integral': lambda: decode_integral(heatmaps),
            'plain argmax': lambda: [_plain_argmax(maps) for maps in arrays],
            'plain integral': lambda: [_plain_integral(maps) for maps in arrays],
        },
        7,
    )
    numbers: Numbers = {}
    for name in ('argmax', 'integral'):
        numbers[f'decode.{name}_ms_20x136'] = times_ms[name]
        numbers[f'decode.{name}_speedup_20x136'] = times_ms[f'plain {name}'] / times_ms[name]
    return numbers


def measure_network(*, device: str, **_: Any) -> Numbers:
    """Run FastPose-50 bare and with everything around it, and on every back end."""
    torch.manual_seed(0)
    module = FastPose(17).eval()
    network = TorchNetwork(module, CROP_WH, device=device)
    normalization = Normalization(
        'rgb',
        ALPHAPOSE_MEAN_RGB,
        BYTE_STD,
        device=network.tensor_device,
        memory_format=network.memory_format,
    )
    estimator = PoseEstimator(network, normalization, HeatmapDecoder(), get_skeleton('coco_17'))
    image = np.random.default_rng(0).integers(0, 256, (720, 1280, 3), np.uint8)
    numbers: Numbers = {}
    for n in CROPS:
        ratio, network_ms = _overhead(estimator, image, _people(n), 15 if n < 16 else 7)
        numbers[f'network.fastpose50_ms_{n}'] = network_ms
        numbers[f'network.fastpose50_overhead_ratio_{n}'] = ratio
    if network.tensor_device.type == 'cpu':
        numbers |= _compare_backends(module, network)
    return numbers


def _overhead(
    estimator: PoseEstimator, image: np.ndarray, people: Detections, repeats: int
) -> tuple[float, float]:
    """Return the time of everything over that of the network in it, and the latter."""
    ratios, times_ms = [], []
    for _ in range(repeats + 1):
        start_s = time.perf_counter()
        estimator.estimate(image, people)
        elapsed_s = time.perf_counter() - start_s
        ratios.append(elapsed_s / estimator.network.elapsed_s)
        times_ms.append(estimator.network.elapsed_s * 1e3)
    return float(np.median(ratios[1:])), float(np.median(times_ms[1:]))


def measure_models(*, device: str, weights_dir: str, **_: Any) -> Numbers:
    """Run one image through every network of the catalog that can be built or is here."""
    options = NetworkOptions(weights_dir=weights_dir, device=device)
    times_ms: Numbers = {}
    for record in ALL_MODELS.values():
        key = str(record.architecture or record.name)
        if key not in times_ms:
            network = _open_network(record, options)
            if network is None:
                continue
            width, height = network.size_wh
            batch = torch.rand((1, 3, height, width), device=network.tensor_device)
            batch = batch.contiguous(memory_format=network.memory_format)
            times_ms[key] = median_ms({'': partial(run_network, network, batch)}, 5)['']
    return {
        f'models.{record.name}_ms': times_ms[key]
        for record in ALL_MODELS.values()
        if (key := str(record.architecture or record.name)) in times_ms
    }


def _open_network(record: ModelRecord, options: NetworkOptions) -> Network | None:
    """Return a network with random parameters, or that of a file; None if there is neither."""
    if record.architecture is not None:
        assert record.input_size_wh is not None
        module = build_network(record.architecture)
        return TorchNetwork(module, record.input_size_wh, device=options.device)
    try:
        if isinstance(record, DetectorRecord):
            return load_detector(record.name, options).network
        return load_pose_estimator(record.name, options).network
    except (WeightsError, ModelFileError):
        return None


def _compare_backends(module: FastPose, network: TorchNetwork) -> Numbers:
    """Return the milliseconds for four crops on every back end of the CPU."""
    batch = torch.rand((4, 3, 256, 192))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / 'fastpose50.onnx'
        export_onnx(module, CROP_WH, path)
        networks: dict[str, Network] = {
            'torch': network,
            'torch_half': TorchNetwork(module, CROP_WH, device='cpu', precision='half'),
            'onnxruntime': OnnxNetwork(path, device='cpu'),
        }
        try:
            networks['openvino'] = OpenVinoNetwork(path)
            networks['openvino_half'] = OpenVinoNetwork(path, precision='half')
        except ModelFileError:
            pass  # an option
        times_ms = median_ms(
            {name: partial(run_network, n, batch) for name, n in networks.items()}, 9
        )
    return {f'network.fastpose50_{name}_ms_4': ms for name, ms in times_ms.items()}


def run_network(network: Network, batch: Tensor) -> Tensor:
    """Run and wait for the result, as a caller does who wants the joints."""
    return network(batch)[0][..., :1, :1].cpu()


def median_ms(calls: Mapping[str, Callable[[], Any]], repeats: int) -> dict[str, float]:
    """Time calls in turn, so that what disturbs the machine disturbs all of them."""
    times_ms: dict[str, list[float]] = {name: [] for name in calls}
    for call in calls.values():
        call()
    for _ in range(repeats):
        for name, call in calls.items():
            start_s = time.perf_counter()
            call()
            times_ms[name].append((time.perf_counter() - start_s) * 1e3)
    return {name: float(np.median(values)) for name, values in times_ms.items()}


def _people(n: int) -> Detections:
    rng = np.random.default_rng(n)
    top_left = rng.uniform((0, 0), (1100, 400), (n, 2))
    boxes = np.concatenate([top_left, top_left + rng.uniform((60, 180), (160, 320), (n, 2))], 1)
    return Detections(boxes.astype(np.float32), np.full(n, 0.9, np.float32))


def _two_of_everybody(n: int) -> Poses:
    """Return n people as a detector that saw everybody twice would give them."""
    rng = np.random.default_rng(0)
    shifts = rng.normal(0, 2, (2 * n, 4)).astype(np.float32)
    boxes: FloatArray = np.tile(_people(n).boxes, (2, 1)) + shifts
    places = np.tile(rng.random((n, 136, 2)), (2, 1, 1)) * (
        boxes[:, None, 2:] - boxes[:, None, :2]
    )
    keypoints = boxes[:, None, :2] + places + rng.normal(0, 1, places.shape)
    scores = rng.uniform(0.4, 1, (2 * n, 136)).astype(np.float32)
    box_scores = rng.uniform(0.5, 1, 2 * n).astype(np.float32)
    return Poses(
        boxes=boxes,
        box_scores=box_scores,
        keypoints=keypoints.astype(np.float32),
        keypoint_scores=scores,
        scores=box_scores * scores.mean(axis=1),
        embeddings=np.zeros((2 * n, 0), np.float32),
    )


CROP_BOX = boxes_to_crop_boxes(np.array([[100, 50, 200, 350]], np.float32), size_wh=CROP_WH)[0]


def _plain_argmax(heatmaps: np.ndarray) -> list[Any]:
    """Decode a person as it is written down first: joint by joint."""
    joints = []
    for heatmap in heatmaps:
        y, x = np.unravel_index(np.argmax(heatmap), heatmap.shape)
        place, score = np.array([x, y], float), heatmap[y, x]
        if 1 < x < heatmap.shape[1] - 1 and 1 < y < heatmap.shape[0] - 1:
            right_left = heatmap[y, x + 1] - heatmap[y, x - 1]
            down_up = heatmap[y + 1, x] - heatmap[y - 1, x]
            place += np.sign(np.array([right_left, down_up])) * 0.25
        joints.append((*_plain_to_image(place, heatmap.shape), score))
    return joints


def _plain_integral(heatmaps: np.ndarray) -> list[Any]:
    joints = []
    for heatmap in heatmaps:
        values = 1 / (1 + np.exp(-heatmap))
        probabilities = values / values.sum()
        x = (probabilities.sum(axis=0) * np.arange(heatmap.shape[1])).sum()
        y = (probabilities.sum(axis=1) * np.arange(heatmap.shape[0])).sum()
        joints.append((*_plain_to_image(np.array([x, y]), heatmap.shape), values.max()))
    return joints


def _plain_to_image(place: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    scale = (CROP_BOX[2] - CROP_BOX[0]) / shape[1]
    centre = np.array([CROP_BOX[0] + CROP_BOX[2], CROP_BOX[1] + CROP_BOX[3]]) / 2
    matrix = np.array([[scale, 0, centre[0]], [0, scale, centre[1]]])
    offset = place - np.array([shape[1], shape[0]]) / 2
    image_place: np.ndarray = matrix @ np.array([*offset, 1])
    return image_place
