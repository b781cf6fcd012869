# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the files that viewers leave beside the results."""

from collections.abc import Callable
import json
from pathlib import Path
import sys

import numpy as np
import pytest

from alphapose_ros.io.results_bags import read_bag_results
from alphapose_ros.io.video import FrameSource
from alphapose_ros.offline.earlier import RunOptions
from alphapose_ros.offline.job import Job
from alphapose_ros.offline.job import run_job
from alphapose_ros.offline.viewers import make_viewer_maker
from alphapose_ros.params import PipelineParams
from alphapose_ros.pipeline import Pipeline

from .conftest import START_NS
from .conftest import STEP_NS
from .conftest import walker

IMAGES = 12  # more than a video waits for


@pytest.fixture
def view(
    make_bag: Callable[..., Path], tmp_path: Path, params: PipelineParams, pipeline: Pipeline
) -> Callable[..., Path]:
    """Return what processes a bag with viewers, and returns the folder of the results."""

    def process(*views: str, images: int = IMAGES) -> Path:
        bag = make_bag(front=[walker(i) for i in range(images)])
        job = Job(str(bag), tmp_path / 'walk_results', (), params, RunOptions())
        maker = make_viewer_maker(views, pipeline.pose_estimator.skeleton)
        run_job(job, pipeline, make_viewers=maker)
        return job.folder

    return process


@pytest.mark.parametrize('images', [IMAGES, 2, 1], ids=['many', 'two', 'one'])
def test_a_video_has_every_image_with_the_people_drawn(
    view: Callable[..., Path], images: int
) -> None:
    source = FrameSource(str(view('video', images=images) / 'view' / 'overlay.mp4'))
    assert source.fps == pytest.approx(1e9 / STEP_NS)
    frames = [source.read() for _ in range(images)]
    assert source.read() is None
    # The rectangle is white; who is drawn on it is not.
    assert all(np.ptp(f[65:175, 130:145].astype(int), axis=2).max() > 60 for f in frames)


def test_a_file_for_foxglove_tells_of_every_image_at_its_stamp(
    view: Callable[..., Path],
) -> None:
    pytest.importorskip('foxglove', reason='needs foxglove-sdk')
    from mcap.reader import make_reader

    folder = view('foxglove')
    with (folder / 'view' / 'walk_results.mcap').open('rb') as file:
        rows = [
            (message.log_time, json.loads(message.data))
            for _, _, message in make_reader(file).iter_messages(['/view/people'])
        ]
    assert [time_ns for time_ns, _ in rows] == [START_NS + i * STEP_NS for i in range(IMAGES)]
    bag = [image.tracks.track_ids.tolist() for image in read_bag_results(folder, '/tracks')]
    assert [[p['track_id'] for p in row['people']] for _, row in rows] == bag


def test_a_file_for_rerun_tells_of_every_image(view: Callable[..., Path]) -> None:
    chunk = pytest.importorskip('rerun.chunk', reason='needs rerun-sdk')
    path = view('rerun') / 'view' / 'walk_results.rrd'
    rows = [
        c.num_rows
        for c in chunk.RrdReader(path).stream().to_chunks()
        if c.entity_path == '/image' and not c.is_static
    ]
    assert sum(rows) == IMAGES


def test_an_unfinished_bag_is_not_mixed_up_with_the_files_of_viewers(
    view: Callable[..., Path], tmp_path: Path, params: PipelineParams, pipeline: Pipeline
) -> None:
    pytest.importorskip('foxglove', reason='needs foxglove-sdk')
    folder = view('foxglove')
    journal = json.loads((folder / 'process.json').read_text())
    (folder / 'process.json').write_text(json.dumps(journal | {'is_done': False}))
    (folder / 'metadata.yaml').unlink()
    job = Job(str(tmp_path / 'walk'), folder, (), params, RunOptions(resume=True))
    (outcome,) = run_job(job, pipeline)
    assert outcome.journal.written == IMAGES
    assert len(list(read_bag_results(folder, '/tracks'))) == IMAGES


def test_a_missing_library_is_told_before_anything_is_done(
    monkeypatch: pytest.MonkeyPatch, pipeline: Pipeline
) -> None:
    monkeypatch.setitem(sys.modules, 'foxglove', None)
    with pytest.raises(ImportError, match=r'pip install alphapose_ros\[view\]'):
        make_viewer_maker(['foxglove'], pipeline.pose_estimator.skeleton)
