# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Draws docs/occlusion.png: somebody walks behind somebody else and keeps his identity.

Synthetic people, those of docs/overview.png, are what the camera sees; who is mostly covered is
not detected. Identities, states and the skeleton of the hidden one are the real tracker's. Run it
again after a change of the tracker or the drawing: `python docs/draw_occlusion.py`.
"""

from __future__ import annotations

from pathlib import Path

import cv2
from draw_overview import _draw_silhouette
from draw_overview import _paste_card
from draw_overview import _rounded_mask
from draw_overview import _text
from draw_overview import _whole_body
from draw_overview import BACKGROUND
from draw_overview import CLOTHES
from draw_overview import FLOOR
from draw_overview import LIGHT_FONT
from draw_overview import SOFT_TEXT
from draw_overview import STANDING
from draw_overview import TEXT
from draw_overview import WALKING
from draw_overview import WALL
from draw_overview import WAVING
from draw_overview import ZOOM
import numpy as np

from alphapose_ros.core.boxes import covered_part
from alphapose_ros.core.drawing import draw_tracks
from alphapose_ros.core.palette import text_color
from alphapose_ros.core.palette import track_color
from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.structures import Poses
from alphapose_ros.structures import Tracks
from alphapose_ros.structures import TrackState
from alphapose_ros.tracking.tracker import Tracker
from alphapose_ros.tracking.tracker import TrackerConfig

WIDTH, HEIGHT = 1440, 520
CARD_WH = (440, 372)
CARD_TOP, CARD_LEFTS = 82, (32, 500, 968)
FPS = 25
# Who is covered by more than this part is not detected.
MAX_COVERED = 0.6
# Title, seconds, note.
PANELS = (
    ('Before', 0.96, 'both are seen'),
    ('Hidden', 1.56, 'one is covered: his place is predicted'),
    ('After', 2.12, 'seen again, under the same id'),
)


def main() -> None:
    """Write the picture beside this file."""
    canvas = np.full((HEIGHT * ZOOM, WIDTH * ZOOM, 3), BACKGROUND, np.uint8)
    tracker = Tracker(TrackerConfig(), get_skeleton('halpe_136'))
    panels = {round(time_s * FPS): i for i, (_, time_s, _) in enumerate(PANELS)}
    for image in range(max(panels) + 1):
        everybody = _people(image / FPS)
        is_seen = covered_part(everybody.boxes, everybody.boxes) <= MAX_COVERED
        tracks = tracker.update(everybody[is_seen], image * 1_000_000_000 // FPS)
        if image in panels:
            _draw_panel(canvas, panels[image], everybody, tracks)
    small = cv2.resize(canvas, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    picture = np.dstack((small, _rounded_mask((WIDTH, HEIGHT), 22)))
    path = Path(__file__).with_name('occlusion.png')
    cv2.imwrite(str(path), picture, (cv2.IMWRITE_PNG_COMPRESSION, 9))


def _people(time_s: float) -> Poses:
    """Return who is before the camera, the farther one first, in pixels of the zoomed card."""
    swing = np.sin(2 * np.pi * time_s + 1)
    walking = {
        name: np.array(STANDING[name]) + swing * (np.array(xy) - STANDING[name])
        for name, xy in WALKING.items()
    }
    # Pose, height in shares of the card's, middle of the hips in shares of the card.
    people = (
        (walking, 0.62, np.array([0.5 + 0.56 * (time_s - 1.55), 0.46])),
        (WAVING, 0.74, np.array([0.5, 0.485])),
    )
    size_wh = np.array(CARD_WH) * ZOOM
    keypoints = np.stack(
        [
            _whole_body({**STANDING, **pose}) * height * size_wh[1] + middle * size_wh
            for pose, height, middle in people
        ]
    ).astype(np.float32)
    n, k = keypoints.shape[:2]
    margin = 0.025 * float(size_wh[1])
    boxes = np.concatenate((keypoints.min(1) - margin, keypoints.max(1) + margin), axis=1)
    scores = np.ones((n, k), np.float32)
    # At this size the line to the top of the head would hide the face.
    scores[:, get_skeleton('halpe_136').index('head')] = 0
    ones = np.ones(n, np.float32)
    return Poses(boxes, ones, keypoints, scores, ones, np.zeros((n, 0), np.float32))


def _draw_panel(canvas: np.ndarray, number: int, people: Poses, tracks: Tracks) -> None:
    width, height = CARD_WH[0] * ZOOM, CARD_WH[1] * ZOOM
    scene = np.full((height, width, 3), WALL, np.uint8)
    scene[int(0.72 * height) :] = FLOOR
    for xy, color in zip(people.keypoints, CLOTHES, strict=False):
        _draw_silhouette(scene, xy, color)
    # Darker, so that the skeletons stand out.
    dark = cv2.addWeighted(scene, 0.26, np.full_like(scene, BACKGROUND), 0.74, 0)
    drawn = draw_tracks(dark, tracks, get_skeleton('halpe_136'), draw_boxes=False)
    for i in range(len(tracks)):
        _draw_tag(drawn, tracks, i)
    title, _, note = PANELS[number]
    left, middle = CARD_LEFTS[number], CARD_LEFTS[number] + CARD_WH[0] / 2
    _paste_card(canvas, drawn, (left, CARD_TOP))
    _text(canvas, title, (middle, CARD_TOP - 40), 1.0, TEXT)
    _text(canvas, note, (middle, CARD_TOP + CARD_WH[1] + 34), 0.76, SOFT_TEXT, LIGHT_FONT)


def _draw_tag(drawn: np.ndarray, tracks: Tracks, i: int) -> None:
    """Write id and state at the lower edge, in the colour of the person."""
    color = track_color(int(tracks.track_ids[i]))
    wide, high, gap = 198, 36, 14
    left, top = (CARD_WH[0] - gap) / 2 - wide + i * (wide + gap), CARD_WH[1] - high - gap
    corner, end = (
        (round(left * ZOOM), top * ZOOM),
        (round((left + wide) * ZOOM), (top + high) * ZOOM),
    )
    cv2.rectangle(drawn, corner, end, color, cv2.FILLED)
    text = f'id {tracks.track_ids[i]}  {TrackState(tracks.states[i]).name}'
    _text(drawn, text, (left + wide / 2, top + high / 2), 0.72, text_color(color))


if __name__ == '__main__':
    main()
