"""From what a network of YOLO v3 says at each cell to boxes. Source: Redmon & Farhadi 2018 (arXiv:1804.02767), section 2.1.

A scale is a map of cells with A anchors. Each anchor of each cell says (tx, ty, tw, th, objectness, K classes), all of them logits:
    x = (column + sigmoid(tx)) stride    width  = anchor's width  exp(tw)
    y = (row    + sigmoid(ty)) stride    height = anchor's height exp(th)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor

from sim_suite.errors import SuiteError

X, Y, WIDTH, HEIGHT, OBJECTNESS, CLASSES = 0, 1, 2, 3, 4, 5
"""Columns of a prediction; the classes are all from CLASSES on."""
LARGEST: Final = 12.0
"""Of tw and th: e^12 anchors fill any picture, and float32 holds their areas."""


@dataclass(frozen=True)
class Scale:
    """One map of predictions."""

    anchors: tuple[tuple[float, float], ...]
    """(width, height) in pixels of the network's input."""
    scale_xy: float = 1.0
    """By how much a sigmoid is stretched about 1/2, so that 0 and 1 are reached: YOLO v4's `scale_x_y`; 1 in v3."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "anchors", tuple((float(width), float(height)) for width, height in self.anchors))
        if not self.anchors or min(min(anchor) for anchor in self.anchors) <= 0:
            raise SuiteError(f"a scale needs anchors with sides above 0, not {self.anchors}.")
        if not self.scale_xy >= 1:
            raise SuiteError(f"scale_x_y must be 1 or more, not {self.scale_xy}.")


def by_anchor(raw: Tensor, scale: Scale) -> Tensor:
    """[B, A (5 + K), h, w] as networks and Darknet lay it -> [B, A, h, w, 5 + K], a view."""
    batch, channels, rows, columns = raw.shape
    anchors = len(scale.anchors)
    return raw.view(batch, anchors, channels // anchors, rows, columns).permute(0, 1, 3, 4, 2)


def decode_boxes(raw: Tensor, scale: Scale, size: tuple[int, int]) -> Tensor:
    """The boxes of `by_anchor`'s view: [B, A, h, w, 4 or more] -> [B, A, h, w, 4] centre form, pixels.

    size: (height, width) of the input.
    """
    rows, columns = raw.shape[2:4]
    stretched = raw[..., :2].sigmoid() * scale.scale_xy - (scale.scale_xy - 1) / 2
    column = torch.arange(columns, device=raw.device, dtype=raw.dtype).view(1, 1, 1, columns)
    row = torch.arange(rows, device=raw.device, dtype=raw.dtype).view(1, 1, rows, 1)
    anchors = torch.tensor(scale.anchors, device=raw.device, dtype=raw.dtype).view(1, -1, 1, 1, 2)
    x = (stretched[..., 0] + column) * (size[1] / columns)
    y = (stretched[..., 1] + row) * (size[0] / rows)
    sides = raw[..., 2:4].clamp(max=LARGEST).exp() * anchors
    return torch.cat([x[..., None], y[..., None], sides], dim=-1)


def decode(maps: Sequence[Tensor], scales: Sequence[Scale], size: tuple[int, int]) -> Tensor:
    """All predictions of all scales, [B, N, 5 + K]: centre form in pixels of the input, objectness 0..1, classes 0..1.

    maps[i]: [B, A (5 + K), h, w]; size: (height, width) of the input. N runs over scales, anchors, rows, columns.
    """
    parts = []
    for raw, scale in zip(maps, scales, strict=True):
        cells = by_anchor(raw, scale)
        said = torch.cat([decode_boxes(cells, scale, size), cells[..., OBJECTNESS:].sigmoid()], dim=-1)
        parts.append(said.flatten(1, 3))
    return torch.cat(parts, dim=1)
