# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""A bag, video or folder in, a folder of results for each of its cameras out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import asdict
from dataclasses import dataclass
from pathlib import Path

from alphapose_ros.io.journal import Journal
from alphapose_ros.offline.camera_run import CameraRun
from alphapose_ros.offline.camera_run import Viewer
from alphapose_ros.offline.earlier import RunOptions
from alphapose_ros.offline.exports import export_tracks
from alphapose_ros.offline.sources import Camera
from alphapose_ros.offline.sources import open_source
from alphapose_ros.offline.sources import Source
from alphapose_ros.offline.stages import find_people
from alphapose_ros.params import PipelineParams
from alphapose_ros.pipeline import Pipeline

# Makes the viewers of a camera, whose results are in the folder.
ViewerMaker = Callable[[Path, Camera], tuple[Viewer, ...]]


@dataclass(frozen=True)
class Job:
    """
    One source that is to be processed.

    :param source: path of a bag, a video, an image or a folder of images.
    :param folder: of the results; those of several cameras are in folders of it.
    :param topics: of the cameras; none: all with images.
    :param params: of the pipeline.
    :param options: how results are written.
    :param exports: formats of files that the tracks are written in as well, see `FORMATS`.
    """

    source: str
    folder: Path
    topics: tuple[str, ...]
    params: PipelineParams
    options: RunOptions
    exports: tuple[str, ...] = ()


@dataclass(frozen=True)
class Progress:
    """
    How far a job is.

    :param done: images looked at.
    :param total: images of the source, 0 if unknown.
    """

    done: int
    total: int


@dataclass(frozen=True)
class Outcome:
    """
    What came of a camera.

    :param folder: of its bag.
    :param journal: what was done, and what went wrong.
    """

    folder: Path
    journal: Journal


def no_viewers(folder: Path, camera: Camera) -> tuple[Viewer, ...]:
    """Make none."""
    return ()


def run_job(
    job: Job,
    pipeline: Pipeline,
    *,
    on_progress: Callable[[Progress], None] = lambda progress: None,
    make_viewers: ViewerMaker = no_viewers,
) -> list[Outcome]:
    """
    Process a source to its end.

    Interrupted by an exception, KeyboardInterrupt say, it finishes its files before that goes on.

    :param pipeline: made of `job.params`; its tracker is not used, each camera has one of its own.
    :raises ValueError: if the source cannot be read or the folder not be written; one line.
    """
    source = open_source(job.source, job.topics)
    folders = camera_folders(job.folder, source.cameras)
    settings = {**asdict(job.params), 'with_images': job.options.with_images}
    runs: list[CameraRun] = []
    is_done = False
    try:
        for folder, camera in zip(folders, source.cameras, strict=True):
            runs.append(
                CameraRun(
                    folder,
                    Journal(job.source, camera.topic, settings),
                    pipeline.for_another_camera(),
                    params=job.params,
                    options=job.options,
                    viewers=make_viewers(folder, camera),
                )
            )
        total = sum(camera.frame_count for camera in source.cameras)
        done = sum(run.journal.read for run in runs)
        on_progress(Progress(done, total))
        if not all(run.journal.is_done for run in runs):
            skip = [run.journal.read for run in runs]
            with find_people(source.frames(skip), pipeline) as found:
                for people in found:
                    runs[people.frame.camera].process(people)
                    done += 1
                    on_progress(Progress(done, total))
        is_done = True
    finally:
        for run in runs:
            run.close(is_done=is_done, problems=tuple(source.problems))
    outcomes = [Outcome(f, run.journal) for f, run in zip(folders, runs, strict=True)]
    _export(outcomes, job.exports, source)
    return outcomes


def _export(outcomes: Sequence[Outcome], names: Sequence[str], source: Source) -> None:
    """Write the tracks of all cameras in other formats, but of those that gave nothing."""
    for outcome in outcomes:
        for name in names if outcome.journal.written else ():
            export_tracks(outcome.folder, name, source.name_image)


def camera_folders(folder: Path, cameras: Sequence[Camera]) -> list[Path]:
    """Return the folder for one camera; for several, folders in it, named by their topics."""
    if len(cameras) == 1:
        return [folder]
    return [folder / camera.topic.strip('/').replace('/', '-') for camera in cameras]


def unique_names(paths: Sequence[str]) -> list[str]:
    """
    Return a name for each path: the last part, with as many of those before as needed.

    The suffix of a file is left out where no other file differs only in that. Equal paths get
    equal names.
    """
    resolved = [Path(path).resolve() for path in paths]
    bare = [path.with_suffix('') if path.is_file() else path for path in resolved]
    alike = Counter(b for _, b in set(zip(resolved, bare, strict=True)))
    clear = [b if alike[b] == 1 else p for p, b in zip(resolved, bare, strict=True)]
    tails = Counter(tail for path in set(clear) for tail in _tails(path))
    return ['-'.join(next(t for t in _tails(path) if tails[t] == 1)) for path in clear]


def _tails(path: Path) -> Iterator[tuple[str, ...]]:
    return (path.parts[-n:] for n in range(1, len(path.parts) + 1))
