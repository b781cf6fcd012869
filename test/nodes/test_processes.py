# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The installed executables as processes, over DDS."""

from collections.abc import Callable
from collections.abc import Iterator
from pathlib import Path
import runpy
import signal
import subprocess
import sys
import time
from typing import Any

import numpy as np
import pytest
from sensor_msgs.msg import Image

from alphapose_ros.io.messages import image_from_message
from alphapose_ros.io.video import FrameSource
from alphapose_ros.msg import PersonBoxArray
from alphapose_ros.msg import Pose2DArray
from alphapose_ros.nodes.qos import qos

packages = pytest.importorskip('ament_index_python.packages')

Start = Callable[..., 'subprocess.Popen[str]']


@pytest.fixture
def start(ros: Any) -> Iterator[Start]:
    """Return a function that starts an executable in the namespace of the test."""
    folder = Path(packages.get_package_prefix('alphapose_ros')) / 'lib' / 'alphapose_ros'
    processes: list[subprocess.Popen[str]] = []

    def start_executable(name: str, *arguments: str, **parameters: Any) -> Any:
        command = [sys.executable, str(folder / name), '--ros-args']
        command += ['-r', f'__ns:={ros.namespace}', *arguments]
        for key, value in parameters.items():
            command += ['-p', f'{key}:={value}']
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        processes.append(process)
        return process

    yield start_executable
    for process in processes:
        process.kill()
        process.communicate()


def test_executables_leave_their_workers_alone() -> None:
    prefix = Path(packages.get_package_prefix('alphapose_ros'))
    paths = [p for f in ('bin', 'lib/alphapose_ros') for p in (prefix / f).iterdir()]
    scripts = [p for p in paths if p.is_file() and p.read_bytes().startswith(b'#!')]
    assert {'alphapose_ros', 'process', 'pose_node'} <= {p.name for p in scripts}
    for script in scripts:
        # As `multiprocessing` does in a process that it spawns, to find what it shall call.
        runpy.run_path(str(script), run_name='__mp_main__')


def wait_for_nodes(ros: Any, process: Any, *names: str) -> None:
    observer = ros.peer()
    wanted = {(name, ros.namespace) for name in names}

    def is_there() -> bool:
        return wanted <= set(observer.get_node_names_and_namespaces())

    assert ros.spin_until(lambda: is_there() or process.poll() is not None, 30.0), names
    assert process.poll() is None, process.communicate()[0]


@pytest.fixture
def pictures(tmp_path: Path, person_image: np.ndarray) -> Path:
    import cv2

    cv2.imwrite(str(tmp_path / '1.png'), person_image)
    return tmp_path


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM], ids=['SIGINT', 'SIGTERM'])
@pytest.mark.parametrize(
    ('executable', 'nodes'),
    [
        ('alphapose', ('detector', 'pose', 'tracker')),
        ('detector_node', ('detector',)),
        ('pose_node', ('pose',)),
        ('tracker_node', ('tracker',)),
        ('overlay_node', ('overlay',)),
        ('video_node', ('video',)),
        ('recorder_node', ('recorder',)),
    ],
    ids=lambda value: value if isinstance(value, str) else '',
)
def test_a_signal_ends_it_with_code_0_and_without_a_trace(
    ros: Any,
    start: Start,
    tiny_weights: Path,
    pictures: Path,
    executable: str,
    nodes: tuple[str, ...],
    number: int,
) -> None:
    parameters = {
        'weights_dir': tiny_weights,
        'source': pictures,
        'loop': 'true',
        'output_dir': pictures,
    }
    process = start(executable, **parameters)
    wait_for_nodes(ros, process, *nodes)
    time.sleep(0.3)  # the nodes are in the graph a little before they spin
    process.send_signal(number)
    output, _ = process.communicate(timeout=3)
    assert process.returncode == 0, output
    assert 'Traceback' not in output


@pytest.mark.parametrize(
    ('yaml', 'message'),
    [
        pytest.param('min_box_score: 1', 'parameter min_box_score must be a double', id='integer'),
        pytest.param('min_box_score: 7.5', 'min_box_score must be in [0.0, 1.0]', id='range'),
        pytest.param('device: gpu', "unknown device 'gpu'; allowed are auto", id='device'),
        pytest.param('detector_model: yolo', "unknown model 'yolo'; known are", id='model'),
        pytest.param('weight_dir: /tmp', 'did you mean weights_dir?', id='name'),
    ],
)
def test_a_wrong_parameter_file_refuses_the_start_in_one_line(
    start: Start, tmp_path: Path, tiny_weights: Path, yaml: str, message: str
) -> None:
    path = tmp_path / 'params.yaml'
    path.write_text(f'/**:\n  ros__parameters:\n    weights_dir: "{tiny_weights}"\n    {yaml}\n')
    process = start('detector_node', '--params-file', str(path))
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert message in output
    assert len(output.strip().splitlines()) == 1


def test_720p_best_effort_images_all_arrive(
    ros: Any, start: Start, tiny_weights: Path, image_message: Any
) -> None:
    camera = ros.peer().create_publisher(Image, 'image', qos(1, reliable=False))
    options = {'weights_dir': tiny_weights, 'reliability': 'best_effort', 'threads': 1}
    process = start('detector_node', **options)
    received = ros.collect(PersonBoxArray, 'detections', qos(100))
    wait_for_nodes(ros, process, 'detector')
    assert ros.spin_until(lambda: camera.get_subscription_count() == 1)
    image = np.zeros((720, 1280, 3), np.uint8)
    for i in range(60):
        camera.publish(image_message(image, 1 + i))
        ros.spin_until(lambda expected=i + 1: len(received) >= expected, 1.0)
    assert len(received) == 60


def run_images(
    ros: Any, camera: Any, images: list[Any], received: dict[str, list[Any]]
) -> dict[str, list[Any]]:
    """Publish images one by one, each when everything that the last one gave has come."""
    for i, message in enumerate(images):
        camera.publish(message)
        assert ros.spin_until(
            lambda expected=i + 1: all(len(list_) == expected for list_ in received.values())
        ), (i, {topic: len(list_) for topic, list_ in received.items()})
    return received


def connect(ros: Any, camera: Any, image: Any, received: dict[str, list[Any]]) -> None:
    """Send an empty image until it comes back: then all processes have found each other."""

    def is_connected() -> bool:
        camera.publish(image)
        return ros.spin_until(lambda: all(received.values()), 1.0)

    assert ros.spin_until(is_connected, 60.0), {k: len(v) for k, v in received.items()}
    ros.spin_for(1.0)  # what is still under way
    for list_ in received.values():
        list_.clear()


def test_one_process_and_three_processes_give_equal_results(
    ros: Any, start: Start, shared_dir: Path, image_message: Any
) -> None:
    frames = FrameSource(str(shared_dir / 'media/video/openpose_video.avi'))
    images = [image_message(frames.read(), 100 + i / 25) for i in range(30)]
    nobody = image_message(np.zeros_like(image_from_message(images[0])), 99.0)
    models = {'weights_dir': shared_dir / 'weights', 'device': 'cpu'}
    topics = {'detections': PersonBoxArray, 'poses': Pose2DArray, 'tracks': Pose2DArray}
    results = []
    for mode, executables in (
        ('one', {'alphapose': models}),
        ('three', {'detector_node': models, 'pose_node': models, 'tracker_node': {}}),
    ):
        received = {t: ros.collect(type_, f'{mode}/{t}', qos(10)) for t, type_ in topics.items()}
        camera = ros.peer().create_publisher(Image, f'{mode}/image', qos(5))
        remaps = [
            argument
            for topic in ('image', *topics, 'keypoint_set')
            for argument in ('-r', f'{topic}:={mode}/{topic}')
        ]
        processes = [start(name, *remaps, **values) for name, values in executables.items()]
        connect(ros, camera, nobody, received)
        results.append(run_images(ros, camera, images, received))
        for process in processes:
            process.send_signal(signal.SIGINT)
            process.wait(5)
    one, three = results
    assert max(len(message.poses) for message in one['tracks']) >= 5
    for topic in topics:
        assert [m.header for m in one[topic]] == [m.header for m in images], topic
        assert one[topic] == three[topic], topic
