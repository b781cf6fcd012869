# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
The teacher of faces: MediaPipe's face detector and face mesh, as 68 points. N people.

A head is looked at where a body teacher sees one. BlazeFace (Bazarevsky et al. 2019) tells where
exactly and how it is turned, the mesh of 468 points (Kartynnik et al. 2019) follows.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from alphapose_ros.core.skeletons import flip_permutation
from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.structures import FloatArray
from alphapose_ros.structures import Poses
from alphapose_ros.training.teachers_body import ramp
from alphapose_ros.training.teachers_network import direction
from alphapose_ros.training.teachers_network import enclosing_regions
from alphapose_ros.training.teachers_network import mirror_points
from alphapose_ros.training.teachers_network import Regions
from alphapose_ros.training.teachers_network import sigmoid
from alphapose_ros.training.teachers_network import TfliteNetwork

# Vertices of the mesh at the 68 points of iBUG (Sagonas et al. 2013): jaw from the person's right
# ear to the left one, brows, nose, eyes, lips.
FACE_68 = (
    127, 234, 93, 58, 172, 136, 149, 148, 152, 377, 378, 365, 397, 288, 323, 454, 356,
    70, 63, 105, 66, 107, 336, 296, 334, 293, 300,
    168, 197, 5, 4, 75, 97, 2, 326, 305,
    33, 160, 158, 133, 153, 144, 362, 385, 387, 263, 373, 380,
    61, 39, 37, 0, 267, 269, 291, 405, 314, 17, 84, 181,
    78, 82, 13, 312, 308, 317, 14, 87,
)  # fmt: skip
NUM_VERTICES = 468
RIGHT_EYE, LEFT_EYE = 33, 263  # outer corners, in the mesh
# The grids of the detector's 896 anchors: cells per side, anchors per cell.
GRIDS = ((16, 2), (8, 6))
PADDING = 1.5  # of the square that the mesh is fitted in, beyond the face
MIN_SCORE = 0.3
# Pairs of nose, eyes and ears, and how many of their distances a head is wide.
HEAD_WIDTHS = ((3, 4, 1.0), (1, 2, 2.2), (0, 3, 1.4), (0, 4, 1.4), (0, 1, 2.2), (0, 2, 2.2))
# From no trust to full trust: scores; distances of the points seen in a mirror, and of nose and
# eyes from the body teacher's, in sizes of the face; sizes in pixels.
PRESENCE_RAMP = (0.5, 0.9)
SPREAD_RAMP = (0.06, 0.03)
OFFSET_RAMP = (0.3, 0.2)
SIZE_RAMP = (8, 16)
_HALPE = get_skeleton('halpe_136')
_MIRRORED_68 = flip_permutation(_HALPE)[26:94] - 26


def anchor_centres() -> FloatArray:
    """Return (896, 2) x, y of the detector's anchors in parts of its image."""
    centres = []
    for cells, repeats in GRIDS:
        y, x = np.mgrid[:cells, :cells]
        grid = (np.stack([x.ravel(), y.ravel()], axis=1) + 0.5) / cells
        centres.append(np.repeat(grid, repeats, axis=0))
    return np.concatenate(centres).astype(np.float32)


def head_regions(body: Poses) -> Regions:
    """
    Return generous squares about the heads.

    :param body: people of COCO's joints, each with a nose or an eye.
    """
    head = np.nan_to_num(body.keypoints[:, :5])  # nose, eyes, ears
    is_found = body.keypoint_scores[:, :5] >= MIN_SCORE
    centres = (head * is_found[..., None]).sum(axis=1) / is_found.sum(axis=1)[:, None]
    sizes = np.zeros(len(body), np.float32)
    # What the distances of an ordinary head would be from ear to ear.
    for a, b, factor in (
        (3, 4, 1.0),
        (1, 2, 2.2),
        (0, 3, 1.4),
        (0, 4, 1.4),
        (0, 1, 2.2),
        (0, 2, 2.2),
    ):
        lengths = factor * np.linalg.norm(head[:, a] - head[:, b], axis=1)
        sizes = np.maximum(sizes, np.where(is_found[:, a] & is_found[:, b], lengths, 0))
    up = centres - np.nan_to_num(body.keypoints[:, 5:7]).mean(axis=1)
    angles = direction(np.stack([-up[:, 1], up[:, 0]], axis=1))
    # Upright heads are detected best as they are; the shoulders tell of those that lie.
    angles = np.where(np.abs(angles) > np.pi / 4, angles, 0)
    return Regions(centres, np.maximum(3 * sizes, 8), angles)


class FaceTeacher:
    """
    Finds the 68 points of faces whose nose or eyes a body teacher sees.

    :param folder: with face_detection_short_range.tflite and face_landmark.tflite, also below it.
    """

    def __init__(self, folder: Path) -> None:
        self._detector = TfliteNetwork(folder, 'face_detection_short_range.tflite', low=-1.0)
        self._mesh = TfliteNetwork(folder, 'face_landmark.tflite')
        self._anchors = anchor_centres()

    def label(self, image: np.ndarray, body: Poses) -> tuple[FloatArray, FloatArray]:
        """
        Label the faces of people.

        :param image: (H, W, 3) uint8 BGR.
        :param body: their joints of COCO.
        :return: (N, 68, 2) x, y, and (N, 68) weights in [0, 1].
        """
        points = np.zeros((len(body), 68, 2), np.float32)
        weights = np.zeros((len(body), 68), np.float32)
        seen = np.flatnonzero(body.keypoint_scores[:, :3].mean(axis=1) >= MIN_SCORE)
        regions = self._detect(image, head_regions(body[seen]))
        for _ in range(2):
            meshes, _ = self._fit(image, regions)
            angles = direction(meshes[:, LEFT_EYE] - meshes[:, RIGHT_EYE])
            regions = enclosing_regions(meshes, angles, PADDING)
        plain, scores = self._fit(image, regions)
        mirrored, mirrored_scores = self._fit(image, regions, is_mirrored=True)
        plain, mirrored = plain[:, FACE_68], mirrored[:, FACE_68][:, _MIRRORED_68]
        points[seen] = (plain + mirrored) / 2
        sizes = regions.sides / PADDING
        spreads = np.median(np.linalg.norm(plain - mirrored, axis=2), axis=1) / sizes
        trust = (
            ramp(np.minimum(scores, mirrored_scores), *PRESENCE_RAMP)
            * ramp(spreads, *SPREAD_RAMP)
            * ramp(_offsets(points[seen], body[seen]) / sizes, *OFFSET_RAMP)
            * ramp(sizes, *SIZE_RAMP)
        )
        weights[seen] = trust[:, None]
        return points, weights

    def _detect(self, image: np.ndarray, heads: Regions) -> Regions:
        """Return the best face in every head."""
        size = self._detector.size
        values, logits = self._detector(heads.extract(image, size))
        best = logits[..., 0].argmax(axis=1)
        # Centre, width and height, right eye, left eye, nose, mouth, ears.
        rows = values[np.arange(len(best)), best].reshape(-1, 8, 2)
        points = heads.to_image(size * self._anchors[best][:, None] + rows[:, [0, 2, 3]], size)
        sides = PADDING * np.maximum(rows[:, 1].max(axis=1), 1) * heads.sides / size
        return Regions(points[:, 0], sides, direction(points[:, 2] - points[:, 1]))

    def _fit(
        self, image: np.ndarray, regions: Regions, *, is_mirrored: bool = False
    ) -> tuple[FloatArray, FloatArray]:
        """Return (N, 468, 2) vertices, mirrored ones under mirrored names, and (N,) scores."""
        size = self._mesh.size
        crops = regions.extract(image, size)
        values, logits = self._mesh(crops[:, :, ::-1] if is_mirrored else crops)
        vertices = values.reshape(-1, NUM_VERTICES, 3)[..., :2]
        if is_mirrored:
            vertices = mirror_points(vertices, size)
        return regions.to_image(vertices, size), sigmoid(logits.reshape(-1))


def _offsets(faces: FloatArray, body: Poses) -> FloatArray:
    """Return (N,) distances of nose and eyes from the body's, in the mean over those found."""
    eyes = [faces[:, start : start + 6].mean(axis=1) for start in (42, 36)]
    points = np.stack([faces[:, 30], *eyes], axis=1)
    distances = np.linalg.norm(points - np.nan_to_num(body.keypoints[:, :3]), axis=2)
    is_found = body.keypoint_scores[:, :3] >= MIN_SCORE
    offsets: FloatArray = (distances * is_found).sum(axis=1) / is_found.sum(axis=1)
    return offsets
