# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""A teacher labels photographs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from alphapose_ros.inference.detector import DetectionLimits
from alphapose_ros.structures import Detections
from alphapose_ros.training import detection_data
from alphapose_ros.training.detection_data import BoxSource
from alphapose_ros.training.detection_data import read_boxes
from alphapose_ros.training.detection_teacher import label_photographs


class Teacher:
    """Finds as many people as the first value of an image tells."""

    def detect(self, image: np.ndarray, limits: DetectionLimits) -> Detections:
        scores = np.linspace(0.9, 0.3, int(image[0, 0, 0]), dtype=np.float32)
        boxes = np.tile(np.array([1, 2, 3, 4], np.float32), (len(scores), 1))
        return Detections(boxes, scores)[scores >= limits.min_score]


def test_people_belong_to_the_photograph_in_which_they_were_found(tmp_path: Path) -> None:
    paths = [tmp_path / f'{count}.png' for count in (2, 0, 3)]
    for path in paths:
        cv2.imwrite(str(path), np.full((9, 9, 3), int(path.stem), np.uint8))
    teacher: Any = Teacher()
    labels = label_photographs(paths, teacher)
    assert labels.paths == tuple(paths)
    assert labels.images.tolist() == [0, 0, 2, 2, 2]
    np.testing.assert_allclose(labels.scores, [0.9, 0.3, 0.9, 0.6, 0.3])


def test_a_teacher_adds_whom_the_list_lacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = []
    for count, boxes in ((2, [[1, 2, 2, 2, 0.5]]), (1, [[5, 5, 3, 3, 0.6]]), (0, [])):
        cv2.imwrite(str(tmp_path / f'{count}.png'), np.full((9, 9, 3), count, np.uint8))
        size = {'width': 9, 'height': 9, 'detected_person_boxes_xywhs': boxes}
        rows.append(json.dumps({'file': f'{count}.png', **size}))
    path = tmp_path / 'list.jsonl'
    path.write_text('\n'.join(rows))
    monkeypatch.setattr(detection_data, 'load_detector', lambda _: Teacher())
    labels = read_boxes(BoxSource(path=str(path), teacher='any'))
    names = [labels.paths[image].stem for image in labels.images]
    people = sorted(zip(names, labels.scores.tolist(), labels.boxes.tolist(), strict=True))
    # What it finds where somebody is known already is the same person.
    assert people == [
        ('1', pytest.approx(0.6), [5, 5, 8, 8]),
        ('1', pytest.approx(0.9), [1, 2, 3, 4]),
        ('2', pytest.approx(0.5), [1, 2, 3, 4]),
    ]
    assert len(labels) == 3


def test_a_real_teacher_labels_a_folder(shared_dir: Path) -> None:
    source = BoxSource(
        path=str(shared_dir / 'media' / 'images' / 'ultralytics'),
        teacher=str(shared_dir / 'weights' / 'detection' / 'rtmdet_nano_person_320.onnx'),
    )
    labels = read_boxes(source)
    assert len(labels) == 2
    assert np.count_nonzero(labels.scores) >= 5
