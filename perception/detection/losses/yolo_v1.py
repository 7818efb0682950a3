"""The loss of YOLO v1. Source: Redmon et al. 2016 (arXiv:1506.02640), eq. 3.

A picture is S x S cells, each with P boxes and one guess of its class. Of a cell that an object's centre falls into, the box with the
highest IoU with it is responsible for it.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from perception.detection.losses.targets import CLASS, HEIGHT, PICTURE, WIDTH, X, iou
from sim_suite.errors import SuiteError

CELL_X, CELL_Y, ROOT_WIDTH, ROOT_HEIGHT, CONFIDENCE, BOX = 0, 1, 2, 3, 4, 5
"""Of one of a cell's P boxes: place in the cell 0..1; roots of the sides, 0..1 of the picture's; how sure. K classes follow."""


@dataclass(frozen=True)
class LossWeights:
    """lambda_coord and lambda_noobj of eq. 3, with the paper's values."""

    coord: float = 5.0
    noobj: float = 0.5

    def __post_init__(self) -> None:
        for name, weight in vars(self).items():
            if not weight >= 0:
                raise SuiteError(f"the weight {name} is {weight}; give 0 or more.")


def boxes_of(said: Tensor, boxes: int) -> Tensor:
    """The boxes that a network means: [B, S, S, 5 P + K] -> [B, S, S, P, 4] centre form, 0..1 of the picture."""
    cells = said.shape[1]
    each = _each_box(said, boxes)
    steps = torch.arange(cells, device=said.device, dtype=said.dtype)
    x = (each[..., CELL_X] + steps.view(1, 1, cells, 1)) / cells
    y = (each[..., CELL_Y] + steps.view(1, cells, 1, 1)) / cells
    return torch.stack([x, y, each[..., ROOT_WIDTH].square(), each[..., ROOT_HEIGHT].square()], dim=-1)


def yolo_v1_loss(said: Tensor, targets: Tensor, boxes: int, weights: LossWeights) -> tuple[Tensor, dict[str, Tensor]]:
    """Eq. 3, summed over cells and averaged over the batch: (scalar, its five terms with their weights, by name, without gradient).

    said: [B, S, S, 5 P + K] rows first; targets: [M, TARGET], see `targets`; boxes: P. The confidence wanted of a responsible box is its
    IoU, of all others 0. Where several centres fall into a cell the first target counts, as in Darknet. An IGNORED one does not.
    """
    batch, cells = said.shape[:2]
    known = targets[targets[:, CLASS] >= 0]
    picture, number = known[:, PICTURE].long(), known[:, CLASS].long()
    place = known[:, X : HEIGHT + 1]
    column, row = ((place[:, axis] * cells).long().clamp(0, cells - 1) for axis in (0, 1))
    first = _first_of_each((picture * cells + row) * cells + column, batch * cells * cells)
    picture, number, place, column, row = (each[first] for each in (picture, number, place, column, row))

    each = _each_box(said, boxes)
    overlap = iou(boxes_of(said, boxes).detach()[picture, row, column], place[:, None])
    best, responsible = overlap.max(-1)
    mine = each[picture, row, column, responsible]
    inside = torch.stack([place[:, 0] * cells - column, place[:, 1] * cells - row], dim=-1)
    is_responsible = torch.zeros_like(each[..., 0], dtype=torch.bool)
    is_responsible[picture, row, column, responsible] = True
    classes = torch.nn.functional.one_hot(number, said.shape[-1] - BOX * boxes)
    terms = {
        "place": weights.coord * (mine[:, :2] - inside).square().sum(),
        "size": weights.coord * (mine[:, 2:4] - place[:, WIDTH - X :].sqrt()).square().sum(),
        "object": (mine[:, CONFIDENCE] - best).square().sum(),
        "no_object": weights.noobj * torch.where(is_responsible, 0.0, each[..., CONFIDENCE]).square().sum(),
        "class": (said[picture, row, column, BOX * boxes :] - classes).square().sum(),
    }
    terms = {name: term / batch for name, term in terms.items()}
    return torch.stack(list(terms.values())).sum(), {name: term.detach() for name, term in terms.items()}


def _each_box(said: Tensor, boxes: int) -> Tensor:
    """[B, S, S, 5 P + K] -> [B, S, S, P, BOX]"""
    return said[..., : BOX * boxes].reshape(*said.shape[:-1], boxes, BOX)


def _first_of_each(cell: Tensor, count: int) -> Tensor:
    """[M] cells below count -> [M'] indices of the first target in each, rising."""
    order = torch.arange(len(cell), device=cell.device)
    first = torch.full((count,), len(cell), device=cell.device).scatter_reduce(0, cell, order, "amin")
    return order[first[cell] == order]
