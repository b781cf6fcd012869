# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Random poses are poses."""

from dataclasses import fields

import numpy as np
import pytest

from alphapose_ros.synthesis.assets import Assets
from alphapose_ros.synthesis.keypoints import SKELETON
from alphapose_ros.synthesis.people import make_person
from alphapose_ros.synthesis.people import Person
from alphapose_ros.synthesis.poses import PoseOdds
from alphapose_ros.synthesis.poses import sample_pose
from alphapose_ros.synthesis.skinning import bone_transforms
from alphapose_ros.synthesis.skinning import skin

KINDS = tuple(field.name for field in fields(PoseOdds))
LIMBS = (('left_hip', 'left_knee'), ('right_knee', 'right_ankle'), ('left_elbow', 'left_wrist'))


@pytest.fixture(scope='module')
def person(assets: Assets) -> Person:
    return make_person(np.random.default_rng(0), assets)


def only(kind: str) -> PoseOdds:
    return PoseOdds(**{name: float(name == kind) for name in KINDS})


def joints_of(assets: Assets, person: Person, kind: str, seed: int) -> dict[str, np.ndarray]:
    rotations = sample_pose(np.random.default_rng(seed), assets, person, only(kind))
    transforms = bone_transforms(rotations, person.heads, assets.rig.parents, assets.levels)
    vertices = skin(person.joint_vertices, person.joint_bones, person.joint_weights, transforms)
    places = assets.joints.locate(vertices)
    return dict(zip(SKELETON.keypoint_names, places, strict=True))


@pytest.mark.parametrize('kind', KINDS)
def test_poses_are_rotations_that_keep_the_length_of_limbs(
    assets: Assets, person: Person, kind: str
) -> None:
    rotations = sample_pose(np.random.default_rng(1), assets, person, only(kind))
    assert np.allclose(rotations @ rotations.transpose(0, 2, 1), np.eye(3), atol=1e-4)
    rest = assets.joints.locate(person.joint_vertices)
    posed = joints_of(assets, person, kind, 1)
    for start, end in LIMBS:
        wanted = np.linalg.norm(rest[SKELETON.index(start)] - rest[SKELETON.index(end)])
        assert np.linalg.norm(posed[start] - posed[end]) == pytest.approx(wanted, rel=0.08)


@pytest.mark.parametrize('kind', ['stand', 'walk', 'step'])
def test_upright_people_have_the_head_above_the_hip_and_that_above_a_foot(
    assets: Assets, person: Person, kind: str
) -> None:
    for seed in range(4):
        joints = joints_of(assets, person, kind, seed)
        assert joints['head'][1] > joints['hip'][1] + 0.3
        feet = min(joints['left_ankle'][1], joints['right_ankle'][1])
        assert feet < joints['hip'][1] - 0.3


def test_who_sits_has_the_knees_in_front_of_the_hips(assets: Assets, person: Person) -> None:
    for seed in range(4):
        joints = joints_of(assets, person, 'sit', seed)
        for side in ('left', 'right'):
            forward = joints[f'{side}_knee'] - joints[f'{side}_hip']
            assert forward[2] > 0.2
            assert abs(forward[1]) < 0.3


def test_walkers_face_the_front(assets: Assets, person: Person) -> None:
    for seed in range(4):
        joints = joints_of(assets, person, 'walk', seed)
        across = joints['left_hip'] - joints['right_hip']
        assert across[0] > 0.8 * np.linalg.norm(across)
