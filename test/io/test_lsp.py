# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the joints of Leeds Sports Pose."""

from pathlib import Path

import numpy as np
import pytest

from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.io.lsp import LSP_14
from alphapose_ros.io.lsp import read_lsp
from alphapose_ros.io.results import ResultsError


def write(path: Path, joints: np.ndarray) -> Path:
    np.savez(path, names=[f'{i}.jpg' for i in range(len(joints))], joints=joints)
    return path


def test_joints_that_are_not_visible_are_neither_labelled_nor_in_the_box(tmp_path: Path) -> None:
    joints = np.zeros((2, 14, 3), np.float32)
    joints[:, :, :2] = -50
    joints[0, LSP_14.index('neck')] = 100, 40, 1
    joints[0, LSP_14.index('left_ankle')] = 140, 240, 1
    truth = read_lsp(write(tmp_path / 'joints.npz', joints))
    assert truth.is_labelled.sum(axis=1).tolist() == [2, 0]
    # 40 x 200 becomes 50 x 250 about the same centre.
    np.testing.assert_allclose(truth.boxes, [[95, 15, 145, 265], [0, 0, 0, 0]])
    assert truth.file_names == ('0.jpg', '1.jpg')


def test_every_joint_has_the_name_that_halpe_gives_it() -> None:
    assert set(LSP_14.keypoint_names) <= set(get_skeleton('halpe_136').keypoint_names)
    for left, right in LSP_14.flip_pairs:
        names = LSP_14.keypoint_names[left], LSP_14.keypoint_names[right]
        assert names == (names[0], names[0].replace('left', 'right'))


def test_left_is_the_persons_own(shared_dir: Path) -> None:
    truth = read_lsp(shared_dir / 'annotated' / 'lspet_val' / 'joints.npz')
    dancer = truth.keypoints[truth.file_names.index('im08387.jpg')]  # faces the camera
    x = {name: dancer[LSP_14.index(name), 0] for name in LSP_14.keypoint_names}
    for part in ('shoulder', 'elbow', 'wrist', 'hip', 'knee', 'ankle'):
        assert x[f'left_{part}'] > x[f'right_{part}']


@pytest.mark.parametrize(
    ('content', 'message'),
    [
        ({}, 'names'),
        (
            {'names': ['a'], 'joints': np.zeros((1, 13, 3))},
            r'shape \(1, 14, 3\), got \(1, 13, 3\)',
        ),
    ],
    ids=['empty', 'a joint less'],
)
def test_another_file_is_refused(tmp_path: Path, content: dict, message: str) -> None:
    np.savez(tmp_path / 'joints.npz', **content)
    with pytest.raises(ResultsError, match=message):
        read_lsp(tmp_path / 'joints.npz')


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match=r'joints\.npz cannot be read'):
        read_lsp(tmp_path / 'joints.npz')
