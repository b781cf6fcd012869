# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The comparison of trackers: what is read, compared and written. Nothing is timed here."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip('motmetrics')
pytest.importorskip('trackeval')
pytest.importorskip('trackers')

from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.io.mot import MotRows
from alphapose_ros.io.video import VideoWriter
from alphapose_ros.structures import Detections
from alphapose_ros.structures import Poses
from alphapose_ros.tools import bench_tracking
from alphapose_ros.tools.bench_networks import BenchError
from alphapose_ros.tools.bench_tracking import compare
from alphapose_ros.tools.bench_tracking import Finder
from alphapose_ros.tools.bench_tracking import measure_tracking
from alphapose_ros.tools.bench_tracking import read_sequence
from alphapose_ros.tools.bench_tracking import TrackingSequence

SKELETON = get_skeleton('coco_17')
FPS = 10.0
IMAGES = 12
MEASURES = {'idf1', 'hota', 'mota', 'id_switches', 'update_ms'}


def people_of(detections: Detections, *, embedding_dim: int = 0) -> Poses:
    """Return people with all joints in the top-left corners of their boxes."""
    n = len(detections)
    return Poses(
        boxes=detections.boxes,
        box_scores=detections.scores,
        keypoints=np.repeat(detections.boxes[:, None, :2], 17, axis=1),
        keypoint_scores=np.full((n, 17), 0.9, np.float32),
        scores=detections.scores,
        embeddings=np.eye(n, embedding_dim, dtype=np.float32),
    )


def walk_of_two(embedding_dim: int) -> TrackingSequence:
    """Return two people who walk side by side, each with a look of his own."""
    people = []
    for i in range(IMAGES):
        boxes = np.array([[0, 0, 40, 100], [300, 0, 340, 100]], np.float32) + np.float32(2 * i)
        detections = Detections(boxes, np.full(2, 0.9, np.float32))
        people.append(people_of(detections, embedding_dim=embedding_dim))
    return TrackingSequence(
        people=people,
        stamps_ns=[round(i * 1e9 / FPS) for i in range(IMAGES)],
        fps=FPS,
        truth=MotRows(
            frames=np.repeat(np.arange(1, IMAGES + 1), 2),
            ids=np.tile(np.array([1, 2]), IMAGES),
            boxes=np.concatenate([poses.boxes for poses in people]),
            scores=np.ones(2 * IMAGES, np.float32),
        ),
    )


class CornerEstimator:
    """Finds joints at once."""

    skeleton = SKELETON

    def estimate(self, image: np.ndarray, detections: Detections) -> Poses:
        return people_of(detections)


class WholeImageDetector:
    """Finds one person, as large as the image."""

    def detect(self, image: np.ndarray, limits: Any) -> Detections:
        box = np.array([[0, 0, image.shape[1], image.shape[0]]], np.float32)
        return Detections(box, np.full(1, 0.8, np.float32))


class BrightnessReid:
    """Tells people apart by the brightness of the image."""

    def embed(self, image: np.ndarray, boxes: np.ndarray) -> np.ndarray:
        return np.full((len(boxes), 1), image.mean(), np.float32)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a sequence of three images of 64 x 48 whose boxes are for 128 x 96."""
    (tmp_path / 'seqinfo.ini').write_text(
        '[Sequence]\nframeRate=4\nseqLength=3\nimWidth=128\nimHeight=96\n'
    )
    for name, rows in {
        'gt': '1,5,21,11,20,40,1\n2,6,1,1,9,9,0\n',
        'det': '3,-1,21,11,20,40,0.7\n',
    }.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / f'{name}.txt').write_text(rows)
    writer = VideoWriter(tmp_path / 'a.mp4', 4)
    for value in (40, 90, 140):
        writer.write(np.full((48, 64, 3), value, np.uint8))
    writer.close()
    return tmp_path


def finder(**changes: Any) -> Finder:
    return Finder(**{'detector': None, 'estimator': CornerEstimator(), 'reid': None, **changes})


def test_public_detections_come_in_pixels_of_the_images(folder: Path) -> None:
    sequence = read_sequence(folder, finder())
    assert [len(poses) for poses in sequence.people] == [0, 0, 1]
    assert sequence.stamps_ns == [0, 250_000_000, 500_000_000]
    box = [[9.75, 4.75, 19.75, 24.75]]  # 20, 10 from the centre of the first of 128 pixels
    np.testing.assert_allclose(sequence.people[2].boxes, box)
    np.testing.assert_allclose(sequence.people[2].box_scores, [0.7], rtol=1e-6)


def test_the_truth_is_in_the_same_pixels_without_who_does_not_count(folder: Path) -> None:
    truth = read_sequence(folder, finder()).truth
    assert (truth.frames, truth.ids) == (1, 5)
    np.testing.assert_allclose(truth.boxes, [[9.75, 4.75, 19.75, 24.75]])


def test_a_detector_takes_the_place_of_the_public_detections(folder: Path) -> None:
    sequence = read_sequence(folder, finder(detector=WholeImageDetector()))
    for poses in sequence.people:
        np.testing.assert_array_equal(poses.boxes, [[0, 0, 64, 48]])


def test_embeddings_are_of_the_image_of_the_person(folder: Path) -> None:
    parts = finder(detector=WholeImageDetector(), reid=BrightnessReid())
    values = [poses.embeddings.item() for poses in read_sequence(folder, parts).people]
    np.testing.assert_allclose(values, [40, 90, 140], atol=5)  # the video is compressed


def test_all_trackers_follow_two_people_who_are_always_seen() -> None:
    numbers = compare(walk_of_two(embedding_dim=2), SKELETON)
    assert list(numbers) == ['ours', 'ours_without_vectors', 'compat', 'bytetrack', 'sort']
    for values in numbers.values():
        assert set(values) == MEASURES
        assert values['idf1'] > 0.8
        assert values['id_switches'] == 0


def test_without_embeddings_who_needs_them_is_out() -> None:
    assert list(compare(walk_of_two(embedding_dim=0), SKELETON)) == ['ours', 'bytetrack', 'sort']


def test_trackers_do_not_change_what_others_get() -> None:
    sequence, untouched = walk_of_two(embedding_dim=2), walk_of_two(embedding_dim=2)
    compare(sequence, SKELETON)
    for poses, expected in zip(sequence.people, untouched.people, strict=True):
        for name, array in vars(expected).items():
            np.testing.assert_array_equal(getattr(poses, name), array)


def test_every_sequence_detector_and_tracker_has_its_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ('TUD-Campus', 'PETS09-S2L1'):
        (tmp_path / name).mkdir()
    loads = ('load_detector', 'load_pose_estimator', 'load_reid')
    for name, part in zip(
        loads, (WholeImageDetector, CornerEstimator, BrightnessReid), strict=True
    ):
        monkeypatch.setattr(bench_tracking, name, lambda *_, part=part: part())
    monkeypatch.setattr(bench_tracking, 'CROWD_IMAGES', 3)
    monkeypatch.setattr(bench_tracking, 'read_sequence', lambda *_: walk_of_two(2))
    numbers = measure_tracking(sequences=str(tmp_path), weights_dir='', device='cpu', source='')
    assert set(numbers) == {'tracking.update_ms_10', 'tracking.update_ms_60'} | {
        f'tracking.{sequence}{detector}.{tracker}.{measure}'
        for sequence in ('tud_campus', 'pets09_s2l1')
        for detector in ('', '_yolox', '_rtmdet', '_bundled')
        for tracker in ('ours', 'ours_without_vectors', 'compat', 'bytetrack', 'sort')
        for measure in MEASURES
    }
    assert {type(value) for value in numbers.values()} == {float}


def test_an_absent_sequence_is_told_with_the_option(tmp_path: Path) -> None:
    (tmp_path / 'TUD-Campus').mkdir()
    with pytest.raises(BenchError, match=r'there is no .*PETS09-S2L1; .*--sequences'):
        measure_tracking(sequences=str(tmp_path), weights_dir='', device='cpu')
