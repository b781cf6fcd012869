# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of our own result files."""

from collections.abc import Callable
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.core.skeletons import SKELETONS
from alphapose_ros.io.results import ImageResults
from alphapose_ros.io.results import read_header
from alphapose_ros.io.results import read_results
from alphapose_ros.io.results import ResultsError
from alphapose_ros.io.results import ResultsWriter
from alphapose_ros.structures import Tracks

COCO = get_skeleton('coco_17')
MakeTracks = Callable[[int, int], Tracks]


def results_of(tracks: Tracks, stamp_ns: int = 0) -> ImageResults:
    return ImageResults(stamp_ns, 'camera', (640, 480), tracks)


@pytest.fixture
def path(tmp_path: Path, make_tracks: MakeTracks) -> Path:
    """Return a file with three images."""
    path = tmp_path / 'a.jsonl'
    with ResultsWriter(path, COCO) as writer:
        for n in range(3):
            writer.write(results_of(make_tracks(n, 17), stamp_ns=n))
    return path


def edit(path: Path, line: int, change: Callable[[Any], None]) -> None:
    """Change what a line holds."""
    lines = path.read_text().splitlines()
    value = json.loads(lines[line - 1])
    change(value)
    lines[line - 1] = json.dumps(value)
    path.write_text('\n'.join(lines) + '\n')


@pytest.mark.parametrize('name', SKELETONS)
@pytest.mark.parametrize('n', [0, 1, 7])
def test_images_come_back_as_they_were_written(
    tmp_path: Path, make_tracks: MakeTracks, name: str, n: int
) -> None:
    skeleton, path = get_skeleton(name), tmp_path / 'new' / 'a.jsonl'
    tracks = make_tracks(n, skeleton.num_keypoints)
    with ResultsWriter(path, skeleton) as writer:
        writer.write(ImageResults(2**62, 'Kamera ä', (640, 480), tracks))
    (again,) = read_results(path)
    assert (again.stamp_ns, again.frame_id, again.size_wh) == (2**62, 'Kamera ä', (640, 480))
    for field in ('track_ids', 'states', 'ages'):
        np.testing.assert_array_equal(getattr(again.tracks, field), getattr(tracks, field))
    for field in ('keypoints', 'keypoint_scores', 'scores', 'box_scores'):
        np.testing.assert_array_equal(
            getattr(again.tracks.poses, field), getattr(tracks.poses, field)
        )
    np.testing.assert_allclose(again.tracks.poses.boxes, tracks.poses.boxes, atol=1e-3)


def test_the_header_names_the_joints(path: Path) -> None:
    header = read_header(path)
    assert (header.keypoint_set, header.keypoint_names) == ('coco_17', COCO.keypoint_names)


def test_a_missing_joint_is_null_and_every_line_is_strict_json(path: Path) -> None:
    def refuse(name: str) -> None:
        raise AssertionError(name)

    lines = [json.loads(line, parse_constant=refuse) for line in path.read_text().splitlines()]
    person = lines[2]['people'][0]
    assert person['keypoints'][:2] == [None, None]
    assert (person['keypoint_scores'][0], person['state']) == (0, 'untracked')


def test_an_image_is_in_the_file_before_the_next_comes(
    tmp_path: Path, make_tracks: MakeTracks
) -> None:
    writer = ResultsWriter(tmp_path / 'a.jsonl', COCO)
    for n in range(3):
        writer.write(results_of(make_tracks(n, 17)))
        assert len(list(read_results(tmp_path / 'a.jsonl'))) == n + 1
    writer.close()
    writer.close()


def test_a_last_line_that_was_cut_off_anywhere_is_left_out(path: Path) -> None:
    text = path.read_bytes()
    start = text[:-1].rindex(b'\n') + 1
    for end in range(start, len(text) - 1):
        path.write_bytes(text[:end])
        assert [results.stamp_ns for results in read_results(path)] == [0, 1]
    path.write_bytes(text[:-1])  # only the line's end is missing
    assert len(list(read_results(path))) == 3


def test_a_line_that_was_cut_off_elsewhere_is_refused_after_those_before_it(path: Path) -> None:
    lines = path.read_text().splitlines()
    lines[2] = lines[2][:50]
    path.write_text('\n'.join(lines) + '\n')
    reader = read_results(path)
    assert next(reader).stamp_ns == 0
    with pytest.raises(ResultsError, match=r'a\.jsonl, line 3: '):
        next(reader)


@pytest.mark.parametrize(
    ('key', 'value', 'complaint'),
    [
        ('track_id', 1.5, 'track_id must be int32, got 1.5'),
        ('track_id', 2**31, 'track_id must be int32'),
        ('age', -1, 'age must be uint32, got -1'),
        ('state', 'lost', "state must be one of untracked, .*, got 'lost'"),
        ('state', ['lost'], 'state must be one of'),
        ('score', None, 'score must be finite, not null'),
        ('score', 'high', 'score cannot be read'),
        ('bbox_xywh', [1, 2, 3], r'bbox_xywh must have shape \(4,\), got \(3,\)'),
        ('keypoints', [0] * 32, r'keypoints must have shape \(34,\), got \(32,\)'),
        ('keypoints', [1e999] * 34, 'keypoints must be finite or null'),
        ('keypoint_scores', [None] * 17, 'keypoint_scores must be finite, not null'),
    ],
)
def test_a_person_with_a_wrong_value_is_refused_with_file_and_line(
    path: Path, key: str, value: Any, complaint: str
) -> None:
    edit(path, 3, lambda image: image['people'][0].update({key: value}))
    with pytest.raises(ResultsError, match=rf'a\.jsonl, line 3: {complaint}'):
        list(read_results(path))


@pytest.mark.parametrize(
    ('key', 'value', 'complaint'),
    [
        ('people', None, 'must be an object with people, a list'),
        ('people', [7], 'keypoints cannot be read'),
        ('people', [{}], 'keypoints is missing'),
        ('image_size_wh', [1], r'image_size_wh must have shape \(2,\)'),
        ('image_size_wh', [1.5, 1], 'image_size_wh must be int64, got 1.5'),
        ('stamp_ns', 1.5, 'stamp_ns must be an integer'),
        ('frame_id', None, 'stamp_ns must be an integer and frame_id a text'),
    ],
)
def test_an_image_with_a_wrong_value_is_refused_with_file_and_line(
    path: Path, key: str, value: Any, complaint: str
) -> None:
    edit(path, 4, lambda image: image.update({key: value}))
    with pytest.raises(ResultsError, match=rf'a\.jsonl, line 4: {complaint}'):
        list(read_results(path))


@pytest.mark.parametrize(
    ('key', 'value', 'complaint'),
    [
        ('format', 'other', 'must be the header of results of alphapose_ros'),
        ('version', 2, 'version must be 1, got 2'),
        ('keypoint_set', None, 'keypoint_set must be a name'),
        ('keypoint_names', 'nose', 'keypoint_names a list of names'),
    ],
)
def test_another_header_is_refused(path: Path, key: str, value: Any, complaint: str) -> None:
    edit(path, 1, lambda header: header.update({key: value}))
    with pytest.raises(ResultsError, match=rf'a\.jsonl, line 1: .*{complaint}'):
        list(read_results(path))


@pytest.mark.parametrize('text', ['', '{"format": "alphap'], ids=['empty', 'cut'])
def test_a_file_without_a_header_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / 'a.jsonl').write_text(text)
    with pytest.raises(ResultsError, match=r'a\.jsonl: must be the header'):
        read_header(tmp_path / 'a.jsonl')


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match=r'none\.jsonl cannot be read'):
        read_header(tmp_path / 'none.jsonl')


def test_people_with_other_joints_are_refused(tmp_path: Path, make_tracks: MakeTracks) -> None:
    with (
        ResultsWriter(tmp_path / 'a.jsonl', COCO) as writer,
        pytest.raises(ValueError, match='results must have 17 joints, got 26'),
    ):
        writer.write(results_of(make_tracks(1, 26)))
