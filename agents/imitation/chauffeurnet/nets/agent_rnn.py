"""AgentRNN: where the ego goes, waypoint after waypoint. Source: Bansal et al. 2018, section 4.2, eq. 2.

p_k, B_k = AgentRNN(k, F, M_{k-1}, B_{k-1}). The memory M_k is a plane of the grid to which each step adds 1 at its place; it is not
learned, so nothing flows back through it. B_{k-1} is the box just predicted, and gradients flow through it. M_0 is empty and B_0 the box
that the raster shows.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from agents.imitation.chauffeurnet.nets.grid_step import GridStep
from agents.imitation.chauffeurnet.nets.prediction import Prediction
from agents.imitation.chauffeurnet.nets.sizes import Sizes
from agents.imitation.chauffeurnet.spec import ChauffeurSpec

NEAR: Final = 3.5
"""Standard deviations about a cell within which the mean of spread places is taken: there a Gaussian has all but 0.2 %."""
SPEED_MPS: Final = 10.0
"""Speeds are learned in units of this, so that all outputs are about 1."""


class AgentRNN(nn.Module):
    """A step on the grid for P_k and B_k, and a small dense net for offset, heading and speed, which reads the features at p_k."""

    ring: Tensor
    """[h w] int64: how many cells each lies from the ego's place."""

    def __init__(self, spec: ChauffeurSpec, sizes: Sizes) -> None:
        super().__init__()
        self.grid, self.stride, self.fold, self.spread = spec.grid, spec.stride, sizes.fold, spec.spread
        self.step = GridStep(sizes.maps[sizes.feature_level(spec)], 2, 2, sizes.fold, sizes.hidden)
        ring = rings(spec)
        self.register_buffer("ring", torch.tensor(ring), persistent=False)
        self.farthest = int(ring.max())
        self.number = nn.Parameter(0.5 * torch.randn(spec.waypoints, sizes.hidden))
        """Of k: added to the features of step k. Unlike from the start: with zeros, eight drives took a fifth more steps to learn."""
        self.meta = nn.Sequential(
            nn.Linear(2 * sizes.hidden + sizes.fold**2, sizes.meta), nn.ReLU(), nn.Linear(sizes.meta, 4)
        )

    def forward(
        self,
        features: Tensor,
        box: Tensor,
        dice: torch.Generator | None = None,
        driven: tuple[Tensor, Tensor] | None = None,
        marks_driven: bool = False,
    ) -> Prediction:
        """F and B_0 [B, h, w] to all waypoints.

        dice: draw each place by P_k, on its device; None: take the likeliest, in driving of those at the median distance (`median_place`).
        A waypoint is its cell and the offset; in driving by a P_k that was taught spread places, the mean of the places about its cell.
        driven: (cells [B, N] int64, known [B, N] bool): where known, offset, heading and speed are read there instead of at the predicted
        place, for they are said of the waypoint that was driven (eq. 6). marks_driven: M_k gets its 1 there, too.
        """
        prepared = self.step.prepare(features)
        memory = torch.zeros_like(box).flatten(1)
        one = memory.new_ones(len(box), 1)
        steps = []
        for k, number in enumerate(self.number):
            planes = torch.stack([memory.view_as(box), box], dim=1)
            hidden, said = self.step(prepared + number[:, None, None], planes)
            place_logits, box_logits = said.unbind(1)
            cell = self._choose(place_logits, dice)
            taught = cell if driven is None else torch.where(driven[1][:, k], driven[0][:, k], cell)
            marked = taught if marks_driven else cell
            memory, box = memory.scatter_add(1, marked[:, None], one), box_logits.sigmoid()
            steps.append((cell, place_logits, box_logits, box, self._read(hidden, taught)))
        cells, place_logits, box_logits, boxes, read = (torch.stack(parts, dim=1) for parts in zip(*steps, strict=True))
        offsets = read[..., :2] + 0.5
        if self.spread == 0.0 or self.training or dice is not None:
            places = torch.stack([cells // self.grid[1], cells % self.grid[1]], dim=-1) + offsets.clamp(0, 1)
        else:
            places = mean_place(place_logits, cells, NEAR * self.spread)
        return Prediction(
            waypoints=places * self.stride,
            headings=read[..., 2],
            speeds=read[..., 3] * SPEED_MPS,
            boxes=boxes,
            place_logits=place_logits,
            offsets=offsets,
            box_logits=box_logits,
        )

    def _choose(self, place_logits: Tensor, dice: torch.Generator | None) -> Tensor:
        """[B, h, w] -> numbers of cells, [B] int64."""
        flat = place_logits.detach().flatten(1)
        if dice is not None:
            return torch.multinomial(flat.softmax(1), 1, generator=dice)[:, 0]
        return flat.argmax(1) if self.training else median_place(flat.float().softmax(1), self.ring, self.farthest)

    def _read(self, hidden: Tensor, cell: Tensor) -> Tensor:
        """[B, 4] Of the block that holds the cell, the mean of all blocks, and which of the block's cells it is."""
        row, column = cell // self.grid[1], cell % self.grid[1]
        block = (row // self.fold) * (self.grid[1] // self.fold) + column // self.fold
        flat = hidden.flatten(2)
        here = flat.gather(2, block[:, None, None].expand(-1, flat.shape[1], 1))[..., 0]
        within = functional.one_hot(row % self.fold * self.fold + column % self.fold, self.fold**2)
        read: Tensor = self.meta(torch.cat([here, flat.mean(2), within.to(flat.dtype)], dim=1)).float()
        return read


def rings(spec: ChauffeurSpec) -> NDArray[np.int64]:
    """[h w] How many cells each lies from the ego's place, rounded."""
    row, column = (np.arange(side) + 0.5 for side in spec.grid)
    ego_row, ego_column = (place / spec.stride for place in spec.raster.ego_row_col)
    found: NDArray[np.int64] = np.hypot((row - ego_row)[:, None], column - ego_column).round().astype(np.int64).ravel()
    return found


def median_place(chances: Tensor, ring: Tensor, farthest: int) -> Tensor:
    """[B] int64: the likeliest cells among those that are as far from the ego as the median, or a cell nearer or farther.

    chances: [B, h w] of cells; ring: [h w], cells from the ego, at most `farthest`. Source: ours.

    The likeliest cell of all is where it stands, where going on spreads over ten cells a chance that is larger together: who chooses by
    cells alone stands before a clear crossing for good.
    """
    by_ring = chances.new_zeros(len(chances), farthest + 1).index_add_(1, ring, chances)
    middle = (by_ring.cumsum(1) < 0.5).sum(1)
    near = (ring - middle[:, None]).abs() <= 1
    return chances.masked_fill(~near, -1.0).argmax(1)


def mean_place(place_logits: Tensor, cells: Tensor, reach: float) -> Tensor:
    """[B, N, 2] (row, column), cells: the mean of the places within `reach` cells of the middles of cells, by their chances. Source: ours.

    place_logits: [B, N, h, w]; cells: [B, N] int64. Where places were taught with a spread, which of them is the likeliest is a matter of
    small differences, but their mean is where it was driven.
    """
    rows, columns = place_logits.shape[2:]
    side = torch.arange(-int(reach), int(reach) + 1, device=cells.device)
    down, right = torch.meshgrid(side, side, indexing="ij")
    is_near = down.square() + right.square() <= reach * reach
    row, column = (cells // columns)[..., None] + down[is_near], (cells % columns)[..., None] + right[is_near]
    is_cell = (row >= 0) & (row < rows) & (column >= 0) & (column < columns)
    near = place_logits.float().flatten(2).gather(2, (row * columns + column) * is_cell)
    chances = near.masked_fill(~is_cell, -torch.inf).softmax(2)
    return torch.stack([(chances * row).sum(2), (chances * column).sum(2)], dim=-1) + 0.5
