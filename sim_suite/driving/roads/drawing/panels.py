"""How a map is laid on paper: north up in one piece, or, where it is long and thin, turned and cut into strips. Source: ours.

The scale is equal in both directions always. A motorway of 1,500 m x 30 m in one piece would be a sliver whose lanes are
two pixels wide; in five strips below each other, read like lines of text, they are ten.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from sim_suite.driving.roads.drawing.scene import Points

_PAD_SHARE: Final = 0.04
_PAD_M: Final = 8.0
"""Free ground around a map: a share of its larger side, but at least this."""
_TALLEST: Final = 1.6
"""A panel of free height is at most this times as high as wide..."""
_FLATTEST: Final = 0.16
"""... and at least this."""
_STRIPS_TALLEST: Final = 0.85
_MOST_STRIPS: Final = 8
_THIN: Final = 5.0
"""Maps at least this many times longer than wide are cut..."""
_LARGE_PX_M: Final = 6.0
"""... unless they are this large in one piece: a lane of 20 pixels needs no help."""
_OVERLAP: Final = 0.02
"""Share of a strip that the next one shows again."""


class Panel(NamedTuple):
    """A window on the world. Pixels count from the top left of the picture, y down."""

    x: float
    y: float
    width: float
    height: float
    centre: tuple[float, float]
    """World point in the middle of the window."""
    angle: float
    """World direction that points to the right."""
    scale: float
    """Pixels a metre."""

    def project(self, points: Points) -> Points:
        """[N, 2] world metres to [N, 2] pixels."""
        turned = (points - np.array(self.centre)) @ self._turn()
        return np.column_stack(
            (
                self.x + self.width / 2 + turned[:, 0] * self.scale,
                self.y + self.height / 2 - turned[:, 1] * self.scale,
            )
        )

    def place(self, x: float, y: float, inset: float = 0.0) -> tuple[float, float] | None:
        """One point in pixels; None where it lies outside of the window, or closer than `inset` to its edge."""
        right, down = self.project(np.array([(x, y)]))[0].tolist()
        inside = inset <= right - self.x <= self.width - inset and inset <= down - self.y <= self.height - inset
        return (right, down) if inside else None

    def _turn(self) -> Points:
        cos, sin = np.cos(self.angle), np.sin(self.angle)
        return np.array([(cos, -sin), (sin, cos)])


class Bed(NamedTuple):
    """The panels of a picture and the height that they take."""

    panels: tuple[Panel, ...]
    height: float


def lay_out(
    bounds: tuple[float, float, float, float], points: Points, width: float, height: float | None, gap: float
) -> Bed:
    """Panels of `width` pixels, below y = 0. points: [N, 2] world, what must be seen; gap: pixels between strips.

    Where `height` is given, all panels together have it; else it follows from the map.
    """
    one = _one(bounds, width, height)
    strips = _strips(points, width, height, gap)
    thin = strips is not None and strips.panels[0].scale > 1.3 * one.panels[0].scale
    return strips if thin and strips is not None and one.panels[0].scale < _LARGE_PX_M else one


def sheet_width(bounds: tuple[float, float, float, float], points: Points, longer: int) -> int:
    """Width of a sheet whose longer side has about `longer` pixels: less than that for a map that is higher than wide."""
    up_share = (bounds[3] - bounds[1] + 2 * _PAD_M) / (bounds[2] - bounds[0] + 2 * _PAD_M)
    cut = len(lay_out(bounds, points, longer, None, 0.0).panels) > 1
    return longer if cut else round(longer / min(max(up_share, 1.0), _TALLEST))


def _one(bounds: tuple[float, float, float, float], width: float, height: float | None) -> Bed:
    across, up = bounds[2] - bounds[0], bounds[3] - bounds[1]
    pad = max(_PAD_SHARE * max(across, up), _PAD_M)
    across, up = across + 2 * pad, up + 2 * pad
    if height is None:
        height = min(max(width * up / across, _FLATTEST * width), _TALLEST * width)
    scale = min(width / across, height / up)
    centre = ((bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2)
    return Bed((Panel(0.0, 0.0, width, height, centre, 0.0, scale),), height)


def _strips(points: Points, width: float, height: float | None, gap: float) -> Bed | None:
    """The most strips whose height is still sensible; None where the map is not thin."""
    angle = _long_axis(points)
    cos, sin = np.cos(angle), np.sin(angle)
    turn = np.array([(cos, -sin), (sin, cos)])
    local = points @ turn
    low, high = local.min(axis=0), local.max(axis=0)
    length, breadth = (high - low).tolist()
    if length < _THIN * (breadth + 2 * _PAD_M):
        return None
    best = None
    for count in range(2, _MOST_STRIPS + 1):
        each = (length + 2 * _PAD_M) / count
        scale = width / (each * (1 + _OVERLAP))
        spans = [_span(local, low[0] - _PAD_M + number * each, each) for number in range(count)]
        tall = scale * (max(span[1] - span[0] for span in spans) + 2 * _PAD_M)
        total = count * tall + (count - 1) * gap
        if total > (_STRIPS_TALLEST * width if height is None else height):
            break
        if height is not None:
            tall = (height - (count - 1) * gap) / count
        panels = []
        for number, span in enumerate(spans):
            middle = np.array((low[0] - _PAD_M + (number + 0.5) * each, (span[0] + span[1]) / 2)) @ turn.T
            centre = (float(middle[0]), float(middle[1]))
            panels.append(Panel(0.0, number * (tall + gap), width, tall, centre, angle, scale))
        best = Bed(tuple(panels), total if height is None else height)
    return best


def _span(local: Points, start: float, length: float) -> tuple[float, float]:
    """Lowest and highest second coordinate of points whose first lies in a strip."""
    inside = local[(local[:, 0] >= start) & (local[:, 0] <= start + length), 1]
    return (float(inside.min()), float(inside.max())) if len(inside) else (0.0, 0.0)


def _long_axis(points: Points) -> float:
    """World direction of the longer side of the smallest rectangle around the points, in (-pi/2, pi/2]."""
    import cv2

    origin = points.mean(axis=0)
    corners = cv2.boxPoints(cv2.minAreaRect((points - origin).astype(np.float32)))
    sides = np.diff(corners[:3], axis=0)
    side = max(sides, key=lambda one: float(np.hypot(*one)))
    angle = float(np.arctan2(side[1], side[0]))
    if angle > np.pi / 2 + 1e-9:
        return angle - np.pi
    return angle + np.pi if angle <= -np.pi / 2 + 1e-9 else angle
