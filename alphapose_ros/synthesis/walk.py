# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Somebody who walks on and on: one cycle of motion capture, repeated. F frames of a cycle, J joints.

Where the walker is follows from the feet: what touches the floor stays where it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.spatial.transform import Rotation

from alphapose_ros.io.bvh import Motion
from alphapose_ros.structures import FloatArray
from alphapose_ros.synthesis.keypoints import SKELETON
from alphapose_ros.synthesis.rotations import turn
from alphapose_ros.synthesis.rotations import vectors_to_matrices
from alphapose_ros.synthesis.stage import Actor

# Lengths of a cycle, two steps, that are looked for.
_CYCLE_S = (0.8, 1.5)
_LOW_M = 0.05
SOLES = tuple(
    i for i, name in enumerate(SKELETON.keypoint_names) if name.endswith(('toe', 'heel'))
)


def cut_cycle(motion: Motion, fps: float) -> Motion:
    """
    Return the cycle of a walk whose end resembles its start best, changed so that they are equal.

    :raises ValueError: if the motion is shorter than two steps.
    """
    turns = motion.rotations
    shortest, longest = (round(fps * seconds) for seconds in _CYCLE_S)
    lengths = range(shortest, min(longest, len(turns) - 1) + 1)
    if not lengths:
        raise ValueError(f'motion must have more than {shortest} frames, got {len(turns)}')
    gaps = [np.abs(turns[:-n] - turns[n:]).mean(axis=(1, 2, 3)) for n in lengths]
    best = int(np.argmin([gap.min() for gap in gaps]))
    start, length = int(gaps[best].argmin()), lengths[best]
    error = turns[start + length].transpose(0, 2, 1) @ turns[start]
    shares = np.arange(length)[:, None, None] / length
    vectors = Rotation.from_matrix(error).as_rotvec() * shares  # (F, J, 3)
    cycle = turns[start : start + length] @ vectors_to_matrices(vectors)
    return replace(motion, rotations=np.asarray(cycle, np.float32))


class Walk:
    """A person at any time of a walk that leads from the origin towards +z."""

    def __init__(self, poses: Sequence[Actor], fps: float) -> None:
        """
        Find the path.

        :param poses: F actors of one cycle who touch the floor, heading for about +z.
        :param fps: their rate.
        """
        self._fps = fps
        soles = np.stack([pose.joints[list(SOLES)] for pose in poses])  # (F, S, 3)
        steps = _steps(soles)
        total = steps.sum(axis=0)
        straight = turn((0, 1, 0), -float(np.arctan2(total[0], total[2])))
        self._stride = straight @ total
        path = np.cumsum(steps, axis=0) - steps
        still = np.zeros(3, np.float32)
        self._poses = [
            pose.moved(np.eye(3, dtype=np.float32), place).moved(straight, still)
            for pose, place in zip(poses, path, strict=True)
        ]

    @property
    def speed(self) -> float:
        """Metres per second."""
        return float(self._stride[2]) / len(self._poses) * self._fps

    def at(self, time_s: float) -> Actor:
        """Return the walker; before 0 s behind the origin."""
        cycles, frame_index = divmod(round(time_s * self._fps), len(self._poses))
        return self._poses[frame_index].moved(np.eye(3, dtype=np.float32), cycles * self._stride)


def _steps(soles: FloatArray) -> FloatArray:
    """Return (F, 3) how the body moves on to the next frame, as its soles (F, S, 3) tell."""
    following = np.roll(soles, -1, axis=0)
    heights = np.maximum(soles, following)[:, :, 1]
    moves = following - soles
    # Of what is near the floor a foot that swings moves forwards, and one that stands backwards.
    is_low = heights < heights.min(axis=1, keepdims=True) + _LOW_M
    standing = np.where(is_low, moves[:, :, 2], np.inf).argmin(axis=1)
    steps = -moves[np.arange(len(moves)), standing]
    steps[:, 1] = 0
    return np.asarray(steps, np.float32)
