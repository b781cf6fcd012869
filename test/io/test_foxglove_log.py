# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of files for Foxglove, read back, and of its server."""

from collections.abc import Iterator
import json
from pathlib import Path
import socket
import sys
from typing import Any

import numpy as np
import pytest

pytest.importorskip('foxglove', reason='needs foxglove-sdk')
pytest.importorskip('google.protobuf', reason='needs protobuf, to read the files')
pytest.importorskip('mcap', reason='needs mcap')

from google.protobuf import descriptor_pb2
from google.protobuf import descriptor_pool
from google.protobuf import message_factory
from mcap.reader import make_reader

from alphapose_ros.core.marks import mark_people
from alphapose_ros.core.marks import View
from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.io.foxglove_log import ANNOTATIONS
from alphapose_ros.io.foxglove_log import FoxgloveError
from alphapose_ros.io.foxglove_log import IMAGE
from alphapose_ros.io.foxglove_log import import_foxglove
from alphapose_ros.io.foxglove_log import PEOPLE
from alphapose_ros.io.foxglove_log import save_foxglove
from alphapose_ros.io.foxglove_log import serve_foxglove
from alphapose_ros.io.images import decode_compressed
from alphapose_ros.io.images import encode_jpeg
from alphapose_ros.structures import Poses
from alphapose_ros.structures import Tracks
from alphapose_ros.structures import TrackState

COCO = get_skeleton('coco_17')
START_NS = 1_700_000_000_500_000_000
STEP_NS = 40_000_000
BLUE_IMAGE = np.full((48, 64, 3), (250, 60, 20), np.uint8)
POINTS, LINE_LOOP, LINE_LIST = 1, 2, 4


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


def view(tracks: Tracks, stamp_ns: int = START_NS) -> View:
    marks = mark_people(tracks, COCO, 0.3)
    return View(encode_jpeg(BLUE_IMAGE, 90), marks, COCO, stamp_ns, 'front')


def write(path: Path, *images: Tracks) -> None:
    log = save_foxglove(path)
    for i, tracks in enumerate(images):
        log.write(view(tracks, START_NS + i * STEP_NS))
    log.close()


def read(path: Path, topic: str) -> Iterator[tuple[int, Any]]:
    """Give log time and message, by the schema in the file."""
    pool = descriptor_pool.DescriptorPool()
    with path.open('rb') as file:
        for schema, _, message in make_reader(file).iter_messages([topic]):
            if schema.encoding == 'jsonschema':
                yield message.log_time, json.loads(message.data)
                continue
            for described in descriptor_pb2.FileDescriptorSet.FromString(schema.data).file:
                pool.Add(described)
            kind = message_factory.GetMessageClass(pool.FindMessageTypeByName(schema.name))
            yield message.log_time, kind.FromString(message.data)


def xy(points: Any) -> list[tuple[float, float]]:
    return [(p.x, p.y) for p in points]


def test_images_and_annotations_have_the_stamp_of_the_image(tmp_path: Path) -> None:
    write(tmp_path / 'a.mcap', people(1), people())
    for topic in (IMAGE, ANNOTATIONS):
        rows = list(read(tmp_path / 'a.mcap', topic))
        assert [time_ns for time_ns, _ in rows] == [START_NS, START_NS + STEP_NS]
        stamps = [(m.timestamp.seconds, m.timestamp.nanos) for _, m in rows]
        assert stamps == [(1_700_000_000, 500_000_000), (1_700_000_000, 540_000_000)]
    assert next(read(tmp_path / 'a.mcap', PEOPLE))[0] == START_NS


def test_the_image_keeps_its_colours_and_frame(tmp_path: Path) -> None:
    write(tmp_path / 'a.mcap', people())
    ((_, message),) = read(tmp_path / 'a.mcap', IMAGE)
    assert (message.frame_id, message.format) == ('front', 'jpeg')
    image = decode_compressed(message.data, message.format)
    np.testing.assert_allclose(image, BLUE_IMAGE, atol=4)


def test_box_limbs_and_joints_lie_at_the_centres_of_their_pixels(tmp_path: Path) -> None:
    tracks = people(1, 7)
    write(tmp_path / 'a.mcap', tracks)
    mark = mark_people(tracks, COCO, 0.3)[1]
    ((_, message),) = read(tmp_path / 'a.mcap', ANNOTATIONS)
    box, limbs, joints = message.points[3:]
    assert [p.type for p in (box, limbs, joints)] == [LINE_LOOP, LINE_LIST, POINTS]
    assert xy(box.points) == [(2.5, 3.5), (30.5, 3.5), (30.5, 40.5), (2.5, 40.5)]
    np.testing.assert_array_equal(xy(joints.points), mark.points + 0.5)
    np.testing.assert_array_equal(xy(limbs.points), mark.limbs.reshape(-1, 2) + 0.5)
    assert (len(limbs.outline_colors), len(joints.outline_colors)) == (
        len(mark.limbs),
        len(mark.points),
    )


def test_face_and_hands_are_thinner_than_the_body(tmp_path: Path) -> None:
    skeleton = get_skeleton('coco_wholebody_133')
    poses = Poses(
        boxes=np.float32([[0, 0, 200, 900]]),
        box_scores=np.ones(1, np.float32),
        keypoints=np.ones((1, 133, 2), np.float32),
        keypoint_scores=np.ones((1, 133), np.float32),
        scores=np.ones(1, np.float32),
        embeddings=np.zeros((1, 0), np.float32),
    )
    marks = mark_people(Tracks.untracked(poses), skeleton, 0.3)
    log = save_foxglove(tmp_path / 'a.mcap')
    log.write(View(encode_jpeg(BLUE_IMAGE, 90), marks, skeleton, START_NS, 'front'))
    log.close()
    ((_, message),) = read(tmp_path / 'a.mcap', ANNOTATIONS)
    body, fine = (p for p in message.points if p.type == POINTS)
    assert (len(body.points), len(fine.points)) == (23, 110)
    assert fine.thickness == 2 < body.thickness


def test_labels_tell_identity_and_score_in_the_colour_of_the_person(tmp_path: Path) -> None:
    write(tmp_path / 'a.mcap', people(1))  # the second colour: blue
    ((_, message),) = read(tmp_path / 'a.mcap', ANNOTATIONS)
    (text,) = message.texts
    assert (text.text, text.position.x, text.position.y) == ('#1  0.75', 2.5, 3.5)
    color = text.background_color
    assert [round(255 * v) for v in (color.r, color.g, color.b, color.a)] == [40, 142, 255, 255]


def test_people_are_counted_with_the_scores_of_their_joints(tmp_path: Path) -> None:
    write(tmp_path / 'a.mcap', people(7), people())
    (_, one), (_, nobody) = read(tmp_path / 'a.mcap', PEOPLE)
    assert nobody == {'count': 0, 'people': []}
    (person,) = one['people']
    assert (one['count'], person['track_id'], person['score']) == (1, 7, 0.75)
    assert person['keypoint_scores']['right_ankle'] == 1
    assert 'nose' not in person['keypoint_scores']  # scored 0.1


def test_two_files_do_not_mix(tmp_path: Path) -> None:
    first, second = save_foxglove(tmp_path / 'a.mcap'), save_foxglove(tmp_path / 'b.mcap')
    first.write(view(people(1)))
    second.write(view(people(2, 3)))
    first.close()
    second.close()
    for name, count in (('a', 1), ('b', 2)):
        assert [m['count'] for _, m in read(tmp_path / f'{name}.mcap', PEOPLE)] == [count]


def test_a_server_is_not_watched_until_an_app_subscribes() -> None:
    log = serve_foxglove('127.0.0.1:0')
    assert not log.is_watched
    log.write(view(people(1)))
    log.close()


def test_an_address_in_use_is_refused_in_one_line() -> None:
    with socket.create_server(('127.0.0.1', 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(FoxgloveError, match=f'cannot be served on 127.0.0.1:{port}'):
            serve_foxglove(f'127.0.0.1:{port}')


@pytest.mark.parametrize('address', ['8765', 'robot:', ':8765', 'robot:99999', 'robot:http'])
def test_an_address_of_another_form_is_refused(address: str) -> None:
    with pytest.raises(FoxgloveError, match=f"must be HOST:PORT, .* got '{address}'"):
        serve_foxglove(address)


def test_a_file_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / 'a.mcap').mkdir()
    with pytest.raises(FoxgloveError, match=r'a\.mcap cannot be written'):
        save_foxglove(tmp_path / 'a.mcap')


def test_without_the_library_a_hint_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, 'foxglove', None)
    with pytest.raises(ImportError, match=r'pip install alphapose_ros\[view\]'):
        import_foxglove()
