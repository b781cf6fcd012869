# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The C++ header, compiled and run against the generated messages."""

import os
from pathlib import Path
import shutil
import subprocess

import pytest

ROOT = Path(__file__).resolve().parents[2]

PROGRAM = r"""
#include <cassert>
#include <cmath>
#include <iostream>
#include <limits>

#include "alphapose_ros/keypoint_index.hpp"

int main()
{
  alphapose_ros::msg::KeypointSet set;
  set.name = "three";
  set.keypoint_names = {"nose", "left_wrist", "right_wrist"};
  const alphapose_ros::KeypointIndex joints(set);

  alphapose_ros::msg::PersonPose2D person;
  const float nan = std::numeric_limits<float>::quiet_NaN();
  person.keypoints = {1.0f, 2.0f, nan, nan, 5.5f, 6.5f};
  person.keypoint_scores = {0.1f, 0.0f, 0.75f};
  const auto wrist = joints.keypoint(person, "right_wrist");
  std::cout << wrist.x << " " << wrist.y << " " << wrist.score << "\n";
  const auto unknown = joints.keypoint(person, "left_wrist");
  std::cout << wrist.is_estimated() << unknown.is_estimated() << "\n";

  alphapose_ros::msg::Pose2DArray message;
  message.keypoint_set = "three";
  message.num_keypoints = 3;
  std::cout << joints.fits(message);
  message.keypoint_set = "coco_17";
  std::cout << joints.fits(message) << "\n";

  try {
    joints.index("tail");
  } catch (const std::out_of_range & err) {
    std::cout << err.what() << "\n";
  }
  person.keypoints.pop_back();
  try {
    joints.keypoint(person, "nose");
  } catch (const std::invalid_argument & err) {
    std::cout << err.what() << "\n";
  }
}
"""


def include_folders() -> list[str]:
    prefixes = [Path(p) for p in os.environ.get('AMENT_PREFIX_PATH', '').split(os.pathsep) if p]
    folders = [p / 'include' for p in prefixes]
    nested = [folder for include in folders if include.is_dir() for folder in include.iterdir()]
    return [f'-I{folder}' for folder in [ROOT / 'examples/cpp/include', *folders, *nested]]


@pytest.fixture
def program(tmp_path: Path) -> Path:
    compiler = shutil.which('g++') or shutil.which('clang++')
    if compiler is None:
        pytest.skip('needs a C++ compiler')
    folders = include_folders()
    if not any((Path(f[2:]) / 'alphapose_ros/msg/keypoint_set.hpp').exists() for f in folders):
        pytest.skip('needs the generated C++ messages')
    source = tmp_path / 'program.cpp'
    source.write_text(PROGRAM)
    flags = ['-std=c++17', '-Wall', '-Wextra', '-Werror', *folders]
    result = subprocess.run(
        [compiler, *flags, str(source), '-o', str(tmp_path / 'program')],
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr
    return tmp_path / 'program'


def test_joints_are_found_by_name(program: Path) -> None:
    output = subprocess.run([program], capture_output=True, text=True, check=True).stdout
    assert output.splitlines() == [
        '5.5 6.5 0.75',
        '10',
        '10',
        "three has no joint 'tail'; it has nose, left_wrist, right_wrist",
        'the person has 3 joints, three has 3',
    ]
