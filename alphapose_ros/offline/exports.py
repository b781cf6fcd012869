# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The tracks of a bag in the formats of files."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator
from pathlib import Path

from alphapose_ros.io.mot import write_mot
from alphapose_ros.io.mot_sequences import tracked_rows
from alphapose_ros.io.results import ImageResults
from alphapose_ros.io.results import ResultsWriter
from alphapose_ros.io.results_alphapose import AlphaPoseWriter
from alphapose_ros.io.results_bags import find_skeleton_of
from alphapose_ros.io.results_bags import read_bag_results
from alphapose_ros.io.results_coco import write_coco_results
from alphapose_ros.io.results_posetrack import PoseTrackImage
from alphapose_ros.io.results_posetrack import write_posetrack
from alphapose_ros.offline.results_bag import TRACKS
from alphapose_ros.structures import Skeleton
from alphapose_ros.structures import Tracks
from alphapose_ros.structures import TrackState

# Names an image by its number among the written ones and its stamp in nanoseconds.
NameImage = Callable[[int, int], str]


class ExportError(ValueError):
    """A format that does not exist."""


def export_tracks(folder: Path, format_name: str, name_image: NameImage) -> None:
    """
    Write what a bag holds into a file, or files, beside it.

    Who is only PREDICTED is in our own format alone: the others know people who were seen. MOT
    text holds who is TRACKED.

    :param folder: of the bag.
    :param format_name: one of `FORMATS`.
    :raises ValueError: ExportError, or what the writers raise.
    """
    if format_name not in FORMATS:
        raise ExportError(f'format must be one of {", ".join(FORMATS)}, got {format_name!r}')
    images = read_bag_results(folder, TRACKS)
    FORMATS[format_name](folder, find_skeleton_of(folder, TRACKS), images, name_image)


def _write_results(
    folder: Path, skeleton: Skeleton, images: Iterator[ImageResults], name_image: NameImage
) -> None:
    with ResultsWriter(folder / 'results.jsonl', skeleton) as writer:
        for image in images:
            writer.write(image)


def _write_coco(
    folder: Path, skeleton: Skeleton, images: Iterator[ImageResults], name_image: NameImage
) -> None:
    rows = (
        (image_id(name_image(i, image.stamp_ns), i), _seen(image.tracks).poses)
        for i, image in enumerate(images)
    )
    write_coco_results(folder / 'coco_results.json', rows)


def _write_posetrack(
    folder: Path, skeleton: Skeleton, images: Iterator[ImageResults], name_image: NameImage
) -> None:
    rows = (
        PoseTrackImage(i + 1, name_image(i, image.stamp_ns), _seen(image.tracks))
        for i, image in enumerate(images)
    )
    write_posetrack(folder / 'posetrack.json', rows, skeleton)


def _write_mot(
    folder: Path, skeleton: Skeleton, images: Iterator[ImageResults], name_image: NameImage
) -> None:
    rows = tracked_rows(enumerate((image.tracks for image in images), 1))
    write_mot(folder / 'mot.txt', rows)


def _make_write_alphapose(layout: str) -> Callable[..., None]:
    def write(
        folder: Path, skeleton: Skeleton, images: Iterator[ImageResults], name_image: NameImage
    ) -> None:
        writer = AlphaPoseWriter(folder / f'alphapose_{layout}', layout, skeleton)
        for i, image in enumerate(images):
            writer.write(name_image(i, image.stamp_ns), _seen(image.tracks))
        writer.close()

    return write


def image_id(name: str, index: int) -> int:
    """Return the number that a file is named by, as those of COCO are, or the image's own."""
    digits = Path(name).stem.rpartition('_')[2]
    return int(digits) if digits.isdecimal() else index + 1


def _seen(tracks: Tracks) -> Tracks:
    return tracks[tracks.states != TrackState.PREDICTED]


FORMATS = {
    'results': _write_results,
    'coco': _write_coco,
    'posetrack': _write_posetrack,
    'mot': _write_mot,
    **{
        layout: _make_write_alphapose(layout) for layout in ('default', 'coco_eval', 'cmu', 'open')
    },
}
