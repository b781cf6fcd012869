# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Skeletons drawn on images. N people, K keypoints, L lines.

A person is a list of strokes: lines of one colour and width, drawn by one call of OpenCV. A joint
is a line without length, whose round ends make a dot. A dark rim under the strokes keeps them
visible on bright images, and people apart who stand before each other. Nothing is blended, so the
cost depends on the people, not on the size of the image.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import cv2
import numpy as np

from alphapose_ros.core.labels import draw_labels
from alphapose_ros.core.labels import Label
from alphapose_ros.core.marks import DETAIL_GROUPS
from alphapose_ros.core.marks import joint_sides
from alphapose_ros.core.marks import label_text
from alphapose_ros.core.marks import limb_sides
from alphapose_ros.core.marks import limb_width
from alphapose_ros.core.palette import Color
from alphapose_ros.core.palette import joint_color
from alphapose_ros.core.palette import RIM
from alphapose_ros.core.palette import track_color
from alphapose_ros.structures import Skeleton
from alphapose_ros.structures import Tracks
from alphapose_ros.structures import TrackState

ColorBy = Literal['track', 'side']
COLOR_BY = ('track', 'side')

# OpenCV takes fixed-point coordinates: sixteenths of a pixel keep slow movements smooth.
SHIFT = 4
# Joints farther out are left out: fixed-point coordinates would overflow.
MAX_COORDINATE = 1 << 14
SCALES = {'feet': 0.6, 'head': 0.6}
HEAD_JOINTS = ('nose', 'eye', 'ear', 'head')


@dataclass(frozen=True)
class _Part:
    """Joints and limbs (L, 2) of one side that are drawn alike; `detail` names a fine group."""

    side: str
    scale: float
    detail: str
    limbs: np.ndarray
    joints: np.ndarray


@dataclass(frozen=True)
class _Stroke:
    """Lines (L, 2, 2) int32, in sixteenths of a pixel, of one colour and width in pixels."""

    lines: np.ndarray
    color: Color
    width: int
    rim: int = 0
    is_smooth: bool = True


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
    :param tracks: N people. Hidden ones (PREDICTED) are dashed, new ones (TENTATIVE) thin.
    :param skeleton: names the joints.
    :param color_by: 'track' gives everybody a colour of their own, light on the person's left side
        and dark on the right; 'side' draws left orange, right blue and the middle white.
    :param min_keypoint_score: joints scored below, and those that are NaN, are left out.
    :param draw_boxes: draw the box and the label with identity and score.
    :return: (H, W, 3) uint8 BGR.
    :raises ValueError: if image, skeleton or color_by cannot be used.
    """
    _check(image, tracks, skeleton, color_by)
    canvas = np.array(image, np.uint8, order='C')
    points = _fixed_point(tracks.poses.keypoints)
    with np.errstate(invalid='ignore'):
        # A comparison with NaN is false.
        is_shown = (np.abs(tracks.poses.keypoints) < MAX_COORDINATE).all(axis=2)
        is_shown &= tracks.poses.keypoint_scores >= min_keypoint_score
    boxes = _clip_boxes(tracks.poses.boxes, image)
    has_box = np.logical_and((boxes[:, 2:] > boxes[:, :2]).all(axis=1), draw_boxes)
    # Near people last, so that they cover those behind them.
    for i in np.argsort(tracks.poses.boxes[:, 3], kind='stable').tolist():
        if has_box[i]:
            _draw_strokes(canvas, _box_strokes(tracks, i, boxes[i]))
        _draw_strokes(
            canvas, _person_strokes(tracks, i, points[i], is_shown[i], skeleton, color_by)
        )
    draw_labels(canvas, [_label(tracks, i, boxes[i]) for i in np.flatnonzero(has_box).tolist()])
    return canvas


def contact_sheet(
    images: Sequence[np.ndarray], columns: int = 3, tile_width: int = 640
) -> np.ndarray:
    """
    Return images side by side, row by row; all tiles have the shape of the first image.

    :param images: (H, W, 3) uint8 BGR each, at least one.
    :param columns: images per row; fewer images than that make a single shorter row.
    :param tile_width: width of each in pixels.
    :return: (rows * tile height, columns * tile_width, 3) uint8 BGR; unused tiles are black.
    :raises ValueError: if there is no image, or columns or tile_width is below 1.
    """
    if not images or columns < 1 or tile_width < 1:
        raise ValueError(
            'a contact sheet needs images, columns and tile_width of at least 1, '
            f'got {len(images)}, {columns} and {tile_width}'
        )
    height, width = images[0].shape[:2]
    tile_height = max(round(height * tile_width / width), 1)
    columns = min(columns, len(images))
    rows = -(-len(images) // columns)
    sheet = np.zeros((rows * tile_height, columns * tile_width, 3), np.uint8)
    for i, image in enumerate(images):
        row, column = divmod(i, columns)
        tile = sheet[row * tile_height :, column * tile_width :][:tile_height, :tile_width]
        _fit_into(tile, image)
    return sheet


def _fit_into(tile: np.ndarray, image: np.ndarray) -> None:
    """Fill the middle of a tile with an image, as large as fits."""
    scale = min(tile.shape[1] / image.shape[1], tile.shape[0] / image.shape[0])
    width = min(max(round(image.shape[1] * scale), 1), tile.shape[1])
    height = min(max(round(image.shape[0] * scale), 1), tile.shape[0])
    left, top = (tile.shape[1] - width) // 2, (tile.shape[0] - height) // 2
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    resized = cv2.resize(image, (width, height), interpolation=method)
    tile[top : top + height, left : left + width] = resized


def _check(image: np.ndarray, tracks: Tracks, skeleton: Skeleton, color_by: str) -> None:
    if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8:
        raise ValueError(f'image must be (H, W, 3) uint8, got {image.shape} {image.dtype}')
    if tracks.poses.num_keypoints != skeleton.num_keypoints:
        raise ValueError(
            f'tracks must have the {skeleton.num_keypoints} joints of {skeleton.name}, '
            f'got {tracks.poses.num_keypoints}'
        )
    if color_by not in COLOR_BY:
        raise ValueError(f'color_by must be one of {", ".join(COLOR_BY)}, got {color_by!r}')


def _fixed_point(xy: np.ndarray) -> np.ndarray:
    limit = float(MAX_COORDINATE)
    sane = np.clip(np.nan_to_num(xy, nan=0.0, posinf=limit, neginf=-limit), -limit, limit)
    return np.asarray((sane * (1 << SHIFT)).round(), np.int32)


@lru_cache(maxsize=32)
def _parts(skeleton: Skeleton) -> tuple[_Part, ...]:
    """Return what is drawn of a skeleton, coarse parts first."""
    sides = np.array(joint_sides(skeleton), object)
    kinds = np.full(skeleton.num_keypoints, 'body', object)
    for group, start, end in skeleton.groups:
        kinds[start:end] = group
    for joint, name in enumerate(skeleton.keypoint_names):
        if kinds[joint] == 'body' and name.rpartition('_')[2] in HEAD_JOINTS:
            kinds[joint] = 'head'
    limbs = np.array(skeleton.limbs, np.intp).reshape(-1, 2)
    # Where a coarse part meets a fine one, the limb is fine.
    order = ('body', 'feet', 'head', *DETAIL_GROUPS)
    limb_kinds = [max(kinds[list(limb)], key=order.index) for limb in limbs]
    has_face = 'face' in kinds
    parts = []
    for kind in order:
        for side in ('centre', 'right', 'left'):
            kinds_and_sides = zip(limb_kinds, limb_sides(skeleton), strict=True)
            chosen = [k == kind and s == side for k, s in kinds_and_sides]
            joints = np.flatnonzero((kinds == kind) & (sides == side))
            detail = kind if kind in DETAIL_GROUPS else ''
            scale = 0.4 if kind == 'head' and has_face else SCALES.get(kind, 1.0)
            parts.append(_Part(side, scale, detail, limbs[np.array(chosen, bool)], joints))
    return tuple(part for part in parts if len(part.limbs) + len(part.joints))


def _person_strokes(
    tracks: Tracks,
    i: int,
    points: np.ndarray,
    is_shown: np.ndarray,
    skeleton: Skeleton,
    color_by: ColorBy,
) -> list[_Stroke]:
    """Return limbs first, then joints."""
    width = limb_width(tracks.poses.boxes[i], int(tracks.states[i]))
    is_hidden = tracks.states[i] == TrackState.PREDICTED
    limbs, dots = [], []
    for part in _parts(skeleton):
        color = joint_color(int(tracks.track_ids[i]), part.side, color_by)
        lines = points[part.limbs[is_shown[part.limbs].all(axis=1)]]
        joints = points[part.joints[is_shown[part.joints]]]
        part_width = max(round(width * part.scale), 1)
        rim = 1 + width // 5 if width > 1 else 0
        dot = part_width + 2 + part_width // 2
        if part.detail:
            part_width, dot, rim = _detail_widths(joints)
        if is_hidden:
            lines = _dashed(lines, 6 * width + 6)
        limbs.append(_Stroke(lines, color, part_width, rim))
        if dot > part_width:
            dots.append(_Stroke(np.stack((joints, joints), axis=1), color, dot, rim))
    return limbs + dots


def _detail_widths(points: np.ndarray) -> tuple[int, int, int]:
    """Return the widths of lines, dots and rim for a face or hand of that size."""
    size = int(np.ptp(points, axis=0).max()) >> SHIFT if len(points) else 0
    # Dots of a small hand would run together: there the lines show it better.
    if size < 64:
        return 1, 3 if size >= 32 else 0, 0
    width = min(1 + size // 64, 3)
    return width, 2 * width + 1, 1


def _dashed(lines: np.ndarray, period: float) -> np.ndarray:
    """Return every line cut into dashes, about `period` pixels from one to the next."""
    lengths = np.linalg.norm((lines[:, 1] - lines[:, 0]).astype(float), axis=1)
    # Of a line that leaves the image by far only as many dashes as a large image could show.
    counts = np.clip((lengths / (period * (1 << SHIFT))).astype(int), 1, 500)
    which = np.repeat(np.arange(len(lines)), counts)
    nth = np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts)
    at = (nth[:, None] + (0.25, 0.75)) / counts[which, None]  # (dashes, 2)
    start, end = lines[which, :1], lines[which, 1:]
    return np.asarray((start + at[:, :, None] * (end - start)).round(), np.int32)


def _clip_boxes(boxes: np.ndarray, image: np.ndarray) -> np.ndarray:
    """Return the boxes (N, 4) cut to the image; without area where outside, or NaN."""
    height, width = image.shape[:2]
    return np.asarray(np.clip(np.nan_to_num(boxes), 0, np.array([width, height] * 2) - 1))


def _box_strokes(tracks: Tracks, i: int, box: np.ndarray) -> list[_Stroke]:
    x0, y0, x1, y1 = _fixed_point(box).tolist()
    corners = np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], np.int32)
    lines = np.stack((corners, np.roll(corners, -1, axis=0)), axis=1)
    if tracks.states[i] == TrackState.PREDICTED:
        lines = _dashed(lines, 12)
    return [_Stroke(lines, track_color(int(tracks.track_ids[i])), 1, is_smooth=False)]


def _draw_strokes(canvas: np.ndarray, strokes: list[_Stroke]) -> None:
    strokes = [stroke for stroke in strokes if len(stroke.lines)]
    for stroke in strokes:
        if stroke.rim:
            width = stroke.width + 2 * stroke.rim
            # Smooth lines cost four times as much, and hardly show in a thin one.
            line_type = cv2.LINE_AA if width > 6 else cv2.LINE_8
            cv2.polylines(canvas, list(stroke.lines), False, RIM, width, line_type, SHIFT)
    for stroke in strokes:
        lines, line_type = list(stroke.lines), cv2.LINE_AA if stroke.is_smooth else cv2.LINE_8
        cv2.polylines(canvas, lines, False, stroke.color, stroke.width, line_type, SHIFT)


def _label(tracks: Tracks, i: int, box: np.ndarray) -> Label:
    return Label(label_text(tracks, i), box, track_color(int(tracks.track_ids[i])))
