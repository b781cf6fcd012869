# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The launch files load, explain themselves and start the right processes with the right rules."""

from itertools import pairwise
from pathlib import Path

import pytest

# Not `launch`: without it, the folder of that name would be imported from the project root.
pytest.importorskip('launch_ros', reason='launch and launch_ros come with ROS 2, not from PyPI')

from launch.actions import DeclareLaunchArgument
from launch.actions import ExecuteProcess
from launch.launch_description_sources import PythonLaunchDescriptionSource
from launch.utilities import perform_substitutions
from launch_ros.actions import Node

from launch import LaunchContext
from launch import LaunchDescription
from launch import LaunchDescriptionEntity

ROOT = Path(__file__).parents[2]
ALPHAPOSE, DEMO, REPLAY = (
    ROOT / 'launch' / f'{name}.launch.py' for name in ('alphapose', 'demo', 'replay')
)
PROFILE = 'FASTDDS_DEFAULT_PROFILES_FILE'
OLD_PROFILE = 'FASTRTPS_DEFAULT_PROFILES_FILE'


def load(path: Path) -> LaunchDescription:
    """Return the description in a launch file."""
    return PythonLaunchDescriptionSource(str(path)).get_launch_description(LaunchContext())


@pytest.fixture
def commands(monkeypatch):
    """Return a function that visits a launch file and lists its processes without starting any."""
    monkeypatch.delenv(PROFILE, raising=False)
    monkeypatch.delenv(OLD_PROFILE, raising=False)
    started: list[tuple[str, list[str], dict[str, str]]] = []

    def note(process, context):
        name = process.node_executable if isinstance(process, Node) else 'ros2 bag'
        words = [perform_substitutions(context, word) for word in process.cmd[1:]]
        started.append((name, words, dict(context.environment)))

    def visit(entity: LaunchDescriptionEntity, context: LaunchContext) -> None:
        for child in entity.visit(context) or []:
            visit(child, context)

    def run(path: Path, **arguments: str):
        context = LaunchContext()
        context.launch_configurations.update(arguments)
        visit(load(path), context)
        return started

    monkeypatch.setattr(ExecuteProcess, 'execute', note)
    return run


def names(processes) -> list[str]:
    """Return the executables in the order of their start."""
    return [name for name, _, _ in processes]


def rules(words: list[str], option: str) -> list[str]:
    """Return what follows each occurrence of a command line option."""
    return [after for word, after in pairwise(words) if word == option]


@pytest.mark.parametrize('path', [ALPHAPOSE, DEMO, REPLAY], ids=lambda path: path.stem)
def test_every_argument_is_explained(path):
    arguments = load(path).get_launch_arguments()
    assert arguments
    assert all(len(argument.description) > 20 for argument in arguments)
    assert all(argument.description.rstrip().endswith(('.', ']')) for argument in arguments)


def test_all_arguments_of_the_pipeline_are_there():
    arguments = [a.name for a in load(ALPHAPOSE).entities if isinstance(a, DeclareLaunchArgument)]
    assert set(arguments) >= {
        'namespace',
        'image',
        'image_transport',
        'params_file',
        'composed',
        'use_sim_time',
        'device',
        'model',
        'detector',
        'reid',
        'log_level',
        'camera',
        'overlay',
        'rviz',
    }


def test_one_process_is_the_default(commands):
    assert names(commands(ALPHAPOSE)) == ['alphapose']


def test_three_processes_when_not_composed(commands):
    assert names(commands(ALPHAPOSE, composed='false')) == [
        'detector_node',
        'pose_node',
        'tracker_node',
    ]


@pytest.mark.parametrize(
    ('argument', 'value', 'executables'),
    [
        pytest.param('overlay', 'true', ['alphapose', 'overlay_node'], id='overlay'),
        pytest.param(
            'rviz', 'true', ['rviz2', 'alphapose', 'overlay_node'], id='rviz-and-overlay'
        ),
        pytest.param('viewer', 'rerun', ['alphapose', 'viewer_node'], id='rerun'),
        pytest.param('viewer', 'foxglove', ['alphapose', 'viewer_node'], id='foxglove'),
        pytest.param('camera', 'video', ['alphapose', 'video_node'], id='video'),
        pytest.param('camera', 'usb_cam', ['usb_cam_node_exe', 'alphapose'], id='usb_cam'),
        pytest.param('camera', 'v4l2_camera', ['v4l2_camera_node', 'alphapose'], id='v4l2_camera'),
    ],
)
def test_an_argument_adds_its_process(commands, argument, value, executables):
    assert names(commands(ALPHAPOSE, **{argument: value})) == executables


def test_an_unknown_choice_is_refused(commands):
    with pytest.raises(RuntimeError, match=r'composed.*perhaps'):
        commands(ALPHAPOSE, composed='perhaps')


def test_arguments_that_are_not_given_override_nothing(commands):
    [(_, words, _)] = commands(ALPHAPOSE)
    assert rules(words, '-p') == []
    assert rules(words, '--params-file') == [str(ROOT / 'config' / 'params.yaml')]


def test_arguments_that_are_given_come_after_the_file(commands):
    [(_, words, _)] = commands(
        ALPHAPOSE,
        device='cpu',
        model='a/b.onnx',
        detector='c',
        reid='d',
        use_sim_time='true',
        image_transport='compressed',
    )
    assert rules(words, '-p')[-6:] == [
        'use_sim_time:=True',
        "image_transport:='compressed'",
        "device:='cpu'",
        "pose_model:='a/b.onnx'",
        "detector_model:='c'",
        "reid_model:='d'",
    ]
    assert words.index("device:='cpu'") > words.index('--params-file')


def test_a_camera_index_stays_text(commands):
    [_, (_, words, _)] = commands(ALPHAPOSE, camera='video', source='0')
    assert "source:='0'" in rules(words, '-p')


def test_drivers_and_viewers_do_not_get_our_parameters(commands):
    driver, viewer, ours = commands(
        ALPHAPOSE,
        camera='usb_cam',
        source='/dev/video2',
        rviz='true',
        overlay='false',
        device='cpu',
    )
    for _, words, _ in (driver, viewer):
        assert rules(words, '--params-file') == []
        assert rules(words, '-p') == ["video_device:='/dev/video2'"]
    assert not any('video_device' in word for word in ours[1])


def test_the_camera_publishes_where_the_pipeline_reads(commands):
    (_, driver, _), (_, pipeline, _) = commands(ALPHAPOSE, camera='usb_cam', image='/a/image')
    assert {'image_raw:=/a/image', 'image_raw/compressed:=/a/image/compressed'} <= set(driver)
    assert 'image:=/a/image' in rules(pipeline, '-r')


def test_nodes_keep_their_names_and_take_the_namespace(commands):
    for _, words, _ in commands(ALPHAPOSE, composed='false', namespace='front'):
        assert '__ns:=/front' in rules(words, '-r')
        assert not any('__node' in word for word in words)


def test_the_log_level_reaches_every_process(commands):
    for _, words, _ in commands(ALPHAPOSE, composed='false', log_level='debug'):
        assert rules(words, '--log-level') == ['debug']


@pytest.mark.parametrize('name', ['cpu.yaml', 'accurate.yaml', 'replay.yaml'])
def test_an_installed_file_is_found_by_its_name(commands, name):
    [(_, words, _)] = commands(ALPHAPOSE, params_file=name)
    assert rules(words, '--params-file') == [str(ROOT / 'config' / name)]


def test_a_file_of_the_user_is_found_by_its_path(commands, tmp_path):
    path = tmp_path / 'cpu.yaml'
    path.write_text('/**: {ros__parameters: {device: cpu}}')
    [(_, words, _)] = commands(ALPHAPOSE, params_file=str(path))
    assert rules(words, '--params-file') == [str(path)]


def test_a_missing_file_is_named_with_what_exists(commands):
    with pytest.raises(FileNotFoundError, match=r'nothing\.yaml.*cpu\.yaml'):
        commands(ALPHAPOSE, params_file='nothing.yaml')


def test_every_process_gets_the_dds_profile(commands):
    profile = str(ROOT / 'config' / 'fastdds_shm.xml')
    for _, _, environment in commands(ALPHAPOSE, camera='usb_cam', composed='false'):
        assert environment[PROFILE] == profile


@pytest.mark.parametrize('variable', [PROFILE, OLD_PROFILE])
def test_a_dds_profile_of_the_user_is_kept(commands, monkeypatch, variable):
    monkeypatch.setenv(variable, 'mine.xml')
    [(_, _, environment)] = commands(ALPHAPOSE)
    assert {name: environment.get(name) for name in (PROFILE, OLD_PROFILE)} == {
        PROFILE: None,
        OLD_PROFILE: None,
        variable: 'mine.xml',
    }


def test_the_demo_plays_a_video_and_draws(commands):
    processes = commands(DEMO, source='clip.mp4')
    assert names(processes) == ['alphapose', 'overlay_node', 'video_node']
    assert "source:='clip.mp4'" in rules(processes[-1][1], '-p')


def test_the_demo_has_a_clip_of_its_own(commands):
    (clip,) = (w for w in rules(commands(DEMO)[-1][1], '-p') if w.startswith('source:='))
    assert Path(clip.removeprefix("source:='").removesuffix("'")).is_file()


def test_a_replay_plays_the_bag_in_simulated_time(commands):
    (_, words, _), (player, command, environment) = commands(REPLAY, bag='b.mcap')
    assert rules(words, '--params-file') == [str(ROOT / 'config' / 'replay.yaml')]
    assert 'use_sim_time:=True' in rules(words, '-p')
    assert player == 'ros2 bag'
    assert command == ['bag', 'play', 'b.mcap', '--clock', '100', '--rate', '1.0']
    assert environment[PROFILE] == str(ROOT / 'config' / 'fastdds_shm.xml')


def test_a_replay_passes_its_options_to_the_player(commands):
    *_, (_, command, _) = commands(
        REPLAY,
        bag='b',
        loop='true',
        rate='0.5',
        qos_overrides='q.yaml',
        bag_args='--delay 3 --topics "/a b"',
    )
    assert command[6:] == [
        '0.5',
        '--loop',
        '--qos-profile-overrides-path',
        'q.yaml',
        '--delay',
        '3',
        '--topics',
        '/a b',
    ]
