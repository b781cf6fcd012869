# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Real pose networks reach the accuracy they are known for, through our way of feeding them."""

import contextlib
import io
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from alphapose_ros.inference.load import load_pose_estimator
from alphapose_ros.inference.options import NetworkOptions
from alphapose_ros.inference.pose_estimator import PoseEstimator
from alphapose_ros.structures import Detections

coco = pytest.importorskip('pycocotools.coco', reason='needs pycocotools')


def keypoint_ap(estimator: PoseEstimator, folder: Path) -> float:
    """Return the OKS-AP of the labelled people, with their true boxes."""
    from pycocotools.cocoeval import COCOeval

    with contextlib.redirect_stdout(io.StringIO()):
        truth = coco.COCO(str(folder / 'person_keypoints.json'))
        results: list[dict[str, Any]] = []
        for image in truth.dataset['images']:
            rows = truth.loadAnns(truth.getAnnIds(image['id'], iscrowd=False))
            boxes = [row['bbox'] for row in rows if row['num_keypoints'] > 0]
            results += _results(estimator, folder / 'images' / image['file_name'], boxes)
        evaluation = COCOeval(truth, truth.loadRes(results), 'keypoints')
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return float(evaluation.stats[0])


def _results(
    estimator: PoseEstimator, path: Path, boxes_xywh: list[list[float]]
) -> list[dict[str, Any]]:
    boxes = np.array(boxes_xywh, np.float32).reshape(-1, 4)
    boxes[:, 2:] += boxes[:, :2]
    people = Detections(boxes, np.ones(len(boxes), np.float32))
    poses = estimator.estimate(cv2.imread(str(path)), people)
    joints = np.concatenate(
        [np.nan_to_num(poses.keypoints), poses.keypoint_scores[..., None]], axis=2
    )
    return [
        {
            'image_id': int(path.stem),
            'category_id': 1,
            'keypoints': person.ravel().tolist(),
            'score': float(score),
        }
        for person, score in zip(joints, poses.scores, strict=True)
    ]


@pytest.mark.parametrize(
    ('model', 'known_ap'), [('ultralight_simplepose', 0.508), ('tinypose', 0.655)]
)
def test_a_pose_network_reaches_its_accuracy(
    shared_dir: Path, model: str, known_ap: float
) -> None:
    if model == 'tinypose':
        pytest.importorskip('openvino', reason='the file is of OpenVINO')
    options = NetworkOptions(weights_dir=str(shared_dir / 'weights'), device='cpu')
    estimator = load_pose_estimator(model, options)
    ap = keypoint_ap(estimator, shared_dir / 'annotated' / 'coco_mini')
    assert ap == pytest.approx(known_ap, abs=0.02)
