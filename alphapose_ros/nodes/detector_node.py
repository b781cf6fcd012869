# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""`image` in, `detections` out: the boxes of the people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from rclpy.node import Node

from alphapose_ros.inference.detector import DetectionLimits
from alphapose_ros.inference.load import load_detector
from alphapose_ros.io.images import ImageError
from alphapose_ros.io.messages import detections_to_message
from alphapose_ros.io.messages import image_from_message
from alphapose_ros.io.messages import PersonBoxArray
from alphapose_ros.io.messages import stamp_to_ns
from alphapose_ros.nodes.image_input import ImageInput
from alphapose_ros.nodes.monitor import ERROR
from alphapose_ros.nodes.monitor import Monitor
from alphapose_ros.nodes.monitor import OK
from alphapose_ros.nodes.monitor import Report
from alphapose_ros.nodes.parameters import Parameters
from alphapose_ros.nodes.qos import create_output
from alphapose_ros.nodes.run import on_clock_jump_back
from alphapose_ros.nodes.run import run
from alphapose_ros.params import DetectorParams
from alphapose_ros.structures import Detections

# Header, image and people go on to the next stage; it returns the milliseconds of its network.
Forward = Callable[[Any, np.ndarray, Detections], float]


class DetectorNode(Node):
    """
    Finds people in the newest image.

    :param forward: the next stage, if it lives in this process.
    :param node_options: for rclpy.node.Node.
    """

    def __init__(self, forward: Forward | None = None, **node_options: Any) -> None:
        super().__init__('detector', **node_options)
        self._forward = forward
        self._params = Parameters(self, DetectorParams, self._apply)
        p = self._params.value
        self._detector = load_detector(p.detector_model, p.network_options())
        self._limits = _limits(p)
        self._publisher = create_output(self, PersonBoxArray, 'detections')
        self._monitor = Monitor(self, self._report, self._detector.network.device)
        self._input = ImageInput(
            self, self._on_image, transport=p.image_transport, reliability=p.reliability
        )
        self._jump = on_clock_jump_back(self, self._monitor.reset)
        self._apply(p)
        self.get_logger().info(
            f'{p.detector_model} on {self._detector.network.device}, licence of the weights: '
            f'{self._detector.licence}; waiting for {self._input.topic}'
        )

    def _apply(self, params: DetectorParams) -> None:
        self._limits = _limits(params)
        if params.enabled:
            self._input.start()
        else:
            self._input.stop()

    def _on_image(self, message: Any) -> None:
        with self._monitor.stage('total'):
            network_ms = self._process(message)
        if network_ms:
            self._monitor.record_overhead(network_ms)

    def _process(self, message: Any) -> float:
        """Return the milliseconds spent in networks, 0 if the image was unusable."""
        try:
            with self._monitor.stage('convert'):
                image = image_from_message(message)
        except ImageError as err:
            self._monitor.reject(err.reason, str(err))
            return 0.0
        self._warn_of_zero_stamp(message.header)
        with self._monitor.stage('detect'):
            detections = self._detector.detect(image, self._limits)
        network_ms = self._detector.network.elapsed_s * 1e3
        self._monitor.record('network_ms', network_ms)
        size_wh = (image.shape[1], image.shape[0])
        self._publisher.publish(detections_to_message(detections, message.header, size_wh))
        if self._forward is not None:
            network_ms += self._forward(message.header, image, detections)
        self._monitor.finish(message.header, len(detections))
        return network_ms

    def _warn_of_zero_stamp(self, header: Any) -> None:
        if stamp_to_ns(header.stamp) == 0:
            self.get_logger().warning(
                f'{self._input.topic} has zero stamps: latency is unknown, and separate processes '
                'cannot match images; let the driver set header.stamp, or run the executable '
                'alphapose',
                once=True,
            )

    def _report(self) -> Report:
        values = {'model': self._params.value.detector_model, **self._input.describe()}
        silence_s = self._input.silence_s
        if self._input.is_started and silence_s > self._params.value.image_timeout_s:
            text = f'no image for {silence_s:.0f} s: {self._input.explain_silence()}'
            self.get_logger().warning(text, throttle_duration_sec=10.0)
            return ERROR, text, values
        return OK, '' if self._input.is_started else 'disabled by the parameter enabled', values


def _limits(params: DetectorParams) -> DetectionLimits:
    return DetectionLimits(params.min_box_score, params.nms_iou, params.max_people)


def main(args: list[str] | None = None) -> int:
    """Run the node; return the exit code."""
    return run(lambda: [DetectorNode()], args)
