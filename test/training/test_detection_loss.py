# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""What the loss of a detector asks for: by hand, by finite differences, and of a real network."""

from __future__ import annotations

from dataclasses import fields
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from alphapose_ros.models.yolox import Yolox
from alphapose_ros.training.detection_assignment import make_grid
from alphapose_ros.training.detection_loss import detection_terms
from alphapose_ros.training.detection_loss import DetectionBatch
from alphapose_ros.training.detection_loss import DetectionLoss
from alphapose_ros.training.detection_loss import DetectionTerms
from alphapose_ros.training.detection_loss import paired_giou
from alphapose_ros.training.detection_loss import start_detector

PERSON = (16.0, 8.0, 40.0, 56.0)
CELL = 4 * 8 + 3  # of 84; its corner is at (24, 32)


def make_batch(*people: tuple[float, ...], is_exact: bool = True) -> DetectionBatch:
    """Return an image of 64 x 64 with people: box and score."""
    rows = torch.tensor(people).reshape(1, -1, 5)
    images = torch.arange(3 * 64 * 64).mul(37).remainder(256).byte().reshape(1, 3, 64, 64)
    return DetectionBatch(images, rows[..., :4], rows[..., 4], torch.tensor(is_exact))


def head_that_finds(box: tuple[float, ...], logit: float) -> Tensor:
    """Return a head in which one cell gives a box; the others are far off."""
    head = torch.tensor([900.0, 900.0, 0.0, 0.0, -20.0, 0.0]).repeat(1, 84, 1)
    x0, y0, x1, y1 = (value / 8 for value in box)
    sizes = torch.tensor([x1 - x0, y1 - y0]).log()
    head[0, CELL] = torch.tensor([(x0 + x1) / 2 - 3, (y0 + y1) / 2 - 4, *sizes, logit, logit])
    return head


def test_a_perfect_head_costs_nothing() -> None:
    terms = detection_terms(head_that_finds(PERSON, 20.0), make_batch((*PERSON, 1.0)))
    for name, term in vars(terms).items():
        assert float(term) == pytest.approx(0, abs=1e-5), name


@pytest.mark.parametrize(
    ('box', 'giou', 'iou'),
    [
        pytest.param((0, 0, 2, 2), 1, 1, id='same'),
        pytest.param((1, 0, 3, 2), 1 / 3, 1 / 3, id='shifted by a half'),
        pytest.param((4, 0, 6, 2), -1 / 3, 0, id='apart'),
        pytest.param((0, 0, 1, 1), 1 / 4, 1 / 4, id='inside'),
    ],
)
def test_giou_is_less_the_more_empty_the_hull(
    box: tuple[float, ...], giou: float, iou: float
) -> None:
    got = paired_giou(torch.tensor([[0.0, 0, 2, 2]]), torch.tensor([box], dtype=torch.float32))
    torch.testing.assert_close(torch.stack(got).flatten(), torch.tensor([giou, iou]).float())


def test_terms_are_those_worked_out_by_hand() -> None:
    # The lower half of the person is missing: IoU 0.5, centre 1.5 cells too high, height halved.
    head = head_that_finds((16.0, 8.0, 40.0, 32.0), 0.0)
    head[0, CELL, 1] = 2.5 - 4
    terms = detection_terms(head, make_batch((*PERSON, 1.0)))
    assert float(terms.objectness) == pytest.approx(0.6931, abs=1e-4)
    assert float(terms.category) == pytest.approx(0.6931, abs=1e-4)
    assert float(terms.overlap) == pytest.approx(0.5)
    assert float(terms.offset) == pytest.approx(1.5 + 0.6931, abs=1e-4)


def test_offsets_are_learnt_in_the_last_phase_only() -> None:
    head = head_that_finds((16.0, 8.0, 40.0, 32.0), 0.0)
    assert float(detection_terms(head, make_batch((*PERSON, 1.0), is_exact=False)).offset) == 0


def test_a_teachers_score_is_the_objectness_to_learn() -> None:
    head = head_that_finds(PERSON, 0.0)
    head[0, CELL, 4] = torch.tensor(0.8).logit()
    head.requires_grad_()
    detection_terms(head, make_batch((*PERSON, 0.8))).objectness.backward()
    assert float(head.grad[0, CELL, 4]) == pytest.approx(0, abs=1e-6)


def test_what_a_teacher_doubts_counts_less() -> None:
    other = (40.0, 8.0, 60.0, 30.0)
    head = torch.zeros(1, 84, 6)
    values = [
        float(detection_terms(head, make_batch((*PERSON, 1.0), (*other, score))).overlap)
        for score in (1.0, 0.5)
    ]
    alone = float(detection_terms(head, make_batch((*PERSON, 1.0))).overlap)
    assert abs(values[1] - alone) < abs(values[0] - alone)


def test_in_a_region_of_unknown_content_nothing_is_learnt() -> None:
    head = torch.zeros(1, 84, 6, requires_grad=True)
    detection_terms(head, make_batch((0.0, 0.0, 32.0, 64.0, 0.0))).objectness.backward()
    is_ignored = make_grid((64, 64), head.device).centres[:, 0] < 32
    assert torch.equal(head.grad[0, :, 4] == 0, is_ignored)


def test_empty_places_change_nothing() -> None:
    torch.manual_seed(0)
    head, batch = torch.randn(1, 84, 6), make_batch((*PERSON, 1.0))
    empty = make_batch((*PERSON, 1.0), (0.0,) * 5, (0.0,) * 5)
    for f in fields(DetectionTerms):
        terms = detection_terms(head, batch), detection_terms(head, empty)
        assert getattr(terms[0], f.name) == getattr(terms[1], f.name)


def test_an_image_with_nobody_teaches_only_that() -> None:
    head = torch.zeros(1, 84, 6, requires_grad=True)
    terms = detection_terms(head, make_batch())
    sum(vars(terms).values()).backward()
    assert not torch.stack([terms.overlap, terms.category, terms.offset]).any()
    assert (head.grad[..., 4] > 0).all()
    assert not head.grad[..., :4].any()


def test_gradients_are_those_of_finite_differences() -> None:
    torch.manual_seed(0)
    head = torch.randn(1, 84, 6, dtype=torch.float64) * 0.3
    batch = make_batch((*PERSON, 1.0), (30.0, 20.0, 60.0, 50.0, 0.7), (0.0, 0.0, 9.0, 9.0, 0.0))
    batch = replace(batch, boxes=batch.boxes.double(), scores=batch.scores.double())

    def of_boxes(values: Tensor) -> tuple[Tensor, ...]:
        terms = detection_terms(torch.cat([values, head[..., 4:]], dim=2), batch)
        return terms.overlap, terms.offset

    def of_logits(values: Tensor) -> tuple[Tensor, ...]:
        terms = detection_terms(torch.cat([head[..., :4], values], dim=2), batch)
        return terms.objectness, terms.category

    assert torch.autograd.gradcheck(
        of_boxes, head[..., :4].clone().requires_grad_(), fast_mode=True
    )
    assert torch.autograd.gradcheck(
        of_logits, head[..., 4:].clone().requires_grad_(), fast_mode=True
    )


def test_a_head_of_another_shape_is_refused() -> None:
    with pytest.raises(ValueError, match=r'head must have shape \(1, 84, 6\), got \(1, 84, 85\)'):
        detection_terms(torch.zeros(1, 84, 85), make_batch())


@pytest.mark.parametrize('precision', [torch.float32, torch.bfloat16])
def test_every_parameter_of_a_network_learns(precision: torch.dtype) -> None:
    torch.manual_seed(0)
    module = Yolox(depth=0.33, width=0.125, num_classes=1)
    start_detector(module)
    with torch.autocast('cpu', precision, enabled=precision != torch.float32):
        loss = DetectionLoss()(module, make_batch((*PERSON, 1.0), (0.0, 0.0, 60.0, 60.0, 1.0)))
    loss.backward()
    assert loss.dtype == torch.float32
    still = [name for name, p in module.named_parameters() if p.grad is None or not p.grad.any()]
    # Levels at which nobody is learnt have no box and no class to learn.
    assert not [name for name in still if not name.startswith(('head.reg_p', 'head.cls_'))]


def test_before_training_every_cell_has_a_low_score() -> None:
    module = Yolox(depth=0.33, width=0.125, num_classes=1).eval()
    start_detector(module)
    with torch.inference_mode():
        assert float(module(torch.zeros(1, 3, 64, 64))[..., 4].max()) < 0.1
