# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The page and the figures of `evaluate --report`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from datetime import timezone
from pathlib import Path

import numpy as np
from rich.console import Console

from alphapose_ros.evaluation.report import Report
from alphapose_ros.evaluation.report import RunFacts
from alphapose_ros.evaluation.report_page import render_page
from alphapose_ros.evaluation.report_pictures import no_images
from alphapose_ros.evaluation.report_pictures import ReadImages
from alphapose_ros.io.bag_reader import BagReader
from alphapose_ros.io.bag_reader import is_bag
from alphapose_ros.io.files import replace_file
from alphapose_ros.io.journal import read_journal
from alphapose_ros.io.keypoint_results import KeypointResults
from alphapose_ros.io.keypoint_truth import KeypointTruth
from alphapose_ros.io.message_fields import stamp_to_ns
from alphapose_ros.io.video import FrameSource
from alphapose_ros.offline.sources import IMAGE_TYPES
from alphapose_ros.offline.sources import open_source

PAGE = 'report.html'
# Of process.json, the most telling settings.
_MODELS = {
    'pose_model': 'pose model',
    'detector_model': 'detector',
    'reid_model': 'identity model',
}


def write_report(console: Console, folder: Path, report: Report) -> None:
    """Write the page, and its figures as PNG files beside it."""
    figures = [figure for section in report.sections for figure in section.figures]
    for figure in figures:
        with replace_file(folder / f'{figure.name}.png') as part:
            part.write_bytes(figure.png)
    with replace_file(folder / PAGE) as part:
        part.write_text(render_page(report), encoding='utf-8', errors='replace')
    console.print(f'{folder / PAGE}: {len(report.sections)} parts, {len(figures)} figures')


def describe_runs(paths: Sequence[Path]) -> tuple[RunFacts, ...]:
    """
    Return what is known of results; of a bag of `process` also its settings.

    :raises JournalError: if process.json is there and cannot be read.
    """
    are_alike = len({path.name for path in paths}) < len(paths)
    names = [f'{path.parent.name}/{path.name}' if are_alike else path.name for path in paths]
    return tuple(_describe(path, name) for path, name in zip(paths, names, strict=True))


def describe_labels(path: Path, labels: KeypointTruth) -> dict[str, str]:
    """Return what is known of labels."""
    return {
        'labels': describe_file(path),
        'keypoints': labels.skeleton.name,
        'images': str(int(labels.has_labels.sum())),
    }


def describe_file(path: Path) -> str:
    """Return path and date of a file."""
    return f'{path}, {_time(path)}'


def _time(path: Path) -> str:
    changed = datetime.fromtimestamp(path.stat().st_mtime, timezone.utc)
    return f'{changed:%Y-%m-%d %H:%M} UTC'


def _describe(path: Path, name: str) -> RunFacts:
    known = {'results': str(path), 'written': _time(path)}
    journal = read_journal(path if path.is_dir() else path.parent)
    if journal is None:
        return RunFacts(name, known)
    settings = {key: str(value) for key, value in journal.settings.items()}
    known['made from'] = ' '.join(filter(None, (journal.source, journal.topic)))
    known |= {label: settings[key] for key, label in _MODELS.items() if settings.get(key)}
    return RunFacts(name, known, settings)


def true_images(labels: KeypointTruth, path: Path, folder: Path | None) -> ReadImages:
    """
    Return what reads images of labels, as far as they are there.

    :param path: of the labels.
    :param folder: of the images, or a bag or video with their stamps; None: that of the labels,
        or a folder `images` in it.
    :raises ValueError: if labels without stamps are to be found in a bag or video.
    """
    if folder is None:
        folder = path.parent / 'images'
        folder = folder if folder.is_dir() else path.parent
    if folder.is_dir() and not is_bag(folder):
        return lambda wanted: _read_files(folder, labels.file_names, wanted)
    stamps_ns = labels.stamps_ns.tolist()
    if min(stamps_ns, default=0) < 0:
        raise ValueError(f'images must be a folder, as the labels have no stamps; got {folder}')
    return lambda wanted: _read_frames(folder, stamps_ns, wanted)


def found_images(results: KeypointResults, path: Path, source: Path | None) -> ReadImages:
    """
    Return what reads images of results.

    :param path: of the results, whose images are taken if `source` is None and it has some.
    """
    if source is None:
        if not is_bag(path) or not _has_images(path):
            return no_images
        source = path
    if results.file_names and source.is_dir():
        return lambda wanted: _read_files(source, results.file_names, wanted)
    return lambda wanted: _read_frames(source, results.stamps_ns, wanted)


def _read_files(
    folder: Path, names: Sequence[str], wanted: Sequence[int]
) -> dict[int, np.ndarray]:
    """Return images by name, which may say more than lies below the folder."""
    images = {}
    for i in wanted:
        files = [f for f in (folder / names[i], folder / Path(names[i]).name) if f.is_file()]
        image = FrameSource(str(files[0])).read() if files else None
        if image is not None:
            images[i] = image
    return images


def _read_frames(
    source: Path, stamps_ns: Sequence[int], wanted: Sequence[int]
) -> dict[int, np.ndarray]:
    """Return images of a bag, a video or a folder by stamp, or by their order without."""
    left = {stamps_ns[i] if stamps_ns else i: i for i in wanted}
    images = {}
    opened = open_source(str(source))
    for index, frame in enumerate(opened.frames([0] * len(opened.cameras))):
        key = stamp_to_ns(frame.header.stamp) if stamps_ns and frame.header else index
        if frame.image is not None and key in left:
            images[left.pop(key)] = frame.image
        if not left:
            break
    return dict(sorted(images.items()))


def _has_images(bag: Path) -> bool:
    with BagReader(bag) as reader:
        return any(info.type_name in IMAGE_TYPES for info in reader.topics.values())
