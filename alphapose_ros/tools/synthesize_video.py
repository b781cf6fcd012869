# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""A rendered film as a video, beside which is written who is where."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from alphapose_ros.core.boxes import xywh_to_xyxy
from alphapose_ros.io.keypoint_dataset import image_name
from alphapose_ros.io.keypoint_dataset import read_part
from alphapose_ros.io.mot import MotRows
from alphapose_ros.io.mot import write_mot
from alphapose_ros.io.video import FrameSource
from alphapose_ros.io.video import VideoWriter
from alphapose_ros.synthesis.film import FILM_FPS

# Smaller people do not count as people to find.
MIN_HEIGHT = 40


def write_film(dataset: Path, image_ids: Sequence[int], video: Path) -> None:
    """Write the images of a data set as a video NAME.mp4, and boxes as NAME_truth.txt."""
    video.parent.mkdir(parents=True, exist_ok=True)
    writer = VideoWriter(video, FILM_FPS)
    for image_id in image_ids:
        image = FrameSource(str(dataset / image_name(image_id))).read()
        if image is not None:
            writer.write(image)
    writer.close()
    write_mot(video.with_name(f'{video.stem}_truth.txt'), _truth(dataset, image_ids))


def _truth(dataset: Path, image_ids: Sequence[int]) -> MotRows:
    """Return what is seen of people who are high enough; ids count from 1."""
    rows = [
        (image_id, person['identity'] + 1, *person['bbox'])
        for image_id in image_ids
        for person in (read_part(dataset, image_id) or {})['annotations']
        if person['bbox'][3] >= MIN_HEIGHT
    ]
    values = np.array(rows).reshape(-1, 6)
    frames, ids = values[:, :2].T.astype(np.int64)
    boxes = xywh_to_xyxy(values[:, 2:].astype(np.float32))
    return MotRows(frames, ids, boxes, np.ones(len(rows), np.float32))
