"""What a ChauffeurNet says of the ego's next N waypoints and of what is around it. Source: Bansal et al. 2018, section 4.

B rasters, N waypoints, a grid of [h, w] (`spec.ChauffeurSpec`). Places are (row, column) in pixels of the raster, as in `batch.Batch`.
"""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor


class Prediction(NamedTuple):
    """Float32, all on one device. None: this network, or this call, does not say it."""

    waypoints: Tensor
    """[B, N, 2] p_k: row and column, pixels of the raster, of the centre of the ego's box."""
    headings: Tensor
    """[B, N] theta_k: rad, counter-clockwise from the raster's up; not wrapped."""
    speeds: Tensor
    """[B, N] s_k: m/s, negative in reverse."""
    boxes: Tensor
    """[B, N, h, w] B_k, 0 to 1: whether the ego's box covers a cell at waypoint k."""
    place_logits: Tensor | None = None
    """[B, N, h, w] Of P_k: softmax over all cells gives the chance that the waypoint lies in one."""
    offsets: Tensor | None = None
    """[B, N, 2] Where in the cell p_k lies, (row, column), cells: 0 to 1, but not held to it."""
    box_logits: Tensor | None = None
    """[B, N, h, w] Of B_k: its sigmoid is `boxes`."""
    object_logits: Tensor | None = None
    """[B, N, h, w] Of Obj_k, k = 1..N: its sigmoid is the chance that another road user is there."""
    road_logits: Tensor | None = None
    """[B, h, w] Of Road: its sigmoid is the chance that there is road."""


def cells_of(waypoints: Tensor, stride: int, grid: tuple[int, int]) -> Tensor:
    """floor(p): numbers of the cells that places lie in, row * w + column; outside, of the nearest. [..., 2] pixels -> [...] int64"""
    rows, columns = (waypoints / stride).floor().long().unbind(-1)
    return rows.clamp(0, grid[0] - 1) * grid[1] + columns.clamp(0, grid[1] - 1)
