"""The ten losses of ChauffeurNet and their sum. Source: Bansal et al. 2018, sections 5.1 to 5.4, eq. 3 to 15.

B examples, N waypoints, a grid of [h, w]. Each loss is a pure function and gives one number for each waypoint, [B, N] (the road's: for
each example, [B]); `total` leaves out unknown waypoints, sums over the others and weighs. Losses of planes are means over the grid.
Shapes and units are those of `batch.Batch` and `prediction.Prediction`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor
from torch.nn import functional

from agents.imitation.chauffeurnet.batch import Batch
from agents.imitation.chauffeurnet.nets.prediction import Prediction, cells_of
from sim_suite.errors import SuiteError

IMITATION: Final[tuple[str, ...]] = ("place", "box", "heading", "offset", "speed", "waypoint")
"""Terms of eq. 13: gated by imitation dropout. A network has `place` and `offset`, or `waypoint` for both."""
ENVIRONMENT: Final[tuple[str, ...]] = ("collision", "on_road", "geometry", "objects", "road")
"""Terms of eq. 14."""
TERMS: Final[tuple[str, ...]] = (*IMITATION, *ENVIRONMENT)


@dataclass(frozen=True)
class LossWeights:
    """How much each part counts, 0 or more. The paper prints w_imit and w_env (table 3) and no weights of single terms: all are 1."""

    imitation: float = 1.0
    """w_imit of table 3, beside the 0 or 1 of imitation dropout: 1, or 0.5 in the paper's M3."""
    environment: float = 1.0
    """w_env: 1, or 0 to imitate only (M0, M1)."""
    place: float = 1.0
    """Of eq. 3, and so on by the names of `TERMS`."""
    box: float = 1.0
    heading: float = 1.0
    offset: float = 1.0
    speed: float = 1.0
    waypoint: float = 1.0
    collision: float = 1.0
    on_road: float = 1.0
    geometry: float = 1.0
    objects: float = 1.0
    road: float = 1.0

    def __post_init__(self) -> None:
        for name, weight in vars(self).items():
            if not (weight >= 0 and math.isfinite(weight)):
                raise SuiteError(f"the weight of {name} is {weight}; give 0 or more.")

    def of(self, term: str) -> float:
        """Of one of `TERMS`, its group's included."""
        own: float = getattr(self, term)
        return own * (self.imitation if term in IMITATION else self.environment)


def place_loss(place_logits: Tensor, waypoints: Tensor, stride: int, spread: float = 0.0) -> Tensor:
    """Eq. 3, L_p = H(P_k, P_k^gt): cross-entropy of the cell that the driven waypoint lies in. -> [B, N]

    spread: above 0, P_k^gt is a Gaussian of so many cells about the waypoint, its sum over the grid 1 (ours).
    """
    rows, columns = place_logits.shape[2:]
    if spread == 0.0:
        cells = cells_of(waypoints, stride, (rows, columns))
        return functional.cross_entropy(place_logits.flatten(2).transpose(1, 2), cells, reduction="none")
    row, column = (
        ((torch.arange(side, device=waypoints.device) + 0.5 - place[..., None]) / spread).square().mul(-0.5).softmax(-1)
        for side, place in ((rows, waypoints[..., 0] / stride), (columns, waypoints[..., 1] / stride))
    )
    # sum over cells of P^gt (log sum exp - logits), where P^gt is the product of its row's and its column's.
    meant = torch.einsum("bnh,bnhw,bnw->bn", row, place_logits, column)
    return place_logits.flatten(2).logsumexp(-1) - meant


def box_loss(box_logits: Tensor, boxes: Tensor) -> Tensor:
    """Eq. 4, L_B = 1/WH sum H(B_k, B_k^gt). -> [B, N]"""
    return _plane_cross_entropy(box_logits, boxes)


def heading_loss(headings: Tensor, driven: Tensor) -> Tensor:
    """Eq. 5, L_theta = |theta_k - theta_k^gt|, rad, the shorter way round: 0 to pi. -> [B, N]"""
    return (torch.remainder(headings - driven + math.pi, 2 * math.pi) - math.pi).abs()


def offset_loss(offsets: Tensor, waypoints: Tensor, stride: int) -> Tensor:
    """Eq. 6, L_p-subpixel = |dp_k - (p_k^gt - floor(p_k^gt))|_1: cells, row and column added. -> [B, N]"""
    places = waypoints / stride
    return (offsets - (places - places.floor())).abs().sum(-1)


def speed_loss(speeds: Tensor, driven: Tensor) -> Tensor:
    """Eq. 7, L_speed = |s_k - s_k^gt|, m/s. -> [B, N]"""
    return (speeds - driven).abs()


def waypoint_loss(predicted: Tensor, waypoints: Tensor, stride: int) -> Tensor:
    """|p_k - p_k^gt|_1, cells: eq. 3 and 6 in one for networks without P_k (arXiv:2103.01882). -> [B, N]"""
    return (predicted - waypoints).abs().sum(-1) / stride


def collision_loss(boxes: Tensor, others: Tensor) -> Tensor:
    """Eq. 8, L_collision = 1/WH sum B_k Obj_k^gt. others: Obj_1..Obj_N [B, N, h, w]. -> [B, N]"""
    return (boxes * others).mean((-2, -1))


def on_road_loss(boxes: Tensor, road: Tensor) -> Tensor:
    """Eq. 9, L_onroad = 1/WH sum B_k (1 - Road^gt). -> [B, N]"""
    return _outside(boxes, road)


def geometry_loss(boxes: Tensor, path: Tensor) -> Tensor:
    """Eq. 10, L_geom = 1/WH sum B_k (1 - Geom^gt): off the driven curve, whenever. -> [B, N]"""
    return _outside(boxes, path)


def objects_loss(object_logits: Tensor, others: Tensor) -> Tensor:
    """Eq. 11, L_objects = 1/WH sum H(Obj_k, Obj_k^gt). others: Obj_1..Obj_N [B, N, h, w]. -> [B, N]"""
    return _plane_cross_entropy(object_logits, others)


def road_loss(road_logits: Tensor, road: Tensor) -> Tensor:
    """Eq. 12, L_road = 1/WH sum H(Road, Road^gt). -> [B]"""
    return _plane_cross_entropy(road_logits, road)


def all_terms(predicted: Prediction, batch: Batch, stride: int, spread: float = 0.0) -> dict[str, Tensor]:
    """Each loss that the prediction allows, by its name: [B, N], or [B] of the road. spread: see `place_loss`."""
    others = batch.others[:, 1:]
    terms = {
        "heading": heading_loss(predicted.headings, batch.headings),
        "speed": speed_loss(predicted.speeds, batch.speeds),
        "collision": collision_loss(predicted.boxes, others),
        "on_road": on_road_loss(predicted.boxes, batch.road),
        "geometry": geometry_loss(predicted.boxes, batch.path),
    }
    if predicted.place_logits is None:
        terms["waypoint"] = waypoint_loss(predicted.waypoints, batch.waypoints, stride)
    else:
        terms["place"] = place_loss(predicted.place_logits, batch.waypoints, stride, spread)
    if predicted.offsets is not None:
        terms["offset"] = offset_loss(predicted.offsets, batch.waypoints, stride)
    if predicted.box_logits is not None:
        terms["box"] = box_loss(predicted.box_logits, batch.boxes)
    if predicted.object_logits is not None:
        terms["objects"] = objects_loss(predicted.object_logits, others)
    if predicted.road_logits is not None:
        terms["road"] = road_loss(predicted.road_logits, batch.road)
    return terms


def total(
    predicted: Prediction, batch: Batch, stride: int, weights: LossWeights, spread: float = 0.0
) -> tuple[Tensor, dict[str, Tensor]]:
    """Eq. 13 to 15: w_imit sum(imitation) + w_env sum(environment), and how large each term is.

    Of an example, the sum over known waypoints; times its weight, and its imitation terms times is_imitated; then the mean over the
    batch. Returns (scalar with gradient, {name: scalar without}): the latter plain means over all known waypoints, without any weight,
    nan where none is known. What the batch says of unknown waypoints may be any finite numbers.
    """
    terms = all_terms(predicted, batch, stride, spread)
    loss, means = predicted.headings.new_zeros(()), {}
    for name in (name for name in TERMS if name in terms):
        each = terms[name]
        if name == "road":
            example, mean = each, each.mean()
        else:
            each = torch.where(batch.known, each, 0.0)
            example, mean = each.sum(1), each.sum() / batch.known.sum()
        gate = batch.is_imitated if name in IMITATION else 1.0
        loss = loss + weights.of(name) * (batch.weight * gate * example).mean()
        means[name] = mean.detach()
    return loss, means


def _plane_cross_entropy(logits: Tensor, wanted: Tensor) -> Tensor:
    """[..., h, w] -> [...]; wanted: 0 to 1."""
    return functional.binary_cross_entropy_with_logits(logits, wanted, reduction="none").mean((-2, -1))


def _outside(boxes: Tensor, allowed: Tensor) -> Tensor:
    """boxes [B, N, h, w], allowed [B, h, w] -> [B, N]"""
    return (boxes * (1 - allowed)[:, None]).mean((-2, -1))
