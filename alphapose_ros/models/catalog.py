# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
The models that are known by name. A new model is one row here; a file without a row runs as well:
see `inference.load.describe`.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeVar

from alphapose_ros.models.architecture import Architecture
from alphapose_ros.models.catalog_alphapose import ALPHAPOSE_POSE
from alphapose_ros.models.catalog_alphapose import ALPHAPOSE_REID
from alphapose_ros.models.records import BYTE_STD
from alphapose_ros.models.records import DetectorRecord
from alphapose_ros.models.records import IMAGENET_MEAN_RGB
from alphapose_ros.models.records import IMAGENET_STD_RGB
from alphapose_ros.models.records import ModelRecord
from alphapose_ros.models.records import PoseRecord
from alphapose_ros.models.records import ReidRecord
from alphapose_ros.models.yolox import YOLOX_SIZES

R = TypeVar('R', bound=ModelRecord)

MEGVII = 'https://github.com/Megvii-BaseDetection/YOLOX'
MMPOSE = 'https://github.com/open-mmlab/mmpose/tree/main/projects/rtmpose'
MMPOSE_FILES = 'https://download.openmmlab.com/mmpose/v1/projects/'
TORCHVISION = 'https://docs.pytorch.org/vision/stable/models.html'
TORCHVISION_FILES = 'https://download.pytorch.org/models/'

# COCO val2017 box AP of the Megvii models.
YOLOX_AP = {'nano': 25.8, 'tiny': 32.8, 's': 40.5, 'm': 46.9, 'l': 49.7, 'x': 51.1}


def _yolox(size: str, ap: float) -> DetectorRecord:
    """Return the row of a PyTorch checkpoint; the nano model's is the ONNX file, see below."""
    return DetectorRecord(
        name=f'yolox_{size}' if size != 'nano' else 'yolox_nano_torch',
        file_names=(f'yolox_{size}.pth',),
        decode='yolox',
        input_size_wh=(416, 416) if size in ('nano', 'tiny') else (640, 640),
        architecture=Architecture('yolox', YOLOX_SIZES[size]),
        licence='Apache-2.0',
        source=MEGVII,
        url=f'{MEGVII}/releases/download/0.1.1rc0/yolox_{size}.pth',
        accuracy=f'{ap} box AP on COCO val2017',
    )


def _torchvision(
    network: str, file_name: str, ap: float, *, size_wh: tuple[int, int] = (1344, 800)
) -> DetectorRecord:
    return DetectorRecord(
        name=network,
        file_names=(file_name,),
        decode='boxes',
        person=1,
        color_order='rgb',
        std=BYTE_STD,  # it normalises by itself
        input_size_wh=size_wh,
        architecture=Architecture(
            'torchvision_detector', {'network': network, 'size_wh': size_wh}
        ),
        licence='BSD-3-Clause',
        source=TORCHVISION,
        url=TORCHVISION_FILES + file_name,
        sha256=file_name.removesuffix('.pth').rpartition('-')[2],
        accuracy=f'{ap} box AP on COCO val2017',
    )


def _simcc(
    name: str,
    path: str,
    keypoint_set: str,
    accuracy: str,
    *,
    sha256: str = '',
    size_wh: tuple[int, int] = (192, 256),
) -> PoseRecord:
    return PoseRecord(
        name=name,
        file_names=(f'{name}.onnx', path.rpartition('/')[2].replace('.zip', '.onnx')),
        keypoint_set=keypoint_set,
        decode='simcc',
        input_size_wh=size_wh,
        licence='Apache-2.0',
        source=MMPOSE,
        url=MMPOSE_FILES + path,
        sha256=sha256,
        accuracy=accuracy,
    )


def _by_name(rows: Iterable[R]) -> Mapping[str, R]:
    return MappingProxyType({row.name: row for row in rows})


DETECTORS: Mapping[str, DetectorRecord] = _by_name(
    (
        DetectorRecord(
            name='yolox_nano',
            file_names=('yolox_nano.onnx', 'yolox_nano_bigisland.onnx'),
            decode='yolox',
            licence='Apache-2.0',
            source=MEGVII,
            url=f'{MEGVII}/releases/download/0.1.1rc0/yolox_nano.onnx',
            accuracy='25.8 box AP on COCO val2017',
        ),
        DetectorRecord(
            name='rtmdet_nano_person',
            file_names=('rtmdet_nano_person_320.onnx', 'rtmdet_nano_person.onnx'),
            decode='rtmdet',
            mean=IMAGENET_MEAN_RGB[::-1],
            std=IMAGENET_STD_RGB[::-1],
            licence='Apache-2.0',
            source=MMPOSE,
            accuracy='40.3 box AP on COCO val2017, people',
        ),
        DetectorRecord(
            name='rtmdet_nano_person_nms',
            file_names=('rtmdet_nano_person_nms.onnx',),
            decode='boxes',
            input_size_wh=(320, 320),
            mean=IMAGENET_MEAN_RGB[::-1],
            std=IMAGENET_STD_RGB[::-1],
            licence='Apache-2.0',
            source=MMPOSE,
            url=MMPOSE_FILES
            + 'rtmposev1/onnx_sdk/rtmdet_nano_8xb32-100e_coco-obj365-person-05d8511e.zip',
            accuracy='40.3 box AP on COCO val2017, people',
        ),
        DetectorRecord(
            name='rtmdet_m_person_nms',
            file_names=('rtmdet_m_person_nms.onnx',),
            decode='boxes',
            input_size_wh=(640, 640),
            mean=IMAGENET_MEAN_RGB[::-1],
            std=IMAGENET_STD_RGB[::-1],
            licence='Apache-2.0',
            source=MMPOSE,
            url=MMPOSE_FILES
            + 'rtmposev1/onnx_sdk/rtmdet_m_8xb32-100e_coco-obj365-person-235e8209.zip',
            accuracy='58.5 box AP on COCO val2017, people',
        ),
        *(_yolox(size, ap) for size, ap in YOLOX_AP.items()),
        DetectorRecord(
            name='yolov3_spp',
            file_names=('yolov3-spp.weights', 'yolov3-spp.pth'),
            decode='yolov3',
            color_order='rgb',
            std=BYTE_STD,
            input_size_wh=(608, 608),
            architecture=Architecture('yolov3_spp'),
            licence='public domain (darknet)',
            source='https://pjreddie.com/darknet/yolo/',
            drive_id='1D47msNOOiJKvPOXlnpyzdKA3k6E97NTC',
            accuracy='60.6 box AP50 on COCO test-dev',
        ),
        _torchvision('fasterrcnn_resnet50_fpn', 'fasterrcnn_resnet50_fpn_coco-258fb6c6.pth', 37.0),
        _torchvision('retinanet_resnet50_fpn', 'retinanet_resnet50_fpn_coco-eeacb38b.pth', 36.4),
        _torchvision('fcos_resnet50_fpn', 'fcos_resnet50_fpn_coco-99b0c9b7.pth', 39.2),
        _torchvision(
            'ssdlite320_mobilenet_v3_large',
            'ssdlite320_mobilenet_v3_large_coco-a79551df.pth',
            21.3,
            size_wh=(320, 320),
        ),
        _torchvision(
            'keypointrcnn_resnet50_fpn', 'keypointrcnn_resnet50_fpn_coco-fc266e95.pth', 54.6
        ),
        DetectorRecord(
            name='bundled_detector',
            file_names=('bundled_detector.onnx',),
            decode='yolox',
            input_size_wh=(544, 320),
            architecture=Architecture(
                'yolox', {'depth': 0.33, 'width': 0.125, 'depthwise': False, 'num_classes': 1}
            ),
            licence='Apache-2.0',
            source='https://arxiv.org/abs/2107.08430',
            accuracy='76 to 83 % recall on two MOT clips',
        ),
    )
)

POSE_NETWORKS: Mapping[str, PoseRecord] = _by_name(
    (
        PoseRecord(
            name='ultralight_simplepose',
            file_names=('ultralight_simplepose.onnx',),
            keypoint_set='coco_17',
            input_size_wh=(192, 256),
            licence='none stated',
            source='https://github.com/dog-qiuqiu/Ultralight-SimplePose',
            accuracy='50.8 AP on 39 COCO images',
        ),
        PoseRecord(
            name='tinypose',
            file_names=('tinypose_256x192.openvino.xml', 'tinypose_256x192.onnx'),
            keypoint_set='coco_17',
            input_size_wh=(192, 256),
            licence='Apache-2.0',
            source='https://github.com/PaddlePaddle/PaddleDetection',
            accuracy='65.5 AP on 39 COCO images',
        ),
        _simcc(
            'rtmpose_s_coco17',
            'rtmposev1/onnx_sdk/rtmpose-s_simcc-body7_pt-body7_420e-256x192-acd4a1ef_20230504.zip',
            'coco_17',
            '69.7 AP on COCO val2017',
        ),
        _simcc(
            'rtmpose_m_coco17',
            'rtmposev1/onnx_sdk/rtmpose-m_simcc-body7_pt-body7_420e-256x192-e48f03d0_20230504.zip',
            'coco_17',
            '74.9 AP on COCO val2017',
        ),
        _simcc(
            'rtmpose_s_halpe26',
            'rtmposev1/onnx_sdk/'
            'rtmpose-s_simcc-body7_pt-body7-halpe26_700e-256x192-7f134165_20230605.zip',
            'halpe_26',
            '93.0 PCK@0.1 on Body8',
        ),
        _simcc(
            'rtmpose_m_halpe26',
            'rtmposev1/onnx_sdk/'
            'rtmpose-m_simcc-body7_pt-body7-halpe26_700e-256x192-4d3e73dd_20230605.zip',
            'halpe_26',
            '94.8 PCK@0.1 on Body8',
            sha256='55b81170e236040b59fc792ad0a8315301ac4c079a3bdb1095d838aad3088d18',
        ),
        _simcc(
            'rtmpose_m_wholebody133',
            'rtmposev1/onnx_sdk/rtmpose-m_simcc-ucoco_dw-ucoco_270e-256x192-c8b76419_20230728.zip',
            'coco_wholebody_133',
            '60.6 AP on COCO-WholeBody val',
            sha256='a4e4d56e9dc043e2171c73f5918f334509a47fde60182c1961370c7160334ac0',
        ),
        _simcc(
            'rtmw_m_wholebody133',
            'rtmw/onnx_sdk/rtmw-dw-l-m_simcc-cocktail14_270e-256x192_20231122.zip',
            'coco_wholebody_133',
            '58.2 AP on COCO-WholeBody val',
            sha256='a6d08a575c9d8b8da7ce6c13e1c7341047fca35594a6d35de04b739eba51139c',
        ),
        _simcc(
            'rtmw_l_wholebody133',
            'rtmw/onnx_sdk/rtmw-dw-x-l_simcc-cocktail14_270e-256x192_20231122.zip',
            'coco_wholebody_133',
            '66.0 AP on COCO-WholeBody val',
            sha256='1e3e77558dfc199129bfff1c583e51b4ee190914de6ae30688243c20163c148c',
        ),
        _simcc(
            'rtmw_l_wholebody133_384',
            'rtmw/onnx_sdk/rtmw-dw-x-l_simcc-cocktail14_270e-384x288_20231122.zip',
            'coco_wholebody_133',
            '70.1 AP on COCO-WholeBody val',
            sha256='a87e1af41a0a067776dba7d46e1c21c8f6e9f18e247e0e606718dd1f31e96ffd',
            size_wh=(288, 384),
        ),
        *ALPHAPOSE_POSE,
        PoseRecord(
            name='bundled',
            file_names=('bundled_pose.onnx',),
            keypoint_set='halpe_136',
            decode='combined',
            input_size_wh=(192, 256),
            architecture=Architecture(
                'fastpose_lite', {'num_keypoints': 136, 'width': 48, 'head_width': 96}
            ),
            licence='Apache-2.0',
            source='https://arxiv.org/abs/2211.03375',
            accuracy='40 AP on 39 COCO images',
        ),
    )
)

REID_NETWORKS: Mapping[str, ReidRecord] = _by_name(
    (
        ReidRecord(
            name='osnet_x0_25_msmt17',
            file_names=('osnet_x0_25_msmt17.onnx', 'osnet_x0_25_msmt17.pth'),
            input_size_wh=(128, 256),
            licence='MIT (torchreid), trained on MSMT17',
            source='https://github.com/KaiyangZhou/deep-person-reid',
            accuracy='84 to 90 % rank 1 on two MOT clips',
        ),
        *ALPHAPOSE_REID,
    )
)

ALL_MODELS: Mapping[str, ModelRecord] = MappingProxyType(
    {**DETECTORS, **POSE_NETWORKS, **REID_NETWORKS}
)
