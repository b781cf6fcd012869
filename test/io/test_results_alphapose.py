# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of AlphaPose's result files."""

from collections.abc import Callable
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.core.skeletons import SKELETONS
from alphapose_ros.io.results_alphapose import alphapose_entries
from alphapose_ros.io.results_alphapose import AlphaPoseWriter
from alphapose_ros.io.results_alphapose import LAYOUTS
from alphapose_ros.io.results_alphapose import openpose_image
from alphapose_ros.structures import Poses
from alphapose_ros.structures import Tracks

MakeTracks = Callable[[int, int], Tracks]
COCO = get_skeleton('coco_17')
OPENPOSE = get_skeleton('openpose_18_output').keypoint_names


def tracks_of(people: list[dict[str, Any]]) -> Tracks:
    """Return people of the fixture; box scores, which it lacks, are what is left of the scores."""
    scores = np.array([p['kp_score'] for p in people], np.float32)
    boxes_xywh = np.array([p['box'] for p in people], np.float32)
    totals = np.array([p['proposal_score'] for p in people], np.float32)
    poses = Poses(
        boxes=np.hstack([boxes_xywh[:, :2], boxes_xywh[:, :2] + boxes_xywh[:, 2:]]),
        box_scores=totals - scores.mean(axis=1) - 1.25 * scores.max(axis=1),
        keypoints=np.array([p['keypoints'] for p in people], np.float32),
        keypoint_scores=scores,
        scores=np.zeros(len(people), np.float32),
        embeddings=np.zeros((len(people), 0), np.float32),
    )
    ids = [-1 if isinstance(p['idx'], list) else p['idx'] for p in people]
    n = len(people)
    return Tracks(poses, np.array(ids, np.int32), np.zeros(n, np.uint8), np.zeros(n, np.uint32))


def person_of(tracks: Tracks, name: str) -> dict[str, Any]:
    """Return the first person in the layout open."""
    person: dict[str, Any] = openpose_image(tracks.poses, get_skeleton(name), 'open')['people'][0]
    return person


@pytest.mark.parametrize('layout', LAYOUTS)
def test_files_are_the_same_bytes_as_alphaposes(
    shared_dir: Path, tmp_path: Path, layout: str
) -> None:
    folder = shared_dir / 'fixtures' / 'formats'
    with AlphaPoseWriter(tmp_path, layout, COCO) as writer:
        for image in json.loads((folder / 'input.json').read_text()):
            writer.write(image['imgname'], tracks_of(image['result']))
    wanted = {p.relative_to(folder / layout) for p in (folder / layout).rglob('*.json')}
    assert {p.relative_to(tmp_path) for p in tmp_path.rglob('*.json')} == wanted
    for path in wanted:
        assert (tmp_path / path).read_bytes() == (folder / layout / path).read_bytes()


@pytest.mark.parametrize('layout', LAYOUTS)
@pytest.mark.parametrize('name', [name for name in SKELETONS if name != 'halpe_21_hand'])
def test_every_keypoint_set_with_a_body_is_written(
    tmp_path: Path, make_tracks: MakeTracks, name: str, layout: str
) -> None:
    skeleton = get_skeleton(name)
    with AlphaPoseWriter(tmp_path, layout, skeleton) as writer:
        for n in (2, 0, 1):
            writer.write(f'{n}.jpg', make_tracks(n, skeleton.num_keypoints))
    content = json.loads((tmp_path / 'alphapose-results.json').read_text())
    assert len(content) == (2 if layout in ('cmu', 'open') else 3)


@pytest.mark.parametrize('name', ['coco_17', 'halpe_26', 'coco_wholebody_133', 'smpl_24'])
def test_joints_are_found_by_their_names(make_tracks: MakeTracks, name: str) -> None:
    skeleton = get_skeleton(name)
    tracks = make_tracks(1, skeleton.num_keypoints)
    body = np.reshape(person_of(tracks, name)['pose_keypoints_2d'], (18, 3))
    for joint, row in zip(OPENPOSE, body, strict=True):
        if joint in skeleton.keypoint_names[1:]:  # the first is missing
            k = skeleton.index(joint)
            np.testing.assert_array_equal(row[:2], tracks.poses.keypoints[0, k])
            assert row[2] == tracks.poses.keypoint_scores[0, k]
        elif joint != 'neck':
            np.testing.assert_array_equal(row, [0, 0, 0])


def test_without_a_neck_it_is_the_middle_of_the_shoulders(make_tracks: MakeTracks) -> None:
    poses = make_tracks(1, 17).poses
    poses.keypoints[0, 5:7] = [[100, 40], [200, 60]]
    poses.keypoint_scores[0, 5:7] = [0.25, 0.75]
    neck = person_of(Tracks.untracked(poses), 'coco_17')['pose_keypoints_2d'][3:6]
    assert neck == [150, 50, 0.5]


def test_without_a_shoulder_the_neck_is_missing(make_tracks: MakeTracks) -> None:
    poses = make_tracks(1, 17).poses
    poses.keypoints[0, 5] = np.nan
    neck = person_of(Tracks.untracked(poses), 'coco_17')['pose_keypoints_2d'][3:6]
    assert neck == [0, 0, 0]


def test_whole_bodies_have_face_and_hands(make_tracks: MakeTracks) -> None:
    tracks = make_tracks(1, 136)
    person = person_of(tracks, 'halpe_136')
    face = np.reshape(person['face_keypoints_2d'], (70, 3))
    np.testing.assert_array_equal(face[:68, :2], tracks.poses.keypoints[0, 26:94])
    np.testing.assert_array_equal(face[68:], np.zeros((2, 3)))
    for side, start in (('left', 94), ('right', 115)):
        hand = np.reshape(person[f'hand_{side}_keypoints_2d'], (21, 3))
        np.testing.assert_array_equal(hand[:, :2], tracks.poses.keypoints[0, start : start + 21])


def test_hands_alone_are_written_where_no_body_is_needed(make_tracks: MakeTracks) -> None:
    assert len(alphapose_entries(1, make_tracks(2, 21))[1]['keypoints']) == 63


def test_a_missing_joint_is_zeros(make_tracks: MakeTracks) -> None:
    assert alphapose_entries(1, make_tracks(1, 17))[0]['keypoints'][:3] == [0, 0, 0]


@pytest.mark.parametrize(
    ('layout', 'name', 'complaint'),
    [
        ('coco', 'coco_17', "layout must be one of default, .*, got 'coco'"),
        ('open', 'halpe_21_hand', 'layout open needs joints of a body, got halpe_21_hand'),
    ],
    ids=['layout', 'hand'],
)
def test_a_wrong_layout_is_refused(tmp_path: Path, layout: str, name: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        AlphaPoseWriter(tmp_path, layout, get_skeleton(name))


@pytest.mark.parametrize(
    ('layout', 'image_name', 'num_keypoints', 'complaint'),
    [
        ('coco_eval', 'a_b.jpg', 17, r"image_name must end in a number, got 'a_b\.jpg'"),
        ('coco_eval', 'b_01.jpg', 17, "image_name must be new, got 'b_01.jpg' after another 1"),
        ('default', 'x/a_1.jpg', 17, 'image_name must be new'),
        ('cmu', 'a_1.png', 17, 'image_name must be new'),
        ('default', 'b.jpg', 26, 'tracks must have joints of coco_17, got 26'),
    ],
    ids=['no number', 'same number', 'same name', 'same file', 'joints'],
)
def test_an_image_that_does_not_fit_is_refused(
    tmp_path: Path,
    make_tracks: MakeTracks,
    layout: str,
    image_name: str,
    num_keypoints: int,
    complaint: str,
) -> None:
    with AlphaPoseWriter(tmp_path, layout, COCO) as writer:
        writer.write('a_1.jpg', make_tracks(1, 17))
        with pytest.raises(ValueError, match=complaint):
            writer.write(image_name, make_tracks(1, num_keypoints))
    assert len(json.loads((tmp_path / 'alphapose-results.json').read_text())) == 1
