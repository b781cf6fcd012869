# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Bags and clips of a walking rectangle, which the tiny networks take for a person."""

from collections.abc import Callable
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

pytest.importorskip('rosbags', reason='needs rosbags')
pytest.importorskip('mcap', reason='needs mcap')

from alphapose_ros.io.bag_writer import BagWriter
from alphapose_ros.io.message_types import make_header
from alphapose_ros.io.message_types import message_store
from alphapose_ros.params import PipelineParams
from alphapose_ros.pipeline import load_pipeline
from alphapose_ros.pipeline import Pipeline

START_NS = 1_700_000_000_000_000_000
STEP_NS = 40_000_000
IMAGE_TYPE = 'sensor_msgs/msg/Image'


def walker(i: int) -> np.ndarray:
    """Return image i of the walking rectangle, (240, 320, 3)."""
    image = np.full((240, 320, 3), 20, np.uint8)
    image[60:180, 100 + 2 * i : 150 + 2 * i] = 250
    return image


def image_message(image: np.ndarray, stamp_ns: int, encoding: str = 'bgr8') -> bytes:
    """Return a sensor_msgs/Image as it lies in a bag."""
    height, width = image.shape[:2]
    content = message_store().types[IMAGE_TYPE](
        header=make_header(stamp_ns, 'front'),
        height=height,
        width=width,
        encoding=encoding,
        is_bigendian=0,
        step=image.nbytes // height,
        data=image.reshape(-1),
    )
    return bytes(message_store().serialize_cdr(content, IMAGE_TYPE))


@pytest.fixture(scope='session')
def params(tiny_weights: Path) -> PipelineParams:
    return PipelineParams(weights_dir=str(tiny_weights), device='cpu', threads=1)


@pytest.fixture(scope='session')
def pipeline(params: PipelineParams) -> Pipeline:
    return load_pipeline(params)


@pytest.fixture
def make_bag(tmp_path: Path) -> Callable[..., Path]:
    """Return a maker of bags: images by topic, at 25 Hz; bytes are written as they are."""

    def make(name: str = 'walk', **images: Sequence[Any]) -> Path:
        folder = tmp_path / name
        with BagWriter(folder) as bag:
            for i in range(max(len(rows) for rows in images.values())):
                for topic, rows in images.items():
                    if i < len(rows):
                        time_ns = START_NS + i * STEP_NS
                        row = rows[i]
                        data = row if isinstance(row, bytes) else image_message(row, time_ns)
                        bag.write(f'/{topic}/image_raw', IMAGE_TYPE, data, time_ns + 1000)
        return folder

    return make


@pytest.fixture
def make_clip(tmp_path: Path) -> Callable[[int], Path]:
    """Return a maker of folders of images."""

    def make(count: int) -> Path:
        folder = tmp_path / 'clip'
        folder.mkdir()
        for i in range(count):
            cv2.imwrite(str(folder / f'walk_{i:04d}.png'), walker(i))
        return folder

    return make
