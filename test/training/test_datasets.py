# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of data sets whose joints are mapped onto others, and of the order of people."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.io.training_labels import read_training_labels
from alphapose_ros.io.training_labels import TrainingLabels
from alphapose_ros.training.datasets import Drawing
from alphapose_ros.training.datasets import join
from alphapose_ros.training.datasets import make_drawing
from alphapose_ros.training.datasets import map_joints
from alphapose_ros.training.datasets import Source


def numbered(name: str, *, n: int = 1, identity: int = -1) -> TrainingLabels:
    """Return people whose joints lie at their own numbers."""
    skeleton = get_skeleton(name)
    k = skeleton.num_keypoints
    points = np.repeat(np.arange(k, dtype=np.float32), 2).reshape(1, k, 2)
    return TrainingLabels(
        skeleton=skeleton,
        paths=tuple(Path(f'{i}.jpg') for i in range(n)),
        image_ids=np.arange(n),
        images=np.arange(n),
        boxes=np.tile(np.array([0, 0, k, k], np.float32), (n, 1)),
        areas=np.full(n, k * k, np.float32),
        keypoints=np.repeat(points, n, axis=0),
        weights=np.ones((n, k), np.float32),
        identities=np.full(n, identity),
    )


def test_feet_go_from_whole_body_to_halpe_by_name() -> None:
    mapped = map_joints(numbered('coco_wholebody_133'), get_skeleton('halpe_136'))
    assert mapped.keypoints[0, 20:26, 0].tolist() == [17, 20, 18, 21, 19, 22]
    assert mapped.keypoints[0, 26:, 0].tolist() == list(range(23, 133))
    assert mapped.weights[0, 17:20].tolist() == [0, 0, 0]
    assert (np.delete(mapped.weights[0], [17, 18, 19]) == 1).all()


def test_what_coco_lacks_counts_nothing() -> None:
    mapped = map_joints(numbered('coco_17'), get_skeleton('halpe_136'))
    assert np.flatnonzero(mapped.weights[0]).tolist() == list(range(17))
    np.testing.assert_array_equal(mapped.keypoints[0, :17, 0], np.arange(17))


@pytest.mark.parametrize(
    ('mpii', 'halpe'),
    [
        ('pelvis', 'hip'),
        ('thorax', 'neck'),
        ('head_top', 'head'),
        ('right_ankle', 'right_ankle'),
        ('left_wrist', 'left_wrist'),
    ],
)
def test_joints_of_mpii_have_other_names(mpii: str, halpe: str) -> None:
    source, target = get_skeleton('mpii_16'), get_skeleton('halpe_136')
    mapped = map_joints(numbered('mpii_16'), target)
    assert mapped.keypoints[0, target.index(halpe), 0] == source.index(mpii)
    assert np.count_nonzero(mapped.weights) == 15  # all but the upper neck
    back = map_joints(mapped, source)
    assert np.count_nonzero(back.weights) == 15


def test_a_set_goes_onto_itself_unchanged() -> None:
    labels = numbered('halpe_136')
    np.testing.assert_array_equal(map_joints(labels, labels.skeleton).keypoints, labels.keypoints)


def test_sets_without_a_common_joint_are_refused() -> None:
    with pytest.raises(ValueError, match='halpe_21_hand and coco_17 have no joint in common'):
        map_joints(numbered('halpe_21_hand'), get_skeleton('coco_17'))


def test_images_and_identities_of_data_sets_stay_apart() -> None:
    joined = join([numbered('coco_17', n=2, identity=3), numbered('coco_17', n=3, identity=0)])
    assert joined.images.tolist() == [0, 1, 2, 3, 4]
    assert joined.identities.tolist() == [3, 3, 4, 4, 4]
    assert len(joined.paths) == 5


def make(
    *sizes: int, weights: tuple[float, ...] = (), epoch_size: int = 0, **more: Any
) -> Drawing:
    sources = [Source(path='', weight=w) for w in weights or len(sizes) * (1.0,)]
    parts = [numbered('coco_17', n=n) for n in sizes]
    return make_drawing(parts, sources, epoch_size=epoch_size, seed=5, **more)


def test_everybody_comes_once_per_epoch_in_another_order() -> None:
    drawing = make(7, 5)
    epochs = [drawing.epoch(i).tolist() for i in range(3)]
    assert all(sorted(epoch) == list(range(12)) for epoch in epochs)
    assert epochs[0] != epochs[1]
    assert epochs[0] == drawing.epoch(0).tolist()


def test_data_sets_are_mixed_by_their_weights() -> None:
    drawing = make(10, 1000, weights=(50.0, 0.5), epoch_size=300)
    people = drawing.epoch(2)
    assert np.count_nonzero(people < 10) == 150
    assert np.unique(people[people < 10], return_counts=True)[1].tolist() == [15] * 10
    assert len(np.unique(people[people >= 10])) == 150


def test_a_large_data_set_is_walked_through_in_several_epochs() -> None:
    drawing = make(100, epoch_size=30)
    people = np.concatenate([drawing.epoch(i) for i in range(10)])
    assert np.unique(people, return_counts=True)[1].tolist() == [3] * 100


def test_images_of_one_person_come_together() -> None:
    labels = numbered('coco_17', n=20)
    identities = np.array([*np.repeat(np.arange(6), 3), -1, 9])
    labels = TrainingLabels(**{**vars(labels), 'identities': identities})
    drawing = make_drawing(
        [labels], [Source(path='')], epoch_size=40, seed=0, images_per_identity=2
    )
    pairs = drawing.epoch(0).reshape(20, 2)
    assert (identities[pairs[:, 0]] == identities[pairs[:, 1]]).all()
    assert (pairs[:, 0] != pairs[:, 1]).all()
    assert pairs.max() < 18


def test_people_of_one_image_are_drawn_one_after_the_other() -> None:
    labels = numbered('coco_17', n=24)  # 4 scenes of 3 people in 2 images
    places = np.arange(24)
    identities, images = places // 6 * 3 + places % 3, places // 3
    labels = TrainingLabels(**{**vars(labels), 'identities': identities, 'images': images})
    drawing = make_drawing(
        [labels], [Source(path='')], epoch_size=24, seed=0, images_per_identity=2
    )
    scenes = drawing.epoch(0).reshape(4, 6) // 6
    assert (scenes == scenes[:, :1]).all()
    assert not np.array_equal(drawing.epoch(0), drawing.epoch(1))


def test_images_of_one_person_need_two_of_somebody() -> None:
    with pytest.raises(ValueError, match='images_per_identity needs people'):
        make(5, images_per_identity=2).epoch(0)


@pytest.mark.parametrize(
    ('file', 'images', 'num_keypoints', 'count'),
    [
        ('coco/test_coco.json', 'coco', 17, 17),
        ('coco/test_coco_wholebody.json', 'coco', 133, 133),
        ('halpe/test_halpe.json', 'coco', 136, 136),
        ('mpii/test_mpii.json', 'mpii', 16, 15),
    ],
    ids=['coco', 'whole body', 'halpe', 'mpii'],
)
def test_public_files_are_mapped_onto_136_joints(
    shared_dir: Path, file: str, images: str, num_keypoints: int, count: int
) -> None:
    folder = shared_dir / 'annotated/mmpose_tests'
    labels = read_training_labels(folder / file, folder / images)
    assert labels.skeleton.num_keypoints == num_keypoints
    mapped = map_joints(labels, get_skeleton('halpe_136'))
    assert len(mapped)
    labelled = mapped.weights.any(axis=0)
    assert 10 < np.count_nonzero(labelled) <= count


def test_halpe_and_whole_body_agree_on_the_same_images(shared_dir: Path) -> None:
    folder = shared_dir / 'annotated/mmpose_tests'
    skeleton = get_skeleton('halpe_136')
    halpe, whole = (
        map_joints(read_training_labels(folder / name, folder / 'coco'), skeleton)
        for name in ('halpe/test_halpe.json', 'coco/test_coco_wholebody.json')
    )
    distances, count = [], 0
    for i, box in enumerate(whole.boxes):
        same = np.flatnonzero(np.abs(halpe.boxes - box).max(axis=1) < 1)
        for j in same[:1]:
            is_both = (whole.weights[i, :26] > 0) & (halpe.weights[j, :26] > 0)
            gaps = np.linalg.norm(whole.keypoints[i, :26] - halpe.keypoints[j, :26], axis=1)
            distances.append(gaps[is_both] / np.sqrt(whole.areas[i]))
            count += np.count_nonzero(is_both[20:])
    assert count > 10
    assert np.median(np.concatenate(distances)) < 0.01
