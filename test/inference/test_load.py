# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of loading: checkpoints by name and by path, on every back end, and what is refused."""

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import torch

from alphapose_ros.core.crops import boxes_to_crop_boxes
from alphapose_ros.core.crops import extract_crops
from alphapose_ros.core.decoding import HeatmapDecoder
from alphapose_ros.core.decoding import RegressionDecoder
from alphapose_ros.inference.detector import DetectionLimits
from alphapose_ros.inference.load import load_detector
from alphapose_ros.inference.load import load_pose_estimator
from alphapose_ros.inference.load import load_reid
from alphapose_ros.inference.network import DeviceError
from alphapose_ros.inference.network import ModelFileError
from alphapose_ros.inference.openvino_network import OpenVinoNetwork
from alphapose_ros.inference.options import NetworkOptions
from alphapose_ros.inference.torch_network import TorchNetwork
from alphapose_ros.io.checkpoints import CheckpointError
from alphapose_ros.io.checkpoints import write_checkpoint
from alphapose_ros.io.weights import WeightsError
from alphapose_ros.models.architecture import Architecture
from alphapose_ros.models.catalog import DETECTORS
from alphapose_ros.models.catalog import POSE_NETWORKS
from alphapose_ros.models.networks import build_network
from alphapose_ros.structures import Detections

PERSON = Detections(np.array([[100, 50, 200, 350]], np.float32), np.array([0.9], np.float32))
IMAGE = np.random.default_rng(0).integers(0, 256, (480, 640, 3), np.uint8)


def save(path: Path, architecture: Architecture) -> Path:
    torch.manual_seed(0)
    write_checkpoint(path, build_network(architecture).state_dict())
    return path


@pytest.fixture(scope='module')
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with checkpoints of random parameters under the names of the catalog."""
    path = tmp_path_factory.mktemp('weights')
    for name in ('fastpose50_halpe136', 'fastpose50_coco'):
        record = POSE_NETWORKS[name]
        assert record.architecture is not None
        save(path / record.file_names[0], record.architecture)
    return path


@pytest.fixture(autouse=True)
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path / 'cache'))
    return tmp_path / 'cache'


def options(folder: Path, **values: Any) -> NetworkOptions:
    return NetworkOptions(weights_dir=str(folder), device='cpu', **values)


def test_a_checkpoint_of_the_catalog_runs_as_its_row_says(folder: Path) -> None:
    estimator = load_pose_estimator('fastpose50_halpe136', options(folder))
    assert estimator.skeleton.name == 'halpe_136'
    assert estimator.decoder == HeatmapDecoder(0, 'sigmoid')
    assert isinstance(estimator.network, TorchNetwork)
    poses = estimator.estimate(IMAGE, PERSON)
    assert poses.keypoints.shape == (1, 136, 2)
    assert np.isfinite(poses.keypoints).all()


def test_a_checkpoint_under_another_name_is_told_by_its_contents(
    folder: Path, tmp_path: Path
) -> None:
    path = tmp_path / 'mine.pth'
    path.write_bytes((folder / 'fast_res50_256x192.pth').read_bytes())
    by_path = load_pose_estimator(str(path), options(folder)).estimate(IMAGE, PERSON)
    by_name = load_pose_estimator('fastpose50_coco', options(folder)).estimate(IMAGE, PERSON)
    np.testing.assert_array_equal(by_path.keypoints, by_name.keypoints)


def test_a_sidecar_says_what_a_checkpoint_cannot(tmp_path: Path) -> None:
    path = save(tmp_path / 'mine.pth', Architecture('fastpose', {'num_keypoints': 26}))
    sidecar = {'decode': 'integral', 'normalize': 'softmax', 'input_size_wh': [96, 128]}
    path.with_suffix('.json').write_text(json.dumps(sidecar))
    estimator = load_pose_estimator(str(path), options(tmp_path))
    assert estimator.skeleton.name == 'halpe_26'
    assert estimator.decoder == HeatmapDecoder(0, 'softmax')
    assert estimator.network.size_wh == (96, 128)


@pytest.mark.parametrize('backend', ['onnxruntime', 'openvino'])
def test_every_back_end_gives_the_same_joints(folder: Path, cache: Path, backend: Any) -> None:
    if backend == 'openvino':
        pytest.importorskip('openvino', reason='an option')
    pytest.importorskip('onnx', reason='an option')
    expected = load_pose_estimator('fastpose50_coco', options(folder)).estimate(IMAGE, PERSON)
    estimator = load_pose_estimator('fastpose50_coco', options(folder, backend=backend))
    poses = estimator.estimate(IMAGE, PERSON)
    np.testing.assert_allclose(poses.keypoints, expected.keypoints, atol=0.01)
    np.testing.assert_allclose(poses.keypoint_scores, expected.keypoint_scores, atol=1e-5)
    (exported,) = (cache / 'alphapose_ros' / 'exported').iterdir()
    written_ns = exported.stat().st_mtime_ns
    load_pose_estimator('fastpose50_coco', options(folder, backend=backend))
    assert exported.stat().st_mtime_ns == written_ns  # once only


@pytest.mark.parametrize('backend', ['torch', 'onnxruntime', 'openvino'])
def test_an_identity_branch_gives_vectors_on_every_back_end(tmp_path: Path, backend: Any) -> None:
    if backend != 'torch':
        pytest.importorskip(backend, reason='an option')
    architecture = Architecture('fastpose', {'num_keypoints': 17, 'embedding_dim': 64})
    path = save(tmp_path / 'mine.pth', architecture)
    module = build_network(architecture).eval()
    module.load_state_dict(torch.load(path, weights_only=True))
    estimator = load_pose_estimator(str(path), options(tmp_path, backend=backend))
    poses = estimator.estimate(IMAGE, PERSON)
    assert poses.embeddings.shape == (1, 64)
    size_wh = estimator.network.size_wh
    crop_boxes = boxes_to_crop_boxes(PERSON.boxes, size_wh=size_wh)
    crops = torch.from_numpy(extract_crops(IMAGE, crop_boxes, size_wh)).permute(0, 3, 1, 2)
    with torch.inference_mode():
        _, expected = module(estimator._normalization(crops))
    np.testing.assert_allclose(poses.embeddings, expected, atol=1e-5)


@pytest.mark.parametrize(
    'architecture',
    [
        pytest.param(Architecture('osnet', {'width': 0.25, 'num_classes': 7}), id='osnet'),
        pytest.param(Architecture('osnet', {'variant': 'ain', 'width': 0.25}), id='ain'),
        pytest.param(Architecture('reid_resnet50', {'num_classes': 0}), id='resnet'),
    ],
)
def test_a_re_id_checkpoint_is_told_by_its_contents(
    tmp_path: Path, architecture: Architecture
) -> None:
    reid = load_reid(str(save(tmp_path / 'mine.pth', architecture)), options(tmp_path))
    vectors = reid.embed(IMAGE, PERSON.boxes)
    assert (reid.network.size_wh, reid.licence) == ((128, 256), 'unknown')
    assert vectors.shape == (1, 512)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    assert reid.embed(IMAGE, PERSON.boxes[:0]).shape == (0, 512)


def test_a_pose_network_is_no_re_id_network(folder: Path) -> None:
    path = folder / 'fast_res50_256x192.pth'
    with pytest.raises(CheckpointError, match='a pose network was found, fastpose'):
        load_reid(str(path), options(folder))


def test_hybrik_gives_29_joints(tmp_path: Path) -> None:
    path = save(tmp_path / 'mine.pth', Architecture('hybrik'))
    estimator = load_pose_estimator(str(path), options(tmp_path))
    assert estimator.decoder == RegressionDecoder()
    assert estimator.network.size_wh == (256, 256)
    assert estimator.estimate(IMAGE, PERSON).keypoints.shape == (1, 29, 2)


def test_a_checkpoint_of_another_network_is_refused_at_its_first_difference(
    folder: Path, tmp_path: Path
) -> None:
    wrong = tmp_path / 'fast_res50_256x192.pth'
    wrong.write_bytes((folder / 'halpe136_fast50_regression_256x192.pth').read_bytes())
    message = (
        r'fast_res50_256x192\.pth as fastpose\(num_keypoints=17.*: duc2\.conv\.weight has shape '
        r'\(1024, 256, 3, 3\), the network has \(512, 256, 3, 3\)'
    )
    with pytest.raises(CheckpointError, match=message):
        load_pose_estimator('fastpose50_coco', options(tmp_path))


def test_a_missing_checkpoint_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(WeightsError) as err:
        load_pose_estimator('fastpose50_dcn_coco', options(tmp_path))
    assert 'fast_dcn_res50_256x192.pth is in none of' in str(err.value)
    assert 'weights fetch fastpose50_dcn_coco' in str(err.value)
    assert '\n' not in str(err.value)


def test_a_detector_is_no_pose_network(tmp_path: Path) -> None:
    record = DETECTORS['yolox_nano_torch']
    assert record.architecture is not None
    path = save(tmp_path / 'mine.pth', record.architecture)
    with pytest.raises(CheckpointError, match='a detector network was found, yolox'):
        load_pose_estimator(str(path), options(tmp_path))


@pytest.mark.parametrize(
    ('values', 'error', 'message'),
    [
        ({'backend': 'torch'}, ModelFileError, 'is run by onnxruntime or openvino, not by torch'),
        (
            {'backend': 'onnxruntime', 'precision': 'half'},
            ModelFileError,
            'onnxruntime runs a file in the precision it has',
        ),
        (
            {'inner_outputs': ('x',)},
            ModelFileError,
            "inner_outputs need the backend openvino, got 'auto'",
        ),
        (
            {'backend': 'openvino', 'inner_outputs': ('absent',)},
            ModelFileError,
            "Tensor name 'absent' was not found",
        ),
    ],
)
def test_what_a_back_end_cannot_do_is_refused(
    tiny_weights: Path, values: Any, error: Any, message: str
) -> None:
    with pytest.raises(error, match=message):
        load_pose_estimator('ultralight_simplepose', options(tiny_weights, **values))


def test_openvino_is_for_the_cpu(tiny_weights: Path) -> None:
    given = NetworkOptions(weights_dir=str(tiny_weights), device='cuda', backend='openvino')
    with pytest.raises(DeviceError, match="OpenVINO runs on the CPU here, device 'cuda'"):
        load_detector('yolox_nano', given)


def test_half_precision_of_an_onnx_file_on_the_cpu_takes_openvino(tiny_weights: Path) -> None:
    pytest.importorskip('openvino', reason='an option')
    estimator = load_pose_estimator(
        'ultralight_simplepose', options(tiny_weights, precision='half')
    )
    assert isinstance(estimator.network, OpenVinoNetwork)
    assert estimator.estimate(IMAGE, PERSON).num_keypoints == 17


@pytest.mark.parametrize(
    'name', ['yolox_nano_torch', 'yolox_tiny', 'ssdlite320_mobilenet_v3_large', 'yolov3_spp']
)
def test_a_detector_checkpoint_runs(tmp_path: Path, name: str) -> None:
    record = DETECTORS[name]
    assert record.architecture is not None
    save(tmp_path / record.file_names[-1], record.architecture)
    detector = load_detector(name, options(tmp_path))
    detections = detector.detect(IMAGE, DetectionLimits(min_score=0.0, max_people=5))
    assert len(detections) <= 5
    assert detector.network.size_wh == record.input_size_wh


@pytest.mark.parametrize('network', ['fasterrcnn_resnet50_fpn', 'fcos_resnet50_fpn'])
def test_a_torchvision_detector_finds_what_torchvision_finds(network: str) -> None:
    """Random parameters: nothing is found twice, and what comes out has the agreed form."""
    size_wh = (320, 192)
    torch.manual_seed(0)
    options = {'network': network, 'size_wh': size_wh}
    module = build_network(Architecture('torchvision_detector', options))
    module.eval()
    with torch.inference_mode():
        images = torch.rand((1, 3, size_wh[1], size_wh[0]))
        boxes, labels = module(images)
        (expected,) = module.detector(list(images))  # type: ignore[operator]
    torch.testing.assert_close(boxes[0, :, :4], expected['boxes'])
    torch.testing.assert_close(boxes[0, :, 4], expected['scores'])
    assert torch.equal(labels[0], expected['labels'])


def test_tinypose_finds_the_joints_of_a_real_person(shared_dir: Path) -> None:
    """PP-TinyPose through OpenVINO, on a photograph of one standing person."""
    pytest.importorskip('openvino', reason='an option')
    images = sorted((shared_dir / 'media/images/tfpose').glob('*'))
    image = cv2.imread(str(next(p for p in images if p.name.startswith('p1'))))
    given = NetworkOptions(weights_dir=str(shared_dir / 'weights'), device='cpu')
    detector = load_detector('rtmdet_nano_person', given)
    estimator = load_pose_estimator('tinypose', given)
    people = detector.detect(image, DetectionLimits(min_score=0.5))
    poses = estimator.estimate(image, people[:1])
    index = estimator.skeleton.index
    (keypoints,) = poses.keypoints
    for side in ('left', 'right'):
        shoulder, hip, ankle = (
            keypoints[index(f'{side}_{joint}'), 1] for joint in ('shoulder', 'hip', 'ankle')
        )
        assert shoulder < hip < ankle
