# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Which cells learn whom, in cases that can be worked out by hand: 64 x 64 pixels, 84 cells."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from alphapose_ros.training.detection_assignment import assign_cells
from alphapose_ros.training.detection_assignment import Grid
from alphapose_ros.training.detection_assignment import make_grid
from alphapose_ros.training.detection_assignment import pairwise_iou

FAR = torch.tensor([900.0, 900.0, 910.0, 910.0])


@pytest.fixture
def grid() -> Grid:
    return make_grid((64, 64), torch.device('cpu'))


def cell(x: int, y: int) -> int:
    """Return the index of a cell of the finest level, 8 pixels wide."""
    return y * 8 + x


def assign(grid: Grid, found: dict[int, Tensor], people: Tensor) -> dict[int, int]:
    """Return who is learnt where, when these cells give these boxes and all others are far off."""
    boxes = FAR.repeat(1, len(grid.cells), 1)
    for index, box in found.items():
        boxes[0, index] = box
    image_of = torch.zeros(len(people), dtype=torch.int64)
    person = assign_cells(grid, boxes, torch.zeros(1, len(grid.cells), 2), people, image_of)[0]
    return {i: int(person[i]) for i in (person >= 0).nonzero().flatten().tolist()}


def test_cells_go_row_by_row_from_fine_to_coarse() -> None:
    grid = make_grid((64, 32), torch.device('cpu'))
    assert grid.cells[[0, 1, 8, 31, 32, 36, 40, 41]].tolist() == [
        [0, 0], [1, 0], [0, 1], [7, 3], [0, 0], [0, 1], [0, 0], [1, 0]
    ]  # fmt: skip
    assert grid.strides.flatten().tolist() == [8] * 32 + [16] * 8 + [32] * 2


def test_values_are_decoded_as_the_detector_does(grid: Grid) -> None:
    values = torch.zeros(1, 84, 4)
    values[0, 64 + 6] = (
        torch.tensor([0.5, 0.25, 2.0, 4.0])
        .log()
        .where(torch.tensor([False, False, True, True]), torch.tensor([0.5, 0.25, 0.0, 0.0]))
    )
    # Stride 16, column 2, row 1: centre (2.5, 1.25) cells, size 2 x 4 cells.
    torch.testing.assert_close(grid.decode(values)[0, 70], torch.tensor([24.0, -12.0, 56.0, 52.0]))


def test_iou_of_a_half_is_a_third() -> None:
    a, b = torch.tensor([0.0, 0.0, 2.0, 2.0]), torch.tensor([1.0, 0.0, 3.0, 2.0])
    torch.testing.assert_close(pairwise_iou(a, b), torch.tensor(1 / 3))


def test_the_cell_that_fits_learns_the_person(grid: Grid) -> None:
    person = torch.tensor([16.0, 8.0, 40.0, 56.0])
    assert assign(grid, {cell(3, 4): person}, person[None]) == {cell(3, 4): 0}


def test_as_many_cells_learn_as_their_overlaps_add_up_to(grid: Grid) -> None:
    person = torch.tensor([16.0, 8.0, 40.0, 56.0])
    half = torch.tensor([16.0, 8.0, 40.0, 32.0])  # IoU 0.5
    found = {cell(3, 3): person, cell(3, 4): person, cell(2, 4): half, cell(4, 4): half}
    assert set(assign(grid, found, person[None])) >= {cell(3, 3), cell(3, 4)}
    assert len(assign(grid, found, person[None])) == 3  # 1 + 1 + 0.5 + 0.5


def test_a_cell_goes_to_whom_it_fits_best(grid: Grid) -> None:
    left, right = torch.tensor([[8.0, 8, 40, 56], [16.0, 8, 48, 56]])
    people = torch.stack([left, right])
    assert assign(grid, {cell(3, 3): left, cell(4, 3): right}, people) == {
        cell(3, 3): 0,
        cell(4, 3): 1,
    }


def test_a_cell_far_from_the_centre_learns_nobody(grid: Grid) -> None:
    person = torch.tensor([0.0, 0.0, 64.0, 64.0])
    (chosen,) = assign(grid, {cell(0, 0): person}, person[None])
    assert chosen != cell(0, 0)


def test_a_cell_beside_a_narrow_person_gives_way_to_one_inside(grid: Grid) -> None:
    person = torch.tensor([24.0, 8.0, 32.0, 56.0])
    (chosen,) = assign(grid, {cell(4, 4): person}, person[None])
    assert torch.equal((grid.centres[chosen] > person[:2]), torch.tensor([True, True]))
    assert torch.equal((grid.centres[chosen] < person[2:]), torch.tensor([True, True]))


def test_somebody_smaller_than_a_cell_is_learnt_all_the_same(grid: Grid) -> None:
    assert len(assign(grid, {}, torch.tensor([[16.5, 16.5, 18.5, 19.5]]))) == 1


def test_nobody_is_learnt_where_nobody_is(grid: Grid) -> None:
    assert assign(grid, {}, torch.zeros(0, 4)) == {}


def test_a_confident_cell_is_preferred_to_one_that_fits_as_well(grid: Grid) -> None:
    person = torch.tensor([16.0, 8.0, 40.0, 56.0])
    found = FAR.repeat(1, 84, 1)
    found[0, [cell(3, 3), cell(3, 4)]] = torch.tensor([16.0, 8.0, 40.0, 32.0])  # 2 x IoU 0.5
    logits = torch.zeros(1, 84, 2)
    logits[0, cell(3, 4)] = 2.0
    chosen = assign_cells(grid, found, logits, person[None], torch.zeros(1, dtype=torch.int64))
    assert (chosen[0] >= 0).nonzero().flatten().tolist() == [cell(3, 4)]


def test_images_and_the_order_of_people_do_not_matter(grid: Grid) -> None:
    torch.manual_seed(0)
    corners = torch.rand(6, 2) * 40
    people = torch.cat([corners, corners + 8 + torch.rand(6, 2) * 16], dim=1)
    image_of = torch.tensor([0, 0, 0, 1, 1, 2])
    found = grid.decode(torch.rand(4, 84, 4))
    logits = torch.randn(4, 84, 2)
    together = assign_cells(grid, found, logits, people, image_of)
    for image in range(4):
        mine = (image_of == image).nonzero().flatten()
        order = mine.flip(0)
        alone = assign_cells(
            grid,
            found[image, None],
            logits[image, None],
            people[order],
            torch.zeros(len(order), dtype=torch.int64),
        )[0]
        named = torch.cat([order, torch.tensor([-1])])[alone]
        assert torch.equal(named, together[image])
    assert set(together.flatten().tolist()) == {-1, 0, 1, 2, 3, 4, 5}
