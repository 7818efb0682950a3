"""Draws a vehicle's box on the grid so that its place and heading have gradients. Source: the idea of arXiv:2103.01882; the kernel is ours.

Along each of the box's axes a cell counts by the share of its width that lies inside, as if its sides were parallel to the box's. So a box
that is not turned is drawn exactly, and losses of environment push at its edges.
"""

from __future__ import annotations

import torch
from torch import Tensor


def draw_vehicles(
    places: Tensor, headings: Tensor, length: float, width: float, grid: tuple[int, int], edge: float = 1.0
) -> Tensor:
    """Boxes [..., h, w], 0 to 1: the share of each cell that is covered.

    places: [..., 2] row and column of the box's centre, cells; headings: [...] rad, counter-clockwise from up; length, width: cells.
    edge: cells over which an edge rises from 0 to 1. 1: shares are exact for boxes that are not turned; more: softer, felt farther away.
    """
    rows = torch.arange(grid[0], device=places.device, dtype=places.dtype) + 0.5
    columns = torch.arange(grid[1], device=places.device, dtype=places.dtype) + 0.5
    down = rows[:, None] - places[..., :1, None]
    right = columns - places[..., 1:, None]
    cosine, sine = headings.cos()[..., None, None], headings.sin()[..., None, None]
    along, across = down * cosine + right * sine, right * cosine - down * sine
    return _overlap(along, length, edge) * _overlap(across, width, edge)


def _overlap(at: Tensor, side: float, edge: float) -> Tensor:
    """Share of the stretch at +- edge / 2 that lies in 0 +- side / 2: rises over that width, never to 1 where the side is shorter."""
    return ((side + edge) / 2 - at.abs()).clamp(0, min(side, edge)) / edge
