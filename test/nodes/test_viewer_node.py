# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the viewer node, with real DDS around it."""

from collections.abc import Callable
from pathlib import Path
import sys
from typing import Any

import numpy as np
import pytest
from sensor_msgs.msg import Image

from alphapose_ros.io.messages import tracks_to_message
from alphapose_ros.msg import Pose2DArray
from alphapose_ros.nodes.qos import qos
from alphapose_ros.nodes.viewer_node import ViewerNode
from alphapose_ros.structures import Poses
from alphapose_ros.structures import Tracks


def one_person() -> Tracks:
    box = np.array([[260, 120, 360, 360]], np.float32)
    keypoints = np.linspace(box[:, :2], box[:, 2:], 17, axis=1).astype(np.float32)
    ones = np.ones(1, np.float32)
    none = np.zeros((1, 0), np.float32)
    poses = Poses(box, ones, keypoints, np.ones((1, 17), np.float32), ones, none)
    return Tracks.untracked(poses)


def publish_until(ros: Any, image_of: Callable[[float], Any], is_enough: Any) -> list[int]:
    """Publish images and tracks; return their stamps, in nanoseconds."""
    peer = ros.peer()
    camera = peer.create_publisher(Image, 'image', qos(1))
    tracker = peer.create_publisher(Pose2DArray, 'tracks', qos(5))
    stamps_ns: list[int] = []

    def publish() -> Any:
        stamps_ns.append(4_500_000_000 + len(stamps_ns) * 10**9)
        message = image_of(stamps_ns[-1] / 1e9)
        camera.publish(message)
        tracker.publish(tracks_to_message(one_person(), message.header, (640, 480), 'coco_17'))
        ros.spin_for(0.2)
        return is_enough()

    assert ros.spin_until(publish)
    return stamps_ns


def test_rerun_gets_images_and_people_at_their_stamps(
    ros: Any, person_image: Any, image_message: Any, tmp_path: Path
) -> None:
    chunk = pytest.importorskip('rerun.chunk', reason='needs rerun-sdk')
    path = tmp_path / 'live.rrd'
    node = ros.make(ViewerNode, viewer='rerun', viewer_address=str(path))
    sent_ns = publish_until(
        ros, lambda stamp_s: image_message(person_image, stamp_s), lambda: node._monitor.people
    )
    node._log.close()
    stamps: dict[str, list[int]] = {}
    for piece in chunk.RrdReader(path).stream().to_chunks():
        if 'stamp' in piece.timeline_names:
            table = piece.to_record_batch()
            stamps.setdefault(piece.entity_path, []).extend(
                table['stamp'].cast('int64').to_pylist()
            )
    assert stamps['/image'] == stamps['/image/people/untracked_0']
    assert set(stamps['/image']) <= set(sent_ns)


def test_without_an_app_the_images_are_not_read(ros: Any) -> None:
    pytest.importorskip('foxglove', reason='needs foxglove-sdk')
    ros.make(ViewerNode, viewer='foxglove', viewer_address='127.0.0.1:0')
    peer = ros.peer()
    camera = peer.create_publisher(Image, 'image', qos(1))
    peer.create_publisher(Pose2DArray, 'tracks', qos(5))
    ros.spin_for(1.2)
    assert camera.get_subscription_count() == 0


def test_a_missing_library_is_told_as_a_wrong_parameter(
    ros: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, 'rerun', None)
    with pytest.raises(ValueError, match=r'viewer cannot be rerun: .* alphapose_ros\[view\]'):
        ViewerNode(**ros.options(viewer='rerun'))
