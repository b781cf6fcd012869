# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of tracks in the formats of files."""

from collections.abc import Callable
from dataclasses import replace
import json
from pathlib import Path

import numpy as np
import pytest

from alphapose_ros.io.mot import read_mot
from alphapose_ros.io.results import read_results
from alphapose_ros.io.results_bags import read_bag_results
from alphapose_ros.io.results_coco import read_coco_results
from alphapose_ros.io.results_posetrack import read_posetrack
from alphapose_ros.offline.earlier import RunOptions
from alphapose_ros.offline.exports import export_tracks
from alphapose_ros.offline.exports import ExportError
from alphapose_ros.offline.exports import FORMATS
from alphapose_ros.offline.exports import image_id
from alphapose_ros.offline.job import Job
from alphapose_ros.offline.job import run_job
from alphapose_ros.params import PipelineParams
from alphapose_ros.pipeline import Pipeline
from alphapose_ros.structures import TrackState

IMAGES = 6


@pytest.fixture
def folder(
    make_clip: Callable[[int], Path], tmp_path: Path, params: PipelineParams, pipeline: Pipeline
) -> Path:
    job = Job(str(make_clip(IMAGES)), tmp_path / 'walk', (), params, RunOptions())
    run_job(replace(job, exports=tuple(FORMATS)), pipeline)
    return job.folder


def test_our_own_format_holds_what_the_bag_holds(folder: Path) -> None:
    ours, bag = (
        list(read_results(folder / 'results.jsonl')),
        list(read_bag_results(folder, '/tracks')),
    )
    assert len(ours) == IMAGES
    for a, b in zip(ours, bag, strict=True):
        assert (a.stamp_ns, a.frame_id, a.size_wh) == (b.stamp_ns, b.frame_id, b.size_wh)
        np.testing.assert_array_equal(a.tracks.track_ids, b.tracks.track_ids)
        np.testing.assert_array_equal(a.tracks.poses.keypoints, b.tracks.poses.keypoints)


def test_images_of_other_formats_are_named_as_the_files_are(folder: Path) -> None:
    assert list(read_coco_results(folder / 'coco_results.json', 136)) == list(range(IMAGES))
    names = [image.file_name for image in read_posetrack(folder / 'posetrack.json')]
    assert names == [f'walk_{i:04d}.png' for i in range(IMAGES)]
    rows = json.loads((folder / 'alphapose_default' / 'alphapose-results.json').read_text())
    assert [row['image_id'] for row in rows] == names


def test_boxes_and_ids_are_in_the_mot_file(folder: Path) -> None:
    rows = read_mot(folder / 'mot.txt')
    images = [image.tracks for image in read_bag_results(folder, '/tracks')]
    tracks = [people[people.states == TrackState.TRACKED] for people in images]
    frames = [i for i, people in enumerate(tracks, 1) for _ in range(len(people))]
    assert len(frames) >= IMAGES - 2
    assert rows.frames.tolist() == frames
    np.testing.assert_array_equal(rows.ids, np.concatenate([t.track_ids for t in tracks]))
    boxes = np.concatenate([t.poses.boxes for t in tracks])
    np.testing.assert_allclose(rows.boxes, boxes, atol=2e-3)


def test_an_unknown_format_is_refused(folder: Path) -> None:
    with pytest.raises(ExportError, match=r"one of results, coco, .*, got 'xml'"):
        export_tracks(folder, 'xml', lambda index, stamp_ns: '')


@pytest.mark.parametrize(
    ('name', 'expected'),
    [('000000000139.jpg', 139), ('COCO_val2014_000000000042.jpg', 42), ('beach.jpg', 8)],
)
def test_an_image_goes_by_the_number_in_its_name_or_by_its_own(name: str, expected: int) -> None:
    assert image_id(name, 7) == expected
