# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of files for Rerun, read back."""

from pathlib import Path
import sys
from typing import Any

import numpy as np
import pytest

pytest.importorskip('rerun.chunk', reason='needs rerun-sdk, with its reader of files')

from rerun.chunk import RrdReader

from alphapose_ros.core.marks import mark_people
from alphapose_ros.core.marks import View
from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.io import rerun_log
from alphapose_ros.io.images import decode_compressed
from alphapose_ros.io.images import encode_jpeg
from alphapose_ros.io.rerun_log import RerunError
from alphapose_ros.io.rerun_log import RerunLog
from alphapose_ros.structures import Poses
from alphapose_ros.structures import Tracks
from alphapose_ros.structures import TrackState

COCO = get_skeleton('coco_17')
START_NS = 1_700_000_000_000_000_000
BLUE_IMAGE = np.full((48, 64, 3), (250, 60, 20), np.uint8)


def people(*track_ids: int) -> Tracks:
    n = len(track_ids)
    poses = Poses(
        boxes=np.tile(np.float32([2, 3, 30, 40]), (n, 1)),
        box_scores=np.ones(n, np.float32),
        keypoints=np.linspace(0, 40, n * 34, dtype=np.float32).reshape(n, 17, 2),
        keypoint_scores=np.linspace(0.1, 1, n * 17, dtype=np.float32).reshape(n, 17),
        scores=np.full(n, 0.75, np.float32),
        embeddings=np.zeros((n, 0), np.float32),
    )
    ids = np.array(track_ids, np.int32)
    return Tracks(poses, ids, np.full(n, TrackState.TRACKED, np.uint8), np.ones(n, np.uint32))


def write(path: Path, *images: Tracks) -> None:
    log = RerunLog(str(path))
    for i, tracks in enumerate(images):
        marks = mark_people(tracks, COCO, 0.3)
        jpeg = encode_jpeg(BLUE_IMAGE, 90)
        log.write(View(jpeg, marks, COCO, START_NS + i * 40_000_000, 'camera'))
    log.close()


def read(path: Path, entity: str, column: str) -> list[Any]:
    """Return (frame, stamp in ns, value) of every row of a column, in the order of time."""
    rows = []
    for piece in RrdReader(path).stream().to_chunks():
        table = piece.to_record_batch()
        if piece.entity_path == entity and column in table.schema.names:
            if piece.is_static:
                return list(table[column].to_pylist())
            stamps = table['stamp'].cast('int64').to_pylist()
            frames = table['frame'].to_pylist()
            rows += zip(frames, stamps, table[column].to_pylist(), strict=True)
    return sorted(rows, key=lambda row: row[0])


def test_joints_lie_at_the_centres_of_their_pixels(tmp_path: Path) -> None:
    tracks = people(1, 7)
    write(tmp_path / 'a.rrd', tracks, tracks)
    _, mark = mark_people(tracks, COCO, 0.3)
    rows = read(tmp_path / 'a.rrd', '/image/people/track_7', 'Points2D:positions')
    assert [row[:2] for row in rows] == [(0, START_NS), (1, START_NS + 40_000_000)]
    np.testing.assert_array_equal(rows[1][2], mark.points + 0.5)
    (_, _, ids), _ = read(tmp_path / 'a.rrd', '/image/people/track_7', 'Points2D:keypoint_ids')
    assert ids == mark.joints.tolist()
    (_, _, scores), _ = read(tmp_path / 'a.rrd', '/image/people/track_7', 'keypoint_scores')
    np.testing.assert_allclose(scores, mark.keypoint_scores)


def test_the_keypoint_set_names_and_connects_the_joints(tmp_path: Path) -> None:
    write(tmp_path / 'a.rrd', people(1))
    ((classes,),) = read(tmp_path / 'a.rrd', '/', 'AnnotationContext:context')
    for entry in classes:
        described = entry['class_description']
        names = [row['label'] for row in described['keypoint_annotations']]
        assert names == list(COCO.keypoint_names)
        pairs = [(p['keypoint0'], p['keypoint1']) for p in described['keypoint_connections']]
        assert pairs == list(COCO.limbs)


def test_colours_of_images_and_people_are_not_exchanged(tmp_path: Path) -> None:
    tracks = people(1)  # the second colour: blue
    write(tmp_path / 'a.rrd', tracks)
    ((_, _, (rgba,)),) = read(tmp_path / 'a.rrd', '/image/people/track_1/box', 'Boxes2D:colors')
    assert rgba >> 8 == 40 << 16 | 142 << 8 | 255
    ((_, _, (blob,)),) = read(tmp_path / 'a.rrd', '/image', 'EncodedImage:blob')
    image = decode_compressed(np.array(blob, np.uint8), 'jpeg')
    np.testing.assert_allclose(image, BLUE_IMAGE, atol=4)


def test_the_box_is_where_it_was(tmp_path: Path) -> None:
    write(tmp_path / 'a.rrd', people(1))
    entity = '/image/people/track_1/box'
    ((_, _, (centre,)),) = read(tmp_path / 'a.rrd', entity, 'Boxes2D:centers')
    ((_, _, (half,)),) = read(tmp_path / 'a.rrd', entity, 'Boxes2D:half_sizes')
    np.testing.assert_array_equal(centre, [16.5, 22])
    np.testing.assert_array_equal(half, [14, 18.5])


def test_people_are_counted_and_who_left_is_cleared(tmp_path: Path) -> None:
    write(tmp_path / 'a.rrd', people(1, 7), people(7), people())
    counts = read(tmp_path / 'a.rrd', '/series/people', 'Scalars:scalars')
    assert [value for _, _, value in counts] == [[2], [1], [0]]
    for name, frame in (('track_1', 1), ('track_7', 2)):
        for entity in (f'/image/people/{name}', f'/series/score/{name}'):
            ((cleared, *_),) = read(tmp_path / 'a.rrd', entity, 'Clear:is_recursive')
            assert cleared == frame


def test_a_file_that_cannot_be_written_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / 'a.rrd').mkdir()
    with pytest.raises(RerunError, match=r"Rerun cannot use .*a\.rrd'"):
        RerunLog(str(tmp_path / 'a.rrd'))


def test_without_the_library_a_hint_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, 'rerun', None)
    with pytest.raises(ImportError, match=r'pip install alphapose_ros\[view\]'):
        rerun_log.import_rerun()
