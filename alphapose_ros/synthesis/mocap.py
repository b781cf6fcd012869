# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Motion capture on another skeleton (CMU's) taken over by a puppet: the directions of its limbs.
"""

from __future__ import annotations

import numpy as np

from alphapose_ros.io.bvh import Motion
from alphapose_ros.structures import FloatArray
from alphapose_ros.synthesis.puppet import Puppet
from alphapose_ros.synthesis.puppet import SIDES
from alphapose_ros.synthesis.rotations import frame
from alphapose_ros.synthesis.rotations import turn
from alphapose_ros.synthesis.rotations import unit

_LEG = (('upperleg01', 'lowerleg01', 'Hip', 'Knee'), ('lowerleg01', 'foot', 'Knee', 'Ankle'))
_KNEE_HINGE = np.array([1, 0, 0], np.float32)


def heading_rad(motion: Motion, frame_index: int) -> float:
    """Return by how much the hips, which are the root, are turned about the vertical."""
    hips = motion.rotations[frame_index, motion.names.index('Hips')]
    return float(np.arctan2(hips[0, 2], hips[2, 2]))


def take_over(puppet: Puppet, motion: Motion, frame_index: int) -> None:
    """Turn the puppet's bones like those of a frame, without its heading."""
    turns = _global_turns(motion, frame_index)
    turns = turn((0, 1, 0), -heading_rad(motion, frame_index)) @ turns
    names = {name: i for i, name in enumerate(motion.names)}
    joints = {name: turns[i] for name, i in names.items()}
    offsets = {name: motion.offsets[i] for name, i in names.items()}
    puppet.turn('root', joints['Hips'])
    puppet.bend_spine(joints['Hips'].T @ joints['Chest2'])
    puppet.bend_neck(joints['Chest2'].T @ joints['Head'])
    for side, word in zip(SIDES, ('Left', 'Right'), strict=True):
        _take_over_leg(puppet, side, word, joints, offsets)
        chest = joints['Chest2'].T
        upper = unit(chest @ joints[word + 'Shoulder'] @ offsets[word + 'Elbow'])
        lower = unit(chest @ joints[word + 'Elbow'] @ offsets[word + 'Wrist'])
        puppet.place_arm(side, np.eye(3, dtype=np.float32), (upper, lower))


def _take_over_leg(
    puppet: Puppet,
    side: str,
    word: str,
    joints: dict[str, FloatArray],
    offsets: dict[str, FloatArray],
) -> None:
    above = puppet.rotation('root')
    for bone, end, joint, child in _LEG:
        source = joints[word + joint]
        rest = puppet.head(f'{end}.{side}') - puppet.head(f'{bone}.{side}')
        wanted = frame(source @ offsets[word + child], source @ _KNEE_HINGE)
        whole = wanted @ frame(rest, _KNEE_HINGE).T
        puppet.turn(f'{bone}.{side}', above.T @ whole)
        above = whole
    puppet.turn(f'foot.{side}', above.T @ joints[word + 'Ankle'])


def _global_turns(motion: Motion, frame_index: int) -> FloatArray:
    """Return (J, 3, 3) of all joints in the world."""
    turns: FloatArray = motion.rotations[frame_index].copy()
    for joint, parent in enumerate(motion.parents.tolist()):
        if parent >= 0:
            turns[joint] = turns[parent] @ turns[joint]
    return turns
