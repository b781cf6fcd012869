# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Start the pipeline: detector, pose and tracker, optionally with a camera and viewers.

An argument that is not given leaves the value of `params_file` alone. Every name is relative, so
`namespace` moves the whole pipeline; `image` points it at a camera topic, raw or compressed.
"""

from pathlib import Path

from launch.actions import DeclareLaunchArgument
from launch.actions import GroupAction
from launch.actions import OpaqueFunction
from launch.actions import SetEnvironmentVariable
from launch.actions import Shutdown
from launch.conditions import IfCondition
from launch.conditions import UnlessCondition
from launch.substitutions import LaunchConfiguration
from launch_ros.actions import Node
from launch_ros.actions import PushRosNamespace
from launch_ros.actions import SetParameter
from launch_ros.actions import SetParametersFromFile
from launch_ros.parameter_descriptions import ParameterValue

from launch import Condition
from launch import LaunchDescription

CONFIG = Path(__file__).parent.parent / 'config'
PROFILE_VARIABLES = ('FASTDDS_DEFAULT_PROFILES_FILE', 'FASTRTPS_DEFAULT_PROFILES_FILE')


def equals(argument, value):
    """Return the condition that the launch argument has this value."""
    return Condition(predicate=lambda context: context.launch_configurations[argument] == value)


def is_given(argument):
    """Return the condition that the launch argument is not empty."""
    return Condition(predicate=lambda context: context.launch_configurations[argument] != '')


def set_value(parameter, argument):
    """Set a parameter of all nodes that follow, if the launch argument was given."""
    return SetParameter(parameter, LaunchConfiguration(argument), condition=is_given(argument))


def set_text(parameter, argument):
    """Do the same for text, which stays text where it looks like a number: camera index 0."""
    quoted = ParameterValue(["'", LaunchConfiguration(argument), "'"], value_type=str)
    return SetParameter(parameter, quoted, condition=is_given(argument))


def set_params_file(context):
    """Load `params_file`: the bare name of an installed file, or a path."""
    given = context.launch_configurations['params_file']
    installed = CONFIG / given
    path = installed if '/' not in given and installed.is_file() else Path(given).expanduser()
    if not path.is_file():
        names = ', '.join(sorted(file.name for file in CONFIG.glob('*.yaml')))
        raise FileNotFoundError(f'params_file: no file {path}; give a path or one of: {names}')
    return [SetParametersFromFile(str(path))]


def pipeline_arguments():
    """Return the arguments of the pipeline; `ros2 launch ... --show-args` explains them."""
    return [
        DeclareLaunchArgument(
            'namespace',
            default_value='',
            description='Namespace of all nodes and topics, e.g. front_camera.',
        ),
        DeclareLaunchArgument(
            'image',
            default_value='image',
            description='Image topic to read, e.g. /camera/image_raw; compressed images are read '
            'from its companion <image>/compressed.',
        ),
        DeclareLaunchArgument(
            'image_transport',
            default_value='',
            choices=['', 'raw', 'compressed'],
            description='Read the raw or the compressed image topic (empty: as in params_file).',
        ),
        DeclareLaunchArgument(
            'params_file',
            default_value='params.yaml',
            description='Parameters of all nodes: a path, or the name of a file of this package: '
            'params.yaml (the defaults, explained), cpu.yaml, accurate.yaml or '
            'replay.yaml.',
        ),
        DeclareLaunchArgument(
            'composed',
            default_value='true',
            choices=['true', 'false'],
            description='Run detector, pose and tracker in one process (true, the fastest way) '
            'or in three.',
        ),
        DeclareLaunchArgument(
            'use_sim_time',
            default_value='',
            choices=['', 'true', 'false'],
            description='Take the time from /clock, for bags and simulators (empty: as in '
            'params_file).',
        ),
        DeclareLaunchArgument(
            'log_level',
            default_value='info',
            choices=['debug', 'info', 'warn', 'error', 'fatal'],
            description='Log messages of this severity and above.',
        ),
    ]


def model_arguments():
    """Return the arguments that choose networks and where they run."""
    return [
        DeclareLaunchArgument(
            'device',
            default_value='',
            description='Where the networks run: auto, cpu, cuda, cuda:N, tensorrt or tensorrt:N '
            '(empty: as in params_file).',
        ),
        DeclareLaunchArgument(
            'model',
            default_value='',
            description='Pose network: a name known to the package or the path of a file '
            '(empty: as in params_file).',
        ),
        DeclareLaunchArgument(
            'detector',
            default_value='',
            description='Person detector: a name known to the package or the path of a file '
            '(empty: as in params_file).',
        ),
        DeclareLaunchArgument(
            'reid',
            default_value='',
            description='Re-ID network, by which people are told apart when they cross or come '
            'back: a name known to the package or the path of a file (empty: as in '
            'params_file).',
        ),
    ]


def camera_arguments():
    """Return the arguments about what comes before and after the pipeline."""
    return [
        DeclareLaunchArgument(
            'camera',
            default_value='none',
            choices=['none', 'usb_cam', 'v4l2_camera', 'video'],
            description='Start an image source that publishes on the image topic: a driver (its '
            'package must be installed), or video, a file played by this package '
            '(everything stops when it ends). none: somebody else publishes.',
        ),
        DeclareLaunchArgument(
            'source',
            default_value='',
            description='What the camera opens. usb_cam, v4l2_camera: a device such as '
            '/dev/video0; video: a video file, a folder of images or a camera index.',
        ),
        DeclareLaunchArgument(
            'loop',
            default_value='',
            choices=['', 'true', 'false'],
            description='Start again when the video ends (empty: as in params_file).',
        ),
        DeclareLaunchArgument(
            'rviz',
            default_value='false',
            choices=['true', 'false'],
            description='Start RViz and show the overlay.',
        ),
        DeclareLaunchArgument(
            'overlay',
            default_value=LaunchConfiguration('rviz'),
            choices=['true', 'false'],
            description='Draw the skeletons on the images, on the topics overlay and '
            'overlay/compressed (default: same as rviz).',
        ),
        DeclareLaunchArgument(
            'viewer',
            default_value='',
            choices=['', 'rerun', 'foxglove'],
            description='Start Rerun and show images and people in it, or serve them to the app '
            'Foxglove on ws://127.0.0.1:8765 (parameter viewer_address: elsewhere).',
        ),
    ]


def dds_profile():
    """
    Return the action that enlarges the shared memory of Fast DDS, unless the user chose a profile.

    It is needed where images are published: without it, best-effort images above 512 KB are lost.
    """
    unset = Condition(
        predicate=lambda context: (
            not any(variable in context.environment for variable in PROFILE_VARIABLES)
        )
    )
    return SetEnvironmentVariable(
        PROFILE_VARIABLES[0], str(CONFIG / 'fastdds_shm.xml'), condition=unset
    )


def cameras():
    """Return drivers and viewer; their parameters are theirs, ours would be refused or misread."""
    remappings = [
        ('image_raw', LaunchConfiguration('image')),
        ('image_raw/compressed', [LaunchConfiguration('image'), '/compressed']),
    ]
    return GroupAction(
        [
            set_value('use_sim_time', 'use_sim_time'),
            set_text('video_device', 'source'),
            Node(
                package='usb_cam',
                executable='usb_cam_node_exe',
                output='screen',
                remappings=remappings,
                condition=equals('camera', 'usb_cam'),
            ),
            Node(
                package='v4l2_camera',
                executable='v4l2_camera_node',
                output='screen',
                remappings=remappings,
                condition=equals('camera', 'v4l2_camera'),
            ),
            Node(
                package='rviz2',
                executable='rviz2',
                arguments=['-d', str(CONFIG / 'alphapose.rviz')],
                remappings=[('/overlay', 'overlay')],
                condition=IfCondition(LaunchConfiguration('rviz')),
            ),
        ]
    )


def parameters():
    """Return the parameters of our nodes: those of the file, then those given as arguments."""
    return [
        OpaqueFunction(function=set_params_file),
        set_value('use_sim_time', 'use_sim_time'),
        set_value('loop', 'loop'),
        set_text('image_transport', 'image_transport'),
        set_text('device', 'device'),
        set_text('pose_model', 'model'),
        set_text('detector_model', 'detector'),
        set_text('reid_model', 'reid'),
        set_text('source', 'source'),
        set_text('viewer', 'viewer'),
    ]


def our_node(executable, condition, **kwargs):
    """Return one process of this package; its nodes keep the names that they give themselves."""
    return Node(
        package='alphapose_ros',
        executable=executable,
        output='screen',
        remappings=[('image', LaunchConfiguration('image'))],
        ros_arguments=['--log-level', LaunchConfiguration('log_level')],
        condition=condition,
        **kwargs,
    )


def generate_launch_description():
    """Return the whole description; later actions see the parameters set by earlier ones."""
    composed = LaunchConfiguration('composed')
    return LaunchDescription(
        [
            *pipeline_arguments(),
            *model_arguments(),
            *camera_arguments(),
            dds_profile(),
            GroupAction(
                [
                    PushRosNamespace(LaunchConfiguration('namespace')),
                    cameras(),
                    *parameters(),
                    our_node('alphapose', IfCondition(composed)),
                    our_node('detector_node', UnlessCondition(composed)),
                    our_node('pose_node', UnlessCondition(composed)),
                    our_node('tracker_node', UnlessCondition(composed)),
                    our_node('overlay_node', IfCondition(LaunchConfiguration('overlay'))),
                    our_node('viewer_node', is_given('viewer')),
                    our_node(
                        'video_node',
                        equals('camera', 'video'),
                        on_exit=Shutdown(reason='the video has ended'),
                    ),
                ]
            ),
        ]
    )
