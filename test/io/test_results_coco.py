# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of COCO keypoint results."""

from collections.abc import Callable
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alphapose_ros.io.results import ResultsError
from alphapose_ros.io.results_coco import read_coco_results
from alphapose_ros.io.results_coco import write_coco_results
from alphapose_ros.structures import Tracks

MakeTracks = Callable[[int, int], Tracks]


@pytest.mark.parametrize('num_keypoints', [17, 136])
def test_people_come_back_as_they_were_written(
    tmp_path: Path, make_tracks: MakeTracks, num_keypoints: int
) -> None:
    images = {image_id: make_tracks(n, num_keypoints).poses for image_id, n in ((9, 3), (5, 1))}
    write_coco_results(tmp_path / 'a.json', images.items())
    again = read_coco_results(tmp_path / 'a.json', num_keypoints)
    assert list(again) == [9, 5]
    for image_id, poses in images.items():
        for field in ('keypoints', 'keypoint_scores', 'scores'):
            np.testing.assert_array_equal(
                getattr(again[image_id], field), getattr(poses, field), err_msg=field
            )


def test_a_missing_joint_is_written_as_zeros(tmp_path: Path, make_tracks: MakeTracks) -> None:
    write_coco_results(tmp_path / 'a.json', [(1, make_tracks(1, 17).poses)])
    (entry,) = json.loads((tmp_path / 'a.json').read_text())
    assert list(entry) == ['image_id', 'category_id', 'keypoints', 'score']
    assert (entry['image_id'], entry['category_id'], entry['keypoints'][:3]) == (1, 1, [0, 0, 0])


def test_the_box_of_a_person_holds_the_known_joints(tmp_path: Path) -> None:
    keypoints = [[5, 9, 0.5, 0, 0, 0, 7, 2, 0.5], [0] * 9]
    entries = [{'image_id': 1, 'keypoints': k, 'score': 0.25} for k in keypoints]
    (tmp_path / 'a.json').write_text(json.dumps(entries))
    poses = read_coco_results(tmp_path / 'a.json', 3)[1]
    np.testing.assert_array_equal(poses.boxes, [[5, 2, 7, 9], [0, 0, 0, 0]])
    np.testing.assert_array_equal(poses.box_scores, [0.25, 0.25])


def test_nobody_is_read_as_nobody(tmp_path: Path, make_tracks: MakeTracks) -> None:
    write_coco_results(tmp_path / 'a.json', [(1, make_tracks(0, 17).poses)])
    assert read_coco_results(tmp_path / 'a.json', 17) == {}


def test_a_file_of_alphapose_is_read(shared_dir: Path) -> None:
    folder = shared_dir / 'fixtures' / 'formats'
    poses = read_coco_results(folder / 'coco_eval' / 'alphapose-results.json', 17)
    truth = json.loads((folder / 'input.json').read_text())[0]['result']
    assert list(poses) == [139, 285]
    np.testing.assert_array_equal(
        poses[139].keypoints, np.array([p['keypoints'] for p in truth], np.float32)
    )


@pytest.mark.parametrize(
    ('content', 'complaint'),
    [
        ({}, 'must hold a list, got dict'),
        ([{'image_id': 1}], 'keypoints is missing'),
        ([{'image_id': 'a.jpg', 'keypoints': [0] * 51, 'score': 1}], 'image_id cannot be read'),
        ([{'image_id': 1, 'keypoints': [0] * 78, 'score': 1}], r'keypoints .* got \(78,\)'),
    ],
    ids=['no list', 'missing', 'name', 'other set'],
)
def test_a_wrong_file_is_refused(tmp_path: Path, content: Any, complaint: str) -> None:
    (tmp_path / 'a.json').write_text(json.dumps(content))
    with pytest.raises(ResultsError, match=rf'a\.json:? .*{complaint}'):
        read_coco_results(tmp_path / 'a.json', 17)


def test_what_is_no_json_is_refused(tmp_path: Path) -> None:
    (tmp_path / 'a.json').write_text('[{')
    with pytest.raises(ResultsError, match=r'a\.json cannot be read'):
        read_coco_results(tmp_path / 'a.json', 17)
