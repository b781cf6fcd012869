# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
How exact joints are, by the measures that papers report. N people, K keypoints, L limbs.

The similarity of `evaluate_oks` is that of COCO, so that numbers can be compared with others'.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
import contextlib
from dataclasses import dataclass
import io
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alphapose_ros.structures import FloatArray
from alphapose_ros.structures import Skeleton

# Where COCO-WholeBody keeps the groups; other data sets keep all joints in the first.
_FIELDS = {
    'body': 'keypoints',
    'feet': 'foot_kpts',
    'face': 'face_kpts',
    'left_hand': 'lefthand_kpts',
    'right_hand': 'righthand_kpts',
}
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True)
class KeypointScores:
    """
    Measures of the COCO keypoint evaluation; 1 is perfect, NaN if nobody is to be found.

    :param ap: average precision, mean over the similarities 0.5, 0.55, ... 0.95.
    :param ap50: at similarity 0.5; `ap75` at 0.75.
    :param ap_medium: of people of 32^2 to 96^2 square pixels; `ap_large` of larger ones.
    :param ar: average recall; the others likewise.
    """

    ap: float
    ap50: float
    ap75: float
    ap_medium: float
    ap_large: float
    ar: float
    ar50: float
    ar75: float
    ar_medium: float
    ar_large: float


def evaluate_oks(
    truth: Mapping[str, Any],
    results: Sequence[Mapping[str, Any]],
    skeleton: Skeleton,
    *,
    part: str = '',
) -> KeypointScores:
    """
    Compare joints with true ones by the object keypoint similarity (Lin et al. 2014).

    Of a part only its joints count; people of whom none is labelled are ignored, whether found or
    not, and the flags of validity are not looked at. Scale and score stay those of the person:
    the area of the true one, of a found one the extent of the body joints. The whole is one
    person with all joints. So the values are those of xtcocotools for COCO-WholeBody.

    :param truth: COCO structure with images, categories and annotations. Joints are in
        `keypoints`, or in the separate fields of COCO-WholeBody.
    :param results: COCO keypoint results, with joints as in truth; the best 20 per image count.
    :param skeleton: the keypoint set; its sigmas are the constants of the similarity.
    :param part: group of the skeleton; '' is the whole.
    :raises ValueError: if the skeleton has no sigmas or no such part, a row lacks a value or has
        another number of joints, or a result is of an unknown image or not finite.
    :raises ImportError: if pycocotools is missing; says how to install it.
    """
    stats = run_coco_evaluation(truth, results, skeleton, part=part).stats
    # It says -1 where there is nobody.
    return KeypointScores(*(float(v) if v >= 0 else float('nan') for v in stats))


def run_coco_evaluation(
    truth: Mapping[str, Any],
    results: Sequence[Mapping[str, Any]],
    skeleton: Skeleton,
    *,
    part: str = '',
) -> Any:
    """Return the COCOeval that has been run; parameters and errors are those of `evaluate_oks`."""
    if not skeleton.sigmas:
        raise ValueError(f'skeleton must have sigmas, {skeleton.name} has none')
    ends = {'': (0, skeleton.num_keypoints)}
    ends |= {name: (start, end) for name, start, end in skeleton.groups}
    if part not in ends:
        raise ValueError(f'part must be one of {list(ends)}, got {part!r}')
    people = truth['annotations']
    joints = _joints(people, skeleton, 'truth', ('area', 'bbox', 'image_id', 'iscrowd'))
    found = _joints(results, skeleton, 'results', ('category_id', 'image_id', 'score'))
    _check_results(found, results, truth)
    body = found[:, slice(*ends.get('body', ends['']))]
    areas = np.prod(body[..., :2].max(axis=1) - body[..., :2].min(axis=1), axis=1)
    chosen = slice(*ends[part])
    true_rows = [
        {**row, 'keypoints': person.ravel(), 'num_keypoints': np.count_nonzero(person[:, 2] > 0)}
        for row, person in zip(people, joints[:, chosen], strict=True)
    ]
    found_rows = [
        {**row, 'keypoints': person.ravel(), 'area': area, 'id': i}
        for i, (row, person, area) in enumerate(
            zip(results, found[:, chosen], areas, strict=True), start=1
        )
    ]
    return _evaluate(truth, true_rows, found_rows, np.array(skeleton.sigmas[chosen]))


def _joints(
    rows: Sequence[Mapping[str, Any]], skeleton: Skeleton, name: str, keys: tuple[str, ...]
) -> NDArray[np.float64]:
    """Return (N, K, 3) x, y, flag or score of all joints."""
    joints = []
    for row in rows:
        missing = {'keypoints', *keys} - row.keys()
        if missing:
            raise ValueError(f'{name} must have {", ".join(sorted(missing))} in every row')
        values = [value for group, *_ in skeleton.groups for value in row.get(_FIELDS[group], ())]
        if len(values) != 3 * skeleton.num_keypoints:
            raise ValueError(
                f'{name} must have 3 x {skeleton.num_keypoints} values of joints in every row, '
                f'got {len(values)}'
            )
        joints.append(values)
    return np.array(joints, np.float64).reshape(-1, skeleton.num_keypoints, 3)


def _check_results(
    found: NDArray[np.float64], results: Sequence[Mapping[str, Any]], truth: Mapping[str, Any]
) -> None:
    if not np.isfinite(found).all():
        raise ValueError('results must have finite joints, got NaN or infinity')
    unknown = {row['image_id'] for row in results} - {image['id'] for image in truth['images']}
    if unknown:
        raise ValueError(f'results must be of images of truth, got {sorted(unknown)}')


def _evaluate(
    truth: Mapping[str, Any],
    true_rows: list[dict[str, Any]],
    found_rows: list[dict[str, Any]],
    sigmas: NDArray[np.float64],
) -> Any:
    try:
        from pycocotools.coco import COCO
        from pycocotools.cocoeval import COCOeval
    except ImportError as err:
        raise ImportError('comparing needs pycocotools: pip install alphapose_ros[eval]') from err
    with contextlib.redirect_stdout(io.StringIO()):  # it prints at every step
        sides = []
        for rows in (true_rows, found_rows):
            side = COCO()
            side.dataset = {**truth, 'annotations': rows}
            side.createIndex()
            sides.append(side)
        evaluation = COCOeval(*sides, 'keypoints')
        evaluation.params.kpt_oks_sigmas = sigmas
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return evaluation


def segment_lengths(
    keypoints: FloatArray, is_visible: BoolArray, joint_a: int, joint_b: int
) -> FloatArray:
    """
    Return (N,) the distance of two joints of each person, NaN where one is not visible.

    From left shoulder to right hip it is the torso diameter, from upper neck to head top the
    length of the head: scales for `pck`.

    :param keypoints: (N, K, 2) x, y, the true ones.
    :param is_visible: (N, K) bool.
    """
    lengths: FloatArray = _distances(keypoints[:, joint_a], keypoints[:, joint_b])
    return np.where(is_visible[:, joint_a] & is_visible[:, joint_b], lengths, np.float32(np.nan))


def pck(
    found: FloatArray,
    truth: FloatArray,
    is_visible: BoolArray,
    *,
    scales: FloatArray,
    alpha: float,
) -> FloatArray:
    """
    Return the percentage of correct keypoints as a share, PCK@alpha.

    A joint is correct if |found - truth| <= alpha * scale of the person. Yang & Ramanan (2013)
    take the longer side of the person's box as scale, later work the torso diameter with alpha
    0.2. PCKh@0.5 (Andriluka et al. 2014) takes the length of the head, in MPII 0.6 of the
    diagonal of the head box.

    :param found: (N, K, 2) x, y; NaN is never correct.
    :param truth: (N, K, 2) x, y.
    :param is_visible: (N, K) bool, true joints that count.
    :param scales: (N,) pixels; people with NaN do not count.
    :return: (K,) in [0, 1]; NaN where nobody counts.
    :raises ValueError: if a shape does not fit.
    """
    _check_shapes(found, truth, is_visible)
    if scales.shape != (len(truth),):
        raise ValueError(f'scales must have shape ({len(truth)},), got {scales.shape}')
    is_correct = _distances(found, truth) <= alpha * scales[:, None]
    return _share(is_correct, is_visible & ~np.isnan(scales)[:, None])


def pdj(
    found: FloatArray,
    truth: FloatArray,
    is_visible: BoolArray,
    skeleton: Skeleton,
    *,
    alpha: float = 0.2,
) -> FloatArray:
    """
    Return the share of detected joints, PDJ@alpha (Toshev & Szegedy 2014).

    A joint is detected if |found - truth| <= alpha * |left shoulder - right hip|; people whose
    torso is not visible do not count. Arguments, result and errors are those of `pck`.
    """
    _check_shapes(found, truth, is_visible)
    ends = skeleton.index('left_shoulder'), skeleton.index('right_hip')
    scales = segment_lengths(truth, is_visible, *ends)
    return pck(found, truth, is_visible, scales=scales, alpha=alpha)


def pcp(
    found: FloatArray,
    truth: FloatArray,
    is_visible: BoolArray,
    limbs: Sequence[tuple[int, int]],
    *,
    alpha: float = 0.5,
) -> FloatArray:
    """
    Return the percentage of correct parts as a share, PCP@alpha (Ferrari et al. 2008).

    A limb a-b is correct if |found - truth| <= alpha * |truth_a - truth_b| at both ends.

    :param found: (N, K, 2) x, y; NaN is never correct.
    :param truth: (N, K, 2) x, y.
    :param is_visible: (N, K) bool; limbs count where both ends are visible.
    :param limbs: L pairs of joints, such as those of a skeleton.
    :return: (L,) in [0, 1]; NaN where nobody counts.
    :raises ValueError: if a shape does not fit.
    """
    _check_shapes(found, truth, is_visible)
    a, b = np.array(limbs, np.intp).reshape(-1, 2).T  # (L,) each
    most = alpha * _distances(truth[:, a], truth[:, b])  # (N, L)
    errors = _distances(found, truth)  # (N, K)
    is_correct = (errors[:, a] <= most) & (errors[:, b] <= most)
    return _share(is_correct, is_visible[:, a] & is_visible[:, b])


def _check_shapes(found: FloatArray, truth: FloatArray, is_visible: BoolArray) -> None:
    if truth.ndim != 3 or truth.shape[2] != 2:
        raise ValueError(f'truth must have shape (N, K, 2), got {truth.shape}')
    if found.shape != truth.shape:
        raise ValueError(f'found must have shape {truth.shape}, got {found.shape}')
    if is_visible.shape != truth.shape[:2] or is_visible.dtype != np.bool_:
        raise ValueError(
            f'is_visible must be bool of shape {truth.shape[:2]}, got {is_visible.dtype} of '
            f'{is_visible.shape}'
        )


def _distances(points_a: FloatArray, points_b: FloatArray) -> FloatArray:
    distances: FloatArray = np.linalg.norm(points_a - points_b, axis=-1)
    return distances


def _share(is_correct: BoolArray, counts: BoolArray) -> FloatArray:
    """Return for each column the share of correct rows among those that count."""
    total = counts.sum(axis=0)
    correct = (is_correct & counts).sum(axis=0)
    share = np.where(total > 0, correct / np.maximum(total, 1), np.nan)
    return share.astype(np.float32)
