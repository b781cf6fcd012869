# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""A detector learns to find people, goes on where it stopped, and runs as any other model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from alphapose_ros.inference.detector import DetectionLimits
from alphapose_ros.inference.load import load_detector
from alphapose_ros.inference.options import NetworkOptions
from alphapose_ros.io.training_files import read_recipe
from alphapose_ros.training.detection_data import BoxSource
from alphapose_ros.training.detection_data import read_boxes
from alphapose_ros.training.detection_training import build_detector
from alphapose_ros.training.detection_training import DetectionRecipe
from alphapose_ros.training.detection_training import make_batches
from alphapose_ros.training.detection_training import prepare_detection
from alphapose_ros.training.detection_validation import evaluate_detector
from alphapose_ros.training.detection_validation import labelled_images
from alphapose_ros.training.detection_views import Views
from alphapose_ros.training.distributed import Group
from alphapose_ros.training.optimization import Optimization
from alphapose_ros.training.session import Session
from alphapose_ros.training.session import train
from alphapose_ros.training.settings import parse_settings

ROOT = Path(__file__).resolve().parents[2]
TINY = {'depth': 0.33, 'width': 0.125}


def make_recipe(folder: Path, **changes: Any) -> DetectionRecipe:
    """Return a recipe that learns a few images by heart."""
    values: dict[str, Any] = {
        'network': 'yolox',
        'network_options': TINY,
        'train': (BoxSource(path=str(folder)),),
        'validation': (BoxSource(path=str(folder)),),
        'input_size_wh': (64, 96),
        'epoch_size': 4,
        'batch_size': 4,
        'workers': 0,
        'cache_images': True,
        'threads': 1,
        'device': 'cpu',
        'views': Views(mosaic=0.0, scales=(1.0, 1.0), stretch=0.0, flip=0.0),
        'optimization': Optimization(epochs=160, learning_rate=4e-3, warmup_epochs=10),
        'session': Session(watch='ap', evaluate_epochs=1000),
    }
    return DetectionRecipe(**{**values, **changes})


def test_a_few_images_are_learnt_by_heart(
    make_people: Callable[..., Path], tmp_path: Path
) -> None:
    folder = make_people(4)
    recipe = make_recipe(folder)
    training = prepare_detection(recipe, Group())
    *_, last = train(
        training.trainer,
        training.batches,
        recipe.session,
        folder=tmp_path,
        group=Group(),
        evaluate=training.evaluate,
        description=training.description,
    )
    assert last.scores['recall'] == 1
    assert last.scores['ap'] == 1
    detector = load_detector(str(tmp_path / 'model.pth'), NetworkOptions(device='cpu'))
    images = labelled_images(read_boxes(recipe.train[0]))
    scores = evaluate_detector(images, lambda image: detector.detect(image, DetectionLimits()))
    assert scores.recall == 1
    assert scores.precision == 1


def test_a_training_goes_on_as_if_it_had_not_stopped(make_people: Callable[..., Path]) -> None:
    recipe = make_recipe(
        make_people(4),
        views=Views(),
        optimization=Optimization(epochs=4, average_decay=0.9),
        whole_epochs=1,
        epoch_size=4,
        batch_size=2,
    )

    def run(state: dict[str, Any] | None, count: int) -> tuple[list[float], dict[str, Any]]:
        trainer = (training := prepare_detection(recipe, Group())).trainer
        if state is not None:
            trainer.load_state(state)
        steps = trainer.run(training.batches)
        losses = [float(step.loss) for _, step in zip(range(count), steps, strict=False)]
        return losses, trainer.state()

    whole, _ = run(None, 8)
    first, state = run(None, 3)
    rest, _ = run(state, 9)
    assert first + rest == pytest.approx(whole, rel=1e-5)
    assert len(whole) == 8


def test_processes_share_the_images_of_a_step(make_people: Callable[..., Path]) -> None:
    recipe = make_recipe(make_people(4), epoch_size=16, whole_epochs=159)

    def images_from(step: int, group: Group) -> list[Any]:
        batches = iter(make_batches(recipe, group)(step))
        return [next(batches).images for _ in range(2 // group.size)]

    parts = [images_from(1, Group(rank=rank, size=2))[0] for rank in range(2)]
    assert not torch.equal(*parts)
    assert torch.equal(torch.cat(parts), torch.cat(images_from(2, Group())))


@pytest.mark.parametrize(
    ('changes', 'message'),
    [
        pytest.param({'input_size_wh': (100, 96)}, 'multiples of 32', id='size'),
        pytest.param({'network_options': {'length': 1}}, 'network_options', id='options'),
        pytest.param({'epoch_size': 2}, 'epoch_size must be at least 4', id='epoch'),
        pytest.param({'train': ()}, 'train must name a data set', id='no data'),
        pytest.param({'start_from': 'absent.pth'}, r'absent\.pth', id='no checkpoint'),
    ],
)
def test_what_does_not_fit_is_refused(
    make_people: Callable[..., Path], changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        prepare_detection(make_recipe(make_people(1), **changes), Group())


def test_the_recipe_of_the_bundled_detector_can_be_read() -> None:
    recipe = parse_settings(
        DetectionRecipe, read_recipe(ROOT / 'config' / 'training' / 'detector_lite.yaml')
    )
    module = build_detector(recipe)
    assert sum(p.numel() for p in module.parameters()) * 4 <= 4e6
    assert recipe.session.watch == 'ap'
