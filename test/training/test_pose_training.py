# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of recipes that become trainings, and of weights that become estimators."""

from collections.abc import Callable
import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import torch

from alphapose_ros.inference.checkpoint import read_state
from alphapose_ros.inference.load import load_pose_estimator
from alphapose_ros.inference.options import NetworkOptions
from alphapose_ros.io.checkpoints import write_checkpoint
from alphapose_ros.io.training_files import read_recipe
from alphapose_ros.io.training_labels import read_training_labels
from alphapose_ros.io.weights import find_model
from alphapose_ros.models.architecture import Architecture
from alphapose_ros.models.catalog import POSE_NETWORKS
from alphapose_ros.models.networks import build_network
from alphapose_ros.structures import Detections
from alphapose_ros.tools.weights import export_model
from alphapose_ros.training.distillation import watch_inputs
from alphapose_ros.training.distributed import Group
from alphapose_ros.training.pose_training import load_matching
from alphapose_ros.training.pose_training import prepare
from alphapose_ros.training.recipe import Recipe
from alphapose_ros.training.session import Report
from alphapose_ros.training.session import train
from alphapose_ros.training.settings import parse_settings

SIZE_WH = (64, 80)


def make_recipe(folder: Path, **changes: Any) -> Recipe:
    optimization = {'epochs': 1, 'precision': 'float32', **changes.pop('optimization', {})}
    values = {
        'network': 'fastpose_lite',
        'network_options': {'width': 16, 'head_width': 32},
        'keypoint_set': 'coco_17',
        'train': [{'path': str(folder)}],
        'validation': [{'path': str(folder)}],
        'input_size_wh': list(SIZE_WH),
        'batch_size': 8,
        'workers': 0,
        'device': 'cpu',
        'loss': {'heatmap_factor': 100},
        'optimization': optimization,
        **changes,
    }
    return parse_settings(Recipe, values)


def run(recipe: Recipe, output: Path, **more: Any) -> list[Report]:
    training = prepare(recipe, Group())
    reports = train(
        training.trainer,
        training.batches,
        recipe.session,
        folder=output,
        group=Group(),
        evaluate=training.evaluate,
        description=training.description,
        **more,
    )
    return list(reports)


STILL = {
    'scale': 0.0,
    'rotation_probability': 0.0,
    'flip_probability': 0.0,
    'half_body_probability': 0.0,
}


@pytest.fixture(scope='module')
def people(make_people: Callable[..., Path]) -> Path:
    return make_people(16)


@pytest.fixture(scope='module')
def trained(people: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Report]]:
    """Return a network that has seen 16 people many times, and how that went."""
    folder = tmp_path_factory.mktemp('trained')
    optimization = {'epochs': 60, 'learning_rate': 5e-3, 'average_decay': 0.9}
    session = {'evaluate_epochs': 30, 'report_steps': 20}
    recipe = make_recipe(people, geometry=STILL, optimization=optimization, session=session)
    return folder, run(recipe, folder)


def test_a_network_learns_a_few_people_by_heart(trained: tuple[Path, list[Report]]) -> None:
    _, reports = trained
    assert reports[-1].loss < 0.2 * reports[0].loss
    assert reports[-1].scores['pck'] > 0.93


def test_trained_weights_find_joints_in_images(
    people: Path, trained: tuple[Path, list[Report]]
) -> None:
    labels = read_training_labels(people)
    estimator = load_pose_estimator(str(trained[0] / 'best.pth'), NetworkOptions(device='cpu'))
    assert estimator.skeleton.name == 'coco_17'
    errors = []
    for i, path in enumerate(labels.paths):
        detections = Detections(labels.boxes[i : i + 1], np.ones(1, np.float32))
        poses = estimator.estimate(cv2.imread(str(path)), detections)
        errors.append(np.linalg.norm(poses.keypoints[0] - labels.keypoints[i], axis=1))
    height = np.median(labels.boxes[:, 3] - labels.boxes[:, 1])
    assert np.median(errors) < 0.03 * height
    described = json.loads((trained[0] / 'best.json').read_text())
    assert described['accuracy'].startswith(('pck 0.9', 'pck 1'))


def test_trained_weights_run_as_onnx(
    trained: tuple[Path, list[Report]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path))
    path = str(trained[0] / 'best.pth')
    image = np.random.default_rng(0).integers(0, 255, (200, 160, 3)).astype(np.uint8)
    detections = Detections(np.array([[40, 20, 120, 180]], np.float32), np.ones(1, np.float32))
    a, b = (
        load_pose_estimator(path, NetworkOptions(device='cpu', backend=backend)).estimate(
            image, detections
        )
        for backend in ('torch', 'onnxruntime')
    )
    np.testing.assert_allclose(a.keypoint_scores, b.keypoint_scores, atol=1e-3)


def test_a_pose_training_that_was_interrupted_goes_on_as_it_would_have(
    people: Path, tmp_path: Path
) -> None:
    recipe = make_recipe(
        people,
        optimization={'epochs': 3, 'average_decay': 0.9, 'warmup_epochs': 1},
        session={'report_steps': 1},
        geometry={'proposals_from_epoch': 1},
        pixels={'noise_probability': 0.5},
    )
    whole = run(recipe, tmp_path / 'whole')
    answers = iter([False, False, True])
    first = run(recipe, tmp_path / 'parts', is_stopped=lambda: next(answers))
    rest = run(recipe, tmp_path / 'parts', resume=True)
    assert [r.loss for r in first + rest] == [r.loss for r in whole]
    assert rest[-1].scores == whole[-1].scores


def test_the_seed_decides_the_training(people: Path, tmp_path: Path) -> None:
    losses = [
        [r.loss for r in run(make_recipe(people, seed=seed), tmp_path / str(i))]
        for i, seed in enumerate((1, 1, 2))
    ]
    assert losses[0] == losses[1] != losses[2]


def test_data_sets_of_different_joints_are_mixed(
    people: Path, make_people: Callable[..., Path], tmp_path: Path
) -> None:
    whole = make_people(8, num_keypoints=136)
    recipe = make_recipe(
        people,
        keypoint_set='halpe_136',
        decode='combined',
        train=[{'path': str(people)}, {'path': str(whole), 'weight': 3.0}],
        validation=[{'path': str(whole)}],
    )
    training = prepare(recipe, Group())
    assert training.trainer.num_steps == (16 + 3 * 8) // 8
    scores = run(recipe, tmp_path)[-1].scores
    assert {'pck_face', 'pck_left_hand', 'oks'} <= set(scores)


def test_offsets_of_a_detector_are_learnt_from_its_file(
    make_people: Callable[..., Path], tmp_path: Path
) -> None:
    people = make_people(30)
    labels = read_training_labels(people)
    rows = [
        {'image_id': i + 1, 'bbox': [*box[:2].tolist(), *(box[2:] - box[:2]).tolist()]}
        for i, box in enumerate(labels.boxes)
    ]
    path = tmp_path / 'found.json'
    path.write_text(json.dumps(rows))
    geometry = {**STILL, 'proposals_from_epoch': 0, 'detections': str(path)}
    recipe = make_recipe(people, geometry=geometry)
    for batch in prepare(recipe, Group()).batches(0):
        # This detector is exact, so boxes stay, but for those that become a part of themselves.
        centres = (batch.points.amax(dim=1) + batch.points.amin(dim=1)) / 2
        is_centred = ((centres - torch.tensor(SIZE_WH) / 2).abs() < 0.5).all(dim=1)
        assert is_centred.sum() >= 4
        break


def test_a_network_starts_from_another_ones_backbone(people: Path, tmp_path: Path) -> None:
    weights = {
        'stages.0.0.conv1.weight': torch.full((16, 16, 3, 3), 0.5),
        'fc.weight': torch.ones(3),
    }
    write_checkpoint(tmp_path / 'start.pth', weights)
    recipe = make_recipe(
        people, start_from=str(tmp_path / 'start.pth'), frozen=['stem.', 'stages.0']
    )
    training = prepare(recipe, Group())
    module = training.trainer.module
    frozen = {k: v.clone() for k, v in module.state_dict().items() if k.startswith('stem.')}
    list(training.trainer.run(training.batches))
    state = module.state_dict()
    assert (state['stages.0.0.conv1.weight'] == 0.5).all()
    assert all(torch.equal(state[key], value) for key, value in frozen.items())


def test_a_plain_resnet_is_taken_as_the_backbone(tmp_path: Path) -> None:
    module = torch.nn.ModuleDict({'preact': torch.nn.Conv2d(1, 1, 1)})
    write_checkpoint(tmp_path / 'a.pth', {'weight': torch.full((1, 1, 1, 1), 7.0)})
    assert load_matching(module, tmp_path / 'a.pth') == 1
    assert module.state_dict()['preact.weight'].item() == 7
    write_checkpoint(tmp_path / 'b.pth', {'other': torch.ones(1)})
    with pytest.raises(ValueError, match=r'b\.pth has no entry of the network'):
        load_matching(module, tmp_path / 'b.pth')


@pytest.mark.parametrize(
    ('changes', 'message'),
    [
        ({'network': 'osnet'}, "network must be one of fastpose, .*, got 'osnet'"),
        ({'network_options': {'deep': 1}}, 'network_options do not fit fastpose_lite'),
        ({'frozen': ['backbone']}, "no parameter of fastpose_lite begins with 'backbone'"),
        ({'keypoint_set': 'halpe_21_hand'}, 'coco_17 and halpe_21_hand have no joint in common'),
        ({'decode': 'combined'}, 'coco_17 has no face and no hands'),
        ({'batch_size': 17}, 'batch_size must be at most 16'),
        ({'train': []}, 'train must name a data set'),
        ({'widen': True}, 'widen needs a narrower network to start_from'),
        ({'teachers': [{'model': 'nobody'}]}, "unknown model 'nobody'"),
        ({'geometry': {'mix_probability': 0.1}}, 'geometry.mix_probability needs teachers'),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else 'refused',
)
def test_a_recipe_that_does_not_fit_is_refused(
    people: Path, changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        prepare(make_recipe(people, **changes), Group())


@pytest.mark.parametrize('suffix', ['.pth', '.onnx'])
def test_a_trained_network_teaches_another_one(
    people: Path,
    trained: tuple[Path, list[Report]],
    make_people: Callable[..., Path],
    tmp_path: Path,
    suffix: str,
) -> None:
    teacher = trained[0] / 'best.pth'
    if suffix == '.onnx':
        teacher = tmp_path / 'best.onnx'
        export_model(
            model=str(trained[0] / 'best.pth'), output=teacher, half=False, weights_dir=''
        )
    blind = make_people(16, keypoint_weights=lambda i: [1.0] + 16 * [0.0])
    teachers = [{'model': str(teacher), 'min_score': 0.2}]
    taught, untaught, known = (
        prepare(make_recipe(folder, teachers=t, geometry=STILL), Group())
        for folder, t in ((blind, teachers), (blind, []), (people, []))
    )
    losses = [float(next(t.trainer.run(t.batches)).loss) for t in (taught, untaught, known)]
    # What the teacher says is nearly what the labels say, each times its score.
    assert losses[1] < 0.2 * losses[2]
    assert losses[0] > 0.4 * losses[2]


def test_a_network_is_told_what_the_teacher_has_inside(
    people: Path, trained: tuple[Path, list[Report]], tmp_path: Path
) -> None:
    pytest.importorskip('openvino', reason='an option')
    best, teacher = trained[0] / 'best.pth', tmp_path / 'best.onnx'
    export_model(model=str(best), output=teacher, half=False, weights_dir='')
    hints = {'conv_out': '/head/head.2/Relu_output_0'}
    taught = {'teachers': [{'model': str(teacher), 'min_score': 2, 'hints': hints}]}
    # Frozen, so that the statistics of the batch are not taken: what it has inside is the same.
    same = {'start_from': str(best), 'frozen': ['stem', 'stages', 'upsample', 'head']}
    losses = [
        float(next(training.trainer.run(training.batches)).loss)
        for changes in ({**same, **taught}, same, taught, {})
        for training in [prepare(make_recipe(people, **changes), Group())]
    ]
    assert losses[0] - losses[1] == pytest.approx(0, abs=0.02)
    assert 0.2 < losses[2] - losses[3] < 1


def test_the_recipe_of_the_identity_branch_leaves_the_joints_as_they_are(
    make_people: Callable[..., Path],
) -> None:
    people = make_people(16, identity=lambda i: i // 4)
    path = Path(__file__).parents[2] / 'config' / 'training' / 'fastpose_lite_identity.yaml'
    small = {'train': [{'path': str(people)}], 'validation': [], 'epoch_size': 0}
    small |= {'batch_size': 8, 'workers': 0, 'device': 'cpu'}
    recipe = parse_settings(Recipe, {**read_recipe(path), **small})
    training = prepare(recipe, Group())
    state = training.trainer.module.state_dict()
    before = {key: value.clone() for key, value in state.items()}
    next(training.trainer.run(training.batches))
    changed = {key for key, value in state.items() if not torch.equal(value, before[key])}
    assert {key.split('.')[0] for key in changed} == {'identity'}
    bundled, _ = find_model('bundled', POSE_NETWORKS)
    known = read_state(bundled)
    assert all(torch.equal(before[key], value) for key, value in known.items())


def test_the_bundled_recipe_compares_layers_of_one_size(shared_dir: Path) -> None:
    pytest.importorskip('openvino', reason='the teacher is a file of OpenVINO')
    path = Path(__file__).parents[2] / 'config' / 'training' / 'fastpose_lite_136.yaml'
    recipe = parse_settings(Recipe, read_recipe(path))
    (teacher,) = recipe.teachers
    options = NetworkOptions(
        weights_dir=str(shared_dir / 'weights'),
        device='cpu',
        backend='openvino',
        inner_outputs=tuple(teacher.hints.values()),
    )
    width, height = recipe.input_size_wh
    crops = torch.rand((2, 3, height, width), generator=torch.Generator().manual_seed(0))
    outputs = load_pose_estimator(teacher.model, options).outputs(255 * crops)
    module = build_network(
        Architecture(recipe.network, {**recipe.network_options, 'num_keypoints': 136})
    )
    with torch.no_grad(), watch_inputs(module, list(teacher.hints)) as features:
        module(crops)
    for name, known in zip(teacher.hints, outputs[-len(teacher.hints) :], strict=True):
        assert features[name].shape[2:] == known.shape[2:]
        assert known.std() > 0
