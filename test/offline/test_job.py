# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of sources that are processed to their end, or not quite."""

from collections.abc import Callable
from dataclasses import replace
import json
from pathlib import Path
import shutil
from typing import Any

import numpy as np
import pytest
from rosbags.highlevel import AnyReader

from alphapose_ros.io.message_fields import tracks_from_message
from alphapose_ros.io.message_types import message_store
from alphapose_ros.offline.earlier import previous_of
from alphapose_ros.offline.earlier import RunError
from alphapose_ros.offline.earlier import RunOptions
from alphapose_ros.offline.job import Job
from alphapose_ros.offline.job import Progress
from alphapose_ros.offline.job import run_job
from alphapose_ros.offline.job import unique_names
from alphapose_ros.params import PipelineParams
from alphapose_ros.pipeline import Pipeline

from .conftest import image_message
from .conftest import START_NS
from .conftest import STEP_NS
from .conftest import walker

IMAGES = 120  # two flushes and a rest


@pytest.fixture
def make_job(tmp_path: Path, params: PipelineParams) -> Callable[..., Job]:
    def make(source: Path, output: str = 'output', **options: Any) -> Job:
        return Job(str(source), tmp_path / output, (), params, RunOptions(**options))

    return make


def read(folder: Path) -> list[tuple[str, int, bytes]]:
    with AnyReader([folder], default_typestore=message_store()) as reader:
        return [(c.topic, time_ns, bytes(data)) for c, time_ns, data in reader.messages()]


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


class InterruptionError(Exception):
    """Stands for whatever ends a run."""


def interrupt_after(images: int) -> Callable[[Progress], None]:
    def on_progress(progress: Progress) -> None:
        if progress.done == images:
            raise InterruptionError

    return on_progress


def test_every_image_gives_boxes_poses_and_tracks_with_its_header(
    make_bag: Callable[..., Path], make_job: Callable[..., Job], pipeline: Pipeline
) -> None:
    job = make_job(make_bag(front=[walker(i) for i in range(5)]))
    (outcome,) = run_job(job, pipeline)
    rows = read(outcome.folder)
    assert [t for t, _, _ in rows].count('/keypoint_set') == 1
    for topic in ('/detections', '/poses', '/tracks'):
        of_topic = [(time_ns, data) for t, time_ns, data in rows if t == topic]
        assert [time_ns - START_NS for time_ns, _ in of_topic] == [
            i * STEP_NS + 1000 for i in range(5)
        ]
        kind = 'PersonBoxArray' if topic == '/detections' else 'Pose2DArray'
        for i, (_, data) in enumerate(of_topic):
            message = message_store().deserialize_cdr(data, f'alphapose_ros/msg/{kind}')
            stamp_ns = message.header.stamp.sec * 10**9 + message.header.stamp.nanosec
            assert (stamp_ns, message.header.frame_id) == (START_NS + i * STEP_NS, 'front')
            assert (message.image_width, message.image_height) == (320, 240)


def test_tracks_are_those_of_the_pipeline(
    make_bag: Callable[..., Path], make_job: Callable[..., Job], pipeline: Pipeline
) -> None:
    job = make_job(make_bag(front=[walker(i) for i in range(8)]))
    (outcome,) = run_job(job, pipeline)
    alone = pipeline.for_another_camera()
    found = [data for topic, _, data in read(outcome.folder) if topic == '/tracks']
    for i, data in enumerate(found):
        message = message_store().deserialize_cdr(data, 'alphapose_ros/msg/Pose2DArray')
        tracks = tracks_from_message(message)
        expected = alone.process(walker(i), START_NS + i * STEP_NS)
        np.testing.assert_array_equal(tracks.track_ids, expected.track_ids)
        np.testing.assert_array_equal(tracks.poses.keypoints, expected.poses.keypoints)
        np.testing.assert_array_equal(tracks.poses.boxes, expected.poses.boxes)
    assert tracks.track_ids.tolist() == [1]


def test_two_runs_give_equal_files(
    make_bag: Callable[..., Path], make_job: Callable[..., Job], pipeline: Pipeline
) -> None:
    bag = make_bag(front=[walker(i) for i in range(60)])
    first = files(run_job(make_job(bag, 'a/walk'), pipeline)[0].folder)
    assert first == files(run_job(make_job(bag, 'b/walk'), pipeline)[0].folder)


@pytest.mark.parametrize('with_images', [False, True])
@pytest.mark.parametrize('images', [1, 49, 50, 75, 119])
def test_a_run_that_was_interrupted_goes_on_to_the_same_files(
    make_clip: Callable[[int], Path],
    make_job: Callable[..., Job],
    pipeline: Pipeline,
    images: int,
    with_images: bool,
) -> None:
    clip = make_clip(IMAGES)
    job = make_job(clip, 'b/walk', with_images=with_images)
    whole = run_job(make_job(clip, 'a/walk', with_images=with_images), pipeline)
    with pytest.raises(InterruptionError):
        run_job(job, pipeline, on_progress=interrupt_after(images))
    seen: list[Progress] = []
    again = replace(job, options=RunOptions(with_images, resume=True))
    (outcome,) = run_job(again, pipeline, on_progress=seen.append)
    assert seen[0].done == images
    assert files(outcome.folder) == files(whole[0].folder)
    assert not previous_of(outcome.folder).exists()


def kill(folder: Path, cut: int) -> None:
    """Leave what a killed run leaves: no end of the bag, and a journal of the last flush."""
    (folder / 'metadata.yaml').unlink()
    bag = folder / f'{folder.name}_0.mcap'
    bag.write_bytes(bag.read_bytes()[:-cut])
    journal = json.loads((folder / 'process.json').read_text())
    journal |= {'read': 100, 'written': 100, 'people': 100, 'is_done': False}
    (folder / 'process.json').write_text(json.dumps(journal))


@pytest.mark.parametrize('cut', [1, 200, 2000])
def test_a_run_that_was_killed_goes_on_to_the_same_files(
    make_clip: Callable[[int], Path],
    make_job: Callable[..., Job],
    pipeline: Pipeline,
    cut: int,
) -> None:
    job = make_job(make_clip(IMAGES), 'b/walk')
    folder = run_job(job, pipeline)[0].folder
    whole = files(folder)
    kill(folder, cut)
    run_job(replace(job, options=RunOptions(resume=True)), pipeline)
    assert files(folder) == whole


def test_a_run_that_was_killed_before_anything_was_written_begins_anew(
    make_clip: Callable[[int], Path], make_job: Callable[..., Job], pipeline: Pipeline
) -> None:
    job = make_job(make_clip(3), 'b/walk')
    folder = run_job(job, pipeline)[0].folder
    whole = files(folder)
    (folder / 'metadata.yaml').unlink()
    (folder / 'walk_0.mcap').write_bytes(b'')
    journal = json.loads((folder / 'process.json').read_text())
    journal |= {'read': 0, 'written': 0, 'people': 0, 'is_done': False}
    (folder / 'process.json').write_text(json.dumps(journal))
    run_job(replace(job, options=RunOptions(resume=True)), pipeline)
    assert files(folder) == whole


def test_a_run_that_was_killed_while_it_went_on_goes_on(
    make_clip: Callable[[int], Path], make_job: Callable[..., Job], pipeline: Pipeline
) -> None:
    job = make_job(make_clip(IMAGES), 'b/walk')
    folder = run_job(job, pipeline)[0].folder
    whole = files(folder)
    kill(folder, 200)
    folder.rename(previous_of(folder))
    folder.mkdir()
    shutil.copy(previous_of(folder) / 'process.json', folder)
    run_job(replace(job, options=RunOptions(resume=True)), pipeline)
    assert files(folder) == whole


def test_what_cannot_be_used_is_counted_by_reason_and_the_rest_is_done(
    make_bag: Callable[..., Path], make_job: Callable[..., Job], pipeline: Pipeline
) -> None:
    rows = [walker(0), image_message(walker(1), START_NS, '32FC7'), b'', walker(3)]
    (outcome,) = run_job(make_job(make_bag(front=rows)), pipeline)
    assert (outcome.journal.read, outcome.journal.written) == (4, 2)
    assert sum(outcome.journal.faults.values()) == 2
    assert any('32FC7' in reason for reason in outcome.journal.faults)
    assert [t for t, _, _ in read(outcome.folder)].count('/tracks') == 2


def test_zero_stamps_are_tracked_by_the_time_of_the_bag(
    make_bag: Callable[..., Path], make_job: Callable[..., Job], pipeline: Pipeline
) -> None:
    rows = [image_message(walker(i), 0) for i in range(4)]
    (outcome,) = run_job(make_job(make_bag(front=rows)), pipeline)
    (note,) = outcome.journal.oddities.items()
    assert note == ('the stamp is zero: tracked by the time of the bag', 4)
    last = [data for topic, _, data in read(outcome.folder) if topic == '/tracks'][-1]
    message = message_store().deserialize_cdr(last, 'alphapose_ros/msg/Pose2DArray')
    assert (message.header.stamp.sec, message.header.stamp.nanosec) == (0, 0)
    assert message.poses[0].track_id == 1


def test_stamps_that_go_back_are_noted(
    make_bag: Callable[..., Path], make_job: Callable[..., Job], pipeline: Pipeline
) -> None:
    rows = [image_message(walker(i), START_NS - i * STEP_NS) for i in range(4)]
    (outcome,) = run_job(make_job(make_bag(front=rows)), pipeline)
    assert outcome.journal.oddities == {'the stamp is before that of the image before': 3}
    assert outcome.journal.written == 4


def test_each_camera_gets_a_bag_and_ids_of_its_own(
    make_bag: Callable[..., Path], make_job: Callable[..., Job], pipeline: Pipeline
) -> None:
    bag = make_bag(left=[walker(i) for i in range(4)], right=[walker(9 - i) for i in range(4)])
    outcomes = run_job(make_job(bag), pipeline)
    assert [outcome.folder.name for outcome in outcomes] == ['left-image_raw', 'right-image_raw']
    for outcome in outcomes:
        data = [data for topic, _, data in read(outcome.folder) if topic == '/tracks'][-1]
        message = message_store().deserialize_cdr(data, 'alphapose_ros/msg/Pose2DArray')
        assert [person.track_id for person in message.poses] == [1]


def test_images_are_copied_as_they_are_if_wanted(
    make_bag: Callable[..., Path], make_job: Callable[..., Job], pipeline: Pipeline
) -> None:
    bag = make_bag(front=[walker(i) for i in range(3)])
    (outcome,) = run_job(make_job(bag, with_images=True), pipeline)
    copied = [row for row in read(outcome.folder) if row[0] == '/front/image_raw']
    assert copied == read(bag)


def test_earlier_results_are_not_touched_unless_asked_for(
    make_clip: Callable[[int], Path], make_job: Callable[..., Job], pipeline: Pipeline
) -> None:
    job = make_job(make_clip(3))
    (outcome,) = run_job(job, pipeline)
    before = files(outcome.folder)
    with pytest.raises(RunError, match='--resume goes on, --overwrite replaces it'):
        run_job(job, pipeline)
    assert files(outcome.folder) == before
    run_job(replace(job, options=RunOptions(overwrite=True)), pipeline)
    assert files(outcome.folder) == before


def test_a_folder_of_other_things_is_never_removed(
    make_clip: Callable[[int], Path], make_job: Callable[..., Job], pipeline: Pipeline
) -> None:
    job = make_job(make_clip(3), overwrite=True)
    job.folder.mkdir()
    (job.folder / 'thesis.txt').write_text('all of it')
    with pytest.raises(RunError, match='not empty: choose another'):
        run_job(job, pipeline)
    assert (job.folder / 'thesis.txt').is_file()


def test_other_settings_do_not_go_on(
    make_clip: Callable[[int], Path], make_job: Callable[..., Job], pipeline: Pipeline
) -> None:
    job = make_job(make_clip(3))
    run_job(job, pipeline)
    other = replace(
        job,
        params=replace(job.params, min_box_score=0.7),
        options=RunOptions(resume=True),
    )
    with pytest.raises(RunError, match=r'min_box_score 0.3, and this is 0.7'):
        run_job(other, pipeline)


@pytest.mark.parametrize(
    ('paths', 'names'),
    [
        (['a/walk', 'b/run'], ['walk', 'run']),
        (['a/walk', 'b/walk'], ['a-walk', 'b-walk']),
        (['x/a/walk', 'x/b/walk', 'x/run'], ['a-walk', 'b-walk', 'run']),
        (['a/walk.v2', 'a/walk.v1'], ['walk.v2', 'walk.v1']),
    ],
)
def test_names_of_sources_are_short_and_unique(paths: list[str], names: list[str]) -> None:
    assert unique_names(paths) == names


def test_files_that_differ_in_their_suffix_keep_it(tmp_path: Path) -> None:
    for name in ('walk.mp4', 'walk.avi', 'run.mp4'):
        (tmp_path / name).touch()
    paths = [str(tmp_path / name) for name in ('walk.mp4', 'walk.avi', 'run.mp4')]
    assert unique_names(paths) == ['walk.mp4', 'walk.avi', 'run']
