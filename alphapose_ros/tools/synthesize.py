# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Render people with exact whole-body joints, as a data set for training."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from concurrent.futures import as_completed
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import lru_cache
import multiprocessing
import os
from pathlib import Path
import re
import sys

import cv2
import numpy as np
from rich.progress import MofNCompleteColumn
from rich.progress import Progress
from rich.progress import TimeElapsedColumn
from rich.progress import TimeRemainingColumn

from alphapose_ros.core.drawing import contact_sheet
from alphapose_ros.core.drawing import draw_tracks
from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.io.files import replace_file
from alphapose_ros.io.keypoint_dataset import join_dataset
from alphapose_ros.io.keypoint_dataset import open_dataset
from alphapose_ros.io.keypoint_dataset import person_annotations
from alphapose_ros.io.keypoint_dataset import read_part
from alphapose_ros.io.keypoint_dataset import write_part
from alphapose_ros.structures import Poses
from alphapose_ros.structures import Tracks
from alphapose_ros.synthesis.labels import VISIBLE
from alphapose_ros.synthesis.scene import STYLES
from alphapose_ros.synthesis.scene import SynthesisConfig
from alphapose_ros.synthesis.scene import Synthesizer
from alphapose_ros.synthesis.scene import SyntheticImage
from alphapose_ros.tools.synthesize_video import write_film

SHEET_COLUMNS, SHEET_ROWS = 6, 4
TILE_WIDTH = 320
# Images that a process renders before it reports.
CHUNK = 16


@dataclass(frozen=True)
class Job:
    """What every process needs to know."""

    assets: Path
    output: Path
    seed: int
    config: SynthesisConfig


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument(
        '--assets', type=Path, default=Path('../shared/synth'), help='folder of CC0 assets'
    )
    parser.add_argument('--output', type=Path, required=True, help='folder of the data set')
    parser.add_argument('--count', type=int, default=1000, help='number of images')
    parser.add_argument('--seed', type=int, default=0, help='equal seeds give equal images')
    parser.add_argument('--size', default='192x256', help='width x height of images')
    parser.add_argument('--people', default='1-1', help='fewest-most people per image')
    parser.add_argument(
        '--style', choices=STYLES, default='person', help='crops, scenes, or a film'
    )
    parser.add_argument(
        '--images-per-identity', type=int, default=4, help='in how many images people appear'
    )
    parser.add_argument(
        '--same-scene',
        action='store_true',
        help='these images share light, background and colours, as a tracker sees people',
    )
    parser.add_argument('--backgrounds', type=Path, help='folder of more background pictures')
    parser.add_argument('--workers', type=int, default=2, help='number of processes')
    parser.add_argument('--sheet', type=Path, help='PNG of some images with their joints')
    parser.add_argument('--video', type=Path, help='MP4 of a film; boxes go to NAME_truth.txt')


def run(
    *,
    assets: Path,
    output: Path,
    count: int,
    seed: int,
    size: str,
    people: str,
    style: str,
    images_per_identity: int,
    same_scene: bool,
    backgrounds: Path | None,
    workers: int,
    sheet: Path | None,
    video: Path | None,
) -> int:
    """
    Render what is missing of the data set; return the exit code.

    :raises ValueError: if an option cannot be used, or assets or OpenGL are not there.
    """
    if min(count, workers) < 1 or seed < 0:
        raise ValueError(
            f'count and workers must be at least 1 and seed at least 0, '
            f'got {count}, {workers} and {seed}'
        )
    if video is not None and style != 'film':
        raise ValueError(f'video needs the style film, got {style}')
    config = SynthesisConfig(
        size_wh=_pair('size', size, 'x'),
        people=_pair('people', people, '-'),
        style=style,  # type: ignore[arg-type]
        images_per_identity=images_per_identity,
        same_scene=same_scene,
        backgrounds=backgrounds,
    )
    job = Job(assets, output, seed, config)
    _synthesizer(job)  # fails here, not in the workers
    what = f'rendered people, style {style}, size {size}, {people} people'
    info = {'description': what, 'seed': seed}
    open_dataset(output, info, count)
    ids = range(1, count + 1)
    _render_missing(job, ids, workers)
    if video is not None:
        write_film(output, ids, video)
    join_dataset(output, ids, get_skeleton('halpe_136'), info)
    if sheet is not None:
        _write_sheet(sheet, job, count)
    return 0


def _pair(name: str, text: str, separator: str) -> tuple[int, int]:
    match = re.fullmatch(rf'(\d+){separator}(\d+)', text)
    if match is None:
        raise ValueError(f'{name} must be two numbers such as 2{separator}3, got {text!r}')
    return int(match[1]), int(match[2])


def _render_missing(job: Job, image_ids: Sequence[int], workers: int) -> None:
    """
    Render what is not there yet; if a process dies, as OpenGL drivers can make it, start others.

    :raises ValueError: if they die without an image.
    """
    missing = _find_missing(job, image_ids)
    while missing:
        try:
            _render_all(job, missing, workers)
        except BrokenProcessPool as err:
            left = _find_missing(job, missing)
            if len(left) == len(missing):
                raise ValueError(
                    'a process that renders died before it had written an image, killed for its '
                    'memory (fewer --workers need less) or by a fault of the OpenGL driver'
                ) from err
            print(
                f'warning: a process that renders died; going on with {len(left)} images',
                file=sys.stderr,
            )
            missing = left
        else:
            return


def _find_missing(job: Job, image_ids: Sequence[int]) -> list[int]:
    return [image_id for image_id in image_ids if read_part(job.output, image_id) is None]


def _render_all(job: Job, image_ids: Sequence[int], workers: int) -> None:
    """Render on several processes, and show how far they are."""
    # Threads of several renderers and of OpenCV would fight for the same cores.
    os.environ.setdefault('LP_NUM_THREADS', '1')
    chunks = [image_ids[i : i + CHUNK] for i in range(0, len(image_ids), CHUNK)]
    columns = (*Progress.get_default_columns()[:2], MofNCompleteColumn())
    context = multiprocessing.get_context('spawn')
    with (
        Progress(*columns, TimeElapsedColumn(), TimeRemainingColumn()) as progress,
        ProcessPoolExecutor(workers, context) as pool,
    ):
        task = progress.add_task('images', total=len(image_ids))
        futures = [pool.submit(_render_chunk, job, chunk) for chunk in chunks]
        try:
            for future in as_completed(futures):
                progress.advance(task, future.result())
        except BaseException:
            # Waits for the chunks under way: leaving the block would call the others back.
            pool.shutdown(cancel_futures=True)
            raise


@lru_cache(maxsize=1)
def _synthesizer(job: Job) -> Synthesizer:
    """Return what renders in this process."""
    cv2.setNumThreads(1)
    return Synthesizer(job.assets, job.config)


def _render_chunk(job: Job, image_ids: Sequence[int]) -> int:
    """Render and write some images; return how many."""
    synthesizer = _synthesizer(job)
    for image_id in image_ids:
        rendered = synthesizer.render(job.seed, image_id - 1)
        people = person_annotations(
            boxes=rendered.boxes,
            keypoints=rendered.keypoints,
            visibility=rendered.visibility,
            areas=rendered.areas,
            identities=rendered.identities,
        )
        write_part(job.output, image_id, rendered.image, people, background=rendered.background)
    return len(image_ids)


def _write_sheet(path: Path, job: Job, count: int) -> None:
    """Write some of the images with what is seen of their people."""
    synthesizer = _synthesizer(job)
    number = min(SHEET_COLUMNS * SHEET_ROWS, count)
    indices = np.linspace(0, count - 1, number).astype(int).tolist()
    tiles = [_draw(synthesizer.render(job.seed, index)) for index in indices]
    path.parent.mkdir(parents=True, exist_ok=True)
    with replace_file(path) as part:
        image = contact_sheet(tiles, SHEET_COLUMNS, TILE_WIDTH)
        part.write_bytes(cv2.imencode('.png', image)[1].tobytes())


def _draw(rendered: SyntheticImage) -> np.ndarray:
    """Return the image, enlarged, with visible joints."""
    scale = TILE_WIDTH / rendered.image.shape[1]
    image = cv2.resize(rendered.image, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    number = len(rendered.boxes)
    ones = np.ones(number, np.float32)
    poses = Poses(
        boxes=(rendered.boxes * scale).astype(np.float32),
        box_scores=ones,
        keypoints=(((rendered.keypoints + 0.5) * scale) - 0.5).astype(np.float32),
        keypoint_scores=(rendered.visibility == VISIBLE).astype(np.float32),
        scores=ones,
        embeddings=np.zeros((number, 0), np.float32),
    )
    skeleton = get_skeleton('halpe_136')
    return draw_tracks(image, Tracks.untracked(poses), skeleton, color_by='side', draw_boxes=False)
