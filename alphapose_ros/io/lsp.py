# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Joints of Leeds Sports Pose, extended (Johnson & Everingham 2011). I images of a person each.

The order of the joints is that of the data set; neck and head are named as Halpe names them, where
head is the top of it.
"""

from __future__ import annotations

from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from alphapose_ros.core.boxes import box_area
from alphapose_ros.core.boxes import cxcywh_to_xyxy
from alphapose_ros.core.boxes import xyxy_to_cxcywh
from alphapose_ros.io.keypoint_truth import KeypointTruth
from alphapose_ros.io.results import ResultsError
from alphapose_ros.structures import FloatArray
from alphapose_ros.structures import Skeleton

LSP_14 = Skeleton(
    name='lsp_14',
    keypoint_names=(
        'right_ankle', 'right_knee', 'right_hip', 'left_hip', 'left_knee', 'left_ankle',
        'right_wrist', 'right_elbow', 'right_shoulder', 'left_shoulder', 'left_elbow',
        'left_wrist', 'neck', 'head',
    ),
    limbs=(
        (0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (6, 7), (7, 8), (8, 12), (9, 12), (9, 10),
        (10, 11), (12, 13), (2, 8), (3, 9),
    ),
    flip_pairs=((5, 0), (4, 1), (3, 2), (11, 6), (10, 7), (9, 8)),
    groups=(('body', 0, 14),),
)  # fmt: skip
# The extent of joints ends where ankles, wrists and the top of the head are.
PADDING = 1.25


def read_lsp(path: Path) -> KeypointTruth:
    """
    Read an .npz file with `names` (I,) of images and `joints` (I, 14, 3) of x, y and visible.

    Boxes are the extent of the visible joints, 1.25 times as wide and as high about its centre.

    :raises ResultsError: if the file cannot be read; names it and what is wrong.
    """
    try:
        with np.load(path, allow_pickle=False) as arrays:
            names, joints = arrays['names'], arrays['joints'].astype(np.float32)
    except (BadZipFile, KeyError, OSError, ValueError) as err:
        raise ResultsError(f'{path} cannot be read: {err}') from err
    n = len(names)
    if joints.shape != (n, LSP_14.num_keypoints, 3):
        raise ResultsError(f'{path}: joints must have shape ({n}, 14, 3), got {joints.shape}')
    boxes = _padded_extents(joints)
    return KeypointTruth(
        skeleton=LSP_14,
        image_ids=np.arange(n),
        file_names=tuple(names.tolist()),
        stamps_ns=np.full(n, -1),
        has_labels=np.ones(n, bool),
        images=np.arange(n),
        keypoints=joints[..., :2],
        is_labelled=joints[..., 2] > 0,
        boxes=boxes,
        areas=box_area(boxes),
        is_crowd=np.zeros(n, bool),
        head_sizes=np.full(n, np.nan, np.float32),
        track_ids=np.full(n, -1),
    )


def _padded_extents(joints: FloatArray) -> FloatArray:
    """Return (I, 4) xyxy around the visible joints; of nobody without any."""
    is_visible = joints[..., 2:] > 0
    low = np.where(is_visible, joints[..., :2], np.inf).min(axis=1)
    high = np.where(is_visible, joints[..., :2], -np.inf).max(axis=1)
    extents = np.concatenate([low, high], axis=1)
    boxes_cxcywh = xyxy_to_cxcywh(np.where(np.isfinite(extents), extents, 0).astype(np.float32))
    boxes_cxcywh[:, 2:] *= np.float32(PADDING)
    return cxcywh_to_xyxy(boxes_cxcywh)
