# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of what nodes tell of themselves."""

from pathlib import Path
import threading
import time
from typing import Any

from diagnostic_msgs.msg import DiagnosticArray
from diagnostic_msgs.msg import DiagnosticStatus
import numpy as np
import pytest
from rclpy.parameter import Parameter
from sensor_msgs.msg import Image

from alphapose_ros.nodes.detector_node import DetectorNode
from alphapose_ros.nodes.qos import qos


@pytest.fixture
def detector(ros: Any, tiny_weights: Path) -> DetectorNode:
    options = {'weights_dir': str(tiny_weights), 'device': 'cpu', 'image_timeout_s': 0.5}
    return ros.make(DetectorNode, threads=1, **options)


@pytest.fixture
def statuses(ros: Any) -> list[DiagnosticArray]:
    return ros.collect(DiagnosticArray, '/diagnostics')


def latest(ros: Any, statuses: list[DiagnosticArray]) -> DiagnosticStatus:
    """Return the next status of the detector of this test."""
    name = f'{ros.namespace}/detector'.lstrip('/')

    def find() -> list[DiagnosticStatus]:
        return [s for message in statuses for s in message.status if s.name == name]

    known = len(find())
    assert ros.spin_until(lambda: len(find()) > known)
    return find()[-1]


def test_a_missing_camera_is_an_error_that_names_the_topic(
    ros: Any, detector: DetectorNode, statuses: list[DiagnosticArray]
) -> None:
    status = latest(ros, statuses)
    assert status.level == DiagnosticStatus.ERROR
    assert f'{ros.namespace}/image has no publisher: start the camera' in status.message


def test_a_running_node_tells_its_times_and_counts(
    ros: Any, detector: DetectorNode, statuses: list[DiagnosticArray], image_message: Any
) -> None:
    camera = ros.peer().create_publisher(Image, 'image', qos(1))
    assert ros.spin_until(camera.get_subscription_count)
    detector.set_parameters([Parameter('image_timeout_s', value=60.0)])
    bad = image_message(np.zeros((2, 2, 3), np.uint8))
    bad.encoding = 'nonsense'
    for _ in range(3):
        detector._on_image(image_message(np.zeros((48, 64, 3), np.uint8)))
    detector._on_image(bad)
    detector._input._on_message(image_message(np.zeros((48, 64, 3), np.uint8)))
    status = latest(ros, statuses)
    values = {item.key: item.value for item in status.values}
    assert status.level == DiagnosticStatus.WARN
    assert status.hardware_id == 'cpu'
    assert (values['received'], values['dropped']) == ('5', '1')
    assert values['dropped.unknown_encoding'] == '1'
    assert float(values['fps']) > 0
    assert 0 < float(values['network_ms_p50']) <= float(values['total_ms_p95'])
    assert float(values['overhead_ratio_p50']) >= 1
    assert (values['model'], values['device']) == ('bundled_detector', 'cpu')
    assert float(values['input_fps']) > 0
    assert values['image_topic'] == f'{ros.namespace}/image'


def test_under_a_fast_camera_a_slow_network_stays_with_the_newest_image(
    ros: Any, detector: DetectorNode, image_message: Any
) -> None:
    network_s, period_s = 0.3, 1 / 30
    find_people = detector._detector.detect

    def detect_slowly(*args: Any) -> Any:
        time.sleep(network_s)
        return find_people(*args)

    detector._detector.detect = detect_slowly
    camera = ros.peer().create_publisher(Image, 'image', qos(1))
    assert ros.spin_until(camera.get_subscription_count)
    ended = threading.Event()

    def shoot() -> None:  # a camera does not wait for us: it runs in a thread of its own
        while not ended.wait(period_s):
            camera.publish(image_message(np.zeros((48, 64, 3), np.uint8), time.time()))

    thread = threading.Thread(target=shoot)
    thread.start()
    ros.spin_until(lambda: detector._monitor.received >= 8, 20.0)
    ended.set()
    thread.join()
    ages_ms = list(detector._monitor._series['age_ms'])
    assert len(ages_ms) >= 8
    # The age of a result is the wait of the newest image and one pass; a queue would let it grow.
    assert np.median(ages_ms[2:]) < 2 * network_s * 1e3
