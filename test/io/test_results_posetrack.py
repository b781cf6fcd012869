# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of PoseTrack's files."""

from collections.abc import Callable
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.io.results import ResultsError
from alphapose_ros.io.results_posetrack import POSETRACK_NAMES
from alphapose_ros.io.results_posetrack import PoseTrackImage
from alphapose_ros.io.results_posetrack import read_posetrack
from alphapose_ros.io.results_posetrack import write_posetrack
from alphapose_ros.structures import FloatArray
from alphapose_ros.structures import Tracks

MakeTracks = Callable[[int, int], Tracks]
BODY = range(5, 17)  # without head and ears


def pass_through(path: Path, tracks: Tracks, name: str = 'coco_17') -> Tracks:
    write_posetrack(path, [PoseTrackImage(1, 'a.jpg', tracks)], get_skeleton(name))
    (image,) = read_posetrack(path)
    return image.tracks


def joint(tracks: Tracks, name: str) -> FloatArray:
    """Return x, y, score of the first person's joint."""
    i = POSETRACK_NAMES.index(name)
    return np.append(tracks.poses.keypoints[0, i], tracks.poses.keypoint_scores[0, i])


def person(make_tracks: MakeTracks, num_keypoints: int = 17) -> Tracks:
    """Return one person with an id, a nose and shoulders."""
    tracks = make_tracks(2, num_keypoints)[[1]]
    tracks.poses.keypoints[0, [0, 5, 6]] = [[100, 100], [90, 140], [110, 140]]
    tracks.poses.keypoint_scores[0, [0, 5, 6]] = [0.5, 0.25, 0.75]
    return tracks


@pytest.mark.parametrize('name', ['coco_17', 'halpe_26', 'coco_wholebody_133', 'mpii_16'])
def test_the_joints_of_a_body_come_back_as_they_were(
    tmp_path: Path, make_tracks: MakeTracks, name: str
) -> None:
    skeleton = get_skeleton(name)
    tracks = make_tracks(4, skeleton.num_keypoints)
    again = pass_through(tmp_path / 'a.json', tracks, name)
    np.testing.assert_array_equal(again.track_ids, [0, 1, 2])  # without the untracked one
    own = [skeleton.index(POSETRACK_NAMES[i]) for i in BODY]
    for field in ('keypoints', 'keypoint_scores'):
        np.testing.assert_array_equal(
            getattr(again.poses, field)[:, BODY], getattr(tracks.poses, field)[1:, own]
        )


def test_images_keep_their_order_their_people_and_their_names(
    tmp_path: Path, make_tracks: MakeTracks
) -> None:
    images = [PoseTrackImage(i, f'{i}.jpg', make_tracks(n, 17)) for i, n in ((7, 3), (3, 0))]
    write_posetrack(tmp_path / 'a.json', images, get_skeleton('coco_17'))
    again = read_posetrack(tmp_path / 'a.json')
    assert [(i.image_id, i.file_name, len(i.tracks)) for i in again] == [
        (7, '7.jpg', 2),
        (3, '3.jpg', 0),
    ]


def test_people_are_sorted_by_id_within_their_image(tmp_path: Path) -> None:
    annotations = [
        {'image_id': image_id, 'track_id': track_id, 'keypoints': [track_id, 1, 1] * 17}
        for image_id, track_id in ((1, 5), (2, 3), (1, 4))
    ]
    images = [{'id': i, 'file_name': f'{i}.jpg'} for i in (1, 2)]
    (tmp_path / 'a.json').write_text(json.dumps({'images': images, 'annotations': annotations}))
    for image, ids in zip(read_posetrack(tmp_path / 'a.json'), ([4, 5], [3]), strict=True):
        np.testing.assert_array_equal(image.tracks.track_ids, ids)
        np.testing.assert_array_equal(image.tracks.poses.keypoints[:, 0, 0], ids)


def test_the_head_of_coco_is_derived_from_nose_and_shoulders(
    tmp_path: Path, make_tracks: MakeTracks
) -> None:
    again = pass_through(tmp_path / 'a.json', person(make_tracks))
    np.testing.assert_allclose(joint(again, 'head_bottom'), [100, 130, 0.25])
    np.testing.assert_allclose(joint(again, 'head_top'), [100, 80, 0.25])


@pytest.mark.parametrize('missing', [0, 5, 6], ids=['nose', 'left', 'right'])
def test_without_nose_or_shoulder_there_is_no_head(
    tmp_path: Path, make_tracks: MakeTracks, missing: int
) -> None:
    tracks = person(make_tracks)
    tracks.poses.keypoints[0, missing] = np.nan
    again = pass_through(tmp_path / 'a.json', tracks)
    np.testing.assert_array_equal(joint(again, 'head_top'), [np.nan, np.nan, 0])


@pytest.mark.parametrize(
    ('name', 'bottom', 'top'), [('halpe_26', 18, 17), ('mpii_16', 8, 9)], ids=['halpe', 'mpii']
)
def test_a_head_that_is_known_is_not_derived(
    tmp_path: Path, make_tracks: MakeTracks, name: str, bottom: int, top: int
) -> None:
    tracks = person(make_tracks, get_skeleton(name).num_keypoints)
    again = pass_through(tmp_path / 'a.json', tracks, name)
    np.testing.assert_array_equal(
        joint(again, 'head_bottom')[:2], tracks.poses.keypoints[0, bottom]
    )
    np.testing.assert_array_equal(joint(again, 'head_top')[:2], tracks.poses.keypoints[0, top])


def test_ears_are_missing(tmp_path: Path, make_tracks: MakeTracks) -> None:
    pass_through(tmp_path / 'a.json', person(make_tracks))
    annotation = json.loads((tmp_path / 'a.json').read_text())['annotations'][0]
    assert annotation['keypoints'][9:15] == [0] * 6
    assert (annotation['keypoints'][:3], annotation['scores'][:1]) == ([100, 100, 1], [0.5])


def test_ground_truth_is_read(shared_dir: Path) -> None:
    folder = shared_dir / 'annotated' / 'mmpose_tests' / 'posetrack18' / 'annotations'
    images = read_posetrack(folder / 'test_posetrack18_val.json')
    content: Any = json.loads((folder / 'test_posetrack18_val.json').read_text())
    assert content['categories'][0]['keypoints'] == list(POSETRACK_NAMES)
    assert sum(len(image.tracks) for image in images) == len(content['annotations']) == 14
    known = sum((~np.isnan(i.tracks.poses.keypoints[..., 0])).sum() for i in images)
    assert known == sum(a['num_keypoints'] for a in content['annotations'])
    assert all((image.tracks.poses.scores == 1).all() for image in images)


@pytest.mark.parametrize(
    ('content', 'complaint'),
    [
        ([], 'must hold images and annotations'),
        ({'images': []}, "must hold images and annotations: .*'annotations'"),
        ({'images': {}, 'annotations': []}, 'images and annotations must be lists'),
        ({'images': [{'id': 1}], 'annotations': []}, 'file_name'),
        ({'images': [], 'annotations': [{'image_id': 1}]}, 'image_id must be one of images'),
        (
            {'images': [{'id': 1, 'file_name': 'a'}], 'annotations': [{'image_id': 1}]},
            'track_id is missing',
        ),
    ],
    ids=['list', 'no annotations', 'no list', 'no name', 'other image', 'no id'],
)
def test_a_wrong_file_is_refused(tmp_path: Path, content: Any, complaint: str) -> None:
    (tmp_path / 'a.json').write_text(json.dumps(content))
    with pytest.raises(ResultsError, match=rf'a\.json:? .*{complaint}'):
        read_posetrack(tmp_path / 'a.json')
