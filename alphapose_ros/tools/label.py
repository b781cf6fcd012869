# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Photographs labelled with whole bodies by teachers, to train on."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from alphapose_ros.core.boxes import xyxy_to_xywh
from alphapose_ros.core.drawing import contact_sheet
from alphapose_ros.core.drawing import draw_tracks
from alphapose_ros.inference.detector import DetectionLimits
from alphapose_ros.inference.detector import PersonDetector
from alphapose_ros.inference.load import load_detector
from alphapose_ros.inference.options import NetworkOptions
from alphapose_ros.io.label_files import LabelledImage
from alphapose_ros.io.label_files import write_labels
from alphapose_ros.io.photographs import list_photographs
from alphapose_ros.io.photographs import Photograph
from alphapose_ros.io.video import FrameSource
from alphapose_ros.io.video import write_image
from alphapose_ros.structures import Detections
from alphapose_ros.structures import Poses
from alphapose_ros.structures import Tracks
from alphapose_ros.training.teachers import HALPE
from alphapose_ros.training.teachers import WholeBodyTeacher

DESCRIPTION = 'photographs labelled by alphapose_ros label'
SHEET_COLUMNS, SHEET_IMAGES, TILE_WIDTH = 5, 40, 480


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument(
        '--images', type=Path, required=True, help='folder, or list with an object per line'
    )
    parser.add_argument(
        '--weights-dir',
        type=Path,
        default=Path('../shared/weights'),
        help='folder of the teachers: TinyPose and the MediaPipe files (default %(default)s)',
    )
    parser.add_argument('--output', type=Path, required=True, help='folder of the data set')
    parser.add_argument(
        '--detector',
        default='rtmdet_nano_person',
        help='finds people where the list does not tell them (default %(default)s)',
    )
    parser.add_argument(
        '--min-height', type=float, default=48, help='of a person in pixels (default %(default)s)'
    )
    parser.add_argument('--sheet', type=Path, help='PNG of some labelled images, to be judged')


def run(
    *,
    images: Path,
    weights_dir: Path,
    output: Path,
    detector: str,
    min_height: float,
    sheet: Path | None,
) -> int:
    """
    Label and write; return the exit code.

    :raises ValueError: if images or weights cannot be read; one line that says why.
    """
    photographs = list_photographs(images)
    teacher = WholeBodyTeacher(weights_dir)
    finder = None
    if any(photograph.people is None for photograph in photographs):
        finder = load_detector(detector, NetworkOptions(weights_dir=str(weights_dir)))
    labelled = []
    for i, photograph in enumerate(track(photographs, 'labelling', console=Console(stderr=True))):
        image = _read(photograph.path)
        detections = find_people(image, photograph, finder)
        is_large = xyxy_to_xywh(detections.boxes)[:, 3] >= min_height
        people = teacher.label(image, detections[is_large])
        file_name = f'images/{i + 1:06d}{photograph.path.suffix.lower()}'
        photograph.copy_to(output / file_name)
        origin = {'original': photograph.path.name, 'licence': photograph.licence}
        size_wh = (image.shape[1], image.shape[0])
        labelled.append(LabelledImage(file_name, size_wh, people, origin))
    write_labels(output / 'annotations.json', labelled, HALPE, DESCRIPTION)
    if sheet is not None:
        write_sheet(sheet, output, labelled)
    print_counts([image.people for image in labelled])
    return 0


def _read(path: Path) -> np.ndarray:
    image = FrameSource(str(path)).read()
    assert image is not None, 'a file has one image'
    return image


def find_people(
    image: np.ndarray, photograph: Photograph, finder: PersonDetector | None
) -> Detections:
    """Return the people that the list tells, or else those that are found."""
    people = photograph.people
    if people is not None:
        size = np.array([image.shape[1], image.shape[0]] * 2, np.float32)
        return replace(people, boxes=people.boxes * size)
    assert finder is not None
    return finder.detect(image, DetectionLimits())


def write_sheet(sheet: Path, folder: Path, labelled: Sequence[LabelledImage]) -> None:
    """Write some of the labelled images of a folder, from all over it, as one picture."""
    tiles = []
    for chosen in labelled[:: -(-len(labelled) // SHEET_IMAGES)]:
        image = _read(folder / chosen.file_name)
        tiles.append(draw_labels(image, chosen.people))
    sheet.parent.mkdir(parents=True, exist_ok=True)
    write_image(sheet, contact_sheet(tiles, SHEET_COLUMNS, TILE_WIDTH))


def draw_labels(image: np.ndarray, people: Poses) -> np.ndarray:
    """Return the image, twice as large, with every joint that has some weight."""
    large = cv2.resize(image, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    people = replace(people, boxes=people.boxes * 2, keypoints=people.keypoints * 2)
    tracks = Tracks.untracked(people)
    return draw_tracks(large, tracks, HALPE, color_by='side', min_keypoint_score=0.01)


def print_counts(people: list[Poses]) -> None:
    """Print how much of whom is labelled."""
    weights = np.concatenate([poses.keypoint_scores for poses in people])
    table = Table('group', 'people', 'joints', 'mean weight')
    for name, start, end in HALPE.groups:
        group = weights[:, start:end]
        is_labelled = group > 0
        mean = group[is_labelled].mean() if is_labelled.any() else 0.0
        counts = (is_labelled.any(axis=1).sum(), is_labelled.sum())
        table.add_row(name, *(str(count) for count in counts), f'{mean:.2f}')
    console = Console()
    console.print(table)
    console.print(f'{len(weights)} people in {len(people)} images')
