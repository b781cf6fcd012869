# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The networks of `evaluate model`."""

from __future__ import annotations

from pathlib import Path

from rich.progress import track

from alphapose_ros.evaluation.model_runs import run_over_images
from alphapose_ros.inference.load import load_detector
from alphapose_ros.inference.load import load_pose_estimator
from alphapose_ros.inference.options import FlipTest
from alphapose_ros.inference.options import NetworkOptions
from alphapose_ros.io.keypoint_results import KeypointResults
from alphapose_ros.io.keypoint_truth import KeypointTruth
from alphapose_ros.io.results_coco import write_coco_results
from alphapose_ros.structures import Tracks

RESULTS = 'results.json'


def run_model(
    truth: KeypointTruth,
    folder: Path,
    output: Path | None,
    *,
    model: str,
    images: Path | None,
    boxes: str,
    detector: str,
    flip_test: FlipTest,
    weights_dir: str,
    device: str,
) -> KeypointResults:
    """
    Find the people of labelled images.

    :param folder: of the labels, where the images, or a folder of that name, are if `images` is
        None.
    :param output: folder for results.json, as COCO has it; None writes none.
    """
    options = NetworkOptions(weights_dir=weights_dir, device=device)
    estimator = load_pose_estimator(model, options, flip_test=flip_test)
    finder = load_detector(detector, options) if boxes == 'detector' else None
    if images is None:
        images = folder / 'images' if (folder / 'images').is_dir() else folder
    steps = run_over_images(estimator, finder, truth, images)
    people = dict(track(steps, f'{model}', total=len(truth.image_ids), transient=True))
    if output is not None:
        write_coco_results(output / RESULTS, people.items())
    return KeypointResults(
        skeleton=estimator.skeleton,
        people=tuple(Tracks.untracked(poses) for poses in people.values()),
        image_ids=tuple(people),
    )
