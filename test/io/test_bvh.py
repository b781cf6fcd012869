# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Motion files: hierarchy, rotations, archives."""

from pathlib import Path
import tarfile

import numpy as np
import pytest

from alphapose_ros.io.bvh import BvhError
from alphapose_ros.io.bvh import read_bvh
from alphapose_ros.io.bvh import read_bvh_archive

TEXT = """HIERARCHY
ROOT hips
{
  OFFSET 0 1 0
  CHANNELS 6 Xposition Yposition Zposition Zrotation Yrotation Xrotation
  JOINT knee
  {
    OFFSET 0 -0.5 0
    CHANNELS 3 Zrotation Yrotation Xrotation
    End Site
    {
      OFFSET 0 -0.4 0
    }
  }
}
MOTION
Frames: 3
Frame Time: 0.04
0 0 0 0 0 0 0 0 0
9 9 9 90 0 0 0 0 90
0 0 0 90 90 0 0 0 0
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / 'a.bvh'
    file.write_text(TEXT)
    return file


def test_joints_have_parents_and_offsets(path: Path) -> None:
    motion = read_bvh(path)
    assert motion.names == ('hips', 'knee')
    assert motion.parents.tolist() == [-1, 0]
    assert motion.offsets.tolist() == [[0, 1, 0], [0, -0.5, 0]]


def test_rotations_follow_the_channels(path: Path) -> None:
    rotations = read_bvh(path).rotations
    assert np.allclose(rotations[0], np.eye(3))
    assert np.allclose(rotations[1, 0] @ (1, 0, 0), (0, 1, 0), atol=1e-6)
    assert np.allclose(rotations[1, 1] @ (0, 1, 0), (0, 0, 1), atol=1e-6)
    # The first channel turns last: about y, then about z.
    assert np.allclose(rotations[2, 0] @ (0, 0, 1), (0, 1, 0), atol=1e-6)


def test_an_archive_is_read_in_steps(path: Path, tmp_path: Path) -> None:
    archive = tmp_path / 'motions.tar.xz'
    with tarfile.open(archive, 'w:xz') as file:
        file.add(path, 'b/two.bvh')
        file.add(path, 'b/one.bvh')
    motions = read_bvh_archive(archive, 2)
    assert [len(motion.rotations) for motion in motions] == [2, 2]


@pytest.mark.parametrize(
    'text', ['', TEXT.replace('90 0 0 0 0 90', '90 0'), TEXT.replace('-0.5', 'far')],
    ids=['empty', 'short line', 'no number'],
)  # fmt: skip
def test_nonsense_is_refused(path: Path, text: str) -> None:
    path.write_text(text)
    with pytest.raises(BvhError, match=r'a\.bvh'):
        read_bvh(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BvhError, match=r'none\.bvh cannot be read'):
        read_bvh(tmp_path / 'none.bvh')
