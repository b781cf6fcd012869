# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Measures the networks of the package beside peers: what they cost, and how well they see."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

import torch

from alphapose_ros.evaluation.report_keypoints import KeypointRun
from alphapose_ros.inference.load import load_detector
from alphapose_ros.inference.load import load_pose_estimator
from alphapose_ros.inference.network import ModelFileError
from alphapose_ros.inference.network import Network
from alphapose_ros.inference.options import NetworkOptions
from alphapose_ros.io.keypoint_truth import read_keypoint_truth
from alphapose_ros.io.weights import WeightsError
from alphapose_ros.tools.bench_networks import median_ms
from alphapose_ros.tools.bench_networks import Numbers
from alphapose_ros.tools.bench_networks import run_network
from alphapose_ros.tools.evaluate_model import run_model

LABELS = Path('..') / 'shared' / 'annotated' / 'coco_mini' / 'person_keypoints.json'
# The back ends of a CPU; on a GPU there is one way only.
WAYS = MappingProxyType(
    {
        'onnxruntime': {'backend': 'onnxruntime'},
        'openvino': {'backend': 'openvino'},
        'openvino_half': {'backend': 'openvino', 'precision': 'half'},
    }
)
PEOPLE = 4
REPEATS = 25


def measure_bundled(*, device: str, weights_dir: str, **_: Any) -> Numbers:
    """Time the networks on every back end, in turn with peers, and the fastest; measure the AP."""
    options = {'weights_dir': weights_dir, 'device': device}
    calls: dict[str, Any] = {}
    for name, batch_size in (('bundled_detector', 1), ('yolox_nano', 1), ('bundled', PEOPLE)):
        calls |= _calls(name, batch_size, options)
    calls |= _calls('ultralight_simplepose', PEOPLE, options)
    times_ms = median_ms(calls, REPEATS)
    numbers: Numbers = {}
    for name, key, share in (
        ('bundled', 'pose_ms_per_person', PEOPLE),
        ('ultralight_simplepose', 'peer_pose_ms_per_person', PEOPLE),
        ('bundled_detector', 'detector_ms', 1),
        ('yolox_nano', 'peer_detector_ms', 1),
    ):
        ways = {k.split()[1]: v / share for k, v in times_ms.items() if k.split()[0] == name}
        if ways:
            numbers[f'bundled.{key}'] = min(ways.values())
            numbers |= {f'bundled.{key}_{way}': value for way, value in ways.items()}
    return numbers | _measure_accuracy(options)


def _calls(name: str, batch_size: int, options: dict[str, str]) -> dict[str, Any]:
    """Return what runs a network once, by name and back end; nothing of what is not here."""
    calls: dict[str, Any] = {}
    for way, changes in WAYS.items():
        try:
            network = _open(name, NetworkOptions(**options, **changes))  # type: ignore[arg-type]
        except (ModelFileError, WeightsError):
            continue
        width, height = network.size_wh
        batch = torch.rand((batch_size, 3, height, width), device=network.tensor_device)
        calls[f'{name} {way}'] = partial(run_network, network, batch)
    return calls


def _open(name: str, options: NetworkOptions) -> Network:
    if name in ('bundled_detector', 'yolox_nano'):
        return load_detector(name, options).network
    return load_pose_estimator(name, options).network


def _measure_accuracy(options: dict[str, str]) -> Numbers:
    """Return the OKS-AP with true boxes over the joints of COCO, if its images are here."""
    if not LABELS.is_file():
        return {}
    truth = read_keypoint_truth(LABELS)
    found = run_model(
        truth,
        LABELS.parent,
        None,
        model='bundled',
        images=None,
        boxes='truth',
        detector='',
        flip_test='off',
        **options,
    )
    return {'bundled.oks_ap_coco_mini': KeypointRun.measure(truth, found).numbers['oks.whole.ap']}
