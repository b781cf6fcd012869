# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the keypoint sets."""

import json
from pathlib import Path

import numpy as np
import pytest

from alphapose_ros.core.skeletons import find_skeleton
from alphapose_ros.core.skeletons import flip_permutation
from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.core.skeletons import SKELETONS
from alphapose_ros.structures import Skeleton

every_skeleton = pytest.mark.parametrize('skeleton', SKELETONS.values(), ids=SKELETONS)


@every_skeleton
def test_names_are_unique_and_limbs_join_existing_joints(skeleton: Skeleton) -> None:
    assert len(set(skeleton.keypoint_names)) == skeleton.num_keypoints
    joints = np.array(skeleton.limbs)
    assert joints.min() >= 0
    assert joints.max() < skeleton.num_keypoints
    assert len(set(map(frozenset, skeleton.limbs))) == len(skeleton.limbs)


@every_skeleton
def test_flipping_twice_is_the_identity(skeleton: Skeleton) -> None:
    permutation = flip_permutation(skeleton)
    np.testing.assert_array_equal(permutation[permutation], np.arange(skeleton.num_keypoints))


@every_skeleton
def test_flipped_names_swap_left_and_right(skeleton: Skeleton) -> None:
    for joint, partner in enumerate(flip_permutation(skeleton)):
        name, partner_name = skeleton.keypoint_names[joint], skeleton.keypoint_names[partner]
        if name.startswith('left_'):
            assert partner_name == 'right_' + name.removeprefix('left_')


@every_skeleton
def test_flipping_maps_limbs_to_limbs(skeleton: Skeleton) -> None:
    permutation = flip_permutation(skeleton)
    # The outlines of eyes and mouth are open, as in the data sets, so they are left out here.
    face = {j for name, lo, hi in skeleton.groups if name == 'face' for j in range(lo, hi)}
    limbs = {frozenset(limb) for limb in skeleton.limbs if not face.issuperset(limb)}
    assert {frozenset(int(permutation[j]) for j in limb) for limb in limbs} == limbs


@every_skeleton
def test_groups_cover_all_joints_once(skeleton: Skeleton) -> None:
    covered = [joint for _, start, end in skeleton.groups for joint in range(start, end)]
    assert covered == list(range(skeleton.num_keypoints))


@every_skeleton
def test_sigmas_are_given_for_every_joint_or_none(skeleton: Skeleton) -> None:
    assert len(skeleton.sigmas) in (0, skeleton.num_keypoints)


@every_skeleton
def test_a_set_is_found_by_name_and_by_number(skeleton: Skeleton) -> None:
    assert get_skeleton(skeleton.name) is skeleton
    assert find_skeleton(skeleton.num_keypoints) is skeleton


def test_unknown_sets_are_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"'coco'; known are coco_17, halpe_26"):
        get_skeleton('coco')
    with pytest.raises(ValueError, match=r'has 5 joints; there are sets of 16, 17'):
        find_skeleton(5)


def test_an_unknown_joint_is_refused_with_the_known_ones() -> None:
    assert get_skeleton('coco_17').index('left_wrist') == 9
    with pytest.raises(ValueError, match=r"no joint 'wrist'; it has nose"):
        get_skeleton('coco_17').index('wrist')


@every_skeleton
def test_records_equal_the_specification(skeleton: Skeleton, shared_dir: Path) -> None:
    expected = json.loads((shared_dir / 'spec/keypoints.json').read_text())[skeleton.name]
    assert list(skeleton.keypoint_names) == expected['names']
    flips = {frozenset(pair) for pair in skeleton.flip_pairs}
    assert flips == {frozenset(pair) for pair in expected['flip_pairs']}
    assert list(skeleton.sigmas) == (expected.get('sigmas') or [])
    # The torso is drawn between real joints, where the specification has a virtual neck or none.
    torso = {frozenset(limb) for limb in ((5, 6), (5, 11), (6, 12), (11, 12), (17, 11), (17, 12))}
    assert {frozenset(limb) for limb in skeleton.limbs} - torso == {
        frozenset(limb) for limb in expected['skeleton']
    } - torso
    parts = {k.replace('foot', 'feet'): v for k, v in expected.get('parts', {}).items()}
    if parts:
        assert {name: [start, end] for name, start, end in skeleton.groups} == parts
