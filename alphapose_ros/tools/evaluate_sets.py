# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The people with joints on whom a model card is measured: labelled, and rendered ones."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType

from alphapose_ros.evaluation.card import LabelledImages
from alphapose_ros.io.keypoint_dataset import ANNOTATIONS
from alphapose_ros.io.keypoint_truth import read_keypoint_truth
from alphapose_ros.io.lsp import read_lsp
from alphapose_ros.tools import synthesize

COCO, LSP, HALPE, RENDERED = 'coco_mini', 'lspet_val', 'halpe', 'rendered'
# Labels and images, below the folder `annotated`.
SETS = MappingProxyType(
    {
        COCO: ('coco_mini/person_keypoints.json', 'coco_mini/images'),
        'coco_cc_by_subset': (
            'coco_cc_by_subset/person_keypoints_cc.json',
            'coco_cc_by_subset/images',
        ),
        LSP: ('lspet_val/joints.npz', 'lspet_val/images'),
        HALPE: ('mmpose_tests/halpe/test_halpe.json', 'mmpose_tests/coco'),
    }
)
# Rendered images on which nothing was trained.
HELD_OUT_SEED, HELD_OUT_IMAGES = 991, 256


def read_sets(folder: Path, limit: int) -> dict[str, LabelledImages]:
    """
    Return the labelled data sets, each with at most `limit` images.

    :raises ValueError: if one cannot be read; names the file.
    """
    sets = {}
    for name, (labels, images) in SETS.items():
        read = read_lsp if name == LSP else read_keypoint_truth
        sets[name] = LabelledImages(read(folder / labels), folder / images).thin_out(limit)
    return sets


def render_held_out(assets: Path, folder: Path, limit: int) -> LabelledImages:
    """
    Render people into a folder; at most `limit` images, 0 for all.

    :raises ValueError: if assets, moderngl or OpenGL are not there.
    """
    synthesize.run(
        assets=assets,
        output=folder,
        count=min(limit, HELD_OUT_IMAGES) or HELD_OUT_IMAGES,
        seed=HELD_OUT_SEED,
        size='240x320',
        people='1-2',
        style='person',
        images_per_identity=4,
        same_scene=False,
        backgrounds=None,
        workers=2,
        sheet=None,
        video=None,
    )
    return LabelledImages(read_keypoint_truth(folder / ANNOTATIONS), folder)
