# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of recipes: what they may hold, and what is said of the rest."""

from pathlib import Path
from typing import Any

import pytest

from alphapose_ros.io.training_files import parse_yaml
from alphapose_ros.io.training_files import read_recipe
from alphapose_ros.training.recipe import Recipe
from alphapose_ros.training.settings import parse_settings
from alphapose_ros.training.settings import replace_settings

ROOT = Path(__file__).resolve().parents[2]
MINIMAL = {'network': 'fastpose', 'train': [{'path': 'people'}]}


def parse(**changes: Any) -> Recipe:
    return parse_settings(Recipe, {**MINIMAL, **changes})


def test_a_recipe_is_read_into_frozen_values() -> None:
    recipe = parse(
        input_size_wh=[96, 128],
        loss={'group_factors': {'left_hand': 10}},
        optimization={'steps': [[3, 0.1], [5, 0.01]], 'epochs': 7},
    )
    assert recipe.train[0].path == 'people'
    assert recipe.input_size_wh == (96, 128)
    assert recipe.loss.group_factors == {'left_hand': 10.0}
    assert recipe.optimization.steps == ((3.0, 0.1), (5.0, 0.01))


@pytest.mark.parametrize('text', ['1e-3', '+1E-3', '1.0e-3', '0.001'])
def test_numbers_are_numbers_in_every_notation(text: str) -> None:
    # Without a dot the first two are texts in YAML 1.1.
    recipe = parse(optimization={'learning_rate': parse_yaml(text, 'here')})
    assert recipe.optimization.learning_rate == 1e-3


@pytest.mark.parametrize(
    ('changes', 'message'),
    [
        ({'netwrok': 'x'}, 'unknown setting netwrok; known are .* network, train'),
        ({'loss': {'hands': 10}}, r'unknown setting loss.hands; known are heatmap_factor'),
        ({'train': [{'weight': 2}]}, r'the setting train\[0\].path is missing'),
        ({'seed': '3'}, "seed must be an integer, got '3'"),
        ({'seed': True}, 'seed must be an integer, got True'),
        ({'cache_images': 1}, 'cache_images must be true or false, got 1'),
        ({'input_size_wh': [192]}, 'input_size_wh must have 2 values, got 1'),
        ({'decode': 'simcc'}, r"decode must be one of \['argmax', .*, got 'simcc'"),
        ({'loss': 3}, 'loss must be a mapping, got 3'),
        ({'train': 'people'}, "train must be a list, got 'people'"),
        ({'optimization': {'epochs': 'many'}}, 'optimization.epochs must be a number'),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else '',
)
def test_what_does_not_fit_is_refused_by_name(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse(**changes)


def test_single_settings_are_replaced() -> None:
    values = {'a': {'b': 1, 'c': 2}, 'd': 3}
    changed = replace_settings(values, {'a.b': 5, 'e.f': 6, 'd': 7})
    assert changed == {'a': {'b': 5, 'c': 2}, 'd': 7, 'e': {'f': 6}}
    assert values == {'a': {'b': 1, 'c': 2}, 'd': 3}


def test_a_setting_below_a_plain_value_is_refused() -> None:
    with pytest.raises(ValueError, match=r'there is no setting d\.x: d is 3'):
        replace_settings({'d': 3}, {'d.x': 1})


@pytest.mark.parametrize(
    'path',
    [p for p in sorted((ROOT / 'config/training').glob('*.yaml')) if 'detector' not in p.stem],
    ids=lambda path: path.stem,
)
def test_the_recipes_of_the_package_are_valid(path: Path) -> None:
    recipe = parse_settings(Recipe, read_recipe(path))
    assert recipe.validation
