# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the keypoint sets."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alphapose_ros.core.skeletons import EVAL_SIGMAS
from alphapose_ros.core.skeletons import find_skeleton
from alphapose_ros.core.skeletons import flip_permutation
from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.core.skeletons import SKELETONS
from alphapose_ros.structures import Skeleton

# The outer and the inner outline of the mouth are joined in the specification.
LIPS = {'face-59', 'face-60'}

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
    limbs = {frozenset(limb) for limb in skeleton.limbs}
    assert {frozenset(int(permutation[j]) for j in limb) for limb in limbs} == limbs


@every_skeleton
def test_every_joint_belongs_to_a_limb(skeleton: Skeleton) -> None:
    assert {joint for limb in skeleton.limbs for joint in limb} == set(
        range(skeleton.num_keypoints)
    )


@every_skeleton
def test_flip_pairs_name_the_left_joint_first(skeleton: Skeleton) -> None:
    for left, right in skeleton.flip_pairs:
        if not skeleton.keypoint_names[left].startswith('face'):
            assert skeleton.keypoint_names[left].startswith('left_')
            assert skeleton.keypoint_names[right].startswith('right_')


def test_the_jaw_starts_at_the_right_ear() -> None:
    skeleton = get_skeleton('coco_wholebody_133')
    assert (skeleton.index('face-16'), skeleton.index('face-0')) in skeleton.flip_pairs


def test_every_joint_of_the_face_but_those_in_the_middle_has_a_partner() -> None:
    skeleton = get_skeleton('halpe_136')
    permutation = flip_permutation(skeleton)
    middle = [j - 26 for j in range(26, 94) if permutation[j] == j]
    assert middle == [8, 27, 28, 29, 30, 33, 51, 57, 62, 66]


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
    _assert_limbs_fit(skeleton, expected)
    parts = {k.replace('foot', 'feet'): v for k, v in expected.get('parts', {}).items()}
    if parts:
        assert {name: [start, end] for name, start, end in skeleton.groups} == parts
    assert list(EVAL_SIGMAS.get(skeleton.name, ())) == expected.get('eval_sigmas', [])


def _assert_limbs_fit(skeleton: Skeleton, expected: dict[str, Any]) -> None:
    """Check the limbs: those of the specification between real joints, and what closes them."""
    limbs = {frozenset(limb) for limb in skeleton.limbs}
    wanted = {frozenset(limb) for limb in expected['skeleton']}
    names = skeleton.keypoint_names
    unreal = {limb for limb in wanted if max(limb) >= skeleton.num_keypoints}
    lip_to_lip = {limb for limb in wanted - unreal if {names[j] for j in limb} == LIPS}
    assert wanted - limbs == unreal | lip_to_lip
    for limb in limbs - wanted:
        pair = {names[joint] for joint in limb}
        is_torso = all(name.endswith(('_shoulder', '_hip')) for name in pair)
        is_outline = all(name.startswith('face-') for name in pair)
        is_leaf = sorted(limb) in [sorted(p) for p in enumerate(expected.get('parents', ()))]
        assert is_torso or is_outline or is_leaf
