# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Play a bag through the pipeline in simulated time; everything stops when the bag ends.

Live replay drops images that come faster than the networks run, as a camera would.
"""

from pathlib import Path
import shlex

from launch.actions import DeclareLaunchArgument
from launch.actions import ExecuteProcess
from launch.actions import IncludeLaunchDescription
from launch.actions import OpaqueFunction
from launch.actions import Shutdown
from launch.launch_description_sources import PythonLaunchDescriptionSource

from launch import LaunchDescription

PIPELINE = str(Path(__file__).parent / 'alphapose.launch.py')


def play_bag(context):
    """Return the player; it starts after the pipeline, with the same Fast DDS profile."""
    given = context.launch_configurations
    command = ['ros2', 'bag', 'play', given['bag'], '--clock', '100', '--rate', given['rate']]
    if given['loop'] == 'true':
        command += ['--loop']
    if given['qos_overrides']:
        command += ['--qos-profile-overrides-path', given['qos_overrides']]
    command += shlex.split(given['bag_args'])
    return [
        ExecuteProcess(cmd=command, output='screen', on_exit=Shutdown(reason='the bag has ended'))
    ]


def generate_launch_description():
    """Return the pipeline with other defaults and a bag player; its arguments work here, too."""
    return LaunchDescription(
        [
            DeclareLaunchArgument('bag', description='Path of the bag (required).'),
            DeclareLaunchArgument(
                'rate',
                default_value='1.0',
                description='Speed of the replay; 0.5 is half as fast.',
            ),
            DeclareLaunchArgument(
                'loop',
                default_value='false',
                choices=['true', 'false'],
                description='Start again when the bag ends; the tracker then starts again, too.',
            ),
            DeclareLaunchArgument(
                'qos_overrides',
                default_value='',
                description='YAML file with the QoS of the replayed topics (empty: as recorded).',
            ),
            DeclareLaunchArgument(
                'bag_args',
                default_value='',
                description='Further arguments of `ros2 bag play`, e.g. "--delay 3 --topics '
                '/camera/image_raw". If the bag holds tracks of its own, replay only the '
                'images.',
            ),
            DeclareLaunchArgument(
                'use_sim_time',
                default_value='true',
                choices=['true', 'false'],
                description='Take the time from the /clock of the bag.',
            ),
            DeclareLaunchArgument(
                'params_file',
                default_value='replay.yaml',
                description='Parameters of all nodes: a path, or the name of an installed file.',
            ),
            IncludeLaunchDescription(PythonLaunchDescriptionSource(PIPELINE)),
            OpaqueFunction(function=play_bag),
        ]
    )
