# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of where images come from."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from alphapose_ros.io.bag_writer import BagWriter
from alphapose_ros.io.message_fields import stamp_to_ns
from alphapose_ros.io.message_types import COMPRESSED_IMAGE_TYPE
from alphapose_ros.io.message_types import jpeg_to_bag
from alphapose_ros.io.message_types import KEYPOINT_SET_TYPE
from alphapose_ros.io.message_types import make_header
from alphapose_ros.offline.sources import Frame
from alphapose_ros.offline.sources import open_source
from alphapose_ros.offline.sources import SourceError

from .conftest import image_message
from .conftest import IMAGE_TYPE
from .conftest import START_NS
from .conftest import STEP_NS
from .conftest import walker


def stamps(frames: list[Frame]) -> list[int]:
    return [stamp_to_ns(frame.header.stamp) for frame in frames]


def test_images_of_a_bag_come_with_their_headers_and_times(make_bag: Callable[..., Path]) -> None:
    source = open_source(str(make_bag(front=[walker(i) for i in range(3)])))
    frames = list(source.frames([0]))
    assert [camera.topic for camera in source.cameras] == ['/front/image_raw']
    assert stamps(frames) == [START_NS + i * STEP_NS for i in range(3)]
    assert [frame.log_time_ns - START_NS for frame in frames] == [1000, 40_001_000, 80_001_000]
    assert frames[0].header.frame_id == 'front'
    for i, frame in enumerate(frames):
        np.testing.assert_array_equal(frame.image, walker(i))


def test_images_of_several_cameras_are_told_apart(make_bag: Callable[..., Path]) -> None:
    bag = make_bag(left=[walker(i) for i in range(3)], right=[walker(i) for i in range(2)])
    source = open_source(str(bag))
    assert [(c.topic, c.frame_count) for c in source.cameras] == [
        ('/left/image_raw', 3),
        ('/right/image_raw', 2),
    ]
    assert [frame.camera for frame in source.frames([0, 0])] == [0, 1, 0, 1, 0]


def test_what_is_skipped_counts_for_each_camera(make_bag: Callable[..., Path]) -> None:
    bag = make_bag(left=[walker(i) for i in range(3)], right=[walker(i) for i in range(3)])
    frames = list(open_source(str(bag)).frames([2, 1]))
    assert [(f.camera, stamp_to_ns(f.header.stamp) - START_NS) for f in frames] == [
        (1, STEP_NS),
        (0, 2 * STEP_NS),
        (1, 2 * STEP_NS),
    ]


def test_an_image_that_cannot_be_used_is_a_fault_and_the_next_ones_come(
    make_bag: Callable[..., Path],
) -> None:
    good, odd = walker(0), image_message(walker(1), START_NS, encoding='32FC7')
    torn = image_message(walker(2), START_NS)[:1000]
    frames = list(open_source(str(make_bag(front=[good, odd, torn, good]))).frames([0]))
    assert [frame.image is None for frame in frames] == [False, True, True, False]
    assert '32FC7' in frames[1].fault
    assert frames[2].fault != ''


def test_encodings_may_change_from_image_to_image(make_bag: Callable[..., Path]) -> None:
    rgb = image_message(np.ascontiguousarray(walker(1)[..., ::-1]), START_NS, 'rgb8')
    grey = image_message(walker(2)[..., 0], START_NS, 'mono8')
    frames = list(open_source(str(make_bag(front=[walker(0), rgb, grey]))).frames([0]))
    for i, frame in enumerate(frames):
        np.testing.assert_array_equal(frame.image, walker(i))


def test_of_raw_and_compressed_images_the_raw_ones_are_taken(tmp_path: Path) -> None:
    content = cv2.imencode('.jpg', walker(0))[1].tobytes()
    with BagWriter(tmp_path / 'bag') as bag:
        for topic in ('/a/image/compressed', '/b/image/compressed'):
            data = jpeg_to_bag(content, make_header(START_NS, 'front'))
            bag.write(topic, COMPRESSED_IMAGE_TYPE, data, START_NS)
        bag.write('/a/image', IMAGE_TYPE, image_message(walker(0), START_NS), START_NS)
    source = open_source(str(tmp_path / 'bag'))
    assert sorted(c.topic for c in source.cameras) == ['/a/image', '/b/image/compressed']
    for frame in source.frames([0, 0]):
        np.testing.assert_allclose(frame.image, walker(0), atol=12)


@pytest.mark.parametrize(
    ('topic', 'message'),
    [
        ('/nobody', 'no topic /nobody; its image topics are /front/image_raw'),
        ('/set', '/set is alphapose_ros/msg/KeypointSet, no image'),
    ],
)
def test_a_topic_that_is_no_camera_is_named(tmp_path: Path, topic: str, message: str) -> None:
    with BagWriter(tmp_path / 'bag') as bag:
        bag.write('/set', KEYPOINT_SET_TYPE, b'', START_NS)
        data = image_message(walker(0), START_NS)
        bag.write('/front/image_raw', IMAGE_TYPE, data, START_NS)
    with pytest.raises(SourceError, match=message):
        open_source(str(tmp_path / 'bag'), [topic])


def test_a_bag_without_images_is_refused(tmp_path: Path) -> None:
    with BagWriter(tmp_path / 'bag') as bag:
        bag.write('/set', KEYPOINT_SET_TYPE, b'', START_NS)
    with pytest.raises(SourceError, match='has no topic with images'):
        open_source(str(tmp_path / 'bag'))


def test_files_count_stamps_from_zero_at_their_rate(make_clip: Callable[[int], Path]) -> None:
    source = open_source(str(make_clip(3)))
    assert stamps(list(source.frames([0]))) == [0, 40_000_000, 80_000_000]
    assert stamps(list(source.frames([2]))) == [80_000_000]
    assert source.name_image(0, 80_000_000) == 'walk_0002.png'


def test_a_torn_file_of_a_folder_is_a_fault(make_clip: Callable[[int], Path]) -> None:
    folder = make_clip(3)
    (folder / 'walk_0001.png').write_bytes(b'no image')
    frames = list(open_source(str(folder)).frames([0]))
    assert [frame.image is None for frame in frames] == [False, True, False]
    assert 'walk_0001.png' in frames[1].fault


@pytest.mark.parametrize(
    ('source', 'topics', 'message'),
    [
        ('0', (), 'a camera has no end'),
        ('nowhere.mp4', (), "'nowhere.mp4' is no file"),
        ('nowhere.mp4', ('/a',), 'is no bag and has no topics'),
        ('nowhere.mcap', (), 'nowhere.mcap does not exist'),
    ],
)
def test_what_is_no_source_is_refused(source: str, topics: tuple[str, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        open_source(source, topics)
