# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the comparison of model cards."""

import pytest

from alphapose_ros.evaluation.card_check import compare_cards
from alphapose_ros.evaluation.card_check import Difference

CARD = {'coco_mini.bundled.ap': 0.5, 'coco_mini.bundled.images': 39, 'halpe.teacher.feet': None}


def test_small_differences_are_none() -> None:
    assert compare_cards(CARD, {**CARD, 'coco_mini.bundled.ap': 0.5049}) == []


@pytest.mark.parametrize(
    ('known', 'measured', 'difference'),
    [
        ({'a': 0.5}, {'a': 0.494}, Difference('a', '0.5', '0.494')),
        ({'a': 39}, {'a': 40}, Difference('a', '39', '40')),
        ({'a': None}, {'a': 0.0}, Difference('a', 'None', '0.0')),
        ({'a': 0.5}, {'a': None}, Difference('a', '0.5', 'None')),
        ({'a': 0.5}, {}, Difference('a', '0.5', '')),
        ({}, {'a': None}, Difference('a', '', 'None')),
    ],
    ids=['worse', 'more images', 'now defined', 'not defined', 'lost', 'new'],
)
def test_what_cards_do_not_agree_on_is_found(
    known: dict, measured: dict, difference: Difference
) -> None:
    assert compare_cards({**CARD, **known}, {**CARD, **measured}) == [difference]
