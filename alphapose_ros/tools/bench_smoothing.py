# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Measures how still, how late and how far-sighted smoothed skeletons of real people are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
import time
from typing import Any
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.inference.load import load_detector
from alphapose_ros.inference.load import load_pose_estimator
from alphapose_ros.inference.options import NetworkOptions
from alphapose_ros.io.video import FrameSource
from alphapose_ros.structures import Detections
from alphapose_ros.structures import Poses
from alphapose_ros.structures import Skeleton
from alphapose_ros.structures import Tracks
from alphapose_ros.structures import TrackState
from alphapose_ros.tools.bench_networks import BenchError
from alphapose_ros.tools.bench_networks import Numbers
from alphapose_ros.tools.bench_tracking import Finder
from alphapose_ros.tools.bench_tracking import POSE_MODEL
from alphapose_ros.tracking.smoothing import Smoother
from alphapose_ros.tracking.smoothing import SmoothingConfig
from alphapose_ros.tracking.tracker import Tracker
from alphapose_ros.tracking.tracker import TrackerConfig

DETECTOR = 'yolox_nano'
# Beside the sequences for trackers, and beside the clip of the pipeline: people who walk, who
# stand and walk, who stand.
WALKERS = Path('TUD-Campus') / 'TUD-Campus.mp4'
CLIPS = ('pedestrians_nandinib.mp4', 'mmaction2_demo_skeleton.mp4')
AHEAD_S = 0.05
MIN_IMAGES = 15
MIN_SCORE = 0.3
# Speeds of those who stand and of those who move, in sizes of the person per second.
STANDING, MOVING = 0.15, 0.3
# What is further off is no delay but another joint; in sizes of the person.
MAX_ERROR = 0.1
UPDATES = 300

Float64Array = NDArray[np.float64]
Sums = tuple[float, float]


class Row(NamedTuple):
    """One person in one image."""

    image: int
    seen: Tracks
    smooth: Tracks
    predicted: Tracks


@dataclass(frozen=True, eq=False)
class Course:
    """
    Somebody who is tracked in T consecutive images; lengths are in sizes of the person.

    :param fps: images per second.
    :param speeds: (T,) of his box per second, over half a second.
    :param is_seen: (T, K) joints that are scored well.
    :param joints: (T, K, 2) as seen.
    :param smooth: (T, K, 2) smoothed.
    :param predicted: (T, K, 2) where they are said to be AHEAD_S later.
    """

    fps: float
    speeds: Float64Array
    is_seen: NDArray[np.bool_]
    joints: Float64Array
    smooth: Float64Array
    predicted: Float64Array


def measure_smoothing(
    *, source: str, sequences: str, weights_dir: str, device: str, **_: Any
) -> Numbers:
    """Compare smoothed and predicted skeletons with those seen, and measure the time."""
    paths = [Path(sequences) / WALKERS, *(Path(source).parent / name for name in CLIPS)]
    for path in paths:
        if not path.is_file():
            raise BenchError(f'there is no {path}; name its folder with --sequences or --source')
    options = NetworkOptions(weights_dir=weights_dir, device=device)
    estimator = load_pose_estimator(POSE_MODEL, options)
    finder = Finder(load_detector(DETECTOR, options), estimator, None)
    courses = []
    for path in paths:
        images = FrameSource(str(path))
        people = list(find_people(images, finder))
        courses += follow(people, images.fps, estimator.skeleton)
    return {**compare(courses), 'smoothing.update_ms_10x136': _update_ms()}


def find_people(images: FrameSource, finder: Finder) -> Iterator[Poses]:
    """Yield the people of every image."""
    while (image := images.read()) is not None:
        yield finder.find(image, Detections.empty())


def follow(people: list[Poses], fps: float, skeleton: Skeleton) -> list[Course]:
    """Track and smooth the people of a clip."""
    tracker, smoother = Tracker(TrackerConfig(), skeleton), Smoother(SmoothingConfig(), skeleton)
    rows: dict[int, list[Row]] = {}
    for image, poses in enumerate(people):
        stamp_ns = round(image * 1e9 / fps)
        seen = tracker.update(poses, stamp_ns)
        smooth = smoother.update(seen, stamp_ns)
        predicted = smoother.predict(stamp_ns + round(AHEAD_S * 1e9))
        for track_id in seen.track_ids[seen.states == TrackState.TRACKED].tolist():
            row = Row(image, *(t[t.track_ids == track_id] for t in (seen, smooth, predicted)))
            rows.setdefault(track_id, []).append(row)
    courses = []
    for course in rows.values():
        gaps = np.flatnonzero(np.diff([row.image for row in course]) != 1) + 1
        for start, end in zip([0, *gaps], [*gaps, len(course)], strict=True):
            if end - start >= MIN_IMAGES:
                courses.append(_course(course[start:end], fps))
    return courses


def compare(courses: list[Course]) -> Numbers:
    """
    Return the measures over all courses.

    The jitter is the mean acceleration of joints of people who stand, smoothed over seen. The lag
    is of people who move. The error of predictions is over that of the skeleton last seen. What
    nobody shows is left out.
    """
    measures = {
        'jitter_ratio': _jitter,
        'lag_frames': _lag,
        'prediction_error_ratio': _prediction,
    }
    numbers = {}
    for name, measure in measures.items():
        above, below = np.sum([measure(course) for course in courses], axis=0)
        if below > 0:
            numbers[f'smoothing.{name}'] = float(above / below)
    return numbers


def _course(rows: list[Row], fps: float) -> Course:
    boxes = np.concatenate([row.seen.poses.boxes for row in rows]).astype(np.float64)
    size = np.median((boxes[:, 2:] - boxes[:, :2]).max(axis=1))
    window = np.ones(min(round(fps / 2) | 1, len(boxes)))
    counts = np.convolve(np.ones(len(boxes)), window, 'same')
    centres = [np.convolve(boxes[:, [i, i + 2]].mean(1), window, 'same') / counts for i in (0, 1)]
    scores = np.concatenate([row.seen.poses.keypoint_scores for row in rows])
    joints = (
        np.concatenate([getattr(row, name).poses.keypoints for row in rows]) / size
        for name in ('seen', 'smooth', 'predicted')
    )
    speeds = np.hypot(*np.gradient(centres, axis=1)) * fps / size
    return Course(fps, speeds, scores > MIN_SCORE, *joints)


def _jitter(course: Course) -> Sums:
    """Return the accelerations of joints of somebody who stands, smoothed and seen."""
    seen = course.is_seen
    is_still = seen[2:] & seen[1:-1] & seen[:-2] & (course.speeds[1:-1, None] < STANDING)
    smooth, raw = (
        _lengths(np.diff(points, n=2, axis=0))[is_still].sum()
        for points in (course.smooth, course.joints)
    )
    return smooth * course.fps**2, raw * course.fps**2


def _lag(course: Course) -> Sums:
    """
    Return how far joints of somebody who moves stay behind along their movement, and the movement.

    Least squares of `smooth(t) = joints(t) - lag * movement(t)`; the movement of an image is
    measured over 0.16 s.
    """
    n = max(1, round(0.08 * course.fps))
    seen, joints = course.is_seen, course.joints
    movement = (joints[2 * n :] - joints[: -2 * n]) / (2 * n)
    behind = (joints - course.smooth)[n:-n]
    behind *= np.minimum(1, MAX_ERROR / np.maximum(_lengths(behind), 1e-9))[..., None]
    chosen = seen[2 * n :] & seen[n:-n] & seen[: -2 * n] & (course.speeds[n:-n, None] > MOVING)
    products, squares = (movement * behind).sum(axis=2), np.square(movement).sum(axis=2)
    return products[chosen].sum(), squares[chosen].sum()


def _prediction(course: Course) -> Sums:
    """Return the errors of predicted and of held joints against those seen AHEAD_S later."""
    images = np.arange(len(course.joints)) + AHEAD_S * course.fps
    images = images[images <= len(course.joints) - 1]
    before, now = np.floor(images).astype(int), slice(0, len(images))
    after, part = np.ceil(images).astype(int), (images % 1)[:, None, None]
    later = course.joints[before] * (1 - part) + course.joints[after] * part
    chosen = course.is_seen[now] & course.is_seen[before] & course.is_seen[after]
    predicted, held = (
        np.minimum(_lengths(points[now] - later), 2 * MAX_ERROR)[chosen].sum()
        for points in (course.predicted, course.joints)
    )
    return predicted, held


def _lengths(vectors: Float64Array) -> Float64Array:
    lengths: Float64Array = np.hypot(vectors[..., 0], vectors[..., 1])
    return lengths


def _update_ms() -> float:
    """Return the time of an update with 10 people of 136 joints."""
    n = 10
    rng, skeleton = np.random.default_rng(0), get_skeleton('halpe_136')
    smoother, joints = Smoother(SmoothingConfig(), skeleton), rng.uniform(0, 250, (n, 136, 2))
    times_ms = []
    for image in range(UPDATES):
        places = joints + 2 * image + rng.normal(0, 2, joints.shape)
        arrays = (
            np.tile(np.array([0, 0, 250, 250]) + 2 * image, (n, 1)),
            np.full(n, 0.9),
            places,
            np.full((n, 136), 0.8),
            np.full(n, 0.7),
            np.zeros((n, 0)),
        )
        tracks = Tracks(
            Poses(*(array.astype(np.float32) for array in arrays)),
            np.arange(n, dtype=np.int32),
            np.full(n, TrackState.TRACKED, np.uint8),
            np.full(n, image, np.uint32),
        )
        start = time.perf_counter()
        smoother.update(tracks, round(image * 1e9 / 30))
        times_ms.append((time.perf_counter() - start) * 1e3)
    return float(np.median(times_ms))
