# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
The keypoint sets of the public data sets, as records.

COCO (Lin et al. 2014), Halpe-FullBody (Li et al. 2020; Fang et al. 2022), COCO-WholeBody (Jin et
al. 2020), MPII (Andriluka et al. 2014), SMPL (Loper et al. 2015). Left and right are the person's
own. Sigmas are the constants of the object keypoint similarity, where a data set defines them.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from alphapose_ros.structures import Skeleton

Pairs = tuple[tuple[int, int], ...]

_COCO_NAMES = (
    'nose', 'left_eye', 'right_eye', 'left_ear', 'right_ear', 'left_shoulder', 'right_shoulder',
    'left_elbow', 'right_elbow', 'left_wrist', 'right_wrist', 'left_hip', 'right_hip',
    'left_knee', 'right_knee', 'left_ankle', 'right_ankle',
)  # fmt: skip
_COCO_SIGMAS = (
    0.026, 0.025, 0.025, 0.035, 0.035, 0.079, 0.079, 0.072, 0.072, 0.062, 0.062, 0.107, 0.107,
    0.087, 0.087, 0.089, 0.089,
)  # fmt: skip
_HALPE_EXTRA = (
    'head', 'neck', 'hip', 'left_big_toe', 'right_big_toe', 'left_small_toe', 'right_small_toe',
    'left_heel', 'right_heel',
)  # fmt: skip
_WHOLEBODY_FEET = tuple(
    f'{side}_{part}' for side in ('left', 'right') for part in ('big_toe', 'small_toe', 'heel')
)
_FACE = tuple(f'face-{i}' for i in range(68))
_FINGERS = ('thumb', 'forefinger', 'middle_finger', 'ring_finger', 'pinky_finger')
_HAND = ('hand_root', *(f'{finger}{i}' for finger in _FINGERS for i in range(1, 5)))

_HEAD_AND_ARMS: Pairs = ((0, 1), (0, 2), (1, 3), (2, 4), (5, 7), (7, 9), (6, 8), (8, 10))
_LEGS: Pairs = ((11, 13), (12, 14), (13, 15), (14, 16))
_COCO_LIMBS: Pairs = (*_HEAD_AND_ARMS, (5, 6), (5, 11), (6, 12), (11, 12), *_LEGS)
_WHOLEBODY_FEET_LIMBS: Pairs = ((18, 19), (21, 22), (20, 22), (17, 19), (15, 19), (16, 22))
_HALPE_LIMBS: Pairs = (
    *_HEAD_AND_ARMS, (5, 18), (6, 18), (17, 18), (18, 19), (19, 11), (19, 12), *_LEGS,
    (20, 24), (21, 25), (23, 25), (22, 24), (15, 24), (16, 25),
)  # fmt: skip
# Jaw, brows, bridge and base of the nose, eyes, mouth (iBUG 68, Sagonas et al. 2013).
_FACE_LINES = (
    (0, 17), (17, 22), (22, 27), (27, 31), (31, 36), (36, 42), (42, 48), (48, 60), (60, 68),
)  # fmt: skip
# The outlines of eyes and mouth, which the data sets leave open, are closed here.
_FACE_LIMBS: Pairs = (
    *((i, i + 1) for lo, hi in _FACE_LINES for i in range(lo, hi - 1)),
    (36, 41), (42, 47), (48, 59), (60, 67),
)  # fmt: skip
# Joint 0 is where the jaw meets the ear on the person's right.
_FACE_FLIPS: Pairs = (
    *((16 - i, i) for i in range(8)), *((43 - i, i) for i in range(17, 22)), (35, 31), (34, 32),
    (45, 36), (44, 37), (43, 38), (42, 39), (47, 40), (46, 41), (54, 48), (53, 49), (52, 50),
    (55, 59), (56, 58), (64, 60), (63, 61), (65, 67),
)  # fmt: skip
_HAND_LIMBS: Pairs = tuple(
    pair
    for start in range(1, 21, 4)
    for pair in ((0, start), *((i, i + 1) for i in range(start, start + 3)))
)
_WHOLEBODY_FEET_SIGMAS = (0.068, 0.066, 0.066, 0.092, 0.094, 0.094)
_WHOLEBODY_FACE_SIGMAS = (
    0.042, 0.043, 0.044, 0.043, 0.040, 0.035, 0.031, 0.025, 0.020, 0.023, 0.029, 0.032, 0.037,
    0.038, 0.043, 0.041, 0.045, 0.013, 0.012, 0.011, 0.011, 0.012, 0.012, 0.011, 0.011, 0.013,
    0.015, 0.009, 0.007, 0.007, 0.007, 0.012, 0.009, 0.008, 0.016, 0.010, 0.017, 0.011, 0.009,
    0.011, 0.009, 0.007, 0.013, 0.008, 0.011, 0.012, 0.010, 0.034, 0.008, 0.008, 0.009, 0.008,
    0.008, 0.007, 0.010, 0.008, 0.009, 0.009, 0.009, 0.007, 0.007, 0.008, 0.011, 0.008, 0.008,
    0.008, 0.010, 0.008,
)  # fmt: skip
_WHOLEBODY_HAND_SIGMAS = (
    0.029, 0.022, 0.035, 0.037, 0.047, 0.026, 0.025, 0.024, 0.035, 0.018, 0.024, 0.022, 0.026,
    0.017, 0.021, 0.021, 0.032, 0.020, 0.019, 0.022, 0.031,
)  # fmt: skip
_HALPE_SIGMAS = (*_COCO_SIGMAS, 0.08, 0.08, 0.08, *(6 * (0.089,)))
_MPII_NAMES = (
    'right_ankle', 'right_knee', 'right_hip', 'left_hip', 'left_knee', 'left_ankle', 'pelvis',
    'thorax', 'upper_neck', 'head_top', 'right_wrist', 'right_elbow', 'right_shoulder',
    'left_shoulder', 'left_elbow', 'left_wrist',
)  # fmt: skip
_MPII_LIMBS: Pairs = (
    (8, 9), (11, 12), (11, 10), (2, 1), (1, 0), (13, 14), (14, 15), (3, 4), (4, 5), (8, 7), (7, 6),
    (6, 2), (6, 3), (8, 12), (8, 13),
)  # fmt: skip
_OPENPOSE_NAMES = (
    'nose', 'neck', 'right_shoulder', 'right_elbow', 'right_wrist', 'left_shoulder', 'left_elbow',
    'left_wrist', 'right_hip', 'right_knee', 'right_ankle', 'left_hip', 'left_knee', 'left_ankle',
    'right_eye', 'left_eye', 'right_ear', 'left_ear',
)  # fmt: skip
_OPENPOSE_LIMBS: Pairs = (
    (1, 2), (2, 3), (3, 4), (1, 5), (5, 6), (6, 7), (1, 8), (8, 9), (9, 10), (1, 11), (11, 12),
    (12, 13), (1, 0), (0, 14), (14, 16), (0, 15), (15, 17),
)  # fmt: skip
_SMPL_NAMES = (
    'pelvis', 'left_hip', 'right_hip', 'spine1', 'left_knee', 'right_knee', 'spine2',
    'left_ankle', 'right_ankle', 'spine3', 'left_foot', 'right_foot', 'neck', 'left_collar',
    'right_collar', 'jaw', 'left_shoulder', 'right_shoulder', 'left_elbow', 'right_elbow',
    'left_wrist', 'right_wrist', 'left_thumb', 'right_thumb',
)  # fmt: skip
_SMPL_LIMBS: Pairs = (
    (15, 12), (12, 9), (9, 13), (13, 16), (16, 18), (18, 20), (20, 22), (9, 14), (14, 17),
    (17, 19), (19, 21), (21, 23), (9, 6), (6, 3), (3, 0), (0, 1), (1, 4), (4, 7), (7, 10), (0, 2),
    (2, 5), (5, 8), (8, 11),
)  # fmt: skip


def _hand_names(side: str) -> tuple[str, ...]:
    return tuple(f'{side}_{name}' for name in _HAND)


def _shift(pairs: Pairs, offset: int) -> Pairs:
    return tuple((a + offset, b + offset) for a, b in pairs)


def _side_pairs(names: tuple[str, ...]) -> Pairs:
    """Pair left_* with right_*."""
    return tuple(
        (i, names.index('right' + name.removeprefix('left')))
        for i, name in enumerate(names)
        if name.startswith('left_')
    )


def _skeleton(
    name: str,
    names: tuple[str, ...],
    limbs: Pairs,
    *,
    sigmas: tuple[float, ...] = (),
    groups: Iterable[tuple[str, int]] = (),
) -> Skeleton:
    """Build a record: groups are given by name and end, flips follow from names and the face."""
    ends = tuple(groups) or (('body', len(names)),)
    starts = (0, *(end for _, end in ends[:-1]))
    ranges = tuple((group, start, end) for start, (group, end) in zip(starts, ends, strict=True))
    flips = _side_pairs(names)
    for group, start, _ in ranges:
        if group == 'face':
            limbs += _shift(_FACE_LIMBS, start)
            flips += _shift(_FACE_FLIPS, start)
        elif group in ('left_hand', 'right_hand'):
            limbs += _shift(_HAND_LIMBS, start)
    return Skeleton(name, names, limbs, tuple(sorted(flips)), sigmas, ranges)


_HALPE_NAMES = _COCO_NAMES + _HALPE_EXTRA
_HANDS = _hand_names('left') + _hand_names('right')
_ALL = (
    _skeleton(
        'coco_17',
        _COCO_NAMES,
        _COCO_LIMBS,
        sigmas=_COCO_SIGMAS,
    ),
    _skeleton(
        'halpe_26',
        _HALPE_NAMES,
        _HALPE_LIMBS,
        sigmas=_HALPE_SIGMAS,
        groups=(('body', 20), ('feet', 26)),
    ),
    _skeleton(
        'halpe_136',
        _HALPE_NAMES + _FACE + _HANDS,
        _HALPE_LIMBS,
        sigmas=_HALPE_SIGMAS + 110 * (0.025,),
        groups=(
            ('body', 20),
            ('feet', 26),
            ('face', 94),
            ('left_hand', 115),
            ('right_hand', 136),
        ),
    ),
    _skeleton(
        'coco_wholebody_133',
        _COCO_NAMES + _WHOLEBODY_FEET + _FACE + _HANDS,
        (*_COCO_LIMBS, *_WHOLEBODY_FEET_LIMBS),
        sigmas=_COCO_SIGMAS
        + _WHOLEBODY_FEET_SIGMAS
        + _WHOLEBODY_FACE_SIGMAS
        + 2 * _WHOLEBODY_HAND_SIGMAS,
        groups=(
            ('body', 17),
            ('feet', 23),
            ('face', 91),
            ('left_hand', 112),
            ('right_hand', 133),
        ),
    ),
    _skeleton(
        'halpe_68_noface',
        _HALPE_NAMES + _HANDS,
        _HALPE_LIMBS,
        groups=(('body', 20), ('feet', 26), ('left_hand', 47), ('right_hand', 68)),
    ),
    _skeleton('halpe_21_hand', _HAND, _HAND_LIMBS),
    _skeleton('mpii_16', _MPII_NAMES, _MPII_LIMBS),
    _skeleton('openpose_18_output', _OPENPOSE_NAMES, _OPENPOSE_LIMBS),
    _skeleton('smpl_24', _SMPL_NAMES, _SMPL_LIMBS),
    _skeleton(
        'hybrik_29',
        (*_SMPL_NAMES, 'head', 'left_middle', 'right_middle', 'left_bigtoe', 'right_bigtoe'),
        (*_SMPL_LIMBS, (15, 24), (22, 25), (23, 26), (10, 27), (11, 28)),
    ),
)
SKELETONS: Mapping[str, Skeleton] = MappingProxyType(
    {skeleton.name: skeleton for skeleton in _ALL}
)
# The simplified constants with which the Halpe evaluation scores whole bodies.
EVAL_SIGMAS: Mapping[str, tuple[float, ...]] = MappingProxyType(
    {
        'halpe_136': (*_HALPE_SIGMAS, *(110 * (0.015,))),
        'coco_wholebody_133': (*_COCO_SIGMAS, *(6 * (0.089,)), *(110 * (0.015,))),
    }
)


def get_skeleton(name: str) -> Skeleton:
    """
    Return the keypoint set of a name.

    :raises ValueError: if there is none; the message lists those that exist.
    """
    if name not in SKELETONS:
        raise ValueError(f'unknown keypoint set {name!r}; known are {", ".join(SKELETONS)}')
    return SKELETONS[name]


def find_skeleton(num_keypoints: int) -> Skeleton:
    """
    Return the keypoint set with that many joints.

    :raises ValueError: if there is none; the message lists the numbers that exist.
    """
    by_number = {skeleton.num_keypoints: skeleton for skeleton in SKELETONS.values()}
    if num_keypoints not in by_number:
        raise ValueError(
            f'no keypoint set has {num_keypoints} joints; there are sets of '
            f'{", ".join(str(n) for n in sorted(by_number))}'
        )
    return by_number[num_keypoints]


def flip_permutation(skeleton: Skeleton) -> NDArray[np.intp]:
    """Return (K,) int for each joint the one that takes its place when the image is mirrored."""
    permutation = np.arange(skeleton.num_keypoints, dtype=np.intp)
    for left, right in skeleton.flip_pairs:
        permutation[[left, right]] = right, left
    return permutation
