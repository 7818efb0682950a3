"""What a ChauffeurNet learns from at once: rasters, and what was driven and seen after them. Source: Bansal et al. 2018, section 5.

B examples, N waypoints, a raster of [C, H, W] and a grid of [h, w] (`spec.ChauffeurSpec`).
"""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor


class Batch(NamedTuple):
    """All on one device."""

    raster: Tensor
    """uint8 [B, C, H, W] I: what the network sees."""
    waypoints: Tensor
    """float32 [B, N, 2] p_k: row and column, pixels of the raster, of the centre of the ego's box."""
    headings: Tensor
    """float32 [B, N] theta_k: rad, counter-clockwise from the raster's up."""
    speeds: Tensor
    """float32 [B, N] s_k: m/s, negative in reverse."""
    known: Tensor
    """bool [B, N] Whether waypoint k was driven and lies on the raster; nothing is learned from others."""
    boxes: Tensor
    """float32 [B, N, h, w] B_k: the ego's box at waypoint k, the share of each cell that it covers."""
    others: Tensor
    """float32 [B, N + 1, h, w] Obj_k: boxes of all other road users, k = 0 now."""
    road: Tensor
    """float32 [B, h, w] Road: where there is road."""
    path: Tensor
    """float32 [B, h, w] Geom: the curve through the waypoints, as wide as the ego."""
    weight: Tensor
    """float32 [B] Of the example: 1, or 0.1 where its past was perturbed (section 5.2)."""
    is_imitated: Tensor
    """float32 [B] w_imit of imitation dropout (section 5.4): 0 or 1."""

    def to(self, device: str) -> Batch:
        """The same on another device."""
        return Batch(*(part.to(device, non_blocking=True) for part in self))
