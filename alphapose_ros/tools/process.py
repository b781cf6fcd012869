# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Skeletons and identities of bags, videos and folders of images: every image once, without ROS.

Writes a bag for each camera, in OUTPUT/NAME or, for several cameras, OUTPUT/NAME/TOPIC, and a line
for each source into OUTPUT/manifest.jsonl, which --resume goes by. Exit code:
0 all is done, 1 a source could not be processed, 3 all is done but for images that cannot be used.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
import sys
from typing import Any

from rich.console import Console

from alphapose_ros.io.manifest import append_entry
from alphapose_ros.io.manifest import Entry
from alphapose_ros.io.manifest import parse_list
from alphapose_ros.io.manifest import read_list
from alphapose_ros.io.manifest import read_manifest
from alphapose_ros.offline.earlier import RunOptions
from alphapose_ros.offline.exports import FORMATS
from alphapose_ros.offline.job import Job
from alphapose_ros.offline.job_list import largest_first
from alphapose_ros.offline.job_list import make_jobs
from alphapose_ros.offline.manifest import find_entry
from alphapose_ros.offline.manifest import make_entry
from alphapose_ros.offline.ray_workers import RayCrew
from alphapose_ros.offline.runner import load_runner
from alphapose_ros.offline.schedule import Crew
from alphapose_ros.offline.schedule import Result
from alphapose_ros.offline.schedule import run_jobs
from alphapose_ros.offline.schedule import run_jobs_here
from alphapose_ros.offline.viewers import VIEWS
from alphapose_ros.offline.workers import ProcessCrew
from alphapose_ros.params import PipelineParams
from alphapose_ros.tools.pipeline_options import add_pipeline_arguments
from alphapose_ros.tools.pipeline_options import pipeline_params
from alphapose_ros.tools.pipeline_options import SHORT
from alphapose_ros.tools.process_display import Display

# From the best to the worst.
EXIT_CODES = {'done': 0, 'incomplete': 3, 'failed': 1}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument('sources', nargs='*', help='bags, videos, images, folders of images')
    parser.add_argument(
        '--list',
        dest='list_file',
        default='',
        help='file with more sources, one per line; - for standard input',
    )
    parser.add_argument('--output', default='process_output', help='folder for the results')
    parser.add_argument(
        '--topic',
        action='append',
        default=[],
        help='of a camera in the bags, may be repeated; all images if left out',
    )
    parser.add_argument('--with-images', action='store_true', help='copy the images into the bags')
    parser.add_argument(
        '--export',
        action='append',
        default=[],
        choices=list(FORMATS),
        help='write the tracks in this format of files as well, may be repeated',
    )
    parser.add_argument(
        '--view',
        action='append',
        default=[],
        choices=list(VIEWS),
        help='show images and people in a viewer, or write its file into view/, may be repeated',
    )
    earlier = parser.add_mutually_exclusive_group()
    earlier.add_argument(
        '--resume', action='store_true', help='go on with runs that were interrupted'
    )
    earlier.add_argument('--overwrite', action='store_true', help='replace earlier results')
    parser.add_argument(
        '--workers', type=int, default=0, help='processes that share the sources and the cores'
    )
    parser.add_argument(
        '--ray',
        default='',
        metavar='ADDRESS',
        help='a Ray cluster that runs the workers: auto, local or host:port',
    )
    add_pipeline_arguments(parser)


def run(
    *,
    sources: list[str],
    list_file: str,
    output: str,
    topic: list[str],
    with_images: bool,
    export: list[str],
    view: list[str],
    resume: bool,
    overwrite: bool,
    workers: int,
    ray: str,
    **pipeline: Any,
) -> int:
    """
    Process all sources; return the exit code.

    :raises ValueError: if an option or a model cannot be used; one line that says what to do.
    """
    params = pipeline_params(
        pipeline['params_file'], pipeline['set'], {name: pipeline[name] for name in SHORT}
    )
    folder = Path(output)
    template = Job(
        '',
        folder,
        topics=tuple(topic),
        params=params,
        options=RunOptions(with_images, resume, overwrite),
        exports=tuple(dict.fromkeys(export)),
    )
    jobs = make_jobs(_read_sources(sources, list_file), folder, template)
    earlier = read_manifest(folder) if resume else {}
    entries = [find_entry(job, earlier) for job in jobs]
    left = [job for job, entry in zip(jobs, entries, strict=True) if entry is None]
    if len(left) < len(jobs):
        print(f'{len(jobs) - len(left)} of {len(jobs)} sources are through already')
    views = tuple(dict.fromkeys(view))
    crew = _make_crew(min(workers, len(left)), ray if left else '', params, views)
    new = _run_left(left, folder, params, views, crew)
    codes = [EXIT_CODES[entry.state] for entry in [*entries, *new] if entry is not None]
    return max(codes, key=list(EXIT_CODES.values()).index)


def _read_sources(named: Sequence[str], list_file: str) -> list[str]:
    """
    Return the sources of the command line and of the list.

    :raises ValueError: if there are none, or the list cannot be read.
    """
    listed: Sequence[str] = ()
    if list_file:
        listed = parse_list(sys.stdin.read()) if list_file == '-' else read_list(Path(list_file))
    if not named and not listed:
        raise ValueError('there is nothing to process: name sources, or a --list of them')
    return [*named, *listed]


def _make_crew(
    workers: int, ray: str, params: PipelineParams, views: Sequence[str]
) -> Crew | None:
    """Return who works; None for this process itself."""
    if ray:
        return RayCrew(params, workers, ray, views)
    return ProcessCrew(params, workers, views) if workers > 1 else None


def _run_left(
    jobs: Sequence[Job],
    output: Path,
    params: PipelineParams,
    views: Sequence[str],
    crew: Crew | None,
) -> list[Entry]:
    """Run the jobs that are not through; return what came of them."""
    entries = []
    console = Console()

    def on_result(result: Result) -> None:
        entries.append(make_entry(result))
        append_entry(output, entries[-1])
        display.tell(result)

    with Display(console, len(jobs)) as display:
        try:
            if crew is not None:
                ordered = largest_first(jobs)
                run_jobs(ordered, crew, on_progress=display.follow, on_result=on_result)
            elif jobs:
                run = load_runner(params, views)
                run_jobs_here(jobs, run, on_progress=display.follow, on_result=on_result)
        except KeyboardInterrupt:
            console.print('interrupted; the same command with --resume goes on')
            raise
    return entries
