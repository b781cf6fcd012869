# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""How much `process` adds to the time of the networks, and whether its memory grows."""

from __future__ import annotations

from pathlib import Path
import tempfile
import time
from typing import Any

import cv2
import numpy as np

from alphapose_ros.io.video import FrameSource
from alphapose_ros.io.video import VideoWriter
from alphapose_ros.offline.earlier import RunOptions
from alphapose_ros.offline.job import Job
from alphapose_ros.offline.job import Progress
from alphapose_ros.offline.job import run_job
from alphapose_ros.params import PipelineParams
from alphapose_ros.pipeline import load_pipeline
from alphapose_ros.pipeline import Pipeline
from alphapose_ros.tools.bench_networks import BenchError
from alphapose_ros.tools.bench_networks import Numbers

# The first images, which are slower, are left out of the ratio.
WARM_UP = 20
MEMORY_IMAGES = 20_000
MEMORY_SIZE_WH = (320, 180)
# Images until memory is read the first time.
SETTLED = 1000
STATUS = Path('/proc/self/status')


def measure_process(*, source: str, weights_dir: str, device: str, **_: Any) -> Numbers:
    """Process the clip: time per image over that of the networks, one after the other, for it."""
    if not Path(source).exists():
        raise BenchError(f'there is no clip {source}; name one with --source')
    params = PipelineParams(weights_dir=weights_dir, device=device)
    pipeline = load_pipeline(params)
    network_s = _time_networks(source, pipeline)
    times_s: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        job = Job(source, Path(folder, 'clip'), (), params, RunOptions())
        run_job(job, pipeline, on_progress=lambda progress: times_s.append(time.perf_counter()))
    process_s = (times_s[-1] - times_s[WARM_UP]) / (len(times_s) - 1 - WARM_UP)
    return {'process.overhead_ratio': process_s / network_s, 'process.fps': 1 / process_s}


def _time_networks(source: str, pipeline: Pipeline) -> float:
    """Return the seconds that the networks take per image, while nothing else runs."""
    frames, times_s = FrameSource(source), []
    while (image := frames.read()) is not None:
        detections = pipeline.detect(image)
        seconds = pipeline.detector.network.elapsed_s
        if len(detections):
            pipeline.estimate(image, detections)
            seconds += pipeline.pose_estimator.network.elapsed_s
        times_s.append(seconds)
    return float(np.mean(times_s[WARM_UP:]))


def measure_process_memory(*, source: str, weights_dir: str, device: str, **_: Any) -> Numbers:
    """Process a long video, made of the clip, and compare memory with that near its beginning."""
    if not Path(source).exists():
        raise BenchError(f'there is no clip {source}; name one with --source')
    params = PipelineParams(weights_dir=weights_dir, device=device, max_people=2)
    pipeline = load_pipeline(params)
    memory_mib: dict[int, float] = {}

    def on_progress(progress: Progress) -> None:
        if progress.done in (SETTLED, MEMORY_IMAGES):
            memory_mib[progress.done] = _read_memory_mib()

    with tempfile.TemporaryDirectory() as folder:
        video = Path(folder, 'long.mp4')
        _write_long_video(source, video)
        job = Job(str(video), Path(folder, 'long'), (), params, RunOptions())
        run_job(job, pipeline, on_progress=on_progress)
    return {'process.rss_growth_mib': memory_mib[MEMORY_IMAGES] - memory_mib[SETTLED]}


def _write_long_video(source: str, path: Path) -> None:
    frames = FrameSource(source)
    writer = VideoWriter(path, frames.fps)
    for _ in range(MEMORY_IMAGES):
        image = frames.read()
        if image is None:
            frames.rewind()
            image = frames.read()
        assert image is not None
        writer.write(cv2.resize(image, MEMORY_SIZE_WH))
    writer.close()


def _read_memory_mib() -> float:
    """Return the resident memory of this process."""
    (line,) = [row for row in STATUS.read_text().splitlines() if row.startswith('VmRSS')]
    return int(line.split()[1]) / 1024
