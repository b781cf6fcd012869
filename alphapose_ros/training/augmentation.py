# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Which crop of a person a network is shown: that of inference, scaled, stretched, turned, mirrored.

K keypoints. Random numbers come from a generator that is passed in.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace
from functools import lru_cache
import math

import numpy as np
from numpy.typing import NDArray

from alphapose_ros.core.crops import boxes_to_crop_boxes
from alphapose_ros.core.crops import image_to_crop_matrices
from alphapose_ros.core.skeletons import flip_permutation
from alphapose_ros.structures import FloatArray
from alphapose_ros.structures import Skeleton
from alphapose_ros.training.truncation import is_within

# A box around half a person is enlarged by this factor, instead of that of a whole one.
HALF_BODY_PADDING = 1.5
_LOWER_PARTS = ('hip', 'pelvis', 'knee', 'ankle', 'toe', 'heel', 'foot')
_UPPER_SHARE = 0.69
_MIN_JOINTS_OF_HALF = 3


@dataclass(frozen=True, kw_only=True)
class Augmentation:
    """
    How much crops vary; the defaults are AlphaPose's.

    :param scale: the standard deviation of the scale, and the most that it differs from 1.
    :param rotation_deg: the standard deviation of the angle; at most twice as much.
    :param rotation_probability: of crops that are turned.
    :param stretch: the standard deviation of the logarithm of how much longer things become in
        some direction than across it; at most twice as much.
    :param flip_probability: of crops that are mirrored.
    :param half_body_probability: of crops that show the upper or the lower half of a person.
    :param half_body_joints: more must be labelled for that.
    :param cut_probability: of people whom an edge of the image cuts off, see `truncation`.
    :param patch_probability: of crops with a part of another one of the batch before them, see
        `patches`.
    :param mix_probability: of crops with another one of the batch shining through, of which only
        teachers tell anything, see `patches`.
    :param proposals_from_epoch: from then on boxes are displaced as a detector's are; -1 for
        never.
    :param detections: COCO file of what a detector found in the images of the first data set, from
        which the displacements are learnt; '' takes published ones.
    """

    scale: float = 0.35
    rotation_deg: float = 45.0
    rotation_probability: float = 0.6
    stretch: float = 0.0
    flip_probability: float = 0.5
    half_body_probability: float = 0.3
    half_body_joints: int = 8
    cut_probability: float = 0.0
    patch_probability: float = 0.0
    mix_probability: float = 0.0
    proposals_from_epoch: float = -1.0
    detections: str = ''


@dataclass(frozen=True, eq=False)
class CropView:
    """
    A crop of an image.

    :param matrix: (2, 3) float64 from pixels of the image to those of the crop.
    :param is_flipped: left and right are exchanged.
    """

    matrix: NDArray[np.float64]
    is_flipped: bool

    @property
    def scale(self) -> float:
        """Pixels of the crop per pixel of the image."""
        return math.sqrt(abs(float(np.linalg.det(self.matrix[:, :2]))))


def plain_view(box: FloatArray, size_wh: tuple[int, int]) -> CropView:
    """Return the crop that inference takes of an (4,) xyxy box."""
    crop_box = boxes_to_crop_boxes(box[None], size_wh=size_wh)
    return CropView(image_to_crop_matrices(crop_box, size_wh)[0], is_flipped=False)


def turned_view(
    crop_box: FloatArray, size_wh: tuple[int, int], *, angle_rad: float, is_flipped: bool
) -> CropView:
    """
    Return a crop that is turned about its centre and then mirrored.

    :param crop_box: (4,) xyxy, of the aspect ratio of the crop.
    :param angle_rad: counter-clockwise as seen, of what is shown.
    :param is_flipped: column x goes to W - 1 - x.
    """
    matrix = image_to_crop_matrices(crop_box[None], size_wh)[0]
    matrix = _about_centre(_turn(angle_rad), matrix, size_wh)
    if is_flipped:
        matrix[0] *= -1
        matrix[0, 2] += size_wh[0] - 1
    return CropView(matrix, is_flipped)


def draw_view(
    box: FloatArray,
    keypoints: FloatArray,
    weights: FloatArray,
    skeleton: Skeleton,
    options: Augmentation,
    *,
    size_wh: tuple[int, int],
    rng: np.random.Generator,
) -> CropView:
    """
    Return a random crop of a person.

    :param box: (4,) xyxy.
    :param keypoints: (K, 2) x, y in the image.
    :param weights: (K,), 0 where not labelled.
    """
    half = None
    if rng.random() < options.half_body_probability:
        half = half_body_box(box, keypoints, weights > 0, skeleton, options, rng)
    padding = {} if half is None else {'padding': HALF_BODY_PADDING}
    crop_box = boxes_to_crop_boxes(
        (box if half is None else half)[None], size_wh=size_wh, **padding
    )
    spread = options.scale
    scale = np.clip(1 + spread * rng.standard_normal(), 1 - spread, 1 + spread)
    crop_box = _scale_box(crop_box[0], scale)
    angle = options.rotation_deg * np.clip(rng.standard_normal(), -2, 2)
    is_turned = rng.random() < options.rotation_probability
    view = turned_view(
        crop_box,
        size_wh,
        angle_rad=math.radians(angle) if is_turned else 0.0,
        is_flipped=bool(rng.random() < options.flip_probability),
    )
    return _stretch(view, size_wh, options.stretch, rng) if options.stretch else view


def _stretch(
    view: CropView, size_wh: tuple[int, int], spread: float, rng: np.random.Generator
) -> CropView:
    """Return a view that is longer in a random direction and shorter across; areas stay."""
    factor = math.exp(spread * np.clip(rng.standard_normal(), -2, 2) / 2)
    turn = _turn(rng.uniform(0, math.pi))
    stretch = turn.T @ np.diag([factor, 1 / factor]) @ turn
    return replace(view, matrix=_about_centre(stretch, view.matrix, size_wh))


def _turn(angle_rad: float) -> NDArray[np.float64]:
    """Return the (2, 2) matrix of a turn, counter-clockwise as seen where y points down."""
    cos, sin = math.cos(angle_rad), math.sin(angle_rad)
    return np.array([[cos, sin], [-sin, cos]])


def _about_centre(
    linear: NDArray[np.float64], matrix: NDArray[np.float64], size_wh: tuple[int, int]
) -> NDArray[np.float64]:
    """Return a (2, 3) map to the crop, followed by a (2, 2) one about the centre of the crop."""
    centre = np.array(size_wh) / 2
    matrix = linear @ matrix
    matrix[:, 2] += centre - linear @ centre
    return matrix


def half_body_box(
    box: FloatArray,
    keypoints: FloatArray,
    is_labelled: NDArray[np.bool_],
    skeleton: Skeleton,
    options: Augmentation,
    rng: np.random.Generator,
) -> FloatArray | None:
    """
    Return a box around the upper or the lower half of a person, about the mean of its joints.

    Its sides are a quarter of the person's or longer: of some, only a hand is labelled.

    :return: (4,) xyxy; None if too few joints are labelled.
    """
    if np.count_nonzero(is_labelled) <= options.half_body_joints:
        return None
    lower = lower_joints(skeleton)
    halves = [is_labelled & ~lower, is_labelled & lower]
    if rng.random() >= _UPPER_SHARE:
        halves.reverse()
    for half in halves:
        if np.count_nonzero(half) >= _MIN_JOINTS_OF_HALF:
            points = keypoints[half]
            centre = points.mean(axis=0)
            size = np.maximum(np.ptp(points, axis=0), (box[2:] - box[:2]) / 4)
            return np.concatenate([centre - size / 2, centre + size / 2]).astype(np.float32)
    return None


@lru_cache
def lower_joints(skeleton: Skeleton) -> NDArray[np.bool_]:
    """Return (K,) bool, the joints from the hips down."""
    return np.array([any(p in name for p in _LOWER_PARTS) for name in skeleton.keypoint_names])


def view_joints(
    view: CropView,
    keypoints: FloatArray,
    weights: FloatArray,
    skeleton: Skeleton,
    size_wh: tuple[int, int],
    edges: NDArray[np.int64],
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """
    Return joints as the crop shows them.

    :param keypoints: (K, 2) x, y in the image.
    :param weights: (K,).
    :param edges: (4,) xyxy of the part of the image that is shown.
    :return: (K, 2) x, y in the crop, 0, 0 where the weight is 0; (K,) weights, 0 also of what is
        outside; (K,) weights of labels that are outside, 0 elsewhere.
    """
    points = keypoints @ view.matrix[:, :2].T + view.matrix[:, 2]
    is_inside = ((points >= 0) & (points <= np.array(size_wh) - 1)).all(axis=1)
    is_inside &= is_within(keypoints, edges)
    seen, absent = (np.where(mask, weights, 0) for mask in (is_inside, ~is_inside))
    if view.is_flipped:
        permutation = flip_permutation(skeleton)
        points, seen, absent = points[permutation], seen[permutation], absent[permutation]
    points = np.where(seen[:, None] > 0, points, 0)
    return points.astype(np.float32), seen.astype(np.float32), absent.astype(np.float32)


def _scale_box(box: FloatArray, factor: float) -> FloatArray:
    centre, half_size = (box[:2] + box[2:]) / 2, (box[2:] - box[:2]) / 2 * factor
    return np.concatenate([centre - half_size, centre + half_size]).astype(np.float32)
