# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of MOTChallenge text files."""

from pathlib import Path

import numpy as np
import pytest

from alphapose_ros.io.mot import MotError
from alphapose_ros.io.mot import MotRows
from alphapose_ros.io.mot import read_mot
from alphapose_ros.io.mot import read_sequence_info
from alphapose_ros.io.mot import write_mot

INFO = '[Sequence]\nframeRate=7.5\nseqLength=795\nimWidth=768\nimHeight=576\n'


def write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def rows_of(n: int) -> MotRows:
    rng = np.random.default_rng(n)
    top_left = rng.uniform(-20, 900, (n, 2))
    return MotRows(
        frames=rng.integers(1, 50, n),
        ids=np.arange(n) - 1,
        boxes=np.hstack([top_left, top_left + rng.uniform(1, 300, (n, 2))]).astype(np.float32),
        scores=rng.uniform(-3, 3, n).astype(np.float32),
    )


def test_the_first_pixel_of_a_file_is_the_origin(tmp_path: Path) -> None:
    rows = read_mot(write(tmp_path / 'a.txt', '3,7,1,1,10,20,0.5,-1,-1,-1\n'))
    assert (rows.frames, rows.ids, rows.scores) == (3, 7, 0.5)
    np.testing.assert_array_equal(rows.boxes, [[0, 0, 10, 20]])


def test_scaled_boxes_keep_their_place_in_the_image(tmp_path: Path) -> None:
    # The whole image: from the corner of its first pixel, half a pixel before its centre.
    path = write(tmp_path / 'a.txt', '1,1,0.5,0.5,768,576\n')
    np.testing.assert_allclose(
        read_mot(path, scale=0.625).boxes, [[-0.5, -0.5, 479.5, 359.5]], atol=1e-4
    )


@pytest.mark.parametrize('n', [0, 1, 30])
def test_rows_come_back_as_they_were_written(tmp_path: Path, n: int) -> None:
    rows = rows_of(n)
    write_mot(tmp_path / 'a.txt', rows)
    again = read_mot(tmp_path / 'a.txt')
    np.testing.assert_array_equal(again.frames, rows.frames)
    np.testing.assert_array_equal(again.ids, rows.ids)
    np.testing.assert_allclose(again.boxes, rows.boxes, atol=1e-3)
    np.testing.assert_allclose(again.scores, rows.scores, rtol=1e-5)


def test_a_missing_score_is_one(tmp_path: Path) -> None:
    assert read_mot(write(tmp_path / 'a.txt', '1,1,5,5,10,10\n')).scores == 1


def test_people_who_do_not_count_are_left_out_when_wanted(tmp_path: Path) -> None:
    path = write(tmp_path / 'gt.txt', '1,4,5,5,9,9,0\n1,5,5,5,9,9,1\n\n2,6,5,5,9,9,-1\n')
    np.testing.assert_array_equal(read_mot(path).ids, [4, 5, 6])
    np.testing.assert_array_equal(read_mot(path, drop_ignored=True).ids, [5, 6])


@pytest.mark.parametrize(
    ('line', 'complaint'),
    [
        ('1,2,3,4,5', 'must be frame, id, left'),
        ('1,2,3,4,5,x', "could not convert string to float: 'x'"),
        ('1,2,3,4,nan,6', 'finite'),
        ('0,2,3,4,5,6', 'frame from 1'),
        ('1,2.5,3,4,5,6', 'must be integers'),
    ],
    ids=['short', 'text', 'nan', 'frame 0', 'fraction'],
)
def test_a_bad_line_is_refused_with_file_and_line(
    tmp_path: Path, line: str, complaint: str
) -> None:
    path = write(tmp_path / 'bad.txt', f'1,1,5,5,9,9,1\n{line}\n')
    with pytest.raises(MotError, match=rf'bad\.txt, line 2: .*{complaint}'):
        read_mot(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(MotError, match=r'none\.txt'):
        read_mot(tmp_path / 'none.txt')


@pytest.mark.parametrize(
    ('change', 'complaint'),
    [
        ({'boxes': np.zeros((3, 4), np.float32)}, r'boxes must be float32 of shape \(2, 4\)'),
        ({'ids': np.zeros(2)}, r'ids must be int64 of shape \(2,\), got float64'),
    ],
    ids=['shape', 'type'],
)
def test_arrays_that_do_not_fit_are_refused(change: dict[str, np.ndarray], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        MotRows(**{**vars(rows_of(2)), **change})


def test_a_sequence_tells_rate_length_and_size(tmp_path: Path) -> None:
    info = read_sequence_info(write(tmp_path / 'seqinfo.ini', INFO))
    assert (info.fps, info.length, info.size_wh) == (7.5, 795, (768, 576))


@pytest.mark.parametrize(
    ('text', 'complaint'),
    [
        ('', "lacks 'Sequence'"),
        (INFO.replace('imWidth', 'width'), "lacks 'imWidth'"),
        (INFO.replace('7.5', 'fast'), 'fast'),
        (INFO.replace('7.5', '0'), 'must be more than 0'),
        ('frameRate=7', 'no section headers'),
    ],
    ids=['empty', 'missing', 'text', 'zero', 'no section'],
)
def test_a_bad_description_is_refused_with_its_file(
    tmp_path: Path, text: str, complaint: str
) -> None:
    path = write(tmp_path / 'seqinfo.ini', text)
    with pytest.raises(MotError, match=rf'seqinfo\.ini.*{complaint}'):
        read_sequence_info(path)


def test_the_ground_truth_of_a_real_sequence_is_read(shared_dir: Path) -> None:
    folder = shared_dir / 'tracking' / 'PETS09-S2L1'
    info = read_sequence_info(folder / 'seqinfo.ini')
    truth = read_mot(folder / 'gt' / 'gt.txt', drop_ignored=True)
    assert (len(truth), truth.frames.max(), len(np.unique(truth.ids))) == (4476, info.length, 19)
