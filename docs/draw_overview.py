# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Draws docs/overview.png, the picture at the top of the README.

Three synthetic people, made of whole-body joints and drawn as silhouettes, stand for the camera
image. Their skeletons are drawn by the package itself. Run it again after a change of the drawing
or of the topics: `python docs/draw_overview.py`. The text is laid out for the fonts of OpenCV 5.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from alphapose_ros.core.drawing import draw_tracks
from alphapose_ros.core.palette import text_color
from alphapose_ros.core.palette import track_color
from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.structures import Poses
from alphapose_ros.structures import Tracks
from alphapose_ros.structures import TrackState

# Everything is drawn at this multiple of the final size, for smooth edges.
ZOOM = 2
WIDTH, HEIGHT = 1600, 590
CARD_WH = (540, 410)
CARD_TOP = 98
LEFT_CARD, RIGHT_CARD = (36, CARD_TOP), (WIDTH - 36 - CARD_WH[0], CARD_TOP)
NODE_WH = (224, 92)
NODES = (('Detector', 'finds people'), ('Pose', 'finds joints'), ('Tracker', 'keeps identities'))
FONT = cv2.FONT_HERSHEY_DUPLEX
LIGHT_FONT = cv2.FONT_HERSHEY_SIMPLEX

# BGR, as all images of the package.
BACKGROUND = (42, 31, 24)
NODE = (72, 55, 43)
NODE_EDGE = (150, 122, 98)
TEXT = (245, 240, 236)
SOFT_TEXT = (190, 174, 160)
TOPIC = (225, 208, 110)
WALL, FLOOR = (238, 233, 228), (222, 214, 206)
CLOTHES = ((150, 120, 96), (128, 134, 108), (132, 112, 136))

# Joints of a person who faces the camera, in body heights from the middle of the hips, x to the
# right, y down. The person's left is right in the image.
STANDING = {
    'nose': (0, -0.405), 'left_eye': (0.018, -0.425), 'right_eye': (-0.018, -0.425),
    'left_ear': (0.042, -0.415), 'right_ear': (-0.042, -0.415),
    'left_shoulder': (0.098, -0.295), 'right_shoulder': (-0.098, -0.295),
    'left_elbow': (0.138, -0.150), 'right_elbow': (-0.138, -0.150),
    'left_wrist': (0.150, -0.010), 'right_wrist': (-0.150, -0.010),
    'left_hip': (0.055, 0.0), 'right_hip': (-0.055, 0.0),
    'left_knee': (0.062, 0.225), 'right_knee': (-0.062, 0.225),
    'left_ankle': (0.066, 0.440), 'right_ankle': (-0.066, 0.440),
    'head': (0, -0.500), 'neck': (0, -0.318), 'hip': (0, -0.004),
    'left_big_toe': (0.092, 0.475), 'left_small_toe': (0.108, 0.466), 'left_heel': (0.058, 0.464),
    'right_big_toe': (-0.092, 0.475), 'right_small_toe': (-0.108, 0.466),
    'right_heel': (-0.058, 0.464),
}  # fmt: skip
WAVING = {
    'left_elbow': (0.225, -0.355), 'left_wrist': (0.205, -0.490),
    'right_elbow': (-0.165, -0.160), 'right_wrist': (-0.190, -0.025),
}  # fmt: skip
WALKING = {
    'left_elbow': (0.160, -0.165), 'left_wrist': (0.235, -0.055),
    'right_elbow': (-0.165, -0.165), 'right_wrist': (-0.120, -0.040),
    'left_knee': (0.105, 0.215), 'left_ankle': (0.140, 0.430),
    'right_knee': (-0.085, 0.220), 'right_ankle': (-0.160, 0.415),
    'left_big_toe': (0.178, 0.458), 'left_small_toe': (0.186, 0.446), 'left_heel': (0.128, 0.455),
    'right_big_toe': (-0.188, 0.452), 'right_small_toe': (-0.200, 0.440),
    'right_heel': (-0.148, 0.440),
}  # fmt: skip
POINTING = {
    'left_elbow': (0.215, -0.205), 'left_wrist': (0.330, -0.290),
    'right_elbow': (-0.205, -0.175), 'right_wrist': (-0.095, -0.065),
}  # fmt: skip
# Pose, middle of the hips in shares of the card, height in shares of the card's height.
PEOPLE = (
    (WAVING, (0.185, 0.540), 0.84),
    (WALKING, (0.460, 0.530), 0.76),
    (POINTING, (0.710, 0.545), 0.88),
)


def main() -> None:
    """Write the picture beside this file."""
    canvas = np.full((HEIGHT * ZOOM, WIDTH * ZOOM, 3), BACKGROUND, np.uint8)
    people = _people()
    scene = _draw_scene(people)
    _paste_card(canvas, scene, LEFT_CARD)
    _paste_card(canvas, _draw_result(scene, people), RIGHT_CARD)
    _caption(canvas, LEFT_CARD, 'Camera image', 'any camera driver, bag or video')
    _caption(canvas, RIGHT_CARD, 'Tracked whole-body skeletons', 'up to 136 joints, stable ids')
    _draw_flow(canvas)
    small = cv2.resize(canvas, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    picture = np.dstack((small, _rounded_mask((WIDTH, HEIGHT), 22)))
    cv2.imwrite(str(Path(__file__).with_name('overview.png')), picture)


def _people() -> Tracks:
    """Return the people, in pixels of the zoomed card."""
    width, height = CARD_WH[0] * ZOOM, CARD_WH[1] * ZOOM
    keypoints = np.stack(
        [
            _whole_body({**STANDING, **pose}) * size * height
            + np.multiply((x, y), (width, height))
            for pose, (x, y), size in PEOPLE
        ]
    ).astype(np.float32)
    n, k = keypoints.shape[:2]
    margin = 0.025 * height
    boxes = np.concatenate((keypoints.min(1) - margin, keypoints.max(1) + margin), axis=1)
    ones = np.ones(n, np.float32)
    scores = np.ones((n, k), np.float32)
    # At this size the line to the top of the head would hide the face.
    scores[:, get_skeleton('halpe_136').index('head')] = 0
    poses = Poses(boxes, ones, keypoints, scores, ones, np.zeros((n, 0), np.float32))
    states = np.full(n, TrackState.TRACKED, np.uint8)
    return Tracks(poses, np.arange(n, dtype=np.int32), states, np.zeros(n, np.uint32))


def _whole_body(body: dict[str, tuple[float, float]]) -> np.ndarray:
    """Return the 136 joints (136, 2) that belong to the 26 of the body."""
    skeleton = get_skeleton('halpe_136')
    xy = np.zeros((skeleton.num_keypoints, 2))
    for group, start, end in skeleton.groups:
        if group == 'face':
            xy[start:end] = _face() + body['nose']
        elif group.endswith('hand'):
            side = group.partition('_')[0]
            xy[start:end] = _hand(np.array(body[f'{side}_elbow']), np.array(body[f'{side}_wrist']))
        else:
            xy[start:end] = [body[name] for name in skeleton.keypoint_names[start:end]]
    return xy


def _face() -> np.ndarray:
    """Return (68, 2) from the nose: jaw, brows, nose, eyes, mouth."""
    turn = np.linspace(np.pi, 0, 17)
    jaw = np.stack((0.043 * np.cos(turn), -0.018 + 0.072 * np.sin(turn)), axis=1)
    x = np.linspace(-0.008, 0.008, 5)
    brow = np.stack((1.1 * x, -0.033 - 0.004 * np.cos(x * 190)), axis=1)
    bridge = np.stack((np.zeros(4), np.linspace(-0.020, 0.0, 4)), axis=1)
    base = np.stack((x, 0.006 - 0.2 * np.abs(x)), axis=1)
    turn = np.linspace(np.pi, -np.pi, 7)[:-1]
    eye = np.stack((0.008 * np.cos(turn), -0.021 - 0.004 * np.sin(turn)), axis=1)
    turn = np.linspace(np.pi, -np.pi, 13)[:-1]
    lips = np.stack((0.017 * np.cos(turn), 0.025 - 0.008 * np.sin(turn)), axis=1)
    turn = np.linspace(np.pi, -np.pi, 9)[:-1]
    inner = np.stack((0.011 * np.cos(turn), 0.025 - 0.003 * np.sin(turn)), axis=1)
    right, left = (-0.019, 0), (0.019, 0)
    return np.concatenate(
        (jaw, brow + right, brow + left, bridge, base, eye + right, eye + left, lips, inner)
    )


def _hand(elbow: np.ndarray, wrist: np.ndarray) -> np.ndarray:
    """Return (21, 2): an open hand that prolongs the forearm."""
    along = (wrist - elbow) / np.linalg.norm(wrist - elbow)
    thumb_side = -1 if wrist[0] > 0 else 1
    joints = [wrist]
    for degrees, reach in ((52, 0.056), (20, 0.078), (4, 0.083), (-12, 0.078), (-28, 0.068)):
        angle = np.radians(degrees) * thumb_side
        cos, sin = np.cos(angle), np.sin(angle)
        direction = np.array([cos * along[0] - sin * along[1], sin * along[0] + cos * along[1]])
        joints += [wrist + direction * reach * share for share in (0.45, 0.66, 0.84, 1.0)]
    return np.array(joints)


def _draw_scene(people: Tracks) -> np.ndarray:
    width, height = CARD_WH[0] * ZOOM, CARD_WH[1] * ZOOM
    scene = np.full((height, width, 3), WALL, np.uint8)
    horizon = int(0.80 * height)
    scene[horizon:] = FLOOR
    for i in range(len(people)):
        _draw_silhouette(scene, people.poses.keypoints[i], CLOTHES[i])
    return scene


def _draw_silhouette(scene: np.ndarray, xy: np.ndarray, color: tuple[int, int, int]) -> None:
    at = {name: xy[i] for i, name in enumerate(get_skeleton('halpe_136').keypoint_names)}
    height = float(np.ptp([at['head'][1], at['left_heel'][1]]))
    dark = tuple(int(0.80 * c) for c in color)
    light = tuple(int(c + 0.42 * (255 - c)) for c in color)

    def line(names: tuple[str, ...], width: float, shade: tuple[int, ...]) -> None:
        points = np.array([at[name] for name in names]).round().astype(np.int32)
        cv2.polylines(scene, [points], False, shade, round(width * height), cv2.LINE_AA)

    feet = (at['left_heel'] + at['right_heel']) / 2 + (0, 0.02 * height)
    axes = (round(0.24 * height), round(0.03 * height))
    shadow = tuple(int(0.9 * c) for c in FLOOR)
    cv2.ellipse(scene, feet.round().astype(int).tolist(), axes, 0, 0, 360, shadow, -1, cv2.LINE_AA)
    for side in ('left', 'right'):
        line((f'{side}_hip', f'{side}_knee', f'{side}_ankle'), 0.078, dark)
        line((f'{side}_ankle', f'{side}_heel', f'{side}_big_toe'), 0.045, dark)
        start = get_skeleton('halpe_136').index(f'{side}_hand_root')
        palm = cv2.convexHull(xy[start : start + 21].round().astype(np.int32))
        cv2.fillPoly(scene, [palm], light, cv2.LINE_AA)
        line((f'{side}_elbow', f'{side}_wrist'), 0.040, light)
    line(('neck', 'nose'), 0.062, light)
    corners = ('left_shoulder', 'right_shoulder', 'right_hip', 'left_hip')
    trunk = np.array([at[name] for name in corners])
    trunk = (0.90 * trunk + 0.10 * trunk.mean(axis=0)).round().astype(np.int32)
    cv2.fillPoly(scene, [trunk], color)
    cv2.polylines(scene, [trunk], True, color, round(0.072 * height), cv2.LINE_AA)
    for side in ('left', 'right'):
        line((f'{side}_shoulder', f'{side}_elbow'), 0.060, color)
    center = (at['nose'] - (0, 0.012 * height)).round().astype(int)
    axes = (round(0.052 * height), round(0.076 * height))
    hair = (center - (0, round(0.012 * height))).tolist()
    cv2.ellipse(scene, hair, (axes[0] + 3 * ZOOM, axes[1]), 0, 0, 360, dark, -1, cv2.LINE_AA)
    face = (int(center[0]), int(center[1] + 0.014 * height))
    cv2.ellipse(scene, face, (axes[0], round(0.90 * axes[1])), 0, 0, 360, light, -1, cv2.LINE_AA)


def _draw_result(scene: np.ndarray, people: Tracks) -> np.ndarray:
    # Darker, so that the skeletons stand out.
    dark = cv2.addWeighted(scene, 0.26, np.full_like(scene, BACKGROUND), 0.74, 0)
    drawn = draw_tracks(dark, people, get_skeleton('halpe_136'), draw_boxes=False)
    boxes = people.poses.boxes.round().astype(int)
    for box, track_id in zip(boxes, people.track_ids, strict=True):
        color = track_color(int(track_id))
        left, top, right, bottom = box.tolist()
        cv2.rectangle(drawn, (left, top), (right, bottom), color, 2 * ZOOM)
        tag_wh = 58 * ZOOM, 32 * ZOOM
        corner = left - ZOOM, max(top - tag_wh[1], 0)
        end = corner[0] + tag_wh[0], corner[1] + tag_wh[1]
        cv2.rectangle(drawn, corner, end, color, cv2.FILLED)
        middle = (corner[0] + end[0]) / 2 / ZOOM, (corner[1] + end[1]) / 2 / ZOOM
        _text(drawn, f'id {track_id}', middle, 0.68, text_color(color))
    return drawn


def _paste_card(canvas: np.ndarray, picture: np.ndarray, top_left: tuple[int, int]) -> None:
    x, y = top_left[0] * ZOOM, top_left[1] * ZOOM
    height, width = picture.shape[:2]
    share = _rounded_mask((width, height), 14 * ZOOM)[..., None] / 255
    area = canvas[y : y + height, x : x + width]
    area[:] = (share * picture + (1 - share) * area).round()


def _rounded_mask(size_wh: tuple[int, int], radius: int) -> np.ndarray:
    width, height = size_wh
    mask = np.zeros((4 * height, 4 * width), np.uint8)
    _rounded_box(mask, (0, 0), (4 * width - 1, 4 * height - 1), 4 * radius, (255,))
    return cv2.resize(mask, size_wh, interpolation=cv2.INTER_AREA)


def _rounded_box(
    canvas: np.ndarray,
    top_left: tuple[int, int],
    bottom_right: tuple[int, int],
    radius: int,
    color: tuple[int, ...],
) -> None:
    (x0, y0), (x1, y1) = top_left, bottom_right
    cv2.rectangle(canvas, (x0 + radius, y0), (x1 - radius, y1), color, cv2.FILLED)
    cv2.rectangle(canvas, (x0, y0 + radius), (x1, y1 - radius), color, cv2.FILLED)
    for x in (x0 + radius, x1 - radius):
        for y in (y0 + radius, y1 - radius):
            cv2.circle(canvas, (x, y), radius, color, cv2.FILLED, cv2.LINE_AA)


def _caption(canvas: np.ndarray, card: tuple[int, int], title: str, note: str) -> None:
    middle = card[0] + CARD_WH[0] / 2
    _text(canvas, title, (middle, CARD_TOP - 44), 1.05, TEXT)
    _text(canvas, note, (middle, CARD_TOP + CARD_WH[1] + 36), 0.82, SOFT_TEXT, LIGHT_FONT)


def _draw_flow(canvas: np.ndarray) -> None:
    width, height = NODE_WH
    middle = WIDTH / 2
    left, right = middle - width / 2, middle + width / 2
    step = (CARD_WH[1] - height) / 2
    tops = [CARD_TOP + i * step for i in range(3)]
    rows = [top + height / 2 for top in tops]
    card_edge, result_edge = LEFT_CARD[0] + CARD_WH[0], RIGHT_CARD[0]
    branch = (card_edge + left) / 2
    _arrow(canvas, [(card_edge + 8, rows[0]), (left - 4, rows[0])])
    _arrow(canvas, [(branch, rows[0]), (branch, rows[1]), (left - 4, rows[1])])
    _text(canvas, 'image', (branch, rows[0] - 26), 0.86, TOPIC)
    for i, topic in enumerate(('detections', 'poses')):
        _arrow(canvas, [(middle, tops[i] + height), (middle, tops[i + 1] - 4)])
        beside = middle + 16, (tops[i] + height + tops[i + 1]) / 2
        _text(canvas, topic, beside, 0.86, TOPIC, is_left=True)
    _arrow(canvas, [(right, rows[2]), (result_edge - 8, rows[2])])
    _text(canvas, 'tracks', ((right + result_edge) / 2, rows[2] - 26), 0.86, TOPIC)
    for top, (name, note) in zip(tops, NODES, strict=True):
        _node(canvas, (left, top), name, note)
    _text(canvas, 'ROS 2', (middle, CARD_TOP - 44), 1.05, TEXT)
    below = middle, CARD_TOP + CARD_WH[1] + 36
    _text(canvas, 'three nodes, one process', below, 0.82, SOFT_TEXT, LIGHT_FONT)


def _node(canvas: np.ndarray, top_left: tuple[float, float], name: str, note: str) -> None:
    x0, y0 = (round(v * ZOOM) for v in top_left)
    x1, y1 = x0 + NODE_WH[0] * ZOOM, y0 + NODE_WH[1] * ZOOM
    edge = round(1.5 * ZOOM)
    _rounded_box(canvas, (x0, y0), (x1, y1), 12 * ZOOM, NODE_EDGE)
    _rounded_box(canvas, (x0 + edge, y0 + edge), (x1 - edge, y1 - edge), 11 * ZOOM, NODE)
    middle = top_left[0] + NODE_WH[0] / 2
    _text(canvas, name, (middle, top_left[1] + 33), 1.0, TEXT)
    _text(canvas, note, (middle, top_left[1] + 66), 0.74, SOFT_TEXT, LIGHT_FONT)


def _arrow(canvas: np.ndarray, points: list[tuple[float, float]]) -> None:
    line = (np.array(points) * ZOOM).round().astype(np.int32)
    direction = (line[-1] - line[-2]) / np.linalg.norm(line[-1] - line[-2])
    across = np.array([-direction[1], direction[0]])
    back = line[-1] - direction * 14 * ZOOM
    shaft = np.concatenate((line[:-1], [back])).round().astype(np.int32)
    cv2.polylines(canvas, [shaft], False, SOFT_TEXT, round(2.5 * ZOOM), cv2.LINE_AA)
    head = np.stack((line[-1], back + across * 8 * ZOOM, back - across * 8 * ZOOM))
    cv2.fillPoly(canvas, [head.round().astype(np.int32)], SOFT_TEXT, cv2.LINE_AA)


def _text(
    canvas: np.ndarray,
    text: str,
    at: tuple[float, float],
    size: float,
    color: tuple[int, ...],
    font: int = FONT,
    *,
    is_left: bool = False,
) -> None:
    """Write with the middle at a place, or with the left end."""
    scale = size * ZOOM
    (width, height), _ = cv2.getTextSize(text, font, scale, ZOOM)
    x = at[0] * ZOOM - (0 if is_left else width / 2)
    origin = round(x), round(at[1] * ZOOM + height / 2)
    cv2.putText(canvas, text, origin, font, scale, color, ZOOM, cv2.LINE_AA)


if __name__ == '__main__':
    main()
