# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""People of sticks, who are told apart by their colours, as a data set on disk."""

from __future__ import annotations

from collections.abc import Callable
import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from alphapose_ros.core.skeletons import get_skeleton

IMAGE_WH = (160, 200)
# Of the body, in parts of half the height, from the middle of the person; left is to the right.
_BODY = {
    'nose': (0, -0.8), 'head': (0, -0.95), 'neck': (0, -0.65), 'hip': (0, -0.1),
    'eye': (0.03, -0.83), 'ear': (0.07, -0.81), 'shoulder': (0.16, -0.62), 'elbow': (0.22, -0.38),
    'wrist': (0.25, -0.15), 'hip_side': (0.1, -0.1), 'knee': (0.11, 0.35), 'ankle': (0.11, 0.78),
    'big_toe': (0.16, 0.86), 'small_toe': (0.2, 0.85), 'heel': (0.1, 0.84),
}  # fmt: skip


def stick_person(num_keypoints: int) -> np.ndarray:
    """Return (K, 2) the joints of somebody who stands, of Halpe's sets or COCO's 17."""
    skeleton = get_skeleton({17: 'coco_17', 136: 'halpe_136'}[num_keypoints])
    points = np.zeros((num_keypoints, 2))
    for i, name in enumerate(skeleton.keypoint_names[:26]):
        side, _, part = name.partition('_')
        if side in ('left', 'right'):
            x, y = _BODY['hip_side' if part == 'hip' else part]
            points[i] = x if side == 'left' else -x, y
        else:
            points[i] = _BODY[name]
    for i in range(26, num_keypoints):
        angle = 2 * np.pi * i / 68
        if i < 94:
            points[i] = 0.05 * np.cos(angle), -0.81 + 0.06 * np.sin(angle)
        else:
            hand, finger = divmod(i - 94, 21)
            x, y = (0.25, -0.15) if hand == 0 else (-0.25, -0.15)
            points[i] = x + 0.02 * (finger % 5 - 2), y + 0.02 * (finger // 5)
    return points


@pytest.fixture(scope='session')
def make_people(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Return a function that writes a data set of n people in n images, and returns its folder."""

    def make(n: int, *, num_keypoints: int = 17, seed: int = 0, **more: Any) -> Path:
        folder = tmp_path_factory.mktemp('people')
        (folder / 'images').mkdir()
        rng = np.random.default_rng(seed)
        skeleton = get_skeleton({17: 'coco_17', 136: 'halpe_136'}[num_keypoints])
        images, annotations = [], []
        for i in range(1, n + 1):
            stretch = rng.uniform(60, 80) * np.array([rng.uniform(0.8, 1.3), 1])
            points = stick_person(num_keypoints) * stretch + np.array(IMAGE_WH) / 2
            points += rng.uniform(-8, 8, 2)
            name = f'images/{i:06}.png'
            cv2.imwrite(str(folder / name), draw_sticks(points, skeleton.limbs))
            low, size = points.min(axis=0), np.ptp(points, axis=0)
            triples = np.concatenate([points, np.full((num_keypoints, 1), 2)], axis=1)
            images.append({'id': i, 'file_name': name})
            annotations.append(
                {
                    'id': i,
                    'image_id': i,
                    'iscrowd': 0,
                    'bbox': [*low.tolist(), *size.tolist()],
                    'area': float(size.prod()),
                    'keypoints': triples.ravel().tolist(),
                    **{key: value(i) for key, value in more.items()},
                }
            )
        content = {
            'info': {'keypoint_set': skeleton.name},
            'categories': [{'id': 1, 'keypoints': list(skeleton.keypoint_names)}],
            'images': images,
            'annotations': annotations,
        }
        (folder / 'annotations.json').write_text(json.dumps(content))
        return folder

    return make


def draw_sticks(points: np.ndarray, limbs: tuple[tuple[int, int], ...]) -> np.ndarray:
    """Return an image of a person, each limb in a colour of its own."""
    image = np.full((IMAGE_WH[1], IMAGE_WH[0], 3), 40, np.uint8)
    for a, b in limbs:
        hsv = np.array([[[(a * 37 + b * 11) % 180, 200, 255]]], np.uint8)
        colour = cv2.cvtColor(hsv, cv2.COLOR_HSV2BGR)[0, 0].tolist()
        ends = [tuple(np.rint(points[k]).astype(int).tolist()) for k in (a, b)]
        cv2.line(image, *ends, colour, 2 if a >= 26 else 4, cv2.LINE_AA)
    return image
