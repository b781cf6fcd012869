# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""`pip install` of the part that needs no ROS; colcon builds the package with CMakeLists.txt."""

from setuptools import find_packages
from setuptools import setup

setup(
    name='alphapose_ros',
    version='0.1.0',
    description='Whole-body human pose estimation and tracking for ROS 2',
    license='Apache-2.0',
    python_requires='>=3.10',
    packages=[
        *find_packages(include=['alphapose_ros', 'alphapose_ros.*']),
        'alphapose_ros.msg_definitions',
    ],
    # Bags are read by the definitions of our messages, which need no ROS.
    package_dir={'alphapose_ros.msg_definitions': 'msg'},
    package_data={
        'alphapose_ros': ['media/*', 'weights/*'],
        'alphapose_ros.msg_definitions': ['*.msg'],
    },
    install_requires=[
        'numpy>=1.21',
        'onnxruntime>=1.15',
        'opencv-python-headless>=4.5',
        'pyyaml>=5.4',
        'rich>=12',
        'scipy>=1.8',
        'torch>=2.1',
        'torchvision>=0.16',
    ],
    extras_require={
        'onnx': ['onnx>=1.14'],
        'eval': [
            'matplotlib>=3.5',
            'motmetrics>=1.4',
            'pycocotools>=2.0.7',
            'supervision>=0.26',
            'trackers>=2.6',
            'trackeval>=1.3',
        ],
        'bags': ['lz4>=3.1', 'mcap>=1.6', 'rosbags>=0.10', 'zstandard>=0.16'],
        'openvino': ['openvino>=2024.0'],
        'fetch': ['gdown>=5.0'],
        'ray': ['ray>=2.9'],
        'synth': ['moderngl>=5.8'],
        'train': ['pycocotools>=2.0.7', 'tensorboard>=2.10'],
        'view': ['foxglove-sdk>=0.20', 'rerun-sdk>=0.23'],
    },
    entry_points={'console_scripts': ['alphapose_ros = alphapose_ros.tools.main:main']},
)
