# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of how sequences and their truth find each other."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.io.mot import MotError
from alphapose_ros.io.mot import SequenceInfo
from alphapose_ros.io.mot_sequences import image_numbers
from alphapose_ros.io.mot_sequences import read_sequences
from alphapose_ros.io.mot_sequences import sequence_images
from alphapose_ros.io.results import ImageResults
from alphapose_ros.io.results import ResultsWriter
from alphapose_ros.structures import Poses
from alphapose_ros.structures import Tracks
from alphapose_ros.structures import TrackState

ROW = '1,4,1,1,10,20,1\n'
INFO = '[Sequence]\nframeRate=10\nseqLength=4\nimWidth=200\nimHeight=100\n'


def add_truth(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name / 'gt').mkdir(parents=True)
        (folder / name / 'gt' / 'gt.txt').write_text(ROW)
        (folder / name / 'seqinfo.ini').write_text(INFO)
    return folder


def add_results(folder: Path, *names: str) -> Path:
    folder.mkdir()
    for name in names:
        (folder / f'{name}.txt').write_text(ROW)
    return folder


def write_tracks(path: Path, stamps_ns: list[int], states: list[TrackState]) -> Path:
    """Write images of 100 x 50 with somebody in each state, at one place."""
    poses = Poses(
        boxes=np.tile(np.array([[0, 0, 5, 10]], np.float32), (len(states), 1)),
        box_scores=np.ones(len(states), np.float32),
        keypoints=np.zeros((len(states), 17, 2), np.float32),
        keypoint_scores=np.ones((len(states), 17), np.float32),
        scores=np.ones(len(states), np.float32),
        embeddings=np.zeros((len(states), 0), np.float32),
    )
    ids = np.arange(len(states), dtype=np.int32)
    tracks = Tracks(poses, ids, np.array(states, np.uint8), np.zeros(len(states), np.uint32))
    with ResultsWriter(path, get_skeleton('coco_17')) as writer:
        for stamp_ns in stamps_ns:
            writer.write(ImageResults(stamp_ns, 'camera', (100, 50), tracks))
    return path


def test_several_sequences_are_paired_by_name(tmp_path: Path) -> None:
    truth = add_truth(tmp_path / 'truth', 'a', 'b', 'c')
    pairs, unknown = read_sequences(add_results(tmp_path / 'found', 'b', 'x', 'a'), truth)
    assert (list(pairs), unknown) == (['a', 'b'], ('x',))


@pytest.mark.parametrize('part', ['', 'a', 'a/gt/gt.txt'], ids=['folders', 'folder', 'file'])
def test_one_result_belongs_to_the_one_truth_whatever_its_name(tmp_path: Path, part: str) -> None:
    add_truth(tmp_path / 'truth', 'a')
    results = add_results(tmp_path / 'found', 'mine') / 'mine.txt'
    pairs, unknown = read_sequences(results, tmp_path / 'truth' / part)
    assert (list(pairs), unknown) == (['a'], ())


def test_true_rows_to_be_ignored_are_left_out(tmp_path: Path) -> None:
    truth = add_truth(tmp_path / 'truth', 'a')
    (truth / 'a' / 'gt' / 'gt.txt').write_text(ROW + '1,5,1,1,10,20,0\n')
    pairs, _ = read_sequences(add_results(tmp_path / 'found', 'a'), truth)
    assert pairs['a'].truth.ids.tolist() == [4]


def test_results_of_no_sequence_are_refused_by_name(tmp_path: Path) -> None:
    truth = add_truth(tmp_path / 'truth', 'a', 'b')
    with pytest.raises(MotError, match='no ground truth of x, only of a, b'):
        read_sequences(add_results(tmp_path / 'found', 'x'), truth)


@pytest.mark.parametrize('missing', ['results', 'truth'])
def test_a_missing_path_is_named(tmp_path: Path, missing: str) -> None:
    paths = {
        'results': add_results(tmp_path / 'found', 'a'),
        'truth': add_truth(tmp_path / 'truth', 'a'),
        missing: tmp_path / 'none',
    }
    with pytest.raises(MotError, match='none'):
        read_sequences(**paths)


def test_of_our_results_those_who_are_tracked_count_in_pixels_of_their_images(
    tmp_path: Path,
) -> None:
    states = [TrackState.TENTATIVE, TrackState.TRACKED, TrackState.PREDICTED]
    results = write_tracks(tmp_path / 'a.jsonl', [0, 1, 2, 3], states)
    pairs, _ = read_sequences(results, add_truth(tmp_path / 'truth', 'a'))
    pair = pairs['a']
    assert pair.found.ids.tolist() == [1] * 4
    assert pair.found.frames.tolist() == [1, 2, 3, 4]
    np.testing.assert_allclose(pair.truth.boxes, [[-0.25, -0.25, 4.75, 9.75]])


def test_images_that_are_missing_leave_a_gap_and_a_note(tmp_path: Path) -> None:
    results = write_tracks(tmp_path / 'a.jsonl', [5, 300_000_005], [TrackState.TRACKED])
    pairs, _ = read_sequences(results, add_truth(tmp_path / 'truth', 'a'))
    assert pairs['a'].found.frames.tolist() == [1, 4]
    assert pairs['a'].note == '2 of 4 images are in the results, placed by their stamps'


@pytest.mark.parametrize(
    'stamps_ns', [[0, 1], [0, 10**9], [10**9, 0], []], ids=['same', 'late', 'back', 'none']
)
def test_stamps_that_do_not_fit_the_sequence_are_refused(stamps_ns: list[int]) -> None:
    with pytest.raises(MotError, match=r'do not fit a sequence of 4|must have stamps'):
        image_numbers(stamps_ns, SequenceInfo(fps=10, length=4, size_wh=(200, 100)))


def test_a_sequence_is_read_at_the_size_of_its_images(tmp_path: Path) -> None:
    (tmp_path / 'gt').mkdir()
    (tmp_path / 'img1').mkdir()
    for number in (1, 2, 3):
        image = np.full((40, 80, 3), number, np.uint8)
        cv2.imwrite(str(tmp_path / 'img1' / f'{number:06}.png'), image)
    (tmp_path / 'seqinfo.ini').write_text(
        '[Sequence]\nframeRate=10\nseqLength=3\nimWidth=160\nimHeight=80\n'
    )
    (tmp_path / 'gt' / 'gt.txt').write_text(
        '1,1,21,11,20,40,1\n3,1,41,11,20,40,1\n3,2,1,1,9,9,0\n'
    )
    first, third = sequence_images(tmp_path, every=2)
    assert (first.image == 1).all()
    assert (third.image == 3).all()
    assert (first.time_s, third.time_s) == (0, 0.2)
    np.testing.assert_allclose(first.truth.boxes, [[9.75, 4.75, 19.75, 24.75]])
    np.testing.assert_array_equal(third.truth.scores, [1, 0])
