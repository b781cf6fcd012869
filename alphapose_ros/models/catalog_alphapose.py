# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
The official AlphaPose checkpoints: for non-commercial use only, fetched by the user himself.

Accuracies are those of its model zoo: AP on COCO val2017 for coco_17, whole-body AP on Halpe val
or COCO-WholeBody val for the others; 256 x 192, YOLOv3 boxes, flip test.
"""

from __future__ import annotations

from typing import Any

from alphapose_ros.core.decoding import Method
from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.models.architecture import Architecture
from alphapose_ros.models.records import ALPHAPOSE_MEAN_RGB
from alphapose_ros.models.records import BYTE_STD
from alphapose_ros.models.records import HYBRIK_STD_RGB
from alphapose_ros.models.records import PoseRecord
from alphapose_ros.models.records import ReidRecord

LICENCE = 'AlphaPose: non-commercial use only'
SOURCE = 'https://github.com/MVIG-SJTU/AlphaPose/blob/master/docs/MODEL_ZOO.md'


def _row(
    name: str,
    file_name: str,
    keypoint_set: str,
    network: tuple[str, dict[str, Any]],
    decode: Method,
    drive_id: str,
    accuracy: str = '',
) -> PoseRecord:
    options = {'num_keypoints': get_skeleton(keypoint_set).num_keypoints, **network[1]}
    is_hybrik = network[0] == 'hybrik'
    return PoseRecord(
        name=name,
        file_names=(file_name,),
        keypoint_set=keypoint_set,
        decode=decode,
        input_size_wh=(256, 256) if is_hybrik else (192, 256),
        mean=ALPHAPOSE_MEAN_RGB,
        std=HYBRIK_STD_RGB if is_hybrik else BYTE_STD,
        architecture=Architecture(network[0], options),
        licence=LICENCE,
        source=SOURCE,
        drive_id=drive_id,
        accuracy=accuracy,
    )


def _fast(depth: int, head_width: int, deformable: bool = False) -> tuple[str, dict[str, Any]]:
    options = {'depth': depth, 'head_width': head_width, 'deformable': deformable}
    return 'fastpose', options


def _duc(depth: int, backbone: str) -> tuple[str, dict[str, Any]]:
    return 'fastpose_duc', {'depth': depth, 'backbone': backbone, 'deformable': False}


# fmt: off
ALPHAPOSE_POSE = (
    _row('simplepose50_coco', 'simple_res50_256x192.pth', 'coco_17', ('simplepose', {'depth': 50}), 'argmax', '1nxyfUbvWDaaT9eDM7Y31ScSVPlGy6gfw', '70.6 AP'),
    _row('fastpose50_coco', 'fast_res50_256x192.pth', 'coco_17', _fast(50, 128), 'argmax', '1kQhnMRURFiy7NsdS8EFL-8vtqEXOgECn', '72.0 AP'),
    _row('fastpose50_duc_coco', 'fast_421_res50-shuffle_256x192.pth', 'coco_17', _duc(50, 'unshuffle'), 'argmax', '1RlnL_YnnmgOM4L9L2szFdUnTjwptqtL-', '72.4 AP'),
    _row('hrnet_w32_coco', 'hrnet_w32_256x192.pth', 'coco_17', ('hrnet', {'width': 32}), 'argmax', '1i63BPlOnp2vSjIZ7ni4Yp3RCPQwqe922', '72.5 AP'),
    _row('fastpose50_dcn_coco', 'fast_dcn_res50_256x192.pth', 'coco_17', _fast(50, 128, True), 'argmax', '1zUz9YIk6eALCbZrukxD7kQ554nhi1pVv', '72.8 AP'),
    _row('fastpose152_duc_coco', 'fast_421_res152_256x192.pth', 'coco_17', _duc(152, 'se_resnet'), 'argmax', '1kfyedqyn8exjbbNmYq8XGd2EooQjPtF9', '73.3 AP'),
    _row('fastpose50_halpe26', 'halpe26_fast_res50_256x192.pth', 'halpe_26', _fast(50, 128), 'argmax', '1S-ROA28de-1zvLv-hVfPFJ5tFBYOSITb'),
    _row('fastpose50_multidomain136', 'multi_domain_fast50_regression_256x192.pth', 'halpe_136', _fast(50, 128), 'integral', '1Bb3kPoFFt-M0Y3ceqNO8DTXi1iNDd4gI', '50.1 AP'),
    _row('fastpose50_dcn_multidomain136', 'multi_domain_fast50_dcn_combined_256x192.pth', 'halpe_136', _fast(50, 256, True), 'combined', '1wX1Z2ZOoysgSNovlgiEtJKpbR8tUBWYR', '49.8 AP'),
    _row('fastpose50_dcn_halpe68', 'halpe68_noface_fast50_dcn_combined_256x192.pth', 'halpe_68_noface', _fast(50, 256, True), 'combined', '14Qn9gxm-EVzqFi7v25Y5TqKIvrFLy_BR'),
    _row('fastpose50_dcn_hand21', 'singlehand_fast50_dcn_regression_256x192.pth', 'halpe_21_hand', _fast(50, 256, True), 'integral', '1MntndimlUP5Hxef1UN9ZDMBVglfA606J'),
    _row('fastpose50_halpe136_mse', 'halpe136_fast50_256x192.pth', 'halpe_136', _fast(50, 256), 'argmax', '1LbKM2TOxKdpIZoDxCo6ldmOf62pw6z8A', '41.7 AP'),
    _row('fastpose50_halpe136', 'halpe136_fast50_regression_256x192.pth', 'halpe_136', _fast(50, 256), 'integral', '1_10JYI3O-VbrAiONfL36UxLf9UXMoUYA', '44.1 AP'),
    _row('fastpose50_dcn_halpe136', 'halpe136_fast50_dcn_regression_256x192.pth', 'halpe_136', _fast(50, 256, True), 'integral', '1S49aDYGVjEJpx4MnFu7TFzzsbp7Si6h_', '46.2 AP'),
    _row('fastpose50_dcn_halpe136_combined', 'halpe136_fast50_dcn_combined_256x192.pth', 'halpe_136', _fast(50, 256, True), 'combined', '1jt-V1Zh-eYgX_-2mrBTV9Ip6z7JjApEC', '45.4 AP'),
    _row('fastpose50_dcn_halpe136_hand', 'halpe136_fast50_dcn_combined_10hand_256x192.pth', 'halpe_136', _fast(50, 256, True), 'combined', '1nL2KYqxSnSZH8c7PRr_d9KEFxCEiyjAR', '47.2 AP'),
    _row('fastpose152_halpe136', 'halpe136_fast152_duc_regression_256x192.pth', 'halpe_136', _fast(152, 256), 'integral', '1zZotfE3WsBe1BxKimlK56wwJuK9E4EDs', '45.1 AP'),
    _row('fastpose50_wholebody133', 'coco_wholebody133_fast50_regression_256x192.pth', 'coco_wholebody_133', _fast(50, 128), 'integral', '1WQlwRw7KiKBI2Wyb-lvnQX29R29NbhLz', '55.4 AP'),
    _row('fastpose50_dcn_wholebody133', 'coco_wholebody133_fast50_dcn_regression_256x192.pth', 'coco_wholebody_133', _fast(50, 256, True), 'integral', '10MgWM4rMORVaHNPyswal7RtrsehVV79X', '57.7 AP'),
    _row('fastpose50_wholebody133_combined', 'coco_wholebody133_fast50_combined_256x192.pth', 'coco_wholebody_133', _fast(50, 256), 'combined', '14wrc9q96bYqUc2efT8p8XzdTvLm-LwUT', '57.8 AP'),
    _row('fastpose50_dcn_wholebody133_combined', 'coco_wholebody133_fast50_dcn_combined_256x192.pth', 'coco_wholebody_133', _fast(50, 256, True), 'combined', '1aP0nYujw32H-VoJBVsXS-DsBBY-UwI8Y', '58.2 AP'),
    _row('fastpose152_wholebody133', 'coco_wholebody133_fast152_duc_regression_256x192.pth', 'coco_wholebody_133', _fast(152, 256), 'integral', '1ktBwkG1KL3_iFbPXAh5gua0zX92p-1KV', '56.9 AP'),
    _row('hybrik_res34', 'hybrik_res34_256x256.pth', 'hybrik_29', ('hybrik', {}), 'regression', '16Y_MGUynFeEzV8GVtKTE5AtkHSi3xsF9', '45.3 mm PA-MPJPE on 3DPW'),
)
# fmt: on

# The tracker's network, from torchreid; what it expects is what it was trained with, not the
# pose network's crop that AlphaPose feeds it.
ALPHAPOSE_REID = (
    ReidRecord(
        name='osnet_ain_msmt17',
        file_names=(
            'osnet_ain_x1_0_msmt17_256x128_amsgrad_ep50_lr0.0015_coslr_b64_fb10_softmax_labsmth_flip'
            '_jitter.pth',
        ),
        input_size_wh=(128, 256),
        licence='MIT (torchreid), trained on MSMT17',
        source='https://github.com/KaiyangZhou/deep-person-reid',
        drive_id='1myNKfr2cXqiHZVXaaG8ZAq_U2UpeOLfG',
    ),
)
