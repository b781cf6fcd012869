# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Sequences of MOTChallenge, true and tracked, by their names."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from alphapose_ros.io.bag_reader import is_bag
from alphapose_ros.io.keypoint_results import read_keypoint_results
from alphapose_ros.io.mot import MotError
from alphapose_ros.io.mot import MotRows
from alphapose_ros.io.mot import read_mot
from alphapose_ros.io.mot import read_sequence_info
from alphapose_ros.io.mot import SequenceInfo
from alphapose_ros.io.video import FrameSource
from alphapose_ros.structures import Tracks
from alphapose_ros.structures import TrackState

_SUFFIXES = ('.txt', '.jsonl')


@dataclass(frozen=True, eq=False)
class SequencePair:
    """
    A sequence as it is and as a tracker saw it.

    :param truth: in pixels of the results.
    :param found: who was given out as TRACKED.
    :param note: how images were matched, if not by their numbers.
    """

    truth: MotRows
    found: MotRows
    note: str = ''


@dataclass(frozen=True, eq=False)
class SequenceImage:
    """
    An image of a sequence and who is in it.

    :param image: (H, W, 3) uint8 BGR.
    :param time_s: since the first.
    :param truth: of this image, in its pixels, also what is to be ignored, scored 0.
    """

    image: NDArray[np.uint8]
    time_s: float
    truth: MotRows


def sequence_images(folder: Path, *, every: int = 1) -> Iterator[SequenceImage]:
    """
    Read images of a MOTChallenge sequence.

    :param folder: with gt/gt.txt, seqinfo.ini, and a video or the folder img1.
    :param every: take one image of so many.
    :raises MotError: if the truth cannot be read.
    :raises VideoError: if there are no images.
    """
    info = read_sequence_info(folder / 'seqinfo.ini')
    frames = FrameSource(str(next(folder.glob('*.mp4'), folder / 'img1')))
    rows, scale = None, 0.0
    for number in range(1, info.length + 1):
        image = frames.read()
        if image is None:
            return
        if rows is None or scale != image.shape[1] / info.size_wh[0]:
            scale = image.shape[1] / info.size_wh[0]
            rows = read_mot(folder / 'gt' / 'gt.txt', scale=scale)
        if (number - 1) % every == 0:
            here = rows[rows.frames == number]
            yield SequenceImage(np.asarray(image, np.uint8), (number - 1) / info.fps, here)


def read_sequences(
    results: Path, truth: Path, topic: str = ''
) -> tuple[dict[str, SequencePair], tuple[str, ...]]:
    """
    Read results and their ground truth.

    :param results: MOT text, our JSON Lines or a bag; or a folder of these, named as the
        sequences.
    :param truth: gt.txt, the folder of a sequence (with gt/gt.txt and seqinfo.ini), or the folder
        of several.
    :param topic: of bags; see `read_keypoint_results`.
    :return: pairs by name, and names of results without truth.
    :raises MotError: if a file cannot be read, or nothing fits together.
    :raises ResultsError: likewise, of results that are no MOT text.
    :raises BagError: likewise, of bags.
    """
    true_files, found_files = _find_truth(truth), _find_results(results)
    if len(true_files) == len(found_files) == 1:
        found_files = dict(zip(true_files, found_files.values(), strict=True))
    names = [name for name in found_files if name in true_files]
    if not names:
        raise MotError(
            f'{truth} has no ground truth of {", ".join(found_files)}, only of '
            f'{", ".join(true_files)}'
        )
    pairs = {name: _read_pair(found_files[name], true_files[name], topic) for name in names}
    return pairs, tuple(name for name in found_files if name not in true_files)


def _find_truth(path: Path) -> dict[str, Path]:
    files = [path] if path.is_file() else sorted(path.glob('gt/gt.txt'))
    files = files or sorted(path.glob('*/gt/gt.txt')) or sorted(path.glob('*.txt'))
    if not files:
        raise MotError(f'{path} has no gt/gt.txt and no text file')
    is_in_folder = [file.parent.name == 'gt' for file in files]
    return {
        file.resolve().parents[1].name if inside else file.stem: file
        for file, inside in zip(files, is_in_folder, strict=True)
    }


def _find_results(path: Path) -> dict[str, Path]:
    if not path.exists():
        raise MotError(f'there is no {path}')
    if path.is_file() or is_bag(path):
        return {path.stem: path}
    files = [f for f in sorted(path.iterdir()) if f.suffix in _SUFFIXES or is_bag(f)]
    if not files:
        raise MotError(f'{path} has no results: {", ".join(_SUFFIXES)} or bags')
    return {file.stem: file for file in files}


def _read_pair(results: Path, truth: Path, topic: str) -> SequencePair:
    info_file = truth.parent.parent / 'seqinfo.ini'
    info = read_sequence_info(info_file) if info_file.is_file() else None
    if results.suffix == '.txt':
        return SequencePair(read_mot(truth, drop_ignored=True), read_mot(results))
    found = read_keypoint_results(results, topic)
    frames = image_numbers(found.stamps_ns, info)
    note = ''
    if info is not None and len(frames) != info.length:
        note = f'{len(frames)} of {info.length} images are in the results, placed by their stamps'
    width = found.size_wh[0]
    scale = width / info.size_wh[0] if info is not None and width else 1.0
    rows = read_mot(truth, scale=scale, drop_ignored=True)
    return SequencePair(rows, tracked_rows(zip(frames.tolist(), found.people, strict=True)), note)


def image_numbers(stamps_ns: Sequence[int], info: SequenceInfo | None) -> NDArray[np.int64]:
    """
    Return (I,) the numbers of images, from 1: their order, or by the stamps if some are missing.

    :param stamps_ns: of the images that were processed, the first one of the sequence among them.
    :param info: of the sequence; None takes the images to be all.
    :raises MotError: if there are no stamps, or two images get one number.
    """
    if not stamps_ns:
        raise MotError('results must have stamps, as our JSON Lines and bags do')
    if info is None or len(stamps_ns) == info.length:
        return np.arange(1, len(stamps_ns) + 1)
    passed_ns = np.array(stamps_ns, np.int64) - stamps_ns[0]
    numbers = np.round(passed_ns * (info.fps / 1e9)).astype(np.int64) + 1
    if len(np.unique(numbers)) < len(numbers) or numbers.min() < 1 or numbers.max() > info.length:
        raise MotError(
            f'{len(numbers)} images over {passed_ns[-1] / 1e9:.1f} s do not fit a sequence of '
            f'{info.length} at {info.fps:g} per second'
        )
    return numbers


def tracked_rows(images: Iterable[tuple[int, Tracks]]) -> MotRows:
    """Return who is TRACKED in images, given with their numbers; there is at least one."""
    rows = []
    for frame, people in images:
        tracks = people[people.states == TrackState.TRACKED]
        rows.append(
            MotRows(
                frames=np.full(len(tracks), frame, np.int64),
                ids=tracks.track_ids.astype(np.int64),
                boxes=tracks.poses.boxes,
                scores=tracks.poses.box_scores,
            )
        )
    return join_rows(rows)


def join_rows(parts: Sequence[MotRows]) -> MotRows:
    """Return the rows of all, one behind the other."""
    return MotRows(
        frames=np.concatenate([rows.frames for rows in parts]),
        ids=np.concatenate([rows.ids for rows in parts]),
        boxes=np.concatenate([rows.boxes for rows in parts]),
        scores=np.concatenate([rows.scores for rows in parts]),
    )


def shift_rows(rows: MotRows, frames: int, ids: int) -> MotRows:
    """Return rows with numbers of images and ids moved up."""
    return replace(rows, frames=rows.frames + frames, ids=rows.ids + ids)
