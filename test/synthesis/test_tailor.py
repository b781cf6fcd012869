# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Clothes cut from the base mesh."""

from dataclasses import replace

import numpy as np
import pytest

from alphapose_ros.synthesis.assets import Assets
from alphapose_ros.synthesis.tailor import Cut

CUT = Cut(sleeves=0.5, hem=0.0, collar=0.6, legs=1.9, skirt=None, looseness=0.01)


def num_triangles(assets: Assets, cut: Cut, piece: str) -> int:
    sew = getattr(assets.tailor, piece)
    return len(sew(np.random.default_rng(0), cut, assets.base.vertices).surface.triangles)


@pytest.mark.parametrize(
    ('piece', 'longer'),
    [
        ('shirt', {'sleeves': 1.9}),
        ('shirt', {'hem': -0.1}),
        ('trousers', {'legs': 1.97}),
    ],
    ids=['sleeves', 'hem', 'legs'],
)
def test_longer_clothes_have_more_cloth(
    assets: Assets, piece: str, longer: dict[str, float]
) -> None:
    short = replace(CUT, legs=0.6)
    assert num_triangles(assets, replace(short, **longer), piece) > num_triangles(
        assets, short, piece
    )


def test_sleeves_of_both_sides_are_equal(assets: Assets) -> None:
    cloth = assets.tailor.shirt(np.random.default_rng(0), CUT, assets.base.vertices)
    x = assets.base.vertices[cloth.surface.rows, 0]
    assert (x > 0.2).sum() == (x < -0.2).sum() > 0


def test_hands_feet_and_head_are_never_hidden(assets: Assets) -> None:
    hidden = assets.tailor.hidden(replace(CUT, sleeves=1.97, legs=1.97))
    skin = np.unique(assets.base.faces[assets.base.groups == 'body'])
    vertices, hidden = assets.base.vertices[skin], hidden[skin]
    assert hidden.any()
    assert vertices[hidden, 1].max() < 0.65
    assert vertices[hidden, 1].min() > -0.76
    assert np.abs(vertices[hidden, 0]).max() < 0.45


def test_cloth_lies_outside_of_the_skin(assets: Assets) -> None:
    loose = assets.tailor.shirt(np.random.default_rng(0), CUT, assets.base.vertices)
    tight = assets.tailor.shirt(
        np.random.default_rng(0), replace(CUT, looseness=0.0), assets.base.vertices
    )
    rows = loose.surface.rows
    outwards = ((loose.vertices - tight.vertices)[rows] * tight.normals[rows]).sum(axis=1)
    assert np.median(outwards) == pytest.approx(0.01, rel=0.2)
