# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The clip of the demo."""

from pathlib import Path
import re

import numpy as np
import pytest

from alphapose_ros.io.mot import read_mot
from alphapose_ros.io.video import FrameSource
from alphapose_ros.tools.demo import DEMO_CLIP

MAX_BYTES = 2_000_000


@pytest.fixture
def described() -> tuple[int, int, int, int]:
    """Return number, width, height and rate of the images, as the clip's README has them."""
    text = DEMO_CLIP.with_name('README.md').read_text()
    found = re.search(r'(\d+) images of (\d+) x (\d+) at (\d+) a second', text)
    assert found is not None
    return tuple(int(number) for number in found.groups())


def test_the_clip_has_the_images_that_its_readme_tells(
    described: tuple[int, int, int, int],
) -> None:
    count, width, height, fps = described
    source = FrameSource(str(DEMO_CLIP))
    images = []
    while (image := source.read()) is not None:
        images.append(image)
    assert source.fps == pytest.approx(fps)
    assert len(images) == source.frame_count == count
    assert {image.shape for image in images} == {(height, width, 3)}
    assert min(image.std() for image in images) > 20


def test_the_clip_is_small() -> None:
    assert DEMO_CLIP.stat().st_size <= MAX_BYTES


def test_the_labels_are_of_people_in_the_clip(described: tuple[int, int, int, int]) -> None:
    count, width, height, _ = described
    truth = read_mot(DEMO_CLIP.with_name(f'{DEMO_CLIP.stem}_truth.txt'))
    assert set(truth.frames) == set(range(1, count + 1))
    assert set(truth.ids) == {1, 2, 3, 4, 5}
    assert len(np.unique(np.stack((truth.frames, truth.ids)), axis=1).T) == len(truth)
    low, high = truth.boxes[:, :2], truth.boxes[:, 2:]
    assert (low > -1).all()
    assert (high <= (width, height)).all()
    assert (high - low)[:, 1].min() >= 40


def test_everything_of_the_clip_is_installed() -> None:
    patterns = (Path(__file__).parents[1] / 'setup.py').read_text()
    assert "'media/*'" in patterns
