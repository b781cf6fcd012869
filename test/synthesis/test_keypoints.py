# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Joints of the base body."""

import numpy as np
import pytest

from alphapose_ros.core.skeletons import flip_permutation
from alphapose_ros.synthesis.assets import Assets
from alphapose_ros.synthesis.keypoints import JointMap
from alphapose_ros.synthesis.keypoints import SKELETON


@pytest.fixture(scope='module')
def joints(assets: Assets) -> np.ndarray:
    return assets.joints.locate(assets.base.vertices[assets.joints.vertices])


def test_joints_of_the_base_body_are_mirror_images(joints: np.ndarray) -> None:
    mirrored = joints[flip_permutation(SKELETON)] * (-1, 1, 1)
    distances = np.linalg.norm(mirrored - joints, axis=1)
    assert distances[:26].max() < 0.002
    assert distances.max() < 0.01


def test_the_left_side_is_at_positive_x(joints: np.ndarray) -> None:
    for left, right in SKELETON.flip_pairs:
        assert joints[left, 0] > joints[right, 0], SKELETON.keypoint_names[left]


@pytest.mark.parametrize(
    ('upper', 'lower'),
    [('head', 'nose'), ('nose', 'neck'), ('neck', 'hip'), ('left_knee', 'left_heel')],
)
def test_a_body_stands_upright(joints: np.ndarray, upper: str, lower: str) -> None:
    assert joints[SKELETON.index(upper), 1] > joints[SKELETON.index(lower), 1]


def test_shoulders_are_on_top_of_the_joint_and_the_neck_between_them(
    assets: Assets, joints: np.ndarray
) -> None:
    left, right = (joints[SKELETON.index(f'{side}_shoulder')] for side in ('left', 'right'))
    neck, hip = (joints[SKELETON.index(name)] for name in ('neck', 'hip'))
    cube = assets.base.vertices[
        np.unique(assets.base.faces[assets.base.groups == 'joint-l-shoulder'])
    ]
    assert 0.04 < (left[1] - cube.mean(axis=0)[1]) / np.linalg.norm(neck - hip) < 0.06
    assert np.allclose(neck, (left + right) / 2, atol=1e-5)


def test_hands_start_at_the_wrists(joints: np.ndarray) -> None:
    for side in ('left', 'right'):
        hand, wrist = SKELETON.index(f'{side}_hand_root'), SKELETON.index(f'{side}_wrist')
        assert np.allclose(joints[hand], joints[wrist])


def test_toes_and_nose_point_to_the_front(joints: np.ndarray) -> None:
    assert joints[SKELETON.index('left_big_toe'), 2] > joints[SKELETON.index('left_heel'), 2]
    assert joints[SKELETON.index('nose'), 2] > joints[SKELETON.index('left_ear'), 2]


def test_a_face_of_another_size_is_refused(assets: Assets) -> None:
    with pytest.raises(ValueError, match='must be 68, got 5'):
        JointMap(assets.base, range(5))
