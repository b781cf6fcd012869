# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of crops that are scaled, turned, mirrored, or show half a person."""

from dataclasses import replace
import math
from pathlib import Path

import cv2
import numpy as np
import pytest

from alphapose_ros.core.crops import boxes_to_crop_boxes
from alphapose_ros.core.crops import image_to_crop_matrices
from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.training.augmentation import Augmentation
from alphapose_ros.training.augmentation import draw_view
from alphapose_ros.training.augmentation import half_body_box
from alphapose_ros.training.augmentation import plain_view
from alphapose_ros.training.augmentation import turned_view
from alphapose_ros.training.augmentation import view_joints

SIZE_WH = (192, 256)
COCO = get_skeleton('coco_17')
WHOLE = get_skeleton('halpe_136')
BOX = np.array([100, 50, 220, 290], np.float32)
EDGES = np.array([0, 0, 400, 400])
OFF = Augmentation(scale=0, rotation_probability=0, flip_probability=0, half_body_probability=0)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def random_person(num_keypoints: int, seed: int = 0) -> np.ndarray:
    return rng(seed).uniform(BOX[:2], BOX[2:], (num_keypoints, 2)).astype(np.float32)


def to_image(points: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    return (points - matrix[:, 2]) @ np.linalg.inv(matrix[:, :2]).T


def test_without_variation_the_crop_is_that_of_inference() -> None:
    crop_box = boxes_to_crop_boxes(BOX[None], size_wh=SIZE_WH)
    expected = image_to_crop_matrices(crop_box, SIZE_WH)[0]
    np.testing.assert_allclose(plain_view(BOX, SIZE_WH).matrix, expected)
    keypoints = random_person(17)
    view = draw_view(BOX, keypoints, np.ones(17), COCO, OFF, size_wh=SIZE_WH, rng=rng())
    np.testing.assert_allclose(view.matrix, expected, atol=1e-4)


@pytest.mark.parametrize('seed', range(10))
def test_joints_go_to_the_crop_and_back(seed: int) -> None:
    keypoints, weights = random_person(136, seed), np.ones(136, np.float32)
    view = draw_view(
        BOX, keypoints, weights, WHOLE, Augmentation(), size_wh=SIZE_WH, rng=rng(seed)
    )
    points, shown, _ = view_joints(view, keypoints, weights, WHOLE, SIZE_WH, EDGES)
    order = np.arange(136)
    if view.is_flipped:
        for left, right in WHOLE.flip_pairs:
            order[[left, right]] = right, left
    back = to_image(points, view.matrix)
    assert shown.any()
    assert np.abs(back - keypoints[order])[shown > 0].max() < 0.1


@pytest.mark.parametrize('seed', range(6))
def test_what_is_drawn_at_a_joint_is_seen_at_its_point(seed: int) -> None:
    keypoints = np.array([[160.0, 170.0]] * 17, np.float32)
    image = np.zeros((400, 400, 3), np.float32)
    cv2.circle(image, (160, 170), 3, (1, 1, 1), -1)
    weights = np.ones(17, np.float32)
    options = Augmentation(scale=0.2, half_body_probability=0)
    view = draw_view(BOX, keypoints, weights, COCO, options, size_wh=SIZE_WH, rng=rng(seed))
    mass = cv2.warpAffine(image, view.matrix, SIZE_WH)[..., 0]
    y, x = np.mgrid[: SIZE_WH[1], : SIZE_WH[0]]
    seen = np.array([(mass * x).sum(), (mass * y).sum()]) / mass.sum()
    points, _, _ = view_joints(view, keypoints, weights, COCO, SIZE_WH, EDGES)
    np.testing.assert_allclose(points[0], seen, atol=0.1)


def test_turned_crops_equal_the_reference(shared_dir: Path) -> None:
    fixture = np.load(shared_dir / 'fixtures/decode/preprocess.npz')
    centre, size = np.array([100, 120]), np.array([150, 200])
    crop_box = np.concatenate([centre - size / 2, centre + size / 2]).astype(np.float32)
    for degrees, expected in zip((-40, 15, 45), fixture['affine_rot'], strict=True):
        view = turned_view(crop_box, SIZE_WH, angle_rad=math.radians(degrees), is_flipped=False)
        np.testing.assert_allclose(view.matrix, expected, atol=1e-3)


@pytest.mark.parametrize('seed', range(6))
def test_a_stretched_crop_shows_as_much_about_the_same_centre(seed: int) -> None:
    keypoints, weights = random_person(17), np.ones(17, np.float32)
    plain, stretched = (
        draw_view(
            BOX, keypoints, weights, COCO, replace(OFF, stretch=s), size_wh=SIZE_WH, rng=rng(seed)
        )
        for s in (0, 0.3)
    )
    centre = np.array(SIZE_WH) / 2
    ratio = stretched.matrix[:, :2] @ np.linalg.inv(plain.matrix[:, :2])
    longest, shortest = np.linalg.svd(ratio)[1]
    assert longest * shortest == pytest.approx(1)
    assert 1 < longest / shortest <= math.exp(0.6) + 1e-6
    np.testing.assert_allclose(ratio, ratio.T, atol=1e-6)  # nothing is turned
    np.testing.assert_allclose(
        to_image(centre, stretched.matrix), to_image(centre, plain.matrix), atol=1e-3
    )


def test_stretches_go_in_all_directions_by_the_given_deviation() -> None:
    keypoints, weights = random_person(17), np.ones(17, np.float32)
    options, generator = replace(OFF, stretch=0.2), rng()
    plain = plain_view(BOX, SIZE_WH).matrix[:, :2]
    logarithms = []
    for _ in range(400):
        view = draw_view(BOX, keypoints, weights, COCO, options, size_wh=SIZE_WH, rng=generator)
        ratio = view.matrix[:, :2] @ np.linalg.inv(plain)
        (xx, xy), (_, yy) = ratio
        logarithms.append((math.log(np.linalg.cond(ratio)), xx - yy, xy))
    sizes, wider, skewed = np.array(logarithms).T
    assert np.sqrt(np.mean(np.square(sizes))) == pytest.approx(0.2, rel=0.15)
    assert abs(wider.mean()) < 0.03
    assert abs(skewed.mean()) < 0.02
    assert wider.std() == pytest.approx(2 * skewed.std(), rel=0.25)


def test_a_mirrored_crop_has_its_columns_reversed_and_its_sides_exchanged() -> None:
    image = rng().integers(0, 255, (400, 400, 3)).astype(np.uint8)
    crop_box = boxes_to_crop_boxes(BOX[None], size_wh=SIZE_WH)[0]
    plain, flipped = (
        turned_view(crop_box, SIZE_WH, angle_rad=0.0, is_flipped=f) for f in (False, True)
    )
    crops = [cv2.warpAffine(image, v.matrix, SIZE_WH).astype(int) for v in (plain, flipped)]
    assert np.abs(crops[0][:, ::-1] - crops[1]).max() <= 2
    keypoints, weights = random_person(17), np.ones(17, np.float32)
    points, mirrored = (
        view_joints(v, keypoints, weights, COCO, SIZE_WH, EDGES)[0] for v in (plain, flipped)
    )
    left, right = COCO.index('left_wrist'), COCO.index('right_wrist')
    np.testing.assert_allclose(
        mirrored[left], [191 - points[right, 0], points[right, 1]], atol=1e-3
    )


def test_joints_outside_the_crop_and_those_without_label_count_nothing() -> None:
    keypoints = random_person(17)
    keypoints[3] = [1000, 100]
    weights = np.ones(17, np.float32)
    weights[5] = 0
    view = plain_view(BOX, SIZE_WH)
    points, shown, absent = view_joints(view, keypoints, weights, COCO, SIZE_WH, EDGES)
    assert np.flatnonzero(shown == 0).tolist() == [3, 5]
    assert np.flatnonzero(absent).tolist() == [3]  # nobody knows where the other one is
    assert (points[[3, 5]] == 0).all()


def test_half_a_person_is_the_upper_or_the_lower_half() -> None:
    keypoints, is_labelled = np.zeros((136, 2), np.float32), np.ones(136, np.bool_)
    lower = [WHOLE.index(f'{s}_{n}') for s in ('left', 'right') for n in ('hip', 'knee', 'ankle')]
    keypoints[:, 1] = rng().uniform(0, 100, 136)
    feet = [i for i in range(20, 26)]
    keypoints[[*lower, *feet, WHOLE.index('hip')], 1] = rng().uniform(200, 300, 13)
    boxes = [
        half_body_box(BOX, keypoints, is_labelled, WHOLE, Augmentation(), rng(s))
        for s in range(50)
    ]
    tops = [box[1] > 150 for box in boxes if box is not None]
    assert len(tops) == 50
    assert 5 < sum(tops) < 30


def test_half_a_person_of_whom_a_hand_is_labelled_is_not_the_hand_alone() -> None:
    is_labelled = np.arange(136) >= 115
    keypoints = np.full((136, 2), 150, np.float32)
    box = half_body_box(BOX, keypoints, is_labelled, WHOLE, Augmentation(), rng())
    assert box is not None
    np.testing.assert_allclose(box, [135, 120, 165, 180])


def test_half_a_person_needs_enough_joints() -> None:
    is_labelled = np.arange(17) < 8
    assert half_body_box(BOX, random_person(17), is_labelled, COCO, Augmentation(), rng()) is None


def test_scales_and_angles_stay_in_their_range() -> None:
    options = Augmentation(scale=0.3, rotation_deg=20, rotation_probability=1, flip_probability=0)
    keypoints = random_person(17)
    usual = plain_view(BOX, SIZE_WH).scale
    ratios, angles = [], []
    for seed in range(200):
        view = draw_view(
            BOX, keypoints, np.zeros(17), COCO, options, size_wh=SIZE_WH, rng=rng(seed)
        )
        ratios.append(usual / view.scale)
        angles.append(math.degrees(math.atan2(-view.matrix[1, 0], view.matrix[0, 0])))
    assert 0.69 < min(ratios) < 0.72
    assert 1.28 < max(ratios) < 1.31
    assert 35 < max(np.abs(angles)) < 40.01
    assert np.std(angles) == pytest.approx(19, abs=2.5)
