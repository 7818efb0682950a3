"""YOLO v1's loss by hand, term for term; responsibility, empty cells, cells that two objects share."""

from __future__ import annotations

import math

import pytest
import torch

from perception.detection.losses.yolo_v1 import LossWeights, boxes_of, yolo_v1_loss

S, P, K = 2, 2, 3
PAPER = LossWeights()


def one_target(*more):
    """An object of class 2 in row 0, column 1, its centre at (0.75, 0.25), 0.25 wide, 0.36 high."""
    return torch.tensor([[0, 2, 0.75, 0.25, 0.25, 0.36], *more], dtype=torch.float64)


def said():
    """Nothing anywhere but in the cell (0, 1): its second box is right but for its place, the first lies elsewhere."""
    cells = torch.zeros(1, S, S, 5 * P + K, dtype=torch.float64)
    cells[0, 0, 1, :5] = torch.tensor([0.0, 0.0, 0.1, 0.1, 0.4], dtype=torch.float64)
    cells[0, 0, 1, 5:10] = torch.tensor([0.6, 0.5, 0.5, 0.6, 0.8], dtype=torch.float64)
    cells[0, 0, 1, 10:] = torch.tensor([0.1, 0.0, 0.7], dtype=torch.float64)
    return cells


def test_each_term_by_hand():
    """Second box: centre 0.1 cells (0.05 of the picture) to the right: IoU (0.25 - 0.05) / (0.25 + 0.05) = 2/3."""
    loss, terms = yolo_v1_loss(said(), one_target(), P, PAPER)
    expected = {
        "place": 5 * 0.1**2,
        "size": 0.0,
        "object": (0.8 - 2 / 3) ** 2,
        "no_object": 0.5 * 0.4**2,
        "class": 0.1**2 + 0.3**2,
    }
    for name, value in expected.items():
        assert float(terms[name]) == pytest.approx(value, abs=1e-12), name
    assert float(loss) == pytest.approx(sum(expected.values()))


def test_sizes_are_compared_by_their_roots():
    cells = said()
    cells[0, 0, 1, 5 + 2] = 0.7
    _, terms = yolo_v1_loss(cells, one_target(), P, PAPER)
    assert float(terms["size"]) == pytest.approx(5 * (0.7 - math.sqrt(0.25)) ** 2)


def test_a_picture_without_objects_only_asks_for_no_confidence():
    cells = said()
    loss, terms = yolo_v1_loss(cells, torch.zeros(0, 6, dtype=torch.float64), P, PAPER)
    assert float(loss) == pytest.approx(0.5 * (0.4**2 + 0.8**2))
    assert float(terms["class"]) == 0.0


def test_the_first_object_of_a_cell_counts_ignored_ones_do_not_and_the_batch_is_averaged():
    alone, _ = yolo_v1_loss(said(), one_target(), P, PAPER)
    shared, _ = yolo_v1_loss(said(), one_target([0, 0, 0.8, 0.3, 0.1, 0.1], [0, -1, 0.2, 0.2, 0.3, 0.3]), P, PAPER)
    assert float(shared) == float(alone)
    pair, _ = yolo_v1_loss(torch.cat([said(), torch.zeros_like(said())]), one_target(), P, PAPER)
    assert float(pair) == pytest.approx(float(alone) / 2)


def test_only_the_responsible_box_is_moved_and_its_iou_is_no_lever():
    cells = said().requires_grad_()
    loss, _ = yolo_v1_loss(cells, one_target(), P, PAPER)
    loss.backward()
    assert (cells.grad[0, 0, 1, :4] == 0).all()
    # Only -2 x 5 x 0.1 of eq. 3 itself, nothing through the confidence that is wanted.
    assert float(cells.grad[0, 0, 1, 5]) == pytest.approx(2 * 5 * 0.1)


def test_boxes_lie_where_cells_say():
    box = boxes_of(said(), P)[0, 0, 1, 1]
    torch.testing.assert_close(box, torch.tensor([0.8, 0.25, 0.25, 0.36], dtype=torch.float64))
