# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of batches of crops."""

from collections.abc import Callable
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch

from alphapose_ros.io.training_labels import read_training_labels
from alphapose_ros.training.augmentation import Augmentation
from alphapose_ros.training.datasets import make_drawing
from alphapose_ros.training.datasets import Source
from alphapose_ros.training.distributed import Group
from alphapose_ros.training.pixels import PixelAugmentation
from alphapose_ros.training.pose_batches import make_batches
from alphapose_ros.training.pose_batches import PoseBatch
from alphapose_ros.training.pose_batches import PoseDataset
from alphapose_ros.training.pose_batches import validation_batches
from alphapose_ros.training.proposals import published_model

ALONE = Group()
SIZE_WH = (48, 64)
GEOMETRY = Augmentation(patch_probability=0.5)
PIXELS = PixelAugmentation(noise_probability=0.5, blur_probability=0.5)


@pytest.fixture(scope='module')
def folder(make_people: Callable[..., Path]) -> Path:
    return make_people(12, identity=lambda i: i % 5)


def batches_from(
    folder: Path, start: int, n: int, *, workers: int = 0, group: Group = ALONE, **more: object
) -> list[PoseBatch]:
    labels = read_training_labels(folder)
    given = {'geometry': GEOMETRY, 'pixels': PIXELS, **more}
    dataset = PoseDataset(labels, SIZE_WH, **given)  # type: ignore[arg-type]
    drawing = make_drawing([labels], [Source(path='')], epoch_size=0, seed=0)
    batches, steps = make_batches(dataset, drawing, batch_size=3, group=group, workers=workers)
    assert steps == 4 // group.size
    return list(islice(batches(start), n))


def equal(a: PoseBatch, b: PoseBatch) -> bool:
    return all(torch.equal(x, y) for x, y in zip(vars(a).values(), vars(b).values(), strict=True))


def test_a_batch_holds_crops_and_joints(folder: Path) -> None:
    batch = batches_from(folder, 0, 1)[0]
    assert batch.crops.shape == (3, 3, 64, 48)
    assert batch.crops.dtype == torch.uint8
    assert batch.crops.is_contiguous(memory_format=torch.channels_last)
    assert batch.points.shape == (3, 17, 2)
    assert batch.weights.shape == (3, 17)
    assert set(batch.identities.tolist()) <= set(range(5))


@pytest.mark.parametrize('workers', [0, 2], ids=['none', 'two'])
def test_batches_are_the_same_from_whatever_step_and_process(folder: Path, workers: int) -> None:
    whole = batches_from(folder, 0, 7)
    rest = batches_from(folder, 5, 2, workers=workers)
    assert all(equal(a, b) for a, b in zip(whole[5:], rest, strict=True))
    assert not equal(whole[0], whole[4])  # the first of each epoch


def test_images_in_memory_give_the_same_batches(folder: Path) -> None:
    (a,), (b,) = (batches_from(folder, 2, 1, is_cached=c) for c in (False, True))
    assert equal(a, b)


def test_processes_share_an_epoch(folder: Path) -> None:
    labels = read_training_labels(folder)
    plain = PoseDataset(labels, SIZE_WH)
    drawing = make_drawing([labels], [Source(path='')], epoch_size=0, seed=0)
    seen = []
    for rank in range(2):
        group = Group(rank=rank, size=2)
        batches, _ = make_batches(plain, drawing, batch_size=3, group=group, workers=0)
        seen += [b.points for b in islice(batches(0), 2)]
    everybody = torch.cat([b.points for b in validation_batches(plain, batch_size=5, workers=0)])
    rows = {tuple(points.ravel().tolist()) for points in torch.cat(seen)}
    assert rows == {tuple(points.ravel().tolist()) for points in everybody}


def test_boxes_are_displaced_from_the_chosen_epoch_on(folder: Path) -> None:
    still = Augmentation(
        scale=0, rotation_probability=0, flip_probability=0, half_body_probability=0
    )
    moved = Augmentation(**{**vars(still), 'proposals_from_epoch': 1})
    plain, displaced = (
        batches_from(folder, 3, 2, geometry=g, pixels=None, proposals=published_model())
        for g in (still, moved)
    )
    assert equal(plain[0], displaced[0])
    assert not torch.equal(plain[1].points, displaced[1].points)


def test_beyond_the_edge_that_cuts_somebody_off_crops_are_black(folder: Path) -> None:
    options = Augmentation(
        scale=0, rotation_probability=0, half_body_probability=0, cut_probability=1
    )
    batches = batches_from(folder, 0, 4, geometry=options, pixels=None)
    absent, weights = (torch.cat([getattr(b, n) for b in batches]) for n in ('absent', 'weights'))
    crops = torch.cat([b.crops for b in batches])
    is_cut = absent.any(dim=1)
    assert is_cut.any()
    assert (absent * weights == 0).all()
    assert (crops[is_cut] == 0).all(dim=1).flatten(1).any(dim=1).all()
    points = torch.cat([b.points for b in batches])
    assert (points[absent > 0] == 0).all()
    x, y = points[weights > 0].round().long().unbind(1)
    owner = torch.nonzero(weights > 0)[:, 0]
    is_black = (crops[owner, :, y, x] == 0).all(dim=1)
    assert is_black.float().mean() < 0.2  # but at the very edge


def test_patches_hide_joints_of_people_with_labels(folder: Path) -> None:
    plain, patched = (
        batches_from(folder, 0, 4, geometry=Augmentation(patch_probability=p), pixels=None)
        for p in (0, 1)
    )
    for a, b in zip(plain, patched, strict=True):
        assert torch.equal(a.points, b.points)
        assert (a.crops != b.crops).flatten(1).any(dim=1).all()
        assert (b.weights <= a.weights).all()
    assert any((b.weights < a.weights).any() for a, b in zip(plain, patched, strict=True))


def test_nothing_is_known_of_mixed_crops(folder: Path) -> None:
    plain, mixed = (
        batches_from(folder, 0, 4, geometry=Augmentation(mix_probability=p), pixels=None)
        for p in (0, 0.5)
    )
    num_mixed = 0
    for a, b in zip(plain, mixed, strict=True):
        is_mixed = (a.crops != b.crops).flatten(1).any(dim=1)
        assert (b.weights[is_mixed] == 0).all()
        assert (b.absent[is_mixed] == 0).all()
        assert (b.identities[is_mixed] == -1).all()
        for name in ('weights', 'absent', 'identities', 'points'):
            assert torch.equal(getattr(a, name)[~is_mixed], getattr(b, name)[~is_mixed])
        num_mixed += int(is_mixed.sum())
    assert 1 <= num_mixed < 12


def test_scales_are_those_of_the_crop(folder: Path) -> None:
    dataset = PoseDataset(read_training_labels(folder), SIZE_WH)
    batch = next(iter(validation_batches(dataset, batch_size=12, workers=0)))
    heights = np.ptp(batch.points.numpy()[..., 1], axis=1)
    np.testing.assert_allclose(batch.box_sizes, heights, rtol=1e-4)
    widths = np.ptp(batch.points.numpy()[..., 0], axis=1)
    np.testing.assert_allclose(batch.areas, heights * widths, rtol=1e-3)


def test_an_epoch_smaller_than_a_batch_is_refused(folder: Path) -> None:
    labels = read_training_labels(folder)
    drawing = make_drawing([labels], [Source(path='')], epoch_size=0, seed=0)
    with pytest.raises(ValueError, match=r'batch_size must be at most 6, .*, got 7'):
        make_batches(
            PoseDataset(labels, SIZE_WH), drawing, batch_size=7, group=Group(0, 2), workers=0
        )
