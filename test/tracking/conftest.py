# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Skeletons that stand, walk and tremble."""

from collections.abc import Callable

import numpy as np

from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.structures import Poses
from alphapose_ros.structures import Skeleton
from alphapose_ros.structures import Tracks
from alphapose_ros.structures import TrackState
from alphapose_ros.tracking.smoothing import Smoother
from alphapose_ros.tracking.smoothing import SmoothingConfig

FPS = 25
FRAME_NS = 1_000_000_000 // FPS
SKELETON = get_skeleton('coco_17')
# Somebody 200 high who faces the camera; his left is at the right of the image.
X = (50, 54, 46, 58, 42, 70, 30, 78, 22, 82, 18, 62, 38, 64, 36, 66, 34)
Y = (15, 11, 11, 14, 14, 40, 40, 70, 70, 100, 100, 105, 105, 150, 150, 190, 190)
PERSON = np.array([X, Y], float).T
LEFT_HAND, LEFT_ELBOW, HIPS = 9, 7, (11, 12)
SIDES_EXCHANGED = np.array([0, 2, 1, 4, 3, 6, 5, 8, 7, 10, 9, 12, 11, 14, 13, 16, 15])
Joints = Callable[[int], np.ndarray]


def seen(
    joints: np.ndarray, *, ids: tuple[int, ...] = (1,), state: int = TrackState.TRACKED
) -> Tracks:
    """Return people with the joints (N, K, 2) or (K, 2); boxes around those that are known."""
    keypoints = np.asarray(joints, np.float32).reshape(len(ids), -1, 2)
    n = len(ids)
    corners = np.nanmin(keypoints, axis=1), np.nanmax(keypoints, axis=1)
    return Tracks(
        Poses(
            boxes=np.concatenate(corners, axis=1),
            box_scores=np.full(n, 0.9, np.float32),
            keypoints=keypoints,
            keypoint_scores=np.where(np.isnan(keypoints[..., 0]), 0, 0.8).astype(np.float32),
            scores=np.full(n, 0.7, np.float32),
            embeddings=np.zeros((n, 0), np.float32),
        ),
        np.array(ids, np.int32),
        np.full(n, state, np.uint8),
        np.ones(n, np.uint32),
    )


def smoother(skeleton: Skeleton = SKELETON, **config: float) -> Smoother:
    return Smoother(SmoothingConfig(**config), skeleton)


def play(smoother: Smoother, joints: Joints, images: range, fps: float = FPS) -> list[np.ndarray]:
    """Return the smooth joints (K, 2) of one person in some images."""
    return [
        smoother.update(seen(joints(i)), round(i * 1e9 / fps)).poses.keypoints[0] for i in images
    ]


def standing(_: int) -> np.ndarray:
    return PERSON


def moved_by(x: float) -> np.ndarray:
    return PERSON + np.array([x, 0])


def walking(i: int) -> np.ndarray:
    """Return somebody who moves by 1.5 of his sizes per second."""
    return moved_by(i * 300 / FPS)


def trembling(joints: Joints, std: float = 2.0, seed: int = 0) -> Joints:
    noise = np.random.default_rng(seed).normal(0, std, (500, *PERSON.shape))
    return lambda i: joints(i) + noise[i]


def without(joint: int, joints: Joints, images: range) -> Joints:
    """Return the joints, of which one is not seen in some images."""

    def hide(i: int) -> np.ndarray:
        points = joints(i).copy()
        if i in images:
            points[joint] = np.nan
        return points

    return hide


def exchanged(joints: Joints, images: range) -> Joints:
    return lambda i: joints(i)[SIDES_EXCHANGED] if i in images else joints(i)


def acceleration(course: list[np.ndarray]) -> float:
    return float(np.abs(np.diff(course, n=2, axis=0)).mean())
