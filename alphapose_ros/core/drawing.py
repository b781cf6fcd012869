# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Skeletons drawn on images. N people, K keypoints.

One pass over the frame: per person a few calls of OpenCV, lines of equal look in one call. Nothing is
blended, so the cost depends on the people, not on the size of the image.
"""

from __future__ import annotations

import colorsys
from typing import Literal

import cv2
import numpy as np

from alphapose_ros.structures import Skeleton
from alphapose_ros.structures import Tracks
from alphapose_ros.structures import TrackState

Color = tuple[int, int, int]
ColorBy = Literal['track', 'side']

GREY: Color = (160, 160, 160)
DARK: Color = (25, 25, 25)
WHITE: Color = (255, 255, 255)
# Okabe and Ito's palette, told apart by colour-blind people too; BGR.
LEFT: Color = (0, 159, 230)
RIGHT: Color = (233, 180, 86)
CENTRE: Color = (240, 240, 240)

FONT = cv2.FONT_HERSHEY_SIMPLEX
# cv2 takes fixed-point coordinates; beyond this they would overflow.
MAX_COORDINATE = 1 << 14


def draw_tracks(
    image: np.ndarray,
    tracks: Tracks,
    skeleton: Skeleton,
    *,
    color_by: ColorBy = 'track',
    min_keypoint_score: float = 0.3,
    draw_boxes: bool = True,
) -> np.ndarray:
    """
    Return the image with everybody drawn on it.

    :param image: (H, W, 3) uint8 BGR; not modified.
    :param tracks: N people. Hidden ones (PREDICTED) are drawn thin and grey, new ones (TENTATIVE)
        thin.
    :param skeleton: names the joints; left and right differ in shade or colour.
    :param color_by: 'track' gives everybody a colour of their own, 'side' colours left and right.
    :param min_keypoint_score: joints scored below are left out.
    :param draw_boxes: draw the box and the label with identity and score.
    :return: (H, W, 3) uint8 BGR.
    """
    canvas = image.copy()
    parts = _parts(skeleton)
    # Near people last, so that they cover those behind them.
    for i in np.argsort(tracks.poses.boxes[:, 3], kind='stable'):
        _draw_person(canvas, tracks, int(i), parts, color_by, min_keypoint_score)
    if draw_boxes:
        for i in range(len(tracks)):
            _draw_box(canvas, tracks, i)
    return canvas


def contact_sheet(
    images: list[np.ndarray], *, columns: int = 3, tile_width: int = 640
) -> np.ndarray:
    """
    Return images of one size side by side, row by row.

    :param images: (H, W, 3) uint8 BGR each, at least one.
    :param columns: images per row.
    :param tile_width: width of each in pixels.
    """
    height, width = images[0].shape[:2]
    size_wh = (tile_width, max(round(height * tile_width / width), 1))
    tiles = [cv2.resize(image, size_wh, interpolation=cv2.INTER_AREA) for image in images]
    blank = np.zeros_like(tiles[0])
    tiles += [blank] * (-len(tiles) % columns)
    rows = [np.hstack(tiles[i : i + columns]) for i in range(0, len(tiles), columns)]
    return np.vstack(rows)


def track_color(track_id: int) -> Color:
    """Return the colour of an identity: bright, and far from those of the ids around it."""
    if track_id < 0:
        return GREY
    # The golden ratio spreads any run of ids evenly over the hues.
    red, green, blue = colorsys.hsv_to_rgb(track_id * 0.61803398875 % 1.0, 0.85, 1.0)
    return round(255 * blue), round(255 * green), round(255 * red)


def _parts(skeleton: Skeleton) -> list[tuple[str, bool, np.ndarray, np.ndarray]]:
    """Return (side, is fine, (L, 2) limbs, joints) of what is drawn in one colour and width."""
    fine = np.zeros(skeleton.num_keypoints, bool)
    for group, start, end in skeleton.groups:
        fine[start:end] = group in ('face', 'left_hand', 'right_hand', 'hand')
    sides = np.array([_side(name) for name in skeleton.keypoint_names])
    limbs = np.array(skeleton.limbs, np.intp).reshape(-1, 2)
    # A limb from the trunk to one side belongs to that side.
    limb_sides = np.where(sides[limbs[:, 0]] == 'centre', sides[limbs[:, 1]], sides[limbs[:, 0]])
    crosses = (sides[limbs] != limb_sides[:, None]) & (sides[limbs] != 'centre')
    limb_sides[crosses.any(axis=1)] = 'centre'
    limb_is_fine = fine[limbs].all(axis=1)
    return [
        (
            side,
            is_fine,
            limbs[(limb_sides == side) & (limb_is_fine == is_fine)],
            np.flatnonzero((sides == side) & (fine == is_fine)),
        )
        for is_fine in (True, False)
        for side in ('centre', 'right', 'left')
    ]


def _side(name: str) -> str:
    return name.partition('_')[0] if name.startswith(('left_', 'right_')) else 'centre'


def _draw_person(
    canvas: np.ndarray,
    tracks: Tracks,
    i: int,
    parts: list[tuple[str, bool, np.ndarray, np.ndarray]],
    color_by: ColorBy,
    min_keypoint_score: float,
) -> None:
    keypoints, scores = tracks.poses.keypoints[i], tracks.poses.keypoint_scores[i]
    # A comparison with NaN is false, so unknown joints drop out here too.
    with np.errstate(invalid='ignore'):
        is_sane = (np.abs(keypoints) < MAX_COORDINATE).all(axis=1)
    is_shown = is_sane & (scores >= min_keypoint_score)
    points = np.where(is_shown[:, None], keypoints, 0).round().astype(np.int32)
    state = tracks.states[i]
    width = _line_width(tracks.poses.boxes[i])
    if state in (TrackState.PREDICTED, TrackState.TENTATIVE):
        width = max(width // 2, 1)
    for side, is_fine, limbs, joints in parts:
        color = _part_color(int(tracks.track_ids[i]), state, side, color_by)
        lines = points[limbs[is_shown[limbs].all(axis=1)]]
        thickness = max(width // 3, 1) if is_fine else width
        if len(lines):
            cv2.polylines(canvas, list(lines), False, color, thickness, cv2.LINE_AA)
        for point in points[joints[is_shown[joints]]].tolist():
            if is_fine:
                cv2.circle(canvas, point, max(width // 3, 1), color, -1)
            else:
                cv2.circle(canvas, point, width + 1, WHITE, -1, cv2.LINE_AA)
                cv2.circle(canvas, point, width, color, -1, cv2.LINE_AA)


def _part_color(track_id: int, state: int, side: str, color_by: ColorBy) -> Color:
    if state == TrackState.PREDICTED:
        return GREY
    if color_by == 'side':
        return {'left': LEFT, 'right': RIGHT}.get(side, CENTRE)
    color = track_color(track_id)
    if side == 'right':
        return color
    share = 0.35 if side == 'centre' else 0.6  # towards white: the left side is the light one
    blue, green, red = (round(c + share * (255 - c)) for c in color)
    return blue, green, red


def _line_width(box: np.ndarray) -> int:
    """Return the width of limbs in pixels for a person of that size."""
    size = float(max(box[2] - box[0], box[3] - box[1]))
    return int(np.clip(round(size / 110), 1, 6)) if np.isfinite(size) else 1


def _draw_box(canvas: np.ndarray, tracks: Tracks, i: int) -> None:
    """Draw the box and, inside the image, its label."""
    height, width = canvas.shape[:2]
    limits = np.array([width, height, width, height]) - 1
    x0, y0, x1, y1 = np.clip(np.nan_to_num(tracks.poses.boxes[i]), 0, limits).round().tolist()
    top_left, bottom_right = (int(x0), int(y0)), (int(x1), int(y1))
    track_id, state = int(tracks.track_ids[i]), tracks.states[i]
    color = GREY if state == TrackState.PREDICTED else track_color(track_id)
    cv2.rectangle(canvas, top_left, bottom_right, color, 1)
    name = 'hidden ' if state == TrackState.PREDICTED else ''
    label = f'{name}{track_id}' if track_id >= 0 else f'{tracks.poses.scores[i]:.2f}'
    font_scale = 0.5 if height < 900 else 0.8
    (text_width, text_height), _ = cv2.getTextSize(label, FONT, font_scale, 1)
    left = min(top_left[0], max(width - text_width - 6, 0))
    top = max(top_left[1] - text_height - 6, 0)
    cv2.rectangle(canvas, (left, top), (left + text_width + 6, top + text_height + 6), color, -1)
    origin = (left + 3, top + text_height + 2)
    cv2.putText(canvas, label, origin, FONT, font_scale, DARK, 1, cv2.LINE_AA)
