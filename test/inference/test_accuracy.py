# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Real pose networks reach the accuracy they are known for, through our way of feeding them."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.evaluation.keypoints import evaluate_oks
from alphapose_ros.inference.load import load_pose_estimator
from alphapose_ros.inference.options import NetworkOptions
from alphapose_ros.inference.pose_estimator import PoseEstimator
from alphapose_ros.io.results_coco import coco_entries
from alphapose_ros.structures import Detections

pytest.importorskip('pycocotools', reason='needs pycocotools')


def keypoint_ap(estimator: PoseEstimator, folder: Path) -> float:
    """Return the OKS-AP of the labelled people, with their true boxes."""
    truth = json.loads((folder / 'person_keypoints.json').read_text())
    results = []
    for image in truth['images']:
        boxes_xywh = [
            row['bbox']
            for row in truth['annotations']
            if row['image_id'] == image['id'] and row['num_keypoints'] and not row['iscrowd']
        ]
        boxes = np.array(boxes_xywh, np.float32).reshape(-1, 4)
        boxes[:, 2:] += boxes[:, :2]
        people = Detections(boxes, np.ones(len(boxes), np.float32))
        poses = estimator.estimate(cv2.imread(str(folder / 'images' / image['file_name'])), people)
        results += coco_entries(image['id'], poses, poses.scores)
    return evaluate_oks(truth, results, get_skeleton('coco_17')).ap


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
    assert ap == pytest.approx(known_ap, abs=0.01)
