# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Play a video through the pipeline and draw the skeletons on it."""

from importlib.util import find_spec
from pathlib import Path

from launch.actions import DeclareLaunchArgument
from launch.actions import IncludeLaunchDescription
from launch.launch_description_sources import PythonLaunchDescriptionSource

from launch import LaunchDescription

PIPELINE = str(Path(__file__).parent / 'alphapose.launch.py')
CLIP = str(Path(find_spec('alphapose_ros').origin).parent / 'media' / 'demo_people.mp4')


def generate_launch_description():
    """Return the pipeline with other defaults; all its arguments work here, too."""
    return LaunchDescription(
        [
            DeclareLaunchArgument(
                'source',
                default_value=CLIP,
                description='Video file, folder of images or camera index; a clip of the package '
                'by default.',
            ),
            DeclareLaunchArgument(
                'camera',
                default_value='video',
                choices=['video'],
                description='The image source of a demo is a video.',
            ),
            DeclareLaunchArgument(
                'overlay',
                default_value='true',
                description='Draw the skeletons, on the topics overlay and overlay/compressed.',
            ),
            IncludeLaunchDescription(PythonLaunchDescriptionSource(PIPELINE)),
        ]
    )
