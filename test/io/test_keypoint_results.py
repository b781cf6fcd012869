# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of results whose format is told by their content."""

from collections.abc import Callable
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.io.bag_writer import BagWriter
from alphapose_ros.io.keypoint_results import read_keypoint_results
from alphapose_ros.io.message_types import BagError
from alphapose_ros.io.message_types import make_header
from alphapose_ros.io.message_types import POSES_TYPE
from alphapose_ros.io.message_types import tracks_to_bag
from alphapose_ros.io.results import ImageResults
from alphapose_ros.io.results import ResultsError
from alphapose_ros.io.results import ResultsWriter
from alphapose_ros.io.results_alphapose import AlphaPoseWriter
from alphapose_ros.io.results_coco import write_coco_results
from alphapose_ros.io.results_posetrack import PoseTrackImage
from alphapose_ros.io.results_posetrack import write_posetrack
from alphapose_ros.structures import Tracks

MakeTracks = Callable[[int, int], Tracks]
COCO_17 = get_skeleton('coco_17')


def write_ours(path: Path, tracks: Tracks, *, frame_id: str = 'camera') -> None:
    with ResultsWriter(path, COCO_17) as writer:
        writer.write(ImageResults(9, frame_id, (64, 48), tracks))


def write_bag(path: Path, tracks: Tracks, *topics: str) -> None:
    data = tracks_to_bag(tracks, make_header(9, 'camera'), (64, 48), 'coco_17')
    with BagWriter(path) as bag:
        for topic in topics:
            bag.write(topic, POSES_TYPE, data, 9)


def write_alphapose(path: Path, layout: str, tracks: Tracks) -> None:
    with AlphaPoseWriter(path, layout, COCO_17) as writer:
        writer.write('a_5.jpg', tracks)


WRITERS: dict[str, Callable[[Path, Tracks], None]] = {
    'ours': write_ours,
    'bag': lambda path, tracks: write_bag(path, tracks, '/tracks', '/poses'),
    'coco': lambda path, tracks: write_coco_results(path, [(5, tracks.poses)]),
    'default': lambda path, tracks: write_alphapose(path, 'default', tracks),
    'coco_eval': lambda path, tracks: write_alphapose(path, 'coco_eval', tracks),
    'cmu': lambda path, tracks: write_alphapose(path, 'cmu', tracks),
    'open': lambda path, tracks: write_alphapose(path, 'open', tracks),
    'posetrack': lambda path, tracks: write_posetrack(
        path, [PoseTrackImage(5, 'a_5.jpg', tracks)], COCO_17
    ),
}
BY_ID, BY_NAME, BY_STAMP = ('coco', 'coco_eval'), ('default', 'cmu', 'open', 'posetrack'), (9,)


@pytest.mark.parametrize('layout', WRITERS)
def test_every_format_gives_its_people_and_image(
    tmp_path: Path, make_tracks: MakeTracks, layout: str
) -> None:
    tracks = make_tracks(4, 17)
    WRITERS[layout](tmp_path / 'results', tracks)
    if layout == 'posetrack':  # which has no place for people without id
        tracks = tracks[tracks.track_ids >= 0]
    results = read_keypoint_results(tmp_path / 'results')
    (people,) = results.people
    for name in ('left_wrist', 'right_ankle'):
        np.testing.assert_allclose(
            people.poses.keypoints[:, results.skeleton.index(name)],
            tracks.poses.keypoints[:, COCO_17.index(name)],
            rtol=1e-6,
        )
    assert results.image_ids == ((5,) if layout in BY_ID else ())
    assert results.file_names == (('a_5.jpg',) if layout in BY_NAME else ())
    assert results.stamps_ns == (BY_STAMP if layout in ('ours', 'bag') else ())


@pytest.mark.parametrize('layout', ['ours', 'bag', 'default', 'posetrack'])
def test_identities_come_back(tmp_path: Path, make_tracks: MakeTracks, layout: str) -> None:
    tracks = make_tracks(4, 17)
    WRITERS[layout](tmp_path / 'results', tracks)
    (people,) = read_keypoint_results(tmp_path / 'results').people
    assert [i for i in people.track_ids.tolist() if i >= 0] == [0, 1, 2]


def test_the_boxes_of_alphapose_are_kept(tmp_path: Path, make_tracks: MakeTracks) -> None:
    tracks = make_tracks(4, 17)
    write_alphapose(tmp_path, 'default', tracks)
    (people,) = read_keypoint_results(tmp_path).people
    np.testing.assert_allclose(people.poses.boxes, tracks.poses.boxes, atol=1e-3)


def test_a_frame_id_that_is_a_file_names_the_image(
    tmp_path: Path, make_tracks: MakeTracks
) -> None:
    write_ours(tmp_path / 'a.jsonl', make_tracks(1, 17), frame_id='0007.png')
    results = read_keypoint_results(tmp_path / 'a.jsonl')
    assert (results.file_names, results.stamps_ns) == (('0007.png',), ())


def test_separate_fields_of_coco_wholebody_are_one_person(shared_dir: Path) -> None:
    folder = shared_dir / 'annotated' / 'wholebody_eval_json'
    results = read_keypoint_results(folder / 'example_wholebody_preds.json')
    assert results.skeleton.name == 'coco_wholebody_133'
    assert sum(len(people) for people in results.people) == 26


def test_of_several_topics_the_one_must_be_named(tmp_path: Path, make_tracks: MakeTracks) -> None:
    write_bag(tmp_path / 'bag', make_tracks(2, 17), '/left/tracks', '/right/tracks')
    with pytest.raises(BagError, match=r'name the topic .* /left/tracks, /right/tracks'):
        read_keypoint_results(tmp_path / 'bag')
    assert len(read_keypoint_results(tmp_path / 'bag', '/right/tracks').people) == 1


@pytest.mark.parametrize(
    ('content', 'message'),
    [
        ([{'keypoints': [0] * 51, 'score': 1}], 'image_id is missing in row 1 of 1'),
        ([{'image_id': 1, 'keypoints': [0] * 51}], 'score is missing'),
        ([{'image_id': 1, 'keypoints': [0] * 6, 'score': 1}], 'no keypoint set has 2 joints'),
        ([{'image_id': 1, 'score': 1}], 'keypoints are missing'),
        ([3], 'cannot be read'),
        ({'a.jpg': {}}, 'a.jpg must have one of bodies, people'),
        ({'a.jpg': {'bodies': [{'joints': [1]}]}}, 'joints must have shape'),
        (3, 'must hold a list or an object, got int'),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, content: Any, message: str) -> None:
    (tmp_path / 'a.json').write_text(json.dumps(content))
    with pytest.raises(ResultsError, match=f'a.json.*{message}'):
        read_keypoint_results(tmp_path / 'a.json')


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match=r'none\.json cannot be read'):
        read_keypoint_results(tmp_path / 'none.json')


def test_nobody_in_a_file_is_no_mistake(tmp_path: Path) -> None:
    (tmp_path / 'a.json').write_text('[]')
    assert read_keypoint_results(tmp_path / 'a.json').people == ()
