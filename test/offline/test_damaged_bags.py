# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Bags with flipped bits, or cut off: what is intact is processed, and nothing hangs."""

from pathlib import Path

import numpy as np
import pytest

from alphapose_ros.io.bag_writer import BagWriter
from alphapose_ros.offline.earlier import RunOptions
from alphapose_ros.offline.job import Job
from alphapose_ros.offline.job import run_job
from alphapose_ros.offline.sources import open_source
from alphapose_ros.params import PipelineParams
from alphapose_ros.pipeline import Pipeline

from .conftest import image_message
from .conftest import IMAGE_TYPE
from .conftest import START_NS
from .conftest import STEP_NS

IMAGES = 10
HEIGHT = 60
# A flip may hit the first chunk, which alone tells the topics if the index is hit as well.
FLIPS = 3


def picture(i: int) -> np.ndarray:
    """Return image i, small and hard to compress."""
    rng = np.random.default_rng(i)
    return rng.integers(0, 255, (HEIGHT, 80, 3)).astype(np.uint8)


@pytest.fixture(scope='module')
def content(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Return the file of a bag with a chunk for each image."""
    folder = tmp_path_factory.mktemp('bags') / 'walk'
    with BagWriter(folder) as bag:
        for i in range(IMAGES):
            time_ns = START_NS + i * STEP_NS
            bag.write('/image', IMAGE_TYPE, image_message(picture(i), time_ns), time_ns)
            bag.flush()
    return (folder / 'walk_0.mcap').read_bytes()


def count_good(path: Path) -> int:
    """Return how many images come as they were, after checking that no other comes twice."""
    frames = list(open_source(str(path), ['/image']).frames([0]))
    found = [frame.image.tobytes() for frame in frames if frame.image is not None]
    assert len(frames) <= IMAGES
    return len({picture(i).tobytes() for i in range(IMAGES)} & set(found))


@pytest.mark.parametrize('seed', range(100))
def test_flipped_bits_cost_the_images_that_they_hit(
    content: bytes, tmp_path: Path, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    start = len(content) // IMAGES  # behind the first chunk
    torn = bytearray(content)
    for place in rng.integers(start, len(content), FLIPS):
        torn[place] ^= 1 << int(rng.integers(8))
    (tmp_path / 'walk.mcap').write_bytes(torn)
    assert count_good(tmp_path / 'walk.mcap') >= IMAGES - FLIPS


@pytest.mark.parametrize('seed', range(100))
def test_of_a_bag_that_is_cut_off_all_before_the_cut_is_kept(
    content: bytes, tmp_path: Path, seed: int
) -> None:
    share = np.random.default_rng(seed).uniform(0.15, 1)
    (tmp_path / 'walk.mcap').write_bytes(content[: round(share * len(content))])
    assert count_good(tmp_path / 'walk.mcap') >= int(share * IMAGES) - 1


def test_damage_is_told_and_the_rest_is_processed(
    content: bytes, tmp_path: Path, params: PipelineParams, pipeline: Pipeline
) -> None:
    torn = bytearray(content)
    torn[len(torn) // 2] ^= 1
    (tmp_path / 'walk.mcap').write_bytes(torn)
    job = Job(str(tmp_path / 'walk.mcap'), tmp_path / 'output', (), params, RunOptions())
    (outcome,) = run_job(job, pipeline)
    assert outcome.journal.written == IMAGES - 1
    assert any('walk.mcap' in problem for problem in outcome.journal.problems)
