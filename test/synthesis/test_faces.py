# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Painted eyebrows."""

import numpy as np

from alphapose_ros.synthesis.faces import paint_brows

LINES = np.array([[[0.1, 0.5], [0.2, 0.55], [0.3, 0.6], [0.4, 0.6], [0.45, 0.55]]] * 2, np.float32)


def test_brows_darken_the_skin_along_their_lines_only() -> None:
    skin = np.full((512, 512, 4), 200, np.uint8)
    painted = paint_brows(skin, LINES, 3)
    assert painted[int(0.6 * 512), int(0.35 * 512), 0] < 150
    assert (painted[:200] == 200).all()
    assert (painted[:, :, 3] == 200).all()


def test_darker_brows_are_darker() -> None:
    skin = np.full((512, 512, 4), 200, np.uint8)
    assert paint_brows(skin, LINES, 3).mean() < paint_brows(skin, LINES, 1).mean()
