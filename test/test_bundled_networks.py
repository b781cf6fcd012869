# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The networks in the package: they work without anything else, and their card is true."""

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest
import torch

from alphapose_ros.core.boxes import box_iou
from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.evaluation.card_check import compare_cards
from alphapose_ros.inference.checkpoint import build
from alphapose_ros.inference.checkpoint import identify_file
from alphapose_ros.inference.checkpoint import read_state
from alphapose_ros.inference.onnx_network import OnnxNetwork
from alphapose_ros.io.mot import read_mot
from alphapose_ros.io.training_files import read_recipe
from alphapose_ros.io.video import FrameSource
from alphapose_ros.io.weights import find_model
from alphapose_ros.models.catalog import ALL_MODELS
from alphapose_ros.models.catalog import DETECTORS
from alphapose_ros.models.catalog import POSE_NETWORKS
from alphapose_ros.pipeline import load_pipeline
from alphapose_ros.pipeline import PipelineParams
from alphapose_ros.structures import Tracks
from alphapose_ros.structures import TrackState
from alphapose_ros.tools.demo import DEMO_CLIP
from alphapose_ros.tools.main import main
from alphapose_ros.training.detection_training import build_detector
from alphapose_ros.training.detection_training import DetectionRecipe
from alphapose_ros.training.settings import parse_settings

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / 'alphapose_ros' / 'weights'
MAX_BYTES = 12e6
IMAGES = 45


@pytest.fixture(scope='module')
def tracks(tmp_path_factory: pytest.TempPathFactory) -> list[Tracks]:
    """Return the people of the clip's beginning, found where no other weights are."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp('nowhere'))
        patch.setenv('XDG_CACHE_HOME', 'cache')
        patch.delenv('ALPHAPOSE_WEIGHTS', raising=False)
        pipeline = load_pipeline(PipelineParams(device='cpu'))
    frames = FrameSource(str(DEMO_CLIP))
    return [pipeline.process(frames.read(), i * 66_666_667) for i in range(IMAGES)]


def test_the_files_are_small() -> None:
    files = sorted(FOLDER.glob('*.onnx'))
    assert [file.name for file in files] == ['bundled_detector.onnx', 'bundled_pose.onnx']
    assert sum(file.stat().st_size for file in files) <= MAX_BYTES


@pytest.mark.parametrize('name', ['bundled', 'bundled_detector'])
def test_a_training_can_start_from_the_files(name: str) -> None:
    path, _ = find_model(name, ALL_MODELS, str(FOLDER))
    state = read_state(path)
    module = build(identify_file(path, state), state, name).eval()
    network = OnnxNetwork(path, device='cpu')
    width, height = network.size_wh
    images = torch.rand((2, 3, height, width), generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        expected = module(images)
    expected = [expected] if isinstance(expected, torch.Tensor) else list(expected)
    torch.testing.assert_close(network(images), expected, rtol=1e-3, atol=1e-3)
    assert all(float(output.std()) > 0.01 for output in expected)


def test_a_recipe_names_the_network_that_it_starts_from() -> None:
    values = read_recipe(ROOT / 'config' / 'training' / 'detector_lite.yaml')
    recipe = parse_settings(DetectionRecipe, {**values, 'start_from': 'bundled_detector'})
    state = build_detector(recipe).state_dict()
    known = read_state(FOLDER / 'bundled_detector.onnx')
    assert all(torch.equal(state[key], value) for key, value in known.items())


def test_by_default_people_of_the_clip_are_found_with_all_joints(tracks: list[Tracks]) -> None:
    truth = read_mot(DEMO_CLIP.with_name(f'{DEMO_CLIP.stem}_truth.txt'))
    overlaps = [
        box_iou(truth.boxes[truth.frames == i + 1], found.poses.boxes).max(axis=1, initial=0)
        for i, found in enumerate(tracks)
    ]
    assert np.mean(np.concatenate(overlaps) > 0.5) > 0.7
    assert {found.poses.num_keypoints for found in tracks} == {136}


def test_who_waves_stands_upright_and_raises_the_right_hand(tracks: list[Tracks]) -> None:
    joints = [waver_joints(found) for found in tracks[10:]]
    names = ('right_shoulder', 'left_shoulder', 'left_wrist', 'right_hip', 'right_ankle')
    shoulder, other_shoulder, other_wrist, hip, ankle = (
        np.median([points[name] for points in joints], axis=0) for name in names
    )
    assert shoulder[1] < hip[1] < ankle[1]
    assert shoulder[0] < other_shoulder[0] - 15  # of somebody who faces the camera
    wrist = np.median([points['right_wrist'] for points in joints], axis=0)
    assert wrist[1] < (shoulder[1] + hip[1]) / 2 < other_wrist[1]


def test_people_of_the_clip_look_like_themselves(tracks: list[Tracks]) -> None:
    same, others = [], []
    for now, later in zip(tracks[10:25], tracks[30:45], strict=True):
        assert now.poses.embeddings.shape[1] == 128
        alike = now.poses.embeddings @ later.poses.embeddings.T
        is_same = (now.track_ids[:, None] == later.track_ids) & (now.track_ids >= 0)[:, None]
        is_seen = (now.states == TrackState.TRACKED)[:, None] & (
            later.states == TrackState.TRACKED
        )
        same += alike[is_same & is_seen].tolist()
        others += alike[~is_same & is_seen].tolist()
    assert len(same) >= 30
    assert np.mean(same) > np.mean(others) + 0.2


def waver_joints(found: Tracks) -> dict[str, np.ndarray]:
    """Return the joints of the largest person, who waves, by name."""
    boxes = found.poses.boxes
    largest = int((boxes[:, 3] - boxes[:, 1]).argmax())
    points = found.poses.keypoints[largest]
    return dict(zip(get_skeleton('halpe_136').keypoint_names, points, strict=True))


def test_the_tables_of_the_card_are_its_numbers() -> None:
    spec = importlib.util.spec_from_file_location('fill_tables', ROOT / 'docs' / 'fill_tables.py')
    assert spec is not None and spec.loader is not None
    tables = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tables)
    page = (FOLDER / 'README.md').read_text()
    card = json.loads((FOLDER / 'card.json').read_text())
    for rows in tables.make_card_tables(card).values():
        for row in rows:
            assert f'| {" | ".join(row)} |' in page, 'run python docs/fill_tables.py'


def test_the_catalog_tells_what_the_card_tells() -> None:
    card = json.loads((FOLDER / 'card.json').read_text())
    precision = card['coco_mini.bundled.ap']
    assert POSE_NETWORKS['bundled'].accuracy == f'{100 * precision:.0f} AP on 39 COCO images'
    names = ('PETS09-S2L1', 'TUD-Campus')
    recalls = sorted({f'{100 * card[f"{name}.bundled_detector.recall"]:.0f}' for name in names})
    found = f'{" to ".join(recalls)} % recall on two MOT clips'
    assert DETECTORS['bundled_detector'].accuracy == found


@pytest.mark.usefixtures('assets_dir')
def test_the_files_reach_the_numbers_of_the_card(shared_dir: Path, tmp_path: Path) -> None:
    pytest.importorskip('pycocotools')
    networks = ('--models', 'bundled', '--detectors', 'bundled_detector', '--reid')
    folders = ('--data', str(shared_dir), '--output', str(tmp_path), '--weights-dir', str(FOLDER))
    assert main(['evaluate', 'card', *folders, *networks, '--device', 'cpu']) == 0
    measured = json.loads((tmp_path / 'card.json').read_text())
    known = json.loads((FOLDER / 'card.json').read_text())
    ours = {k: v for k, v in known.items() if k.split('.')[1] in ('bundled', 'bundled_detector')}
    assert len(ours) > 20
    assert compare_cards(ours, measured) == []
