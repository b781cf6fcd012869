# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""A bag gives the same people offline as its images gave live."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

pytest.importorskip('rosbags', reason='needs rosbags')

from rclpy.serialization import deserialize_message
from rclpy.serialization import serialize_message
from sensor_msgs.msg import Image

from alphapose_ros.io.bag_reader import BagReader
from alphapose_ros.io.bag_writer import BagWriter
from alphapose_ros.io.messages import stamp_to_ns
from alphapose_ros.io.video import FrameSource
from alphapose_ros.msg import Pose2DArray
from alphapose_ros.nodes.alphapose import make_nodes
from alphapose_ros.offline.earlier import RunOptions
from alphapose_ros.offline.job import Job
from alphapose_ros.offline.job import run_job
from alphapose_ros.params import PipelineParams
from alphapose_ros.pipeline import load_pipeline

IMAGES = 12


def run_live(ros: Any, messages: list[Any], **params: Any) -> list[Any]:
    """Send image after image through the nodes and return the tracks of each."""
    for node in make_nodes(**ros.options(**params)):
        ros.add(node)
    tracks = ros.collect(Pose2DArray, 'tracks')
    camera = ros.peer().create_publisher(Image, 'image', 1)
    assert ros.spin_until(lambda: camera.get_subscription_count() == 1)
    for i, message in enumerate(messages, 1):
        camera.publish(message)
        assert ros.spin_until(lambda i=i: len(tracks) == i, 60.0), f'image {i}'
    return tracks


def test_tracks_offline_are_those_of_the_live_nodes(
    ros: Any, image_message: Callable[..., Any], shared_dir: Path, tmp_path: Path
) -> None:
    weights = str(shared_dir / 'weights')
    frames = FrameSource(str(shared_dir / 'media/video/openpose_video.avi'))
    images = [cv2.resize(np.asarray(frames.read()), (640, 360)) for _ in range(IMAGES)]
    messages = [image_message(image, stamp_s=100 + i / 25) for i, image in enumerate(images)]
    with BagWriter(tmp_path / 'walk') as bag:
        for message in messages:
            stamp_ns = stamp_to_ns(message.header.stamp)
            data = serialize_message(message)
            bag.write('/image', 'sensor_msgs/msg/Image', data, stamp_ns + 5_000_000)
    live = run_live(ros, messages, weights_dir=weights, device='cpu', threads=2)
    params = PipelineParams(weights_dir=weights, device='cpu', threads=2)
    job = Job(str(tmp_path / 'walk'), tmp_path / 'output', (), params, RunOptions())
    run_job(job, load_pipeline(params))
    with BagReader(tmp_path / 'output') as reader:
        offline = [
            deserialize_message(message.data, Pose2DArray)
            for message in reader.messages(['/tracks'])
        ]
    assert offline == live
    assert sum(len(message.poses) for message in live) >= 2 * IMAGES
