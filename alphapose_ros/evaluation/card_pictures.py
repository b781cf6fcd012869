# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Contact sheets for a model card: the best and the worst images, and whole bodies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from alphapose_ros.core.drawing import contact_sheet
from alphapose_ros.core.drawing import draw_tracks
from alphapose_ros.evaluation.details import score_images
from alphapose_ros.evaluation.report_keypoints import draw_image
from alphapose_ros.evaluation.report_keypoints import KeypointRun
from alphapose_ros.evaluation.report_pictures import ReadImages

NUM_IMAGES = 12
COLUMNS, TILE_WIDTH = 4, 480
WHOLE_BODY_COLUMNS, WHOLE_BODY_WIDTH = 2, 960
# Faces and hands are small.
ZOOM = 2


def draw_best_and_worst(run: KeypointRun, read_images: ReadImages) -> dict[str, np.ndarray]:
    """Return the sheets `best` and `worst`, of at most 12 images each by mean OKS."""
    order = score_images(run.comparison, run.people).worst_first().tolist()
    chosen = {'best': order[::-1][:NUM_IMAGES], 'worst': order[:NUM_IMAGES]}
    return {name: _sheet(run, indices, read_images) for name, indices in chosen.items() if indices}


def draw_whole_bodies(run: KeypointRun, images: Sequence[np.ndarray]) -> np.ndarray:
    """Return a sheet of all images of a run with the people found, enlarged."""
    skeleton = run.people.skeleton
    tiles = []
    for image, tracks in zip(images, run.comparison.found, strict=True):
        large = cv2.resize(image, None, fx=ZOOM, fy=ZOOM, interpolation=cv2.INTER_CUBIC)
        poses = replace(
            tracks.poses, boxes=tracks.poses.boxes * ZOOM, keypoints=tracks.poses.keypoints * ZOOM
        )
        people = replace(tracks, poses=poses)
        tiles.append(draw_tracks(large, people, skeleton, color_by='side', draw_boxes=False))
    return contact_sheet(tiles, WHOLE_BODY_COLUMNS, WHOLE_BODY_WIDTH)


def _sheet(run: KeypointRun, indices: Sequence[int], read_images: ReadImages) -> np.ndarray:
    images = read_images(indices)
    tiles = [draw_image(run, i, images[i]) for i in indices if i in images]
    return contact_sheet(tiles, COLUMNS, TILE_WIDTH)
