"""The loss of YOLO v3. Source: Redmon & Farhadi 2018 (arXiv:1804.02767), section 2; what it leaves open is as in Darknet's yolo_layer.c.

A truth belongs to one anchor of one scale: the one most like it in shape, in the cell of its centre. All others that cover a truth by
more than a threshold are told nothing of objectness, the rest that there is nothing. Classes are independent logits. Gradients are
Darknet's: wanted minus predicted, of the place and the logarithms of the sides times 2 - (the truth's share of the picture).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

import torch
from torch import Tensor
from torch.nn import functional

from perception.detection.decoding import CLASSES, LARGEST, OBJECTNESS, Scale, by_anchor, decode_boxes
from perception.detection.losses.targets import CLASS, HEIGHT, PICTURE, X, ciou, corners_of
from sim_suite.errors import SuiteError, UnknownNameError

Localisation = Literal["squared", "ciou"]


@dataclass(frozen=True)
class LossOptions:
    """What the paper sets, and how much each part counts."""

    ignore_iou: float = 0.5
    """Who covers a truth by more and is not responsible for it goes without a loss; 0..1. The paper's; yolov3.cfg has 0.7."""
    localisation: Localisation = "squared"
    """The paper's squared errors of place and size, or 1 - CIoU of the boxes, see `ciou`, which is of one measure for large and small."""
    box: float = 1.0
    """Weight of place and size, or of 1 - CIoU, 0 or more."""
    objectness: float = 1.0
    classes: float = 1.0

    def __post_init__(self) -> None:
        if not 0 <= self.ignore_iou <= 1:
            raise SuiteError(f"ignore_iou must lie in 0..1, not {self.ignore_iou}.")
        if self.localisation not in get_args(Localisation):
            raise UnknownNameError("localisation", self.localisation, get_args(Localisation))
        for name in ("box", "objectness", "classes"):
            if not getattr(self, name) >= 0:
                raise SuiteError(f"the weight {name} is {getattr(self, name)}; give 0 or more.")


class Assigned(NamedTuple):
    """The truths that one scale is responsible for, n of them, no two at one place."""

    picture: Tensor
    """[n] int64, as all indices."""
    anchor: Tensor
    row: Tensor
    column: Tensor
    truth: Tensor
    """[n, TARGET]"""


def assign(
    targets: Tensor, scales: Sequence[Scale], shapes: Sequence[tuple[int, int]], size: tuple[int, int]
) -> list[Assigned]:
    """Which scale, anchor and cell is responsible for each truth.

    targets: [M, TARGET]; shapes: (rows, columns) of each scale; size: (height, width) of the input in pixels. IGNORED ones belong to
    nobody; of several at one place the last counts.
    """
    known = targets[targets[:, CLASS] >= 0]
    anchors = targets.new_tensor([anchor for scale in scales for anchor in scale.anchors])
    sides = known[:, X + 2 : HEIGHT + 1] * known.new_tensor([size[1], size[0]])
    shared = torch.minimum(sides[:, None], anchors[None]).prod(-1)
    nearest = (shared / (sides.prod(-1)[:, None] + anchors.prod(-1)[None] - shared)).argmax(-1)
    begin, assigned = 0, []
    for scale, (rows, columns) in zip(scales, shapes, strict=True):
        mine = (nearest >= begin) & (nearest < begin + len(scale.anchors))
        truth, anchor = known[mine], nearest[mine] - begin
        picture = truth[:, PICTURE].long()
        column = (truth[:, X] * columns).long().clamp(0, columns - 1)
        row = (truth[:, X + 1] * rows).long().clamp(0, rows - 1)
        last = _last_of_each(((picture * len(scale.anchors) + anchor) * rows + row) * columns + column)
        assigned.append(Assigned(*(each[last] for each in (picture, anchor, row, column, truth))))
        begin += len(scale.anchors)
    return assigned


def yolo_v3_loss(
    maps: Sequence[Tensor], targets: Tensor, scales: Sequence[Scale], size: tuple[int, int], options: LossOptions
) -> tuple[Tensor, dict[str, Tensor]]:
    """Summed over places and averaged over the batch: (scalar, its terms with their weights, by name, without gradient).

    maps[i]: [B, A (5 + K), h, w] logits; targets: [M, TARGET], see `targets`; size: (height, width) of the input in pixels.
    """
    batch = maps[0].shape[0]
    shapes = [(raw.shape[2], raw.shape[3]) for raw in maps]
    localisation = ("box",) if options.localisation == "ciou" else ("place", "size")
    terms = {name: maps[0].new_zeros(()) for name in (*localisation, "objectness", "class")}
    for raw, scale, mine in zip(maps, scales, assign(targets, scales, shapes, size), strict=True):
        cells = by_anchor(raw, scale)
        rows, columns = cells.shape[2:4]
        at = (mine.picture, mine.anchor, mine.row, mine.column)
        said = cells[at]
        wanted = functional.one_hot(mine.truth[:, CLASS].long(), said.shape[-1] - CLASSES).to(said.dtype)

        objectness = cells[..., OBJECTNESS]
        is_object = torch.zeros_like(objectness)
        is_object[at] = 1.0
        counts = is_object.bool() | ~_covering(cells, scale, targets, size, options.ignore_iou)
        loss = functional.binary_cross_entropy_with_logits(objectness, is_object, reduction="none")
        if options.localisation == "ciou":
            found = _boxes_at(said, mine, scale, (rows, columns), size)
            pixels = found.new_tensor([size[1], size[0], size[1], size[0]])
            terms["box"] = terms["box"] + options.box * (1 - ciou(found, mine.truth[:, X : HEIGHT + 1] * pixels)).sum()
        else:
            place, sides = _squared(said, mine, scale, (rows, columns), size)
            terms["place"] = terms["place"] + options.box * place
            terms["size"] = terms["size"] + options.box * sides
        terms["objectness"] = terms["objectness"] + options.objectness * torch.where(counts, loss, 0.0).sum()
        terms["class"] = terms["class"] + options.classes * functional.binary_cross_entropy_with_logits(
            said[:, CLASSES:], wanted, reduction="sum"
        )
    terms = {name: term / batch for name, term in terms.items()}
    return torch.stack(list(terms.values())).sum(), {name: term.detach() for name, term in terms.items()}


def _squared(
    said: Tensor, mine: Assigned, scale: Scale, shape: tuple[int, int], size: tuple[int, int]
) -> tuple[Tensor, Tensor]:
    """The paper's terms of place and size, summed. said: [n, 5 + K] logits where the truths are; shape: (rows, columns)."""
    truth = mine.truth[:, X : HEIGHT + 1]
    importance = 2 - truth[:, 2:].prod(-1, keepdim=True)
    inside = truth[:, :2] * truth.new_tensor([shape[1], shape[0]]) - torch.stack([mine.column, mine.row], dim=-1)
    inside = (inside + (scale.scale_xy - 1) / 2) / scale.scale_xy
    anchors = truth.new_tensor(scale.anchors)[mine.anchor]
    sides = (truth[:, 2:] * truth.new_tensor([size[1], size[0]]) / anchors).log()
    place = functional.binary_cross_entropy_with_logits(said[:, :2], inside, reduction="none")
    return (importance * place).sum(), (importance * (said[:, 2:4] - sides).square() / 2).sum()


def _boxes_at(said: Tensor, mine: Assigned, scale: Scale, shape: tuple[int, int], size: tuple[int, int]) -> Tensor:
    """[n, 4] The boxes that are predicted where the truths are, centre form, pixels; arguments as above."""
    stretched = said[:, :2].sigmoid() * scale.scale_xy - (scale.scale_xy - 1) / 2
    cell = said.new_tensor([size[1] / shape[1], size[0] / shape[0]])
    centres = (stretched + torch.stack([mine.column, mine.row], dim=-1)) * cell
    sides = said[:, 2:4].clamp(max=LARGEST).exp() * said.new_tensor(scale.anchors)[mine.anchor]
    return torch.cat([centres, sides], dim=-1)


@torch.no_grad()
def _covering(cells: Tensor, scale: Scale, targets: Tensor, size: tuple[int, int], threshold: float) -> Tensor:
    """bool [B, A, h, w]: the predicted box covers some truth of its picture by an IoU above the threshold, an IGNORED one too."""
    boxes = decode_boxes(cells, scale, size)
    left, top, right, bottom = corners_of(boxes).unbind(-1)
    area = boxes[..., 2] * boxes[..., 3]
    pixels = boxes.new_tensor([size[1], size[0], size[1], size[0]])
    covering = torch.zeros_like(area, dtype=torch.bool)
    # One truth of each picture after the other, by coordinate: a third of the time of whole boxes at once.
    for truth in (_by_picture(targets, len(cells)) * pixels).unbind(1):
        x0, y0, x1, y1 = corners_of(truth)[:, :, None, None, None].unbind(1)
        width = (torch.minimum(right, x1) - torch.maximum(left, x0)).clamp_(min=0)
        shared = width.mul_((torch.minimum(bottom, y1) - torch.maximum(top, y0)).clamp_(min=0))
        union = area + ((x1 - x0) * (y1 - y0)) - shared
        covering |= shared > threshold * union
    return covering


def _by_picture(targets: Tensor, batch: int) -> Tensor:
    """[M, TARGET] -> [B, most, 4] centre form; places beyond a picture's truths hold boxes without area."""
    picture = targets[:, PICTURE].long()
    counts = torch.bincount(picture, minlength=batch)
    order = picture.argsort(stable=True)
    begin = counts.cumsum(0) - counts
    rank = torch.arange(len(targets), device=targets.device) - begin[picture[order]]
    padded = targets.new_zeros(batch, int(counts.max()) if len(targets) else 0, 4)
    padded[picture[order], rank] = targets[order, X : HEIGHT + 1]
    return padded


def _last_of_each(place: Tensor) -> Tensor:
    """[n] places -> indices of the last one at each, rising."""
    order = torch.arange(len(place), device=place.device)
    _, group = torch.unique(place, return_inverse=True)
    last = torch.full((len(place),), -1, device=place.device).scatter_reduce(0, group, order, "amax")
    return order[last[group] == order]
