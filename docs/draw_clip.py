# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Draws the tracks of a clip, to be looked at, into a folder that git ignores.

    python docs/draw_clip.py clip.mp4 --first 100 --count 40 --reid osnet_x0_25_msmt17
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2

from alphapose_ros.core.drawing import draw_tracks
from alphapose_ros.io.video import FrameSource
from alphapose_ros.io.video import write_image
from alphapose_ros.params import PipelineParams
from alphapose_ros.pipeline import load_pipeline

# Smaller images are enlarged, so that labels stay legible.
MIN_WIDTH = 960
OUTPUT = Path(__file__).parents[1] / 'demo_output'


def main() -> None:
    """Write one image per image of the clip into demo_output/CLIP."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('clip')
    parser.add_argument('--first', type=int, default=0, help='number of an image, from 0')
    parser.add_argument('--count', type=int, default=40)
    parser.add_argument('--fps', type=float, default=0.0, help="0: the clip's own")
    parser.add_argument('--detector', default='yolox_nano')
    parser.add_argument('--model', default='ultralight_simplepose')
    parser.add_argument('--reid', default='', help='none if empty')
    args = parser.parse_args()
    models = PipelineParams(
        detector_model=args.detector, pose_model=args.model, reid_model=args.reid
    )
    pipeline = load_pipeline(models)
    frames = FrameSource(args.clip)
    folder = OUTPUT / Path(args.clip).stem
    folder.mkdir(parents=True, exist_ok=True)
    for i in range(args.first + args.count):
        image = frames.read()
        if image is None:
            break
        if i < args.first:
            continue
        scale = max(MIN_WIDTH / image.shape[1], 1.0)
        image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
        tracks = pipeline.process(image, round(i * 1e9 / (args.fps or frames.fps)))
        drawn = draw_tracks(image, tracks, pipeline.pose_estimator.skeleton)
        write_image(folder / f'{i:05d}.png', drawn)


if __name__ == '__main__':
    main()
