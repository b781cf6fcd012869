# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the detector node, with real DDS around it."""

from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import HealthCheck
from hypothesis import settings
from hypothesis import strategies as st
import numpy as np
import pytest
from rclpy.parameter import Parameter
from sensor_msgs.msg import CompressedImage
from sensor_msgs.msg import Image

from alphapose_ros.inference.network import DeviceError
from alphapose_ros.io.images import ENCODINGS
from alphapose_ros.io.messages import image_to_compressed_message
from alphapose_ros.io.weights import WeightsError
from alphapose_ros.msg import PersonBoxArray
from alphapose_ros.nodes.detector_node import DetectorNode
from alphapose_ros.nodes.qos import qos


@pytest.fixture
def detector(ros: Any, tiny_weights: Path) -> DetectorNode:
    return ros.make(DetectorNode, weights_dir=str(tiny_weights), device='cpu', threads=1)


def send(ros: Any, message: Any, topic: str = 'image') -> list[Any]:
    """Publish one message once everybody is connected; return what is detected."""
    received = ros.collect(PersonBoxArray, 'detections')
    camera = ros.peer().create_publisher(type(message), topic, qos(1))
    assert ros.spin_until(lambda: camera.get_subscription_count() == 1)
    ros.spin_for(0.7)  # the input becomes reliable
    camera.publish(message)
    ros.spin_until(lambda: received, 5.0)
    return received


def test_one_image_in_one_message_out_with_its_header(
    ros: Any, detector: Any, person_image: Any, image_message: Any
) -> None:
    message = image_message(person_image, 12.5, 'front_camera')
    (detections,) = send(ros, message)
    assert detections.header == message.header
    assert (detections.image_width, detections.image_height) == (640, 480)
    assert len(detections.scores) == 1
    x, y, width, height = detections.boxes
    assert abs(x + width / 2 - 310) < 40
    assert abs(y + height / 2 - 240) < 60


def test_nobody_gives_an_empty_message(ros: Any, detector: Any, image_message: Any) -> None:
    (detections,) = send(ros, image_message(np.full((48, 64, 3), 20, np.uint8)))
    assert len(detections.scores) == len(detections.boxes) == 0


def test_compressed_images_are_taken_from_the_companion_topic(
    ros: Any, tiny_weights: Path, person_image: Any, image_message: Any
) -> None:
    ros.make(
        DetectorNode, weights_dir=str(tiny_weights), device='cpu', image_transport='compressed'
    )
    header = image_message(person_image).header
    message = image_to_compressed_message(person_image, header, 90)
    assert isinstance(message, CompressedImage)
    (detections,) = send(ros, message, 'image/compressed')
    assert detections.header == header
    assert len(detections.scores) == 1


def test_the_score_limit_changes_while_running(
    detector: Any, ros: Any, person_image: Any, image_message: Any
) -> None:
    detector.set_parameters([Parameter('min_box_score', value=1.0)])
    (detections,) = send(ros, image_message(person_image))
    assert len(detections.scores) == 0


def test_disabled_it_unsubscribes_and_enabled_it_comes_back(ros: Any, detector: Any) -> None:
    camera = ros.peer().create_publisher(Image, 'image', qos(1))
    assert ros.spin_until(lambda: camera.get_subscription_count() == 1)
    detector.set_parameters([Parameter('enabled', value=False)])
    assert ros.spin_until(lambda: camera.get_subscription_count() == 0)
    detector.set_parameters([Parameter('enabled', value=True)])
    assert ros.spin_until(lambda: camera.get_subscription_count() == 1)


def test_a_bad_image_is_counted_and_the_next_one_works(
    ros: Any, detector: Any, person_image: Any, image_message: Any
) -> None:
    bad = image_message(person_image)
    bad.encoding = 'bgr1000'
    detector._on_image(bad)
    assert detector._monitor.rejected == {'unknown_encoding': 1}
    assert len(send(ros, image_message(person_image))) == 1


@settings(
    max_examples=1000,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.builds(
        dict,
        encoding=st.sampled_from([*ENCODINGS, '', 'bgr9', '32FC1']),
        height=st.sampled_from([0, 1, 2, 7, 16, 480, 2**31]),
        width=st.sampled_from([0, 1, 2, 9, 16, 640, 2**31]),
        step=st.sampled_from([0, 1, 8, 16, 48, 64, 1920, 2**32 - 1]),
        is_bigendian=st.integers(0, 1),
    ),
    st.binary(max_size=2048),
)
def test_whatever_comes_nothing_dies_and_all_is_counted(
    detector: Any, fields: dict[str, Any], data: bytes
) -> None:
    received, rejected = detector._monitor.received, detector._monitor.rejected.total()
    processed = detector._monitor._processed
    message = Image(**fields)
    message.data.frombytes(data)
    detector._on_image(message)
    assert detector._monitor.received == received + 1
    outcomes = detector._monitor.rejected.total() - rejected
    assert outcomes + detector._monitor._processed - processed == 1


def test_missing_weights_refuse_the_start(ros: Any, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path))
    monkeypatch.delenv('ALPHAPOSE_WEIGHTS', raising=False)
    with pytest.raises(WeightsError, match=r'no weights for yolox_nano: yolox_nano\.onnx'):
        DetectorNode(**ros.options(detector_model='yolox_nano'))


def test_an_unknown_device_refuses_the_start(ros: Any, tiny_weights: Path) -> None:
    with pytest.raises(DeviceError, match="unknown device 'gpu'; allowed are auto, cpu"):
        DetectorNode(**ros.options(device='gpu', weights_dir=str(tiny_weights)))
