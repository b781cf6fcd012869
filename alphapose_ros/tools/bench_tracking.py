# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Measures trackers, ours and others', on the same people of sequences whose truth is known."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from alphapose_ros.core.pose_nms import suppress_poses
from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.evaluation.baselines import ByteTrackBaseline
from alphapose_ros.evaluation.baselines import SortBaseline
from alphapose_ros.evaluation.tracking import AnyTracker
from alphapose_ros.evaluation.tracking import evaluate_tracking
from alphapose_ros.evaluation.tracking import track_sequence
from alphapose_ros.inference.detector import DetectionLimits
from alphapose_ros.inference.detector import PersonDetector
from alphapose_ros.inference.load import load_detector
from alphapose_ros.inference.load import load_pose_estimator
from alphapose_ros.inference.load import load_reid
from alphapose_ros.inference.options import NetworkOptions
from alphapose_ros.inference.pose_estimator import PoseEstimator
from alphapose_ros.inference.reid import ReidEstimator
from alphapose_ros.io.mot import MotRows
from alphapose_ros.io.mot import read_mot
from alphapose_ros.io.mot import read_sequence_info
from alphapose_ros.io.video import FrameSource
from alphapose_ros.io.weights import WeightsError
from alphapose_ros.structures import Detections
from alphapose_ros.structures import Poses
from alphapose_ros.structures import Skeleton
from alphapose_ros.tools.bench_networks import BenchError
from alphapose_ros.tools.bench_networks import Numbers
from alphapose_ros.tracking.compat import CompatTracker
from alphapose_ros.tracking.tracker import Tracker
from alphapose_ros.tracking.tracker import TrackerConfig

DEFAULT_SEQUENCES = Path('..') / 'shared' / 'tracking'
SEQUENCES = MappingProxyType({'tud_campus': 'TUD-Campus', 'pets09_s2l1': 'PETS09-S2L1'})
# Who finds the people: '' are the public detections of the sequence.
BUNDLED = '_bundled'  # with its own joints and vectors
DETECTORS = MappingProxyType(
    {
        '': '',
        '_yolox': 'yolox_nano',
        '_rtmdet': 'rtmdet_nano_person',
        BUNDLED: 'bundled_detector',
    }
)
BUNDLED_POSE_MODEL = 'bundled'
POSE_MODEL = 'ultralight_simplepose'
REID_MODEL = 'osnet_x0_25_msmt17'
SCORES = ('idf1', 'hota', 'mota', 'id_switches')
WITHOUT_VECTORS = 'ours_without_vectors'
TRACKERS: Mapping[str, Callable[[float, Skeleton], AnyTracker]] = MappingProxyType(
    {
        'ours': lambda _, skeleton: Tracker(TrackerConfig(), skeleton),
        WITHOUT_VECTORS: lambda _, skeleton: Tracker(TrackerConfig(), skeleton),
        'compat': lambda _fps, _skeleton: CompatTracker(),
        'bytetrack': lambda fps, _: ByteTrackBaseline(fps),
        'sort': lambda fps, _: SortBaseline(fps),
    }
)
CROWDS = (10, 60)
CROWD_IMAGES = 300


@dataclass(frozen=True, eq=False)
class TrackingSequence:
    """
    The people of a sequence as a tracker gets them, and as they are.

    :param people: of every image.
    :param stamps_ns: when each was taken.
    :param fps: images per second.
    :param truth: everybody, in pixels of the images.
    """

    people: list[Poses]
    stamps_ns: list[int]
    fps: float
    truth: MotRows


@dataclass(frozen=True, eq=False)
class Finder:
    """
    What finds people in images.

    :param detector: None takes the public detections of the sequence as they are.
    :param estimator: finds joints.
    :param reid: tells people apart; None leaves that out.
    """

    detector: PersonDetector | None
    estimator: PoseEstimator
    reid: ReidEstimator | None

    def find(self, image: np.ndarray, public: Detections) -> Poses:
        """Return the people of an image."""
        if self.detector is None:
            poses = self.estimator.estimate(image, public)
        else:
            detections = self.detector.detect(image, DetectionLimits())
            poses = self.estimator.estimate(image, detections)
            poses = suppress_poses(poses, self.estimator.skeleton)
        if self.reid is None:
            return poses
        return replace(poses, embeddings=self.reid.embed(image, poses.boxes))


def measure_tracking(*, sequences: str, weights_dir: str, device: str, **_: Any) -> Numbers:
    """Compare trackers by IDF1, HOTA, MOTA and switches of identity, and measure their times."""
    folder = Path(sequences)
    missing = [name for name in SEQUENCES.values() if not (folder / name).is_dir()]
    if missing:
        raise BenchError(f'there is no {folder / missing[0]}; name its folder with --sequences')
    options = NetworkOptions(weights_dir=weights_dir, device=device)
    numbers = {f'tracking.update_ms_{n}': _crowd_ms(n) for n in CROWDS}
    peers = load_pose_estimator(POSE_MODEL, options), _load_reid(options)
    bundled = load_pose_estimator(BUNDLED_POSE_MODEL, options), None
    for suffix, model in DETECTORS.items():
        detector = load_detector(model, options) if model else None
        finder = Finder(detector, *(bundled if suffix == BUNDLED else peers))
        for key, name in SEQUENCES.items():
            sequence = read_sequence(folder / name, finder)
            for tracker, values in compare(sequence, finder.estimator.skeleton).items():
                prefix = f'tracking.{key}{suffix}.{tracker}'
                numbers |= {f'{prefix}.{measure}': value for measure, value in values.items()}
    return numbers


def _load_reid(options: NetworkOptions) -> ReidEstimator | None:
    try:
        return load_reid(REID_MODEL, options)
    except WeightsError:
        return None  # an option


def read_sequence(folder: Path, finder: Finder) -> TrackingSequence:
    """
    Find the people of a sequence, which takes minutes.

    :param folder: has seqinfo.ini, gt/gt.txt, det/det.txt and images of any size: a video .mp4 or
        the folder img1.
    :raises ValueError: MotError, VideoError or BenchError if one of them cannot be read.
    """
    info = read_sequence_info(folder / 'seqinfo.ini')
    images = FrameSource(str(next(folder.glob('*.mp4'), folder / 'img1')))
    image = images.read()
    if image is None:
        raise BenchError(f'{folder} has no images')
    scale = image.shape[1] / info.size_wh[0]
    public = read_mot(folder / 'det' / 'det.txt', scale=scale)
    people: list[Poses] = []
    while image is not None:
        rows = public[public.frames == len(people) + 1]
        people.append(finder.find(image, Detections(rows.boxes, rows.scores)))
        image = images.read()
    return TrackingSequence(
        people=people,
        stamps_ns=[round(i * 1e9 / info.fps) for i in range(len(people))],
        fps=info.fps,
        truth=read_mot(folder / 'gt' / 'gt.txt', scale=scale, drop_ignored=True),
    )


def compare(sequence: TrackingSequence, skeleton: Skeleton) -> dict[str, Numbers]:
    """Return what every tracker made of the same people; without embeddings some are out."""
    has_embeddings = any(poses.embeddings.size for poses in sequence.people)
    numbers = {}
    for name, make in TRACKERS.items():
        if name in ('compat', WITHOUT_VECTORS) and not has_embeddings:
            continue
        people = sequence.people
        if name == WITHOUT_VECTORS:
            people = [replace(poses, embeddings=poses.embeddings[:, :0]) for poses in people]
        tracker = make(sequence.fps, skeleton)
        result = track_sequence(tracker, people, sequence.stamps_ns)
        scores = evaluate_tracking(sequence.truth, result.rows)
        numbers[name] = {measure: float(getattr(scores, measure)) for measure in SCORES}
        numbers[name]['update_ms'] = result.update_ms
    return numbers


def _crowd_ms(n: int) -> float:
    """Return the time of an update with n people of 136 joints and 128 embedding values."""
    rng = np.random.default_rng(0)
    tracker = Tracker(TrackerConfig(), get_skeleton('halpe_136'))
    corners, speeds = rng.uniform(0, (1800, 700), (n, 2)), rng.normal(0, 3, (n, 2))
    size_wh = np.array([100, 250])
    joints = rng.uniform(0, size_wh, (n, 136, 2))
    embeddings = rng.normal(size=(n, 128))
    embeddings /= np.linalg.norm(embeddings, axis=1, keepdims=True)
    people = []
    for image in range(CROWD_IMAGES):
        places = corners + image * speeds + rng.normal(0, 1, (n, 2))
        arrays = (
            np.concatenate([places, places + size_wh], axis=1),
            np.full(n, 0.9),
            places[:, None] + joints + rng.normal(0, 1, joints.shape),
            np.full((n, 136), 0.8),
            np.full(n, 0.7),
            embeddings,
        )
        people.append(Poses(*(array.astype(np.float32) for array in arrays)))
    stamps_ns = [round(i * 1e9 / 30) for i in range(CROWD_IMAGES)]
    return track_sequence(tracker, people, stamps_ns).update_ms
