# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
The teacher of hands: MediaPipe's hand landmarks (Zhang et al. 2020), 21 points. N people.

Every hand is looked for beyond the wrist in squares of several sizes and angles. Each fit tells
where to look more closely, and the most trusted of the last fits counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.structures import FloatArray
from alphapose_ros.structures import Poses
from alphapose_ros.training.teachers_body import ramp
from alphapose_ros.training.teachers_network import direction
from alphapose_ros.training.teachers_network import enclosing_regions
from alphapose_ros.training.teachers_network import mirror_points
from alphapose_ros.training.teachers_network import Regions
from alphapose_ros.training.teachers_network import TfliteNetwork

COCO = get_skeleton('coco_17')
# Wrist, thumb and the fingers' lower halves: what moves least when fingers bend.
PALM = (0, 1, 2, 3, 5, 6, 9, 10, 13, 14, 17, 18)
KNUCKLES = (5, 9, 9, 13)
PADDING = 2.0
# Where a hand is looked for first: turned from the forearm, and how large in lengths of it.
TURNS_RAD = (-0.7, 0.0, 0.7)
SIDES = (1.0, 1.6)
NUM_KEPT = 3  # of the squares of each hand
MIN_SCORE = 0.3
# From no trust to full trust: scores; distances of the points seen in a mirror, and of the root
# from the body teacher's wrist, in sizes of the hand; sizes in forearms, and in pixels.
PRESENCE_RAMP = (0.4, 0.8)
SPREAD_RAMP = (0.16, 0.08)
OFFSET_RAMP = (0.8, 0.5)
LARGE_RAMP = (1.3, 1.0)
SMALL_RAMP = (0.25, 0.4)
SIZE_RAMP = (6, 12)


@dataclass(frozen=True, eq=False)
class _Fits:
    """
    Hands as the network sees them.

    :param points: (N, 21, 2) x, y.
    :param sizes: (N,) of the hands, in pixels.
    :param scores: (N,) how surely there is one, in [0, 1].
    :param rights: (N,) how much it looks like a right one, in [0, 1].
    """

    points: FloatArray
    sizes: FloatArray
    scores: FloatArray
    rights: FloatArray


class HandTeacher:
    """
    Finds the 21 points of hands whose wrist and elbow a body teacher sees.

    :param folder: with hand_landmark_2020.tflite, also below it.
    """

    def __init__(self, folder: Path) -> None:
        self._network = TfliteNetwork(folder, 'hand_landmark_2020.tflite')

    def label(self, image: np.ndarray, body: Poses, side: str) -> tuple[FloatArray, FloatArray]:
        """
        Label one hand of everybody.

        :param image: (H, W, 3) uint8 BGR.
        :param body: their joints of COCO.
        :param side: 'left' or 'right'.
        :return: (N, 21, 2) x, y, and (N, 21) weights in [0, 1].
        """
        points = np.zeros((len(body), 21, 2), np.float32)
        weights = np.zeros((len(body), 21), np.float32)
        elbow, wrist = COCO.index(f'{side}_elbow'), COCO.index(f'{side}_wrist')
        seen = np.flatnonzero((body.keypoint_scores[:, [elbow, wrist]] >= MIN_SCORE).all(axis=1))
        elbows, wrists = body.keypoints[seen, elbow], body.keypoints[seen, wrist]
        lengths = forearm_lengths(body[seen], side)
        regions = self._search(image, _search_regions(elbows, wrists, lengths))
        plain, mirrored = (self._fit(image, regions, is_mirrored=m) for m in (False, True))
        trust = _trust(plain, mirrored, wrists, lengths, side)
        trust = trust.reshape(len(seen), NUM_KEPT)
        best = _flat_index(trust.argmax(axis=1)[:, None], NUM_KEPT)
        points[seen] = (plain.points[best] + mirrored.points[best]) / 2
        weights[seen] = trust.max(axis=1)[:, None]
        return points, weights

    def _search(self, image: np.ndarray, regions: Regions) -> Regions:
        """Return NUM_KEPT squares that may show each hand."""
        fits = self._fit(image, regions)
        fits = self._fit(image, _hand_regions(fits.points))
        num_squares = len(TURNS_RAD) * len(SIDES)
        ranks = np.argsort(-fits.scores.reshape(-1, num_squares), axis=1)
        return _hand_regions(fits.points[_flat_index(ranks[:, :NUM_KEPT], num_squares)])

    def _fit(self, image: np.ndarray, regions: Regions, *, is_mirrored: bool = False) -> _Fits:
        size = self._network.size
        crops = regions.extract(image, size)
        values, scores, rights = self._network(crops[:, :, ::-1] if is_mirrored else crops)
        points = values.reshape(-1, 21, 3)[..., :2]
        if is_mirrored:
            points = mirror_points(points, size)
        points = regions.to_image(points, size)
        return _Fits(points, regions.sides / PADDING, scores[:, 0], rights[:, 0])


def _trust(
    plain: _Fits, mirrored: _Fits, wrists: FloatArray, lengths: FloatArray, side: str
) -> FloatArray:
    """Return (N * NUM_KEPT,) trust in [0, 1] in hands at (N, 2) wrists."""
    # In a mirror a left hand is a right one.
    rights = (plain.rights + 1 - mirrored.rights) / 2
    is_side = rights if side == 'right' else 1 - rights
    distances = np.linalg.norm(plain.points - mirrored.points, axis=2)
    roots = plain.points[:, 0] - np.repeat(wrists, NUM_KEPT, axis=0)
    offsets = np.linalg.norm(roots, axis=1)
    ratios = plain.sizes / np.repeat(lengths, NUM_KEPT)
    return (
        ramp(np.minimum(plain.scores, mirrored.scores) * is_side, *PRESENCE_RAMP)
        * ramp(np.median(distances, axis=1) / plain.sizes, *SPREAD_RAMP)
        * ramp(offsets / plain.sizes, *OFFSET_RAMP)
        * ramp(ratios, *LARGE_RAMP)
        * ramp(ratios, *SMALL_RAMP)
        * ramp(plain.sizes, *SIZE_RAMP)
    )


def _flat_index(columns: NDArray[np.intp], num_columns: int) -> NDArray[np.intp]:
    """Return the places of (N, C) columns in an array of N rows that is flat."""
    rows = num_columns * np.arange(len(columns), dtype=np.intp)[:, None]
    return (rows + columns).ravel()


def forearm_lengths(body: Poses, side: str) -> FloatArray:
    """Return (N,) lengths, also of forearms that point at the camera: by arms and shoulders."""
    points, scores = np.nan_to_num(body.keypoints), body.keypoint_scores
    lengths = np.zeros(len(body), np.float32)
    for name_a, name_b, factor in (
        (f'{side}_elbow', f'{side}_wrist', 1.0),
        (f'{side}_shoulder', f'{side}_elbow', 0.9),
        ('left_shoulder', 'right_shoulder', 0.55),
    ):
        a, b = COCO.index(name_a), COCO.index(name_b)
        found = scores[:, [a, b]].min(axis=1) >= MIN_SCORE
        length = factor * np.linalg.norm(points[:, a] - points[:, b], axis=1)
        lengths = np.maximum(lengths, np.where(found, length, 0))
    return np.maximum(lengths, 1)


def _search_regions(elbows: FloatArray, wrists: FloatArray, lengths: FloatArray) -> Regions:
    """Return (N * turns * sides) squares beyond the wrists, fingers up."""
    forward = direction(wrists - elbows)[:, None, None] + np.array(TURNS_RAD)[:, None]
    forward = np.broadcast_to(forward, (len(elbows), len(TURNS_RAD), len(SIDES)))
    ahead = np.stack([np.cos(forward), np.sin(forward)], axis=-1)  # (N, turns, sides, 2)
    centres = wrists[:, None, None] + 0.3 * lengths[:, None, None, None] * ahead
    sides = np.broadcast_to(lengths[:, None, None] * np.array(SIDES), forward.shape)
    angles = np.asarray(forward + np.pi / 2, np.float32).reshape(-1)
    return Regions(centres.reshape(-1, 2), sides.reshape(-1), angles)


def _hand_regions(hands: FloatArray) -> Regions:
    """Return the squares that MediaPipe would look at next, fingers up."""
    ahead = hands[:, KNUCKLES].mean(axis=1) - hands[:, 0]
    angles = np.asarray(direction(ahead) + np.pi / 2, np.float32)
    palms = enclosing_regions(hands[:, PALM], angles, PADDING)
    ups = np.stack([np.sin(angles), -np.cos(angles)], axis=1)
    centres = palms.centres + 0.1 / PADDING * palms.sides[:, None] * ups
    return Regions(centres.astype(np.float32), palms.sides, angles)
