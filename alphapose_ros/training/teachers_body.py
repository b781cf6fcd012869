# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The teacher of the 17 joints of COCO, and what follows from them. N people."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alphapose_ros.core.boxes import cxcywh_to_xyxy
from alphapose_ros.core.boxes import xyxy_to_cxcywh
from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.inference.load import load_pose_estimator
from alphapose_ros.inference.options import NetworkOptions
from alphapose_ros.structures import Detections
from alphapose_ros.structures import FloatArray
from alphapose_ros.structures import Poses

COCO = get_skeleton('coco_17')
# Three views of a person are worth 2.8 points of AP (TinyPose on 39 images of COCO).
ZOOMS = (0.9, 1.0, 1.15)
# Views that disagree by more, in parts of the box's size, are left out.
SAME_JOINT = 0.08
# Of joints scored 0.3, one in four is within 0.05 of the box's size; of those scored 0.8, 0.93.
SCORE_RAMP = (0.3, 0.8)
EARS_TO_TOP = 0.7  # of the way from the shoulders to the ears
TOP_WEIGHT = 0.4


def ramp(values: NDArray[Any], start: float, end: float) -> FloatArray:
    """Return 0 up to `start`, 1 from `end` on (which may be the lower one), linear between."""
    return np.asarray(np.clip((values - start) / (end - start), 0, 1), np.float32)


def box_sizes(boxes: FloatArray) -> FloatArray:
    """Return (N,) square roots of areas, at least a pixel."""
    sizes = np.maximum(boxes[:, 2:] - boxes[:, :2], 1)
    return np.asarray(np.sqrt(sizes.prod(axis=1)), np.float32)


class BodyTeacher:
    """
    A pose network that sees everybody several times: mirrored, and from nearer and farther.

    :param model: of 17 joints, by name or path.
    :param weights_dir: folder that is searched for it.
    """

    def __init__(self, model: str, weights_dir: str) -> None:
        options = NetworkOptions(weights_dir=weights_dir, device='cpu')
        self._estimator = load_pose_estimator(model, options, flip_test='outputs')
        if self._estimator.skeleton.name != COCO.name:
            raise ValueError(f'model must have the joints of {COCO.name}, {model} has others')

    def estimate(self, image: np.ndarray, detections: Detections) -> Poses:
        """
        Find the joints of every person.

        :return: as of a pose estimator; a score is the mean over the views that agree with the
            best one.
        """
        views = []
        for zoom in ZOOMS:
            boxes_cxcywh = xyxy_to_cxcywh(detections.boxes)
            boxes_cxcywh[:, 2:] *= zoom
            boxes = cxcywh_to_xyxy(boxes_cxcywh)
            views.append(self._estimator.estimate(image, replace(detections, boxes=boxes)))
        keypoints = np.nan_to_num(np.stack([view.keypoints for view in views]))
        scores = np.stack([view.keypoint_scores for view in views])  # (views, N, 17)
        best = scores.argmax(axis=0)[None, ..., None]
        distances = np.linalg.norm(keypoints - np.take_along_axis(keypoints, best, 0), axis=3)
        votes = scores * (distances < SAME_JOINT * box_sizes(detections.boxes)[:, None])
        total = votes.sum(axis=0)
        means = (keypoints * votes[..., None]).sum(axis=0) / np.maximum(total, 1e-6)[..., None]
        means[total == 0] = np.nan
        mean_scores = total / len(ZOOMS)
        return replace(
            views[0],
            boxes=detections.boxes,
            keypoints=means,
            keypoint_scores=mean_scores,
            scores=detections.scores * mean_scores.mean(axis=1),
        )


def body_labels(body: Poses) -> tuple[FloatArray, FloatArray]:
    """
    Return the 20 body joints of Halpe: head top, neck and hip follow from the others.

    :return: (N, 20, 2) x, y, and (N, 20) weights in [0, 1].
    """
    points = np.nan_to_num(body.keypoints)
    weights = ramp(body.keypoint_scores, *SCORE_RAMP)
    ears, shoulders, hips = (
        (points[:, i] + points[:, i + 1]) / 2
        for i in (COCO.index(f'left_{name}') for name in ('ear', 'shoulder', 'hip'))
    )
    top = ears + EARS_TO_TOP * (ears - shoulders)
    ear_weights, neck_weights, hip_weights = (
        weights[:, i : i + 2].min(axis=1)
        for i in (COCO.index(f'left_{name}') for name in ('ear', 'shoulder', 'hip'))
    )
    top_weights = TOP_WEIGHT * np.minimum(ear_weights, neck_weights)
    derived = np.stack([top, shoulders, hips], axis=1)
    derived_weights = np.stack([top_weights, neck_weights, hip_weights], axis=1)
    return (
        np.concatenate([points, derived], axis=1),
        np.concatenate([weights, derived_weights], axis=1),
    )
